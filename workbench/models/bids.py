"""Bids as they are kept: drafts nobody here can read, sealed versions, custodians' keys, closing, opening, results.

Before the opening these tables hold ciphertext, digests and times. Which lot a bid is for, who made it and what stands
in it is inside the ciphertext.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.append_only import protect
from workbench.db import STRICT, Base, UtcDateTime, new_id


class DraftRecord(Base):
    """A tenderer's workspace for one tender, encrypted under a key that only the tenderer has.

    ``lookup`` is derived from the tenderer's code and finds the row; the code itself is never stored.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("lookup"), Index("ix_drafts_tender_id", "tender_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    lookup: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DraftFileRecord(Base):
    """A file that a tenderer sent ahead, sealed on receipt: where it lies in the store, by its sealed digest."""

    __tablename__ = "draft_files"
    __table_args__ = (Index("ix_draft_files_draft_id", "draft_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"))
    sealed_sha256: Mapped[str] = mapped_column(String(64), index=True)
    sealed_size: Mapped[int] = mapped_column()
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PartnerLinkRecord(Base):
    """A link by which a partner reads its own figures and answers; both are encrypted under the secret in the link.

    ``version`` rises whenever the figures change, which makes an earlier answer one to older figures.
    """

    __tablename__ = "partner_links"
    __table_args__ = (UniqueConstraint("lookup"), Index("ix_partner_links_draft_id", "draft_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"))
    lookup: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    offer: Mapped[bytes] = mapped_column(LargeBinary)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    replied_to: Mapped[int | None] = mapped_column()
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SealedBidRecord(Base):
    """One act of a tenderer on one bid, written once: ``submitted``, ``withdrawn`` or (after the deadline) ``late``.

    ``bid_id`` is the same in every version of a bid; the last act before the deadline counts. ``receipt`` is the
    receipt in canonical JSON, without what only the tenderer may know; ``annex`` is that, encrypted under their code.
    """

    __tablename__ = "sealed_bids"
    __table_args__ = (
        UniqueConstraint("bid_id", "version"),
        Index("ix_sealed_bids_tender_id", "tender_id", "bid_id", "version"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    bid_id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column()
    act: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(10), default="server")
    rule_set: Mapped[int] = mapped_column()
    rules_sha256: Mapped[str] = mapped_column(String(64))
    first_byte_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_byte_at: Mapped[datetime] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    annex: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class EnvelopeRecord(Base):
    """A sealed envelope (``bid``, ``price`` or ``late``): padded ciphertext, and its key wrapped for the custodians.

    ``wraps`` is JSON: ``"0,1"`` (outer, inner custodian) to base64, or ``"server"`` where the server holds the key.
    """

    __tablename__ = "envelopes"
    __table_args__ = (UniqueConstraint("sealed_bid_id", "kind"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    sealed_bid_id: Mapped[str] = mapped_column(ForeignKey("sealed_bids.id"))
    kind: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    wraps: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class CustodianKeyRecord(Base):
    """A custodian's public key for one tender, and the proof that somebody could use the other half.

    ``challenge`` is a text encrypted to the key, ``challenge_sha256`` the digest of what stands in it.
    """

    __tablename__ = "custodian_keys"
    __table_args__ = (UniqueConstraint("tender_id", "recipient"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    title: Mapped[str] = mapped_column(String(120))
    recipient: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    challenge: Mapped[str] = mapped_column(Text)
    challenge_sha256: Mapped[str] = mapped_column(String(64))
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClosingRecord(Base):
    """The signed closing checkpoint of a tender: how many bids there are and the root over the last act on each.

    ``key`` is the public half of the key that signed it.
    """

    __tablename__ = "closings"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), index=True)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    size: Mapped[int] = mapped_column()
    root: Mapped[str] = mapped_column(String(64))
    checkpoint: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(300))


class OpeningRecord(Base):
    """The opening of one kind of envelope (``bid`` or ``price``) by two custodians, one after the other.

    ``layers`` is JSON: what is left of each wrap after the first custodian took their layer off.
    """

    __tablename__ = "openings"
    __table_args__ = (UniqueConstraint("tender_id", "kind"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    kind: Mapped[str] = mapped_column(String(10))
    first_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    first_name: Mapped[str] = mapped_column(String(120))
    first_key: Mapped[int] = mapped_column()
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    layers: Mapped[str] = mapped_column(Text)
    second_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    second_name: Mapped[str] = mapped_column(String(120), default="")
    second_key: Mapped[int | None] = mapped_column()
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class OpenedBidRecord(Base):
    """A bid after the opening: its content as JSON, or why it could not be opened.

    ``state`` is opened, failed, withdrawn, lapsed (never confirmed under the last rules) or late.
    """

    __tablename__ = "opened_bids"
    __table_args__ = (Index("ix_opened_bids_tender_id", "tender_id", "lot"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    sealed_bid_id: Mapped[str] = mapped_column(ForeignKey("sealed_bids.id"))
    lot: Mapped[str] = mapped_column(String(80), default="")
    tenderer: Mapped[str] = mapped_column(String(300), default="")
    letter: Mapped[str] = mapped_column(String(4), default="")
    state: Mapped[str] = mapped_column(String(10))
    fault: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission: Mapped[str] = mapped_column(Text, default="", deferred=True)
    price: Mapped[str] = mapped_column(Text, default="", deferred=True)


class AdmissionRecord(Base):
    """A decision on whether an opened bid stays in, with its reason; the latest counts, the earlier ones stay."""

    __tablename__ = "admissions"
    __table_args__ = (UniqueConstraint("bid_id", "number"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), index=True)
    bid_id: Mapped[str] = mapped_column(ForeignKey("opened_bids.id"))
    number: Mapped[int] = mapped_column()
    decision: Mapped[str] = mapped_column(String(10))
    concerning: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class FollowerRecord(Base):
    """An address that asked to be told of a tender's notices and dates, with or without a bid; gone when it ends that.

    ``draft_id`` (or nothing) ties it to a draft whose partners may still have to confirm.
    """

    __tablename__ = "followers"
    __table_args__ = (UniqueConstraint("tender_id", "email", "draft_id"), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    email: Mapped[str] = mapped_column(String(255))
    draft_id: Mapped[str] = mapped_column(String(36), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailRecord(Base):
    """A mail that a service wants sent, at most once for each ``about`` and recipient; sent by the worker.

    ``try_at`` is when it is tried next. ``text`` is emptied once the mail is sent: it may hold a link that lets
    somebody in.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("about", "recipient"),
        Index("ix_mails_sent_at", "sent_at", "try_at"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    about: Mapped[str] = mapped_column(String(200))
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    wanted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProbeRecord(Base):
    """One line of the availability ledger: could bids be received at this moment?

    ``head`` is the digest of this line and of the head before it, so that no line is changed or left out unseen.
    """

    __tablename__ = "probes"
    __table_args__ = (Index("ix_probes_tender_id", "tender_id", "number", unique=True), STRICT)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepting: Mapped[bool] = mapped_column()
    words: Mapped[str] = mapped_column(String(200), default="")
    head: Mapped[str] = mapped_column(String(64))


for table in ("sealed_bids", "envelopes", "closings", "admissions", "probes"):
    protect(Base.metadata.tables[table])
