"""Hints from somebody's own scores for one question."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scoring.reasons.consistency import hints
from scoring.scoresheet import Evidence, Score
from tests.scoring.reasons.context import SCALE, codes, spoilt

QUOTE = "Supervision takes place every month with a psychologist from outside"


def score(points: int | None, quote: str = "", **texts: Any) -> Score:
    evidence = (Evidence("Answer", "paragraph 2", quote),) if quote else ()
    return Score("q", None if points is None else Decimal(points), evidence=evidence, **texts)


def said(*own: Score) -> list[str]:
    return [hint.message for hint in hints([(f"Tenderer {'BDF'[at]}", it) for at, it in enumerate(own)], SCALE)]


def test_the_same_words_cited_and_scored_two_levels_apart() -> None:
    assert said(score(5, QUOTE), score(0, QUOTE + " and a deputy")) == [
        "You cite nearly the same words for both, and Tenderer B and Tenderer D are scored 2 levels apart (5 and 0): "
        "look at the two again"
    ]


def test_one_level_apart_is_within_the_judgement_of_a_scorer() -> None:
    assert said(score(5, QUOTE), score(3, QUOTE)) == []


def test_nearly_the_same_reason_for_other_points_is_named_at_once() -> None:
    both = "Leads, rota and escalation are all given by post and by hour."
    (only,) = said(score(5, strengths=both), score(3, strengths=both))
    assert only.startswith(
        "You wrote nearly the same about both, and Tenderer B and Tenderer D are scored 1 level apart"
    )


def test_what_differs_or_is_not_scored_gives_no_hint() -> None:
    assert said(score(5, QUOTE), score(0, "Volunteers are trained for two days in each year"), score(None, QUOTE)) == []


def test_every_two_are_compared() -> None:
    assert len(said(score(5, QUOTE), score(0, QUOTE), score(0, QUOTE))) == 2


def test_with_letters_no_name_is_written_and_whose_it_is_stays_untold() -> None:
    own = spoilt(reason=spoilt().reason + " Sabrina House gives its leads time.")
    other = spoilt(reason=spoilt().reason + " Mendip Advocacy Partnership gives its leads time.")
    assert codes(own, as_letters=True) == codes(other, as_letters=True) == [("warning", "name_not_letter", "reason")]


def test_with_letters_another_letter_is_another_tenderer() -> None:
    named = spoilt(reason=spoilt().reason + " Tenderer B says more than Tenderer C.")
    assert codes(named, as_letters=True) == [("error", "other_tenderer_named", "reason")]
