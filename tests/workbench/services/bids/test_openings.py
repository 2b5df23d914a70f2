"""Opening bids: who, with what, in which order; what is refused; and every bid by name, whatever was done to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import pytest
from sqlalchemy.orm import scoped_session

from tests.workbench.opening import AFTER, LATER, closed, details, envelope_of, opened, part, rows, tamper
from tests.workbench.published import World
from tests.workbench.sealed import (
    BEFORE,
    DEADLINE,
    KEYS,
    LIGHT,
    SERVER_KEY,
    a_sealed_world,
    committed,
    submitted,
)
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import OpenedBidRecord
from workbench.opening_rules import OpeningError
from workbench.policies import NotForYou, NotNow
from workbench.queries.bids.opened import read_price, read_submission
from workbench.queries.bids.openings import case_of
from workbench.sealing.age import new_identity
from workbench.sealing.opening_files import peel_file, read_layers, write_layers
from workbench.services.bids import openings
from workbench.services.bids.openings import Offer, SomeKeysMissing, opening_file


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes sealed bids."""
    yield a_sealed_world()
    recorded().clear()


def refused(world: World, words: str, step: int = 1, key: int | None = 0, person: int = 0, **values: Any) -> None:
    """Try a part, expect a refusal, and that nothing was recorded."""
    with pytest.raises(OpeningError, match=words):
        part(world, step, key, person, **values)
    assert recorded() == []
    assert [*db.session.new, *db.session.dirty] == []


def file_of(world: World, own: int, **changes: Any) -> bytes:
    """Make the file that a custodian brings, with their own key."""
    case = case_of(world.tender, "bid")
    assert case is not None
    return write_layers(replace(peel_file(opening_file(case), KEYS[own][0]), **changes))


# --- two people, two keys -----------------------------------------------------------------------------------


def test_two_openers_with_two_keys_open_every_bid(world: World) -> None:
    first, second = submitted(world), submitted(world, lot="children")
    closed(world)
    row = opened(world)
    assert (row.opened, row.failed, world.tender.stage) == (2, 0, "opened")
    assert {it.state for it in rows(world).values()} == {"opened"}
    held = rows(world)[first.bid_id]
    assert (held.lot, held.tenderer, held.letter) == ("adult", "Harbour Trust", "A")
    assert held.received_at == first.last_byte_at
    bound = read_submission(held).binding
    assert (bound.bid, bound.version, read_price(held) is not None) == (first.bid_id, 1, True)
    assert rows(world)[second.bid_id].lot == "children"


@pytest.mark.parametrize("keys", list(permutations(range(4), 2)))
def test_any_two_of_the_four_keys_open_in_either_order(world: World, keys: tuple[int, int]) -> None:
    submitted(world)
    closed(world)
    assert opened(world, keys).opened == 1


def test_after_the_loss_of_any_two_keys_the_others_open(world: World) -> None:
    submitted(world)
    closed(world)
    for lost in combinations(range(4), 2):
        kept = [key for key in range(4) if key not in lost]
        row = opened(world, kept)
        assert row.opened == 1
        db.session.query(OpenedBidRecord).delete()
        db.session.delete(row)
        world.tender.stage = "closed"
        db.session.commit()


def test_the_first_part_alone_opens_nothing_and_keeps_no_secret(world: World) -> None:
    submitted(world)
    closed(world)
    row = part(world, 1, 0, 0)
    assert (rows(world), world.tender.stage, row.opened_at) == ({}, "closed", None)
    assert "AGE-SECRET" not in row.layers


def test_one_act_of_opening_is_one_event_with_every_bid_in_it(world: World) -> None:
    bid = submitted(world)
    closed(world)
    opened(world)
    said = details(world, "bids_opened")
    digests = {kind: envelope_of(bid, kind).sha256 for kind in ("bid", "price")}
    assert said["bids"] == [[bid.bid_id, "opened", 1, digests, ""]]
    assert (said["first_key"], said["second_key"], said["mismatch"]) == (
        "Head of procurement", "Monitoring officer", []
    )  # fmt: skip
    assert "100000" not in json.dumps(said)


def test_the_same_person_does_not_do_both_parts(world: World) -> None:
    submitted(world)
    closed(world)
    part(world, 1, 0, 0)
    refused(world, "a second person", step=2, key=1, person=0)


def test_the_same_key_does_not_do_both_parts(world: World) -> None:
    submitted(world)
    closed(world)
    part(world, 1, 0, 0)
    refused(world, "has used this key already", step=2, key=0, person=1)


def test_of_two_who_begin_at_the_same_moment_the_second_is_told_and_nothing_opens(world: World) -> None:
    submitted(world)
    closed(world)
    part(world, 1, 0, 0)
    refused(world, r"Opener \d+ took the first layer off a moment before you", step=1, key=1, person=1)
    assert rows(world) == {}


def test_of_two_who_finish_at_the_same_moment_the_second_is_told(world: World) -> None:
    submitted(world)
    closed(world)
    opened(world)
    refused(world, "were opened already", step=2, key=2, person=1)


# --- not yet, and not by everybody ----------------------------------------------------------------------------


