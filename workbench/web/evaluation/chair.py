"""The chair's page: what members ask about an answer, and the reply to each."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scoring.criteria import walk
from workbench import clock, printing
from workbench.forms.evaluation.scoring import AnswerMemberForm
from workbench.policies import Permission
from workbench.queries.bids import opened
from workbench.queries.evaluation import chair_queries as reads
from workbench.queries.evaluation.names import namer
from workbench.services.evaluation import chair_queries
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import access, declared_first, readable
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/queries/", endpoint="queries")
@requires(Permission.QUERY_ANSWER)
def index(tender_id: str) -> ResponseReturnValue:
    """List what members of the panel ask the chair."""
    declared_first()
    return _page(AnswerMemberForm(None), "")


@pages.post("/tenders/<tender_id>/queries/<query_id>/answer", endpoint="answer_query")
@requires(Permission.QUERY_ANSWER)
def answer(tender_id: str, query_id: str) -> ResponseReturnValue:
    """Answer one of them."""
    row = reads.query_within(tender_id, query_id) or abort(404)
    readable(row.bid_id)
    form = AnswerMemberForm()
    if not form.validate():
        return not_saved({}, lambda: _page(form, query_id))
    chair_queries.answer_member(g.tender, row, form.reply.data, actor=g.actor, at=clock.now())
    flash(f"Question {row.number} is answered.", "success")
    return redirect(url_for("evaluation.queries", tender_id=tender_id), 303)


def _page(form: AnswerMemberForm, wrong: str) -> str:
    """Show the list; ``wrong`` is the question whose answer has to be mended."""
    seen = access()
    rows = reads.queries_to_chair(g.tender.id, seen.hidden | seen.elsewhere)
    file = opened.file_with_bids(g.tender)
    titles = {it.id: it.title for each in file.methodologies for it, _ in walk(each.criteria)}
    return render_template(
        "evaluation/queries.html", tender=g.tender, rows=rows,
        name=namer(g.tender, g.actor), titles=titles, form=form, wrong=wrong, empty=AnswerMemberForm(None),
        typed=printing.typed,
    )  # fmt: skip
