"""Closing: which bids there are is signed once nothing more can come, and told to nobody before the opening."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import scoped_session

from tests import submissions as a
from tests.workbench.opening import part, tamper
from tests.workbench.published import ADDRESS, World
from tests.workbench.sealed import BEFORE, DEADLINE, a_sealed_world, committed, publication, submitted, times
from workbench.arrival_rules import DRAIN
from workbench.audit import recorded
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import ClosingRecord, OpeningRecord
from workbench.queries.bids import receipts as reads
from workbench.queries.bids.closings import changed_leaf, closing_of, last_acts, root_of, signed_leaves
from workbench.receipts_key import public_key
from workbench.sealing import receipt
from workbench.sealing.notes import read_checkpoint, verified
from workbench.services import StageError, deadlines
from workbench.services.bids import submissions

OVER = DEADLINE + DRAIN
LATER = DEADLINE + timedelta(days=7)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes sealed bids."""
    yield a_sealed_world()
    recorded().clear()


def close(world: World, at: datetime = OVER) -> ClosingRecord:
    """Close the tender and return what was signed."""
    deadlines.close_tender(world.tender, actor=world.actor("officer"), at=at)
    committed()
    found = closing_of(world.tender.id)
    assert found is not None
    return found


def moved(world: World) -> None:
    """Have two people move the deadline after it passed."""
    officer, approver = world.actor("officer"), world.actor("approver")
    at = OVER + timedelta(minutes=1)
    deadlines.ask_to_move(world.tender, LATER, reason="Outage", outage="From 11:20", actor=officer, at=at)
    committed()
    deadlines.confirm_move(world.tender, address=ADDRESS, actor=approver, at=at)
    committed()


def test_the_closing_counts_the_last_act_on_every_bid_and_is_signed(world: World) -> None:
    one, two = submitted(world), submitted(world, lot="children")
    submissions.withdraw(world.tender, publication(world), two.bid_id, **times(BEFORE + timedelta(minutes=1)))
    committed()
    closing = close(world)
    checkpoint = read_checkpoint(verified(closing.checkpoint, public_key()))
    assert (checkpoint.size, checkpoint.root.hex()) == (closing.size, closing.root) == (2, closing.root)
    assert checkpoint.others == ("deadline 2024-09-27T11:00:00.000000Z",)
    for bid, version in ((one.bid_id, 1), (two.bid_id, 2)):
        proof, held = reads.closing_proof_of(world.tender.id, bid), reads.receipt_of(bid, version)
        assert proof is not None
        assert held is not None
        assert receipt.check_closing(proof, held, public_key()) == ()
        assert receipt.read_closing(receipt.write_closing(proof)) == proof


def test_a_replaced_version_is_not_what_the_closing_counted(world: World) -> None:
    row = submitted(world)
    submitted(world, BEFORE + timedelta(minutes=1), bid=row.bid_id, version=2)
    close(world)
    proof, old = reads.closing_proof_of(world.tender.id, row.bid_id), reads.receipt_of(row.bid_id, 1)
    assert proof is not None
    assert old is not None
    assert [it.code for it in receipt.check_closing(proof, old)] == ["closing_other_act"]


def test_late_bids_are_not_counted(world: World) -> None:
    late = times(DEADLINE + timedelta(seconds=1))
    submissions.record_late(world.tender, publication(world), replace(a.BINDING, bid="late-1"), "Harbour", **late)
    committed()
    assert close(world).size == 0
    assert reads.closing_proof_of(world.tender.id, "late-1") is None


def test_the_events_of_a_closing_say_no_number_and_nothing_that_tells_none_from_some(world: World) -> None:
    close(world)
    events = db.session.scalars(select(EventRecord).where(EventRecord.action == "closed")).all()
    details = [json.loads(each.canon)["details"] for each in events]
    assert [sorted(each) for each in details] == [["closing_sha256", "deadline"]]
    assert details[0]["deadline"] == "2024-09-27T11:00:00Z"


def test_nothing_closes_before_the_drain_is_over(world: World) -> None:
    with pytest.raises(StageError, match="two minutes after its deadline"):
        close(world, OVER - timedelta(microseconds=1))


def test_a_tender_whose_deadline_was_moved_takes_bids_again_and_is_closed_again(world: World) -> None:
    submitted(world)
    assert close(world).size == 1
    moved(world)
    submitted(world, LATER - timedelta(minutes=1))
    again = close(world, LATER + DRAIN)
    assert (again.size, again.deadline) == (2, LATER)
    assert db.session.query(ClosingRecord).count() == 2


def test_a_log_that_was_changed_by_other_means_is_signed_as_changed_and_holds_up_no_other(world: World) -> None:
    submitted(world)
    assert close(world).size == 1
    moved(world)
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER events_never_update"))
    else:
        db.session.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
    event = db.session.scalars(select(EventRecord).where(EventRecord.action == "bid_submitted")).one()
    event.canon = event.canon.replace(b"09:59", b"08:59").replace(b"10:00", b"09:00")
    db.session.commit()
    again = close(world, LATER + DRAIN)
    [bid] = last_acts(world.tender.id)
    assert signed_leaves(again) == {bid: changed_leaf(bid)}
    assert (again.size, again.root) == (1, root_of({bid: changed_leaf(bid)}))
    said = db.session.scalars(select(EventRecord).where(EventRecord.action == "closed").order_by(EventRecord.seq)).all()
    assert ["logs_changed" in json.loads(each.canon)["details"] for each in said] == [False, True]


@pytest.mark.parametrize("when", ["before the closing", "after it"])
def test_a_receipt_changed_by_other_means_takes_a_proof_from_nobody_else_or_gives_none(world: World, when: str) -> None:
    bad, good = submitted(world), submitted(world)
    names = bad.bid_id, good.bid_id
    if when == "after it":
        close(world)
    tamper("UPDATE sealed_bids SET receipt = :receipt WHERE bid_id = :bid", receipt=b"{}", bid=names[0])
    if when == "before the closing":
        close(world)
    proofs, held = [reads.closing_proof_of(world.tender.id, name) for name in names], reads.receipt_of(names[1], 1)
    assert held is not None
    if when == "after it":
        assert proofs == [None, None]
    else:
        assert proofs[1] is not None
        assert receipt.check_closing(proofs[1], held, public_key()) == ()


def test_a_deadline_that_moves_puts_the_first_layer_back_on(world: World) -> None:
    submitted(world)
    close(world)
    part(world, 1, 0, 0, at=OVER)
    moved(world)
    assert db.session.query(OpeningRecord).count() == 0


def test_a_tender_that_takes_no_bids_here_closes_without_a_register(db_session: scoped_session) -> None:
    world = a_sealed_world(None)
    deadlines.close_tender(world.tender, actor=world.actor("officer"), at=OVER)
    committed()
    assert (world.tender.stage, closing_of(world.tender.id)) == ("closed", None)
