"""Moderation begun, written by several people, agreed, signed, taken up again: what is done and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError

from tests.workbench import evaluated
from tests.workbench import moderated as m
from tests.workbench.factories import an_actor
from tests.workbench.published import World, done
from workbench.audit import recorded
from workbench.cards import mark_of, marks_of
from workbench.db import db
from workbench.kept import to_text
from workbench.models.accounts import AssignmentRecord
from workbench.models.audit import EventRecord
from workbench.models.evaluation import AgreedScoreRecord, DeclarationRecord, ScoreSheetRecord
from workbench.policies import NotForYou, NotNow
from workbench.queries.evaluation.access import access_of
from workbench.queries.evaluation.moderation import Card, board_of
from workbench.queries.evaluation.record import live_file, sheets_of
from workbench.queries.history import trail_of
from workbench.services import StageError, StaleError
from workbench.services.evaluation import agreeing, cards, moderating
from workbench.services.evaluation.agreeing import NotAgreed
from workbench.services.evaluation.cards import ModerationError, Saved

ADULT = "adult-mendip"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The case with every sheet submitted."""
    with m.scored(tmp_path) as (_, made):
        yield made
        db.session.rollback()
        recorded().clear()


def first_card(world: World) -> Card:
    """Begin moderation and return the card that is most at stake."""
    return m.begun(world).cards[0]


def save(world: World, card: Card, role: str = "moderator", number: int = 0, **typed: str) -> Saved:
    """Save fields on a page that was opened while nothing stood on the card."""
    made = cards.save(
        world.tender, card.row.id, typed, marks_of({}, tuple(typed)), actor=world.actor(role, number), at=m.AT
    )
    if made.taken:
        done(world)
    return made


def fresh(world: World, card: Card) -> Card:
    found = m.board(world).card(card.row.id)
    assert found is not None
    return found


def last_event(world: World) -> str:
    chain = select(EventRecord.canon).where(EventRecord.chain == f"tender:{world.tender.id}")
    return db.session.scalars(chain.order_by(EventRecord.seq.desc()).limit(1)).one().decode()


# --- beginning --------------------------------------------------------------------------------------------------


def without_a_sheet(world: World, bid: str = ADULT) -> str:
    """Take one evaluator's sheet out, as if it had never been submitted; returns their name."""
    sheet = db.session.scalars(select(ScoreSheetRecord).where(ScoreSheetRecord.bid_id == evaluated.bid(world, bid)))
    row = sheet.first()
    assert row is not None
    name = next(it.name for it in world.people["evaluator"] if it.id == row.user_id)
    for trigger in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        if "score_sheets" in trigger:
            db.session.execute(text(f"DROP TRIGGER {trigger}"))
    db.session.execute(delete(ScoreSheetRecord).where(ScoreSheetRecord.id == row.id))
    db.session.commit()
    return name


def test_a_missing_sheet_is_named_and_nothing_begins_where_the_quorum_is_missed(world: World) -> None:
    name = without_a_sheet(world)
    with pytest.raises(ModerationError, match=f"Missing: {name} \\(1 sheet of "):
        moderating.begin(world.tender, reason="They are ill", actor=world.actor("moderator"), at=m.AT)
    assert (world.tender.stage, world.tender.scores_locked_at) == ("evaluation", None)


def test_where_nobody_else_may_score_it_begins_with_a_reason_and_the_lot_waits(world: World) -> None:
    without_a_sheet(world)
    missing = next(
        it for it in world.people["evaluator"]
        if not db.session.scalar(select(ScoreSheetRecord.id).where(
            ScoreSheetRecord.user_id == it.id, ScoreSheetRecord.bid_id == evaluated.bid(world, ADULT)).limit(1))
        and access_of(world.tender, an_actor(it)).may_read(evaluated.bid(world, ADULT))
    )  # fmt: skip
    db.session.execute(delete(AssignmentRecord).where(AssignmentRecord.user_id == missing.id))
    db.session.commit()
    with pytest.raises(ModerationError, match="some answers have too few evaluators"):
        moderating.begin(world.tender, reason=" ", actor=world.actor("moderator"), at=m.AT)
    moderating.begin(world.tender, reason="Nobody can stand in", actor=world.actor("moderator"), at=m.AT)
    done(world)
    assert {card.bid.id for card in m.board(world).waiting} == {evaluated.bid(world, ADULT)}
    card = m.board(world).waiting[0]
    with pytest.raises(NotAgreed) as refused:
        m.put(world, card)
    assert "quorum_missed" in {it.code for it in refused.value.findings}


