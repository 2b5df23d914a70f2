"""Drafts are kept version by version, a stale one changes nothing, and a submitted sheet stays as it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from scoring.scoresheet import ScoreSheet
from tests.workbench.evaluated import bid
from tests.workbench.own_scores import a_score, complete, desk, save
from tests.workbench.published import World, done
from tests.workbench.scoring import NOW, scoring
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import begin_writing, db
from workbench.kept import digest, from_text
from workbench.models.audit import ChainRecord
from workbench.models.evaluation import DeclarationRecord, ScoreDraftRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, NotForYou, NotNow
from workbench.queries.history import trail_of
from workbench.services import StageError, StaleError
from workbench.services.evaluation import scoring as service

A = "cyp-severnside"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, World]]:
    with scoring(tmp_path_factory.mktemp("scoring")) as found:
        yield found


@pytest.fixture
def world(made: tuple[Workbench, World]) -> Iterator[World]:
    yield made[1]
    db.session.rollback()
    recorded().clear()


@pytest.fixture
def eva(world: World) -> Actor:
    return world.actor("evaluator", 0)


def test_what_is_saved_is_read_again_at_its_version(world: World, eva: Actor) -> None:
    score = a_score(A, "q_voice")
    version = save(world, A, score, eva, NOW)
    draft = desk(world, eva).draft(bid(world, A), "q_voice")
    assert (draft.score, draft.version, draft.changed_at) == (score, version, NOW)


def test_a_save_of_an_older_version_is_refused_with_both_texts(world: World, eva: Actor) -> None:
    version = save(world, A, a_score(A, "q_voice"), eva, NOW)
    save(world, A, a_score(A, "q_voice", strengths="Theirs, saved first."), eva, NOW)
    with pytest.raises(StaleError) as refused:
        save(world, A, a_score(A, "q_voice", strengths="Mine, typed later."), eva, NOW, version)
    assert (refused.value.yours["strengths"], refused.value.theirs["strengths"]) == (
        "Mine, typed later.", "Theirs, saved first.",
    )  # fmt: skip
    db.session.rollback()
    assert desk(world, eva).draft(bid(world, A), "q_voice").score.strengths == "Theirs, saved first."


def test_two_first_saves_are_one_and_a_stale_one(world: World, eva: Actor) -> None:
    save(world, "cyp-mendip", a_score("cyp-mendip", "q_voice"), eva, NOW, 0)
    with pytest.raises(StaleError):
        save(world, "cyp-mendip", a_score("cyp-mendip", "q_voice", strengths="Second window"), eva, NOW, 0)


def test_a_draft_leaves_no_trace_on_the_trail_of_the_tender(world: World, eva: Actor) -> None:
    before = trail_of(world.tender.id).length
    save(world, A, a_score(A, "q_outcomes"), eva, NOW)
    assert trail_of(world.tender.id).length == before
    assert db.session.get(ChainRecord, service.chain_of(world.tender.id, eva.user_id)) is not None


@pytest.mark.parametrize("role", ["moderator", "officer", "finance", "approver"])
def test_only_evaluators_score(world: World, role: str) -> None:
    with pytest.raises(NotForYou):
        save(world, A, a_score(A, "q_voice"), world.actor(role), NOW, 0)


def test_an_answer_of_another_lot_is_nobody_elses_to_score(world: World) -> None:
    lived = world.actor("evaluator", 2)  # scores the adult lot alone
    with pytest.raises(service.ScoreError, match="not among those that you score"):
        save(world, A, a_score(A, "q_voice"), lived, NOW, 0)


def test_nobody_scores_before_they_have_declared(world: World, eva: Actor) -> None:
    other = world.actor("evaluator", 3)
    row = db.session.scalars(select(DeclarationRecord).filter_by(user_id=other.user_id).limit(1)).one()
    values = {
        column.name: getattr(row, column.name) for column in DeclarationRecord.__table__.columns if column.name != "id"
    }
    db.session.add(DeclarationRecord(**{**values, "number": 2, "interest": "conflicted"}))
    db.session.flush()
    hidden = [each for each in desk(world, other).access.hidden if each in desk(world, eva).bids]
    assert hidden != []
    with pytest.raises(service.ScoreError):
        service.save(world.tender, hidden[0], a_score(A, "q_voice"), 0, actor=other, at=NOW)


def test_scoring_is_over_when_moderation_begins(world: World, eva: Actor) -> None:
    world.tender.stage = "moderation"
    with pytest.raises(NotNow):
        service.save(world.tender, bid(world, A), a_score(A, "q_voice"), 0, actor=eva, at=NOW)


def test_a_sheet_that_lacks_something_is_not_submitted(world: World, eva: Actor) -> None:
    save(world, "cyp-brunel", a_score("cyp-brunel", "q_voice", evidence=()), eva, NOW)
    shown = service.shown_digest(desk(world, eva), bid(world, "cyp-brunel"))
    with pytest.raises(service.ScoreError) as refused:
        service.submit(world.tender, {bid(world, "cyp-brunel"): shown}, confirmed=True, actor=eva, at=NOW)
    assert "evidence_missing" in {each.code for each in refused.value.findings}


def test_a_submitted_sheet_is_frozen_word_for_word(world: World, eva: Actor) -> None:
    bid_id = complete(world, "adult-brunel", eva, NOW)
    mine = desk(world, eva)
    assert mine.complete(bid_id)
    shown = service.shown_digest(mine, bid_id)
    (row,) = service.submit(world.tender, {bid_id: shown}, confirmed=True, actor=eva, at=NOW)
    done(world)
    sheet = from_text(ScoreSheet, row.content)
    assert (row.sha256, sheet.evaluator) == (digest(row.content), f"person-{eva.user_id}")
    assert sheet.scores == tuple(a_score("adult-brunel", each.criterion) for each in sheet.scores)
    assert len(sheet.scores) == 7
    with pytest.raises(StageError, match="it stays as it is"):
        save(world, "adult-brunel", a_score("adult-brunel", "q_outcomes"), eva, NOW)
    with pytest.raises(StageError, match="already"):
        service.submit(world.tender, {bid_id: shown}, confirmed=True, actor=eva, at=NOW)
    assert trail_of(world.tender.id).events[0].what == "Submitted 1 score sheet"


def test_remarks_are_to_be_confirmed_and_an_abstention_counts_as_an_answer(world: World, eva: Actor) -> None:
    bid_id = complete(world, "cyp-kingfisher", eva, NOW)
    away = a_score("cyp-kingfisher", "q_voice", points=None, abstained="I trained this service's volunteers in 2019.")
    save(world, "cyp-kingfisher", away, eva, NOW)
    mine = desk(world, eva)
    shown = {bid_id: service.shown_digest(mine, bid_id)}
    assert mine.warnings(bid_id) != ()
    with pytest.raises(service.ScoreError, match="confirm that you stand by your words"):
        service.submit(world.tender, shown, confirmed=False, actor=eva, at=NOW)
    assert len(service.submit(world.tender, shown, confirmed=True, actor=eva, at=NOW)) == 1


def test_what_changed_in_another_window_is_looked_at_again_first(world: World, eva: Actor) -> None:
    bid_id = complete(world, "cyp-mendip", eva, NOW)
    shown = {bid_id: service.shown_digest(desk(world, eva), bid_id)}
    save(world, "cyp-mendip", a_score("cyp-mendip", "q_voice", points=Decimal(2)), eva, NOW)
    with pytest.raises(StageError, match="changed after you opened this page"):
        service.submit(world.tender, shown, confirmed=True, actor=eva, at=NOW)


def test_a_desk_holds_nobody_elses_drafts(world: World, eva: Actor) -> None:
    other = world.actor("evaluator", 1)
    save(world, A, a_score(A, "q_outcomes", strengths="Zaunkoenig-of-another, seen in paragraph 4."), other, NOW)
    mine = desk(world, eva)
    assert "Zaunkoenig-of-another" not in repr((mine.drafts, mine.sheets))
    assert desk(world, other).draft(bid(world, A), "q_outcomes").score.strengths.startswith("Zaunkoenig-of-another")


def test_many_windows_saving_at_once_lose_nothing(made: tuple[Workbench, World], world: World, eva: Actor) -> None:
    """Each window saves until it was taken ten times; the version counts exactly what was taken."""
    app, windows, taken = made[0], 8, []
    bid_id, tender_id = bid(world, "isva-brunel"), world.tender.id

    def window(number: int) -> None:
        for turn in range(10):
            while not _saved(app, tender_id, bid_id, eva, f"window {number}, turn {turn}", taken):
                pass

    threads = [threading.Thread(target=window, args=(number,)) for number in range(windows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    row = db.session.scalars(select(ScoreDraftRecord).filter_by(user_id=eva.user_id, bid_id=bid_id)).one()
    chain = db.session.get(ChainRecord, service.chain_of(tender_id, eva.user_id))
    assert chain is not None
    assert (row.version, sorted(taken)) == (80, list(range(1, 81)))


def _saved(app: Workbench, tender_id: str, bid_id: str, actor: Actor, text: str, taken: list[int]) -> bool:
    """Save what a window typed on top of what is there; False where another window was faster."""
    with app.app_context():
        try:
            tender = db.session.get_one(TenderRecord, tender_id)
            held = db.session.scalars(select(ScoreDraftRecord).filter_by(user_id=actor.user_id, bid_id=bid_id)).first()
            version, score = held.version if held else 0, a_score("isva-brunel", "q_model", strengths=text)
            db.session.rollback()
            begin_writing()
            taken.append(service.save(tender, bid_id, score, version, actor=actor, at=NOW))
            db.session.commit()
        except StaleError:
            db.session.rollback()
            return False
        finally:
            recorded().clear()
            db.session.remove()
        return True
