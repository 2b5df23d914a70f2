"""The beginning of the evaluation: the panel may score, once it is known who may score which answers."""

from __future__ import annotations

from datetime import datetime

from lots.errors import ProcurementError
from lots.words import listed
from workbench import audit, policies
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation.coverage import Beginning, beginning_of
from workbench.services.publishing import held_publication


class BeginningError(ProcurementError):
    """An evaluation that may not begin, with what is missing."""


def begin(tender: TenderRecord, *, lots_wait: bool = False, actor: Actor, at: datetime) -> Beginning:
    """Let the panel score; that a lot below its quorum waits has to be said, decisions about bids may be open still."""
    held_publication(tender)
    policies.check(actor, Permission.EVALUATION_BEGIN, tender)
    stand = beginning_of(tender, actor, at)
    if stand.refusal:
        raise BeginningError(stand.refusal)
    if stand.waiting and not lots_wait:
        titles = listed(lot.title for lot in stand.waiting)
        raise BeginningError(f"{titles} would wait for more evaluators: say that the others begin all the same")
    tender.stage, tender.version, tender.changed_at = "evaluation", tender.version + 1, at
    details = {
        "lots": [[lot.lot, lot.bids, lot.quorum, min((row.fewest for row in lot.rows), default=0)]
                 for lot in stand.lots],
        "waiting": [lot.title for lot in stand.waiting], "open": list(stand.admissions),
    }  # fmt: skip
    chain = audit.tender_chain(tender.id)
    audit.record("evaluation_begun", tender.title, chain=chain, actor=actor, at=at, details=details)
    return stand
