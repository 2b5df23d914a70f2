"""The audit trail of a tender as a page, and as a file that anybody can check."""

from __future__ import annotations

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from exports.names import safe
from workbench.policies import Permission
from workbench.queries import history as reads
from workbench.web.access import requires
from workbench.web.evaluation.guard import trail_shown
from workbench.web.tenders import pages


@pages.get("/tenders/<tender_id>/history", endpoint="history")
@requires(Permission.AUDIT_VIEW)
def history(tender_id: str) -> ResponseReturnValue:
    """Show every event of the tender, newest first, and whether the trail is whole."""
    trail_shown()
    number = min(max(1, request.args.get("page", 1, type=int)), 100_000)
    trail = reads.trail_of(tender_id, page=number)
    last = max(1, -(-trail.length // reads.PAGE))
    return render_template(
        "tenders/history.html", tender=g.tender, trail=trail, number=number, last=last,
        wrong=reads.verified(tender_id) if number == 1 else None,
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/history/export", endpoint="history_export")
@requires(Permission.AUDIT_VIEW)
def export(tender_id: str) -> ResponseReturnValue:
    """Send the whole trail as a file for ``workbench verify``."""
    trail_shown()
    response = Response(reads.exported(tender_id), mimetype="application/x-ndjson")
    name = f"audit-trail-{safe(g.tender.reference)}.jsonl"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
