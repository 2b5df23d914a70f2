"""Figures of agreement beside the same figures worked out value by value, and beside other libraries where they are.

Run it with ``python -m tests.benchmarks.bench_agreement``.
"""

from __future__ import annotations

import importlib
from itertools import combinations
from math import isclose

import numpy as np
from numpy.typing import NDArray

from scoring.agreement import icc, kendall, krippendorff
from tests.benchmarks.timing import medians

SIZES = ((200, 5), (20_000, 8))
AIMS = {"ICC, value by value": (3, 10), "alpha, pair by pair": (3, 8), "krippendorff 0.9": (1.5, 1.5)}
PAIRS = {"ICC, value by value": "ICC", "alpha, pair by pair": "alpha", "krippendorff 0.9": "alpha"}


def case(answers: int, evaluators: int) -> NDArray[np.float64]:
    """Make seeded scores 0 to 5, one in twenty missing."""
    rng = np.random.default_rng(20250401)
    made = rng.integers(0, 6, size=(answers, evaluators)).astype(np.float64)
    made[rng.random(made.shape) < 0.05] = np.nan
    return made


def icc_by_value(rows: list[list[float]]) -> float:
    """Work out ICC(2,1) as a textbook does, in plain Python."""
    n, k = len(rows), len(rows[0])
    mean = sum(map(sum, rows)) / (n * k)
    by_row = [sum(row) / k for row in rows]
    by_column = [sum(row[at] for row in rows) / n for at in range(k)]
    msr = k * sum((each - mean) ** 2 for each in by_row) / (n - 1)
    msc = n * sum((each - mean) ** 2 for each in by_column) / (k - 1)
    left = sum((x - by_row[i] - by_column[j] + mean) ** 2 for i, row in enumerate(rows) for j, x in enumerate(row))
    mse = left / ((n - 1) * (k - 1))
    return (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)


def alpha_by_pair(rows: list[list[float]]) -> float:
    """Work out Krippendorff's alpha (interval) pair by pair."""
    units = [kept for row in rows if len(kept := [each for each in row if each == each]) > 1]
    values = [each for unit in units for each in unit]
    total = len(values)
    seen = sum(2 * (a - b) ** 2 / (len(unit) - 1) for unit in units for a, b in combinations(unit, 2)) / total
    squares, whole = sum(each * each for each in values), sum(values)
    expected = 2 * (total * squares - whole * whole) / (total * (total - 1))
    return 1 - seen / expected


def contenders(ratings: NDArray[np.float64]) -> dict[str, object]:
    """Return what is timed on one case."""
    whole = ratings[~np.isnan(ratings).any(axis=1)]
    as_lists, whole_lists = ratings.tolist(), whole.tolist()
    found: dict[str, object] = {
        "ICC": lambda: icc(ratings),
        "ICC, value by value": lambda: icc_by_value(whole_lists),
        "alpha": lambda: krippendorff(ratings, "interval"),
        "alpha, pair by pair": lambda: alpha_by_pair(as_lists),
        "Kendall": lambda: kendall(ratings),
    }
    try:
        peer = importlib.import_module("krippendorff")
    except ImportError:
        return found
    turned = ratings.T.copy()
    return found | {"krippendorff 0.9": lambda: peer.alpha(reliability_data=turned, level_of_measurement="interval")}


def alike(ratings: NDArray[np.float64]) -> None:
    """Check that the figures are the same whichever way they are worked out."""
    whole = ratings[~np.isnan(ratings).any(axis=1)].tolist()
    ours, alpha = icc(ratings), krippendorff(ratings, "interval")
    assert ours is not None
    assert alpha is not None
    assert isclose(ours.of("ICC2") or 0, icc_by_value(whole), abs_tol=1e-9)
    assert isclose(alpha, alpha_by_pair(ratings.tolist()), abs_tol=1e-9)


def main() -> None:
    """Print every figure as a ratio."""
    for at, (answers, evaluators) in enumerate(SIZES):
        ratings = case(answers, evaluators)
        alike(ratings)
        took = medians(contenders(ratings))  # type: ignore[arg-type]
        print(f"{answers:,} answers x {evaluators} evaluators")
        for name, ours in PAIRS.items():
            if name in took:
                times = took[name] / took[ours]
                print(f"  {ours}: {took[ours] * 1e3:.3f} ms, {times:.1f} x {name} (to reach: {AIMS[name][at]})")
        print(f"  Kendall: {took['Kendall'] * 1e3:.3f} ms")


if __name__ == "__main__":
    main()
