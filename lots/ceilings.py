"""The three numbers of a lot and what they forbid: annual budget ≤ base value ≤ maximum potential spend.

The annual budget is indicative; the base value is every year of the term, extensions included (PCR 2015
reg 6(1), PA 2023 Sch 3); the maximum potential spend is the ceiling for uplifts and no promise of money.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lots.bid import Bid
from lots.errors import Finding, Severity
from lots.funding import LONGEST_TERM
from lots.lot import Break, Lot, Term
from lots.money import ZERO, Money, total
from lots.thresholds import SmallLotRelief, VatBasis, small_lot_findings
from lots.words import counted

# --- a lot's own numbers ------------------------------------------------------------------------------------


def lot_findings(lot: Lot, place: str) -> tuple[Finding, ...]:
    """Check a lot's three numbers and its term; ``place`` is the lot's path in the tender (``lots[1]``)."""
    found = list(_budget(lot, place))
    if not lot.is_contract:
        return (*found, *_not_a_contract(lot, place))
    found += [*_missing(lot, place), *_ladder(lot, place)]
    if lot.term:
        found += [*_term(lot.term, f"{place}.term"), *_breaks(lot.term, f"{place}.term")]
    return tuple(found)


def _budget(lot: Lot, place: str) -> Iterator[Finding]:
    for name, amount in (
        ("annual_budget", lot.annual_budget),
        ("base_value", lot.base_value),
        ("maximum_potential_spend", lot.maximum_potential_spend),
    ):
        if amount is not None and amount <= ZERO:
            yield _finding(
                f"{name}_not_positive",
                f"The {_words(name)} of {lot.title} is {amount}: write an amount above £0.",
                f"{place}.{name}",
                amount=amount,
            )


def _not_a_contract(lot: Lot, place: str) -> Iterator[Finding]:
    for name in ("base_value", "maximum_potential_spend", "term"):
        if getattr(lot, name) is not None:
            yield _finding(
                f"{name}_without_contract",
                f"{lot.title} has a {_words(name)}, but its route is “{_words(lot.route)}”: take that out, "
                "or make the route “contract”.",
                f"{place}.{name}",
                "warning",
            )


def _missing(lot: Lot, place: str) -> Iterator[Finding]:
    meanings = {
        "base_value": "the whole term’s value, extensions included",
        "maximum_potential_spend": "the ceiling for uplifts; the base value again if there are to be none",
        "term": "its start, its initial years and the years it may be extended by",
    }
    for name, meaning in meanings.items():
        if getattr(lot, name) is None:
            message = f"{lot.title} is tendered for as a contract and has no {_words(name)}: add it ({meaning})."
            yield _finding(f"{name}_missing", message, f"{place}.{name}")


def _ladder(lot: Lot, place: str) -> Iterator[Finding]:
    """Each number is at least the one before it; the base value should be the budget times the years."""
    annual, base, most = lot.annual_budget, lot.base_value, lot.maximum_potential_spend
    if base is not None and annual > base:
        yield _above("annual_over_base", lot, "annual budget", annual, "base value", base, f"{place}.base_value")
    elif most is not None and annual > most:
        at = f"{place}.maximum_potential_spend"
        yield _above("annual_over_maximum", lot, "annual budget", annual, "maximum potential spend", most, at)
    if base is not None and most is not None:
        at = f"{place}.maximum_potential_spend"
        if base > most:
            yield _above("base_over_maximum", lot, "base value", base, "maximum potential spend", most, at)
        elif base == most:
            yield _finding(
                "no_headroom",
                f"The maximum potential spend of {lot.title} is its base value, {base}: no uplift fits.",
                at,
                "note",
                base_value=base,
            )
    if base is not None and lot.term:
        yield from _base_by_years(lot, base, place)


def _base_by_years(lot: Lot, base: Money, place: str) -> Iterator[Finding]:
    expected = lot.annual_budget * lot.years
    if base != expected:
        yield _finding(
            "base_value_differs",
            f"The base value of {lot.title} is {base}, but {in_years(lot.years)} at {lot.annual_budget} "
            f"come to {expected}, {abs(expected - base)} {'more' if expected > base else 'less'}. "
            "Check whether the extensions are in.",
            f"{place}.base_value",
            "warning",
            base_value=base,
            years_times_budget=expected,
            difference=base - expected,
        )


def _term(term: Term, place: str) -> Iterator[Finding]:
    if term.initial_years < 1:
        message = f"The contract runs for {in_years(term.initial_years)} at first: write at least 1."
        yield _finding("initial_years", message, f"{place}.initial_years", years=term.initial_years)
    if term.extension_years < 0:
        message = f"The contract may be extended by {in_years(term.extension_years)}: write 0 or more."
        yield _finding("extension_years", message, f"{place}.extension_years", years=term.extension_years)
    if term.years > LONGEST_TERM:
        message = f"The contract may run for {in_years(term.years)}: write {LONGEST_TERM} or fewer in all."
        yield _finding("term_too_long", message, place, years=term.years)


def _breaks(term: Term, place: str) -> Iterator[Finding]:
    before = 0
    for number, point in enumerate(term.breaks):
        at, year = f"{place}.breaks[{number}]", point.after_year
        if not 1 <= year < term.years:
            message = f"A break after year {year} lies outside a contract of {in_years(term.years)}: "
            mend = f"put it after year 1 to {term.years - 1}." if term.years > 1 else "take it out."
            yield _finding("break_outside_term", message + mend, at, after_year=year, years=term.years)
        if number and year <= before:
            message = f"The break after year {year} follows one after year {before}: list them in order, once each."
            yield _finding("breaks_out_of_order", message, at, after_year=year)
        yield from _notice(point, at)
        before = year


def _notice(point: Break, place: str) -> Iterator[Finding]:
    """Nobody can give notice before the contract begins."""
    most = 12 * max(point.after_year, 0)
    if not 0 <= point.notice_months <= most:
        message = f"A break after year {point.after_year} cannot have {point.notice_months} months’ notice: "
        yield _finding("break_notice", f"{message}write 0 to {most}.", place, notice_months=point.notice_months)


# --- a bid's price against them -----------------------------------------------------------------------------


@dataclass(frozen=True)
class PricedYear:
    """One row: what a bid asks for a contract year, and what the lot has for it."""

    year: int
    price: Money
    budget: Money

    @property
    def left(self) -> Money:
        """Subtract the price from the budget (negative when over it)."""
        return self.budget - self.price


@dataclass(frozen=True)
class PriceAgainstCeilings:
    """A bid's price beside the numbers of its lot, for documents; ``None`` for a ceiling the lot lacks."""

    years: tuple[PricedYear, ...]
    total: Money
    base_value: Money | None
    maximum_potential_spend: Money | None

    @property
    def base_left(self) -> Money | None:
        """Say how far the total stays below the base value (negative when over it)."""
        return None if self.base_value is None else self.base_value - self.total

    @property
    def maximum_left(self) -> Money | None:
        """Say how far the total stays below the maximum potential spend (negative when over it)."""
        return None if self.maximum_potential_spend is None else self.maximum_potential_spend - self.total


