"""Checking a bid, submitting it lot by lot, withdrawing it, and its receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.reports.bid_receipt import BidReceipt, bid_receipt
from lots.errors import Finding
from lots.lot import Lot
from workbench import clock, printing
from workbench.forms.bids.acts import SendForm, WithdrawForm
from workbench.queries.bids import receipts as reads
from workbench.queries.bids.progress import LotProgress, progress_of
from workbench.queries.publishing import read_rules, rule_set_of
from workbench.sealing import receipt as receipt_files
from workbench.sealing.receipt import Receipt
from workbench.services.bids import sending
from workbench.services.bids.sending import Arrival
from workbench.services.bids.submissions import LateError
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.desk import Desk, desk_of
from workbench.web.bids.sealed_store import store
from workbench.web.writing import not_saved

TITLES = {
    "organisations": "Organisations", "people": "People", "declarations": "Declarations", "price": "Price and split",
    "costs": "Unit prices and other costs", "partners": "Partners", "answers": "Answers",
    "requirements": "Requirements", "social_value": "Social value", "documents": "Documents",
}  # fmt: skip
"""What each page of a bid is called, in the order of the pages."""
_WHOLE = frozenset({"organisations", "people", "declarations"})


@dataclass(frozen=True)
class Act:
    """One act of the tenderer on the bid for a lot, as its list of receipts shows it."""

    lot: Lot | None
    bid_id: str
    version: int
    act: str
    at: datetime


@pages.get("/notices/<tender_id>/bid/lots/<key>/check", endpoint="check_bid")
@open_to_all
def check_bid(tender_id: str, key: str) -> ResponseReturnValue:
    """Say what is missing or broken, and what follows from it; and let the bid be submitted all the same."""
    desk = desk_of(tender_id)
    progress = progress_of(desk.draft, desk.lot(key), desk.at)
    return _check_page(desk, progress, SendForm(None, data={"digest": progress.built.digest}))


@pages.post("/notices/<tender_id>/bid/lots/<key>/submit", endpoint="submit_bid")
@open_to_all
def submit_bid(tender_id: str, key: str) -> ResponseReturnValue:
    """Submit the bid for a lot; one that comes too late is entered as late, and the page says so."""
    desk, form = desk_of(tender_id), SendForm()
    lot, arrival = desk.lot(key), arrival_of(desk.at)
    try:
        sending.send(desk.draft, lot, digest=form.digest.data or "", arrival=arrival, store=store())
    except LateError:
        sending.enter_late(desk.draft, lot, arrival=arrival)
        return redirect(url_for("bids.receipts", tender_id=tender_id, now="late"), 303)
    return redirect(url_for("bids.receipts", tender_id=tender_id, now="submitted"), 303)


@pages.get("/notices/<tender_id>/bid/lots/<key>/withdraw", endpoint="ask_withdraw")
@open_to_all
def ask_withdraw(tender_id: str, key: str) -> ResponseReturnValue:
    """Ask before a bid is taken back."""
    desk = desk_of(tender_id)
    return _withdraw_page(desk, desk.lot(key), WithdrawForm(None))


@pages.post("/notices/<tender_id>/bid/lots/<key>/withdraw", endpoint="withdraw_bid")
@open_to_all
def withdraw_bid(tender_id: str, key: str) -> ResponseReturnValue:
    """Take a bid back; until the deadline another may be submitted."""
    desk, form = desk_of(tender_id), WithdrawForm()
    lot = desk.lot(key)
    if not form.validate():
        return not_saved({}, lambda: _withdraw_page(desk, lot, form))
    sending.withdraw(desk.draft, lot, arrival=arrival_of(desk.at))
    return redirect(url_for("bids.receipts", tender_id=tender_id, now="withdrawn"), 303)


@pages.get("/notices/<tender_id>/bid/receipts", endpoint="receipts")
@open_to_all
def receipts(tender_id: str) -> ResponseReturnValue:
    """List every act on the bids with its receipt, the latest first."""
    desk = desk_of(tender_id)
    return render_template("bids/bid_receipts.html", desk=desk, tender=desk.invitation.tender, acts=_acts(desk))


@pages.get("/notices/<tender_id>/bid/receipts/<bid_id>/<int:number>", endpoint="receipt")
@open_to_all
def receipt(tender_id: str, bid_id: str, number: int) -> ResponseReturnValue:
    """Show the receipt of an act."""
    desk = desk_of(tender_id)
    found = _receipt(desk, bid_id, number)
    return render_template(
        "bids/bid_receipt.html", desk=desk, tender=desk.invitation.tender, receipt=found, paper=_paper(desk, found),
        closing=_closing(desk, bid_id),
    )  # fmt: skip


@pages.get("/notices/<tender_id>/bid/receipts/<bid_id>/<int:number>.json", endpoint="receipt_file")
@open_to_all
def receipt_file(tender_id: str, bid_id: str, number: int) -> ResponseReturnValue:
    """Send a receipt as the file that anybody can check."""
    found = _receipt(desk_of(tender_id), bid_id, number)
    return _download(receipt_files.write(found), "application/json", f"receipt-{bid_id[:8]}-{number}.json")


@pages.get("/notices/<tender_id>/bid/receipts/<bid_id>/<int:number>.pdf", endpoint="receipt_paper")
@open_to_all
def receipt_paper(tender_id: str, bid_id: str, number: int) -> ResponseReturnValue:
    """Send a receipt on one page, with the file inside."""
    desk = desk_of(tender_id)
    data = printing.print_document(_paper(desk, _receipt(desk, bid_id, number)))
    return _download(data, "application/pdf", f"receipt-{bid_id[:8]}-{number}.pdf")


# --- pieces -------------------------------------------------------------------------------------------------


def arrival_of(at: datetime) -> Arrival:
    """Say when this request came, from its first byte to its last."""
    last = g.get("last_byte_at") or at
    return Arrival(g.get("first_byte_at") or last, last, max(at, last, clock.now()))


def _check_page(desk: Desk, progress: LotProgress, form: SendForm) -> str:
    notices = [
        each for each in desk.invitation.notices
        if progress.bid and each.kind == "change" and each.rule_set > progress.bid.rule_set
    ]  # fmt: skip
    return render_template(
        "bids/bid_check.html", desk=desk, tender=desk.invitation.tender, it=progress, lot=progress.lot, form=form,
        groups=_groups(desk, progress), notices=notices, publication=desk.invitation.publication,
    )  # fmt: skip


def _groups(desk: Desk, progress: LotProgress) -> list[tuple[str, str, list[Finding]]]:
    """Sort the findings by the page that mends them, with the way there."""
    found: dict[str, list[Finding]] = {}
    for each in progress.findings:
        found.setdefault(each.place, []).append(each)
    return [(TITLES[name], _way(desk, progress.lot, name), found[name]) for name in TITLES if name in found]


def _way(desk: Desk, lot: Lot, name: str) -> str:
    if name == "documents":
        return url_for("bids.documents", tender_id=desk.tender_id)
    if name == "partners":
        return url_for("bids.bid_partners", tender_id=desk.tender_id, key=lot.id)
    key = "" if name in _WHOLE else lot.id
    return url_for("bids.bid_part", tender_id=desk.tender_id, kind=name, key=key or None)


def _withdraw_page(desk: Desk, lot: Lot, form: WithdrawForm) -> str:
    bid = desk.draft.workspace.bids.get(lot.id)
    return render_template(
        "bids/bid_withdraw.html", desk=desk, tender=desk.invitation.tender, lot=lot, bid=bid, form=form
    )


def _acts(desk: Desk) -> list[Act]:
    found = [
        Act(desk.invitation.lot(lot), bid.id, version, act, datetime.fromisoformat(at))
        for lot, bid in desk.draft.workspace.bids.items()
        for version, act, at in bid.acts
    ]
    return sorted(found, key=lambda each: (each.at, each.version), reverse=True)


def _receipt(desk: Desk, bid_id: str, number: int) -> Receipt:
    """Find a receipt of this very tenderer; 404 for any other."""
    if all(bid.id != bid_id for bid in desk.draft.workspace.bids.values()):
        abort(404)
    return reads.receipt_of(bid_id, number, desk.draft.code) or abort(404)


def _paper(desk: Desk, found: Receipt) -> BidReceipt:
    """Make the page of a receipt, in the words of the rules that it was received under."""
    rules = rule_set_of(desk.tender_id, int(found.facts["rule_set"]))
    return bid_receipt(read_rules(rules.canon) if rules else desk.draft.file, receipt_files.write(found))


def _closing(desk: Desk, bid_id: str) -> object:
    """Prove, once bids are opened, that the closing counted this one; before, it would tell how many there are."""
    if desk.invitation.tender.stage in ("published", "closed", "cancelled"):
        return None
    return reads.closing_proof_of(desk.tender_id, bid_id)


def _download(data: bytes, kind: str, name: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response
