"""The pages of funding: the stack over the years, a source, and the totals that documents print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from lots.funding import FundingSource
from lots.money import ZERO, total
from workbench.forms.tenders.funding import SourceForm, TotalsForm
from workbench.forms.tenders.part import PartForm, saved
from workbench.parts import Part
from workbench.queries.outlook import outlook
from workbench.queries.tenders import Draft
from workbench.web.tenders.registry import PartPage, TaskPage, page, task_page

SURE = {"confirmed": "Confirmed", "expected": "Expected", "at_risk": "At risk"}


def _stack(draft: Draft) -> Mapping[str, Any]:
    """Work the money out for the year and without the sources that the address names."""
    year = request.args.get("year", 1, type=int)
    without = request.args.getlist("without")[:100]
    waiting = [part for part in draft.of("funding_source") if part.content is None]
    return {
        "money": outlook(draft, year=year, without=without),
        "without": without,
        "waiting": waiting,
        "totals": draft.part("funding_totals"),
        "sure": SURE,
    }


def _reconciled(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    return {"printed": outlook(draft).printed}


def _source(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Add up what is saved over all years."""
    source = saved(FundingSource, part.content)
    return {"together": total(line.amount for line in source.lines) if source else ZERO}


task_page(TaskPage("funding", "tenders/funding.html", _stack))
page(
    PartPage(
        "funding_source",
        "Source of funding",
        SourceForm,
        "tenders/funding_source.html",
        _source,
        many=True,
        noun="source",
    )
)
page(PartPage("funding_totals", "Printed totals and the note", TotalsForm, "tenders/funding_totals.html", _reconciled))
