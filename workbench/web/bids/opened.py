"""Pages about opened bids: the list of each lot, one bid with its files, overlaps, decisions, the tender file."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from exports import tender_file
from exports.documents import IncompleteDocument, identifier_words
from exports.names import file_name, safe
from exports.reports.certificate import compliance_certificate
from exports.reports.split_rows import checked
from lots.bid import Bid
from scoring.criteria import Criterion, walk
from scoring.open_decisions import OpenDecision, open_decisions
from scoring.tender_file import TenderFile
from workbench import clock, policies, printing
from workbench.forms.bids.opening import DecisionForm
from workbench.policies import NotForYou, Permission
from workbench.queries.bids import opened as reads
from workbench.queries.bids.graph import fact_sheet
from workbench.queries.bids.opened import OpenedBid, sees_prices
from workbench.services.bids import admissions
from workbench.services.bids.admissions import AdmissionError
from workbench.services.bids.documents import document_of
from workbench.web.access import requires
from workbench.web.bids import pages
from workbench.web.bids.sealed_store import store
from workbench.web.evaluation.guard import access, names_shown, readable
from workbench.web.headers import SANDBOX
from workbench.web.writing import not_saved

CONCERNS = {"admission": "Admission", "ceiling": "Price ceilings", "split": "Collaboration rules"}
_NO_PRICES = "Whoever scores or chairs the scoring sees no price before the scores for quality are locked"


@pages.get("/tenders/<tender_id>/bids/", endpoint="opened_bids")
@requires(Permission.BIDS_VIEW)
def opened_bids(tender_id: str) -> ResponseReturnValue:
    """List the bids opened for each lot, a page at a time, and by name what was not opened."""
    names_shown()
    lots = _rules().tender.contract_lots
    chosen = next((lot for lot in lots if lot.id == request.args.get("lot")), lots[0] if lots else None)
    number = min(max(1, request.args.get("page", 1, type=int)), 10_000)
    counts = reads.counts_of(tender_id)
    count = counts.get((chosen.id, "opened"), 0) if chosen else 0
    return render_template(
        "openings/bids.html",
        tender=g.tender,
        lots=lots,
        chosen=chosen,
        counts=counts,
        count=count,
        number=number,
        last=max(1, -(-count // reads.PAGE)),
        rows=reads.page_of(tender_id, chosen.id, number) if chosen else (),
        others=reads.others_of(tender_id),
        decided=_decided(tender_id),
        prices=sees_prices(g.actor, g.tender),
    )


@pages.get("/tenders/<tender_id>/bids/overlaps", endpoint="overlaps")
@requires(Permission.BIDS_VIEW)
def show_overlaps(tender_id: str) -> ResponseReturnValue:
    """Show which organisations take part in several bids, as a fact sheet."""
    names_shown()
    together = reads.assembled(g.tender)
    file = together.file
    return render_template(
        "openings/overlaps.html",
        tender=g.tender,
        sheet=fact_sheet(file),
        titles={lot.id: lot.title for lot in file.tender.lots},
        names={each.id: each.name for each in file.organisations},
        findings=together.findings,
        prices=sees_prices(g.actor, g.tender),
    )


@pages.get("/tenders/<tender_id>/bids/tender-file.json", endpoint="file_with_bids")
@requires(Permission.TENDER_EXPORT)
def send_tender_file(tender_id: str) -> ResponseReturnValue:
    """Send the rules with every opened bid as a tender file, which ``workbench evaluate`` takes."""
    names_shown()
    policies.check(g.actor, Permission.BIDS_VIEW, g.tender)
    if access().conflicted:
        raise NotForYou("You declared an interest in a bid, and this file holds every bid: somebody else takes it")
    _check_prices()
    _rules()
    data = tender_file.write(reads.file_with_bids(g.tender))
    return _file(data, "application/json", f"tender-file-{safe(g.tender.reference)}-with-bids.json")


@pages.get("/tenders/<tender_id>/bids/<bid_id>/", endpoint="opened_bid")
@requires(Permission.BIDS_VIEW)
def opened_bid(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Show one bid: who, money, answers, documents, whether it keeps the rules, and what is to be decided."""
    return _page(_bid(bid_id), None)


@pages.get("/tenders/<tender_id>/bids/<bid_id>/documents/<document>", endpoint="opened_document")
@requires(Permission.BIDS_VIEW)
def send_document(tender_id: str, bid_id: str, document: str) -> ResponseReturnValue:
    """Send a document of a bid, opened on the fly; a browser keeps it and never shows it as a page of ours."""
    found = next((each for each in _bid(bid_id).submission.documents if each.id == document), None) or abort(404)
    return _file(document_of(found, store()), "application/octet-stream", found.name)


