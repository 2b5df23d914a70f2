"""Opening bids: who, with what, in which order; what is refused; and every bid by name, whatever was done to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, permutations
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import scoped_session

from lots.sealing import Sealing
from tests.workbench.opening import AFTER, LATER, closed, opened, part, rows
from tests.workbench.published import World
from tests.workbench.sealed import (
    BEFORE,
    DEADLINE,
    FOUR,
    KEYS,
    LIGHT,
    SERVER_KEY,
    a_bid,
    a_sealed_world,
    committed,
    publication,
    submitted,
    times,
)
from workbench.audit import recorded
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import EnvelopeRecord, OpenedBidRecord, SealedBidRecord
from workbench.opening_rules import OpeningError
from workbench.policies import NotForYou, NotNow
from workbench.queries.bids.minutes import minutes_of
from workbench.queries.bids.opened import read_price, read_submission
from workbench.queries.bids.openings import case_of
from workbench.sealing.age import new_identity
from workbench.sealing.opening_files import peel_file, read_layers, write_layers
from workbench.services.bids import openings, submissions
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


def details(world: World, action: str) -> Any:
    """Return what the tender's log says of its last act of a kind."""
    canon = db.session.scalars(
        select(EventRecord.canon)
        .where(EventRecord.chain == f"tender:{world.tender.id}", EventRecord.action == action)
        .order_by(EventRecord.seq.desc())
    ).first()
    assert canon is not None
    return json.loads(canon)["details"]


def tamper(statement: str, **values: Any) -> None:
    """Change the database as somebody would who owns it: past the triggers."""
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET session_replication_role = replica"))
    else:
        for (name,) in db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.execute(text(statement), values)
    db.session.commit()
    db.session.expire_all()


def envelope_of(row: SealedBidRecord, kind: str = "bid") -> EnvelopeRecord:
    return db.session.query(EnvelopeRecord).filter_by(sealed_bid_id=row.id, kind=kind).one()


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


# --- what was done to bids ------------------------------------------------------------------------------------


def test_the_last_version_counts_and_a_withdrawn_bid_stays_shut(world: World) -> None:
    kept, gone = submitted(world), submitted(world)
    submitted(world, bid=kept.bid_id, version=2)
    submissions.withdraw(world.tender, publication(world), gone.bid_id, **times(BEFORE + timedelta(minutes=2)))
    committed()
    closed(world)
    opened(world)
    found = rows(world)
    assert read_submission(found[kept.bid_id]).binding.version == 2
    assert (found[gone.bid_id].state, found[gone.bid_id].tenderer, found[gone.bid_id].submission) == (
        "withdrawn", "", ""
    )  # fmt: skip


def test_a_late_arrival_goes_to_the_register_with_its_name_and_nothing_else(world: World) -> None:
    bid = submitted(world)
    submission, _ = a_bid(world, bid=bid.bid_id, version=2)
    late = submissions.record_late(
        world.tender, publication(world), submission.binding, "Harbour", **times(DEADLINE)
    )  # fmt: skip
    committed()
    closed(world)
    opened(world)
    found = rows(world)
    assert (found[bid.bid_id].state, found[late.id].state, found[late.id].tenderer) == ("opened", "late", "Harbour")
    assert (found[late.id].submission, found[late.id].price, found[late.id].letter) == ("", "", "")


def test_an_opening_without_a_bid_works_and_says_so(world: World) -> None:
    closed(world)
    row = opened(world)
    assert (row.opened, row.failed, world.tender.stage, rows(world)) == (0, 0, "opened", {})
    minutes = minutes_of(world.tender, "bid")
    assert minutes is not None
    assert (minutes.opened, minutes.closing.found, minutes.closing.wrong) == (0, 0, ())


def changed(content: bytes, way: str) -> bytes:
    return {"flipped": content[:-40] + bytes([content[-40] ^ 1]) + content[-39:], "cut": content[:-100]}[way]


@pytest.mark.parametrize(("way", "words"), [("flipped", "its digest is another one"), ("cut", "cut off")])
def test_an_envelope_that_was_changed_is_named_and_the_rest_opens(world: World, way: str, words: str) -> None:
    bad, good = submitted(world), submitted(world)
    names = bad.bid_id, good.bid_id
    closed(world)
    envelope = envelope_of(bad)
    tamper("UPDATE envelopes SET content = :content WHERE id = :id", id=envelope.id,
           content=changed(envelope.content, way))  # fmt: skip
    opened(world)
    found = rows(world)
    assert [found[name].state for name in names] == ["failed", "opened"]
    assert words in found[names[0]].fault
    assert found[names[0]].submission == found[names[0]].price == ""