def test_beginning_ends_scoring_and_lays_out_a_card_for_each_answer(world: World) -> None:
    board = m.begun(world)
    assert (world.tender.stage, world.tender.scores_locked_at) == ("moderation", m.AT)
    file = board.file
    scored = {lot.id: len(how.scored) for lot in file.tender.contract_lots if (how := file.methodology_for(lot.id))}
    assert len(board.cards) == sum(scored[bid.lot] for bid in file.bids if bid.id in {it.bid.id for it in board.cards})
    assert {card.row.state for card in board.cards} == {"open"}
    with pytest.raises(NotNow):
        moderating.begin(world.tender, reason="", actor=world.actor("moderator"), at=m.AT)


@pytest.mark.parametrize("role", ["officer", "evaluator", "approver", "finance", "auditor"])
def test_only_moderators_begin(world: World, role: str) -> None:
    with pytest.raises(NotForYou):
        moderating.begin(world.tender, reason="", actor=world.actor(role), at=m.AT)


# --- writing together -------------------------------------------------------------------------------------------


def test_two_people_in_different_fields_lose_no_word(world: World) -> None:
    card = first_card(world)
    save(world, card, reason="The rota covers every week.")
    second = save(world, card, "evaluator", 0, dissent="I see it lower.")
    assert second.conflicts == {}
    assert fresh(world, card).texts == {"reason": "The rota covers every week.", "dissent": "I see it lower."}


def test_two_people_in_one_field_are_told_both_texts_and_the_rest_is_saved(world: World) -> None:
    card = first_card(world)
    save(world, card, reason="Theirs")
    second = save(world, card, reason="Mine", dissent="And this")
    assert second.conflicts == {"reason": ("Mine", "Theirs")}
    assert fresh(world, card).texts == {"reason": "Theirs", "dissent": "And this"}


def test_saving_what_stands_records_nothing(world: World) -> None:
    card = first_card(world)
    save(world, card, reason="Once")
    again = save(world, fresh(world, card), reason="Once")
    assert (again.taken, again.version, len(recorded())) == (frozenset(), 2, 0)


def test_the_level_and_the_causes_are_the_chairs(world: World) -> None:
    card = first_card(world)
    for name in ("points", f"cause-{card.item.given[0][0]}", "present"):
        with pytest.raises(NotForYou, match="chair"):
            save(world, card, "evaluator", 0, **{name: "4"})


def test_one_click_starts_from_an_evaluators_words_and_only_the_event_says_whose(world: World) -> None:
    card = first_card(world)
    name = card.item.given[0][0]
    written = next(it for it in live_file(world.tender).score_sheets if (it.evaluator, it.bid) == (name, card.bid.id))
    score = written.score(card.row.criterion)
    assert score is not None
    cards.save(world.tender, card.row.id, {"reason": "We found:"}, {"reason": mark_of("")}, start=name,
               actor=world.actor("moderator"), at=m.AT)  # fmt: skip
    done(world)
    assert fresh(world, card).texts["reason"].startswith(f"We found:\n{score.strengths}")
    assert name not in fresh(world, card).row.content
    assert f'"started_from":"{name}"' in last_event(world)


# --- agreeing ---------------------------------------------------------------------------------------------------


