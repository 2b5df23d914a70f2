"""The panel's rows: interests declared, scores in the making, sheets submitted, questions, and moderation.

What somebody said or decided is written once and never changed (see the foot of the module); what is still being
written has a version, and is only ever its author's.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.append_only import protect
from workbench.db import STRICT, Base, UtcDateTime, new_id


class PanelNoteRecord(Base):
    """The note that panel members read before they score; of several the latest holds."""

    __tablename__ = "panel_notes"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrainingRecord(Base):
    """That a member has read a panel note."""

    __tablename__ = "trainings"
    __table_args__ = (UniqueConstraint("tender_id", "user_id", "note"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    note: Mapped[int] = mapped_column()
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BenchmarkRecord(Base):
    """A made-up answer to an award criterion, with the points it should get and why: panels calibrate on it."""

    __tablename__ = "benchmarks"
    __table_args__ = (Index("ix_benchmarks_tender_id", "tender_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(Text)
    points: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BenchmarkScoreRecord(Base):
    """A member's score for a benchmark answer: given once, before its right points are shown."""

    __tablename__ = "benchmark_scores"
    __table_args__ = (UniqueConstraint("benchmark_id", "user_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    benchmark_id: Mapped[str] = mapped_column(ForeignKey("benchmarks.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    points: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeclarationRecord(Base):
    """What somebody declared about one organisation: ``interest`` is none, possible or conflicted; the latest holds.

    ``organisation`` is its id in the file with bids, ``name`` what it was called then. ``round`` is formation, opening
    or change.
    """

    __tablename__ = "declarations"
    __table_args__ = (UniqueConstraint("tender_id", "user_id", "organisation", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organisation: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(300))
    number: Mapped[int] = mapped_column()
    interest: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[str] = mapped_column(String(12), default="opening")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InterestDecisionRecord(Base):
    """What was decided about a declared interest (``action``: none, mitigated or recused), by whom and why."""

    __tablename__ = "interest_decisions"
    __table_args__ = (UniqueConstraint("declaration_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), index=True)
    declaration_id: Mapped[str] = mapped_column(ForeignKey("declarations.id"))
    number: Mapped[int] = mapped_column()
    action: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScoreDraftRecord(Base):
    """One member's score for one bid and criterion while it is being written; nobody else ever reads it.

    ``content`` is JSON of :class:`scoring.scoresheet.Score`, ``typed`` of what cannot be read as one yet. ``version``
    counts the saves.
    """

    __tablename__ = "score_drafts"
    __table_args__ = (UniqueConstraint("user_id", "bid_id", "criterion"), Index("ix_score_drafts_tender_id", "tender_id", "user_id"), STRICT)  # fmt: skip  # noqa: E501

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[str] = mapped_column(Text)
    typed: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScoreSheetRecord(Base):
    """A submitted score sheet: one member, one bid, never changed. ``content`` is JSON of a ``ScoreSheet``."""

    __tablename__ = "score_sheets"
    __table_args__ = (
        UniqueConstraint("user_id", "bid_id"),
        Index("ix_score_sheets_tender_id", "tender_id", "lot"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    lot: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PanelQueryRecord(Base):
    """A question of a member to the chair about an answer, and the chair's reply."""

    __tablename__ = "panel_queries"
    __table_args__ = (UniqueConstraint("tender_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TendererLetterRecord(Base):
    """A question put to one tenderer about its bid, its reply and, for a low price, what was decided.

    ``kind`` is clarification or low_price. The tenderer replies through a link, of whose secret the digest is kept.
    ``decision`` is explained or rejected. ``criterion`` says whose scorers read a clarification (empty: all).
    """

    __tablename__ = "tenderer_letters"
    __table_args__ = (UniqueConstraint("tender_id", "number"), Index("ix_tenderer_letters_bid_id", "bid_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column()
    criterion: Mapped[str] = mapped_column(String(80), default="")
    question: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(String(255))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    reply_by: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CardRecord(Base):
    """What the panel is writing about one bid and criterion in moderation, for all of them to see; ``version`` counts.

    ``content`` is JSON of the card's fields. ``state`` is open, signing (put to signature), agreed (all present have
    signed) or reopened. ``agreed`` is the number of the agreed score that stands, or stood last (0: none).
    """

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("bid_id", "criterion"), Index("ix_cards_tender_id", "tender_id", "lot"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    lot: Mapped[str] = mapped_column(String(80))
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="open")
    agreed: Mapped[int] = mapped_column(default=0)
    content: Mapped[str] = mapped_column(Text, default="{}")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class AgreedScoreRecord(Base):
    """The panel's agreed score of a card, as it was put to signature; of several the latest that is signed holds.

    ``content`` is JSON of :class:`scoring.moderation.AgreedScore`; ``present`` of the ids of those who must sign;
    ``absent`` says why somebody who scored was not there, ``reopened`` why the one before was taken up again.
    """

    __tablename__ = "agreed_scores"
    __table_args__ = (UniqueConstraint("card_id", "number"), Index("ix_agreed_scores_tender_id", "tender_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id"))
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    criterion: Mapped[str] = mapped_column(String(80))
    number: Mapped[int] = mapped_column()
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    present: Mapped[str] = mapped_column(Text)
    absent: Mapped[str] = mapped_column(Text, default="")
    reopened: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CardSignatureRecord(Base):
    """That somebody who was present signed an agreed score."""

    __tablename__ = "card_signatures"
    __table_args__ = (UniqueConstraint("agreed_score_id", "user_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    agreed_score_id: Mapped[str] = mapped_column(ForeignKey("agreed_scores.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


for table in (
    "panel_notes", "trainings", "benchmark_scores", "declarations", "interest_decisions", "score_sheets",
    "agreed_scores", "card_signatures",
):  # fmt: skip
    protect(Base.metadata.tables[table])
