"""The page of how firm a lot's result is, which is no part of the award method."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from exports.reports.assurance_charts import assurance_charts
from scoring.assurance.assure import Assurance
from scoring.assurance.parts import INTRODUCTION, LABEL, parts
from workbench.policies import Permission
from workbench.queries.awards.assurance import assured
from workbench.queries.awards.lot_page import named, names_of
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.reading import lot_shown


@pages.get("/tenders/<tender_id>/result/<lot>/assurance", endpoint="assurance")
@requires(Permission.RESULT_VIEW)
def show(tender_id: str, lot: str) -> ResponseReturnValue:
    """Show margin, weights, scores, evaluators, bidders, formulas and draws, each with its table."""
    evaluation, judged = lot_shown(lot)
    found = assured(g.tender, lot)
    return render_template(
        "awards/assurance.html", tender=g.tender, lot=judged.lot, label=LABEL, introduction=INTRODUCTION,
        parts=parts(found), charts=_charts(found), names=names_of(evaluation), named=named,
    )  # fmt: skip


def _charts(found: Assurance) -> dict[str, list[tuple[Markup, str]]]:
    """Return the pictures of each part with the words beneath them; they are drawn for the report in the same way."""
    charts: dict[str, list[tuple[Markup, str]]] = {}
    for each in assurance_charts(found):
        charts.setdefault(each.key, []).append((Markup(each.chart.svg), each.caption))
    return charts
