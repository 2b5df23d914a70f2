"""How far evaluators agree, by published cases and by what must hold of any."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scoring.agreement import FORMS, Level, Ratings, icc, interval, kendall, krippendorff, severities

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=np.float64
)
"""Shrout and Fleiss (1979), Psychological Bulletin 86(2) 420-428, table 2: six targets, four judges."""
WIKIPEDIA = np.array(
    [
        [nan, nan, nan, nan, nan, 3, 4, 1, 2, 1, 1, 3, 3, nan, 3],
        [1, nan, 2, 1, 3, 3, 4, 3, nan, nan, nan, nan, nan, nan, nan],
        [nan, nan, 2, 1, 3, 4, 4, nan, 2, 1, 1, 3, 3, nan, 4],
    ]
).T
"""The worked example of Wikipedia's article on Krippendorff's alpha; sample.py of fast-krippendorff prints the same."""
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ]
).T
"""Krippendorff (2011), Computing Krippendorff's alpha-reliability, part D: four observers, twelve units."""
PROJECTS = np.array(
    [
        [1, 2, 3, 4], [3, 1, 2, 2], [4, 4, 1, 3], [5, 5, 5, 1], [2, 6, 7, 6],
        [8, 3, 4, 7], [6, 8, 6, 5], [7, 7, 8, 9], [10, 10, 9, 8], [9, 9, 10, 10],
    ],
    dtype=np.float64,
)  # fmt: skip
"""Ten projects ranked by four judges; S = 1048 (The Kendall coefficient of concordance, a worked example)."""


def test_the_six_correlations_of_shrout_and_fleiss() -> None:
    found = icc(SHROUT_FLEISS)
    assert found is not None
    wanted = (0.1657418, 0.2897638, 0.7148407, 0.4427971, 0.6200505, 0.9093155)
    assert tuple(map(found.of, FORMS)) == pytest.approx(wanted, abs=2e-6)
    assert (found.f_oneway, found.f_twoway) == pytest.approx((1.794678, 11.027248), abs=2e-6)


@pytest.mark.parametrize(
    ("form", "sure", "low", "high"),
    [("ICC1", 0.95, -0.1329323, 0.7225601), ("ICC2", 0.95, 0.01878791, 0.7610844),
     ("ICC3", 0.95, 0.3424648, 0.9458583), ("ICC1", 0.90, -0.0967222, 0.6433983),
     ("ICC2", 0.90, 0.04290119, 0.6910706), ("ICC3", 0.90, 0.41183413, 0.9258328)],
)  # fmt: skip
def test_their_confidence_intervals(form: Any, sure: float, low: float, high: float) -> None:
    found = icc(SHROUT_FLEISS)
    assert found is not None
    assert interval(found, form, sure) == pytest.approx((low, high), abs=2e-6)


@pytest.mark.parametrize(
    ("ratings", "level", "alpha"),
    [(WIKIPEDIA, "nominal", 0.691), (WIKIPEDIA, "interval", 0.811), (KRIPPENDORFF, "nominal", 0.743),
     (KRIPPENDORFF, "ordinal", 0.815), (KRIPPENDORFF, "interval", 0.849)],
)  # fmt: skip
def test_krippendorffs_alpha_with_scores_missing(ratings: Ratings, level: Level, alpha: float) -> None:
    assert krippendorff(ratings, level) == pytest.approx(alpha, abs=6e-4)


def test_kendalls_concordance() -> None:
    assert kendall(PROJECTS) == pytest.approx(12 * 1048 / (16 * (1000 - 10)), abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_ties_are_corrected_as_friedmans_test_does(seed: int) -> None:
    ratings = np.random.default_rng(seed).integers(0, 4, size=(9, 5)).astype(np.float64)
    friedman = stats.friedmanchisquare(*ratings).statistic
    assert kendall(ratings) == pytest.approx(friedman / (5 * 8), abs=1e-12)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_whoever_agrees_throughout_agrees_wholly(level: Level) -> None:
    same = np.array([[1, 1, 1], [4, 4, 4], [2, 2, nan]])
    found = icc(same)
    assert found is not None
    assert (krippendorff(same, level), kendall(same), found.of("ICC2")) == (1, 1, 1)
    assert interval(found, "ICC2") is None


def test_what_nobody_can_work_out_is_no_figure() -> None:
    alike, lone, one = np.full((4, 3), 3.0), np.array([[1.0], [2.0]]), np.array([[1.0, 2.0]])
    assert [icc(each) for each in (alike, lone, one)] == [None, None, None]
    assert [kendall(each) for each in (alike, lone, one)] == [None, None, None]
    assert [krippendorff(each, "interval") for each in (alike, lone)] == [None, None]


def test_answers_that_somebody_left_out_are_left_out_where_everybody_is_needed() -> None:
    some = np.vstack([SHROUT_FLEISS, [3, nan, 4, 5]])
    assert icc(some) == icc(SHROUT_FLEISS)
    assert kendall(some) == kendall(SHROUT_FLEISS)


def test_severity_sets_each_evaluator_beside_the_others_on_the_same_answers() -> None:
    mild, strict, flat, absent = severities(
        np.array([[4, 2, 3, nan], [5, 3, 3, nan], [4, 1, 3, nan], [4, nan, nan, nan]])
    )
    assert (mild.answers, mild.mean, mild.leaning) == (4, 4.25, pytest.approx((1.5 + 2 + 2) / 3))
    assert (strict.lowest, strict.highest, strict.leaning) == (1, 3, pytest.approx(-(1.5 + 1 + 2.5) / 3))
    assert (mild.flat, flat.flat, absent.flat) == (False, True, False)
    assert (absent.answers, absent.mean, absent.leaning) == (0, None, None)
