"""Whether a year's money can be placed at all: ring-fenced sources against lot budgets, as a maximum flow.

Adding up is not enough: money that may only be spent on one lot cannot pay for another. By the max-flow
min-cut theorem (Ford and Fulkerson 1956) the most that can be placed is what the tightest set of sources and
lots lets through, and that set is the reason to print.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

from lots.errors import Finding, ProcurementError, Severity
from lots.funding import Funding, Parcel, budget_in, parcels
from lots.lot import Lot
from lots.money import ZERO, Money, total
from lots.words import listed

Kind = Literal["stranded", "missing"]
_CODES: Mapping[Kind, tuple[str, Severity]] = {
    "stranded": ("ring_fence_stranded", "error"),
    "missing": ("lot_cannot_be_filled", "warning"),
}


class PlacementError(ProcurementError):
    """Money that cannot be placed because an amount or a budget is negative."""


class _Titles(NamedTuple):
    sources: dict[str, str]
    lots: dict[str, str]


@dataclass(frozen=True)
class Placed:
    """Money of one source that pays for one lot."""

    source: str
    lot: str
    amount: Money


@dataclass(frozen=True)
class Binding:
    """A set of sources and lots that does not close, and by how much.

    ``stranded``: the ``money`` of these sources may only be spent on these lots, whose budgets are less.
    ``missing``: these lots need their ``budgets``, and only the ``money`` of these sources may pay for them.
    """

    kind: Kind
    sources: tuple[str, ...]
    lots: tuple[str, ...]
    money: Money
    budgets: Money
    amount: Money
    message: str


@dataclass(frozen=True)
class Placement:
    """One way to place the most money in a year, and every reason why more cannot be placed.

    ``left`` is money that is not ring-fenced and that no lot needs: nothing is wrong with it.
    """

    year: int
    rows: tuple[Placed, ...]
    placed: Money
    left: Money
    stranded: tuple[Binding, ...]
    missing: tuple[Binding, ...]

    @property
    def placeable(self) -> bool:
        """Say whether all ring-fenced money finds a lot that it may be spent on."""
        return not self.stranded

    @property
    def fills_every_lot(self) -> bool:
        """Say whether every lot gets its whole budget."""
        return not self.missing

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Say each reason: ``ring_fence_stranded``, an error, or ``lot_cannot_be_filled``, a warning."""
        return tuple(
            Finding(code, it.message, "funding", severity, (("amount", it.amount.plain()),))
            for it in (*self.stranded, *self.missing)
            for code, severity in (_CODES[it.kind],)
        )


def place(funding: Funding, lots: Sequence[Lot], year: int = 1, without: frozenset[str] = frozenset()) -> Placement:
    """Place a year's money on the lots: ring-fenced money first, then as much of the rest as the lots need.

    ``without`` leaves out sources (as when they end). The order of sources and lots changes nothing.
    PlacementError where an amount or a budget is negative.
    """
    money = sorted(parcels(funding, year, without), key=lambda it: (it.source, it.only))
    needs = {lot.id: budget_in(lot, year) for lot in sorted(lots, key=lambda lot: lot.id)}
    _refuse_negatives(money, needs)
    titles = _Titles({it.id: it.title for it in funding.sources}, {it.id: it.title for it in lots})
    flow = _Flow(money, needs)
    flow.push(number for number, it in enumerate(money) if it.only)
    stranded = tuple(_stranded(flow, titles))
    flow.push(number for number, it in enumerate(money) if not it.only)
    rows = _rows(flow)
    left = total(Money(rest) for it, rest in zip(money, flow.left, strict=True) if not it.only)
    return Placement(year, rows, total(row.amount for row in rows), left, stranded, tuple(_missing(flow, titles)))


def _refuse_negatives(money: Sequence[Parcel], needs: Mapping[str, Money]) -> None:
    amounts = [(it.source, it.amount) for it in money] + list(needs.items())
    for name, amount in amounts:
        if amount < ZERO:
            raise PlacementError(f"“{name}” stands at {amount}: money can only be placed from £0 up, so mend it first")


def _rows(flow: _Flow) -> tuple[Placed, ...]:
    """Add up what goes from each source to each lot, by source and lot."""
    sums: dict[tuple[str, str], int] = {}
    for (number, lot), pence in flow.paid.items():
        key = (flow.money[number].source, lot)
        sums[key] = sums.get(key, 0) + pence
    return tuple(Placed(source, lot, Money(pence)) for (source, lot), pence in sorted(sums.items()) if pence)


# --- the flow -----------------------------------------------------------------------------------------------


