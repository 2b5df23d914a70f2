"""Bids that the tenderer's own browser seals: the files to fill in at home, and the taking of what was sealed."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.errors import ProcurementError
from workbench.forms.bids.sealed import SealedForm
from workbench.queries.bids.bid_files import bid_file as file_of
from workbench.queries.bids.bid_files import lots_at_home, next_bid
from workbench.services.bids import sending
from workbench.services.bids.submissions import LateError
from workbench.store import Store
from workbench.uploads import LARGEST, UploadError, too_large
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.bid_sending import arrival_of
from workbench.web.bids.desk import Desk, desk_of, sender_has_draft
from workbench.web.bids.sealed_store import store
from workbench.web.limits import limiter
from workbench.web.receiving import Receiver, expect
from workbench.web.writing import not_saved

SENDING = "60 per hour"
"""How many sealed bids are taken from one address."""


@pages.before_request
def expect_sealed() -> None:
    """Before the body is read: take sealed documents, and put them into the store as they come."""
    if request.endpoint == "bids.send_sealed" and request.method == "POST" and sender_has_draft():
        expect(LARGEST, partial(_keep, store()))


def _keep(into: Store, receiver: Receiver) -> None:
    receiver.result = too_large(receiver.filename) if receiver.too_large else None
    if receiver.result is None:
        size, digest = receiver.size, into.keep(receiver.data())
        receiver.result = (digest, size)


@pages.get("/notices/<tender_id>/bid/sealed", endpoint="sealed")
@open_to_all
def sealed(tender_id: str) -> ResponseReturnValue:
    """Show how a bid is sealed on the tenderer's own device."""
    return _page(_desk(tender_id), SealedForm(None))


@pages.get("/notices/<tender_id>/bid/lots/<key>/bid.json", endpoint="bid_file")
@open_to_all
def bid_file(tender_id: str, key: str) -> ResponseReturnValue:
    """Send the bid for a lot as a file, with an empty place for what is not written yet."""
    desk = desk_of(tender_id)
    response = Response(file_of(desk.draft, desk.lot(key)), mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=bid.json"
    return response


@pages.post("/notices/<tender_id>/bid/sealed", endpoint="send_sealed")
@limiter.limit(SENDING)
@open_to_all
def send_sealed(tender_id: str) -> ResponseReturnValue:
    """Keep a bid that was sealed elsewhere; one that comes too late is entered as late."""
    desk, form = _desk(tender_id), SealedForm()
    lot = next((each for each in desk.invitation.lots if next_bid(desk.draft, each).id == form.bid.data), None)
    arrival = arrival_of(desk.at)
    try:
        if lot is None:
            raise UploadError("Choose the lot that the bid is for, then seal it once more")
        sending.send_sealed(desk.draft, next_bid(desk.draft, lot), lot, form.sealed(), _files(form), arrival=arrival)
    except LateError:
        if lot is None:
            raise
        sending.enter_late(desk.draft, lot, arrival=arrival)
        return redirect(url_for("bids.receipts", tender_id=tender_id, now="late"), 303)
    except ProcurementError as refusal:
        form.form_errors.append(str(refusal))
        return not_saved({}, lambda: _page(desk, form))
    return redirect(url_for("bids.receipts", tender_id=tender_id, now="submitted"), 303)


def _files(form: SealedForm) -> tuple[tuple[str, int], ...]:
    """Return the digest and size of each sealed document that came."""
    results = [each.stream.result for each in form.files.data or () if isinstance(_stream(each), Receiver)]
    if wrong := [each for each in results if isinstance(each, UploadError)]:
        raise wrong[0]
    return tuple(results)


def _stream(file: Any) -> Any:
    return getattr(file, "stream", None)


def _desk(tender_id: str) -> Desk:
    desk = desk_of(tender_id)
    sealing = desk.invitation.sealing
    return desk if sealing and sealing.browser_sealing else abort(404)


def _page(desk: Desk, form: SealedForm) -> str:
    return render_template(
        "bids/sealed.html", desk=desk, tender=desk.invitation.tender, sealing=desk.invitation.sealing, form=form,
        lots=lots_at_home(desk.draft), tender_documents=desk.invitation.file.tender.documents,
    )  # fmt: skip
