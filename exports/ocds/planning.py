"""The planned budget of a release: the annual budgets of the lots, and the funding behind them line by line."""

from __future__ import annotations

from typing import Any

from exports.ocds.numbers import money
from exports.ocds.parties import funder_ids
from exports.ocds.times import day_end, day_start
from lots.funding import FundingLine, FundingSource, contract_year
from lots.lot import Term
from lots.money import total
from lots.tender import Tender


def planning(tender: Tender) -> dict[str, Any]:
    """Write the budget a year and who pays it; ``x_year`` counts the years of the contract from 1."""
    budget: dict[str, Any] = {
        "description": "The annual budgets of all lots together",
        "amount": money(total(lot.annual_budget for lot in tender.lots), tender.vat),
    }
    term = next((lot.term for lot in tender.lots if lot.term), None)
    lines = [
        _line(tender, source, line, at, term)
        for source in tender.funding.sources
        for at, line in enumerate(source.lines, 1)
    ]
    if lines:
        budget["budgetBreakdown"] = lines
    rationale = tender.engagement.summary if tender.engagement else ""
    return {**({"rationale": rationale} if rationale else {}), "budget": budget, **_engagement(tender)}


def _line(tender: Tender, source: FundingSource, line: FundingLine, at: int, term: Term | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": f"{source.id}-{at}",
        "description": source.title,
        "amount": money(line.amount, tender.vat),
        "sourceParty": {"id": funder_ids(tender.funding)[source.funder], "name": source.funder},
        "x_source": source.id,
        "x_year": line.year,
        "x_certainty": source.certainty,
    }
    if term and 1 <= line.year <= term.years:
        first, last = contract_year(term, line.year)
        found["period"] = {"startDate": day_start(first), "endDate": day_end(last)}
    only = (line.lot,) if line.lot else source.ring_fenced_to
    return {**found, **({"relatedLots": list(only)} if only else {})}


def _engagement(tender: Tender) -> dict[str, Any]:
    """Write when the market was asked, as a milestone of the planning."""
    engagement = tender.engagement
    if engagement is None:
        return {}
    questions = "; ".join(f"{each.number}. {each.title}" for each in engagement.questions)
    step = {
        "id": "engagement",
        "title": "Market engagement",
        "type": "engagement",
        "description": questions,
        "dueDate": day_end(engagement.closed_on),
        "status": "met",
        "dateMet": day_end(engagement.closed_on),
    }
    return {"milestones": [{key: value for key, value in step.items() if value}]}