@pages.get("/tenders/<tender_id>/bids/<bid_id>/certificate.pdf", endpoint="opened_certificate")
@requires(Permission.BIDS_VIEW)
def send_certificate(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Send the compliance certificate of a bid, made as it is for the tenderer and for the decision pack."""
    _check_prices()
    _bid(bid_id)
    try:
        made = compliance_certificate(reads.file_with_bids(g.tender), bid_id)
    except IncompleteDocument as missing:
        abort(409, str(missing))
    return _file(printing.print_document(made), "application/pdf", file_name(made))


@pages.post("/tenders/<tender_id>/bids/<bid_id>/decide", endpoint="decide_bid")
@requires(Permission.BIDS_ADMIT)
def decide(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Admit or exclude a bid, with a reason."""
    bid = _bid(bid_id)
    form = _offered(DecisionForm(), _left(bid, reads.file_with_bids(g.tender)))
    if not form.validate():
        return not_saved({}, lambda: _page(bid, form))
    try:
        made = admissions.decide(
            g.tender, bid_id, form.decision.data, concerning=form.concerning.data, reason=form.reason.data,
            actor=g.actor, at=clock.now(),
        )  # fmt: skip
    except AdmissionError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(bid, form))
    flash(f"Recorded as decision {made.number} about this bid.", "success")
    return redirect(url_for("bids.opened_bid", tender_id=tender_id, bid_id=bid_id), 303)


# --- pieces ---------------------------------------------------------------------------------------------------


def _rules() -> TenderFile:
    rules = reads.rules_of(g.tender)
    return rules if rules is not None else abort(404)


def _bid(bid_id: str) -> OpenedBid:
    _rules()
    readable(bid_id)
    found = reads.opened_bid(g.tender.id, bid_id)
    return found if found is not None else abort(404)


def _check_prices() -> None:
    if not sees_prices(g.actor, g.tender):
        raise NotForYou(_NO_PRICES)


def _decided(tender_id: str) -> dict[str, str]:
    """Say for each bid what holds: excluded where any of its latest decisions excludes it."""
    found: dict[str, str] = {}
    for each in reads.admissions_of(tender_id):
        if found.get(each.bid) != "exclude":
            found[each.bid] = each.decision
    return found


def _file(data: bytes, kind: str, name: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _page(found: OpenedBid, form: DecisionForm | None) -> str:
    file = reads.file_with_bids(g.tender)
    bid = next(each for each in file.bids if each.id == found.row.id)
    lot = file.tender.lot(bid.lot)
    known = {each.id: each for each in file.organisations}
    sees = sees_prices(g.actor, g.tender)
    prices = sees and bool(bid.prices)
    left = _left(found, file)
    return render_template(
        "openings/bid.html",
        tender=g.tender,
        opened=found,
        submission=found.submission,
        bid=bid,
        lot=lot,
        known=known,
        prices=prices,
        sees=sees,
        shut=file.prices_shut,
        check=checked(bid, lot, known) if prices and bid.split else None,
        years=range(1, len(bid.prices) + 1),
        questions=_questions(file, bid),
        requirements={each.id: each for each in lot.requirements},
        decisions=reads.decisions_on(g.tender.id, bid.id),
        left=left,
        deciding=_offered(form or DecisionForm(None), left),
        form=form,
        concerns=CONCERNS,
        words=identifier_words,
        typed=printing.typed,
    )


def _left(found: OpenedBid, file: TenderFile) -> tuple[OpenDecision, ...]:
    """List what may be decided, as far as the reader may know of it."""
    bid = next(each for each in file.bids if each.id == found.row.id)
    return open_decisions(file, bid, prices=sees_prices(g.actor, g.tender))


def _offered(form: DecisionForm, left: Sequence[OpenDecision]) -> DecisionForm:
    """Offer the steps at which something is left to decide."""
    steps = [each.concerning for each in left if each.decidable]
    form.concerning.offer([(step, CONCERNS[step]) for step in steps])
    if not form.concerning.data and len(steps) == 1:
        form.concerning.data = steps[0]
    return form


def _questions(file: TenderFile, bid: Bid) -> dict[str, Criterion]:
    """Map the ids of the criteria of a bid's lot to the criteria."""
    methodology = file.methodology_for(bid.lot)
    return {criterion.id: criterion for criterion, _ in walk(methodology.criteria)} if methodology else {}
