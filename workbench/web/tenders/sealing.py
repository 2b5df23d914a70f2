"""The page of receiving bids; the server's own key is made when somebody chooses that the server holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from workbench.forms.tenders.part import PartForm
from workbench.forms.tenders.sealing import SealingForm
from workbench.parts import Part
from workbench.queries.bids import keys
from workbench.queries.tenders import Draft
from workbench.sealing import server_keys
from workbench.web.tenders.registry import PartPage, page


def _context(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Show the keys there are."""
    sealing = keys.sealing_of(draft)
    return {"sealing": sealing, "keys": keys.keys_of(draft.tender.id, sealing) if sealing else ()}


def _finish(draft: Draft, content: Any) -> Any:
    """Name the server's key where the server is to hold one."""
    sealing = content.get("sealing")
    if not sealing or sealing.get("custody") != "server":
        return content
    data = current_app.config["WORKBENCH"].data
    return {**content, "sealing": {**sealing, "server_recipient": server_keys.make(data, draft.tender.id)}}


page(PartPage("sealing", "Receiving bids", SealingForm, "tenders/sealing.html", _context, finish=_finish))
