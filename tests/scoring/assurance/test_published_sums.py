"""Weighted sums that others published, from the basis that every method here stands on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.assurance.basis import Basis, dot
from tests.scoring.assurance.cases import basis

# scikit-criteria, tests/agg/test_simple.py; data of Kracka, Brauers and Zavadskas (2010), Inzinerine Ekonomika 21(4).
KRACKA = [
    [33.95, 23.78, 11.45, 39.97, 29.44, 167.1, 3.852],
    [38.9, 4.17, 6.32, 0.01, 4.29, 132.52, 25.184],
    [37.59, 9.36, 8.23, 4.35, 10.22, 136.71, 10.845],
    [30.44, 37.59, 13.91, 74.08, 45.1, 198.34, 2.186],
    [36.21, 14.79, 9.17, 17.77, 17.06, 148.3, 6.61],
    [37.8, 8.55, 7.97, 2.35, 9.25, 134.83, 11.935],
]
KRACKA_SCORES = [0.12040426, 0.3458235, 0.13838192, 0.12841246, 0.12346084, 0.14351701]
KRACKA_RANKS = [6, 1, 3, 4, 5, 2]
# pymcdm, test/test_mcdm.py; its weights are not scaled to 1.
FISHBURN = [[96, 83, 75, 7], [63, 5, 56, 9], [72, 30, 32, 48], [11, 4, 27, 9], [77, 21, 17, 11]]
FISHBURN_WEIGHTS = [Fraction(8, 13), Fraction(5, 13), Fraction(6, 13), Fraction(7, 13)]
FISHBURN_SCORES = [0.609, 0.313, 0.334, 0.265, 0.479]


def shares(matrix: list[list[float]], better: list[int]) -> list[list[Fraction]]:
    """Turn what is better small upside down, then divide each column by its sum."""
    exact = [
        [Fraction(str(value)) if way > 0 else 1 / Fraction(str(value)) for value, way in zip(row, better, strict=True)]
        for row in matrix
    ]
    sums = [sum(column) for column in zip(*exact, strict=True)]
    return [[value / whole for value, whole in zip(row, sums, strict=True)] for row in exact]


def totals(case: Basis) -> dict[str, float]:
    return {bid: float(dot(case.weights, row)) / 100 for bid, row in zip(case.bids, case.shares, strict=True)}


def test_the_weighted_sums_of_kracka_and_their_ranks() -> None:
    case = basis(shares(KRACKA, [-1, -1, -1, -1, 1, -1, 1]), [20] * 7)
    assert [totals(case)[f"b{row}"] for row in range(6)] == pytest.approx(KRACKA_SCORES, abs=1e-6)
    assert [case.bids.index(f"b{row}") + 1 for row in range(6)] == KRACKA_RANKS


def test_the_weighted_sums_of_pymcdm() -> None:
    case = basis(shares(FISHBURN, [1, 1, -1, -1]), FISHBURN_WEIGHTS)
    scale = float(sum(FISHBURN_WEIGHTS))
    assert [scale * totals(case)[f"b{row}"] for row in range(5)] == pytest.approx(FISHBURN_SCORES, abs=5e-4)


def test_margins_are_the_differences_of_the_totals() -> None:
    case = basis(shares(KRACKA, [-1, -1, -1, -1, 1, -1, 1]), [20] * 7)
    found = list(totals(case).values())
    assert [float(margin) / 100 for margin in case.margins] == pytest.approx([found[0] - it for it in found[1:]])
