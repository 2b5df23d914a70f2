"""What is wrong with the tender itself: lots and money, regime against the facts, deadline, timetable, lot limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from lots.calendar import CalendarError, checked_day, deadline, london, say
from lots.ceilings import lot_findings, tender_value
from lots.collaboration import rules_findings
from lots.errors import Finding, ProcurementError, Severity
from lots.funding_checks import funding_findings
from lots.lot import Lot
from lots.money import ZERO, Money, percent_of
from lots.regime import ACT_IN_FORCE, Regime, regime_for, rules_of
from lots.tender import Milestone, Tender
from lots.thresholds import ThresholdError, ThresholdKind, ThresholdRow, VatBasis, threshold
from scoring.catalogue import WHOLE_METHODS
from scoring.checks.asked_for import asked_for_findings
from scoring.checks.index import Index, blank, ids, named, overlong

_STANDARD_VAT = Fraction(20)  # per cent
_ACT = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)


def tender_findings(index: Index) -> Iterator[Finding]:
    """Check what the tender says of itself, its lots and its funding."""
    tender = index.file.tender
    for name in ("reference", "title"):
        message = f"The tender has no {name}: every document prints it"
        yield from blank(f"{name}_missing", getattr(tender, name), message, f"tender.{name}")
        yield from overlong(getattr(tender, name), f"The tender’s {name}", f"tender.{name}")
    if not tender.lots:
        yield Finding("lots_missing", "The tender has no lots: there is nothing to bid for", "tender.lots")
    yield from _regime(tender)
    yield from _deadline(tender)
    yield from _timetable(tender)
    yield from ids(tender.lots, "lot", "tender.lots")
    for i, lot in enumerate(tender.lots):
        yield from _lot(lot, f"tender.lots[{i}]")
    for finding in funding_findings(tender.funding, tender.lots):
        yield replace(finding, place=f"tender.{finding.place}")
    yield from asked_for_findings(index)


def _lot(lot: Lot, place: str) -> Iterator[Finding]:
    yield from blank("title_missing", lot.title, f"Lot “{lot.id}” has no title: name it", f"{place}.title")
    yield from overlong(lot.title, "The lot’s title", f"{place}.title")
    yield from lot_findings(lot, place)
    yield from rules_findings(lot.collaboration, f"{place}.collaboration")
    yield from ids(lot.requirements, "requirement", f"{place}.requirements")
    yield from ids(lot.uplifts, "uplift", f"{place}.uplifts")


# --- the regime against the facts ---------------------------------------------------------------------------


def _regime(tender: Tender) -> Iterator[Finding]:
    """Hold the regime against the lots, the day of commencement and, where those agree, the value."""
    lots = tender.contract_lots
    if tender.regime == Regime.GRANT:
        if lots:
            message = (
                f"The regime is “grant”, and {_several([lot.title for lot in lots])} tendered for as a contract: "
                "choose the regime of a procurement, or give each of them the route “grant”"
            )
            yield Finding("grant_with_contract_lots", message, "tender.regime")
        return
    if tender.lots and not lots:
        message = (
            f"The regime is {_law(tender.regime)}, and no lot is tendered for as a contract: give one the route "
            "“contract”, or choose the regime “grant”"
        )
        yield Finding("contract_lots_missing", message, "tender.lots", "warning")
    wrong = tuple(_commencement(tender))
    yield from wrong
    if lots and not wrong:
        yield from _worth(tender)


def _law(regime: Regime) -> str:
    return f"“{rules_of(regime).title}”"


def _several(titles: list[str]) -> str:
    return f"{', '.join(titles)} {'is' if len(titles) == 1 else 'are each'}"


def _commencement(tender: Tender) -> Iterator[Finding]:
    """Tell the law by the day the procurement commenced; it stays under that law for life (SI 2024/716)."""
    began, act = say(tender.commenced_on), say(ACT_IN_FORCE)
    if tender.regime == Regime.PCR2015_LIGHT_TOUCH and tender.commenced_on >= ACT_IN_FORCE:
        message = (
            f"The procurement commenced on {began}, and from {act} the Procurement Act 2023 governs: choose "
            f"{_law(Regime.PA2023_LIGHT_TOUCH)} in place of {_law(tender.regime)}, or correct the day it commenced"
        )
        yield Finding("regime_out_of_force", message, "tender.regime")
    elif tender.regime in _ACT and tender.commenced_on < ACT_IN_FORCE:
        message = (
            f"The procurement commenced on {began}, before the Procurement Act 2023 came into force on {act}: choose "
            f"{_law(Regime.PCR2015_LIGHT_TOUCH)} in place of {_law(tender.regime)}, or correct the day it commenced"
        )
        yield Finding("regime_not_in_force", message, "tender.regime")


@dataclass(frozen=True)
class _Worth:
    """A tender's estimate as its figures hold it, the same with VAT (equal if they hold it), and the threshold."""

    tender: Tender
    estimate: Money
    with_vat: Money
    row: ThresholdRow

    def regime(self, value: Money) -> Regime:
        """Return the regime which the law gives a procurement of this value."""
        light = self.row.kind == ThresholdKind.LIGHT_TOUCH
        commenced = self.tender.commenced_on
        return regime_for(commenced=commenced, light_touch=light, estimated_value=value).regime

    def finding(self, code: str, says: str, severity: Severity) -> Finding:
        """Write a finding that opens with the estimate and its VAT."""
        taxed = "" if self.tender.vat == VatBasis.INCLUSIVE else f" ({self.with_vat} with VAT at {_STANDARD_VAT} %)"
        message = (
            f"All contract lots together, every year and option, are estimated at {self.estimate} "
            f"{self.tender.vat.words}{taxed}{says}"
        )
        amounts = {"estimate": self.estimate, "with_vat": self.with_vat, "threshold": self.row.amount}
        figures = tuple((name, amount.plain()) for name, amount in amounts.items())
        return Finding(code, message, "tender.regime", severity, figures)


