"""What an opening says of bids that were withdrawn, late, changed, copied, removed, priced apart or never confirmed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import scoped_session

from lots.sealing import Sealing
from tests.workbench.opening import closed, details, envelope_of, opened, part, rows, tamper
from tests.workbench.published import World
from tests.workbench.sealed import (
    BEFORE,
    DEADLINE,
    FOUR,
    a_bid,
    a_sealed_world,
    committed,
    publication,
    submitted,
    times,
)
from workbench.audit import recorded
from workbench.db import db
from workbench.opening_rules import OpeningError
from workbench.queries.bids.minutes import minutes_of
from workbench.queries.bids.opened import read_price, read_submission
from workbench.services.bids import submissions

LOCKED = DEADLINE + timedelta(days=30)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes sealed bids."""
    yield a_sealed_world()
    recorded().clear()


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
        "SELECT 'copy-' || kind, 'copy', kind, 'x' || substr(sha256, 2), wraps, content FROM envelopes"
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


@pytest.mark.parametrize("stage", ["opened", "evaluation", "moderation"])
def test_prices_are_not_opened_before_quality_is_locked(apart: World, stage: str) -> None:
    opened(apart)
    apart.tender.stage = stage
    db.session.commit()
    with pytest.raises(OpeningError, match="stay shut until the scores for quality are locked"):
        part(apart, 1, 0, 0, kind="price")


def test_prices_are_opened_by_the_same_two_parts_once_quality_is_locked(apart: World) -> None:
    opened(apart)
    apart.tender.stage, apart.tender.quality_locked_at = "moderation", LOCKED
    db.session.commit()
    part(apart, 1, 2, 1, kind="price")
    assert [row.price for row in rows(apart).values()] == [""]
    row = part(apart, 2, 3, 0, kind="price")
    assert (row.opened, row.failed, apart.tender.stage) == (1, 0, "moderation")
    assert [read_price(each) is not None for each in rows(apart).values()] == [True]
    assert details(apart, "prices_opened")["opened"] == 1


def test_a_price_that_cannot_be_opened_is_named_in_the_record_of_the_prices_only(apart: World) -> None:
    opened(apart)
    apart.tender.stage, apart.tender.quality_locked_at = "moderation", LOCKED
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
