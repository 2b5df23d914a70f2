"""The decision's rows: its paper, what was recommended and approved, letters sent, standstill, signature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.append_only import protect
from workbench.db import STRICT, Base, UtcDateTime, new_id


class AwardPaperRecord(Base):
    """A part of the decision paper of a tender while its officers write it: a page of it, or the words of one letter.

    ``part`` names the page, or is ``letter:<bid id>``. ``content`` is JSON of some fields of
    :class:`scoring.decision.AwardDecision` (empty until the part could be read once), ``typed`` of what was typed
    since then and cannot be read yet.
    """

    __tablename__ = "award_papers"
    __table_args__ = (STRICT,)

    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[str] = mapped_column(Text, default="")
    typed: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class RecommendationRecord(Base):
    """A recommendation: the whole record it follows from (a tender file, canonical bytes) and the result it gave.

    ``result`` is canonical JSON of every lot's ranking and recommendation; ``engine`` the version that worked it out.
    """

    __tablename__ = "recommendations"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    snapshot: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result_sha256: Mapped[str] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AwardCommentRecord(Base):
    """A comment on a recommendation (``kind``: finance or legal); ``exempt`` keeps it out of what is published."""

    __tablename__ = "award_comments"
    __table_args__ = (Index("ix_award_comments_tender_id", "tender_id", "recommendation"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    recommendation: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    exempt: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AwardApprovalRecord(Base):
    """An approver's decision on a recommendation: approved, or returned with what has to be mended.

    ``award`` is the decision paper that was approved, comments included: JSON of an ``AwardDecision``.
    """

    __tablename__ = "award_approvals"
    __table_args__ = (UniqueConstraint("tender_id", "recommendation"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    recommendation: Mapped[int] = mapped_column()
    decision: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    award: Mapped[str] = mapped_column(Text, default="", deferred=True)
    award_sha256: Mapped[str] = mapped_column(String(64), default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IssueRecord(Base):
    """One run of making the decision's documents from one approved record, and its release to everybody at once.

    ``kind`` is drafts (watermarked, for reading) or final; ``state`` is making, made or released.
    """

    __tablename__ = "issues"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="making")
    recommendation: Mapped[int] = mapped_column()
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    file_sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DecisionPaperRecord(Base):
    """One document of an issue: exactly one row for each key, whatever happens to the worker that makes it.

    ``state`` is queued, making, made or failed. ``bid_id`` is set where it is a letter to that bid's tenderer, who
    reads it in its workspace or through a link of whose secret the digest is kept. ``content`` is kept byte for byte.
    """

    __tablename__ = "decision_papers"
    __table_args__ = (
        UniqueConstraint("issue_id", "key"),
        Index("ix_decision_papers_bid_id", "bid_id"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    issue_id: Mapped[str] = mapped_column(ForeignKey("issues.id"))
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(300))
    bid_id: Mapped[str] = mapped_column(String(36), default="")
    restricted: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recipient: Mapped[str] = mapped_column(String(255), default="")
    secret_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StandstillEventRecord(Base):
    """What happened between the letters and the signature, in order.

    ``kind`` is started, notice_published, suspended, challenge, lifted, ended or note; ``day`` is an ISO date: when
    it took effect. ``lot`` is empty where it concerns every lot.
    """

    __tablename__ = "standstill_events"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    lot: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ContractSignatureRecord(Base):
    """That the contract of a lot was signed, never before its earliest day."""

    __tablename__ = "contract_signatures"
    __table_args__ = (UniqueConstraint("tender_id", "lot"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    lot: Mapped[str] = mapped_column(String(80))
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    signed_on: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


for table in (
    "recommendations", "award_comments", "award_approvals", "standstill_events", "contract_signatures",
):  # fmt: skip
    protect(Base.metadata.tables[table])
