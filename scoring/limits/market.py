"""What the search for the best allocation works on: numbered lots and bids, the room under each limit, the proof.

Lots, tenderers and organisations are numbered from 0; lots in the published order. Totals stay fractions
here; the searches work on the whole numbers that ``weigh`` makes of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Method = Literal["assignment", "enumeration", "milp"]
Choice = tuple[int | None, ...]
"""For each lot the index of its bid in ``Market.bids``, or None."""

EXACT_FLOAT = 2**53


@dataclass(frozen=True)
class Bid:
    """One bid as the search sees it: ``place`` is its rank in the lot, ``pence`` its price.

    ``owners`` are the organisations whose limits it counts for, the tenderer's own first.
    """

    lot: int
    tenderer: int
    owners: tuple[int, ...]
    total: Fraction
    place: int
    pence: int


@dataclass(frozen=True)
class Barrier:
    """The limit that stops a bid: which kind, and whose."""

    kind: Literal["lots", "capacity", "spend"]
    owner: int


Held = list[list[Bid]]
"""For each organisation the awarded bids that count for it."""


@dataclass(frozen=True)
class Market:
    """All bids (by lot, then place), the most lots of each organisation and tenderer, and the most pence of each."""

    lots: int
    bids: tuple[Bid, ...]
    organisation_lots: tuple[int, ...]
    tenderer_lots: tuple[int, ...]
    pence: int | None = None

    def barrier(self, bid: Bid, held: Held) -> Barrier | None:
        """Name the limit that stops ``bid`` being awarded beside what is held, or None."""
        own = held[bid.owners[0]]
        if sum(other.tenderer == bid.tenderer for other in own) >= self.tenderer_lots[bid.tenderer]:
            return Barrier("capacity", bid.owners[0])
        for owner in bid.owners:
            if len(held[owner]) >= self.organisation_lots[owner]:
                return Barrier("lots", owner)
            if self.pence is not None and sum(other.pence for other in held[owner]) + bid.pence > self.pence:
                return Barrier("spend", owner)
        return None

    def held(self, choice: Iterable[int | None] = ()) -> Held:
        """Return what each organisation holds under a choice."""
        held: Held = [[] for _ in self.organisation_lots]
        for i in choice:
            if i is not None:
                for owner in self.bids[i].owners:
                    held[owner].append(self.bids[i])
        return held

    def worth(self, choice: Choice) -> tuple[int, Fraction]:
        """Return how many lots a choice awards, and the sum of their totals."""
        totals = [self.bids[i].total for i in choice if i is not None]
        return len(totals), sum(totals, Fraction(0))

    def of_lot(self) -> list[list[int]]:
        """Return the indexes of each lot's bids, best place first."""
        rows: list[list[int]] = [[] for _ in range(self.lots)]
        for i, bid in enumerate(self.bids):
            rows[bid.lot].append(i)
        return rows


@dataclass(frozen=True)
class Proof:
    """Why no allocation is better: ``bound`` is the most any allocation of as many lots can total.

    ``proved`` means bound and objective meet exactly; ``unique`` is None where that was not decided; a choice
    that is not unique was made by lot order. ``second_best`` is (lots, total) of the next allocation, where
    it was computed.
    """

    method: Method
    lots: int
    objective: Fraction
    bound: Fraction
    proved: bool
    unique: bool | None
    second_best: tuple[int, Fraction] | None
    words: str


def in_turn(market: Market, order: Iterable[int]) -> Choice:
    """Give each lot, in ``order``, to its best-placed bid whose organisation still has room."""
    held = market.held()
    choice: list[int | None] = [None] * market.lots
    rows = market.of_lot()
    for lot in order:
        for i in rows[lot]:
            if market.barrier(market.bids[i], held) is None:
                choice[lot] = i
                for owner in market.bids[i].owners:
                    held[owner].append(market.bids[i])
                break
    return tuple(choice)


@dataclass(frozen=True)
class Weights:
    """Totals above ``base`` times ``scale``, rounded down to whole unless ``exact``; ``bonus`` outweighs any sum."""

    values: tuple[int, ...]
    base: Fraction
    scale: Fraction
    bonus: int
    exact: bool

    def decode(self, objective: int) -> tuple[int, Fraction]:
        """Return (lots, sum of totals) of an exact objective that counts ``bonus`` a lot."""
        lots, value = divmod(objective, self.bonus)
        return lots, value / self.scale + lots * self.base


def weigh(market: Market, most: int | None) -> Weights:
    """Scale totals to whole numbers up to ``most``: exactly if the common denominator allows, else rounded down."""
    base = min((bid.total for bid in market.bids), default=Fraction(0))
    above = [bid.total - base for bid in market.bids]
    widest = max(above, default=Fraction(0))
    scale, share, exact = 1, Fraction(1), True
    for value in above:
        scale = math.lcm(scale, value.denominator)
        if most is not None and widest * scale > most:
            share, exact = Fraction(most) / widest, False
            break
        share = Fraction(scale)
    top, bottom = share.numerator, share.denominator
    whole = tuple(value.numerator * top // (value.denominator * bottom) for value in above)
    tops = [0] * market.lots
    for bid, number in zip(market.bids, whole, strict=True):
        tops[bid.lot] = max(tops[bid.lot], number + 1)
    return Weights(whole, base, share, 1 + sum(tops), exact)
