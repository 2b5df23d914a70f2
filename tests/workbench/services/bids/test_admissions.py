"""Whether an opened bid stays in: with a reason that says something, and only where the rules leave it open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lots.money import Money
from tests import factories
from tests.scoring.test_received import apart
from tests.workbench.opening import LATER, closed, opened
from tests.workbench.published import World
from tests.workbench.sealed import a_bid, a_sealed_world, committed, publication, times
from workbench.audit import recorded
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import AdmissionRecord
from workbench.policies import NotForYou, NotNow
from workbench.queries.bids.opened import admissions_of, decisions_on, file_with_bids
from workbench.services.bids import admissions, submissions
from workbench.services.bids.admissions import AdmissionError

REASON = "The certificate of insurance is dated 2022 and was not renewed."


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A tender with one opened bid whose shares do not add up to its price."""
    made = a_sealed_world()
    bound = a_bid(made, bid="bid-1")[0].binding
    [sent] = apart(factories.tender_file(("adult-harbour",)))
    assert sent.price is not None
    assert sent.price.split is not None
    broken = replace(sent.price.split, delivery=tuple(it + Money(100) for it in sent.price.split.delivery))
    submission, price = replace(sent.submission, binding=bound), replace(sent.price, binding=bound, split=broken)
    submissions.submit(made.tender, publication(made), submission, price, **times())
    committed()
    closed(made)
    opened(made)
    yield made
    recorded().clear()


def decide(
    world: World, decision: str = "exclude", concerning: str = "admission", reason: str = REASON, role: str = "officer"
) -> AdmissionRecord:
    made = admissions.decide(
        world.tender, "bid-1", decision, concerning=concerning, reason=reason, actor=world.actor(role), at=LATER
    )
    committed()
    return made


def test_a_decision_is_kept_with_its_reason_and_goes_into_the_tender_file(world: World) -> None:
    decide(world)
    [made] = file_with_bids(world.tender).admissions
    assert (made.bid, made.decision, made.concerning, made.reason) == ("bid-1", "exclude", "admission", REASON)
    assert made.decided_by.startswith("Officer")


def test_the_latest_decision_counts_and_the_earlier_ones_stay(world: World) -> None:
    decide(world)
    decide(world, "admit", reason="The insurer confirmed in writing that the cover was renewed.")
    assert [row.decision for row, _ in decisions_on(world.tender.id, "bid-1")] == ["exclude", "admit"]
    assert [it.decision for it in admissions_of(world.tender.id)] == ["admit"]


@pytest.mark.parametrize("reason", ["", "ok", "Excluded."])
def test_a_reason_that_says_nothing_is_refused_and_nothing_is_kept(world: World, reason: str) -> None:
    with pytest.raises(AdmissionError):
        decide(world, reason=reason)
    assert (recorded(), db.session.query(AdmissionRecord).count()) == ([], 0)


def test_a_rule_that_rejects_leaves_no_choice(world: World) -> None:
    with pytest.raises(AdmissionError, match="leave no choice"):
        decide(world, "admit", "split")


def test_nothing_is_decided_where_nothing_is_broken(world: World) -> None:
    with pytest.raises(AdmissionError, match="Nothing about this bid is to be decided"):
        decide(world, "exclude", "ceiling")
    with pytest.raises(AdmissionError, match="admitted or excluded"):
        decide(world, "perhaps")


def test_only_officers_decide_and_only_between_opening_and_recommendation(world: World) -> None:
    for role in ("opener", "evaluator", "moderator", "finance", "approver", "auditor"):
        with pytest.raises(NotForYou):
            decide(world, role=role)
    for stage in ("closed", "recommended", "notified", "cancelled"):
        world.tender.stage = stage
        db.session.commit()
        with pytest.raises(NotNow):
            decide(world)


def test_there_is_no_deciding_about_a_bid_of_another_tender(world: World) -> None:
    with pytest.raises(AdmissionError, match="no opened bid"):
        admissions.decide(
            world.tender, "bid-9", "admit", concerning="admission", reason=REASON, actor=world.actor("officer"),
            at=LATER + timedelta(minutes=1),
        )  # fmt: skip


def test_the_record_of_the_tender_says_who_decided_what_and_why(world: World) -> None:
    decide(world)
    canon = db.session.scalars(select(EventRecord.canon).where(EventRecord.action == "admission_decided")).one()
    said = json.loads(canon)["details"]
    assert (said["bid"], said["decision"], said["reason"]) == ("bid-1", "exclude", REASON)