@pytest.mark.parametrize("kind", ["bid", "price"])
def test_an_envelope_that_was_removed_is_named_and_the_rest_opens(world: World, kind: str) -> None:
    bad, good = submitted(world), submitted(world)
    closed(world)
    tamper("DELETE FROM envelopes WHERE id = :id", id=envelope_of(bad, kind).id)
    opened(world)
    found = rows(world)
    assert [found[it.bid_id].state for it in (bad, good)] == ["failed", "opened"]
    assert "removed by other means" in found[bad.bid_id].fault


def test_an_envelope_under_another_digest_is_named(world: World) -> None:
    bid = submitted(world)
    closed(world)
    tamper("UPDATE envelopes SET sha256 = :other WHERE id = :id", id=envelope_of(bid).id, other="f" * 64)
    opened(world)
    assert "not the one that the receipt of this bid names" in rows(world)[bid.bid_id].fault


def test_swapped_envelopes_are_both_named(world: World) -> None:
    one, two, good = submitted(world), submitted(world), submitted(world)
    closed(world)
    first, second = envelope_of(one), envelope_of(two)
    tamper("UPDATE envelopes SET kind = 'x', sealed_bid_id = :row WHERE id = :id", id=first.id, row=two.id)
    tamper("UPDATE envelopes SET sealed_bid_id = :row WHERE id = :id", id=second.id, row=one.id)
    tamper("UPDATE envelopes SET kind = 'bid' WHERE id = :id", id=first.id)
    opened(world)
    found = rows(world)
    assert [found[it.bid_id].state for it in (one, two, good)] == ["failed", "failed", "opened"]
    assert "not the one that the receipt of this bid names" in found[one.bid_id].fault


def test_swapped_contents_are_both_named(world: World) -> None:
    one, two = submitted(world), submitted(world)
    closed(world)
    first, second = envelope_of(one), envelope_of(two)
    for name, content in ((first.id, second.content), (second.id, first.content)):
        tamper("UPDATE envelopes SET content = :content WHERE id = :id", id=name, content=content)
    opened(world)
    assert {it.state for it in rows(world).values()} == {"failed"}
    assert all("its digest is another one" in it.fault for it in rows(world).values())


def test_a_copied_row_is_named_and_shouted_about(world: World) -> None:
    bid = submitted(world)
    closed(world)
    columns = ("tender_id, version, act, mode, rule_set, rules_sha256, first_byte_at, last_byte_at, committed_at, "
               "receipt, annex")  # fmt: skip
    tamper(f"INSERT INTO sealed_bids (id, bid_id, {columns}) SELECT 'copy', 'copy', {columns} FROM sealed_bids")
    tamper(
        "INSERT INTO envelopes (id, sealed_bid_id, kind, sha256, wraps, content) "
        "SELECT 'copy-' || kind, 'copy', kind, 'f' || substr(sha256, 2), wraps, content FROM envelopes"
    )
    opened(world)
    assert {name: it.state for name, it in rows(world).items()} == {bid.bid_id: "opened", "copy": "failed"}
    assert details(world, "bids_opened")["mismatch"] == [
        "The closing counted 1 bid; found at the opening: 2",
        "Bid copy is among the bids and in no log: its row was put in by other means",
    ]


def test_a_deleted_bid_is_named_and_shouted_about_and_the_others_open(world: World) -> None:
    gone, kept = submitted(world), submitted(world)
    closed(world)
    name, row = gone.bid_id, gone.id
    tamper("DELETE FROM envelopes WHERE sealed_bid_id = :id", id=row)
    tamper("DELETE FROM sealed_bids WHERE id = :id", id=row)
    opened(world)
    assert {name: it.state for name, it in rows(world).items()} == {kept.bid_id: "opened"}
    minutes = minutes_of(world.tender, "bid")
    assert minutes is not None
    assert minutes.closing.wrong == (
        "The closing counted 2 bids; found at the opening: 1",
        f"Bid {name} is in its log and not among the bids: its row was removed by other means",
    )


