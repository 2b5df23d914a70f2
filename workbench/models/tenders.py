"""A tender's rows: its key facts, the parts its officer is writing, and each published set of rules."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lots.money import Money
from workbench.db import STRICT, Base, Pence, UtcDateTime, new_id
from workbench.models.accounts import AuthorityRecord

STAGES = (
    "draft", "signed_off", "published", "closed", "opened", "evaluation", "moderation",
    "recommended", "approved", "notified", "awarded", "contract", "cancelled",
)  # fmt: skip


class TenderRecord(Base):
    """One procurement: what lists show and what decides who may do what; its content stands in its parts.

    ``version`` rises with every change of the tender or anything in it: an unchanged page is known by it. After
    ``scores_locked_at`` no evaluator scores any more, after ``quality_locked_at`` the agreed scores stand and
    prices may be seen.
    """

    __tablename__ = "tenders"
    __table_args__ = (
        CheckConstraint(f"stage IN {STAGES!r}", name="stage"),
        UniqueConstraint("authority_id", "reference"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    reference: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    regime: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lots_count: Mapped[int] = mapped_column(default=0)
    annual_budget: Mapped[Money] = mapped_column(Pence, default=Money(0))
    maximum_potential_spend: Mapped[Money] = mapped_column(Pence, default=Money(0))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_off_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_off_digest: Mapped[str] = mapped_column(String(64), default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    scores_locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quality_locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    authority: Mapped[AuthorityRecord] = relationship(lazy="joined")


class PartRecord(Base):
    """One part of a tender that is saved by itself: a lot, a source of funding, a methodology, the timetable …

    ``content`` is JSON in the shape of the tender file, empty until the part could be read once; ``unfinished`` is JSON
    of the texts typed since then that could not be read, so that nothing typed is lost.
    """

    __tablename__ = "parts"
    __table_args__ = (
        UniqueConstraint("tender_id", "kind", "key"),
        Index("ix_parts_tender_id", "tender_id", "position"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[str] = mapped_column(Text, default="")
    unfinished: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def value(self) -> Any:
        """Return the content as plain JSON values; None where it was never complete."""
        return json.loads(self.content) if self.content else None

    @property
    def typed(self) -> dict[str, list[str]]:
        """Return the texts that could not be read yet, by field name."""
        return json.loads(self.unfinished) if self.unfinished else {}


class RuleSetRecord(Base):
    """A published set of rules, its bytes kept for ever: number 1 at publication, one more with each change notice."""

    __tablename__ = "rule_sets"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), index=True)
    number: Mapped[int] = mapped_column()
    canon: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
