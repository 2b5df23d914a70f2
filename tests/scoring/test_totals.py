"""Weighted totals: scaled integers and fractions give the same, whatever the size."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.criteria import Criterion, Leaf
from scoring.totals import coding, marks, weighted_sums

STEPS = [Fraction(n) for n in range(6)]


def leaf(weight: Fraction) -> Leaf:
    return Leaf(Criterion("c", "C", Decimal(1), "quality"), "quality", weight, ())


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(
            st.lists(st.integers(1, 10_000), min_size=n, max_size=n),
            st.lists(st.lists(st.integers(0, 5), min_size=n, max_size=n), min_size=1, max_size=8),
        )
    )
)
def test_totals_from_integers_equal_totals_from_fractions(case: tuple[list[int], list[list[int]]]) -> None:
    basis_points, rows = case
    weights = [Fraction(points, 100) for points in basis_points]
    code = coding([leaf(weight) for weight in weights], [Fraction(5)] * len(weights), [STEPS] * len(weights))
    points = {f"bid{i}": [Fraction(value) for value in row] for i, row in enumerate(rows)}
    by_hand = {
        bid: sum((w * p / 5 for w, p in zip(weights, row, strict=True)), Fraction(0)) for bid, row in points.items()
    }
    assert marks(code, points) == by_hand


def test_a_tie_that_binary_floats_break_stays_a_tie() -> None:
    """Weights 25/20/10/10/35: marks 0 5 2 0 3 and 1 4 4 1 2 both come to 45; floats do not agree."""
    weights = [Fraction(w) for w in (25, 20, 10, 10, 35)]
    code = coding([leaf(w) for w in weights], [Fraction(5)] * 5, [STEPS] * 5)
    rows = {"a": [0, 5, 2, 0, 3], "b": [1, 4, 4, 1, 2]}
    totals = marks(code, {bid: [Fraction(v) for v in row] for bid, row in rows.items()})
    assert totals == {"a": 45, "b": 45}
    floats = {
        bid: sum(w / 100 * (v / 5) for w, v in zip((25, 20, 10, 10, 35), row, strict=True)) for bid, row in rows.items()
    }
    assert floats["a"] != floats["b"]


def test_points_between_levels_fall_back_to_fractions() -> None:
    code = coding([leaf(Fraction(60)), leaf(Fraction(40))], [Fraction(5)] * 2, [STEPS] * 2)
    assert marks(code, {"a": [Fraction(11, 3), Fraction(4)]}) == {"a": 44 + 32}


def test_half_points_are_coded_as_whole_numbers() -> None:
    halves = [Fraction(n, 2) for n in range(11)]
    code = coding([leaf(Fraction(100))], [Fraction(5)], [halves])
    assert (code.units, marks(code, {"a": [Fraction(7, 2)]})) == ((2,), {"a": 70})


@pytest.mark.parametrize("weight", [100, 2**21, 2**44, 2**52])
def test_every_precision_gives_the_exact_sum(weight: int) -> None:
    rng = np.random.default_rng(7)
    block = rng.integers(0, 6, size=(50, 4, 3), dtype=np.int8)
    weights = [weight, weight - 1, 3, 1]
    exact = [sum(w * int(block[b, c].sum()) for c, w in enumerate(weights)) for b in range(50)]
    assert weighted_sums(block, weights).tolist() == exact


def test_sums_beyond_63_bits_are_refused_and_marks_still_exact() -> None:
    with pytest.raises(OverflowError):
        weighted_sums(np.array([[5]], dtype=np.int8), [2**62])
    huge = Fraction(1, 2**61 - 1)
    code = coding([leaf(Fraction(50) + huge), leaf(Fraction(50) - huge)], [Fraction(5)] * 2, [STEPS] * 2)
    assert marks(code, {"a": [Fraction(5), Fraction(5)]}) == {"a": 100}


def test_no_bids_and_no_criteria_give_nothing() -> None:
    assert marks(coding([], [], []), {}) == {}
    assert weighted_sums(np.zeros((3, 0), dtype=np.int8), []).tolist() == [0, 0, 0]
