"""What members of a panel may read and score: by role, lot and award criterion, and by what they declared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.workbench import factories as rows
from tests.workbench.conftest import running
from tests.workbench.databases import a_config, usual_url
from tests.workbench.panel import CRITERIA, OPENED, World, a_declaration, an_opened_world, declared
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.bids import AdmissionRecord
from workbench.models.evaluation import (
    BenchmarkRecord,
    BenchmarkScoreRecord,
    InterestDecisionRecord,
    PanelNoteRecord,
    TrainingRecord,
)
from workbench.queries.accounts import actor_for
from workbench.queries.evaluation.access import PanelAccess, access_of

ADULT = {"adult-harbour", "adult-quayside", "adult-beacon"}
CHILDREN = {"children-harbour", "children-beacon"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One opened tender for all cases; each brings people of its own."""
    folder = tmp_path_factory.mktemp("access")
    with running(a_config(usual_url(folder), folder)) as app, app.app_context():
        yield an_opened_world()


def somebody(world: World, lot: str = "", criteria: str = "", **values: object) -> UserRecord:
    person = rows.a_user(world.tender.authority)
    given = rows.an_assignment(world.tender, person, "evaluator", lot)
    given.criteria = criteria
    for name, value in values.items():
        setattr(given, name, value)
    db.session.commit()
    return person


def access(world: World, person: UserRecord) -> PanelAccess:
    return access_of(world.tender, actor_for(person, OPENED))


def pairs(bids: set[str], criteria: tuple[str, ...] = CRITERIA) -> set[tuple[str, str]]:
    return {(bid, criterion) for bid in bids for criterion in criteria}


def test_before_declaring_nothing_is_readable_and_every_organisation_is_missing(world: World) -> None:
    found = access(world, somebody(world))
    assert (found.declared, set(found.missing)) == (False, {"beacon", "harbour", "quayside", "rowan"})
    assert not any(found.may_read(bid) or found.may_score(bid, "delivery") for bid in ADULT | CHILDREN)
    assert (found.scorable, found.conflicted) == (frozenset(), frozenset())


def test_without_any_interest_everything_is_to_be_scored(world: World) -> None:
    person = somebody(world)
    declared(world, person)
    found = access(world, person)
    assert (found.ready, found.hidden, found.scorable) == (True, frozenset(), pairs(ADULT | CHILDREN))


def test_an_interest_in_one_organisation_hides_its_bids_wherever_it_is_named(world: World) -> None:
    person = somebody(world)
    declared(world, person, quayside="conflicted")
    found = access(world, person)
    assert found.hidden == found.conflicted == {"adult-quayside", "children-beacon"}
    assert found.scorable == pairs({"adult-harbour", "adult-beacon", "children-harbour"})


def test_a_possible_interest_waits_for_a_decision_which_counts_at_once(world: World) -> None:
    person = somebody(world)
    declared(world, person, beacon="possible")
    assert access(world, person).hidden == {"adult-beacon", "children-beacon"}
    row = a_declaration(world.tender, person, "beacon", "possible", 2)
    db.session.add(row)
    db.session.flush()
    db.session.add(InterestDecisionRecord(
        tender_id=world.tender.id, declaration_id=row.id, number=1, action="mitigated", reason="Long ago.",
        decided_by=world.people["officer"][0].id, decided_at=OPENED,
    ))  # fmt: skip
    db.session.commit()
    assert access(world, person).hidden == frozenset()


def test_a_role_in_one_lot_reads_and_scores_that_lot(world: World) -> None:
    person = somebody(world, "children")
    declared(world, person)
    found = access(world, person)
    assert found.scorable == pairs(CHILDREN)
    assert [bid for bid in sorted(ADULT | CHILDREN) if found.may_read(bid)] == sorted(CHILDREN)


def test_a_role_for_some_questions_scores_those(world: World) -> None:
    person = somebody(world, "adult", "delivery social")
    declared(world, person)
    assert access(world, person).scorable == pairs(ADULT, ("delivery", "social"))


def test_roles_in_several_lots_add_up(world: World) -> None:
    person = somebody(world, "adult", "social")
    rows.an_assignment(world.tender, person, "evaluator", "children")
    declared(world, person)
    assert access(world, person).scorable == pairs(ADULT, ("social",)) | pairs(CHILDREN)


def test_a_role_that_has_ended_gives_nothing(world: World) -> None:
    over = somebody(world, until=OPENED)
    lasting = somebody(world, until=OPENED + timedelta(seconds=1))
    for person in (over, lasting):
        declared(world, person)
    assert access(world, over).scorable == frozenset()
    assert access(world, lasting).scorable == pairs(ADULT | CHILDREN)
    assert actor_for(lasting).assignments == frozenset()


def test_a_bid_that_is_not_admitted_is_nobodys_to_score(world: World) -> None:
    person = somebody(world)
    declared(world, person)
    db.session.add(AdmissionRecord(
        tender_id=world.tender.id, bid_id="adult-beacon", number=1, decision="exclude", concerning="admission",
        reason="A false statement.", decided_at=OPENED, decided_by=world.people["officer"][0].id,
    ))  # fmt: skip
    db.session.flush()
    assert access(world, person).scorable == pairs(ADULT | CHILDREN - {"adult-beacon"}) - pairs({"adult-beacon"})
    db.session.rollback()


def test_the_note_that_holds_has_to_be_read(world: World) -> None:
    person = somebody(world)
    declared(world, person)
    chair = world.people["moderator"][0].id
    for number in (1, 2):
        note = PanelNoteRecord(tender_id=world.tender.id, number=number, text="Read.", made_by=chair, made_at=OPENED)
        read = TrainingRecord(tender_id=world.tender.id, user_id=person.id, note=number, read_at=OPENED)
        db.session.add(note)
        db.session.flush()
        assert (access(world, person).note_read, access(world, person).ready) == (False, False)
        db.session.add(read)
        db.session.flush()
        assert access(world, person).ready
    db.session.rollback()


def test_benchmarks_of_ones_own_questions_have_to_be_scored(world: World) -> None:
    person = somebody(world, criteria="social")
    declared(world, person)
    made = [
        BenchmarkRecord(
            tender_id=world.tender.id, criterion=criterion, title="One", answer="So.", points="3", reason="Why.",
            made_by=world.people["moderator"][0].id, made_at=OPENED,
        )
        for criterion in ("delivery", "social")
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    assert not access(world, person).calibrated
    db.session.add(BenchmarkScoreRecord(benchmark_id=made[1].id, user_id=person.id, points="2", at=OPENED))
    db.session.flush()
    assert access(world, person).calibrated
    db.session.rollback()


def test_a_tender_that_is_not_published_has_nothing_to_read(world: World) -> None:
    person = rows.a_user(world.tender.authority)
    tender = rows.a_tender(world.tender.authority)
    assert access_of(tender, actor_for(person)) == PanelAccess()
