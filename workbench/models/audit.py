"""The audit trail: chains of events, each event written once, its canonical bytes kept and never made again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workbench.append_only import protect
from workbench.db import STRICT, Base, UtcDateTime
from workbench.models.tenders import RuleSetRecord


class ChainRecord(Base):
    """The end of one chain: how many events it has and the head that stands for all of them.

    The row is locked while an event is added, so that numbers have no gaps and heads no forks.
    """

    __tablename__ = "chains"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    length: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default="")
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EventRecord(Base):
    """Something that happened: who did what to what and when, as the bytes that were hashed.

    The columns beside ``canon`` serve lists and searches; a verifier reads ``canon`` only.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_at", "at"), Index("ix_events_actor_id", "actor_id"), STRICT)

    chain: Mapped[str] = mapped_column(ForeignKey("chains.name"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(300))
    canon: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))


protect(EventRecord.metadata.tables["events"])
protect(RuleSetRecord.metadata.tables["rule_sets"])
