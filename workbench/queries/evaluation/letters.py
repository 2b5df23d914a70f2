"""Reads about questions put to one tenderer: by their link, of a tender, and about one answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from workbench.db import db
from workbench.kept import digest
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.bids import opened

GRACE = timedelta(minutes=15)
"""How much longer a reply is taken that was begun in time."""
KINDS = {"clarification": "Clarification", "low_price": "Low price"}


@dataclass(frozen=True)
class Letter:
    """A question with the bid and the tender it belongs to."""

    row: TendererLetterRecord
    bid: OpenedBidRecord
    tender: TenderRecord

    def takes_reply(self, at: datetime) -> bool:
        """Say whether a reply is still taken: none is there, and its time is not over."""
        return self.row.replied_at is None and at < self.row.reply_by + GRACE


def letter_by(secret: str) -> Letter | None:
    """Find the question that a link belongs to."""
    if not secret.isascii() or not secret.isprintable():
        return None
    found = db.session.execute(
        select(TendererLetterRecord, OpenedBidRecord, TenderRecord)
        .join(OpenedBidRecord, OpenedBidRecord.id == TendererLetterRecord.bid_id)
        .join(TenderRecord, TenderRecord.id == TendererLetterRecord.tender_id)
        .where(TendererLetterRecord.secret_sha256 == digest(secret))
    ).one_or_none()
    return Letter(*found) if found else None


def letters_of(
    tender_id: str, *, kinds: Collection[str] = tuple(KINDS), hidden: Collection[str] = ()
) -> Sequence[tuple[TendererLetterRecord, OpenedBidRecord]]:
    """List a tender's questions of some kinds in the order they were asked, but not about bids that are hidden."""
    query = (
        select(TendererLetterRecord, OpenedBidRecord)
        .join(OpenedBidRecord, OpenedBidRecord.id == TendererLetterRecord.bid_id)
        .where(
            TendererLetterRecord.tender_id == tender_id,
            TendererLetterRecord.kind.in_(kinds),
            TendererLetterRecord.bid_id.not_in(hidden),
        )
    )
    return [(row, bid) for row, bid in db.session.execute(query.order_by(TendererLetterRecord.number))]


def answers_about(bid_id: str, criterion: str) -> Sequence[TendererLetterRecord]:
    """List the clarifications that the scorers of a criterion read: about it, or about the whole bid."""
    where = (
        TendererLetterRecord.bid_id == bid_id,
        TendererLetterRecord.kind == "clarification",
        TendererLetterRecord.criterion.in_(("", criterion)),
    )
    return db.session.scalars(select(TendererLetterRecord).where(*where).order_by(TendererLetterRecord.number)).all()


def recipients(row: OpenedBidRecord) -> tuple[tuple[str, str], ...]:
    """List whom a bid names with an e-mail address, the lead's people first: the address, and the name with it."""
    submission = opened.read_submission(row)
    lead = next((party.organisation for party in submission.parties if party.role == "lead"), "")
    found: dict[str, str] = {}
    for each in sorted(submission.contacts, key=lambda it: it.organisation not in ("", lead)):
        if each.email:
            found.setdefault(each.email, each.name)
    return tuple(found.items())