class _Flow:
    """Whole pence on their way from parcels (by number) to lots (by id): shortest augmenting paths, exact."""

    def __init__(self, money: Sequence[Parcel], needs: Mapping[str, Money]) -> None:
        self.money, self.needs = money, needs
        self.left = [it.amount.pence for it in money]
        self.need = {lot: amount.pence for lot, amount in needs.items()}
        self.paid: dict[tuple[int, str], int] = {}
        self.open_to = [tuple(lot for lot in needs if not it.only or lot in it.only) for it in money]

    def push(self, numbers: Iterable[int]) -> None:
        """Place as much of these parcels as any rearrangement allows; what is placed already stays placed."""
        for number in numbers:
            while self.left[number] and (path := self._path(number)):
                self._send(path)

    def payers(self, lot: str) -> list[int]:
        """List the parcels that pay for a lot now, and so could be moved away from it."""
        return [number for number in range(len(self.money)) if self.paid.get((number, lot))]

    def _path(self, start: int) -> list[tuple[int, str]]:
        """Find the fewest moves that make room for a parcel: (payer, lot) pairs; empty when there is none."""
        came: dict[int, tuple[int, str] | None] = {start: None}
        seen: set[str] = set()
        queue = deque([start])
        while queue:
            number = queue.popleft()
            for lot in self.open_to[number]:
                if self.need[lot]:
                    return self._back(came, (number, lot))
                if lot not in seen:
                    seen.add(lot)
                    for payer in self.payers(lot):
                        if payer not in came:
                            came[payer] = (number, lot)
                            queue.append(payer)
        return []

    def _back(self, came: Mapping[int, tuple[int, str] | None], last: tuple[int, str]) -> list[tuple[int, str]]:
        path, step = [last], came[last[0]]
        while step:
            path.append(step)
            step = came[step[0]]
        return path[::-1]

    def _send(self, path: list[tuple[int, str]]) -> None:
        """Let each payer on a path take over its lot from the next payer; the last lot still has need."""
        takings = [(after[0], lot) for (_, lot), after in pairwise(path)]
        pence = min(self.left[path[0][0]], self.need[path[-1][1]], *(self.paid[taken] for taken in takings))
        self.left[path[0][0]] -= pence
        self.need[path[-1][1]] -= pence
        for step in path:
            self.paid[step] = self.paid.get(step, 0) + pence
        for taken in takings:
            self.paid[taken] -= pence


# --- why more cannot be placed ------------------------------------------------------------------------------

Group = tuple[frozenset[int], frozenset[str]]  # numbers of parcels, ids of lots


def _stranded(flow: _Flow, titles: _Titles) -> Iterator[Binding]:
    """Name the money that is left over, with all the money and all the lots it competes for."""
    numbers = {number for number, rest in enumerate(flow.left) if rest and flow.money[number].only}
    lots: set[str] = set()
    while more := {lot for number in numbers for lot in flow.open_to[number]} - lots:
        lots |= more
        numbers |= {payer for lot in more for payer in flow.payers(lot)}
    for group in _groups(flow, numbers, lots):
        yield _binding("stranded", flow, group, titles)


def _missing(flow: _Flow, titles: _Titles) -> Iterator[Binding]:
    """Name the lots that stay short, with all the money that may pay for them and the lots it pays for."""
    lots = {lot for lot, rest in flow.need.items() if rest}
    numbers: set[int] = set()
    while more := {number for number, them in enumerate(flow.open_to) if lots & set(them)} - numbers:
        numbers |= more
        lots |= {lot for (payer, lot), pence in flow.paid.items() if pence and payer in more}
    for group in _groups(flow, numbers, lots):
        yield _binding("missing", flow, group, titles)


def _groups(flow: _Flow, numbers: set[int], lots: set[str]) -> Iterator[Group]:
    """Split what binds into groups that share no money and no lot, so that each gets its own reason."""
    waiting, unpaid = sorted(numbers), set(lots)
    while waiting:
        group, reached = {waiting[0]}, set(flow.open_to[waiting[0]]) & lots
        while more := {it for it in waiting if it not in group and reached & set(flow.open_to[it])}:
            group |= more
            reached |= {lot for it in more for lot in flow.open_to[it]} & lots
        yield frozenset(group), frozenset(reached)
        waiting, unpaid = [it for it in waiting if it not in group], unpaid - reached
    for lot in sorted(unpaid):
        yield frozenset(), frozenset({lot})


def _binding(kind: Kind, flow: _Flow, group: Group, titles: _Titles) -> Binding:
    sources = tuple(sorted({flow.money[number].source for number in group[0]}))
    lots = tuple(sorted(group[1]))
    money = total(flow.money[number].amount for number in group[0])
    budgets = total(flow.needs[lot] for lot in lots)
    amount = money - budgets if kind == "stranded" else budgets - money
    binding = Binding(kind, sources, lots, money, budgets, amount, "")
    words = _say_stranded if kind == "stranded" else _say_missing
    return replace(binding, message=words(binding, titles))


def _say_stranded(it: Binding, titles: _Titles) -> str:
    whose = f"{it.money} of {listed(titles.sources[source] for source in it.sources)} money"
    if not it.lots:
        return f"{whose} may only be spent on lots that are not in the tender: none of it can be placed."
    where = listed(titles.lots[lot] for lot in it.lots)
    owner = "whose budget is" if len(it.lots) == 1 else "whose budgets come to"
    return f"{whose} may only be spent on {where}, {owner} {it.budgets}: {it.amount} cannot be placed."


def _say_missing(it: Binding, titles: _Titles) -> str:
    verb = "needs" if len(it.lots) == 1 else "need"
    where = f"{listed(titles.lots[lot] for lot in it.lots)} {verb} {it.budgets}"
    if not it.sources:
        return f"{where}, and no money may be spent there: all of it is missing."
    return (
        f"{where}, and only {it.money} may be spent there (from "
        f"{listed(titles.sources[source] for source in it.sources)}): {it.amount} is missing."
    )
