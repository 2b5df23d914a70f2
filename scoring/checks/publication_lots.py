"""Before publication: what a notice says of each lot, and the dates of its term."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from lots.calendar import CalendarError, london, say
from lots.errors import Finding, Severity
from lots.lot import Lot
from lots.money import Money, percent_of
from lots.regime import Regime, rules_of
from lots.tender import Tender
from lots.thresholds import FIVE_MILLION, VatBasis
from lots.words import counted

_CPV = re.compile(r"[0-9]{8}(?:-[0-9])?", re.ASCII)
_LEAST_INDICATORS = 3  # Procurement Act 2023 s.52
_STANDARD_VAT = Fraction(20)  # per cent


def lots_findings(tender: Tender) -> Iterator[Finding]:
    """Say what is missing from the lots that are tendered for, and of grants their descriptions."""
    for i, lot in enumerate(tender.lots):
        here = f"tender.lots[{i}]"
        if lot.is_contract or tender.regime == Regime.GRANT:
            yield from _described(lot, tender, here)
        if lot.is_contract:
            yield from _cpv(lot, here)
            yield from _term(lot, tender, here)
            yield from _requirements(lot, here)
            yield from _indicators(lot, tender)
        elif lot.route == "to_be_confirmed":
            message = f"It is not settled how {lot.title} is bought or granted: say so in the description, or settle it"
            yield Finding("route_open", message, f"{here}.route", "note")


def _described(lot: Lot, tender: Tender, here: str) -> Iterator[Finding]:
    if not lot.description.strip():
        severity: Severity = "warning" if tender.regime == Regime.GRANT else "error"
        message = f"{lot.title} has no description: tenderers must know what they tender for"
        yield Finding("lot_description_missing", message, f"{here}.description", severity)
    if not lot.outcomes:
        message = (
            f"{lot.title} names no outcomes: the funding strategy asks for clear outcomes from the start of a service"
        )
        yield Finding("outcomes_missing", message, f"{here}.outcomes", "warning")


def _cpv(lot: Lot, here: str) -> Iterator[Finding]:
    if not lot.cpv:
        message = f"{lot.title} has no CPV code: notices are found by it, and it shows that the service is light touch"
        yield Finding("cpv_missing", message, f"{here}.cpv")
    for i, code in enumerate(lot.cpv):
        if not _CPV.fullmatch(code):
            message = f"“{code[:20]}” is no CPV code: write eight digits, such as 85312310 or 85312310-5"
            yield Finding("cpv_unfit", message, f"{here}.cpv[{i}]")


def _term(lot: Lot, tender: Tender, here: str) -> Iterator[Finding]:
    if lot.term is None:
        return
    try:
        due = london(tender.deadline).date()
    except CalendarError:
        return
    if lot.term.start <= due:
        message = (
            f"The term of {lot.title} starts on {say(lot.term.start)}, and tenders are due on {say(due)}: the service "
            "cannot start before anybody has tendered"
        )
        yield Finding("term_before_deadline", message, f"{here}.term.start")


def _requirements(lot: Lot, here: str) -> Iterator[Finding]:
    for i, requirement in enumerate(lot.requirements):
        if not requirement.title.strip():
            message = f"Requirement “{requirement.id}” of {lot.title} says nothing: a tender cannot be held to it"
            yield Finding("requirement_empty", message, f"{here}.requirements[{i}].title")


def _indicators(lot: Lot, tender: Tender) -> Iterator[Finding]:
    """Ask for three key performance indicators where the contract may be worth over £5 million (PA 2023 s.52)."""
    duty = rules_of(tender.regime).duty("kpis")
    worth = _with_vat(lot.maximum_potential_spend or lot.base_value, tender.vat)
    if not duty.on or worth is None or worth <= FIVE_MILLION:
        return
    held = sum(not each.lots or lot.id in each.lots for each in tender.indicators)
    if held < _LEAST_INDICATORS:
        message = (
            f"{lot.title} may be worth {worth} with VAT, over {FIVE_MILLION}, and has {counted(held, 'indicator')}: "
            f"set at least {_LEAST_INDICATORS} before the contract is made, or record why none can be set "
            f"({duty.reference})"
        )
        yield Finding("indicators_missing", message, "tender.indicators", "warning", (("worth", worth.plain()),))


def _with_vat(amount: Money | None, vat: VatBasis) -> Money | None:
    if amount is None or vat == VatBasis.INCLUSIVE:
        return amount
    return amount + percent_of(amount, _STANDARD_VAT)
