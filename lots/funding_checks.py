"""A funding stack over the lots: what each still needs, what falls away when, what was put down wrong.

Figures are of one contract year (1 = first) unless they say otherwise; differences are exact to the penny.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lots.errors import Finding, ProcurementError, Severity
from lots.funding import (
    LONGEST_TERM,
    Certainty,
    Funding,
    FundingLine,
    FundingSource,
    Parcel,
    budget_in,
    contract_year,
    last_day,
    parcels,
    reconcile,
    small,
)
from lots.lot import Lot, Term
from lots.money import ZERO, Money, total
from lots.words import listed


class UnknownSourceError(ProcurementError):
    """A source of money that the funding does not have."""


# --- lots against income ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LotStack:
    """One lot: its budget, the money that may be spent on it alone, and what it needs beyond that."""

    lot: str
    title: str
    budget: Money
    tied: Money

    @property
    def needed(self) -> Money:
        """Say how much of the budget must come from money that is not tied to this lot alone."""
        return max(self.budget - self.tied, ZERO)

    @property
    def over(self) -> Money:
        """Say how much of the tied money is more than the budget can take."""
        return max(self.tied - self.budget, ZERO)


@dataclass(frozen=True)
class Stack:
    """One year of income over the lots.

    ``free`` is the money that several lots, or all, may draw on; ``stranded`` is tied to lots the tender does
    not have.
    """

    year: int
    rows: tuple[LotStack, ...]
    income: Money
    free: Money
    stranded: Money
    findings: tuple[Finding, ...]

    @property
    def tied(self) -> Money:
        """Add up the money that one lot alone may use."""
        return total(row.tied for row in self.rows)

    @property
    def budgets(self) -> Money:
        """Add up what the lots need."""
        return total(row.budget for row in self.rows)

    @property
    def difference(self) -> Money:
        """Subtract what the lots need from the income (negative when the lots exceed it)."""
        return self.income - self.budgets

    def share_needed(self, row: LotStack) -> Fraction | None:
        """Return what a lot needs as a share of the free money; ``None`` where there is none to share."""
        return row.needed.share_of(self.free) if self.free else None


def stack(funding: Funding, lots: Sequence[Lot], year: int = 1) -> Stack:
    """Set a year's income over the lots: what is tied to each, what each still needs, what is over or short.

    Whether money ring-fenced to several lots can be placed is not a sum: see :func:`lots.placement.place`.
    """
    money = parcels(funding, year)
    known = {lot.id for lot in lots}
    rows = tuple(LotStack(lot.id, lot.title, budget_in(lot, year), _tied(money, lot.id)) for lot in lots)
    stranded = total(parcel.amount for parcel in money if parcel.only and not known & set(parcel.only))
    income = total(parcel.amount for parcel in money)
    free = income - stranded - total(row.tied for row in rows)
    found = tuple(_balance(income - total(row.budget for row in rows), year))
    return Stack(year, rows, income, free, stranded, found)


def _tied(money: Sequence[Parcel], lot: str) -> Money:
    return total(parcel.amount for parcel in money if parcel.only == (lot,))


def _balance(difference: Money, year: int) -> Iterator[Finding]:
    figures = _figures(difference=difference)
    if difference < ZERO:
        message = f"In year {year} the lots’ budgets exceed the income by {small(-difference)}."
        yield Finding("lots_over_income", message, "funding", "warning", figures)
    elif difference:
        message = f"In year {year} {small(difference)} of the income is not given to any lot."
        yield Finding("income_unallocated", message, "funding", "note", figures)


# --- when a source ends -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LotCliff:
    """One lot before and after: its budget, and the money that was its alone and ends."""

    lot: str
    title: str
    before: Money
    tied_lost: Money

    @property
    def after(self) -> Money:
        """Take the lost money out of the budget, which does not fall below £0."""
        return max(self.before - self.tied_lost, ZERO)


@dataclass(frozen=True)
class Cliff:
    """What goes when sources end, in one year; ``gap`` is what the lots then need beyond the income left."""

    year: int
    ended: tuple[str, ...]
    lost: Money
    free_lost: Money
    income_left: Money
    lots: tuple[LotCliff, ...]
    sentences: tuple[str, ...]

    @property
    def gap(self) -> Money:
        """Subtract the income left from the budgets left (negative when there is money to spare)."""
        return total(row.after for row in self.lots) - self.income_left


def fall_away(funding: Funding, lots: Sequence[Lot], ended: frozenset[str], year: int = 1) -> Cliff:
    """Say what goes when the sources ``ended`` stop; UnknownSourceError where one is not in the funding.

    The rule: money that one lot alone may use leaves that lot, whose budget falls by as much (not below £0).
    Any other money (open to all lots, or ring-fenced to several) leaves the income only: the lots keep their
    budgets, and what they then need beyond the income left is the gap. Money for a lot outside the tender
    counts as income lost and changes no lot.
    """
    titles = {source.id: source.title for source in funding.sources}
    if unknown := sorted(ended - set(titles)):
        raise UnknownSourceError(
            f"The funding has no source “{unknown[0]}”: choose among {', '.join(titles) or 'none'}"
        )
    going = tuple(parcel for parcel in parcels(funding, year) if parcel.source in ended)
    rows = tuple(LotCliff(lot.id, lot.title, budget_in(lot, year), _tied(going, lot.id)) for lot in lots)
    lost = total(parcel.amount for parcel in going)
    free_lost = lost - total(row.tied_lost for row in rows)
    left = total(parcel.amount for parcel in parcels(funding, year, ended))
    names = tuple(source.id for source in funding.sources if source.id in ended)
    cliff = Cliff(year, names, lost, free_lost, left, rows, ())
    return Cliff(year, names, lost, free_lost, left, rows, tuple(_told(cliff, titles)))


def _told(cliff: Cliff, titles: dict[str, str]) -> Iterator[str]:
    ended = listed(titles[source] for source in cliff.ended)
    yield f"Without {ended}, {small(cliff.lost)} goes in year {cliff.year}." if ended else "No source ends."
    for row in cliff.lots:
        if row.tied_lost:
            yield f"{row.title} falls from {row.before} to {row.after} unless it is funded anew."
    if cliff.gap > ZERO:
        yield f"The lots then exceed the income by {small(cliff.gap)} a year."
    elif cliff.gap:
        yield f"{small(-cliff.gap)} of the income is then not given to any lot."


# --- sources that end too early -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Expiry:
    """A source that ends before the contracts it pays for: what it gave a year, and the years without."""

    source: str
    title: str
    certainty: Certainty
    expires: date
    contract_end: date
    a_year: Money
    years_without: tuple[int, ...]


def expiries(funding: Funding, lots: Sequence[Lot]) -> tuple[Expiry, ...]:
    """List the sources that expire before the last contract they may pay for ends, in the order given."""
    found = (_expiry(source, _terms(source, lots)) for source in funding.sources)
    return tuple(expiry for expiry in found if expiry)


def _terms(source: FundingSource, lots: Sequence[Lot]) -> list[Term]:
    """Return the terms of the lots a source may pay for; a term that is itself wrong is told by its lot."""
    fence = {*source.ring_fenced_to, *(line.lot for line in source.lines if line.lot)}
    open_to_all = not source.ring_fenced_to and any(not line.lot for line in source.lines)
    terms = [lot.term for lot in lots if lot.term and (open_to_all or lot.id in fence)]
    return [term for term in terms if 1 <= term.years <= LONGEST_TERM]


def _expiry(source: FundingSource, terms: Sequence[Term]) -> Expiry | None:
    longest = max(terms, key=last_day, default=None)
    if source.expires is None or longest is None or source.expires >= last_day(longest):
        return None
    ends = [contract_year(longest, year)[1] for year in range(1, longest.years + 1)]
    without = tuple(year for year, end in enumerate(ends, start=1) if end > source.expires)
    paid = [year for year in {line.year for line in source.lines} if year not in without]
    last = max(paid or [line.year for line in source.lines], default=0)
    a_year = total(line.amount for line in source.lines if line.year == last)
    return Expiry(source.id, source.title, source.certainty, source.expires, last_day(longest), a_year, without)


# --- everything a funding stack can have wrong --------------------------------------------------------------


def funding_findings(funding: Funding, lots: Sequence[Lot]) -> tuple[Finding, ...]:
    """Check the sources, their ring-fences, lines and ends against the lots, then the printed totals."""
    found = list(_twice(funding))
    for number, source in enumerate(funding.sources):
        place = f"funding.sources[{number}]"
        found += [*_fences(source, lots, place), *_lines(source, lots, place), *_doubt(source, place)]
    found += [_expires_early(funding, expiry) for expiry in expiries(funding, lots)]
    return (*found, *(finding for row in reconcile(funding) for finding in row.findings))


def _twice(funding: Funding) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, source in enumerate(funding.sources):
        if source.id in seen:
            message = f"Two sources have the id “{source.id}”: give each its own."
            yield Finding("funding_source_twice", message, f"funding.sources[{number}].id")
        seen.add(source.id)


def _fences(source: FundingSource, lots: Sequence[Lot], place: str) -> Iterator[Finding]:
    budgets = {lot.id: lot.annual_budget for lot in lots}
    fences = [(fence, f"{place}.ring_fenced_to") for fence in source.ring_fenced_to]
    fences += [(line.lot, f"{place}.lines[{i}].lot") for i, line in enumerate(source.lines) if line.lot]
    for fence, at in fences:
        if fence not in budgets:
            message = f"{source.title} is tied to a lot “{fence}” that is not in the tender: name one that is."
            yield Finding("ring_fence_unknown_lot", message, at)
    known = [fence for fence in source.ring_fenced_to if fence in budgets]
    if known and all(budgets[fence] <= ZERO for fence in known):
        message = f"{source.title} may only be spent on {listed(known)}, without a budget: it has nowhere to go."
        yield Finding("ring_fence_nowhere", message, f"{place}.ring_fenced_to")


def _lines(source: FundingSource, lots: Sequence[Lot], place: str) -> Iterator[Finding]:
    for number, line in enumerate(source.lines):
        at = f"{place}.lines[{number}]"
        if not 1 <= line.year <= LONGEST_TERM:
            message = f"{source.title} has money in year {line.year}: write a contract year, 1 to {LONGEST_TERM}."
            yield Finding("line_year", message, f"{at}.year")
        if line.amount < ZERO:
            message = f"{source.title} gives {line.amount} in year {line.year}: write £0 or more."
            yield Finding("line_amount", message, f"{at}.amount")
        if line.lot and source.ring_fenced_to and line.lot not in source.ring_fenced_to:
            fence = listed(source.ring_fenced_to)
            message = f"{source.title} is ring-fenced to {fence}, yet gives to {line.lot}: mend one."
            yield Finding("line_outside_ring_fence", message, f"{at}.lot")
    yield from _ends(source, lots, place)


def _ends(source: FundingSource, lots: Sequence[Lot], place: str) -> Iterator[Finding]:
    """Money put down for years that begin, or end, after its source does; of several years too late, one finding."""
    if source.expires is None:
        return
    until = f"{source.title} is promised until {_day(source.expires)}"
    late: list[tuple[int, FundingLine, date]] = []
    for number, line in enumerate(source.lines):
        first, end = _span(source, line, lots)
        if first and first > source.expires:
            late.append((number, line, first))
        elif end and end > source.expires:
            message = f"{until}, and year {line.year} ends on {_day(end)}: check that {line.amount} covers it."
            figures = _late_figures(source, line.year, line.amount)
            yield Finding("line_partly_after_expiry", message, f"{place}.lines[{number}]", "warning", figures)
    if late:
        yield _too_late(source, late, until, place)


def _span(source: FundingSource, line: FundingLine, lots: Sequence[Lot]) -> tuple[date, date] | tuple[None, None]:
    """Return the first and last day of a line's year in the lot that comes to it last; nothing for no money."""
    if not 1 <= line.year <= LONGEST_TERM or line.amount <= ZERO:
        return None, None
    starts = [contract_year(term, line.year) for term in _terms(source, lots)]
    return max(starts) if starts else (None, None)


