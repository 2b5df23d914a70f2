"""The page of coverage: who may score what against the quorum, how long it takes, letting the panel begin, progress."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scoring.reading import MINUTES_TO_JUDGE, WORDS_A_MINUTE, say_minutes
from workbench import clock
from workbench.forms.evaluation.preparing import BeginForm
from workbench.policies import Permission, may
from workbench.queries.bids import opened
from workbench.queries.evaluation import coverage as reads
from workbench.services.evaluation import beginning
from workbench.services.evaluation.beginning import BeginningError
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import access, declared_first, scores
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/coverage/", endpoint="coverage")
@requires(Permission.EVALUATION_VIEW)
def show(tender_id: str) -> ResponseReturnValue:
    """Show who may score what, and, once the panel is at work, how many sheets are in."""
    declared_first()
    return _page(BeginForm(None))


@pages.post("/tenders/<tender_id>/coverage/begin", endpoint="begin")
@requires(Permission.EVALUATION_BEGIN)
def begin(tender_id: str) -> ResponseReturnValue:
    """Let the panel begin."""
    declared_first()
    form = BeginForm()
    if not form.validate():
        return not_saved({}, lambda: _page(form))
    try:
        beginning.begin(g.tender, lots_wait=form.lots_wait.data, actor=g.actor, at=clock.now())
    except BeginningError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(form))
    flash("The evaluation has begun. Evaluators see the answers they score on their page “Your scoring”.", "success")
    return redirect(url_for("evaluation.coverage", tender_id=tender_id), 303)


def _page(form: BeginForm) -> str:
    if opened.rules_of(g.tender) is None:
        abort(404)
    file, at = opened.file_with_bids(g.tender), clock.now()
    seen = reads.seen_by(g.tender, g.actor, access() if scores() else None)
    evaluators = reads.evaluators_of(g.tender, file, at)
    begins = may(g.actor, Permission.EVALUATION_BEGIN, g.tender)
    return render_template(
        "evaluation/coverage.html",
        tender=g.tender,
        lots=reads.coverage_of(file, evaluators, seen),
        evaluators=evaluators,
        boards=reads.boards_of(g.tender, file, evaluators, g.actor, seen) if g.tender.stage != "opened" else (),
        beginning=reads.beginning_of(g.tender, g.actor, at) if begins else None,
        prices=opened.sees_prices(g.actor, g.tender),
        all_seen=seen is None,
        form=form,
        said=say_minutes,
        pace=(WORDS_A_MINUTE, MINUTES_TO_JUDGE),
    )
