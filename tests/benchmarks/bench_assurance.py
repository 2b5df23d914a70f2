"""How firm a result is, timed beside other tools: run with ``python -m tests.benchmarks.bench_assurance``.

Draws of weights beside pysensmcda (where it can be imported) and beside numpy written as one would at first; the exact
answers beside a linear program. All take their turns in one process; the ratios count. Memory is what Python's own
allocator saw over the input.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog

from scoring.assurance import pack
from scoring.assurance.areas import area_of, first_areas
from scoring.assurance.assure import assure
from scoring.assurance.basis import Floats
from scoring.assurance.draws import acceptability
from scoring.assurance.pairwise import pairwise
from scoring.assurance.panel import draws as panels
from scoring.assurance.panel import evaluator_totals, first_shares
from scoring.recommendation import evaluate
from tests import factories
from tests.benchmarks.timing import kernel, medians

SIZES = ((10, 20), (50, 40))
MILLION = 1_000_000


def case(bids: int, criteria: int, evaluators: int = 5) -> tuple[Floats, Floats, Floats]:
    """Make seeded scores 0 to 5 by bid, criterion and evaluator, their means as shares, and weights; best bid first."""
    rng = np.random.default_rng(20250401)
    scores = rng.integers(0, 6, (bids, criteria, evaluators)).astype(np.float64)
    w = rng.dirichlet(np.ones(criteria) * 5)
    order = np.argsort(-(scores.mean(axis=2) @ w))
    return scores[order], scores[order].mean(axis=2) / 5, w


def naive(x: Floats, count: int) -> Callable[[], object]:
    """Ranks and middles as one would write them at first."""

    def run() -> object:
        weights = np.random.default_rng(1).dirichlet(np.ones(x.shape[1]), count)
        totals = weights @ x.T
        ranks = np.argsort(np.argsort(-totals, axis=1), axis=1)
        shares = np.array([np.bincount(column, minlength=len(x)) for column in ranks.T]) / count
        firsts = totals.argmax(axis=1)
        return shares, [weights[firsts == bid].mean(axis=0) for bid in range(len(x)) if (firsts == bid).any()]

    return run


def pysensmcda(x: Floats, count: int) -> Callable[[], object] | None:
    """The same draws by pysensmcda, its method one product; None where it is not installed."""
    try:
        from pysensmcda.smaa import simulate
    except ImportError:
        return None
    types = np.ones(x.shape[1])
    return lambda: simulate(lambda m, w, t: m @ w, x, types, num_samples=count, seed=0)


def ours(x: Floats, count: int) -> Callable[[], object]:
    """Draws as the assurance makes them."""
    return lambda: acceptability(x, draws=count)


def peak(run: Callable[[], object]) -> float:
    """Return the most memory a call took, in MB."""
    run()
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return most


def show_draws(bids: int, criteria: int, count: int, aims: tuple[float, float | None]) -> None:
    """Time draws of one size and print them beside the ratios to reach."""
    x = case(bids, criteria)[1]
    mine = ours(x, count)
    contenders = {"ours": mine, "numpy, written naively": naive(x, count)}
    peer = pysensmcda(x, count)
    if peer is None:
        print("  pysensmcda is not installed here, so there is nothing to compare with it: pip install pysensmcda")
    else:
        contenders["pysensmcda simulate"] = peer
    taken = medians(contenders, rounds=3 if count >= MILLION else 5)
    print(
        f"\n{bids} bids × {criteria} criteria, {count:,} draws (peak {peak(mine):.1f} MB over the input, to reach ≤ 6)"
    )
    wanted = {"pysensmcda simulate": aims[0], "numpy, written naively": aims[1]}
    for name, seconds in taken.items():
        aim = wanted.get(name)
        to_reach = f"to reach ≥ {aim:g}×" if aim else ""
        print(f"  {name:<26}{seconds * 1e3:>10.1f} ms   {seconds / taken['ours']:>6.1f}× ours   {to_reach}")


def exact_pack(scores: Floats, x: Floats, w: Floats) -> Callable[[], object]:
    """Every exact answer but the pairs: ranges, radii, nearest reversal, evaluators, fewest changes, other bids."""
    prices = np.random.default_rng(3).uniform(80, 120, len(x))
    quality, worth = 60 * (x @ w), w / 5 / scores.shape[2]

    def run() -> object:
        lead = pack.leads(x)
        gap = lead @ w
        alone = evaluator_totals(scores * w[None, :, None])
        counts, ways = panels(scores.shape[2])
        return (
            pack.intervals(lead, w, gap),
            pack.radius(lead, w, gap),
            pack.points_radius(lead, gap),
            pack.nearest(lead, gap),
            (alone.sum(axis=1)[:, None] - alone).argmax(axis=0),
            first_shares(alone @ counts.T / scores.shape[2], ways),
            pack.fewest(scores.sum(axis=2), 5.0 * scores.shape[2], worth, gap),
            pack.without_one(quality, prices, 40),
            pack.flip_prices(quality, prices, 40),
        )

    return run


def program(x: Floats, w: Floats) -> Callable[[], object]:
    """One linear program for one rival: the radius as a solver would find it."""
    lead = x[0] - x[1]
    rows = np.vstack([np.hstack([np.eye(len(w)), -w[:, None]]), np.hstack([-np.eye(len(w)), -w[:, None]])])
    sums = np.vstack([np.append(np.ones(len(w)), 0), np.append(lead, 0)])
    costs = np.append(np.zeros(len(w)), 1)
    return lambda: linprog(costs, A_ub=rows, b_ub=np.concatenate([w, -w]), A_eq=sums, b_eq=[1, 0])


def show_exact(bids: int, criteria: int) -> None:
    """Time the exact answers of one size."""
    scores, x, w = case(bids, criteria)
    everything = exact_pack(scores, x, w)
    three = x[:, :3]
    contenders: dict[str, Callable[[], object]] = {
        "the whole exact pack": everything,
        "one linear program": program(x, w),
        "chances of every pair": lambda: pairwise(x),
        "areas of three heads": lambda: [area_of(corners) for corners in first_areas(three)],
    }
    taken = medians(contenders, clock=time.process_time)
    print(f"\n{bids} bids × {criteria} criteria × {scores.shape[2]} evaluators, exact (processor's time)")
    for name, seconds in taken.items():
        to_reach = "to reach ≤ 0.5 ms" if name == "the whole exact pack" and bids == 50 else ""
        print(f"  {name:<26}{seconds * 1e3:>10.3f} ms   {to_reach}")


def main() -> None:
    """Print the kernel, then draws and exact answers, then a whole lot as its page shows it."""
    print(f"BLAS: {kernel()}; numpy {np.__version__}")
    for bids, criteria in SIZES:
        show_exact(bids, criteria)
        show_draws(bids, criteria, 100_000, (10, 2.5))
        show_draws(bids, criteria, MILLION, (18, None))
    evaluation = evaluate(factories.tender_file())
    taken = medians({"assure": lambda: assure(evaluation, "adult"), "evaluate": lambda: evaluate(evaluation.file)})
    print(f"\nA lot of 3 bids, everything in words: {taken['assure'] * 1e3:.0f} ms "
          f"({taken['assure'] / taken['evaluate']:.1f}× evaluating both lots)")  # fmt: skip


if __name__ == "__main__":
    main()
