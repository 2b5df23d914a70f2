"""What was answered to each write, so that a click repeated or a reply lost on the way changes nothing twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db import STRICT, Base, UtcDateTime


class AnsweredRecord(Base):
    """A write that was carried out: by whom, where, under which key, with which body, and what was answered."""

    __tablename__ = "answered"
    __table_args__ = (Index("ix_answered_at", "at"), STRICT)

    actor: Mapped[str] = mapped_column(String(80), primary_key=True)
    route: Mapped[str] = mapped_column(String(300), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    location: Mapped[str] = mapped_column(String(2000), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
