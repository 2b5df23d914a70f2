"""The agenda of a moderation: what is most at stake comes first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from scoring.agenda import agenda, say
from scoring.scoresheet import ScoreSheet
from tests import factories as a

ADULT = ("adult-harbour", "adult-quayside", "adult-beacon")


def moved(sheet: ScoreSheet, criterion: str, points: int | None) -> ScoreSheet:
    scores = tuple(
        replace(it, points=None if points is None else Decimal(points)) if it.criterion == criterion else it
        for it in sheet.scores
    )
    return replace(sheet, scores=scores)


def test_the_agenda_sorts_by_spread_times_weight() -> None:
    file = a.tender_file(ADULT)
    wide = tuple(
        moved(it, "social", 5) if (it.evaluator, it.bid) == ("eva", "adult-beacon") else it for it in file.score_sheets
    )
    items = agenda(replace(file, score_sheets=wide), ADULT)
    # delivery: one point of five apart, 36 of 100; social: three of five apart, 10 of 100
    assert [(it.leaf.criterion.id, it.at_stake) for it in items[:4]] == [
        ("delivery", Fraction(36, 5)), ("delivery", Fraction(36, 5)), ("delivery", Fraction(36, 5)),
        ("social", Fraction(30, 5)),
    ]  # fmt: skip
    assert [it.bid for it in items[:4]] == [*ADULT, "adult-beacon"]
    assert say(items) == "4 of 9 answers need discussion, 5 agree"


def test_only_the_bids_named_are_on_it() -> None:
    items = agenda(a.tender_file(), ("children-beacon",))
    assert {it.bid for it in items} == {"children-beacon"}
    assert say(items) == "1 of 3 answers needs discussion, 2 agree"


def test_an_abstention_is_no_score_and_may_leave_an_answer_short() -> None:
    file = a.tender_file(("adult-harbour",))
    sheets = tuple(moved(it, "social", None) if it.evaluator == "mei" else it for it in file.score_sheets)
    item = next(it for it in agenda(replace(file, score_sheets=sheets), ADULT) if it.leaf.criterion.id == "social")
    assert (item.given, item.short) == ((("eva", Decimal(3)), ("idris", Decimal(3))), 1)
    unscored = agenda(replace(file, score_sheets=()), ADULT)
    assert [(it.needs_discussion, it.at_stake, it.short) for it in unscored] == [(True, 0, 3)] * 3
