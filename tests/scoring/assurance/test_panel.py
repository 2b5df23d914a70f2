"""The evaluators as a source of chance: a case worked out in fractions, enumeration, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from scoring.assurance.assure import assure
from scoring.assurance.panel import draws, first_shares, panel_tests
from scoring.assurance.parts import parts
from scoring.evaluation import evaluate_lot
from scoring.formulas import PriceMethod
from scoring.tender_file import TenderFile
from tests import factories
from tests.scoring.assurance import cases

# Computed by enumerating all 27 panels of three evaluators in rational arithmetic; bid, criterion, evaluator.
SCORES = [[[3, 4, 4], [5, 2, 3]], [[4, 4, 3], [3, 4, 3]], [[2, 5, 5], [4, 3, 2]]]
WEIGHTS = np.array([0.6, 0.4])


def test_all_panels_that_can_be_drawn_are_counted_exactly() -> None:
    totals = np.einsum("bce,c->be", np.array(SCORES, dtype=float), WEIGHTS)
    counts, ways = draws(3)
    first, tied = first_shares(totals @ counts.T / 3, ways)
    assert first == (Fraction(7, 27), Fraction(2, 9), Fraction(14, 27))
    assert tied == 0


def test_without_each_evaluator_another_bid_comes_first() -> None:
    totals = np.einsum("bce,c->be", np.array(SCORES, dtype=float), WEIGHTS)
    assert [int(np.delete(totals, who, axis=1).sum(axis=1).argmax()) for who in range(3)] == [2, 0, 1]
    file = as_file()
    found = panel_tests(file, evaluate_lot(file, "adult"))
    assert found is not None
    assert [each.first for each in found.without] == [NAMES[2], NAMES[0], NAMES[1]]
    assert found.everybody.first == NAMES[2]
    assert found.resampled is not None
    assert dict(found.resampled.first) == {
        NAMES[0]: Fraction(7, 27), NAMES[1]: Fraction(2, 9), NAMES[2]: Fraction(14, 27)
    }  # fmt: skip
    assert (found.resampled.panels, found.resampled.usable) == (27, 1)


NAMES = ("adult-harbour", "adult-quayside", "adult-beacon")


def as_file() -> TenderFile:
    """Put the case into the small procurement: two criteria of 60 and 40, a price without any weight."""
    quality, _, _ = factories.criteria()
    delivery, workforce = quality.parts
    parts = (replace(delivery, weight=quality.weight), replace(workforce, weight=100 - quality.weight, minimum=None))
    file = cases.priced(factories.tender_file(NAMES), dict.fromkeys(NAMES, 280_000))
    file = cases.with_method(
        file,
        criteria=(replace(quality, weight=100, parts=parts),),
        price=PriceMethod("fixed_price", (("price", "840000"),)),
    )
    given = {
        (bid, criterion, who): SCORES[b][c][e]
        for (b, bid), (c, criterion), (e, who) in product(
            enumerate(NAMES), enumerate(("delivery", "workforce")), enumerate(factories.EVALUATORS)
        )
    }
    sheets = tuple(
        replace(
            sheet,
            scores=tuple(
                replace(score, points=given[sheet.bid, score.criterion, sheet.evaluator])
                for score in sheet.scores
                if score.criterion != "social"
            ),
        )
        for sheet in file.score_sheets
    )
    return replace(file, score_sheets=sheets)


@pytest.mark.parametrize("evaluators", [2, 3, 5, 8])
def test_every_panel_is_there_once_with_its_number_of_ways(evaluators: int) -> None:
    counts, ways = draws(evaluators)
    assert (counts.sum(axis=1) == evaluators).all()
    assert len({tuple(row) for row in counts.tolist()}) == len(counts)
    assert int(ways.sum()) == evaluators**evaluators


def test_the_mean_of_a_criterion_that_only_some_score_is_over_those_who_did() -> None:
    file = factories.tender_file(NAMES)
    some = tuple(
        replace(sheet, scores=tuple(it for it in sheet.scores if it.criterion != "social"))
        if sheet.evaluator == "mei"
        else sheet
        for sheet in file.score_sheets
    )
    file = cases.with_method(replace(file, score_sheets=some), quorum=2)
    found = panel_tests(file, evaluate_lot(file, "adult"))
    assert found is not None
    assert [each.first for each in found.without] == ["adult-harbour"] * 3
    assert found.resampled is not None
    assert found.resampled.usable == Fraction(26, 27)  # only where mei is drawn three times has nobody scored it


def test_a_criterion_that_one_person_alone_scored_cannot_do_without() -> None:
    file = factories.tender_file(NAMES)
    alone = tuple(
        replace(sheet, scores=tuple(it for it in sheet.scores if it.criterion != "social" or sheet.evaluator == "eva"))
        for sheet in file.score_sheets
    )
    file = cases.with_method(replace(file, score_sheets=alone), quorum=1)
    found = panel_tests(file, evaluate_lot(file, "adult"))
    assert found is not None
    assert (found.without[0].first, found.without[0].why) == ("", "a criterion would be left without any score")


def test_one_evaluator_cannot_be_left_out() -> None:
    file = factories.tender_file(NAMES)
    file = replace(file, score_sheets=tuple(it for it in file.score_sheets if it.evaluator == "eva"))
    file = cases.with_method(file, quorum=1)
    assert panel_tests(file, evaluate_lot(file, "adult")) is None


def test_more_than_eight_evaluators_are_left_out_one_by_one_but_not_drawn_again() -> None:
    file = factories.tender_file(NAMES)
    more = tuple(
        replace(factories.sheet("eva", bid), evaluator=f"person-{number}") for bid in NAMES for number in range(9)
    )
    file = replace(file, score_sheets=more)
    found = panel_tests(file, evaluate_lot(file, "adult"))
    assert found is not None
    assert (len(found.without), found.resampled) == (9, None)


def test_where_own_scores_and_agreed_scores_differ_both_are_said() -> None:
    file = factories.tender_file(NAMES)
    agreed = tuple(
        replace(it, points=Decimal(1 if it.bid == "adult-harbour" and it.criterion == "delivery" else it.points))
        for it in file.agreed_scores
    )
    found = assure(cases.judged(replace(file, agreed_scores=agreed)), "adult", draws=64)
    [said] = [part for part in parts(found) if part.key == "panel"]
    assert found.winner == "Quayside Trust"
    assert said.sentence == (
        "On the means of the evaluators’ own scores Harbour Trust comes first (on the agreed scores it is Quayside "
        "Trust), and no one evaluator’s absence changes that."
    )