GAPS = {
    "points": ({"points": ""}, "points_missing"),
    "a mean": ({"points": "3.5"}, "points_off_scale"),
    "reason": ({"reason": " "}, "reason_missing"),
    "evidence": ({"evidence": ""}, "evidence_missing"),
    "why not higher": ({"why_not_higher": ""}, "why_not_higher_missing"),
    "nobody present": ({"present": ""}, "too_few_present"),
}


def test_each_gap_is_refused_and_nothing_is_put_to_signature(world: World) -> None:
    board = m.begun(world)
    card = next(it for it in board.cards if m.texts_for(world, it)["points"] not in ("0", "5"))
    moved = next(name for name, points in card.item.given if str(points) != m.texts_for(world, card)["points"])
    gaps = {**GAPS, "cause": ({f"cause-{moved}": ""}, "cause_missing"),
            "who spoke": ({f"said-{moved}": ""}, "explanation_missing")}  # fmt: skip
    found = {}
    for name, (changes, _) in gaps.items():
        with pytest.raises(NotAgreed) as refused:
            m.put(world, card, **changes)
        found[name] = {it.code for it in refused.value.findings}
        db.session.rollback()
        recorded().clear()
    assert {name: code in found[name] for name, (_, code) in gaps.items()} == dict.fromkeys(gaps, True)
    assert db.session.scalars(select(AgreedScoreRecord)).all() == []


def test_whoever_scored_and_is_away_is_accounted_for(world: World) -> None:
    card = first_card(world)
    away = m.texts_for(world, card)["present"].split()[0]
    present = m.texts_for(world, card)["present"].removeprefix(away).strip()
    with pytest.raises(NotAgreed) as refused:
        m.put(world, card, present=present)
    assert "absence_unexplained" in {it.code for it in refused.value.findings}
    db.session.rollback()
    m.put(world, card, present=present, absent="On leave; agreed by telephone before")
    last = fresh(world, card).last
    assert last is not None
    assert (int(away) in last.present, last.row.absent) == (False, "On leave; agreed by telephone before")


def test_a_card_is_green_when_everybody_present_has_signed_and_counts_only_then(world: World) -> None:
    card = first_card(world)
    m.put(world, card)
    waiting = fresh(world, card)
    assert (waiting.row.state, live_file(world.tender).agreed_scores) == ("signing", ())
    assert waiting.last is not None
    assert world.people["moderator"][0].id not in waiting.last.waits_for  # whoever puts it has signed with that
    m.signed_by_all(world, card.row.id)
    assert fresh(world, card).green
    (agreed,) = live_file(world.tender).agreed_scores
    assert (agreed.bid, agreed.criterion, str(agreed.points)) == (
        card.bid.id, card.row.criterion, m.texts_for(world, card)["points"],
    )  # fmt: skip


def test_only_those_present_sign_and_each_once(world: World) -> None:
    card = first_card(world)
    m.put(world, card)
    last = fresh(world, card).last
    assert last is not None
    outside = next(it for it in world.people["evaluator"] if it.id not in last.present)
    inside = next(it for it in world.people["evaluator"] if it.id in last.waits_for)
    with pytest.raises(StageError):
        agreeing.sign(world.tender, [last.row.id], actor=an_actor(outside), at=m.AT)
    agreeing.sign(world.tender, [last.row.id], actor=an_actor(inside), at=m.AT)
    done(world)
    for ids in ([last.row.id], [], ["nothing"]):
        with pytest.raises(StageError, match="read it as it is now"):
            agreeing.sign(world.tender, ids, actor=an_actor(inside), at=m.AT)


def test_what_is_being_signed_does_not_change_under_the_pen(world: World) -> None:
    card = first_card(world)
    m.put(world, card)
    with pytest.raises(StageError, match="put to signature"):
        save(world, fresh(world, card), reason="Other words")
    with pytest.raises(StageError, match="put to signature"):
        m.put(world, fresh(world, card))


def test_words_that_changed_since_the_page_was_opened_are_not_put_to_signature(world: World) -> None:
    card = first_card(world)
    save(world, card, "evaluator", 0, reason="Something else stands there now.")
    with pytest.raises(StaleError) as refused:
        m.put(world, card, seen={})
    assert refused.value.theirs == {"reason": "Something else stands there now."}


