"""The best allocation where only numbers of lots are limited: an assignment, solved and proved in whole numbers.

scipy's Hungarian method finds the answer; whole-number dual prices, computed from the answer alone, prove it
(complementary slackness: Kuhn 1955; Ahuja, Magnanti and Orlin, Network Flows, 1993, chapter 12). Totals too
fine for 2^53 are rounded down for the search; every bid that could belong to a better answer within the
rounding is kept, and what is left open is solved again in fractions. Equal optima are settled by lot order
along exchanges that lose nothing.

A grid has a row per lot and a column per organisation, the last column being "not awarded".
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from scoring.limits.market import EXACT_FLOAT, Choice, Market, Proof, Weights, weigh

SECOND_BEST_UP_TO = 4_000
"""Above this many cells the next best allocation is not computed."""

Grid = np.ndarray[Any, np.dtype[Any]]


def assigned(market: Market) -> tuple[Choice, Proof]:
    """Allocate where only numbers of lots are limited; always proved, ties by lot order."""
    weights, seats, grid, capacity = grid_of(market)
    chosen, prices = best_columns(grid, capacity)
    slack = _slack(grid, chosen, prices)
    next_best = _second(grid, chosen, capacity) if weights.exact and 0 < grid.size <= SECOND_BEST_UP_TO else -1
    if weights.exact:
        unique = _settle(slack == 0, chosen, prices, capacity, _places(market, seats, grid.shape))
    else:
        unique = _refine(market, weights, seats, slack, chosen, capacity)
    choice = tuple(seats.get((lot, int(column))) for lot, column in enumerate(chosen))
    lots, total = market.worth(choice)
    sibling = _sibling(market, choice)
    unique = unique and sibling != 0
    second = weights.decode(next_best) if next_best >= 0 else None
    if second is not None and sibling is not None:
        second = max(second, (lots, total - sibling))
    return choice, Proof("assignment", lots, total, total, True, unique, second, _words(weights, unique))


def grid_of(market: Market) -> tuple[Weights, dict[tuple[int, int], int], Grid, Grid]:
    """Return the whole-number weights, the bid behind each cell, the grid, and the most lots of each column."""
    weights, seats = weigh(market, EXACT_FLOAT // (8 * (market.lots + 2) ** 2)), _seats(market)
    return weights, seats, _grid(market, weights, seats), _capacity(market)


def _sibling(market: Market, choice: Choice) -> Fraction | None:
    """Return the least lost by taking, in one lot, another bid of the organisation that has it; None if none."""
    has = {market.bids[i].lot: i for i in choice if i is not None}
    losses = [
        market.bids[has[bid.lot]].total - bid.total
        for i, bid in enumerate(market.bids)
        if bid.lot in has and has[bid.lot] != i and market.bids[has[bid.lot]].owners == bid.owners
    ]
    return min(losses, default=None)


def _words(weights: Weights, unique: bool) -> str:
    how = "whole numbers" if weights.exact else "whole numbers and, where those were too coarse, in fractions"
    last = "no other allocation is as good" if unique else "equal allocations were settled by lot order"
    return f"dual prices in {how} prove that no allocation is better; {last}"


def _seats(market: Market) -> dict[tuple[int, int], int]:
    """Return the best-placed bid of each organisation in each lot."""
    seats: dict[tuple[int, int], int] = {}
    for i, bid in enumerate(market.bids):
        seats.setdefault((bid.lot, bid.owners[0]), i)
    return seats


def _capacity(market: Market) -> Grid:
    """Return the most lots of each column: an organisation's, or its only tenderer's; 'not awarded' comes last."""
    most = list(market.organisation_lots)
    for bid in market.bids:
        most[bid.owners[0]] = min(most[bid.owners[0]], market.tenderer_lots[bid.tenderer])
    return np.array([*(min(count, market.lots) for count in most), market.lots], dtype=np.int64)


def _grid(market: Market, weights: Weights, seats: dict[tuple[int, int], int]) -> Grid:
    """Return weights, lots by columns: the last column is 'not awarded' (0); no bid is worse than anything."""
    never = -2 * weights.bonus * (market.lots + 1)
    grid = np.full((market.lots, len(market.organisation_lots) + 1), never, dtype=np.int64)
    grid[:, -1] = 0
    for (lot, column), i in seats.items():
        grid[lot, column] = weights.values[i] + weights.bonus
    return grid


def _places(market: Market, seats: dict[tuple[int, int], int], shape: tuple[int, ...]) -> Grid:
    places = np.full(shape, len(market.bids) + 1, dtype=np.int64)
    for (lot, column), i in seats.items():
        places[lot, column] = market.bids[i].place
    return places


def best_columns(grid: Grid, capacity: Grid) -> tuple[Grid, Grid]:
    """Return the best column of each row and the dual prices that prove it; row sums must stay under 2^53.

    Each column is repeated as often as its capacity. The prices are found afterwards, from the answer, in
    whole numbers, so the proof does not rest on the search.
    """
    last = len(capacity) - 1
    columns = np.repeat(np.arange(last), capacity[:last])
    cost = np.maximum(grid, 0)[:, columns]
    rows, seats = linear_sum_assignment(cost, maximize=True)
    chosen = np.full(len(grid), last)
    chosen[rows] = columns[seats]
    chosen[grid[np.arange(len(grid)), chosen] < 0] = last
    return _improve(grid, chosen, capacity)


def _improve(grid: Grid, chosen: Grid, capacity: Grid) -> tuple[Grid, Grid]:
    """Move lots along chains of columns while that gains anything; return the choice and its dual prices."""
    while True:
        loss = _losses(grid, chosen)
        prices, chain = _prices(loss, np.bincount(chosen, minlength=len(capacity)) < capacity)
        if not chain:
            return chosen, prices
        moves = []
        for source, target in pairwise(chain):
            rows = np.flatnonzero(chosen == source)
            moves.append((rows[np.argmin(grid[rows, source] - grid[rows, target])], target))
        for row, target in moves:
            chosen[row] = target


def _losses(grid: Grid, chosen: Grid) -> Grid:
    """Return the least lost by moving one lot from column a (row) to column b; there is no way out of an empty one."""
    size = grid.shape[1]
    loss = np.full((size, size), _far(grid), dtype=grid.dtype)
    order = np.argsort(chosen, kind="stable")
    present, starts = np.unique(chosen[order], return_index=True)
    if len(present):
        each = grid[order, chosen[order]][:, None] - grid[order]
        loss[present] = np.minimum.reduceat(each, starts, axis=0)
    return loss


def _far(grid: Grid) -> Any:
    """Return a loss greater than any chain of moves can bring: the way out of an empty column."""
    return 2 * (grid.max(axis=1, initial=0).sum() + 1) - 2 * grid.min(initial=0)


def _prices(loss: Grid, spare: Grid) -> tuple[Grid, list[int]]:
    """Return dual prices (0 or less, 0 where there is room) or a chain of columns along which moving lots gains.

    Bellman-Ford over columns, every column being a start (it may lose a lot) and every column with room an
    end.
    """
    size = len(loss)
    prices = np.zeros(size, dtype=loss.dtype)
    came = np.full(size, -1)
    for _ in range(size + 1):
        through = prices[:, None] + loss
        source = np.argmin(through, axis=0)
        reached = through[source, np.arange(size)]
        better = reached < prices
        if not better.any():
            return prices, []
        came[better] = source[better]
        prices = np.where(better, reached, prices)
        gain = np.flatnonzero(spare & (prices < 0))
        if len(gain):
            return prices, _chain(came, int(gain[0]))
    return prices, _chain(came, int(np.flatnonzero(better)[0]))


def _chain(came: Grid, end: int) -> list[int]:
    """Walk back from ``end``: the path to it, or the cycle that path runs into."""
    path = [end]
    while (before := int(came[path[-1]])) >= 0:
        if before in path:
            return [before, *reversed(path[path.index(before) :])]
        path.append(before)
    return path[::-1]


def _slack(grid: Grid, chosen: Grid, prices: Grid) -> Grid:
    """Return what each cell would lose at least if it were part of the allocation; never negative."""
    own = grid[np.arange(len(grid)), chosen] + prices[chosen]
    return own[:, None] - grid - prices[None, :]


def _refine(
    market: Market,
    weights: Weights,
    seats: dict[tuple[int, int], int],
    slack: Grid,
    chosen: Grid,
    capacity: Grid,
) -> bool:
    """Solve in fractions among the cells that rounding cannot rule out (slack under one step a lot); say if unique.

    Rounding down takes less than 1 from each of at most ``lots`` weights, so a truly best allocation is
    within ``lots`` of the rounded optimum, and so is the slack of each of its cells.
    """
    near = slack < market.lots
    rows = np.flatnonzero(near.sum(axis=1) > 1)
    if not len(rows):
        return True
    columns = np.flatnonzero(near[rows].any(axis=0))
    grid = np.full((len(rows), len(columns)), -2 * weights.bonus * (market.lots + 1), dtype=object)
    places = np.full(grid.shape, len(market.bids) + 1, dtype=np.int64)
    for (r, row), (c, column) in _cells(rows, columns):
        i = seats.get((row, column))
        if near[row, column]:
            exact = (market.bids[i].total - weights.base) * weights.scale + weights.bonus if i is not None else 0
            grid[r, c], places[r, c] = exact, market.bids[i].place if i is not None else len(market.bids) + 1
    others = np.delete(chosen, rows)
    room = (capacity - np.bincount(others, minlength=len(capacity)))[columns]
    inner, prices = _improve(grid, np.searchsorted(columns, chosen[rows]), room)
    unique = _settle(_slack(grid, inner, prices) == 0, inner, prices, room, places)
    chosen[rows] = columns[inner]
    return unique


def _cells(rows: Grid, columns: Grid) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for r, row in enumerate(rows.tolist()):
        for c, column in enumerate(columns.tolist()):
            yield (r, row), (c, column)


def _settle(tight: Grid, chosen: Grid, prices: Grid, capacity: Grid, places: Grid) -> bool:
    """Among equal optima give the earliest lot its better-placed bid (changes ``chosen``); say if there was only one.

    ``tight`` marks the cells that an optimum may use; a column may lose a lot for nothing only at price 0.
    """
    unique = True
    loose = prices == 0
    if (tight.sum(axis=1) <= 1).all():
        return True
    for row in range(len(chosen)):
        options = [c for c in np.flatnonzero(tight[row]).tolist() if c != chosen[row]]
        for column in sorted(options, key=lambda c: (places[row, c], c)):
            if not unique and places[row, column] >= places[row, chosen[row]]:
                continue
            moves = _exchange(tight, chosen, loose, capacity, row, column)
            unique = unique and moves is None
            if moves is not None and places[row, column] < places[row, chosen[row]]:
                for moved, target in moves:
                    chosen[moved] = target
                break
        tight[row] = False
    return unique


def _exchange(
    tight: Grid, chosen: Grid, loose: Grid, capacity: Grid, row: int, column: int
) -> list[tuple[int, int]] | None:
    """Find moves of later lots, all without loss, that let ``row`` move to ``column``; None if there are none."""
    home, outside = int(chosen[row]), len(capacity)
    spare = np.bincount(chosen, minlength=len(capacity)) < capacity
    came: dict[int, tuple[int, int]] = {column: (-1, row)}
    queue = [column]
    for here in queue:
        steps: list[tuple[int, int]] = []
        if here == outside:
            steps = [(int(c), -1) for c in np.flatnonzero(loose)]
        else:
            movers = np.flatnonzero((chosen == here) & tight.any(axis=1))
            steps = [(int(c), int(m)) for m in movers if m > row for c in np.flatnonzero(tight[m])]
            steps += [(outside, -1)] if spare[here] else []
        for target, mover in steps:
            if target not in came:
                came[target] = (here, mover)
                queue.append(target)
        if home in came and home != column:
            return _walk(came, home)
    return None


def _walk(came: dict[int, tuple[int, int]], end: int) -> list[tuple[int, int]]:
    moves = []
    while end >= 0:
        before, mover = came[end]
        moves += [(mover, end)] if mover >= 0 else []
        end = before
    return moves


def _second(grid: Grid, chosen: Grid, capacity: Grid) -> int:
    """Return the objective of the next best allocation: the cheapest exchange away from the best one."""
    size = len(capacity)
    spare = np.bincount(chosen, minlength=size) < capacity
    far = _far(grid)
    way = np.full((size + 1, size + 1), far, dtype=np.int64)
    way[:size, :size] = _losses(grid, chosen)
    way[size, :size] = 0
    way[:size, size] = np.where(spare, 0, far)
    np.fill_diagonal(way, 0)
    for middle in range(size + 1):
        way = np.minimum(way, way[:, middle, None] + way[None, middle])
    own = grid[np.arange(len(grid)), chosen]
    cost = own[:, None] - grid + way[:size, :size].T[chosen]
    cost[np.arange(len(grid)), chosen] = far
    return int(own.sum() - cost.min())
