"""The officers' pages of questions: the numbered list, and answering one to everybody or to the asker alone."""

from __future__ import annotations

from flask import abort, after_this_request, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from workbench import clock, printing
from workbench.forms.questions import AnswerAllForm, AnswerPrivatelyForm
from workbench.models.publishing import QuestionRecord
from workbench.policies import Permission, may
from workbench.queries import questions as reads
from workbench.services import questions
from workbench.web.access import requires
from workbench.web.mailing import send_mail
from workbench.web.tenders import pages
from workbench.web.tenders.publishing import notice_address
from workbench.web.writing import not_saved

STATES = {"": "All", "open": "To answer", "public": "Answered to everybody", "private": "Answered to the asker alone"}


@pages.get("/tenders/<tender_id>/questions/", endpoint="questions")
@requires(Permission.QUESTION_VIEW)
def index(tender_id: str) -> ResponseReturnValue:
    """List a tender's questions, those to answer first asked for."""
    state = request.args.get("state", "")
    if state not in STATES:
        abort(404)
    number = min(max(1, request.args.get("page", 1, type=int)), 10_000)
    rows, count = reads.questions_of(tender_id, state=state, page=number)
    return render_template(
        "tenders/questions.html", tender=g.tender, questions=rows, count=count, number=number, state=state,
        states=STATES, counts=reads.counts_of(tender_id), last=max(1, -(-count // reads.PAGE)), sees=_sees(),
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/questions/<question_id>", endpoint="question")
@requires(Permission.QUESTION_VIEW)
def show(tender_id: str, question_id: str) -> ResponseReturnValue:
    """Show one question, with its answer or the forms for one."""
    row = _found(tender_id, question_id)
    everybody = AnswerAllForm(version=row.version, data={"published_text": row.question})
    return _page(row, everybody, AnswerPrivatelyForm(version=row.version))


@pages.post("/tenders/<tender_id>/questions/<question_id>/answer", endpoint="answer_all")
@requires(Permission.QUESTION_ANSWER)
def answer_all(tender_id: str, question_id: str) -> ResponseReturnValue:
    """Answer a question to everybody; words that would tell who asked are named first."""
    row = _found(tender_id, question_id)
    form = AnswerAllForm()
    texts = f"{form.published_text.data or ''}\n{form.answer.data or ''}"
    form.tells = reads.tells_asker(texts, name=row.name, organisation=row.organisation, email=row.email)
    if not form.validate():
        return not_saved({}, lambda: _page(row, form, AnswerPrivatelyForm(None, version=row.version)))
    questions.answer_all(
        g.tender, row, text=form.published_text.data, answer=form.answer.data, version=form.version or 0,
        actor=g.actor, at=clock.now(),
    )  # fmt: skip
    _mail(row, f"Your question is answered on {notice_address(tender_id)}#questions\n\n{form.answer.data}")
    return redirect(url_for("tenders.questions", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/questions/<question_id>/answer-privately", endpoint="answer_privately")
@requires(Permission.QUESTION_ANSWER)
def answer_privately(tender_id: str, question_id: str) -> ResponseReturnValue:
    """Answer the asker alone, with a reason."""
    row = _found(tender_id, question_id)
    form = AnswerPrivatelyForm()
    if not form.validate():
        everybody = AnswerAllForm(None, version=row.version, data={"published_text": row.question})
        return not_saved({}, lambda: _page(row, everybody, form))
    questions.answer_privately(
        g.tender, row, answer=form.private_answer.data, reason=form.reason.data, version=form.version or 0,
        actor=g.actor, at=clock.now(),
    )  # fmt: skip
    _mail(row, f"This answer to your question goes to you alone.\n\n{form.private_answer.data}")
    return redirect(url_for("tenders.questions", tender_id=tender_id), 303)


def _mail(row: QuestionRecord, text: str) -> None:
    """Write to the asker once the answer is kept; a mail that cannot be sent does not undo it."""
    to, subject = row.email, f"Your question about {g.tender.reference}"[:200]
    whole = f"You asked about {g.tender.title}:\n\n{row.question}\n\n{text}\n"

    @after_this_request
    def send(response: Response) -> Response:
        if response.status_code < 400:
            send_mail(to, " ".join(subject.split()), whole)
        return response


def _found(tender_id: str, question_id: str) -> QuestionRecord:
    row = reads.question_within(tender_id, question_id)
    return row if row is not None else abort(404)


def _sees() -> bool:
    return may(g.actor, Permission.QUESTION_SEE_ASKER, g.tender)


def _page(row: QuestionRecord, everybody: AnswerAllForm, alone: AnswerPrivatelyForm) -> str:
    wrong = alone if alone.errors else everybody
    return render_template(
        "tenders/question.html", tender=g.tender, question=row, everybody=everybody, alone=alone, form=wrong,
        sees=_sees(), typed=printing.typed,
    )  # fmt: skip
