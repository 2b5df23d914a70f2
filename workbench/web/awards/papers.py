"""The decision's documents: drafts and final ones made in the background, their progress, and their release."""

from __future__ import annotations

from flask import (
    Response,
    abort,
    after_this_request,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from exports.names import safe
from workbench import clock
from workbench.forms.awards.papers import MakeForm, ReleaseForm, RetryForm
from workbench.jobs import jobs
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.policies import Permission
from workbench.queries.awards import papers as reads
from workbench.queries.awards.decision import approved_file, recommendation_of, recommended_file
from workbench.services.awards import delivering, issuing
from workbench.services.awards.issuing import Source
from workbench.services.bids.followers import links_of
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.entry import uninterested
from workbench.web.writing import not_saved

SANDBOX = "sandbox; default-src 'none'"
KINDS = {"pdf": "application/pdf", "json": "application/json", "csv": "text/csv"}
_BINARY = "application/octet-stream"


@pages.get("/tenders/<tender_id>/award/papers/", endpoint="papers")
@requires(Permission.NOTICES_VIEW)
def papers(tender_id: str) -> ResponseReturnValue:
    """List the issues of the decision's documents, and offer to have new ones made."""
    uninterested()
    return _list_page(None)


@pages.post("/tenders/<tender_id>/award/papers/", endpoint="make_papers")
@requires(Permission.NOTICES_MAKE)
def make_papers(tender_id: str) -> ResponseReturnValue:
    """Plan every document and put them into the queue once this is committed."""
    uninterested()
    form = MakeForm()
    source = _source() if form.validate() else None
    if source is None:
        return not_saved({}, lambda: _list_page(form))
    try:
        row = issuing.issue(g.tender, form.kind.data, source, actor=g.actor, at=clock.now())
    except issuing.IssueError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _list_page(form))
    _queue_after(row.id)
    return redirect(url_for("awards.issue", tender_id=tender_id, issue=row.number), 303)


@pages.get("/tenders/<tender_id>/award/papers/<int:issue>/", endpoint="issue")
@requires(Permission.NOTICES_VIEW)
def show_issue(tender_id: str, issue: int) -> ResponseReturnValue:
    """Show how far an issue is, each document with its state, and what keeps the letters back."""
    return _issue_page(_issue(issue), None)


@pages.get("/tenders/<tender_id>/award/papers/<int:issue>/progress.json", endpoint="issue_progress")
@requires(Permission.NOTICES_VIEW)
def issue_progress(tender_id: str, issue: int) -> ResponseReturnValue:
    """Say how far an issue is, for the script of its page."""
    row = _issue(issue)
    found = reads.progress_of(row.id)
    return jsonify(
        state=row.state, made=found.made, wanted=found.wanted, failed=found.failed, under_way=found.under_way
    )


@pages.get("/tenders/<tender_id>/award/papers/<int:issue>/<paper_id>", endpoint="paper_file")
@requires(Permission.NOTICES_VIEW)
def send_paper(tender_id: str, issue: int, paper_id: str) -> ResponseReturnValue:
    """Send a document exactly as it is kept."""
    return paper_response(_paper(issue, paper_id))


@pages.post("/tenders/<tender_id>/award/papers/<int:issue>/<paper_id>/retry", endpoint="retry_paper")
@requires(Permission.NOTICES_MAKE)
def retry_paper(tender_id: str, issue: int, paper_id: str) -> ResponseReturnValue:
    """Try once more to make a document."""
    RetryForm()
    paper = _paper(issue, paper_id)
    issuing.retry(g.tender, paper, actor=g.actor, at=clock.now())
    _queue_after(paper.issue_id)
    return redirect(url_for("awards.issue", tender_id=tender_id, issue=issue), 303)


@pages.get("/tenders/<tender_id>/award/papers/<int:issue>/release", endpoint="ask_release")
@requires(Permission.NOTICES_RELEASE)
def ask_release(tender_id: str, issue: int) -> ResponseReturnValue:
    """Show who gets which letter where, before all of them go out."""
    return _release_page(_issue(issue), ReleaseForm(None))


