"""A market as a 0/1 programme for scipy: a column a bid, a row a lot and a limit. It searches; it does not decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, vstack

from scoring.limits.assignment import Grid
from scoring.limits.market import Market

MOST_NODES = 20_000


@dataclass(frozen=True)
class Programme:
    """A 0/1 programme as scipy takes it: ``cost`` is minimised, ``lower <= matrix @ x <= upper``."""

    cost: Grid
    matrix: csr_array
    lower: Grid
    upper: Grid

    def solve(self, gap: Fraction) -> OptimizeResult:
        """Search with HiGHS to a relative ``gap``, limited in nodes, not seconds: the answer can be repeated."""
        return milp(
            self.cost,
            constraints=LinearConstraint(self.matrix, self.lower, self.upper),
            integrality=np.ones(len(self.cost), dtype=np.int64),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": gap.numerator / gap.denominator, "node_limit": MOST_NODES},
        )

    def plus(self, columns: Sequence[int], lower: int | None, upper: int) -> Programme:
        """Return the programme with one more row: the number of chosen among ``columns`` lies between the two."""
        row = csr_array((np.ones(len(columns)), ([0] * len(columns), list(columns))), shape=(1, len(self.cost)))
        low = -np.inf if lower is None else lower
        return self._with(row, low, upper)

    def at_least(self, cost: Grid, bound: Fraction) -> Programme:
        """Return the programme that minimises another ``cost`` while the first objective keeps to ``bound``."""
        row = csr_array(-self.cost[None, :])
        return replace(self._with(row, bound.numerator / bound.denominator, np.inf), cost=cost)

    def _with(self, row: csr_array, lower: Any, upper: Any) -> Programme:
        matrix = csr_array(vstack([self.matrix, row]))
        low, high = np.append(self.lower, lower), np.append(self.upper, upper)
        return replace(self, matrix=matrix, lower=low, upper=high)


def programme(market: Market, usable: Sequence[int], *, complete: bool) -> Programme:
    """Build the 0/1 programme over the ``usable`` bids; ``complete`` asks that every lot with such a bid is awarded."""
    bids = [market.bids[i] for i in usable]
    count = len(bids)
    lots = [(bid.lot, column, 1) for column, bid in enumerate(bids)]
    owned = [(owner, column, 1) for column, bid in enumerate(bids) for owner in bid.owners]
    tendered = [(bid.tenderer, column, 1) for column, bid in enumerate(bids)]
    blocks = [
        _rows(lots, count, (1,) * market.lots),
        _rows(owned, count, market.organisation_lots),
        _rows(tendered, count, market.tenderer_lots),
    ]
    if market.pence is not None:
        priced = [(owner, column, bids[column].pence) for owner, column, _ in owned]
        blocks.append(_rows(priced, count, (market.pence,) * len(market.organisation_lots)))
    matrix, upper = (
        csr_array(vstack([block[0] for block in blocks])),
        np.concatenate([block[1] for block in blocks]),
    )
    lower = np.full(len(upper), -np.inf)
    present = np.zeros(market.lots, dtype=bool)
    present[[bid.lot for bid in bids]] = True
    lower[: market.lots][present & complete] = 1
    cost = np.array([-(bid.total.numerator / bid.total.denominator) for bid in bids])
    return Programme(cost, matrix, lower, upper)


def _rows(entries: Sequence[tuple[int, int, int]], columns: int, most: Sequence[int]) -> tuple[csr_array, Grid]:
    """Return a row for each owner in ``entries`` (owner, column, value) and the most its values may add up to."""
    owners, places, values = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return csr_array((values, (owners, places)), shape=(len(most), columns)), np.array(most, dtype=np.int64)


def usable_bids(market: Market) -> list[int]:
    """Return the bids that fit their limits alone: dropping the others first tightens the search."""
    nothing = market.held()
    return [i for i, bid in enumerate(market.bids) if market.barrier(bid, nothing) is None]
