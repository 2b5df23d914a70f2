"""Which tenderer gets which lot when the tender limits what one tenderer may win.

Every result shows what would have been awarded without the limit, who was displaced, and the limit that did
it. The values are in :mod:`scoring.limits.lot_limit`, the search for the greatest sum of totals in
:mod:`scoring.limits.optimum`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from lots.errors import Finding
from scoring.figures import plain
from scoring.limits.lot_limit import (
    Allocation,
    Displacement,
    LimitError,
    LotAward,
    LotLimit,
    Preferences,
    Rule,
    Standing,
    UnsettledTieError,
)
from scoring.limits.market import Choice, Market, Proof, in_turn
from scoring.limits.optimum import greatest
from scoring.limits.table import Table

__all__ = [
    "Allocation",
    "Displacement",
    "LimitError",
    "LotAward",
    "LotLimit",
    "Preferences",
    "Proof",
    "Rule",
    "Standing",
    "UnsettledTieError",
    "allocate",
    "offered",
]


def allocate(
    limit: LotLimit | None,
    standings: Sequence[Standing],
    preferences: Preferences | None = None,
    capacity: Mapping[str, int] | None = None,
    counts_as: Mapping[str, str] | None = None,
    within: Fraction | None = None,
    names: Mapping[str, str] | None = None,
) -> Allocation:
    """Allocate the lots by the published rule; without a limit each lot goes to its best bid.

    ``capacity`` is the most lots a tenderer declared it can take; ``counts_as`` maps an organisation to the
    name of the group it counts with. ``within`` is passed to :func:`scoring.limits.optimum.greatest`; ``names``
    are what its sentences call lots and organisations. Refused with
    LimitError if the limit cannot be applied as published, and with UnsettledTieError if an award hangs on a
    tie.
    """
    table = Table(limit, standings, preferences or {}, capacity or {}, counts_as or {}, names)
    _refuse(table.problems(), LimitError, "The limit on lots cannot be applied as it stands")
    best = in_turn(table.unlimited(), range(len(table.lots)))
    choice = best
    proof: Proof | None = None
    sequence: tuple[LotAward, ...] = ()
    market = table.market
    if limit is not None and limit.rule == "lot_order":
        choice = in_turn(market, range(market.lots))
    elif limit is not None and limit.rule == "tenderer_preference":
        choice = offered(market, table.wishes())
    elif limit is not None:
        choice, proof = greatest(market, within)
        sequence = table.awards(in_turn(market, range(market.lots)))
    _refuse(table.ties(best, choice), UnsettledTieError, "A tie decides who gets a lot")
    return Allocation(
        limit.words() if limit else "Each lot goes to its best-ranked tenderer.",
        table.awards(choice),
        table.awards(best),
        table.displaced(best, choice),
        sequence,
        proof,
        (*table.remarks(), *table.unawarded(choice), *_open_bound(proof)),
    )


def offered(market: Market, wishes: Sequence[Mapping[int, int]]) -> Choice:
    """Offer each lot down its ranking; every organisation keeps the lots it wants most that fit its limits.

    This is deferred acceptance with lots proposing (Gale and Shapley 1962; Roth 1984 for many lots to one
    tenderer): the result is stable and the same whatever the order of the offers. ``wishes`` gives, for each
    organisation, the place of each lot in its preference list.
    """
    rows, turn = market.of_lot(), [0] * market.lots
    kept: list[list[int]] = [[] for _ in market.organisation_lots]
    waiting = list(range(market.lots))
    while waiting:
        lot = waiting.pop()
        if turn[lot] == len(rows[lot]):
            continue
        offer = rows[lot][turn[lot]]
        turn[lot] += 1
        owner = market.bids[offer].owners[0]
        wanted = sorted([*kept[owner], offer], key=lambda i: wishes[owner][market.bids[i].lot])
        kept[owner] = _most_wanted(market, wanted)
        waiting += [market.bids[i].lot for i in wanted if i not in kept[owner]]
    by_lot = {market.bids[i].lot: i for each in kept for i in each}
    return tuple(by_lot.get(lot) for lot in range(market.lots))


def _most_wanted(market: Market, wanted: Sequence[int]) -> list[int]:
    """Keep, in order of preference, each offer that still fits beside those kept before it."""
    kept: list[int] = []
    for i in wanted:
        if market.barrier(market.bids[i], market.held(kept)) is None:
            kept.append(i)
    return kept


def _refuse(problems: Sequence[Finding], error: type[LimitError], message: str) -> None:
    if problems:
        raise error(f"{message}: {' '.join(problem.message for problem in problems)}", problems)


def _open_bound(proof: Proof | None) -> tuple[Finding, ...]:
    if proof is None or proof.proved:
        return ()
    figures = (("sum of totals", plain(proof.objective)), ("bound", plain(proof.bound)))
    message = f"The allocation was not proved to be the best: {proof.words}."
    return (Finding("allocation_not_proved", message, severity="warning", figures=figures),)