@pages.post("/tenders/<tender_id>/award/papers/<int:issue>/release", endpoint="release")
@requires(Permission.NOTICES_RELEASE)
def release(tender_id: str, issue: int) -> ResponseReturnValue:
    """Send every letter, to everybody at once."""
    row, form = _issue(issue), ReleaseForm()
    if not form.validate():
        return not_saved({}, lambda: _release_page(row, form))
    try:
        delivering.release(g.tender, row, links_of(current_app.config["WORKBENCH"]), actor=g.actor, at=clock.now())
    except delivering.ReleaseError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _release_page(row, form))
    flash("The letters are released: every tenderer can read its own now.", "success")
    return redirect(url_for("awards.summaries", tender_id=tender_id), 303)


@pages.get("/tenders/<tender_id>/award/summaries", endpoint="summaries")
@requires(Permission.NOTICES_VIEW)
def summaries(tender_id: str) -> ResponseReturnValue:
    """Show the register: every letter, whom it went to and when, its digest, and whether it was read."""
    uninterested()
    row = reads.released_issue(tender_id)
    if row is None:
        return render_template("awards/summaries.html", tender=g.tender, issue=None)
    file = delivering.frozen_file(row)
    return render_template(
        "awards/summaries.html", tender=g.tender, issue=row, letters=reads.letters_of(tender_id),
        untold=reads.untold(tender_id), file=file, assessed={score.bid for score in file.agreed_scores},
    )  # fmt: skip


# --- pieces -----------------------------------------------------------------------------------------------------


def paper_response(paper: DecisionPaperRecord) -> Response:
    """Answer with the kept bytes of a document; a browser keeps it and never shows it as a page of ours."""
    if paper.content is None:
        abort(404)
    name = "-".join((safe(paper.path.rpartition(".")[0]), paper.sha256[:8])) + f".{paper.path.rpartition('.')[2]}"
    response = Response(paper.content, mimetype=KINDS.get(paper.path.rpartition(".")[2], _BINARY))
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    return response


def _source() -> Source | None:
    """Find what documents are made from: the approved record, or for drafts the one that is recommended."""
    row = recommendation_of(g.tender.id)
    if row is None:
        return None
    return Source(row.number, (approved_file if g.tender.stage == "approved" else recommended_file)(g.tender))


def _queue_after(issue_id: str) -> None:
    """Put the documents of an issue into the queue once the request is committed and answered."""

    @after_this_request
    def queue(response: Response) -> Response:
        jobs().try_to_queue(issue_id)
        return response


def _issue(number: int) -> IssueRecord:
    uninterested()
    return reads.issue_of(g.tender.id, number) or abort(404)


def _paper(number: int, paper_id: str) -> DecisionPaperRecord:
    issue, found = _issue(number), reads.paper_of(g.tender.id, paper_id)
    return found if found is not None and found.issue_id == issue.id else abort(404)


def _list_page(form: MakeForm | None) -> str:
    return render_template(
        "awards/papers.html",
        tender=g.tender,
        issues=[(row, name, reads.progress_of(row.id)) for row, name in reads.issues_of(g.tender.id)],
        ready=recommendation_of(g.tender.id) is not None,
        form=form or MakeForm(None),
    )


def _issue_page(row: IssueRecord, form: RetryForm | None) -> str:
    final = row.kind == reads.FINAL and row.state != "released"
    return render_template(
        "awards/issue.html",
        tender=g.tender,
        issue=row,
        progress=reads.progress_of(row.id),
        papers=reads.papers_of(row.id),
        waits=delivering.waits_for(row, delivering.frozen_file(row), clock.now()) if final else "",
        form=form or RetryForm(None),
    )


def _release_page(row: IssueRecord, form: ReleaseForm) -> str:
    file, rows = delivering.frozen_file(row), delivering.letters_in(row.id)
    return render_template(
        "awards/release.html",
        tender=g.tender,
        issue=row,
        file=file,
        letters=rows,
        addresses=delivering.recipients(file, rows),
        waits=delivering.waits_for(row, file, clock.now()),
        form=form,
    )
