"""Submitting, replacing, withdrawing and coming late (reliability goals T16, T17, T27, T48, T51)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import scoped_session

from lots.sealing import Custodian
from tests import submissions as a
from tests.workbench import sealed
from tests.workbench.published import ADDRESS, World
from tests.workbench.sealed import (
    BEFORE,
    CODE,
    DEADLINE,
    KEYS,
    a_bid,
    a_sealed_world,
    committed,
    publication,
    submitted,
    times,
)
from workbench.audit import ClockError, recorded
from workbench.db import Base, db
from workbench.models.audit import EventRecord
from workbench.models.bids import EnvelopeRecord, SealedBidRecord
from workbench.queries.bids import receipts as reads
from workbench.queries.publishing import UnreadableRules, read_rules
from workbench.receipts_key import public_key
from workbench.sealing import age, custody, drafts, receipt
from workbench.sealing.envelope import Place, open_envelope
from workbench.services import StageError, deadlines
from workbench.services.bids import submissions
from workbench.services.bids.submissions import BidError, LateError, StaleBidError
from workbench.store import Store

HOUR = timedelta(hours=1)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes sealed bids."""
    yield a_sealed_world()
    recorded().clear()


def envelopes(row: SealedBidRecord) -> dict[str, EnvelopeRecord]:
    """Find the envelopes of an act."""
    rows = db.session.scalars(select(EnvelopeRecord).where(EnvelopeRecord.sealed_bid_id == row.id))
    return {each.kind: each for each in rows}


def opened(row: SealedBidRecord, kind: str = "bid") -> Any:
    """Have two custodians open an envelope."""
    envelope = envelopes(row)[kind]
    wrap = json.loads(envelope.wraps)["2,0"]
    secret = custody.peel(custody.peel(wrap, KEYS[2][0]), KEYS[0][0])
    place = Place(
        row.tender_id, row.bid_id, row.version, row.rule_set, row.rules_sha256, ("adult", "children"), envelope.sha256
    )
    return open_envelope(kind, envelope.content, secret, place)


def refused(world: World, error: type[Exception], words: str, **values: Any) -> None:
    """Submit, expect a refusal, and that nothing was kept."""
    submission, price = a_bid(world, **{name: it for name, it in values.items() if name in {"lot", "bid", "version"}})
    given = {name: it for name, it in values.items() if name not in {"lot", "bid", "version"}}
    with pytest.raises(error, match=words):
        submissions.submit(world.tender, publication(world), submission, price, **{**times(), **given})
    assert recorded() == []
    assert db.session.query(SealedBidRecord).count() == 0


def test_a_bid_is_kept_sealed_and_two_custodians_open_it(world: World) -> None:
    row = submitted(world)
    assert (row.act, row.version, row.mode) == ("submitted", 1, "server")
    bound = replace(a.BINDING, tender=world.tender.id, bid=row.bid_id, rules_sha256=row.rules_sha256)
    assert opened(row) == a.submission(bound)
    assert opened(row, "price") == a.price(bound)


def test_nothing_of_a_bid_stands_in_the_database_before_it_is_opened(world: World) -> None:
    row = submitted(world)
    submissions.withdraw(world.tender, publication(world), row.bid_id, **times(BEFORE + timedelta(minutes=1)))
    committed()
    tables = Base.metadata.sorted_tables
    kept = b"\n".join(repr(tuple(it)).encode() for table in tables for it in db.session.execute(table.select()))
    assert row.bid_id.encode() in kept
    for canary in (
        b"Harbour Trust",
        b"quayside",
        b"ten years",
        b"Policy.pdf",
        b"60000.00",
        CODE.encode(),
        b"AGE-SECRET",
    ):
        assert canary not in kept


def test_the_tenders_own_log_hears_nothing_of_bids(world: World) -> None:
    before = world.tender.version, world.tender.changed_at
    row = submitted(world)
    chains = set(db.session.scalars(select(EventRecord.chain)))
    assert chains == {f"tender:{world.tender.id}", f"bid:{row.bid_id}"}
    assert (world.tender.version, world.tender.changed_at) == before


# --- the deadline -------------------------------------------------------------------------------------------


def test_the_last_moment_before_the_deadline_counts_even_if_it_is_committed_after_it(world: World) -> None:
    last = DEADLINE - timedelta(microseconds=1)
    submission, price = a_bid(world)
    moments = {"first_byte_at": last, "last_byte_at": last, "at": DEADLINE + timedelta(seconds=30)}
    row = submissions.submit(world.tender, publication(world), submission, price, **moments)
    assert (row.act, row.last_byte_at) == ("submitted", last)


@pytest.mark.parametrize("after", [timedelta(0), timedelta(microseconds=1), timedelta(hours=1)])
def test_exactly_at_the_deadline_is_late(world: World, after: timedelta) -> None:
    refused(world, LateError, r"came after the deadline, 12:00 BST .* or exactly at it", **times(DEADLINE + after))


def test_a_request_that_began_before_the_deadline_and_ended_after_it_is_late(world: World) -> None:
    moments = {"first_byte_at": BEFORE, "last_byte_at": DEADLINE, "at": DEADLINE}
    refused(world, LateError, "exactly at it", **moments)


