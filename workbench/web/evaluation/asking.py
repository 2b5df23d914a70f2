"""Questions put to one tenderer: the officers' list with the replies, and the form for one more."""

from __future__ import annotations

from flask import abort, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scoring.criteria import Criterion
from workbench import clock, printing
from workbench.forms.evaluation.letters import AskTendererForm
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.policies import Permission
from workbench.queries.bids import opened
from workbench.queries.evaluation import letters as reads
from workbench.queries.evaluation import names
from workbench.services.evaluation import letters
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import access, readable, scores
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/letters/", endpoint="letters")
@requires(Permission.EVALUATION_VIEW)
def index(tender_id: str) -> ResponseReturnValue:
    """List the questions put to tenderers, those about prices only to whoever may see prices."""
    kinds = tuple(reads.KINDS) if opened.sees_prices(g.actor, g.tender) else ("clarification",)
    may_read = access()
    hidden = may_read.hidden | may_read.elsewhere if scores() else may_read.conflicted
    rows = reads.letters_of(tender_id, kinds=kinds, hidden=hidden)
    return render_template(
        "evaluation/letters.html", tender=g.tender, rows=rows, kinds=reads.KINDS, at=clock.now(), typed=printing.typed,
        name=names.namer(g.tender, g.actor), criteria={row.id: _title(row, bid) for row, bid in rows},
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/bids/<bid_id>/ask", endpoint="ask_tenderer")
@requires(Permission.TENDERER_ASK)
def show(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Show the form for a question to the tenderer of a bid."""
    bid = _bid(bid_id)
    return _page(bid, AskTendererForm(None))


@pages.post("/tenders/<tender_id>/bids/<bid_id>/ask", endpoint="send_to_tenderer")
@requires(Permission.TENDERER_ASK)
def send(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Put a question to the tenderer of a bid."""
    bid = _bid(bid_id)
    form = _offered(AskTendererForm(), bid)
    if not form.validate():
        return not_saved({}, lambda: _page(bid, form))
    try:
        row = letters.ask(
            g.tender, bid.id, "clarification", form.question.data, form.reply_by.data, form.criterion.data or "",
            recipient=form.recipient.data, actor=g.actor, at=clock.now(),
            address=current_app.config["WORKBENCH"].base_url,
        )  # fmt: skip
    except letters.AskError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(bid, form))
    flash(f"Question {row.number} is on its way to {row.recipient}.", "success")
    return redirect(url_for("evaluation.letters", tender_id=tender_id), 303)


def _bid(bid_id: str) -> OpenedBidRecord:
    readable(bid_id)
    found = opened.opened_bid(g.tender.id, bid_id)
    return found.row if found is not None else abort(404)


def _page(bid: OpenedBidRecord, form: AskTendererForm) -> str:
    return render_template(
        "evaluation/ask.html", tender=g.tender, bid=bid, form=_offered(form, bid),
        people=reads.recipients(bid), name=names.tenderer_name(bid, g.tender, g.actor),
    )  # fmt: skip


def _offered(form: AskTendererForm, bid: OpenedBidRecord) -> AskTendererForm:
    people = [(address, f"{name}, {address}" if name else address) for address, name in reads.recipients(bid)]
    form.recipient.offer(people)
    whole = ("", "Everybody who scores this bid")
    form.criterion.offer([whole, *((each.id, f"Who scores “{each.title}”") for each in _questions(bid))])
    return form


def _questions(bid: OpenedBidRecord) -> list[Criterion]:
    rules = opened.rules_of(g.tender)
    methodology = rules.methodology_for(bid.lot) if rules else None
    return [leaf.criterion for leaf in methodology.scored] if methodology else []


def _title(row: TendererLetterRecord, bid: OpenedBidRecord) -> str:
    """Name the award criterion that a question is about; nothing where it is about the whole bid."""
    return next((each.title for each in _questions(bid) if each.id == row.criterion), "")
