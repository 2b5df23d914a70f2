"""The money graph of a bid: buyer → lead → partners → their own sub-contractors, in whole pence by year.

What an organisation *holds* is what flows in less what flows out, deductions counted where they are kept,
so that chains of any length are exact. The lead holds its delivery, its management fee, what it keeps back
from its partners and whatever flows back to it. When the lead's shares add up to the price, so do the
holdings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lots.bid import Bid, Payment, Split
from lots.errors import Finding, Severity
from lots.money import Money
from lots.organisation import Organisation

Pence = tuple[int, ...]


@dataclass(frozen=True)
class SplitFinding(Finding):
    """A finding about a split: whom it is about, and by how many pounds in each year.

    ``by_year`` is the money over a cap, short of a minimum, kept back or sent back: zero in years that are in
    order, and for ``shares_do_not_add_up`` negative where more is allocated than the price. ``binding_year``
    counts from 1 and is the year with the most of it (the earliest of equals); 0 where no year is meant.
    """

    organisations: tuple[str, ...] = ()
    by_year: tuple[Money, ...] = ()
    binding_year: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """One payment in pence by year: allocated (gross), kept back by the payer, and really paid (net)."""

    payer: str
    payee: str
    gross: Pence
    kept: Pence
    net: Pence


@dataclass(frozen=True, slots=True)
class Flow:
    """A bid's money in pence by year: what each organisation holds, and which are counted ``together``."""

    lead: str
    prices: Pence
    delivery: Pence
    fee: Pence
    legs: tuple[Leg, ...]
    held: Mapping[str, Pence]
    together: Mapping[str, str]

    @property
    def lead_group(self) -> tuple[str, ...]:
        """List the lead and every organisation that is counted together with it."""
        own = self.together.get(self.lead)
        return tuple(name for name, mark in self.together.items() if mark == own)


def flow_of(bid: Bid, split: Split, organisations: Mapping[str, Organisation]) -> Flow:
    """Read a split as a graph of money; missing years count as £0 and surplus years are left out."""
    years, lead = len(bid.prices), bid.tenderer
    delivery, fee = _pence(split.delivery, years), _pence(split.management_fee, years)
    legs = tuple(_leg(payment, years) for payment in split.payments)
    held = _held(lead, _plus(delivery, fee), legs)
    for party in bid.parties:
        held.setdefault(party.organisation, (0,) * years)
    prices = tuple([price.pence for price in bid.prices])
    return Flow(lead, prices, delivery, fee, legs, held, counted_together(held, organisations))


def _pence(amounts: Sequence[Money], years: int) -> Pence:
    """Take the pence out of the amounts, for exactly so many years."""
    pence = [amount.pence for amount in amounts]
    return tuple(pence) if len(pence) == years else tuple((pence + [0] * years)[:years])


def _leg(payment: Payment, years: int) -> Leg:
    gross = _pence(payment.amounts, years)
    if not payment.deductions:
        return Leg(payment.payer, payment.payee, gross, (), gross)
    kept = _pence(payment.deductions, years)
    return Leg(payment.payer, payment.payee, gross, kept, _minus(gross, kept))


def _plus(one: Pence, other: Pence) -> Pence:
    return tuple([a + b for a, b in zip(one, other, strict=True)])


def _minus(one: Pence, other: Pence) -> Pence:
    return tuple([a - b for a, b in zip(one, other, strict=True)])


def _held(lead: str, own: Pence, legs: Iterable[Leg]) -> dict[str, Pence]:
    """Add up what each organisation ends up holding in each year."""
    held, nothing = {lead: own}, (0,) * len(own)
    for leg in legs:
        held[leg.payee] = _plus(held[leg.payee], leg.net) if leg.payee in held else leg.net
        if leg.payer != lead:
            held[leg.payer] = _minus(held.get(leg.payer, nothing), leg.net)
        elif leg.kept:
            held[lead] = _plus(held[lead], leg.kept)
    return held


def counted_together(names: Iterable[str], organisations: Mapping[str, Organisation]) -> dict[str, str]:
    """Map each organisation to the first one it counts as one with: same group or registration number."""
    first: dict[str, str] = {}
    owner: dict[tuple[str, str], str] = {}
    for name in names:
        first[name] = name
        for mark in _marks(organisations.get(name)):
            other = first[owner.setdefault(mark, name)]
            if other != first[name]:
                mine = first[name]
                first.update({member: other for member, old in first.items() if old == mine})
    return first


