"""The greatest sum of total scores over lots when organisations may win only so much: which search, and its proof.

The objective is lexicographic: most lots awarded, then greatest sum of totals, then, lot by lot in the
published order, the better-ranked bid. Limits on numbers of lots alone make an assignment
(``scoring.limits.assignment``). Limits on money with few bids are enumerated in whole numbers (branch and bound);
with many bids HiGHS, through scipy, searches in floats, its answer is checked against every limit in whole
pence, and its bound is compared with the next possible sum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy.optimize import OptimizeResult

from scoring.figures import plain
from scoring.limits.assignment import assigned
from scoring.limits.enumeration import enumerated
from scoring.limits.market import EXACT_FLOAT, Choice, Market, Proof, in_turn, weigh
from scoring.limits.programme import Programme, programme, usable_bids

PROVED_UP_TO = 2_000
"""Above this many bids money-limited allocations are searched to ``COARSE``, unless the caller asks for finer."""
COARSE = Fraction(1, 1_000)


def greatest(market: Market, within: Fraction | None = None) -> tuple[Choice, Proof]:
    """Return the best allocation and its proof; ``within`` is the relative gap allowed to a money-limited search.

    Without it the gap is 0 up to 2,000 bids and 1/1000 above. The answer is never worse than awarding in
    turn.
    """
    if only_counts(market):
        return assigned(market)
    found = enumerated(market) if len(market.bids) <= 200 and market.lots <= 40 else None
    return found or searched(market, within)


def only_counts(market: Market) -> bool:
    """Say whether every limit is a number of lots for one organisation a bid, so that the problem is an assignment."""
    if market.pence is not None or any(len(bid.owners) > 1 for bid in market.bids):
        return False
    members: dict[int, set[int]] = {}
    for bid in market.bids:
        members.setdefault(bid.owners[0], set()).add(bid.tenderer)
    return all(
        len(group) == 1 or all(market.tenderer_lots[each] >= market.organisation_lots[owner] for each in group)
        for owner, group in members.items()
    )


def searched(market: Market, within: Fraction | None = None) -> tuple[Choice, Proof]:
    """Allocate with HiGHS, check in whole pence, prove by the gap between sum and bound, settle ties by lot order."""
    usable = usable_bids(market)
    small = len(usable) <= PROVED_UP_TO
    gap = within if within is not None else Fraction(0) if small else COARSE
    found = most_lots(market, usable, gap)
    choice = _at_least_in_turn(market, found.choice)
    lots, total = market.worth(choice)
    step = _step(market)
    proved = found.counted and found.bound is not None and step is not None and found.bound - total < step / 2
    if not (proved and small and step is not None):
        bound = total if proved else max(total, _ceiling(market) if found.bound is None else found.bound)
        return choice, Proof(
            "milp", lots, total, bound, proved, None, None, _words(total, bound, proved, found.counted)
        )
    unique, second, choice = _settle(market, found, choice, step)
    return choice, Proof("milp", lots, total, total, True, unique, second, _words(total, total, True, True))


def _words(total: Fraction, bound: Fraction, proved: bool, counted: bool) -> str:
    checked = "the allocation keeps every limit in whole pence"
    if proved:
        return f"{checked}, and no possible sum of totals lies between it and the bound of the search (HiGHS)"
    if not counted:
        return f"{checked}; whether more lots could be awarded was not settled"
    more = Fraction(math.ceil((bound - total) * 1_000_000), 1_000_000)
    return f"{checked}; a better one with as many lots would total at most {plain(more)} points more"


def _step(market: Market) -> Fraction | None:
    """Return the least difference between two sums of totals, or None where it is too fine for a search in floats."""
    weights = weigh(market, EXACT_FLOAT)
    return 1 / weights.scale if weights.exact and weights.scale <= 100_000 else None


def _ceiling(market: Market) -> Fraction:
    """Return the sum of each lot's best total: no allocation can pass it."""
    return sum((market.bids[row[0]].total for row in market.of_lot() if row), Fraction(0))


@dataclass(frozen=True)
class Search:
    """What HiGHS found: the programme it ended with, the choice (checked in pence) and the bound on its sum of totals.

    ``counted`` says that no allocation awards more lots, ``empty`` that there is no allocation at all.
    """

    usable: tuple[int, ...]
    model: Programme
    choice: Choice | None
    bound: Fraction | None
    counted: bool = True
    empty: bool = False


def most_lots(market: Market, usable: Sequence[int], gap: Fraction) -> Search:
    """Search among complete allocations; only if there are none, find the most lots first and search among those."""
    full = programme(market, usable, complete=True)
    if not usable:
        return Search((), full, (None,) * market.lots, Fraction(0))
    result = full.solve(gap)
    if result.x is not None:
        return _within_limits(market, Search(tuple(usable), full, None, None), gap, result)
    any_of = programme(market, usable, complete=False)
    count = _within_limits(
        market, Search(tuple(usable), replace(any_of, cost=-np.ones(len(usable))), None, None), Fraction(0)
    )
    if count.choice is None or count.bound is None:
        return replace(count, model=any_of, bound=None, counted=False)
    most = sum(i is not None for i in count.choice)
    model = replace(count.model, cost=any_of.cost).plus(range(len(usable)), most, most)
    best = _within_limits(market, replace(count, model=model), gap)
    return replace(best, counted=count.bound - most < Fraction(1, 2))


