"""Opened bids read back: lists, one bid, and all of them with the rules as one tender file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import scoped_session

from exports import tender_file
from exports.rule_changes import rule_set_digest
from lots.errors import errors_in
from lots.split.check import check_split
from lots.submission import Binding
from scoring.checks.file import check
from scoring.evaluation import evaluate_lot
from scoring.recommendation import evaluate
from scoring.rule_set import rule_set
from scoring.tender_file import TenderFile
from tests.scoring.test_received import apart
from tests.workbench import sealed
from tests.workbench.opening import closed, opened, part, rows, tamper
from tests.workbench.published import World, a_world, published
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
)  # fmt: skip
from workbench.audit import recorded
from workbench.db import db
from workbench.demo.cases import SIGNED_OFF
from workbench.models.bids import OpenedBidRecord
from workbench.paths import demo_file
from workbench.queries.bids import opened as reads
from workbench.queries.bids.graph import fact_sheet
from workbench.services.bids import submissions

LOCKED = DEADLINE + timedelta(days=30)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes sealed bids."""
    yield a_sealed_world()
    recorded().clear()


def demo() -> TenderFile:
    file, findings = tender_file.read(demo_file().read_bytes())
    assert file is not None
    assert errors_in(findings) == ()
    return file


def test_every_opened_bid_stands_in_the_file_with_the_rules_in_force(world: World) -> None:
    one, two = submitted(world), submitted(world, lot="children")
    closed(world)
    opened(world)
    file = reads.file_with_bids(world.tender)
    assert {bid.id: (bid.lot, bid.received_at) for bid in file.bids} == {
        one.bid_id: ("adult", one.last_byte_at), two.bid_id: ("children", two.last_byte_at),
    }  # fmt: skip
    assert rule_set_digest(file) == publication(world).sha256
    again, findings = tender_file.read(tender_file.write(file))
    assert (again, errors_in(findings)) == (file, ())


def test_what_was_not_opened_is_in_no_file(world: World) -> None:
    gone = submitted(world)
    submissions.withdraw(world.tender, publication(world), gone.bid_id, **times(BEFORE + timedelta(minutes=1)))
    committed()
    closed(world)
    opened(world)
    assert reads.file_with_bids(world.tender).bids == ()
    assert reads.counts_of(world.tender.id) == {("", "withdrawn"): 1}
    assert [row.id for row in reads.others_of(world.tender.id)] == [gone.bid_id]


def test_while_prices_are_shut_the_file_has_none_and_afterwards_it_has(db_session: scoped_session) -> None:
    world = a_sealed_world(replace(FOUR, price_apart=True))
    submitted(world)
    closed(world)
    opened(world)
    before = reads.assembled(world.tender)
    assert ([bid.prices for bid in before.file.bids], before.file.prices_shut) == ([()], True)
    world.tender.quality_locked_at = LOCKED
    db.session.commit()
    opened(world, (2, 3), kind="price")
    after = reads.assembled(world.tender)
    assert ([len(bid.prices) for bid in after.file.bids], after.file.prices_shut) == ([2], False)


def test_a_price_that_cannot_be_opened_counts_as_none_and_a_price_that_was_never_given_too(
    db_session: scoped_session,
) -> None:
    world = a_sealed_world(replace(FOUR, price_apart=True))
    broken = submitted(world)
    sent, price = a_bid(world, lot="children", bid="bid-2")
    submissions.submit(world.tender, publication(world), sent, replace(price, prices=(), split=None), **times())
    committed()
    tamper("UPDATE envelopes SET content = substr(content, 1, 900) WHERE kind = 'price'")
    closed(world)
    opened(world)
    waiting = evaluate_lot(reads.file_with_bids(world.tender), "adult").waiting
    assert waiting[-1].code == "prices_shut"
    world.tender.quality_locked_at = LOCKED
    db.session.commit()
    opened(world, (2, 3), kind="price")
    file = reads.file_with_bids(world.tender)
    out = {each.bid.id: each.exclusion for lot in evaluate(file).lots for each in lot.results}
    assert (file.prices_shut, errors_in(check(file))) == (False, ())
    assert {name: each.reasons[-1].code for name, each in out.items() if each} == {
        broken.bid_id: "price_years", "bid-2": "price_years",
    }  # fmt: skip


def test_the_fourteen_bids_of_the_demonstration_come_back_the_same(db_session: scoped_session) -> None:
    """Sealed, opened and put together again they give the same split reports, and with the scores the same ranking."""
    file = demo()
    rules = replace(rule_set(file), tender=replace(rule_set(file).tender, sealing=FOUR))
    world = a_sealed_file(rules)
    late = seal_all(world, file)
    all_opened(world, file)
    again = reads.file_with_bids(world.tender)
    assert len(again.bids) == len(file.bids) - len(late) == 13
    for bid in again.bids:
        lot, was = file.tender.lot(bid.lot), next(each for each in file.bids if each.id == bid.id)
        known, knew = ({it.id: it for it in each.organisations} for each in (again, file))
        assert check_split(bid, lot.collaboration, known, years=lot.years) == check_split(
            was, lot.collaboration, knew, years=lot.years
        )
    kept = {bid.id for bid in again.bids}
    scored = replace(
        again, panel=file.panel, declarations=file.declarations, admissions=file.admissions, enquiries=file.enquiries,
        score_sheets=tuple(it for it in file.score_sheets if it.bid in kept),
        agreed_scores=tuple(it for it in file.agreed_scores if it.bid in kept),
    )  # fmt: skip
    for lot in file.tender.contract_lots:
        ours, theirs = evaluate_lot(scored, lot.id), evaluate_lot(file, lot.id)
        assert ours.ranking == theirs.ranking
        assert ours.ranking.places


