"""Exact weighted totals beside one matrix-vector product and other libraries.

Run it with ``python -m tests.benchmarks.bench_totals``.

Peers get the mean over evaluators for nothing (it is taken before their clock starts); we fold it into the weights.
"""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.totals import weighted_sums
from tests.benchmarks.timing import kernel, medians

SIZES = ((200, 100, 8), (5_000, 200, 5))
AIMS = {"pandas, wide": 30, "pandas, long": 300, "pymcdm WSM": 100, "bid-evaluation": 300}


def case(bids: int, criteria: int, evaluators: int) -> tuple[NDArray[np.int8], list[int]]:
    """Make seeded scores 0–5 and basis-point weights that close at 10,000."""
    rng = np.random.default_rng(20250401)
    block = rng.integers(0, 6, size=(bids, criteria, evaluators), dtype=np.int8)
    weights = rng.multinomial(10_000 - criteria, [1 / criteria] * criteria) + 1
    return block, [int(weight) for weight in weights]


def peers(block: NDArray[np.int8], weights: list[int]) -> dict[str, object]:
    """Return the calls of other tools on the same scores, each with its own data made ready beforehand."""
    bids, _, evaluators = block.shape
    shares = np.array(weights) / 10_000
    means = block.mean(axis=2)
    wide = pd.DataFrame(block.reshape(bids, -1))
    columns = np.repeat(shares / evaluators, evaluators)
    at = np.indices(block.shape).reshape(3, -1)
    long = pd.DataFrame({"bid": at[0], "criterion": at[1], "score": block.ravel()})
    weight_of = pd.Series(shares)

    def by_groups() -> object:
        mean = long.groupby(["bid", "criterion"])["score"].mean()
        return (mean * mean.index.get_level_values(1).map(weight_of)).groupby(level=0).sum()

    found: dict[str, object] = {
        "pandas, wide": lambda: wide.mul(columns, axis=1).sum(axis=1),
        "pandas, long": by_groups,
        "S.mean(2) @ w": lambda: block.mean(axis=2) @ shares,
    }
    return found | _pymcdm(means, shares) | _bid_evaluation(means, shares)


def _pymcdm(means: NDArray[np.float64], shares: NDArray[np.float64]) -> dict[str, object]:
    try:
        from pymcdm.methods import WSM
    except ImportError:
        return {}
    types = np.ones(len(shares))
    method = WSM()
    return {"pymcdm WSM": lambda: method(means + 1e-9, shares, types)}


def _bid_evaluation(means: NDArray[np.float64], shares: NDArray[np.float64]) -> dict[str, object]:
    try:
        from bid_evaluation import DirectScoreCriterion, Evaluator
    except ImportError:
        return {}
    names = [f"c{i}" for i in range(len(shares))]
    evaluator = Evaluator()
    for name, share in zip(names, shares, strict=True):
        evaluator.add_criterion(name, DirectScoreCriterion(name, weight=float(share) * 100))
    frame = pd.DataFrame(means * 20, columns=names)
    return {"bid-evaluation": lambda: evaluator.evaluate(frame, include_details=False)}


def exact(block: NDArray[np.int8], weights: list[int]) -> None:
    """Check ours against Python's fractions on the first bids of the case."""
    ours = weighted_sums(block, weights)
    for bid in range(20):
        by_hand = sum(Fraction(w) * int(block[bid, c].sum()) for c, w in enumerate(weights))
        assert ours[bid] == by_hand, (bid, ours[bid], by_hand)


def run(size: tuple[int, int, int]) -> None:
    """Time one size and print it beside the numbers to reach."""
    block, weights = case(*size)
    exact(block, weights)
    flat = block.reshape(size[0], -1).astype(np.float64)
    vector = np.repeat(np.array(weights, dtype=np.float64) / size[2], size[2])
    contenders = {"one gemv, float64": lambda: flat @ vector, "ours, exact": lambda: weighted_sums(block, weights)}
    usable = {}
    for name, call in peers(block, weights).items():
        try:
            call()  # type: ignore[operator]
            usable[name] = call
        except Exception as problem:
            print(f"  {name}: could not be run here ({type(problem).__name__}: {problem})")
    taken = medians(contenders | usable)  # type: ignore[arg-type]
    ours = taken["ours, exact"]
    tracemalloc.start()
    weighted_sums(block, weights)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(
        f"\n{size[0]} bids × {size[1]} criteria × {size[2]} evaluators (peak {peak:.1f} MB over the data, to reach ≤ 2)"
    )
    for name, seconds in taken.items():
        aim = "≤ 1.3× the gemv" if name == "ours, exact" else f"ours ≥ {AIMS[name]}× faster" if name in AIMS else ""
        ratio = (
            f"{ours / taken['one gemv, float64']:.2f}× the gemv"
            if name == "ours, exact"
            else f"{seconds / ours:,.1f}× ours"
        )
        print(f"  {name:<20}{seconds * 1e3:>12.4f} ms   {ratio:<20} {aim}")


def main() -> None:
    """Print the kernel, then both sizes."""
    print(f"BLAS: {kernel()}; numpy {np.__version__}, pandas {pd.__version__}")
    for size in SIZES:
        run(size)


if __name__ == "__main__":
    main()