def _marks(organisation: Organisation | None) -> list[tuple[str, str]]:
    if organisation is None:
        return []
    marks = [each.mark for each in organisation.identifiers]
    group = organisation.group.strip().casefold() if organisation.group else ""
    return [("", group), *marks] if group else marks


def chains_back(flow: Flow) -> list[tuple[str, ...]]:
    """Find money that returns: each chain to the lead (``A → B → A``), and a cycle in each tangle of others.

    A chain counts when each of its payments is made in some year, not necessarily the same one: money
    advanced in one year and returned in the next has come back all the same.
    """
    onward = _onward(flow)
    to_lead = [name for name, payees in onward.items() if flow.lead in payees and name != flow.lead]
    chains = [(*(path_to(onward, flow.lead, name) or (name,)), flow.lead) for name in to_lead]
    return [*chains, *_cycles(_tangled(onward, flow.lead))]


def _onward(flow: Flow) -> dict[str, list[str]]:
    onward: dict[str, list[str]] = {}
    for leg in flow.legs:
        if leg.payer != leg.payee and max(leg.net, default=0) > 0:
            onward.setdefault(leg.payer, []).append(leg.payee)
    return onward


def path_to(onward: Mapping[str, Iterable[str]], start: str, end: str) -> tuple[str, ...] | None:
    """Find the shortest chain of payments from one organisation to another, or from one round to itself."""
    came: dict[str, str] = {}
    queue = deque([start])
    while queue:
        name = queue.popleft()
        for payee in onward.get(name, ()):
            if payee in came:
                continue
            came[payee] = name
            if payee == end:
                return _back_along(came, start, end)
            queue.append(payee)
    return None


def _back_along(came: Mapping[str, str], start: str, end: str) -> tuple[str, ...]:
    path = [end, came[end]]
    while path[-1] != start:
        path.append(came[path[-1]])
    return tuple(reversed(path))


def _tangled(onward: Mapping[str, Iterable[str]], lead: str) -> dict[str, list[str]]:
    """Leave out the lead, then whoever pays nobody, until only payers in circles (and into them) are left."""
    left = {name: [payee for payee in payees if payee != lead] for name, payees in onward.items() if name != lead}
    while True:
        kept = {name: [payee for payee in payees if payee in left] for name, payees in left.items()}
        kept = {name: payees for name, payees in kept.items() if payees}
        if len(kept) == len(left):
            return kept
        left = kept