def _worth(tender: Tender) -> Iterator[Finding]:
    """Hold the most that could be paid against the threshold of the regime, like with like as to VAT."""
    kind = ThresholdKind.SUB_CENTRAL if tender.regime == Regime.PA2023_FULL else ThresholdKind.LIGHT_TOUCH
    try:
        row = threshold(kind, checked_day(tender.commenced_on))
    except ProcurementError as error:
        message = f"Whether the regime fits the value cannot be told. {error}"
        yield Finding("threshold_unknown", message, "tender.commenced_on", "warning")
        return
    estimate = tender_value(tender.contract_lots, row.amount, tender.vat).estimate
    vat = ZERO if tender.vat == VatBasis.INCLUSIVE else percent_of(estimate, _STANDARD_VAT)
    worth = _Worth(tender, estimate, estimate + vat, row)
    yield from _too_small(worth) if tender.regime != Regime.BELOW_THRESHOLD else _too_large(worth)


def _too_small(worth: _Worth) -> Iterator[Finding]:
    if any(not (lot.base_value or lot.maximum_potential_spend) for lot in worth.tender.contract_lots):
        return  # what has no value yet is not small
    if worth.regime(worth.with_vat) == Regime.BELOW_THRESHOLD:
        says = (
            f", which is below the {_named(worth.row)}: {_law(Regime.BELOW_THRESHOLD)} may be the regime; keep "
            f"{_law(worth.tender.regime)} only if its rules are followed by choice"
        )
        yield worth.finding("regime_above_value", says, "warning")


def _too_large(worth: _Worth) -> Iterator[Finding]:
    """Find a tender called below the threshold that is not, or is not if VAT is due, or if it is not light touch."""
    with_vat = worth.regime(worth.with_vat)
    if worth.regime(worth.estimate) != Regime.BELOW_THRESHOLD:
        says = f", which is not below the {_named(worth.row)}: choose the regime {_law(with_vat)}"
        yield worth.finding("regime_below_value", says, "error")
    elif with_vat != Regime.BELOW_THRESHOLD:
        says = (
            f": VAT decides whether that is below the {_named(worth.row)}; choose {_law(with_vat)}, or record why no "
            "VAT is due"
        )
        yield worth.finding("vat_decides_regime", says, "warning")
    elif (other := _other_services(worth)) and worth.with_vat >= other.amount:
        says = (
            f", which is below the {_named(worth.row)} but not below the {_named(other)}: make sure that every lot "
            "is a light-touch service"
        )
        yield replace(worth, row=other).finding("below_threshold_if_light_touch", says, "note")