def test_a_score_taken_up_again_keeps_what_was_and_says_why(world: World) -> None:
    card = first_card(world)
    m.put(world, card)
    m.signed_by_all(world, card.row.id)
    with pytest.raises(ModerationError, match="Say why"):
        agreeing.take_up(world.tender, card.row.id, reason=" ", actor=world.actor("moderator"), at=m.AT)
    agreeing.take_up(
        world.tender, card.row.id, reason="Page 12 was overlooked", actor=world.actor("moderator"), at=m.AT
    )
    done(world)
    again = fresh(world, card)
    assert (again.row.state, live_file(world.tender).agreed_scores) == ("reopened", ())
    assert again.before is not None
    stood = again.before.score
    m.put(world, again, dissent="Noted the second time")
    m.signed_by_all(world, card.row.id)
    first, second = fresh(world, card).agreed
    assert (first.score, first.row.reopened) == (stood, "")
    assert (second.score.dissent, second.score.reopened) == ("Noted the second time", "Page 12 was overlooked")
    assert live_file(world.tender).agreed_scores == (second.score,)


def test_whatever_is_agreed_the_individual_sheets_stand(world: World) -> None:
    before = [to_text(it) for it in sheets_of(world.tender.id)]
    card = first_card(world)
    m.put(world, card)
    m.signed_by_all(world, card.row.id)
    assert [to_text(it) for it in live_file(world.tender).score_sheets] == before
    for table in ("score_sheets", "agreed_scores", "card_signatures"):
        with pytest.raises(DatabaseError):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()


def test_the_history_tells_each_act_and_no_level(world: World) -> None:
    card = first_card(world)
    save(world, card, reason="The rota covers every week.")
    m.put(world, fresh(world, card), seen={"reason": "The rota covers every week."})
    m.signed_by_all(world, card.row.id)
    agreeing.take_up(world.tender, card.row.id, reason="Page 12", actor=world.actor("moderator"), at=m.AT)
    done(world)
    told = [each.what for each in trail_of(world.tender.id).events]
    signers = len([each for each in told if each.startswith("Signed 1 agreed score")])
    whose = f"“{card.title}” of bid {card.bid.letter} for lot {card.row.lot}"
    assert told[0] == f"Took the score for {whose} up again"
    assert told[1] == "Signed 1 agreed score; 1 card agreed with that"
    assert told[signers + 1 : signers + 4] == [
        f"Put the agreed score for {whose} to signature, {signers + 1} members of the panel present",
        f"Wrote on the card {whose} (1 field)", "Began moderation: 87 cards",
    ]  # fmt: skip


# --- interests --------------------------------------------------------------------------------------------------


def conflicted(world: World, role: str, bid: str) -> None:
    """Have somebody declare a conflict with whoever leads a bid."""
    lead = next(it for it in live_file(world.tender).bids if it.id == evaluated.bid(world, bid)).tenderer
    db.session.add(DeclarationRecord(
        tender_id=world.tender.id, user_id=world.people[role][0].id, organisation=lead, name="It", number=2,
        interest="conflicted", detail="My sister works there", declared_at=m.AT,
    ))  # fmt: skip
    db.session.commit()


def test_whoever_has_an_interest_has_no_card_of_that_bid_and_is_not_asked_to_sign(world: World) -> None:
    m.begun(world)
    card = next(
        it for it in m.board(world).cards if it.bid.id == evaluated.bid(world, ADULT))  # fmt: skip
    conflicted(world, "evaluator", ADULT)
    person = world.people["evaluator"][0]
    own = board_of(world.tender, access_of(world.tender, world.actor("evaluator")).may_read)
    assert own.card(card.row.id) is None
    assert str(person.id) not in m.texts_for(world, card)["present"].split()
    with pytest.raises(NotForYou):
        save(world, card, "evaluator", 0, dissent="Let me in")
