"""Organisations that take part in more than one bid: where, as what, and how much each would hold. Facts, no verdict.

In a local market overlap is usual. What is worth knowing is seen here: an organisation that leads one bid and supports
a rival of it, or that would have to deliver several lots at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lots.bid import Bid, PartyRole
from lots.money import Money
from lots.namesakes import Groups, plain_name, same_organisations
from lots.organisation import Organisation
from lots.split.flow import flow_of

Tie = Literal["registration", "name", "group"]


@dataclass(frozen=True)
class Appearance:
    """An organisation in a bid: what it does there, and what it would hold over the term (None: prices are shut)."""

    organisation: str
    bid: str
    lot: str
    lead: str
    role: PartyRole
    held: Money | None = None
    share: Fraction | None = None


@dataclass(frozen=True)
class Overlap:
    """One organisation, or several that count as one (``ties`` says why), in more than one bid."""

    organisations: tuple[str, ...]
    name: str
    ties: tuple[Tie, ...]
    appearances: tuple[Appearance, ...]

    @property
    def bids(self) -> tuple[str, ...]:
        """List the bids it takes part in."""
        return tuple(dict.fromkeys(each.bid for each in self.appearances))

    @property
    def lots(self) -> tuple[str, ...]:
        """List the lots it takes part in."""
        return tuple(dict.fromkeys(each.lot for each in self.appearances))

    @property
    def rival_lots(self) -> tuple[str, ...]:
        """List the lots in which it takes part in more than one bid, so that at most one of them can win."""
        return tuple(lot for lot in self.lots if len(self._bids_in(lot)) > 1)

    @property
    def leads(self) -> tuple[str, ...]:
        """List the bids it leads."""
        return tuple(dict.fromkeys(each.bid for each in self.appearances if each.role == "lead"))

    @property
    def most(self) -> Money | None:
        """Add up, over its lots, the most it would hold there, whichever bid wins; None where a price is shut."""
        if any(each.held is None for each in self.appearances):
            return None
        return Money(sum(max(self._held_in(lot, bid) for bid in self._bids_in(lot)) for lot in self.lots))

    def _bids_in(self, lot: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.bid for each in self.appearances if each.lot == lot))

    def _held_in(self, lot: str, bid: str) -> int:
        found = (each for each in self.appearances if (each.lot, each.bid) == (lot, bid))
        return sum(each.held.pence for each in found if each.held)


def overlaps(bids: Sequence[Bid], organisations: Iterable[Organisation]) -> tuple[Overlap, ...]:
    """Find every organisation in more than one bid; whoever is in most bids comes first."""
    known = tuple(organisations)
    together = _together(known)
    gathered: dict[str, list[Appearance]] = {}
    by_id = {each.id: each for each in known}
    for bid in bids:
        for each in appearances(bid, by_id):
            gathered.setdefault(together.get(each.organisation, each.organisation), []).append(each)
    found = (_overlap(each, by_id) for each in gathered.values() if len({it.bid for it in each}) > 1)
    return tuple(sorted(found, key=lambda each: (-len(each.bids), plain_name(each.name))))


def appearances(bid: Bid, organisations: Mapping[str, Organisation]) -> Iterator[Appearance]:
    """Yield everybody in a bid, with what they would hold of its price."""
    held = flow_of(bid, bid.split, organisations).held if bid.split else {}
    price = bid.price.pence
    for party in bid.parties:
        pence = sum(held[party.organisation]) if party.organisation in held else None
        if pence is None and bid.prices:
            pence = price if party.role == "lead" else 0
        share = Fraction(100 * pence, price) if pence is not None and price else None
        money = None if pence is None else Money(pence)
        yield Appearance(party.organisation, bid.id, bid.lot, bid.tenderer, party.role, money, share)


def losers_with_the_winner(
    winner: str, bids: Sequence[Bid], organisations: Iterable[Organisation]
) -> tuple[Appearance, ...]:
    """List who leads a losing bid for the winner's lot and is to work for the winner: known as a red flag (OCDS)."""
    known = tuple(organisations)
    together, by_id = _together(known), {each.id: each for each in known}
    won = next(bid for bid in bids if bid.id == winner)
    losing = {together.get(bid.tenderer, bid.tenderer) for bid in bids if bid.lot == won.lot and bid.id != winner}
    found = (each for each in appearances(won, by_id) if each.role != "lead")
    return tuple(each for each in found if together.get(each.organisation, each.organisation) in losing)


def _together(organisations: Sequence[Organisation]) -> dict[str, str]:
    """Map each organisation's id to the id of the first it counts as one with: the same, or of the same group."""
    groups = Groups([frozenset()] * len(organisations))
    first: dict[str, int] = {}
    for at, (each, place) in enumerate(zip(organisations, same_organisations(organisations), strict=True)):
        groups.join(place, at)
        if group := plain_name(each.group):
            groups.join(first.setdefault(group, at), at)
    return {each.id: organisations[at].id for each, at in zip(organisations, groups.places(), strict=True)}


def _overlap(found: Sequence[Appearance], known: Mapping[str, Organisation]) -> Overlap:
    ids = tuple(dict.fromkeys(each.organisation for each in found))
    names = tuple(dict.fromkeys(known[each].name if each in known else each for each in ids))
    return Overlap(ids, " and ".join(names), _ties([known[each] for each in ids if each in known]), tuple(found))


def _ties(members: Sequence[Organisation]) -> tuple[Tie, ...]:
    """Say why several entries count as one."""
    if len(members) < 2:
        return ()
    ties: list[Tie] = []
    if len(set(same_organisations(members))) < len(members):
        names = {plain_name(each.name) for each in members}
        ties.append("name" if len(names) < len(members) else "registration")
    groups = [plain_name(each.group) for each in members if each.group.strip()]
    return (*ties, "group") if len(groups) > len(set(groups)) else tuple(ties)
