"""The page of an evaluator: what comes before scoring, then every answer to score, in their own reading order."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from lots.tender import Tender
from scoring.reading import MINUTES_TO_JUDGE, WORDS_A_MINUTE, say_minutes
from workbench.policies import Permission
from workbench.queries.bids import opened
from workbench.queries.evaluation import calibration
from workbench.queries.evaluation.names import shows_letters
from workbench.queries.evaluation.sheets import STATES
from workbench.queries.evaluation.work_list import WorkList, work_of
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import access


@pages.get("/tenders/<tender_id>/work/", endpoint="work")
@requires(Permission.SCORE_READ_OWN)
def work(tender_id: str) -> ResponseReturnValue:
    """Show what the reader has to do, in order, and how long it takes."""
    rules = opened.rules_of(g.tender)
    known = access()
    found = work_of(g.tender, g.actor, known) if rules else WorkList()
    return render_template(
        "evaluation/work.html",
        tender=g.tender,
        access=known,
        work=found,
        next=found.next_after(),
        note=calibration.note_of(g.tender.id),
        benchmarks=calibration.own_benchmarks(g.tender, g.actor, rules) if rules and known.declared else (),
        due=_due(rules.tender) if rules else None,
        letters=shows_letters(g.tender, g.actor),
        states=STATES,
        said=say_minutes,
        pace=(WORDS_A_MINUTE, MINUTES_TO_JUDGE),
    )


def _due(tender: Tender) -> object:
    """Return the day by which the timetable wants the evaluation done."""
    return next((step.planned for step in tender.timetable if step.kind == "evaluation_ends"), None)
