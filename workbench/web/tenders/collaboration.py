"""The pages of collaboration rules: the lots side by side, and each lot's rules with a split that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import request

from lots.collaboration import CollaborationRules, percentage, rules_findings
from lots.errors import ProcurementError, errors_in
from lots.lot import Lot
from lots.money import Money, percent_of
from lots.split.example import ExampleSplit, Trial, example_split, lead_may_keep, trial
from workbench.forms.tenders.collaboration import COPY, PERCENTAGES, SWITCHES, RulesForm
from workbench.forms.tenders.funding import title_of
from workbench.forms.tenders.part import PartForm, saved
from workbench.parts import Part
from workbench.queries.outlook import lots_of
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, TaskPage, page, task_page

NAMES = {
    "lead_retention_maximum": "The lead keeps at most, its fee included",
    "provider_maximum": "Any single provider holds at most",
    "management_fee_maximum": "The management fee is at most",
    "subcontract_minimum": "Outside the lead’s group goes at least",
    "vcse_minimum": "To VCSE partners goes at least",
    "by_and_for_minimum": "To by-and-for partners goes at least",
    "no_top_slice": "Partners are paid all that is allocated to them",
    "no_money_back": "No money returns to the lead or runs in a circle",
    "partners_confirmed": "Every partner confirms its own figures",
    "consequence": "A bid that breaks a rule",
}
FOLLOWS = {"reject": "is rejected", "clarify": "is to be mended before the award"}
_MOST_DRAWN = 24


def _side_by_side(draft: Draft) -> Mapping[str, Any]:
    """Lay the rules of every lot out beside each other, in words and pounds a year."""
    lots = [lot for lot in lots_of(draft) if lot.is_contract]
    rows = [[title, *(_cell(lot, name) for lot in lots)] for name, title in NAMES.items()]
    rows.insert(1, ["The lead may really keep, of a year’s budget", *(_kept(lot) for lot in lots)])
    return {"lots": lots, "rows": rows}


def _cell(lot: Lot, name: str) -> str:
    value = getattr(lot.collaboration, name)
    if name == "consequence":
        return FOLLOWS[value]
    if name in SWITCHES:
        return "Yes" if value else "–"
    if value is None:
        return "–"
    if not lot.annual_budget:
        return percentage(value)
    least = name.endswith("_minimum")
    return f"{percentage(value)}: {percent_of(lot.annual_budget, Fraction(value), round_up=least)}"


def _kept(lot: Lot) -> str:
    if not lot.annual_budget:
        return "–"
    try:
        return str(lead_may_keep(lot.collaboration, lot.annual_budget))
    except ProcurementError:
        return "–"


def _rules(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Draw what the rules on the page mean: those just typed where they can be read, otherwise the saved ones."""
    lot = saved(Lot, draft.part("lot", part.key).content)
    rules = _shown(draft, part, form)
    others = [each for each in draft.of("collaboration") if each.key != part.key and each.content]
    copies = [(each.key, title_of(draft.part("lot", each.key))) for each in others]
    found = rules_findings(rules)
    sound = lot is not None and not errors_in(found)
    example = example_split(rules, lot.annual_budget) if lot is not None and sound and lot.annual_budget else None
    return {
        "lot": lot,
        "copies": copies,
        "copied": next((title for key, title in copies if key == request.args.get(COPY)), ""),
        "copied_from": request.args.get(COPY, ""),
        "found": found,
        "example": example,
        "bar": _bar(example) if example else (),
        "trial": _trial(rules) if sound else None,
        "tried": {name: request.args.get(name, "") for name in ("partners", "least")},
        "percentages": PERCENTAGES,
        "switches": SWITCHES,
    }


def _shown(draft: Draft, part: Part, form: PartForm) -> CollaborationRules:
    if not form.errors and request.args.get(COPY):
        shown: CollaborationRules = form.value(draft, part)
        return shown
    return saved(CollaborationRules, part.content) or CollaborationRules()


def _bar(example: ExampleSplit) -> list[dict[str, Any]]:
    """Lay the example out for its drawing; a long row of partners is drawn as one."""
    parts = [("Lead, own delivery", example.delivery), ("Lead, management fee", example.management_fee)]
    few = example.partners[:_MOST_DRAWN]
    for n, partner in enumerate(few, start=1):
        marks = [name for name, it in (("VCSE", partner.vcse), ("by-and-for", partner.by_and_for)) if it]
        parts.append((f"Partner {n}" + (f" ({', '.join(marks)})" if marks else ""), partner.amount))
    rest = example.partners[_MOST_DRAWN:]
    if rest:
        parts.append((f"{len(rest)} more partners", Money(sum(it.amount.pence for it in rest))))
    return [
        {"label": label, "percent": _share(amount, example.price), "figure": f"{amount} a year"}
        for label, amount in parts
        if amount
    ]


def _share(amount: Money, price: Money) -> Decimal:
    """Return a part of a price in per cent, rounded to two decimals for the drawing."""
    return Decimal((2 * amount.pence * 10_000 + price.pence) // (2 * price.pence)) / 100


def _trial(rules: CollaborationRules) -> Trial | None:
    """Try the number of partners and the least percentage that the address names."""
    partners, least = request.args.get("partners", "").strip(), request.args.get("least", "").strip().removesuffix("%")
    if not (partners or least):
        return None
    if not (partners.isascii() and partners.isdigit() and len(partners) < 4):
        return Trial(False, "Enter how many partners, as a whole number up to 999.")
    number = least.strip() or "0"
    if not (number.isascii() and number.replace(".", "", 1).isdigit() and len(number) < 8):
        return Trial(False, "Enter the least percentage as a number from 0 to 100.")
    return trial(rules, int(partners), Fraction(number.strip(".") or "0"))


task_page(TaskPage("collaboration", "tenders/collaboration_lots.html", _side_by_side))
page(PartPage("collaboration", "Collaboration rules", RulesForm, "tenders/collaboration.html", _rules, True, "rules"))