def test_the_frozen_rules_say_when_the_deadline_is_not_a_column(world: World) -> None:
    world.tender.deadline = DEADLINE + timedelta(days=1)
    db.session.commit()
    refused(world, LateError, "exactly at it", **times(DEADLINE + timedelta(minutes=5)))


def test_a_late_bid_is_entered_with_its_sender_and_times_and_never_counts(world: World) -> None:
    first = submitted(world)
    late = times(DEADLINE + timedelta(seconds=3))
    bound = replace(a.BINDING, bid=first.bid_id)
    row = submissions.record_late(world.tender, publication(world), bound, "Harbour Support", **late)
    committed()
    assert (row.act, row.version, list(envelopes(row))) == ("late", 2, ["late"])
    found = opened(row, "late")
    assert (found.tenderer, found.binding.lot, found.last_byte_at) == ("Harbour Support", "adult", late["last_byte_at"])


def test_what_came_in_time_is_not_entered_as_late(world: World) -> None:
    with pytest.raises(StageError, match="has not passed"):
        submissions.record_late(world.tender, publication(world), a.BINDING, "Harbour", **times())


@pytest.mark.parametrize("stage", ["closed", "opened", "cancelled"])
def test_a_tender_that_is_closed_takes_neither_bids_nor_late_ones(world: World, stage: str) -> None:
    world.tender.stage = stage
    db.session.commit()
    refused(world, StageError, "closed or cancelled")
    with pytest.raises(StageError, match="closed or cancelled"):
        submissions.record_late(world.tender, publication(world), a.BINDING, "Harbour", **times(DEADLINE))


def test_a_tender_that_says_nothing_of_sealing_takes_no_bids(db_session: scoped_session) -> None:
    refused(a_sealed_world(None), StageError, "not received here")


# --- versions -----------------------------------------------------------------------------------------------


def test_a_bid_is_replaced_withdrawn_and_submitted_again(world: World) -> None:
    row = submitted(world)
    submitted(world, BEFORE + timedelta(minutes=1), bid=row.bid_id, version=2)
    submissions.withdraw(world.tender, publication(world), row.bid_id, **times(BEFORE + timedelta(minutes=2)))
    committed()
    submitted(world, BEFORE + timedelta(minutes=3), bid=row.bid_id, version=4)
    acts = [(it.version, it.act) for it in reads.acts_of(row.bid_id)]
    assert acts == [(1, "submitted"), (2, "submitted"), (3, "withdrawn"), (4, "submitted")]


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_that_does_not_follow_is_refused(world: World, version: int) -> None:
    row = submitted(world)
    submission, price = a_bid(world, bid=row.bid_id, version=version)
    with pytest.raises(StaleBidError, match="submitted or withdrawn meanwhile"):
        submissions.submit(world.tender, publication(world), submission, price, **times())


def test_what_was_never_submitted_or_withdrawn_already_cannot_be_withdrawn(world: World) -> None:
    row = submitted(world)
    submissions.withdraw(world.tender, publication(world), row.bid_id, **times())
    committed()
    for bid in (row.bid_id, "unknown"):
        with pytest.raises(BidError, match="no submitted bid"):
            submissions.withdraw(world.tender, publication(world), bid, **times())


def test_a_bid_whose_next_version_was_late_is_withdrawn_once_the_deadline_has_moved(world: World) -> None:
    row = submitted(world)
    submission, _ = a_bid(world, bid=row.bid_id, version=2)
    submissions.record_late(world.tender, publication(world), submission.binding, "Harbour", **times(DEADLINE))
    committed()
    asked = {"reason": "Outage", "outage": "From 11:20", "actor": world.actor("officer")}
    deadlines.ask_to_move(world.tender, DEADLINE + 100 * HOUR, at=DEADLINE + HOUR, **asked)
    committed()
    deadlines.confirm_move(world.tender, address=ADDRESS, actor=world.actor("approver"), at=DEADLINE + HOUR)
    committed()
    withdrawn = submissions.withdraw(world.tender, publication(world), row.bid_id, **times(DEADLINE + 2 * HOUR))
    assert (withdrawn.version, withdrawn.act) == (3, "withdrawn")
    committed()


def test_a_bid_is_not_withdrawn_after_the_deadline(world: World) -> None:
    row = submitted(world)
    with pytest.raises(LateError):
        submissions.withdraw(world.tender, publication(world), row.bid_id, **times(DEADLINE))


