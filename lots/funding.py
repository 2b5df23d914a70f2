"""The money behind the lots: source × lot × year, with ring-fences, ends and certainty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from lots.errors import Finding, ProcurementError
from lots.lot import Lot, Term
from lots.money import ZERO, Money, total

Certainty = Literal["confirmed", "expected", "at_risk"]


@dataclass(frozen=True)
class FundingLine:
    """What a source gives in one contract year (1 = first); ``lot`` is empty where it is tied to none."""

    year: int
    amount: Money
    lot: str = ""


@dataclass(frozen=True)
class FundingSource:
    """One source of money: who pays, for which lots (any, if ``ring_fenced_to`` is empty), how sure.

    ``expires`` is the last day it is promised for; ``condition`` is the funder's own limit in words.
    """

    id: str
    title: str
    funder: str
    lines: tuple[FundingLine, ...]
    ring_fenced_to: tuple[str, ...] = ()
    certainty: Certainty = "confirmed"
    expires: date | None = None
    uplift: bool = False
    condition: str = ""


@dataclass(frozen=True)
class PrintedTotal:
    """A total as a document prints it, with the sources it claims to add up: reconciled to the penny."""

    title: str
    amount: Money
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Funding:
    """The funding stack of a tender."""

    sources: tuple[FundingSource, ...] = ()
    printed_totals: tuple[PrintedTotal, ...] = ()


# --- contract years -----------------------------------------------------------------------------------------


LONGEST_TERM = 50  # years: longer is a slip of the keyboard, not a contract


class TermError(ProcurementError):
    """A contract year that has no dates in the calendar."""


def contract_year(term: Term, year: int) -> tuple[date, date]:
    """Return the first and last day of a contract year (1 = first); TermError beyond the year 9999."""
    return _anniversary(term.start, year - 1), _anniversary(term.start, year) - timedelta(days=1)


def last_day(term: Term) -> date:
    """Return the last day the contract may run to, extensions included."""
    return contract_year(term, term.years)[1]


def budget_in(lot: Lot, year: int) -> Money:
    """Return what a lot needs in a contract year: its annual budget, or nothing once its term is over."""
    return ZERO if lot.term and year > lot.term.years else lot.annual_budget


def _anniversary(start: date, years: int) -> date:
    """Count whole years from a day; a contract that starts on 29 February counts them from 1 March."""
    year = start.year + years
    if not 1 <= year <= 9999:
        raise TermError(f"A contract from {start.isoformat()} cannot be counted over {years} years: check the term")
    try:
        return start.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


# --- money with the lots it may be spent on -----------------------------------------------------------------


@dataclass(frozen=True)
class Parcel:
    """A source's money in one year under one restriction: ``only`` these lots (sorted ids), or any."""

    source: str
    amount: Money
    only: tuple[str, ...] = ()


def parcels(funding: Funding, year: int, without: frozenset[str] = frozenset()) -> tuple[Parcel, ...]:
    """Gather a year's money by source and restriction, leaving out the sources ``without`` and amounts of £0.

    A line tied to a lot may be spent there only; otherwise its source's ring-fence holds.
    """
    amounts: dict[tuple[str, tuple[str, ...]], list[Money]] = {}
    for source in funding.sources:
        for line in source.lines:
            only = (line.lot,) if line.lot else tuple(sorted(set(source.ring_fenced_to)))
            if line.year == year and source.id not in without:
                amounts.setdefault((source.id, only), []).append(line.amount)
    gathered = (Parcel(source, total(parts), only) for (source, only), parts in amounts.items())
    return tuple(parcel for parcel in gathered if parcel.amount)


# --- printed totals -----------------------------------------------------------------------------------------


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def small(amount: Money) -> str:
    """Write an amount the way people say it: ``14p`` below a pound, otherwise ``£1,234.50``."""
    return f"{amount.pence}p" if 0 < amount.pence < 100 else str(amount)


@dataclass(frozen=True)
class Reconciliation:
    """A printed total beside the sum of its sources in one year; the finding is there when they differ."""

    title: str
    year: int
    printed: Money
    computed: Money
    findings: tuple[Finding, ...]

    @property
    def difference(self) -> Money:
        """Subtract what is printed from what the sources add up to."""
        return self.computed - self.printed


def reconcile(funding: Funding, year: int = 1) -> tuple[Reconciliation, ...]:
    """Compare each printed (annual) total with the sum of its sources in ``year``, to the penny."""
    amounts = _by_source(funding, year)
    return tuple(
        _reconciled(printed, amounts, year, f"funding.printed_totals[{number}]")
        for number, printed in enumerate(funding.printed_totals)
    )


def _reconciled(printed: PrintedTotal, amounts: dict[str, Money], year: int, place: str) -> Reconciliation:
    known = [source for source in dict.fromkeys(printed.sources) if source in amounts]
    computed = total(amounts[source] for source in known)
    found = list(_misnamed(printed, amounts, place))
    if computed != printed.amount:
        found.append(_differs(printed, computed, len(known), year, place))
    return Reconciliation(printed.title, year, printed.amount, computed, tuple(found))


def _misnamed(printed: PrintedTotal, amounts: dict[str, Money], place: str) -> Iterator[Finding]:
    for source, times in Counter(printed.sources).items():
        if source not in amounts:
            message = f"“{printed.title}” adds up a source “{source}” that is not in the funding: name one that is."
            yield Finding("printed_total_unknown_source", message, f"{place}.sources")
        elif times > 1:
            message = f"“{printed.title}” names the source “{source}” {times} times: name it once."
            yield Finding("printed_total_source_twice", message, f"{place}.sources")


def _differs(printed: PrintedTotal, computed: Money, lines: int, year: int, place: str) -> Finding:
    difference = computed - printed.amount
    count = _NUMBERS[lines] if lines < len(_NUMBERS) else str(lines)
    message = (
        f"The document prints {printed.amount} for “{printed.title}”; in year {year} its {count} "
        f"{'line adds' if lines == 1 else 'lines add'} up to {computed}: "
        f"{small(abs(difference))} {'more' if difference > ZERO else 'less'}."
    )
    figures = {"printed": printed.amount, "computed": computed, "difference": difference}
    written = tuple((name, amount.plain()) for name, amount in figures.items())
    return Finding("printed_total_differs", message, place, "warning", written)


def _by_source(funding: Funding, year: int) -> dict[str, Money]:
    return {source.id: total(line.amount for line in source.lines if line.year == year) for source in funding.sources}


# --- certainty ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CertaintySummary:
    """A year's income by how sure it is."""

    year: int
    confirmed: Money
    expected: Money
    at_risk: Money

    @property
    def total(self) -> Money:
        """Add up the three."""
        return self.confirmed + self.expected + self.at_risk

    @property
    def confirmed_share(self) -> Fraction | None:
        """Return the confirmed part as an exact share; ``None`` where there is no income."""
        return self.confirmed.share_of(self.total) if self.total else None


def certainty(funding: Funding, year: int = 1) -> CertaintySummary:
    """Add up a year's income by certainty."""

    def sure(how: Certainty) -> Money:
        return total(
            line.amount
            for source in funding.sources
            for line in source.lines
            if line.year == year and source.certainty == how
        )

    return CertaintySummary(year, sure("confirmed"), sure("expected"), sure("at_risk"))
