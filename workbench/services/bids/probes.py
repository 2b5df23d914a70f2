"""The availability ledger: whether bids could be received, asked every few seconds before a deadline and kept.

Each line carries the digest of everything before it, and the end of the ledger is put into the tender's audit trail
once the deadline has passed: evidence for or against a claim that the service was down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from workbench import audit
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import ProbeRecord
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.bids import probes as reads
from workbench.queries.publishing import rules_in_force

AHEAD = timedelta(hours=24)
"""How long before a deadline the ledger is kept."""
ANCHORED = "availability_recorded"
_WORDS = 200


@dataclass(frozen=True)
class Seen:
    """What asking the service found: whether it takes bids, and in words what was wrong."""

    accepting: bool
    words: str = ""


def keep(tender_id: str, seen: Seen, *, at: datetime) -> ProbeRecord:
    """Add a line to the ledger of a tender; the caller commits."""
    # Two workers at once must not both follow the same line.
    db.session.scalar(
        select(PublicationRecord.tender_id).where(PublicationRecord.tender_id == tender_id).with_for_update()
    )
    last = db.session.execute(
        select(ProbeRecord.number, ProbeRecord.head)
        .where(ProbeRecord.tender_id == tender_id)
        .order_by(ProbeRecord.number.desc())
        .limit(1)
    ).one_or_none()
    number, before = (last.number + 1, last.head) if last else (1, "")
    row = ProbeRecord(
        tender_id=tender_id, number=number, at=at, accepting=seen.accepting, words=seen.words[:_WORDS], head="",
    )  # fmt: skip
    row.head = reads.head_of(before, row)
    db.session.add(row)
    db.session.flush()
    return row


def watched(at: datetime) -> list[str]:
    """List the published tenders that receive bids here and whose deadline lies within the next day."""
    near = select(PublicationRecord).join(TenderRecord, TenderRecord.id == PublicationRecord.tender_id)
    open_now = (TenderRecord.stage == "published", TenderRecord.deadline > at, TenderRecord.deadline <= at + AHEAD)
    rows = db.session.scalars(near.where(*open_now).order_by(TenderRecord.id))
    return [row.tender_id for row in rows if rules_in_force(row).tender.sealing is not None]


def next_to_anchor(at: datetime) -> TenderRecord | None:
    """Find a tender whose deadline has passed and whose ledger is not in its audit trail yet."""
    in_trail = exists().where(
        EventRecord.chain == "tender:" + TenderRecord.id,
        EventRecord.action == ANCHORED,
        EventRecord.at >= TenderRecord.deadline,
    )
    kept = exists().where(ProbeRecord.tender_id == TenderRecord.id)
    over = (TenderRecord.deadline <= at, TenderRecord.deadline > at - timedelta(days=30))
    return db.session.scalar(select(TenderRecord).where(*over, kept, ~in_trail).limit(1))


def anchor(tender: TenderRecord, *, at: datetime) -> None:
    """Put the end of a tender's ledger into its audit trail; the caller commits."""
    ledger = reads.ledger_of(tender)
    details = {"lines": len(ledger.lines), "not_accepting": ledger.refusals, "head": ledger.head}
    audit.record(ANCHORED, tender.title, chain=audit.tender_chain(tender.id), actor=None, at=at, details=details)
