"""What an installation knows of a panel's work: who signed, what was taken up again, how often scores were saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.workbench.evaluated import bid, evaluated
from tests.workbench.published import World
from workbench.db import db
from workbench.models.evaluation import AgreedScoreRecord, CardRecord, ScoreDraftRecord
from workbench.queries.evaluation.panel_record import panel_record
from workbench.queries.evaluation.record import member_id

AT = datetime(2024, 8, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with evaluated(tmp_path_factory.mktemp("panel")) as (_, made):
        yield made


def test_every_agreed_score_stands_and_names_who_signed_it(world: World) -> None:
    found = panel_record(world.tender.id).signed
    chair = world.people["moderator"][0].name
    assert len(found) == db.session.query(AgreedScoreRecord).count() > 50
    assert {(it.stands, it.present, tuple(name for name, _ in it.signed)) for it in found} == {
        (True, (chair,), (chair,))
    }


def test_one_that_was_taken_up_again_no_longer_stands(world: World) -> None:
    card = db.session.query(CardRecord).filter_by(bid_id=bid(world, "adult-mendip")).first()
    assert card is not None
    card.state, card.agreed = "reopened", 0
    db.session.flush()
    fallen = [(it.bid, it.criterion) for it in panel_record(world.tender.id).signed if not it.stands]
    db.session.rollback()
    assert fallen == [(card.bid_id, card.criterion)]


def test_the_saves_of_a_score_are_counted_under_its_author(world: World) -> None:
    person, about = world.people["evaluator"][0], bid(world, "adult-mendip")
    db.session.add(
        ScoreDraftRecord(
            tender_id=world.tender.id, user_id=person.id, bid_id=about, criterion="c1", version=17, content="{}",
            begun_at=AT, changed_at=AT + timedelta(hours=2),
        )
    )  # fmt: skip
    db.session.flush()
    saves = panel_record(world.tender.id).saves
    db.session.rollback()
    assert {key: (it.count, it.changed_at - it.begun_at) for key, it in saves.items()} == {
        (about, "c1", member_id(person.id)): (17, timedelta(hours=2))
    }
