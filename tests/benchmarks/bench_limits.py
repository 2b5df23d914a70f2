"""Lot allocation beside bare scipy: run with ``python -m tests.benchmarks.bench_limits``.

Seeded tenders of 5 x 8, 50 x 60 (about 1,500 bids) and 300 x 200 (about 12,000 bids). Variant 1 limits the
number of lots a tenderer may win, variant 2 the money as well. Times are medians in milliseconds; the ratios
are what counts, both sides being taken in this process on the same matrix. The last columns give the number
to reach.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import scipy
from scipy.optimize import Bounds, LinearConstraint, milp

from lots.money import Money
from scoring.limits.allocation import LotLimit, Standing, allocate
from scoring.limits.assignment import best_columns, grid_of
from scoring.limits.market import Bid, Choice, Market, in_turn
from scoring.limits.optimum import COARSE, PROVED_UP_TO, greatest, most_lots
from scoring.limits.programme import Programme, programme, usable_bids

SIZES = ((5, 8, 1.0, 2), (50, 60, 0.5, 2), (300, 200, 0.2, 3))
SEED = 7
ASSIGNMENT_TO_REACH = {(50, 60): 100, (300, 200): 35}
SEARCH_TO_REACH = 1.1
PAGE_TO_REACH = 20


def tender(lots: int, tenderers: int, share: float, most: int, *, money: bool, seed: int = SEED) -> Market:
    """Draw a tender: totals in hundredths around each tenderer's strength, prices around each lot's size."""
    draw = np.random.default_rng(seed)
    size = draw.integers(300_000, 1_200_000, lots)
    strength = draw.normal(0, 6, tenderers)
    enters = draw.random((lots, tenderers)) < share
    totals = np.clip(7_000 + 100 * strength + draw.normal(0, 700, (lots, tenderers)), 0, 10_000).astype(int)
    pence = (100 * size[:, None] * draw.uniform(0.85, 1.15, (lots, tenderers))).astype(int)
    bids = []
    for lot in range(lots):
        entrants = sorted(np.flatnonzero(enters[lot]).tolist(), key=lambda t: (-totals[lot, t], t))
        for place, t in enumerate(entrants, 1):
            bids.append(Bid(lot, t, (t,), Fraction(int(totals[lot, t]), 100), place, int(pence[lot, t])))
    cap = 100 * 1_380_000 if money else None
    return Market(lots, tuple(bids), (most,) * tenderers, (lots,) * tenderers, cap)


def milliseconds(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Return the median time of ``work`` and its last answer."""
    taken, answer = [], None
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        taken.append(1_000 * (time.perf_counter() - start))
    return float(np.median(taken)), answer


def bare(model: Programme, gap: Fraction) -> Any:
    """Solve the same matrix with scipy alone."""
    return milp(
        model.cost,
        constraints=LinearConstraint(model.matrix, model.lower, model.upper),
        integrality=np.ones(len(model.cost)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": float(gap)},
    )


def turns(market: Market) -> dict[str, Choice]:
    """Return the sequential allocations: lot order, reverse, dearest lot first."""
    dearest = [max((market.bids[i].pence for i in row), default=0) for row in market.of_lot()]
    return {
        "lot order": in_turn(market, range(market.lots)),
        "reverse": in_turn(market, range(market.lots)[::-1]),
        "largest first": in_turn(market, sorted(range(market.lots), key=lambda lot: -dearest[lot])),
    }


def compared(market: Market, choice: Choice) -> str:
    """Say how far the answer is above each sequential rule: lots and points."""
    lots, total = market.worth(choice)
    parts = []
    for name, other in turns(market).items():
        fewer, points = market.worth(other)
        assert (lots, total) >= (fewer, points), f"worse than {name}"
        parts.append(f"{name} {fewer - lots:+d} lots {float(points - total):+.2f}")
    return "; ".join(parts)


def standings_of(market: Market) -> list[Standing]:
    """Write a market as standings, to time the whole call."""
    return [
        Standing(f"L{bid.lot:03}", f"T{bid.tenderer:03}", bid.total, bid.place, Money(bid.pence)) for bid in market.bids
    ]


def variant_1() -> None:
    """Time the assignment: matrix to proved answer, against milp on the same bids."""
    print("variant 1: limit on the number of lots (assignment, proved by dual prices)")
    for lots, tenderers, share, most in SIZES:
        market = tender(lots, tenderers, share, most, money=False)
        _, _, grid, capacity = grid_of(market)
        quick, _ = milliseconds(partial(best_columns, grid, capacity), 31)
        model = programme(market, usable_bids(market), complete=True)
        slow, result = milliseconds(partial(bare, model, Fraction(0)), 5)
        whole, (choice, proof) = milliseconds(partial(greatest, market), 5)
        limit = LotLimit("greatest_total_score", most, None, tuple(f"L{lot:03}" for lot in range(lots)))
        bids = standings_of(market)
        call, _ = milliseconds(partial(allocate, limit, bids), 3)
        same = abs(-result.fun - float(proof.objective)) < 1e-6
        reach = ASSIGNMENT_TO_REACH.get((lots, tenderers))
        print(
            f"  {lots:3} x {tenderers:3} {len(market.bids):6} bids  milp {slow:8.2f}  ours {quick:7.3f}  "
            f"ratio {slow / quick:6.1f}x" + (f" (to reach {reach}x)" if reach else "")
        )
        print(
            f"      same objective {same}; with fractions, ties and second best {whole:.1f} ms ({slow / whole:.1f}x); "
            f"allocate() {call:.1f} ms" + (f" (to reach {PAGE_TO_REACH} ms)" if lots == 5 else "")
        )
        print(f"      unique {proof.unique}; {compared(market, choice)}")
        assert same


def variant_2() -> None:
    """Time the search under limits in lots and pounds against bare milp with the same gap."""
    print("variant 2: limits on lots and on pounds")
    for lots, tenderers, share, most in SIZES:
        market = tender(lots, tenderers, share, most, money=True)
        usable = usable_bids(market)
        gap = Fraction(0) if len(usable) <= PROVED_UP_TO else COARSE
        times = 3 if lots < 300 else 1
        model = programme(market, usable, complete=True)
        slow, result = milliseconds(partial(bare, model, gap), times)
        quick, _ = milliseconds(partial(most_lots, market, usable, gap), times)
        whole, (choice, proof) = milliseconds(partial(greatest, market), times)
        nodes = getattr(result, "mip_node_count", None)
        print(
            f"  {lots:3} x {tenderers:3} {len(usable):6} bids  gap {float(gap):g}  milp {slow:8.1f}  "
            f"search {quick:8.1f}  ratio {quick / slow:5.2f} (to reach {SEARCH_TO_REACH})  nodes {nodes}"
        )
        objective = f"{-result.fun:.2f}" if result.x is not None else "no complete allocation"
        print(
            f"      milp {objective}; ours {proof.lots} lots {float(proof.objective):.2f}, "
            f"bound {float(proof.bound):.2f}, proved {proof.proved}, unique {proof.unique}, by {proof.method}; "
            f"the whole answer {whole:.1f} ms" + (f" (to reach {PAGE_TO_REACH} ms)" if lots == 5 else "")
        )
        print(f"      {compared(market, choice)}")


def main() -> None:
    """Print the table."""
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, Python {sys.version.split()[0]}, seed {SEED}")
    variant_1()
    variant_2()


if __name__ == "__main__":
    main()
