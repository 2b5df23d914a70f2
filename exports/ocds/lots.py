"""Lots as OCDS writes them: three numbers, term, criteria with effective weights, and the rules about sharing money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from exports.ocds.numbers import money, number
from exports.ocds.times import day_end, day_start
from exports.reports.panel_lots import rule_words
from lots.collaboration import CollaborationRules
from lots.funding import contract_year, last_day
from lots.lot import Lot, Term
from lots.thresholds import VatBasis
from scoring.catalogue import FORMULAS
from scoring.criteria import Criterion, Leaf, walk
from scoring.methodology import Methodology
from scoring.scale import Scale
from scoring.tender_file import TenderFile

CAPS: Final = {
    "leadRetentionMaximum": "lead_retention_maximum",
    "providerMaximum": "provider_maximum",
    "managementFeeMaximum": "management_fee_maximum",
    "subcontractMinimum": "subcontract_minimum",
    "vcseMinimum": "vcse_minimum",
    "byAndForMinimum": "by_and_for_minimum",
}
"""The shares of ``x_collaboration``, as fractions of 1 like every OCDS percentage, and our names for them."""
SWITCHES: Final = {
    "noTopSlice": "no_top_slice",
    "noMoneyBack": "no_money_back",
    "partnersConfirmed": "partners_confirmed",
}


def lot_objects(file: TenderFile, status: str, of_lots: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Write every lot that is tendered for as a contract; ``of_lots`` says the status of those that have their own."""
    own = of_lots or {}
    return [_lot(file, lot, own.get(lot.id, status)) for lot in file.tender.contract_lots]


def not_tendered(lot: Lot, vat: VatBasis) -> dict[str, Any]:
    """Write a lot that has a budget and nothing to bid for."""
    found = {
        "id": lot.id,
        "title": lot.title,
        "description": lot.description,
        "route": lot.route,
        "annualBudget": money(lot.annual_budget, vat),
    }
    return {key: value for key, value in found.items() if value}


def _lot(file: TenderFile, lot: Lot, status: str) -> dict[str, Any]:
    vat, methodology = file.tender.vat, file.methodology_for(lot.id)
    ceiling = lot.maximum_potential_spend
    found: dict[str, Any] = {
        "id": lot.id,
        "title": lot.title,
        "description": lot.description,
        "status": status,
        "value": money(ceiling, vat) if ceiling is not None else {},
        "x_values": _three_numbers(lot, vat),
        "contractPeriod": period(lot.term) if lot.term else {},
        "hasRenewal": bool(lot.term and lot.term.extension_years),
        "renewal": {"description": _renewal(lot.term)} if lot.term and lot.term.extension_years else {},
        "hasOptions": bool(lot.term and lot.term.breaks),
        "options": {"description": _breaks(lot.term)} if lot.term and lot.term.breaks else {},
        "x_breaks": [
            {"afterYear": each.after_year, "noticeMonths": each.notice_months}
            for each in (lot.term.breaks if lot.term else ())
        ],
        "awardCriteria": _award_criteria(methodology, file.scales) if methodology else {},
        "subcontractingTerms": _terms(lot.collaboration),
        "x_collaboration": collaboration(lot.collaboration),
        "x_outcomes": list(lot.outcomes),
    }
    return {key: value for key, value in found.items() if value not in ("", [], {})}


def _three_numbers(lot: Lot, vat: VatBasis) -> dict[str, Any]:
    """Write the three numbers by name, because OCDS has one field for a value."""
    named = {
        "annualBudget": lot.annual_budget,
        "baseValue": lot.base_value,
        "maximumPotentialSpend": lot.maximum_potential_spend,
    }
    return {name: money(amount, vat) for name, amount in named.items() if amount is not None}


def period(term: Term) -> dict[str, Any]:
    """Write a term: its initial years, and how far it may be extended."""
    first, last = term.start, contract_year(term, term.initial_years)[1]
    found: dict[str, Any] = {"startDate": day_start(first), "endDate": day_end(last)}
    if term.extension_years:
        found["maxExtentDate"] = day_end(last_day(term))
    found["durationInDays"] = (last - first).days + 1
    return found


def _renewal(term: Term) -> str:
    years = term.extension_years
    return f"The contract may be extended by up to {years} {'year' if years == 1 else 'years'}."


def _breaks(term: Term) -> str:
    return " ".join(
        f"The contract may be ended after year {each.after_year} on {each.notice_months} months’ notice."
        for each in term.breaks
    )


# --- award criteria -----------------------------------------------------------------------------------------


def _award_criteria(methodology: Methodology, scales: tuple[Scale, ...]) -> dict[str, Any]:
    info = FORMULAS.get(methodology.price.formula)
    formula = info.formula_text if info else methodology.price.formula
    given = "; ".join(f"{name} {value}" for name, value in methodology.price.parameters)
    titles = {criterion.id: criterion.title for criterion, _ in walk(methodology.criteria)}
    known = {scale.id: scale for scale in scales}
    rows = [_criterion(leaf, titles, known) for leaf in methodology.leaves]
    return {
        "description": methodology.title,
        "weightingDescription": f"{formula}{f' Published figures: {given}.' if given else ''}",
        "criteria": rows,
        "x_methodology": methodology.id,
        "x_formula": {"id": methodology.price.formula, "parameters": dict(methodology.price.parameters)},
    }


def _criterion(leaf: Leaf, titles: dict[str, str], scales: dict[str, Scale]) -> dict[str, Any]:
    own = leaf.criterion
    numbers: list[dict[str, Any]] = [{"number": number(leaf.weight), "weight": "percentageExact"}]
    if own.minimum is not None:
        numbers.append({"number": number(own.minimum), "threshold": "minimumScore"})
    found: dict[str, Any] = {
        "type": "price" if leaf.kind == "price" else "quality",
        "name": ": ".join([*(titles[above] for above in leaf.above), own.title]),
        "description": " ".join(_described(own, scales.get(own.scale))),
        "numbers": numbers,
        "x_id": own.id,
        "x_title": own.title,
        "x_kind": leaf.kind,
        "x_question": own.question,
        "x_scale": own.scale,
    }
    if own.word_limit is not None:
        found["x_wordLimit"] = own.word_limit
    return {key: value for key, value in found.items() if value not in ("", None)}


def _described(criterion: Criterion, scale: Scale | None) -> Iterator[str]:
    """Put the question, its word limit and the anchors of its scale into the one text that OCDS has."""
    if criterion.question:
        yield criterion.question
    if criterion.word_limit is not None:
        yield f"At most {criterion.word_limit} words."
    if scale:
        yield f"Scored {scale.words()} on “{scale.title}”."


# --- sharing the money --------------------------------------------------------------------------------------


def _terms(rules: CollaborationRules) -> dict[str, str]:
    words = " ".join(rule_words(rules))
    return {"description": words} if words else {}


def collaboration(rules: CollaborationRules) -> dict[str, Any]:
    """Write the rules that OCDS has no fields for: its ``competitive…Percentage`` are about competed sub-contracts."""
    if rules == CollaborationRules():
        return {}
    shares: dict[str, Decimal | None] = {name: getattr(rules, ours) for name, ours in CAPS.items()}
    found: dict[str, Any] = {name: number(Fraction(it) / 100) for name, it in shares.items() if it is not None}
    found |= {name: True for name, ours in SWITCHES.items() if getattr(rules, ours)}
    return {**found, "consequence": rules.consequence}
