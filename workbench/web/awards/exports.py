"""What can be taken away of an award: open data, the workbook, the register of letters, and the file of record."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, abort, g, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from exports.names import safe
from exports.record_file import pieces
from exports.reports.decision_record import register_row
from exports.spreadsheet import evaluation_workbook
from lots.calendar import london
from workbench import clock
from workbench.db import db
from workbench.models.tenders import TenderRecord
from workbench.policies import NotForYou, Permission
from workbench.queries.awards import exports as reads
from workbench.queries.awards.record import record_of
from workbench.queries.evaluation.panel_record import panel_record
from workbench.queries.publishing import published_tender
from workbench.web.access import open_to_all, requires
from workbench.web.awards import pages
from workbench.web.awards.reading import hidden

_JSON, _CSV, _ZIP = "application/json", "text/csv; charset=utf-8", "application/zip"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INTEREST = "You have an interest in a tenderer, and this file shows every bid: somebody without one takes it for you"


@pages.get("/tenders/<tender_id>/award/exports/", endpoint="exports")
@requires(Permission.NOTICES_VIEW)
def exports(tender_id: str) -> ResponseReturnValue:
    """List what can be taken away, and who may have each."""
    public = reads.is_public(g.tender, london(clock.now()).date())
    return render_template(
        "awards/exports.html", tender=g.tender, public=public, decision=reads.decision_of(g.tender),
        told=g.tender.stage in reads.TOLD, interest=bool(hidden()),
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/award/exports/award.json", endpoint="export_open_data")
@requires(Permission.NOTICES_VIEW)
def export_open_data(tender_id: str) -> ResponseReturnValue:
    """Send the public build of the award's open data, to be read before anybody else can."""
    _whole_or_public()
    return _file(_found(reads.open_data(g.tender, restricted=False)), _JSON, "award", "json")


@pages.get("/tenders/<tender_id>/award/exports/award-restricted.json", endpoint="export_restricted_data")
@requires(Permission.RECORD_EXPORT)
def export_restricted_data(tender_id: str) -> ResponseReturnValue:
    """Send the open data with every bid, score and reason."""
    _whole()
    return _file(_found(reads.open_data(g.tender, restricted=True)), _JSON, "award-restricted", "json")


@pages.get("/tenders/<tender_id>/award/exports/evaluation.xlsx", endpoint="export_workbook")
@requires(Permission.RECORD_EXPORT)
def export_workbook(tender_id: str) -> ResponseReturnValue:
    """Send the evaluation as a workbook that calculates."""
    _whole()
    data = reads.award_data(g.tender) or abort(404)
    return _file(evaluation_workbook(data.evaluation, panel_record(g.tender.id)), _XLSX, "evaluation", "xlsx")


@pages.get("/tenders/<tender_id>/award/exports/letters.csv", endpoint="export_letters")
@requires(Permission.NOTICES_VIEW)
def export_letters(tender_id: str) -> ResponseReturnValue:
    """Send the register of letters and assessment summaries."""
    _whole()
    return _file(reads.letters_register(g.tender), _CSV, "letters", "csv")


@pages.get("/tenders/<tender_id>/award/exports/decision.csv", endpoint="export_decision")
@requires(Permission.NOTICES_VIEW)
def export_decision(tender_id: str) -> ResponseReturnValue:
    """Send the decision as a row of the public register of decisions."""
    _whole_or_public()
    return _file(register_row(reads.decision_of(g.tender)).data, _CSV, "decision", "csv")


@pages.get("/tenders/<tender_id>/award/exports/record.zip", endpoint="export_record")
@requires(Permission.RECORD_EXPORT)
def export_record(tender_id: str) -> ResponseReturnValue:
    """Send the whole file of record, piece by piece."""
    _whole()
    return _record(g.tender, restricted=True)


@pages.get("/tenders/<tender_id>/award/exports/record-public.zip", endpoint="export_public_record")
@requires(Permission.RECORD_EXPORT)
def export_public_record(tender_id: str) -> ResponseReturnValue:
    """Send the public build of the file of record."""
    _whole_or_public()
    return _record(g.tender, restricted=False)


@pages.get("/notices/<tender_id>/award.json", endpoint="public_data")
@open_to_all
def public_data(tender_id: str) -> ResponseReturnValue:
    """Send anybody the award's open data once everybody is told."""
    tender = _told(tender_id)
    return _file(_found(reads.open_data(tender, restricted=False)), _JSON, "award", "json", tender)


@pages.get("/notices/<tender_id>/record.zip", endpoint="public_record")
@open_to_all
def public_record(tender_id: str) -> ResponseReturnValue:
    """Send anybody the public build of the file of record once everybody is told."""
    return _record(_told(tender_id), restricted=False)


# --- pieces -----------------------------------------------------------------------------------------------------


def _told(tender_id: str) -> TenderRecord:
    """Find a published tender whose award may be known; anything else is a page that is not there."""
    g.actor = None
    found = published_tender(tender_id)
    if found is None or not reads.is_public(found[1], london(clock.now()).date()):
        abort(404)
    return found[1]


def _whole() -> None:
    """Go on only where no bid is hidden from the reader by an interest."""
    if hidden():
        raise NotForYou(_INTEREST)


def _whole_or_public() -> None:
    """Go on where anybody may have the file; until then it tells the result, which an interest hides."""
    if not reads.is_public(g.tender, london(clock.now()).date()):
        _whole()


def _found(data: bytes | None) -> bytes:
    return data if data is not None else abort(404)


def _record(tender: TenderRecord, *, restricted: bool) -> Response:
    """Send a record as it is put together; no transaction stays open for a reader who is slow."""
    record = record_of(tender)
    sent: Iterator[bytes] = stream_with_context(pieces(record, restricted=restricted))
    response = _named(Response(sent), _ZIP, "record" if restricted else "record-public", "zip", tender)
    db.session.rollback()
    return response


def _file(data: bytes, kind: str, name: str, ending: str, tender: TenderRecord | None = None) -> Response:
    return _named(Response(data), kind, name, ending, tender or g.tender)


def _named(response: Response, kind: str, name: str, ending: str, tender: TenderRecord) -> Response:
    response.headers["Content-Type"] = kind
    file_name = f"{name}-{safe(tender.reference)}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