def test_nothing_is_opened_while_the_tender_is_published(world: World) -> None:
    submitted(world)
    for at in (BEFORE, DEADLINE, AFTER):
        with pytest.raises(NotNow):
            part(world, 1, 0, 0, at=at)
    assert recorded() == []


def test_nobody_but_openers_opens(world: World) -> None:
    submitted(world)
    closed(world)
    for role in ("officer", "approver", "evaluator", "moderator", "finance", "auditor"):
        with pytest.raises(NotForYou):
            openings.take_part(
                world.tender, "bid", 1, Offer(KEYS[0][0]), actor=world.actor(role), at=LATER, has=lambda _: True
            )


def test_a_tender_that_takes_no_bids_here_says_so(db_session: scoped_session) -> None:
    world = closed(a_sealed_world(None))
    refused(world, "not received here")


# --- wrong keys and files -------------------------------------------------------------------------------------


def test_a_key_of_nobody_is_refused(world: World) -> None:
    submitted(world)
    closed(world)
    refused(world, "none of the tender's custodians", secret=new_identity()[0])
    refused(world, "no secret key", secret="a word")
    refused(world, "Give your key", secret="")


def test_files_made_away_from_the_server_open_as_keys_do(world: World) -> None:
    bid = submitted(world)
    closed(world)
    part(world, 1, None, 0, file=file_of(world, 2))
    part(world, 2, None, 1, file=file_of(world, 3))
    assert rows(world)[bid.bid_id].state == "opened"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tender": "another"}, "of another tender"),
        ({"closing": "0" * 64}, "another closing"),
        ({"kind": "price"}, "other envelopes"),
        ({"step": 2}, "of step 2"),
        ({"key": 9}, "does not have"),
        ({"layers": ()}, "holds 0 envelopes of 2"),
    ],
)
def test_a_file_that_is_not_for_this_step_of_this_opening_is_refused_by_name(
    world: World, changes: dict[str, Any], words: str
) -> None:
    submitted(world)
    closed(world)
    refused(world, words, key=None, file=file_of(world, 0, **changes))


def test_half_a_file_is_refused(world: World) -> None:
    submitted(world)
    submitted(world)
    closed(world)
    whole = read_layers(file_of(world, 0))
    refused(world, "holds 2 envelopes of 4", key=None, file=write_layers(replace(whole, layers=whole.layers[:2])))
    refused(world, "Nothing was changed", key=None, file=file_of(world, 0)[:-200])
    less = tuple(replace(each, to={"1": each.to["1"]}) for each in whole.layers)
    refused(world, "Part of what belongs in this file is missing", key=None,
            file=write_layers(replace(whole, layers=less)))  # fmt: skip


def test_layers_that_were_not_taken_off_rightly_stop_the_second_part_until_two_others_try(world: World) -> None:
    submitted(world)
    submitted(world)
    closed(world)
    whole = read_layers(file_of(world, 0))
    bad = replace(whole.layers[0], to=whole.layers[1].to | {"1": whole.layers[0].to["2"]})
    part(world, 1, None, 0, file=write_layers(replace(whole, layers=(bad, *whole.layers[1:]))))
    with pytest.raises(SomeKeysMissing) as refusal:
        part(world, 2, 1, 1)
    assert (len(refusal.value.findings), rows(world), recorded()) == (1, {}, [])
    openings.abandon(world.tender, "bid", reason="A bad file", actor=world.actor("opener", 1), at=LATER)
    committed()
    assert opened(world, (2, 3)).opened == 2


def test_the_rest_opens_where_the_second_opener_says_so_and_the_bid_without_a_key_is_named(world: World) -> None:
    one, two = submitted(world), submitted(world)
    closed(world)
    tamper("UPDATE envelopes SET wraps = '{}' WHERE sealed_bid_id = :id", id=one.id)
    part(world, 1, 0, 0)
    row = part(world, 2, 1, 1, despite=True)
    assert (row.opened, row.failed) == (1, 1)
    assert {name: it.state for name, it in rows(world).items()} == {one.bid_id: "failed", two.bid_id: "opened"}
    assert "did not come out" in rows(world)[one.bid_id].fault


def test_only_what_was_begun_is_set_aside(world: World) -> None:
    closed(world)
    with pytest.raises(OpeningError, match="Nobody has taken"):
        openings.abandon(world.tender, "bid", reason="x", actor=world.actor("opener"), at=LATER)


# --- the key of the server ------------------------------------------------------------------------------------


def test_where_the_server_holds_the_key_two_people_confirm_one_after_the_other(db_session: scoped_session) -> None:
    world = a_sealed_world(LIGHT)
    bid = submitted(world)
    closed(world)
    part(world, 1, None, 0)
    assert rows(world) == {}
    refused(world, "a second person", step=2, key=None, person=0, secret=SERVER_KEY[0])
    part(world, 2, None, 1, secret=SERVER_KEY[0])
    assert rows(world)[bid.bid_id].state == "opened"


def test_a_server_whose_key_is_gone_says_so(db_session: scoped_session) -> None:
    world = a_sealed_world(LIGHT)
    submitted(world)
    closed(world)
    part(world, 1, None, 0)
    for secret in ("", new_identity()[0]):
        refused(world, "not in its data folder", step=2, key=None, person=1, secret=secret)