def _within_limits(market: Market, search: Search, gap: Fraction, result: OptimizeResult | None = None) -> Search:
    """Solve until the answer keeps every limit in whole pence: HiGHS tolerates tiny excesses, an award does not."""
    model = search.model
    while True:
        result = result or model.solve(gap)
        if result.x is None:
            return replace(search, model=model, choice=None, bound=None, empty=result.status == 2)
        choice = _chosen(market, search.usable, result)
        over = _overspent(market, choice)
        if not over:
            bound = -Fraction(result.mip_dual_bound) if np.isfinite(result.mip_dual_bound) else None
            return replace(search, model=model, choice=choice, bound=bound)
        model = model.plus([search.usable.index(i) for i in over], None, len(over) - 1)
        result = None


def _chosen(market: Market, usable: Sequence[int], result: OptimizeResult) -> Choice:
    choice: list[int | None] = [None] * market.lots
    for column in np.flatnonzero(2 * result.x > 1).tolist():
        choice[market.bids[usable[column]].lot] = usable[column]
    return tuple(choice)


def _overspent(market: Market, choice: Choice) -> list[int]:
    """Return the bids chosen of the first organisation that is over its maximum in pence, if any."""
    if market.pence is None:
        return []
    for owner in range(len(market.organisation_lots)):
        each = [i for i in choice if i is not None and owner in market.bids[i].owners]
        if sum(market.bids[i].pence for i in each) > market.pence:
            return each
    return []


def _at_least_in_turn(market: Market, found: Choice | None) -> Choice:
    """Return the best of the search and of awarding in turn (lot order, reverse, dearest first), then raised."""
    dearest = [max((market.bids[i].pence for i in row), default=0) for row in market.of_lot()]
    orders = (
        range(market.lots),
        range(market.lots)[::-1],
        sorted(range(market.lots), key=lambda lot: -dearest[lot]),
    )
    choices = [*([found] if found is not None else []), *(in_turn(market, order) for order in orders)]
    return _raised(market, max(choices, key=market.worth))


def _raised(market: Market, choice: Choice) -> Choice:
    """Give a lot to a better-placed bid wherever that bid has room, until nothing changes."""
    now, rows, changed = list(choice), market.of_lot(), True
    while changed:
        changed = False
        for lot, row in enumerate(rows):
            held = market.held([*now[:lot], *now[lot + 1 :]])
            mine = now[lot]
            better = (i for i in row if mine is None or market.bids[i].place < market.bids[mine].place)
            raised = next((i for i in better if market.barrier(market.bids[i], held) is None), mine)
            changed = changed or raised != mine
            now[lot] = raised
    return tuple(now)


def _settle(
    market: Market, found: Search, choice: Choice, step: Fraction
) -> tuple[bool | None, tuple[int, Fraction] | None, Choice]:
    """Find the next best allocation of as many lots; if it is as good, let lot order choose among the equals."""
    column = {i: c for c, i in enumerate(found.usable)}
    own = [column[i] for i in choice if i is not None]
    lots, total = market.worth(choice)
    if not own:
        return True, None, choice
    other = _within_limits(market, replace(found, model=found.model.plus(own, None, len(own) - 1)), Fraction(0))
    if other.choice is None or other.bound is None:
        return other.empty or None, None, choice
    second = market.worth(other.choice)[1]
    if second < total:
        return True, (lots, second) if other.bound - second < step / 2 else None, choice
    return False, (lots, second), _by_lot_order(market, found, choice, step)


def _by_lot_order(market: Market, found: Search, choice: Choice, step: Fraction) -> Choice:
    """Lot by lot, take the best place that keeps the sum of totals: at most one more search for each lot."""
    column = {i: c for c, i in enumerate(found.usable)}
    worth = market.worth(choice)
    model = found.model
    for lot, row in enumerate(market.of_lot()):
        now = choice[lot]
        here = [column[i] for i in row if i in column]
        better = [column[i] for i in row if i in column and (now is None or i < now)]
        while better:
            cost = np.zeros(len(found.usable))
            cost[better] = [market.bids[found.usable[c]].place for c in better]
            asked = model.plus(better, 1, 1).at_least(cost, worth[1] - step / 2)
            answer = _within_limits(market, replace(found, model=asked), Fraction(0)).choice
            if answer is None or market.worth(answer) != worth:
                break
            choice = answer
            better = [c for c in better if found.usable[c] < (choice[lot] or 0)]
        now = choice[lot]
        model = model.plus(here if now is None else [column[now]], int(now is not None), int(now is not None))
    return choice