def _cycles(onward: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    seen: set[str] = set()
    for name in onward:
        cycle = None if name in seen else path_to(onward, name, name)
        if cycle and seen.isdisjoint(cycle):
            seen.update(cycle)
            yield cycle


def structure_findings(
    bid: Bid, split: Split, flow: Flow, organisations: Mapping[str, Organisation], years: int
) -> Iterator[SplitFinding]:
    """Yield what is wrong with the split itself: years, signs, strangers, payers who lack what they pay."""
    place = f"bid {bid.id}"
    yield from _wrong_years(split, place, years)
    yield from _negatives(flow, place)
    yield from _strangers(bid, flow, organisations, place)
    yield from _overspenders(flow, organisations, place)


def name_of(organisation: str, organisations: Mapping[str, Organisation]) -> str:
    """Return an organisation's name, or its id where nobody has named it."""
    known = organisations.get(organisation)
    return known.name if known else organisation


def worst_year(by_year: Sequence[int]) -> int:
    """Return the year (from 1) with the greatest amount, the earliest of equals; 0 when all are in order."""
    most = max((abs(pence) for pence in by_year), default=0)
    return [abs(pence) for pence in by_year].index(most) + 1 if most else 0


def finding(
    code: str,
    message: str,
    place: str,
    by_year: Sequence[int] = (),
    organisations: tuple[str, ...] = (),
    *,
    severity: Severity = "error",
    figures: tuple[tuple[str, str], ...] = (),
) -> SplitFinding:
    """Make a finding about money by year; the year that binds is worked out and joins its place."""
    year = worst_year(by_year)
    where = f"{place}, year {year}" if year else place
    amounts = tuple(Money(pence) for pence in by_year)
    return SplitFinding(code, message, where, severity, figures, organisations, amounts, year)


def _wrong_years(split: Split, place: str, years: int) -> Iterator[SplitFinding]:
    """Compare the number of amounts with the years priced; no deductions at all means none in any year."""
    counts = [("The lead's delivery", len(split.delivery)), ("The management fee", len(split.management_fee))]
    for payment in split.payments:
        if len(payment.amounts) != years or len(payment.deductions) not in (0, years):
            pair = f"{payment.payer} to {payment.payee}"
            counts.append((f"The payment from {pair}", len(payment.amounts)))
            counts.append((f"The deduction from the payment from {pair}", len(payment.deductions) or years))
    for what, count in counts:
        if count != years:
            text = f"{what} gives amounts for {count} years, the price for {years}: give one for each year."
            yield SplitFinding("wrong_number_of_years", text, place)


def _negatives(flow: Flow, place: str) -> Iterator[SplitFinding]:
    lines = [("The price", flow.prices), ("The lead's delivery", flow.delivery), ("The management fee", flow.fee)]
    for leg in flow.legs:
        if any(min(row) < 0 for row in (leg.net, leg.gross, leg.kept) if row):
            pair = f"{leg.payer} to {leg.payee}"
            lines.append((f"The payment from {pair}", leg.gross))
            lines.append((f"The deduction from the payment from {pair}", leg.kept))
            yield from _deduction_too_large(leg, pair, place)
    for what, pence in lines:
        if min(pence, default=0) < 0:
            year = pence.index(min(pence)) + 1
            text = f"{what} is {Money(min(pence))} in year {year}: an amount must be zero or more."
            yield SplitFinding("negative_amount", text, f"{place}, year {year}")


def _deduction_too_large(leg: Leg, pair: str, place: str) -> Iterator[SplitFinding]:
    over = [max(0, -pence) for pence in leg.net]
    year = worst_year(over)
    if year and min(leg.gross) >= 0:
        text = (
            f"The deduction from the payment from {pair} is {Money(leg.kept[year - 1])} in year {year}, "
            f"more than the {Money(leg.gross[year - 1])} allocated."
        )
        yield finding("deduction_too_large", text, place, over, (leg.payer, leg.payee))


def _strangers(bid: Bid, flow: Flow, organisations: Mapping[str, Organisation], place: str) -> Iterator[SplitFinding]:
    parties = {party.organisation for party in bid.parties}
    paid: set[str] = set()
    for leg in flow.legs:
        if leg.payer == leg.payee:
            text = f"{name_of(leg.payer, organisations)} is said to pay itself: leave that payment out."
            yield SplitFinding("pays_itself", text, place, organisations=(leg.payer,))
        elif any(leg.net):
            paid.add(leg.payee)
    for name in flow.held:
        if name and name not in parties:
            text = f"{name_of(name, organisations)} pays or is paid but is not a party to this bid."
            yield SplitFinding("unknown_party", text, place, organisations=(name,))
        if name and name not in organisations:
            text = f"No organisation is known by the id “{name}”: add it, or correct the id."
            yield SplitFinding("unknown_organisation", text, place, organisations=(name,))
    for party in bid.parties:
        if party.role == "partner" and party.organisation not in paid:
            text = f"{name_of(party.organisation, organisations)} is named as a partner but is paid nothing."
            yield SplitFinding("partner_without_money", text, place, "warning", organisations=(party.organisation,))


def _overspenders(flow: Flow, organisations: Mapping[str, Organisation], place: str) -> Iterator[SplitFinding]:
    for name, pence in flow.held.items():
        if name != flow.lead and min(pence, default=0) < 0:
            over = [max(0, -amount) for amount in pence]
            year = worst_year(over)
            text = (
                f"{name_of(name, organisations)} pays on {Money(over[year - 1])} more than it receives in year {year}."
            )
            yield finding("payer_overspends", text, place, over, (name,))


def added(rows: Sequence[Pence], years: int) -> Pence:
    """Add up rows of pence year by year."""
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * years
