"""The best allocation by branch and bound in whole numbers: for limits on money or partners, and few bids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import linprog

from scoring.limits.market import Choice, Market, Proof, Weights, weigh
from scoring.limits.programme import programme, usable_bids

MOST_BRANCHES = 12_000
UNIT = 2**40
"""How finely the prices of room divide one step of the weights."""


def enumerated(market: Market) -> tuple[Choice, Proof] | None:
    """Allocate by branch and bound in whole numbers, or return None if that takes too many branches.

    Lots in order, better places first, so the first of equal optima is the one that lot order prefers. A
    branch is cut when it provably cannot pass the second best answer known (Lagrangian bound: Fisher 1981).
    """
    weights = weigh(market, None)
    tree = _Tree(market, [(value + weights.bonus) * UNIT for value in weights.values], *_charges(market, weights))
    if not tree.descend(0, 0, 0):
        return None
    lots, total = market.worth(tree.choice)
    second = weights.decode(tree.second // UNIT) if tree.second >= 0 else None
    unique = tree.second < tree.best
    words = f"every allocation was tried or ruled out in whole numbers ({tree.branches} branches)"
    return tree.choice, Proof("enumeration", lots, total, total, True, unique, second, words)


def _charges(market: Market, weights: Weights) -> tuple[list[int], int]:
    """Price the limits: return what each bid pays for the room it takes, and the price of all room there is.

    The prices come from a linear programme in floats, but any prices of 0 or more give a valid bound, and the
    bound is computed in whole numbers (``UNIT`` to one step of the weights).
    """
    charges, usable = [0] * len(market.bids), usable_bids(market)
    if not usable:
        return charges, 0
    model = programme(market, usable, complete=False)
    worth = [(weights.values[i] + weights.bonus) / weights.scale for i in usable]
    cost = np.array([-(each.numerator / each.denominator) for each in worth])
    matrix: Any = model.matrix
    result = linprog(cost, A_ub=matrix, b_ub=model.upper)
    if result.x is None:
        return charges, 0
    steps = [max(0, math.floor(-Fraction(each) * weights.scale * UNIT)) for each in result.ineqlin.marginals]
    steps[: market.lots] = [0] * market.lots
    entries = matrix.tocoo()
    for row, column, value in zip(entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True):
        charges[usable[column]] += steps[row] * value
    return charges, sum(step * most for step, most in zip(steps, model.upper.tolist(), strict=True) if step)


class _Tree:
    """The search; ``values`` and ``charges`` of bids are whole numbers, ``room`` the price of all room."""

    def __init__(self, market: Market, values: Sequence[int], charges: Sequence[int], room: int) -> None:
        self.market, self.values, self.charges = market, values, charges
        usable = set(usable_bids(market))
        self.rows = [[i for i in row if i in usable] for row in market.of_lot()]
        plain = [max((values[i] for i in row), default=0) for row in self.rows]
        charged = [max((values[i] - charges[i] for i in row), default=0) for row in self.rows]
        self.still = [sum(plain[lot:]) for lot in range(market.lots + 1)]
        self.still_charged = [room + sum(max(each, 0) for each in charged[lot:]) for lot in range(market.lots + 1)]
        self.held = market.held()
        self.path: list[int | None] = []
        self.choice: Choice = ()
        self.best = self.second = -1
        self.branches = 0

    def descend(self, lot: int, value: int, paid: int) -> bool:
        """Try every bid of ``lot`` that has room, then leaving it out; False if the branches ran out."""
        self.branches += 1
        if lot == self.market.lots:
            self._record(value)
            return True
        if value + min(self.still[lot], self.still_charged[lot] - paid) <= self.second:
            return True
        if self.branches > MOST_BRANCHES:
            return False
        for i in self.rows[lot]:
            if self.market.barrier(self.market.bids[i], self.held) is None:
                self._hold(i)
                done = self._into(i, lot, value + self.values[i], paid + self.charges[i])
                self._drop(i)
                if not done:
                    return False
        return self._into(None, lot, value, paid)

    def _hold(self, i: int) -> None:
        for owner in self.market.bids[i].owners:
            self.held[owner].append(self.market.bids[i])

    def _drop(self, i: int) -> None:
        for owner in self.market.bids[i].owners:
            self.held[owner].pop()

    def _into(self, option: int | None, lot: int, value: int, paid: int) -> bool:
        self.path.append(option)
        done = self.descend(lot + 1, value, paid)
        self.path.pop()
        return done

    def _record(self, value: int) -> None:
        if value > self.best:
            self.best, self.second, self.choice = value, self.best, tuple(self.path)
        else:
            self.second = max(self.second, value)
