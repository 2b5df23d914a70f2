"""Reads of the decision's documents: what an issue consists of, how far it is, and where each letter stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.models.bids import MailRecord, OpenedBidRecord
from workbench.models.tenders import TenderRecord

DRAFTS: Final = "drafts"
FINAL: Final = "final"
REFUSED: Final = "refused"
LEFT_OUT: Final = "left_out"
LETTERS: Final = ("award", "letter")
"""The kinds of documents that are letters to tenderers."""
UNDER_WAY: Final = frozenset({"queued", "making"})
BLOCKING: Final = ("failed", REFUSED)


@dataclass(frozen=True)
class Progress:
    """How far the making of an issue is: how many documents there are in each state."""

    counts: dict[str, int]

    @property
    def made(self) -> int:
        """Count the documents that are made."""
        return self.counts.get("made", 0)

    @property
    def wanted(self) -> int:
        """Count the documents that are to be made."""
        return sum(count for state, count in self.counts.items() if state not in (REFUSED, LEFT_OUT))

    @property
    def under_way(self) -> int:
        """Count the documents that are waiting or being made."""
        return sum(self.counts.get(state, 0) for state in UNDER_WAY)

    @property
    def failed(self) -> int:
        """Count the documents that could not be made."""
        return self.counts.get("failed", 0)

    @property
    def refused(self) -> int:
        """Count the documents that may not be made yet."""
        return self.counts.get(REFUSED, 0)

    @property
    def is_complete(self) -> bool:
        """Say whether every document is made and none was refused."""
        return self.made == self.wanted > 0 and not self.refused


@dataclass(frozen=True)
class Letter:
    """A letter of a release: its document, whose bid it is about, and when its mail left."""

    paper: DecisionPaperRecord
    tenderer: str
    lot: str
    mailed_at: datetime | None
    given_up: bool


def issues_of(tender_id: str) -> Sequence[tuple[IssueRecord, str]]:
    """List every issue of a tender, the newest first, each with the name of whoever asked for it."""
    query = (
        select(IssueRecord, UserRecord.name)
        .join(UserRecord, UserRecord.id == IssueRecord.made_by)
        .where(IssueRecord.tender_id == tender_id)
        .order_by(IssueRecord.number.desc())
    )
    return [(issue, name) for issue, name in db.session.execute(query)]


def issue_of(tender_id: str, number: int) -> IssueRecord | None:
    """Find an issue by its number."""
    return db.session.scalar(
        select(IssueRecord).where(IssueRecord.tender_id == tender_id, IssueRecord.number == number)
    )


def latest_issue(tender_id: str, kind: str) -> IssueRecord | None:
    """Find the last issue of a kind."""
    return db.session.scalar(
        select(IssueRecord)
        .where(IssueRecord.tender_id == tender_id, IssueRecord.kind == kind)
        .order_by(IssueRecord.number.desc())
        .limit(1)
    )


def released_issue(tender_id: str) -> IssueRecord | None:
    """Find the issue that was released."""
    return db.session.scalar(
        select(IssueRecord).where(IssueRecord.tender_id == tender_id, IssueRecord.state == "released")
    )


def progress_of(issue_id: str) -> Progress:
    """Count the documents of an issue by state."""
    rows = db.session.execute(
        select(DecisionPaperRecord.state, func.count())
        .where(DecisionPaperRecord.issue_id == issue_id)
        .group_by(DecisionPaperRecord.state)
    )
    return Progress({row[0]: row[1] for row in rows})


def papers_of(issue_id: str) -> Sequence[DecisionPaperRecord]:
    """List the documents of an issue: what keeps it back first, then in the order of the pack."""
    rows = db.session.scalars(
        select(DecisionPaperRecord)
        .where(DecisionPaperRecord.issue_id == issue_id)
        .order_by(DecisionPaperRecord.path, DecisionPaperRecord.key)
    ).all()
    return sorted(rows, key=lambda row: row.state not in BLOCKING)


def paper_of(tender_id: str, paper_id: str) -> DecisionPaperRecord | None:
    """Find a document of a tender, with its bytes."""
    return db.session.scalar(
        select(DecisionPaperRecord)
        .where(DecisionPaperRecord.id == paper_id, DecisionPaperRecord.tender_id == tender_id)
        .options(undefer(DecisionPaperRecord.content))
    )


def letters_of(tender_id: str) -> Sequence[Letter]:
    """List the letters of the release, by lot and tenderer: where each was sent, whether its mail left, when read."""
    query = (
        select(DecisionPaperRecord, OpenedBidRecord.tenderer, OpenedBidRecord.lot, MailRecord)
        .join(IssueRecord, IssueRecord.id == DecisionPaperRecord.issue_id)
        .join(OpenedBidRecord, OpenedBidRecord.id == DecisionPaperRecord.bid_id)
        .outerjoin(MailRecord, MailRecord.about == mail_about(DecisionPaperRecord.id))
        .where(IssueRecord.tender_id == tender_id, IssueRecord.state == "released")
        .where(DecisionPaperRecord.kind.in_(LETTERS))
        .order_by(OpenedBidRecord.lot, OpenedBidRecord.tenderer, DecisionPaperRecord.key)
    )
    return [_letter(paper, tenderer, lot, mail) for paper, tenderer, lot, mail in db.session.execute(query)]


def _letter(paper: DecisionPaperRecord, tenderer: str, lot: str, mail: MailRecord | None) -> Letter:
    sent = mail.sent_at if mail else None
    return Letter(paper, tenderer, lot, sent, bool(mail and not sent and mail.tries >= MOST_MAIL_TRIES))


MOST_MAIL_TRIES: Final = 8
"""After how many tries a mail is given up (:data:`workbench.services.mails.PAUSES`; a test compares them)."""


def mail_about(paper_id: object) -> object:
    """Name what the mail about a letter is about; takes an id or the column of ids."""
    return "decision:" + paper_id  # type: ignore[operator]


def untold(tender_id: str) -> Sequence[OpenedBidRecord]:
    """List the bids that no letter of the release is about: withdrawn ones, and those of lots without an award."""
    told = (
        select(DecisionPaperRecord.bid_id)
        .join(IssueRecord, IssueRecord.id == DecisionPaperRecord.issue_id)
        .where(IssueRecord.tender_id == tender_id, IssueRecord.state == "released", DecisionPaperRecord.bid_id != "")
    )
    return db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.id.not_in(told))
        .order_by(OpenedBidRecord.state, OpenedBidRecord.received_at)
    ).all()


# --- for tenderers ----------------------------------------------------------------------------------------------


def letters_to(tender_id: str, bid_ids: Sequence[str]) -> Sequence[DecisionPaperRecord]:
    """List the released letters about some bids."""
    if not bid_ids:
        return ()
    return db.session.scalars(
        select(DecisionPaperRecord)
        .join(IssueRecord, IssueRecord.id == DecisionPaperRecord.issue_id)
        .where(
            IssueRecord.tender_id == tender_id, IssueRecord.state == "released",
            DecisionPaperRecord.bid_id.in_(bid_ids), DecisionPaperRecord.kind.in_(LETTERS),
        )
        .options(undefer(DecisionPaperRecord.content))
        .order_by(DecisionPaperRecord.key)
    ).all()  # fmt: skip


def letter_by(secret: str) -> tuple[DecisionPaperRecord, IssueRecord, TenderRecord] | None:
    """Find the released letter that a link leads to."""
    digest = sha256(secret.encode()).hexdigest()
    found = db.session.execute(
        select(DecisionPaperRecord, IssueRecord, TenderRecord)
        .join(IssueRecord, IssueRecord.id == DecisionPaperRecord.issue_id)
        .join(TenderRecord, TenderRecord.id == DecisionPaperRecord.tender_id)
        .where(DecisionPaperRecord.secret_sha256 == digest, IssueRecord.state == "released")
        .options(undefer(DecisionPaperRecord.content))
    ).one_or_none()
    return (found[0], found[1], found[2]) if found is not None else None