def _other_services(worth: _Worth) -> ThresholdRow | None:
    try:
        return threshold(ThresholdKind.SUB_CENTRAL, worth.tender.commenced_on)
    except ThresholdError:
        return None


def _named(row: ThresholdRow) -> str:
    return f"{row.kind.words} threshold of {row.amount} {row.vat.words}"


# --- time ---------------------------------------------------------------------------------------------------


def _deadline(tender: Tender) -> Iterator[Finding]:
    """Find a deadline that a London clock cannot tell: midnight, or a time that the clocks show twice."""
    try:
        checked_day(tender.deadline.date())
        shown = london(tender.deadline)
        deadline(shown.date(), shown.time())
    except CalendarError as error:
        yield Finding("deadline_unclear", str(error), "tender.deadline")


def _timetable(tender: Tender) -> Iterator[Finding]:
    """Find what happened before the thing that is listed above it."""
    latest: tuple[Milestone, str] | None = None
    for i, milestone in enumerate(tender.timetable):
        if milestone.actual is None:
            continue
        place, day = f"tender.timetable[{i}].actual", milestone.actual
        if latest and latest[0].actual and day < latest[0].actual:
            message = (
                f"“{milestone.title}” happened on {say(day)}, before “{latest[0].title}” on {say(latest[0].actual)} "
                f"({latest[1]}): correct one of the dates, or list them as they happened"
            )
            yield Finding("timetable_backwards", message, place, "warning")
        else:
            latest = (milestone, place)


# --- the limit on lots --------------------------------------------------------------------------------------


def limit_findings(index: Index) -> Iterator[Finding]:
    """Check that the limit limits something, can be applied, and orders contract lots of the tender, each once."""
    limit = index.file.lot_limit
    if limit is None:
        return
    if limit.maximum_lots is None and limit.maximum_spend is None:
        message = "The lot limit limits nothing: give maximum_lots or maximum_spend, or take it out"
        yield Finding("lot_limit_empty", message, "lot_limit")
    if limit.maximum_lots is not None and limit.maximum_lots < 1:
        message = f"Nobody could win a lot: at most {limit.maximum_lots} is allowed; write 1 or more"
        yield Finding("maximum_lots", message, "lot_limit.maximum_lots")
    if limit.maximum_spend is not None and limit.maximum_spend <= ZERO:
        message = f"Nobody could win a lot: at most {limit.maximum_spend} is allowed; write an amount above £0"
        yield Finding("maximum_spend", message, "lot_limit.maximum_spend")
    if limit.rule == "greatest_total_score":
        yield from _without_totals(index)
    lots = {lot.id: lot for lot in index.file.tender.contract_lots}
    yield from named("lot_order", "contract lot", limit.lot_order, lots, "lot_limit.lot_order")
    missing = [lot for lot in lots if lot not in limit.lot_order]
    if missing and (limit.lot_order or limit.rule != "tenderer_preference"):
        message = f"The order of the lots leaves out {', '.join(missing)}: name every contract lot once"
        yield Finding("lot_order_incomplete", message, "lot_limit.lot_order")


def _without_totals(index: Index) -> Iterator[Finding]:
    """Find lots whose ranking is no total of marks: a price per point and a mark out of 100 have no sum."""
    for lot in index.file.tender.contract_lots:
        asked = index.asked.get(lot.id)
        if asked and asked.methodology.price.formula in WHOLE_METHODS:
            message = (
                f"The rule greatest_total_score adds up totals, and {lot.title} is judged by "
                f"“{asked.methodology.price.formula}”, whose figures cannot be added up: publish the rule lot_order "
                "or tenderer_preference"
            )
            yield Finding("limit_needs_totals", message, "lot_limit.rule")
