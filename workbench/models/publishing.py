"""What the public sees of a tender: that it is published, its files, notices and questions; and moves of a deadline."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exports.rule_changes import RuleChange
from workbench.append_only import protect
from workbench.db import STRICT, Base, UtcDateTime, new_id


class PublicationRecord(Base):
    """That a tender is published, and under which rules; ``version`` rises with everything that the public can see."""

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_published_at", "published_at"), STRICT)

    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), primary_key=True)
    ocid: Mapped[str] = mapped_column(String(120), unique=True)
    rule_set: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeRecord(Base):
    """A numbered notice after publication (``kind``: change, deadline or cancellation), never changed itself.

    ``rule_set`` is the number of the rules it brought, or (for a cancellation) of those it found: a bid confirmed under
    an earlier number has to be confirmed again.
    """

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    changes_json: Mapped[str] = mapped_column(Text, default="[]")
    rule_set: Mapped[int] = mapped_column()
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def changes(self) -> tuple[RuleChange, ...]:
        """Return what differs, field by field."""
        return tuple(RuleChange(**each) for each in json.loads(self.changes_json))


class PublishedFileRecord(Base):
    """A file as published, byte for byte; ``notice`` is the number of the notice it came with (0: publication)."""

    __tablename__ = "published_files"
    __table_args__ = (UniqueConstraint("tender_id", "name"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    mimetype: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column()
    notice: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class QuestionRecord(Base):
    """A question asked during a tender, and what became of it.

    ``number`` counts all of them, for the officers; ``public_number`` those answered to everybody, as the public log
    numbers them. ``state`` is open, public or private. ``question`` stays as it was asked, ``published_text`` is what
    everybody reads.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("tender_id", "number"),
        UniqueConstraint("tender_id", "public_number"),
        Index("ix_questions_tender_id", "tender_id", "state", "number"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    public_number: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    organisation: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(255))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_text: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    private_reason: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class DeadlineRequestRecord(Base):
    """A request to move a deadline that has passed: asked for by one officer, decided by a second person.

    ``state`` is open, confirmed or declined; ``outage`` records what kept tenderers from sending their bids.
    """

    __tablename__ = "deadline_requests"
    __table_args__ = (Index("ix_deadline_requests_tender_id", "tender_id", "state"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    outage: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open")
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_by_name: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


for table in ("notices", "published_files"):
    protect(Base.metadata.tables[table])
