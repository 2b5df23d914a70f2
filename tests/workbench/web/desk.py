"""A desk that takes bids over HTTP, for tests of arrival: a small form, and the service behind the real page."""

from __future__ import annotations

from flask import Blueprint, Flask, g, request
from flask.typing import ResponseReturnValue

from lots.submission import Binding
from tests import submissions as a
from workbench import clock
from workbench.db import db
from workbench.models.tenders import TenderRecord
from workbench.queries.publishing import publication_of
from workbench.services.bids import submissions
from workbench.services.bids.submissions import LateError
from workbench.web.access import open_to_all

desk = Blueprint("desk", __name__)


@desk.post("/desk/<tender_id>/<bid_id>")
@open_to_all
def submit(tender_id: str, bid_id: str) -> ResponseReturnValue:
    """Submit a version of a bid, or enter it as late; the answer says which and gives the receipt's place."""
    tender, publication = db.session.get(TenderRecord, tender_id), publication_of(tender_id)
    assert tender is not None
    assert publication is not None
    g.fields_checked = True
    version = int(request.form["version"])
    bound = Binding(tender_id, request.form["lot"], bid_id, version, publication.rule_set, publication.sha256)
    when = {"first_byte_at": g.first_byte_at, "last_byte_at": g.last_byte_at, "at": clock.now()}
    try:
        row = submissions.submit(tender, publication, a.submission(bound), a.price(bound), **when)
    except LateError:
        row = submissions.record_late(tender, publication, bound, "Harbour", **when)
    return {"act": row.act, "bid": bid_id, "version": version, "last_byte_at": row.last_byte_at.isoformat()}


def add_desk(app: Flask) -> None:
    """Add the desk to an application that has answered nothing yet."""
    app.register_blueprint(desk)
