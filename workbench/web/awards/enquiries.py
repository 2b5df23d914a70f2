"""Pages about low prices: what prompts a question, the letter, the reply, and the decision with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask import abort, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.notices.low_price import enquiry_text
from lots.calendar import next_working_day
from lots.errors import ProcurementError
from scoring.evaluation import LotEvaluation
from scoring.recommendation import Evaluation
from workbench import clock, printing
from workbench.forms.awards.prices import PriceDecisionForm, PriceEnquiryForm
from workbench.policies import Permission
from workbench.queries.awards import enquiries as reads
from workbench.queries.evaluation.letters import recipients
from workbench.services.awards import enquiries
from workbench.services.awards.enquiries import EnquiryError
from workbench.services.evaluation.letters import AskError
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.reading import shown
from workbench.web.writing import not_saved

TO_REPLY = timedelta(days=7)


@pages.get("/tenders/<tender_id>/low-prices/", endpoint="price_enquiries")
@requires(Permission.RESULT_VIEW)
def index(tender_id: str) -> ResponseReturnValue:
    """List the prices that look abnormally low or were asked about, and every other bid that may be."""
    evaluation, lots = shown()
    asked = reads.asked_prices(evaluation, lots, tender_id)
    known = {each.result.bid.id for each in asked}
    others = [
        (lot.lot.title, result)
        for lot in evaluation.lots
        if lot.lot.id in lots
        for result in lot.ranked
        if result.bid.id not in known
    ]
    return render_template("awards/prices.html", tender=g.tender, asked=asked, others=others, at=clock.now())


@pages.get("/tenders/<tender_id>/low-prices/<bid_id>/", endpoint="price_enquiry")
@requires(Permission.RESULT_VIEW)
def show(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Show the enquiry into one price: tests, letters, and what can be done now."""
    return _page(bid_id)


@pages.post("/tenders/<tender_id>/low-prices/<bid_id>/ask", endpoint="ask_price")
@requires(Permission.PRICE_DECIDE)
def ask(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Ask the tenderer of a bid to explain its price."""
    form = _offered(PriceEnquiryForm(), bid_id)
    if not form.validate():
        return not_saved({}, lambda: _page(bid_id, asking=form))
    try:
        row = enquiries.start(
            g.tender, bid_id, form.question.data, form.reply_by.data, recipient=form.recipient.data, actor=g.actor,
            at=clock.now(), address=current_app.config["WORKBENCH"].base_url,
        )  # fmt: skip
    except (AskError, EnquiryError) as refused:
        return _again(form, refused, lambda: _page(bid_id, asking=form))
    flash(f"Question {row.number} is on its way to {row.recipient}.", "success")
    return redirect(url_for("awards.price_enquiry", tender_id=tender_id, bid_id=bid_id), 303)


@pages.post("/tenders/<tender_id>/low-prices/<bid_id>/decide/<letter_id>", endpoint="decide_price")
@requires(Permission.PRICE_DECIDE)
def decide(tender_id: str, bid_id: str, letter_id: str) -> ResponseReturnValue:
    """Decide whether a price is explained; a letter about another bid is a page that is not there."""
    _found(bid_id)
    if letter_id not in {row.id for row, _ in reads.letters_by_bid(tender_id).get(bid_id, ())}:
        abort(404)
    form = PriceDecisionForm()
    if not form.validate():
        return not_saved({}, lambda: _page(bid_id, deciding=form))
    try:
        enquiries.decide(
            g.tender, letter_id, form.decision.data, reason=form.reason.data, actor=g.actor, at=clock.now()
        )
    except EnquiryError as refused:
        return _again(form, refused, lambda: _page(bid_id, deciding=form))
    flash("The decision about this price is recorded, and the result is worked out again.", "success")
    return redirect(url_for("awards.price_enquiry", tender_id=tender_id, bid_id=bid_id), 303)


# --- pieces ---------------------------------------------------------------------------------------------------


def _found(bid_id: str) -> tuple[Evaluation, LotEvaluation]:
    evaluation, lots = shown()
    found = (lot for lot in evaluation.lots if lot.lot.id in lots)
    lot = next((each for each in found if any(it.bid.id == bid_id for it in each.results)), None)
    return (evaluation, lot) if lot is not None else abort(404)


def _page(
    bid_id: str, asking: PriceEnquiryForm | None = None, deciding: PriceDecisionForm | None = None
) -> str:  # fmt: skip
    evaluation, lot = _found(bid_id)
    price = reads.asked_price(lot, lot.result(bid_id), reads.letters_by_bid(g.tender.id))
    at = clock.now()
    return render_template(
        "awards/price.html", tender=g.tender, lot=lot.lot, price=price, at=at, typed=printing.typed,
        form=asking or deciding, asking=_offered(asking or _prefilled(evaluation, lot, bid_id, at), bid_id),
        deciding=deciding or PriceDecisionForm(None), takes_reply=_takes_reply(price, at),
    )  # fmt: skip


def _takes_reply(price: reads.AskedPrice, at: datetime) -> bool:
    """Say whether the tenderer's time to reply still runs, so that nothing can be decided yet."""
    row = price.waiting
    return row is not None and row.replied_at is None and at < row.reply_by + timedelta(minutes=15)


def _prefilled(evaluation: Evaluation, lot: LotEvaluation, bid_id: str, at: datetime) -> PriceEnquiryForm:
    enquiry = next((each for each in lot.enquiries if each.bid == bid_id), None)
    day = next_working_day((at + TO_REPLY).date() - timedelta(days=1))
    text = enquiry_text(lot, bid_id, evaluation.file.tender.regime, enquiry)
    return PriceEnquiryForm(None, data={"question": text, "reply_by": datetime.combine(day, time(12), UTC)})


def _offered(form: PriceEnquiryForm, bid_id: str) -> PriceEnquiryForm:
    _found(bid_id)
    row = reads.bid_row(g.tender.id, bid_id) or abort(404)
    people = [(address, f"{name}, {address}" if name else address) for address, name in recipients(row)]
    form.recipient.offer(people)
    return form


def _again(form: PriceEnquiryForm | PriceDecisionForm, refused: ProcurementError, page: object) -> ResponseReturnValue:
    form.form_errors.append(str(refused))
    return not_saved({}, page)  # type: ignore[arg-type]