def a_sealed_file(rules: TenderFile) -> World:
    """Publish the demonstration's rules in the days in which they were."""
    world = a_world(rules, created_at=SIGNED_OFF, changed_at=SIGNED_OFF)
    sealed.prove_keys(world, FOUR)
    published(world, SIGNED_OFF)
    recorded().clear()
    return world


def seal_all(world: World, file: TenderFile) -> set[str]:
    """Submit every bid of a file at the time it says; the late ones are told apart."""
    late: set[str] = set()
    held = publication(world)
    for sent in sorted(apart(file), key=lambda it: it.received_at):
        bound = Binding(world.tender.id, sent.submission.binding.lot, sent.submission.binding.bid, 1, held.rule_set,
                        held.sha256)  # fmt: skip
        assert sent.price is not None
        submission, price = replace(sent.submission, binding=bound), replace(sent.price, binding=bound)
        try:
            submissions.submit(world.tender, held, submission, price, **times(sent.received_at))
            committed()
        except submissions.LateError:
            late.add(bound.bid)
            recorded().clear()
            db.session.rollback()
    return late


def all_opened(world: World, file: TenderFile) -> None:
    """Close after the file's own deadline, and open."""
    at = file.tender.deadline + timedelta(minutes=5)
    closed(world, at)
    part(world, 1, 0, 0, at=at)
    part(world, 2, 1, 1, at=at)


# --- lists ----------------------------------------------------------------------------------------------------


def test_five_thousand_bids_are_paged_with_as_many_questions_as_few(world: World) -> None:
    submitted(world)
    closed(world)
    opened(world)
    [model] = rows(world).values()
    name, act = world.tender.id, model.sealed_bid_id

    def asked() -> int:
        db.session.commit()
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", listener := lambda *a: seen.append(a[2]))
        reads.counts_of(name)
        reads.page_of(name, "adult", 1)
        reads.others_of(name)
        reads.admissions_of(name)
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    few = asked()
    db.session.add_all(
        OpenedBidRecord(
            id=f"bid-{at}", tender_id=name, sealed_bid_id=act, lot="adult",
            tenderer=f"Tenderer {at}", letter="ZZ", state="opened", received_at=BEFORE,
        )
        for at in range(5_000)
    )  # fmt: skip
    db.session.commit()
    assert asked() == few
    assert len(reads.page_of(world.tender.id, "adult", 101)) == 1
    assert reads.counts_of(world.tender.id) == {("adult", "opened"): 5_001}


def test_a_bid_of_another_tender_is_not_found(world: World) -> None:
    bid = submitted(world)
    closed(world)
    opened(world)
    assert reads.opened_bid(world.tender.id, bid.bid_id) is not None
    assert reads.opened_bid("another", bid.bid_id) is None


def test_content_changed_in_the_database_is_never_taken_for_a_bid(world: World) -> None:
    bid = submitted(world)
    closed(world)
    opened(world)
    rows(world)[bid.bid_id].submission = "{}"
    db.session.commit()
    with pytest.raises(reads.ChangedBid):
        reads.opened_bid(world.tender.id, bid.bid_id)


@pytest.mark.parametrize(
    ("role", "locked", "sees"),
    [("officer", False, True), ("finance", False, True), ("moderator", False, False), ("evaluator", False, False),
     ("moderator", True, True), ("evaluator", True, True)],
)  # fmt: skip
def test_nobody_who_scores_or_chairs_sees_prices_before_quality_is_locked(
    world: World, role: str, locked: bool, sees: bool
) -> None:
    world.tender.stage = "moderation"
    world.tender.quality_locked_at = LOCKED if locked else None
    assert reads.sees_prices(world.actor(role), world.tender) == sees


def test_the_fact_sheet_draws_whoever_is_in_several_bids(world: World) -> None:
    submitted(world)
    submitted(world, lot="children")
    closed(world)
    opened(world)
    sheet = fact_sheet(reads.file_with_bids(world.tender))
    assert [each.name for each in sheet.overlaps] == ["Harbour Trust", "Quayside Trust"]
    assert sheet.drawing is not None
    assert (len(sheet.drawing.lines), len(sheet.drawing.left), len(sheet.drawing.right)) == (4, 2, 2)
    assert sheet.drawing.words == "Harbour Trust is in 2 bids; Quayside Trust is in 2 bids"
