"""The pages of lots: the table of their three numbers, a lot, and the limit on what one tenderer may win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lots.lot import Lot
from lots.money import total
from lots.regime import Regime, RegimeRules, rules_of
from lots.tender import Tender
from scoring.limits.lot_limit import RULES, LotLimit
from workbench.forms.tenders.lots import RULE_TITLES, LimitForm, LotForm
from workbench.forms.tenders.part import PartForm, saved
from workbench.parts import Part
from workbench.queries.outlook import lots_of
from workbench.queries.tenders import Draft
from workbench.queries.worth import over_five_million, worth_of
from workbench.web.tenders.registry import PartPage, TaskPage, page, task_page

ROUTE_WORDS = {"contract": "Contract", "grant": "Grant", "to_be_confirmed": "Not settled"}
_CHANGES = {
    Regime.PCR2015_LIGHT_TOUCH: "This clause is a review clause under regulation 72(1)(a) of the Public Contracts "
    "Regulations 2015.",
    Regime.PA2023_LIGHT_TOUCH: "This clause provides for such changes as Schedule 8, paragraph 1, of the Procurement "
    "Act 2023 asks.",
    Regime.PA2023_FULL: "This clause provides for such changes as Schedule 8, paragraph 1, of the Procurement Act "
    "2023 asks.",
}


def spend_clause(lot: Lot, tender: Tender | None) -> str:
    """Word the clause that publishes a lot's three numbers; empty where one of them is still missing."""
    if lot.base_value is None or lot.maximum_potential_spend is None or lot.term is None:
        return ""
    vat = f", {tender.vat.words}" if tender else ""
    clause = (
        f"{lot.title}: the indicative budget is {lot.annual_budget} a year. The base value of the contract over "
        f"{lot.years} years, every extension included, is {lot.base_value}. The maximum potential spend is "
        f"{lot.maximum_potential_spend}{vat}: later funding may raise the value of the contract up to that amount and "
        "never above it, each time by a written decision that names its source. It is a ceiling, not a promise."
    )
    law = _CHANGES.get(tender.regime) if tender else None
    return f"{clause} {law}" if law else clause


def _lots(draft: Draft) -> Mapping[str, Any]:
    """Work out the table, the clauses and the estimate against the threshold."""
    lots, tender = lots_of(draft), draft.file.tender if draft.file else None
    contracts = [lot for lot in lots if lot.is_contract]
    clauses = [clause for lot in contracts if (clause := spend_clause(lot, tender))]
    worth = worth_of(draft.file) if draft.file and contracts else None
    return {
        "lots": lots,
        "sums": _sums(lots),
        "routes": ROUTE_WORDS,
        "clauses": clauses,
        "worth": worth,
        "by_value": over_five_million(worth.value, tender.regime) if worth and tender else (),
        "rules": rules_of(tender.regime) if tender else None,
        "published": _published(rules_of(tender.regime)) if tender else (),
        "waiting": [part for part in draft.lots if part.content is None],
    }


def _sums(lots: tuple[Lot, ...]) -> dict[str, Any]:
    names = ("annual_budget", "base_value", "maximum_potential_spend")
    return {name: total(amount for lot in lots if (amount := getattr(lot, name)) is not None) for name in names}


def _published(rules: RegimeRules) -> list[list[str]]:
    """List the notices and letters of the regime in the order they are made, with what the law says of each."""
    notes = {duty.id: duty.note for duty in rules.duties if duty.on}
    return [
        [it.title, it.notice or "–", it.reference or "–", it.note or notes.get(it.id) or "–"] for it in rules.documents
    ]


def _lot(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Say what the years come to at the annual budget, as far as a lot is saved."""
    lot = saved(Lot, part.content)
    expected = lot.annual_budget * lot.years if lot and lot.term else None
    tender = draft.file.tender if draft.file else None
    return {"lot": lot, "expected": expected, "clause": spend_clause(lot, tender) if lot and lot.is_contract else ""}


def _limit(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    limit = saved(LotLimit, part.content or None)
    return {"limit": limit, "rule_words": [(RULE_TITLES[rule], words) for rule, words in RULES.items()]}


task_page(TaskPage("lots", "tenders/lots.html", _lots))
page(PartPage("lot", "Lot", LotForm, "tenders/lot.html", _lot, many=True, noun="lot"))
page(PartPage("lot_limit", "Limit on lots", LimitForm, "tenders/lot_limit.html", _limit))