def price_against_ceilings(bid: Bid, lot: Lot) -> PriceAgainstCeilings:
    """Set every year of a bid's price beside the lot's annual budget, and the total beside its ceilings."""
    years = tuple(PricedYear(year, price, lot.annual_budget) for year, price in enumerate(bid.prices, start=1))
    return PriceAgainstCeilings(years, total(bid.prices), lot.base_value, lot.maximum_potential_spend)


def price_findings(bid: Bid, lot: Lot, place: str) -> tuple[Finding, ...]:
    """Check a bid's prices against the lot's term and ceilings; the tender says what a breach leads to."""
    table = price_against_ceilings(bid, lot)
    return (
        *_years_priced(bid, lot, place),
        *(finding for row in table.years for finding in _priced_year(row, lot, place)),
        *_priced_total(table, lot, place),
    )


def _years_priced(bid: Bid, lot: Lot, place: str) -> Iterator[Finding]:
    if not lot.is_contract:
        yield _finding("lot_not_tendered", f"{lot.title} is not tendered for as a contract: no bid can be made.", place)
    elif len(bid.prices) != lot.years:
        yield _finding(
            "price_years",
            f"Prices are given for {in_years(len(bid.prices))} and the term is "
            f"{in_years(lot.years)}, extensions included: give one price for each year.",
            f"{place}.prices",
            priced=len(bid.prices),
            years=lot.years,
        )


def _priced_year(row: PricedYear, lot: Lot, place: str) -> Iterator[Finding]:
    at = f"{place}.prices[{row.year - 1}]"
    if row.price < ZERO:
        yield _finding(
            "price_negative",
            f"Year {row.year} is priced at {row.price}: write £0 or more.",
            at,
            price=row.price,
        )
    elif not row.price:
        message = f"Year {row.year} is priced at £0: ask whether the tenderer means to deliver it for nothing."
        yield _finding("price_zero", message, at, "warning", price=row.price)
    elif row.left < ZERO:
        yield _finding(
            "year_over_budget",
            f"Year {row.year} is priced at {row.price}: {-row.left} over the annual budget of {lot.title}, "
            f"{row.budget}.",
            at,
            price=row.price,
            budget=row.budget,
            over=-row.left,
        )


