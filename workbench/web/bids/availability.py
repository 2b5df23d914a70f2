"""The availability ledger for the people of a tender: on the page of its deadline, and as a file."""

from __future__ import annotations

import csv
import io
import json

from flask import Response, g
from flask.typing import ResponseReturnValue

from workbench.policies import Permission
from workbench.queries.bids import probes
from workbench.web.access import requires
from workbench.web.bids import pages


@pages.get("/tenders/<tender_id>/availability.csv", endpoint="availability_csv")
@requires(Permission.AUDIT_VIEW)
def availability_csv(tender_id: str) -> ResponseReturnValue:
    """Send the ledger as a table, one line for each time the service was asked."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, probes.COLUMNS)
    table.writeheader()
    table.writerows(probes.lines_data(probes.ledger_of(g.tender)))
    return _file(out.getvalue(), "text/csv", "csv")


@pages.get("/tenders/<tender_id>/availability.json", endpoint="availability_json")
@requires(Permission.AUDIT_VIEW)
def availability_json(tender_id: str) -> ResponseReturnValue:
    """Send the ledger for machines, with what it takes to check that it is whole."""
    ledger = probes.ledger_of(g.tender)
    said = {
        "format": probes.FORMAT,
        "tender": ledger.tender_id,
        "deadline": f"{ledger.deadline:%Y-%m-%dT%H:%M:%SZ}" if ledger.deadline else None,
        "head": ledger.head,
        "lines": probes.lines_data(ledger),
    }
    return _file(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "application/json", "json")


def _file(text: str, mimetype: str, ending: str) -> Response:
    name = f"availability-{g.tender.id[:8]}.{ending}"
    return Response(text, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


pages.app_template_global("availability_of")(probes.ledger_of)
