"""The page of the basics: what the law of the tender asks for, and whether it fits its date and its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lots.errors import ProcurementError
from lots.lot import Lot
from lots.regime import Reason, Regime, regime_for, rules_of
from scoring.tender_file import TenderFile
from workbench.forms.tenders.basics import BasicsForm
from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.whole import values_of
from workbench.parts import Part
from workbench.queries.tenders import Draft
from workbench.queries.worth import worth_of
from workbench.web.tenders.registry import PartPage, page

_NO_VALUE = (
    "Not every lot has its base value yet: whether the value reaches the threshold of the law is told once it has."
)


@dataclass(frozen=True)
class Fit:
    """Whether the chosen regime is the one that date and value lead to, each reason, and what to do if not."""

    reasons: tuple[Reason, ...] = ()
    sentences: tuple[str, ...] = ()
    other: str = ""


def fit_of(file: TenderFile) -> Fit:
    """Hold a tender's regime against its date and its estimate; nothing where VAT decides and is not known."""
    tender = file.tender
    grant = tender.regime == Regime.GRANT
    worth = worth_of(file)
    if not (worth.reaches or grant) and any(_worthless(lot) for lot in tender.contract_lots):
        return Fit(sentences=(_NO_VALUE,))
    if worth.reaches is None and not grant:
        return Fit(sentences=worth.sentences)
    try:
        choice = regime_for(
            commenced=tender.commenced_on, light_touch=tender.regime != Regime.PA2023_FULL,
            estimated_value=worth.value.estimate, grant=grant,
        )  # fmt: skip
    except ProcurementError as refusal:
        return Fit(sentences=(str(refusal),))
    if choice.regime == Regime.BELOW_THRESHOLD and worth.reaches:
        return Fit(sentences=worth.sentences)
    other = "" if choice.regime == tender.regime else rules_of(choice.regime).title
    reasons = tuple(reason for reason in choice.reasons if reason.code != "threshold")
    return Fit(reasons, () if grant else worth.sentences, other)


def _worthless(lot: Lot) -> bool:
    return not (lot.base_value or lot.maximum_potential_spend)


def _context(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Say what the saved regime asks for, and which fields it makes needless."""
    saved = values_of("basics", part.content)
    regime = saved.get("regime")
    contracts = [lot for lot in draft.lots if (lot.content or {}).get("route", "contract") == "contract"]
    return {
        "rules": rules_of(regime) if regime else None,
        "fit": fit_of(draft.file) if draft.file else None,
        "took_over": draft.part("takeover").content is not None,
        "asks_holidays": regime == Regime.PCR2015_LIGHT_TOUCH,
        "asks_reasons": regime != Regime.GRANT and (len(contracts) < 2 or bool(saved.get("no_lots_reasons"))),
    }


page(PartPage("basics", "Basics and regime", BasicsForm, "tenders/basics.html", _context))
