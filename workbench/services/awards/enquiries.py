"""Enquiries into prices that look abnormally low: asked in writing, then decided with a reason, never the other way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from lots.calendar import say_instant
from lots.errors import ProcurementError
from scoring.open_decisions import reason_fault
from workbench import audit, policies
from workbench.db import db
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, NotNow, Permission
from workbench.queries.evaluation.letters import GRACE
from workbench.services import StageError
from workbench.services.evaluation import letters
from workbench.services.publishing import hold

DECISIONS = ("explained", "rejected")


class EnquiryError(ProcurementError):
    """An enquiry, or a decision about a price, that cannot be made in this way."""


def start(
    tender: TenderRecord,
    bid_id: str,
    question: str,
    reply_by: datetime,
    *,
    recipient: str = "",
    actor: Actor,
    at: datetime,
    address: str,
) -> TendererLetterRecord:
    """Ask a tenderer to explain its price; one enquiry at a time about one bid."""
    hold(tender)
    _check(tender, actor)
    waiting = select(TendererLetterRecord.number).where(*_about(tender, bid_id), TendererLetterRecord.decision == "")
    if number := db.session.scalar(waiting):
        raise StageError(f"This price is being asked about already, in question {number}: decide on that first")
    return letters.ask(
        tender, bid_id, "low_price", question, reply_by, recipient=recipient, actor=actor, at=at, address=address
    )


def decide(
    tender: TenderRecord, letter_id: str, decision: str, *, reason: str, actor: Actor, at: datetime
) -> TendererLetterRecord:
    """Decide whether a price is explained, once there is a reply or the time for one is over."""
    hold(tender)
    _check(tender, actor)
    row = db.session.get(TendererLetterRecord, letter_id)
    if row is None or row.tender_id != tender.id or row.kind != "low_price":
        raise EnquiryError("That is no enquiry into a price of this tender: ask the tenderer first")
    _check_decision(row, decision, reason, at)
    row.decision, row.reason, row.decided_by, row.decided_at = decision, reason.strip(), actor.user_id, at
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    bid = db.session.get_one(OpenedBidRecord, row.bid_id)
    details = {"number": row.number, "bid": bid.id, "letter": bid.letter, "tenderer": bid.tenderer, "lot": bid.lot,
               "decision": decision, "reason": row.reason}  # fmt: skip
    audit.record(
        "price_decided", tender.title, chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details
    )
    return row


def _check(tender: TenderRecord, actor: Actor) -> None:
    policies.check(actor, Permission.PRICE_DECIDE, tender)
    if tender.quality_locked_at is None:
        raise NotNow("Prices are asked about once the scores for quality are locked")


def _about(tender: TenderRecord, bid_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        TendererLetterRecord.tender_id == tender.id,
        TendererLetterRecord.bid_id == bid_id,
        TendererLetterRecord.kind == "low_price",
    )


def _check_decision(row: TendererLetterRecord, decision: str, reason: str, at: datetime) -> None:
    if decision not in DECISIONS:
        raise EnquiryError("Say whether the price is explained or the bid rejected")
    if row.decision:
        raise StageError(f"This enquiry was decided {say_instant(row.decided_at)}: to go back on it, ask once more"
                         if row.decided_at else "This enquiry was decided already")  # fmt: skip
    if row.replied_at is None and at < row.reply_by + GRACE:
        raise StageError(f"The tenderer may reply until {say_instant(row.reply_by)}: decide after that, or once it has")
    if row.replied_at is None and decision == "explained":
        raise EnquiryError(
            "The tenderer has not replied, so nothing is explained: ask once more, or reject with a reason"
        )
    if why := reason_fault(reason):
        raise EnquiryError(why)
