"""The score sheet: one answer beside its question, saved as it is typed, read by nobody but its author."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.submission import Submission
from workbench import clock, printing
from workbench.forms.evaluation.scoring import AskChairForm, ScoreForm
from workbench.policies import Permission, may
from workbench.queries.bids import opened
from workbench.queries.evaluation import chair_queries, letters
from workbench.queries.evaluation.sheets import STATES, Desk, Question, desk_of
from workbench.queries.evaluation.work_list import work_on
from workbench.services.bids.documents import document_of
from workbench.services.evaluation import chair_queries as asking
from workbench.services.evaluation import scoring
from workbench.web.access import requires
from workbench.web.bids.sealed_store import store
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import access, declared_first, readable
from workbench.web.headers import SANDBOX
from workbench.web.pages import error_list
from workbench.web.writing import is_autosave, not_saved, saved

PLACES = {"reason": "strengths", "evidence": "evidence-0-document"}
"""Where a finding of the gate is mended, if its place is not a field itself."""


@pages.get("/tenders/<tender_id>/sheets/<bid_id>/<criterion>", endpoint="score")
@requires(Permission.SCORE_READ_OWN)
def show(tender_id: str, bid_id: str, criterion: str) -> ResponseReturnValue:
    """Show an answer with the form for its score, or with the score that was submitted."""
    desk, question = _found(bid_id, criterion)
    return _page(desk, bid_id, question, ScoreForm.open(question, desk.draft(bid_id, criterion)))


@pages.post("/tenders/<tender_id>/sheets/<bid_id>/<criterion>", endpoint="save_score")
@requires(Permission.SCORE_GIVE)
def save(tender_id: str, bid_id: str, criterion: str) -> ResponseReturnValue:
    """Save a score; what cannot be read yet is kept as it was typed, and the page says what to mend."""
    desk, question = _found(bid_id, criterion)
    form, at = ScoreForm(question=question), clock.now()
    good = form.validate()
    score = form.score() if good else desk.draft(bid_id, criterion).score
    typed = form.unfinished() if good else form.typed()
    version = scoring.save(g.tender, bid_id, score, form.version or 0, typed=typed, actor=g.actor, at=at)
    if good:
        return saved(_onward(desk, bid_id, criterion), version=version, at=at)
    form.hold(version)
    wrong: dict[str, list[str]] = {}
    for entry in error_list(form):
        wrong.setdefault(entry.get("href", "").lstrip("#"), []).append(entry["text"])
    return not_saved(wrong, lambda: _page(desk, bid_id, question, form), version)


@pages.post("/tenders/<tender_id>/sheets/<bid_id>/<criterion>/ask", endpoint="ask_chair")
@requires(Permission.SCORE_GIVE)
def ask_chair(tender_id: str, bid_id: str, criterion: str) -> ResponseReturnValue:
    """Put a question about the answer to the chair."""
    desk, question = _found(bid_id, criterion)
    form = AskChairForm()
    if not form.validate():
        shown = ScoreForm.open(question, desk.draft(bid_id, criterion))
        return not_saved({}, lambda: _page(desk, bid_id, question, shown, form))
    asking.ask_chair(g.tender, bid_id, criterion, form.text.data, actor=g.actor, at=clock.now())
    return redirect(url_for("evaluation.score", **_names(bid_id, criterion), _anchor="chair"), 303)


@pages.get("/tenders/<tender_id>/sheets/<bid_id>/documents/<document>", endpoint="sheet_document")
@requires(Permission.SCORE_READ_OWN)
def send_document(tender_id: str, bid_id: str, document: str) -> ResponseReturnValue:
    """Send a document of a bid to somebody who scores it, opened on the fly; never shown as a page of ours."""
    desk = own_desk(bid_id)
    found = next((it for it in _submission(desk, bid_id).documents if it.id == document), None) or abort(404)
    response = Response(document_of(found, store()), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


# --- pieces ---------------------------------------------------------------------------------------------------


def own_desk(bid_id: str = "") -> Desk:
    """Lay out the reader's desk; 404 for a bid that is not on it."""
    declared_first()
    if bid_id:
        readable(bid_id)
    desk = desk_of(g.tender, g.actor, access())
    return desk if not bid_id or bid_id in desk.bids else abort(404)


def _found(bid_id: str, criterion: str) -> tuple[Desk, Question]:
    desk = own_desk(bid_id)
    question = desk.question(bid_id, criterion)
    return (desk, question) if question is not None else abort(404)


def _submission(desk: Desk, bid_id: str) -> Submission:
    return opened.read_submission(desk.bids[bid_id])


def _names(bid_id: str, criterion: str) -> dict[str, Any]:
    return {"tender_id": g.tender.id, "bid_id": bid_id, "criterion": criterion}


def _onward(desk: Desk, bid_id: str, criterion: str) -> str:
    """Give the page to go on to: the next answer on the work list, or after the last one the list of sheets."""
    if is_autosave() or request.args.get("then") != "next":
        return url_for("evaluation.score", **_names(bid_id, criterion))
    following = work_on(desk).next_after(bid_id, criterion)
    if following is None:
        return url_for("evaluation.sheets", tender_id=g.tender.id)
    return url_for("evaluation.score", **_names(following.bid_id, following.criterion))


def _page(desk: Desk, bid_id: str, question: Question, form: ScoreForm, asks: AskChairForm | None = None) -> str:
    submission = _submission(desk, bid_id)
    answer = next((each.text for each in submission.answers if each.criterion == question.id), "")
    sheet, draft = desk.sheets.get(bid_id), desk.draft(bid_id, question.id)
    return render_template(
        "evaluation/score.html",
        tender=g.tender,
        desk=desk,
        names=_names(bid_id, question.id),
        name=desk.name(bid_id),
        bid=desk.bids[bid_id],
        question=question,
        paragraphs=paragraphs(answer),
        documents=[each for each in submission.documents if each.criterion == question.id],
        others=[each for each in submission.documents if not each.criterion],
        clarifications=letters.answers_about(bid_id, question.id),
        queries=chair_queries.own_queries(g.tender.id, g.actor.user_id, bid_id, question.id),
        asks=asks or AskChairForm(None),
        form=form,
        findings=_linked(desk, bid_id, question) if draft.version and not sheet else (),
        state=STATES[desk.state(bid_id, question)],
        draft=draft,
        sheet=sheet,
        score=desk.score(bid_id, question.id),
        editable=not sheet and desk.access.ready and may(g.actor, Permission.SCORE_GIVE, g.tender),
        typed=printing.typed,
    )


def paragraphs(text: str) -> list[str]:
    """Part an answer into the paragraphs that evidence is cited by."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]


def _linked(desk: Desk, bid_id: str, question: Question) -> list[dict[str, Any]]:
    """Give each finding a link to the field that mends it."""
    return [
        {"message": it.message, "severity": it.severity, "href": f"#{PLACES.get(it.place, it.place)}"}
        for it in desk.findings(bid_id, question)
    ]