def test_a_bid_of_another_tender_is_not_touched(world: World) -> None:
    row, other = submitted(world), a_sealed_world()
    submission, price = a_bid(other, bid=row.bid_id, version=2)
    with pytest.raises(BidError, match="belongs to another tender"):
        submissions.submit(other.tender, publication(other), submission, price, **times())


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"tender": "another"}, BidError, "another tender"),
        ({"lot": "no-lot"}, BidError, "does not have"),
        ({"rule_set": 2}, StaleBidError, "rules were changed"),
        ({"rules_sha256": "0" * 64}, StaleBidError, "rules were changed"),
    ],
)
def test_a_bid_for_something_else_is_refused(
    world: World, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    submission, price = a_bid(world)
    bound = replace(submission.binding, **change)
    submission, price = replace(submission, binding=bound), replace(price, binding=bound)
    with pytest.raises(error, match=words):
        submissions.submit(world.tender, publication(world), submission, price, **times())


def test_the_two_parts_of_a_bid_belong_together(world: World) -> None:
    with pytest.raises(BidError, match="price belongs to another"):
        submissions.submit(world.tender, publication(world), a_bid(world)[0], a_bid(world)[1], **times())


def test_a_file_that_is_not_in_the_store_is_named(world: World, tmp_path: Path) -> None:
    refused(world, BidError, r"Policy\.pdf” is not here", store=Store(tmp_path))


# --- keys and clock -----------------------------------------------------------------------------------------


def test_a_key_that_was_swapped_in_the_database_seals_nothing(world: World) -> None:
    other = age.new_identity()[1]
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER rule_sets_never_update"))
    else:
        db.session.execute(text("ALTER TABLE rule_sets DISABLE TRIGGER USER"))
    canon = db.session.scalar(text("SELECT canon FROM rule_sets"))
    changed = bytes(canon).replace(KEYS[0][1].encode(), other.encode())
    assert changed != bytes(canon)
    assert read_rules(changed).tender.sealing.custodians[0] == Custodian("Head of procurement", other)
    db.session.execute(text("UPDATE rule_sets SET canon = :canon"), {"canon": changed})
    db.session.commit()
    refused(world, UnreadableRules, "not the ones that were published")


def test_a_swap_that_changes_the_digests_too_makes_every_tenderer_read_the_rules_again(world: World) -> None:
    submission, price = a_bid(world)  # as confirmed before the swap
    held = publication(world)
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER rule_sets_never_update"))
    else:
        db.session.execute(text("ALTER TABLE rule_sets DISABLE TRIGGER USER"))
    canon = bytes(db.session.scalar(text("SELECT canon FROM rule_sets")))
    changed = canon.replace(KEYS[0][1].encode(), age.new_identity()[1].encode())
    digest = sha256(changed).hexdigest()
    given = {"canon": changed, "digest": digest}
    db.session.execute(text("UPDATE rule_sets SET canon = :canon, sha256 = :digest"), given)
    db.session.execute(text("UPDATE publications SET sha256 = :digest"), {"digest": digest})
    db.session.commit()
    with pytest.raises(StaleBidError, match="rules were changed"):
        submissions.submit(world.tender, held, submission, price, **times())


def test_a_clock_that_was_set_back_is_noticed(world: World) -> None:
    submitted(world)
    submission, price = a_bid(world)
    with pytest.raises(ClockError, match="clock of the server was set back"):
        submissions.submit(world.tender, publication(world), submission, price, **times(BEFORE - timedelta(seconds=3)))


def test_a_request_that_ends_before_it_began_is_noticed(world: World) -> None:
    moments = {"first_byte_at": BEFORE, "last_byte_at": BEFORE - timedelta(seconds=1), "at": BEFORE}
    refused(world, ClockError, "set back", **moments)


# --- receipts -----------------------------------------------------------------------------------------------


def test_a_receipt_holds_and_its_annex_opens_with_the_code_only(world: World) -> None:
    row = submitted(world)
    found = reads.receipt_of(row.bid_id, 1, CODE)
    assert found is not None
    assert found.annex is not None
    assert receipt.check(found, public_key()) == ()
    assert (found.annex.said["lot"], found.annex.said["tenderer"]) == ("adult", "Harbour Trust")
    assert [it["sha256"] for it in found.facts["envelopes"]] == [
        envelopes(row)[kind].sha256 for kind in ("bid", "price")
    ]
    plain = reads.receipt_of(row.bid_id, 1)
    assert plain == replace(found, annex=None)
    assert receipt.check(plain, public_key()) == ()
    with pytest.raises(drafts.UnreadableDraft):
        reads.receipt_of(row.bid_id, 1, drafts.new_code())


def test_receipts_of_one_bid_lie_in_one_growing_log(world: World) -> None:
    row = submitted(world)
    submitted(world, BEFORE + timedelta(minutes=1), bid=row.bid_id, version=2)
    one, two = (receipt.read(each.receipt) for each in reads.acts_of(row.bid_id))
    assert (len(one.leaves), len(two.leaves)) == (1, 2)
    assert two.leaves[:1] == one.leaves
    assert receipt.check(two, public_key()) == ()


def test_a_receipt_tells_nothing_of_rivals(world: World) -> None:
    submitted(world)
    row = submitted(world, BEFORE + timedelta(minutes=1))
    found = reads.receipt_of(row.bid_id, 1)
    assert found is not None
    assert (found.seq, found.index, len(found.leaves), found.path) == (1, 0, 1, ())


def test_there_is_no_receipt_of_what_never_happened(world: World) -> None:
    assert reads.receipt_of("unknown", 1) is None
    assert sealed.publication(world).rule_set == 1
