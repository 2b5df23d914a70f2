"""The data sheet of the contract award notice: box by box on a page, and as PDF."""

from __future__ import annotations

from flask import Response, abort, g, render_template
from flask.typing import ResponseReturnValue

from exports.documents import IncompleteDocument
from exports.names import file_name
from exports.reports.award_notice_sheet import AwardNoticeSheet, award_notice_sheet
from workbench import printing
from workbench.policies import Permission
from workbench.queries.awards.completeness import state_of
from workbench.queries.awards.paper import parts_of
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.entry import enter, evaluated
from workbench.web.awards.paper import rail


@pages.get("/tenders/<tender_id>/award/notice", endpoint="award_notice")
@requires(Permission.AWARD_VIEW)
def show(tender_id: str) -> ResponseReturnValue:
    """Show the sheet, or what it still lacks."""
    enter()
    state = state_of(evaluated(), parts_of(tender_id))
    missing, sheet = _made()
    return render_template(
        "awards/award_notice.html", tender=g.tender, sheet=sheet, missing=missing, readiness=rail(state)
    )


@pages.get("/tenders/<tender_id>/award/notice.pdf", endpoint="award_notice_pdf")
@requires(Permission.AWARD_VIEW)
def send(tender_id: str) -> ResponseReturnValue:
    """Send the sheet as PDF; it is a draft until the decision is signed."""
    enter()
    missing, sheet = _made()
    if sheet is None:
        abort(409, str(missing))
    response = Response(printing.print_document(sheet), mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=file_name(sheet))
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _made() -> tuple[IncompleteDocument | None, AwardNoticeSheet | None]:
    try:
        return None, award_notice_sheet(evaluated())
    except IncompleteDocument as missing:
        return missing, None