def _too_late(source: FundingSource, late: Sequence[tuple[int, FundingLine, date]], until: str, place: str) -> Finding:
    number, line, first = min(late, key=lambda each: each[2])
    money = total(each.amount for _, each, _ in late)
    years = sorted({each.year for _, each, _ in late})
    message = f"{until}, yet gives {money} in year {line.year}, which begins on {_day(first)}."
    if len(years) > 1:
        message = (
            f"{until}, yet gives {money} in years {listed(map(str, years))}, which begin on {_day(first)} or later."
        )
    severity: Severity = "warning" if source.certainty == "at_risk" else "error"
    figures = _late_figures(source, line.year, money)
    return Finding("line_after_expiry", message, f"{place}.lines[{number}]", severity, figures)


def _late_figures(source: FundingSource, year: int, amount: Money) -> tuple[tuple[str, str], ...]:
    ends = source.expires.isoformat() if source.expires else ""
    return ("year", str(year)), ("amount", amount.plain()), ("expires", ends)


def _doubt(source: FundingSource, place: str) -> Iterator[Finding]:
    promised = total(line.amount for line in source.lines)
    if source.certainty == "at_risk" and promised:
        message = f"{source.title} is at risk: {promised} over the years put down may not come."
        yield Finding("source_at_risk", message, place, "warning", _figures(amount=promised))


def _expires_early(funding: Funding, expiry: Expiry) -> Finding:
    number = [source.id for source in funding.sources].index(expiry.source)
    years, plural = (
        listed(str(year) for year in expiry.years_without),
        "s" * (len(expiry.years_without) > 1),
    )
    message = (
        f"{expiry.title} ends on {_day(expiry.expires)}, and the contract may run to "
        f"{_day(expiry.contract_end)}: find {expiry.a_year} a year elsewhere for year{plural} {years}."
    )
    return Finding(
        "source_expires_early",
        message,
        f"funding.sources[{number}].expires",
        "warning",
        _figures(a_year=expiry.a_year),
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _figures(**amounts: Money) -> tuple[tuple[str, str], ...]:
    return tuple((name, amount.plain()) for name, amount in amounts.items())
