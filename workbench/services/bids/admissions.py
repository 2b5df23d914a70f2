"""Decisions on whether an opened bid stays in, each with its reason: the latest holds, all are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from lots.errors import ProcurementError
from scoring.open_decisions import open_decisions, reason_fault
from workbench import audit, policies
from workbench.db import db
from workbench.models.bids import AdmissionRecord, OpenedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.bids.opened import assembled
from workbench.services.publishing import held_publication


class AdmissionError(ProcurementError):
    """A decision that the published rules do not leave, or that gives no reason."""


def decide(
    tender: TenderRecord, bid_id: str, decision: str, *, concerning: str, reason: str, actor: Actor, at: datetime
) -> AdmissionRecord:
    """Admit or exclude an opened bid at one step of the order of work, with a reason."""
    held_publication(tender)
    policies.check(actor, Permission.BIDS_ADMIT, tender)
    row = db.session.get(OpenedBidRecord, bid_id)
    if row is None or row.tender_id != tender.id or row.state != "opened":
        raise AdmissionError("There is no opened bid of this kind in this tender")
    _check(tender, bid_id, decision, concerning, reason)
    number = db.session.scalar(select(func.max(AdmissionRecord.number)).where(AdmissionRecord.bid_id == bid_id)) or 0
    made = AdmissionRecord(
        tender_id=tender.id, bid_id=bid_id, number=number + 1, decision=decision, concerning=concerning,
        reason=reason.strip(), decided_at=at, decided_by=actor.user_id,
    )  # fmt: skip
    db.session.add(made)
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    details = {"bid": bid_id, "lot": row.lot, "letter": row.letter, "tenderer": row.tenderer, "decision": decision,
               "concerning": concerning, "number": made.number, "reason": made.reason}  # fmt: skip
    chain = audit.tender_chain(tender.id)
    audit.record("admission_decided", tender.title, chain=chain, actor=actor, at=at, details=details)
    return made


def _check(tender: TenderRecord, bid_id: str, decision: str, concerning: str, reason: str) -> None:
    file = assembled(tender).file
    bid = next(each for each in file.bids if each.id == bid_id)
    left = {each.concerning: each for each in open_decisions(file, bid)}
    found = left.get(concerning)  # type: ignore[call-overload]
    if decision not in ("admit", "exclude"):
        raise AdmissionError("Say whether the bid is admitted or excluded")
    if found is None:
        raise AdmissionError(
            "Nothing about this bid is to be decided at that step: the rules there are kept, or the price is shut"
        )
    if not found.decidable or (decision == "admit" and not found.may_admit):
        raise AdmissionError(f"{found.why}. The published rules leave no choice about that")
    if why := reason_fault(reason):
        raise AdmissionError(why)