def test_a_bid_set_back_to_an_earlier_version_is_named(world: World) -> None:
    bid = submitted(world)
    last = submitted(world, bid=bid.bid_id, version=2)
    closed(world)
    row = last.id
    tamper("DELETE FROM envelopes WHERE sealed_bid_id = :id", id=row)
    tamper("DELETE FROM sealed_bids WHERE id = :id", id=row)
    opened(world)
    wrong = details(world, "bids_opened")["mismatch"]
    assert wrong == [
        "The fingerprint over all bids is not the one that was signed at closing: at least one was changed",
        f"Of bid {bid.bid_id} the log tells 2 versions, and the last row is version 1",
    ]


def test_a_changed_receipt_is_named(world: World) -> None:
    bid = submitted(world)
    closed(world)
    tamper("UPDATE sealed_bids SET receipt = :receipt WHERE id = :id", id=bid.id, receipt=b"{}")
    opened(world)
    assert rows(world)[bid.bid_id].state == "failed"
    assert any("receipt" in each for each in details(world, "bids_opened")["mismatch"])


# --- prices kept apart ----------------------------------------------------------------------------------------


@pytest.fixture
def apart(db_session: scoped_session) -> Iterator[World]:
    """A tender whose prices are opened later, with one bid, closed."""
    sealing: Sealing = replace(FOUR, price_apart=True)
    made = a_sealed_world(sealing)
    submitted(made)
    yield closed(made)
    recorded().clear()


def test_prices_stay_shut_when_the_bids_are_opened(apart: World) -> None:
    opened(apart)
    [row] = rows(apart).values()
    assert (row.state, bool(row.submission), row.price) == ("opened", True, "")


@pytest.mark.parametrize("stage", ["opened", "evaluation"])
def test_prices_are_not_opened_before_quality_is_locked(apart: World, stage: str) -> None:
    opened(apart)
    apart.tender.stage = stage
    db.session.commit()
    refused(apart, "stay shut until the scores for quality are locked", kind="price")


def test_prices_are_opened_by_the_same_two_parts_once_quality_is_locked(apart: World) -> None:
    opened(apart)
    apart.tender.stage = "moderation"
    db.session.commit()
    part(apart, 1, 2, 1, kind="price")
    assert [row.price for row in rows(apart).values()] == [""]
    row = part(apart, 2, 3, 0, kind="price")
    assert (row.opened, row.failed, apart.tender.stage) == (1, 0, "moderation")
    assert [read_price(each) is not None for each in rows(apart).values()] == [True]
    assert details(apart, "prices_opened")["opened"] == 1


def test_a_price_that_cannot_be_opened_is_named_in_the_record_of_the_prices_only(apart: World) -> None:
    opened(apart)
    apart.tender.stage = "moderation"
    db.session.commit()
    tamper("UPDATE envelopes SET content = substr(content, 1, 900) WHERE kind = 'price'")
    row = opened(apart, (2, 3), kind="price")
    assert (row.opened, row.failed) == (0, 1)
    first, second = (minutes_of(apart.tender, kind) for kind in ("bid", "price"))  # type: ignore[arg-type]
    assert first is not None
    assert second is not None
    assert (first.opened, first.lots[0].lines[0].words, len(second.failed)) == (1, "", 1)


# --- rules that changed ---------------------------------------------------------------------------------------


def test_a_bid_that_was_never_confirmed_under_changed_rules_has_lapsed_and_only_its_sender_is_read(
    world: World,
) -> None:
    bid = submitted(world)
    db.session.execute(
        text(
            "INSERT INTO notices (tender_id, number, kind, at, reason, rule_set, made_by, changes_json, id) "
            "SELECT :tender, 1, 'change', published_at, 'why', 2, :who, '[]', 'n' FROM publications"
        ),
        {"tender": world.tender.id, "who": world.people["officer"][0].id},
    )
    db.session.commit()
    closed(world)
    opened(world)
    row = rows(world)[bid.bid_id]
    assert (row.state, row.tenderer, row.submission, row.price) == ("lapsed", "Harbour Trust", "", "")
    assert row.fault == ("It was confirmed under rules 1, and never under rules 2, which came by a notice of change")


# --- as many as there are -------------------------------------------------------------------------------------


def test_a_hundred_bids_are_opened_within_ten_seconds(world: World) -> None:
    for _ in range(100):
        submitted(world, code="")
    closed(world)
    began = time.perf_counter()
    assert opened(world).opened == 100
    assert time.perf_counter() - began < 10