def _priced_total(table: PriceAgainstCeilings, lot: Lot, place: str) -> Iterator[Finding]:
    for code, name, left in (
        ("price_over_base_value", "base_value", table.base_left),
        ("price_over_maximum", "maximum_potential_spend", table.maximum_left),
    ):
        if left is not None and left < ZERO:
            yield _finding(
                code,
                f"The years together are priced at {table.total}: {-left} over the {_words(name)} of "
                f"{lot.title}, {table.total + left}.",
                f"{place}.prices",
                price=table.total,
                ceiling=table.total + left,
                over=-left,
            )


# --- what the whole tender is worth -------------------------------------------------------------------------


@dataclass(frozen=True)
class LotValue:
    """What a lot is worth: a year, its initial years, every year, and the estimate that the regime is judged by."""

    lot: str
    title: str
    annual: Money
    initial: Money
    full: Money
    estimate: Money


@dataclass(frozen=True)
class TenderValue:
    """The lots' values and the threshold they are held against; ``vat`` is the basis of all of them."""

    rows: tuple[LotValue, ...]
    threshold: Money
    vat: VatBasis

    @property
    def annual(self) -> Money:
        """Add up a year of every lot."""
        return total(row.annual for row in self.rows)

    @property
    def initial(self) -> Money:
        """Add up the initial years of every lot."""
        return total(row.initial for row in self.rows)

    @property
    def full(self) -> Money:
        """Add up every year of every lot, extensions included."""
        return total(row.full for row in self.rows)

    @property
    def estimate(self) -> Money:
        """Add up the estimates: with several lots their sum decides for each (PCR 2015 reg 6(11) and (13))."""
        return total(row.estimate for row in self.rows)

    @property
    def over_threshold(self) -> tuple[str, ...]:
        """List the lots that reach the threshold each on its own."""
        return tuple(row.lot for row in self.rows if row.estimate >= self.threshold)

    @property
    def sentence(self) -> str:
        """Say whether the rules apply, with both figures and their VAT basis."""
        reaches = "which reaches" if self.estimate >= self.threshold else "which is below"
        alone = len(self.over_threshold)
        return (
            f"All lots together are estimated at {self.estimate}, {reaches} the threshold of {self.threshold} (both "
            f"{self.vat.words}); {alone} of {len(self.rows)} {'reaches' if alone == 1 else 'reach'} it alone."
        )

    def relief_findings(self, lots: Sequence[str], relief: SmallLotRelief) -> tuple[Finding, ...]:
        """Say why ``lots`` (ids) may not be awarded outside the rules as small lots; nothing when all may."""
        asked = [(row.title, row.estimate) for row in self.rows if row.lot in lots]
        return small_lot_findings(asked, self.estimate, relief)


def tender_value(lots: Sequence[Lot], threshold: Money, vat: VatBasis) -> TenderValue:
    """Work out what the tender is worth; ``threshold`` must be on the VAT basis of the lots' figures, ``vat``.

    The estimate of a lot is the most that could be paid: the largest of its maximum potential spend, its base value
    and its budget over every year (PCR 2015 reg 6(1), options and renewals included; PA 2023 Sch 3). A lot without a
    term is counted over the longest term among the others, so that nothing is left out by not saying.
    """
    terms = [lot.term for lot in lots if lot.term]
    initial = max((term.initial_years for term in terms), default=1)
    full = max((term.years for term in terms), default=1)
    return TenderValue(tuple(_lot_value(lot, initial, full) for lot in lots), threshold, vat)


def _lot_value(lot: Lot, initial_years: int, years: int) -> LotValue:
    if lot.term:
        initial_years, years = lot.term.initial_years, lot.term.years
    full = lot.annual_budget * years
    estimate = max(full, lot.base_value or ZERO, lot.maximum_potential_spend or ZERO)
    return LotValue(lot.id, lot.title, lot.annual_budget, lot.annual_budget * initial_years, full, estimate)


# --- words --------------------------------------------------------------------------------------------------


def _words(name: str) -> str:
    return name.replace("_", " ")


def in_years(count: int) -> str:
    """Write ``1 year``, ``3 years``."""
    return counted(count, "year")


def _above(code: str, lot: Lot, low: str, less: Money, high: str, more: Money, place: str) -> Finding:
    message = (
        f"The {low} of {lot.title}, {less}, is {less - more} more than its {high}, {more}: "
        f"lower the {low} or raise the {high}."
    )
    return _finding(code, message, place, lower=less, upper=more, over=less - more)


def _finding(code: str, message: str, place: str, severity: Severity = "error", **figures: Money | int) -> Finding:
    written = ((name, it.plain() if isinstance(it, Money) else str(it)) for name, it in figures.items())
    return Finding(code, message, place, severity, tuple(written))
