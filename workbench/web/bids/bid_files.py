"""The documents of a bid: taken in memory, judged by their content, sealed before anything is kept, listed, removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workbench.db import new_id
from workbench.forms.bids.acts import ACCEPTED, ButtonForm, FileForm
from workbench.queries.bids.drafts import BidDraft
from workbench.sealing.age import new_identity
from workbench.services.bids import drafts
from workbench.store import Store
from workbench.uploads import LARGEST, LARGEST_BID, MOST_FILES, UploadError, judge, too_large
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.desk import Desk, desk_of, sender_has_draft
from workbench.web.bids.sealed_store import store
from workbench.web.limits import limiter
from workbench.web.receiving import Receiver, expect
from workbench.web.writing import not_saved
from workbench.workspace import SentFile

SENDING = "600 per hour"
"""How many files are taken from one address."""


@pages.before_request
def expect_files() -> None:
    """Before the body of an upload is read: take large files, in memory, and have them sealed as they come."""
    if request.endpoint == "bids.send_file" and request.method == "POST" and sender_has_draft():
        expect(LARGEST, partial(_seal, store()))


def _seal(into: Store, receiver: Receiver) -> None:
    """Judge a file and seal it; leaves a :class:`SentFile` with its sealed size, or why it is refused."""
    try:
        if receiver.too_large:
            raise too_large(receiver.filename)
        digest, data = receiver.sha256, receiver.data()
        taken = judge(receiver.filename, data)
    except UploadError as refusal:
        receiver.result = refusal
        return
    secret, recipient = new_identity()
    stored = into.seal(BytesIO(data), recipient)
    receiver.result = (
        SentFile(new_id(), taken.name, taken.media_type, stored.size, digest, stored.sealed_sha256, secret, ""),
        stored.sealed_size,
    )


@pages.get("/notices/<tender_id>/bid/documents", endpoint="documents")
@open_to_all
def documents(tender_id: str) -> ResponseReturnValue:
    """List the files that were sent, and what is still asked for."""
    desk = desk_of(tender_id)
    return _page(desk, FileForm(None))


@pages.post("/notices/<tender_id>/bid/documents", endpoint="send_file")
@limiter.limit(SENDING)
@open_to_all
def send_file(tender_id: str) -> ResponseReturnValue:
    """Take a file; one that is not taken is refused with what to do about it."""
    desk, form = desk_of(tender_id), FileForm()
    form.offer(places(desk.draft))
    result = _result(form)
    if not form.validate() or isinstance(result, UploadError):
        if isinstance(result, UploadError):
            form.file.errors = [str(result)]
        return not_saved({}, lambda: _page(desk, form))
    sent, sealed_size = result
    kind, _, rest = form.place.data.partition(":")
    lot, _, id = rest.partition(":")
    place = {"required": {"required": id}, "criterion": {"criterion": id, "lot": lot}, "own": {"lot": lot}}[kind]
    file = replace(sent, at=f"{desk.at:%Y-%m-%dT%H:%M:%SZ}", **place)
    _, is_new = drafts.add_file(desk.draft, file, sealed_size, at=desk.at)
    said = {} if is_new else {"again": file.sha256[:12]}
    return redirect(url_for("bids.documents", tender_id=tender_id, **said) + "#sent", 303)


def _result(form: FileForm) -> Any:
    stream = getattr(form.file.data, "stream", None)
    return stream.result if isinstance(stream, Receiver) else None


@pages.post("/notices/<tender_id>/bid/documents/<key>/remove", endpoint="remove_file")
@open_to_all
def remove_file(tender_id: str, key: str) -> ResponseReturnValue:
    """Take a file out of the draft."""
    desk = desk_of(tender_id)
    ButtonForm()
    if all(each.id != key for each in desk.draft.workspace.files):
        abort(404)
    drafts.remove_file(desk.draft, key, at=desk.at)
    return redirect(url_for("bids.documents", tender_id=tender_id) + "#sent", 303)


def places(draft: BidDraft) -> list[tuple[str, str]]:
    """List where a file may belong: what is asked for, answers, or the tenderer's own."""
    return [*_required(draft), *_criteria(draft), *_own(draft)]


def _required(draft: BidDraft) -> Iterator[tuple[str, str]]:
    chosen = {lot.id: lot.title for lot in draft.concerned}
    for each in draft.file.tender.documents:
        lots = [title for id, title in chosen.items() if each.asked_in(id)]
        if lots:
            yield f"required::{each.id}", each.title + (f" ({', '.join(lots)})" if each.lots else "")


def _criteria(draft: BidDraft) -> Iterator[tuple[str, str]]:
    for lot in draft.concerned:
        method = draft.invitation.methodology(lot.id)
        for leaf in method.scored if method else ():
            yield f"criterion:{lot.id}:{leaf.criterion.id}", f"Attachment to “{leaf.criterion.title}” ({lot.title})"


def _own(draft: BidDraft) -> Iterator[tuple[str, str]]:
    yield "own::", "Another document of ours, for every lot"
    if len(draft.invitation.lots) > 1:
        yield from ((f"own:{lot.id}:", f"Another document of ours, for {lot.title}") for lot in draft.concerned)


def place_of(file: SentFile) -> str:
    """Return where a file belongs, as :func:`places` names it."""
    if file.required:
        return f"required::{file.required}"
    return f"criterion:{file.lot}:{file.criterion}" if file.criterion else f"own:{file.lot}:"


def _page(desk: Desk, form: FileForm) -> str:
    known = dict(places(desk.draft))
    form.offer(known.items())
    files = [
        (each, known.get(place_of(each), "No longer asked for"), datetime.fromisoformat(each.at))
        for each in desk.draft.workspace.files
    ]
    sent = {each.required for each in desk.draft.workspace.files}
    missing = [
        each for each in desk.draft.file.tender.documents
        if each.id not in sent and any(each.asked_in(lot.id) for lot in desk.draft.concerned)
    ]  # fmt: skip
    return render_template(
        "bids/bid_documents.html", desk=desk, tender=desk.invitation.tender, form=form, files=files, missing=missing,
        asks=ButtonForm(None), accepted=ACCEPTED, again=request.args.get("again", "")[:12],
        limits=(LARGEST // 1024 // 1024, LARGEST_BID // 1024 // 1024, MOST_FILES),
    )  # fmt: skip
