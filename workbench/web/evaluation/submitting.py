"""A member's own sheets: which are complete, submitting them, reading them again, and one question side by side."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.names import file_name
from exports.reports.score_sheets import own_sheet
from scoring.reasons.consistency import hints
from workbench import clock, printing
from workbench.forms.evaluation.scoring import SubmitForm
from workbench.policies import Permission, may
from workbench.queries.evaluation.record import live_file
from workbench.queries.evaluation.sheets import STATES, Desk
from workbench.services.evaluation import scoring
from workbench.services.evaluation.scoring import ScoreError
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.sheets import own_desk
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/sheets/", endpoint="sheets")
@requires(Permission.SCORE_READ_OWN)
def index(tender_id: str) -> ResponseReturnValue:
    """List the reader's own sheets, bid by bid."""
    return _index(own_desk())


@pages.post("/tenders/<tender_id>/sheets/submit", endpoint="submit_sheets")
@requires(Permission.SCORE_GIVE)
def submit_all(tender_id: str) -> ResponseReturnValue:
    """Submit every sheet that is complete."""
    desk, form = own_desk(), SubmitForm()
    return _submitted(form.seen, form, lambda: _index(desk, form))


@pages.get("/tenders/<tender_id>/sheets/<bid_id>/", endpoint="sheet")
@requires(Permission.SCORE_READ_OWN)
def show(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Show one sheet: what is left to do before it can be submitted, or what was submitted."""
    return _sheet(own_desk(bid_id), bid_id)


@pages.post("/tenders/<tender_id>/sheets/<bid_id>/submit", endpoint="submit_sheet")
@requires(Permission.SCORE_GIVE)
def submit(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Submit one sheet."""
    desk, form = own_desk(bid_id), SubmitForm()
    shown = {bid_id: form.seen.get(bid_id, "")}
    return _submitted(shown, form, lambda: _sheet(desk, bid_id, form))


@pages.get("/tenders/<tender_id>/sheets/<bid_id>/sheet.pdf", endpoint="own_sheet")
@requires(Permission.SCORE_READ_OWN)
def send_sheet(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Send the reader's own submitted sheet as a paper, with the digest of what was kept."""
    desk = own_desk(bid_id)
    sheet = desk.sheet(bid_id) or abort(404)
    made = own_sheet(live_file(g.tender), sheet, desk.name(bid_id))
    response = Response(printing.print_document(made), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=file_name(made))
    return response


@pages.get("/tenders/<tender_id>/own-scores/<lot>/<criterion>", endpoint="own_scores")
@requires(Permission.SCORE_READ_OWN)
def compare(tender_id: str, lot: str, criterion: str) -> ResponseReturnValue:
    """Show the reader's own scores for one question side by side, with hints from these alone."""
    desk = own_desk()
    bids = [row.id for row in desk.bids.values() if row.lot == lot and desk.question(row.id, criterion)]
    if not bids:
        abort(404)
    question = desk.question(bids[0], criterion)
    assert question is not None
    own = [(bid_id, desk.score(bid_id, criterion)) for bid_id in bids]
    return render_template(
        "evaluation/own_scores.html", tender=g.tender, desk=desk, question=question, own=own,
        hints=hints([(desk.name(bid_id), score) for bid_id, score in own], question.scale), states=STATES,
    )  # fmt: skip


# --- pieces ---------------------------------------------------------------------------------------------------


def _submitted(shown: dict[str, str], form: SubmitForm, page: Callable[[], str]) -> ResponseReturnValue:
    """Freeze sheets as they were shown; what is refused is said on the page."""
    confirmed = bool(form.confirmed.data)
    try:
        rows = scoring.submit(g.tender, shown, confirmed=confirmed, actor=g.actor, at=clock.now())
    except ScoreError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, page)
    flash("Submitted: your sheet stays as it is." if len(rows) == 1 else f"{len(rows)} sheets submitted.", "success")
    return redirect(url_for("evaluation.sheets", tender_id=g.tender.id), 303)


def _gives() -> bool:
    return may(g.actor, Permission.SCORE_GIVE, g.tender)


def _index(desk: Desk, form: SubmitForm | None = None) -> str:
    ready = [bid_id for bid_id in desk.bids if _gives() and desk.complete(bid_id)]
    shown = {bid_id: scoring.shown_digest(desk, bid_id) for bid_id in ready}
    return render_template(
        "evaluation/sheets.html", tender=g.tender, desk=desk, ready=ready, form=form or SubmitForm.of(shown),
        rows=[_row(desk, bid_id) for bid_id in desk.bids], remarks=sum(len(desk.warnings(each)) for each in ready),
        lots={lot.id: lot.title for lot in desk.file.tender.contract_lots}, gives=_gives(),
    )  # fmt: skip


def _row(desk: Desk, bid_id: str) -> dict[str, object]:
    """Say how far one bid is scored."""
    states = [desk.state(bid_id, each) for each in desk.questions(bid_id)]
    done = sum(state in ("complete", "submitted") for state in states)
    return {"bid": desk.bids[bid_id], "done": done, "of": len(states), "sheet": desk.sheets.get(bid_id)}


def _sheet(desk: Desk, bid_id: str, form: SubmitForm | None = None) -> str:
    ready = _gives() and desk.complete(bid_id)
    asked = [(each, desk.state(bid_id, each), desk.score(bid_id, each.id)) for each in desk.questions(bid_id)]
    return render_template(
        "evaluation/sheet.html", tender=g.tender, desk=desk, bid=desk.bids[bid_id], name=desk.name(bid_id),
        asked=asked, states=STATES, findings={each.id: desk.findings(bid_id, each) for each, _, _ in asked},
        ready=ready, form=form or SubmitForm.of({bid_id: scoring.shown_digest(desk, bid_id)}),
        row=desk.sheets.get(bid_id), gives=_gives(), typed=printing.typed,
    )  # fmt: skip
