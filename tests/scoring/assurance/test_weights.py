"""Weight ranges and the guaranteed radius: published cases, linear programs as oracle, what must always hold."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from scoring.assurance import pack
from scoring.assurance.basis import Basis
from scoring.assurance.margin import smallest_weight
from scoring.assurance.weights import guaranteed_radius, nearest_flip, reach_to_level, weight_ranges
from tests.scoring.assurance.cases import basis

# Triantaphyllou and Sanchez (1997), Decision Sciences 28(1) 151–194, as recalled; the arithmetic was done again.
TRIANTAPHYLLOU = basis(
    [
        [0.3088, 0.2897, 0.3867, 0.1922],
        [0.2163, 0.3458, 0.1755, 0.6288],
        [0.4509, 0.2473, 0.1194, 0.0575],
        [0.024, 0.1172, 0.3184, 0.1215],
    ],
    [0.3277, 0.3058, 0.2876, 0.079],
)
small = st.integers(0, 5).map(Fraction)
matrices = st.integers(2, 4).flatmap(
    lambda width: st.tuples(
        st.lists(st.lists(small, min_size=width, max_size=width), min_size=2, max_size=5),
        st.lists(st.integers(1, 9), min_size=width, max_size=width),
    )
)


def test_the_weight_ranges_of_triantaphyllou_and_sanchez() -> None:
    assert TRIANTAPHYLLOU.bids == ("b0", "b1", "b2", "b3")
    found = weight_ranges(TRIANTAPHYLLOU)
    assert [float(row.low) / 100 for row in found] == pytest.approx([0, 0, 0.124172, 0], abs=3e-4)
    assert [float(row.high) / 100 for row in found] == pytest.approx([0.512586, 0.592196, 1, 0.155231], abs=3e-4)


def test_the_critical_changes_of_triantaphyllou_and_sanchez() -> None:
    """Theirs move one weight and scale afterwards; ours keeps the sum: the two agree by that scaling."""
    theirs = [[None, -0.7024, 0.1866, -0.0903], [-0.3794, None, 0.2017, None]]
    lead, w = pack.leads(TRIANTAPHYLLOU.x), TRIANTAPHYLLOU.w
    gap = np.array([float(margin) / 100 for margin in TRIANTAPHYLLOU.margins])
    low, high = pack.intervals(lead, w, gap)
    ours = np.where(np.isnan(low), high, low)
    for rival, row in enumerate(theirs):
        for k, change in enumerate(row):
            if change is None:
                continue
            moved = w[k] - change
            scaled = moved / (1 - change)
            if moved >= 0:
                assert ours[rival, k] == pytest.approx(scaled, abs=2e-3)


def test_each_range_names_who_takes_over_and_the_margin_is_used_up_at_its_ends() -> None:
    for row, at in zip(weight_ranges(TRIANTAPHYLLOU), range(4), strict=True):
        for limit, rival in ((row.low, row.below), (row.high, row.above)):
            if rival:
                moved = one_moved(TRIANTAPHYLLOU, at, limit)
                lead = TRIANTAPHYLLOU.leads[TRIANTAPHYLLOU.bids.index(rival) - 1]
                assert sum(w * d for w, d in zip(moved, lead, strict=True)) == 0


def one_moved(case: Basis, at: int, weight: Fraction) -> list[Fraction]:
    rest = (100 - weight) / (100 - case.weights[at])
    return [weight if k == at else w * rest for k, w in enumerate(case.weights)]


@settings(max_examples=60, deadline=None)
@given(matrices)
def test_inside_its_range_a_weight_leaves_the_winner_first_and_outside_it_does_not(drawn) -> None:  # type: ignore[no-untyped-def]
    case = basis(*drawn)
    for at, row in enumerate(weight_ranges(case)):
        for end, rival, sign in ((row.low, row.below, -1), (row.high, row.above, 1)):
            inside = one_moved(case, at, (end + row.weight) / 2)
            assert all(sum(w * d for w, d in zip(inside, lead, strict=True)) >= 0 for lead in case.leads)
            beyond = end + sign * Fraction(1, 1000)
            if rival and 0 <= beyond <= 100:
                outside = one_moved(case, at, beyond)
                assert any(sum(w * d for w, d in zip(outside, lead, strict=True)) < 0 for lead in case.leads)


# ----------------------------------------------------------------------------------- all weights at once


def worst_by_program(case: Basis, rival: int, reach: float, relative: bool) -> float:
    """The smallest margin within a reach, by linear programming."""
    w = case.w
    step = w if relative else np.ones_like(w) / 100
    bounds = [(max(0.0, own - reach * s), own + reach * s) for own, s in zip(w, step, strict=True)]
    lead = [float(d) for d in case.leads[rival]]
    found = linprog(lead, A_eq=[[1.0] * len(w)], b_eq=[1.0], bounds=bounds)
    return float(found.fun)


@settings(max_examples=40, deadline=None)
@given(matrices, st.booleans())
def test_at_the_exact_reach_a_linear_program_finds_no_lead_and_before_it_does(drawn, relative: bool) -> None:  # type: ignore[no-untyped-def]
    case = basis(*drawn)
    for rival, lead in enumerate(case.leads):
        reach = reach_to_level(lead, case.weights, relative)
        if reach is None:
            assert (min(lead), worst_by_program(case, rival, 1e6, relative)) >= (0, -1e-9)
            continue
        unit = 100 if relative else 1
        assert worst_by_program(case, rival, float(reach) / unit, relative) == pytest.approx(0, abs=1e-7)
        if reach:
            assert worst_by_program(case, rival, 0.99 * float(reach) / unit, relative) > 0


@settings(max_examples=40, deadline=None)
@given(matrices)
def test_the_radius_is_the_least_reach_of_any_rival(drawn) -> None:  # type: ignore[no-untyped-def]
    case = basis(*drawn)
    radius = guaranteed_radius(case)
    for relative, found in ((True, radius.percent), (False, radius.points)):
        reaches = [reach_to_level(lead, case.weights, relative) for lead in case.leads]
        assert found == min((reach for reach in reaches if reach is not None), default=None)


def test_the_closed_forms_agree_with_the_exact_reaches_where_they_hold() -> None:
    rng = np.random.default_rng(7)
    for bids, criteria in product((3, 10), (4, 20)):
        case = basis(rng.integers(0, 101, (bids, criteria)) / 100, rng.integers(1, 10, criteria))
        lead, gap = pack.leads(case.x), np.array([float(margin) / 100 for margin in case.margins])
        closed = 100 * pack.radius(lead, case.w, gap)
        for rival, figure in enumerate(closed):
            exact = reach_to_level(case.leads[rival], case.weights, True)
            if exact is not None and exact <= 100:
                assert figure == pytest.approx(float(exact))
        points = 100 * pack.points_radius(lead, gap)
        for rival, figure in enumerate(points):
            exact = reach_to_level(case.leads[rival], case.weights, False)
            if exact is not None and exact <= min(case.weights):
                assert figure == pytest.approx(float(exact))


def test_a_bid_that_leads_everywhere_wins_under_any_weights() -> None:
    case = basis([[5, 5, 4], [3, 4, 4], [1, 1, 1]], [1, 1, 1])
    radius = guaranteed_radius(case)
    assert (radius.percent, radius.points, nearest_flip(basis([[5, 5], [3, 4]], [1, 1]))) == (None, None, None)
    assert [row.nearest for row in weight_ranges(case)] == [None, None, None]


def test_equal_totals_leave_no_room_at_all() -> None:
    case = basis([[4, 2], [2, 4]], [1, 1])
    radius = guaranteed_radius(case)
    assert (radius.percent, radius.points) == (0, 0)
    assert smallest_weight(case, 0).change == 0  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------- as the crow flies


@settings(max_examples=25, deadline=None)
@given(matrices)
def test_the_nearest_reversal_is_level_and_no_optimiser_finds_a_nearer_one(drawn) -> None:  # type: ignore[no-untyped-def]
    case = basis(*drawn)
    found = nearest_flip(case)
    if found is None:
        assert all(min(lead) >= 0 for lead in case.leads)
        return
    rival = case.bids.index(found.rival) - 1
    weights = np.array(found.weights) / 100
    lead = np.array([float(d) for d in case.leads[rival]])
    assert (weights.min() >= -1e-9, weights.sum()) == (True, pytest.approx(1))
    assert float(lead @ weights) == pytest.approx(0, abs=1e-6)
    distances = [by_optimiser(case, other) for other in range(len(case.leads))]
    assert found.distance / 100 <= min(distances) + 1e-5


def by_optimiser(case: Basis, rival: int) -> float:
    lead = np.array([float(d) for d in case.leads[rival]])
    if lead.min() >= 0 and lead.any():
        return np.inf
    found = minimize(
        lambda v: float(((v - case.w) ** 2).sum()),
        case.w,
        bounds=[(0, 1)] * len(lead),
        constraints=[
            {"type": "eq", "fun": lambda v: v.sum() - 1},
            {"type": "ineq", "fun": lambda v: -(lead @ v)},
        ],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 200},
    )
    return float(np.sqrt(found.fun)) if found.success else np.inf
