"""Authorities (each a world of its own), their people, and who does what in a tender."""

from __future__ import annotations

from datetime import datetime

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workbench.db import STRICT, Base, UtcDateTime, new_id


class AuthorityRecord(Base):
    """A contracting authority: everything belongs to exactly one, and none sees another's."""

    __tablename__ = "authorities"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    telephone: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


users_roles = Table(
    "users_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
    sqlite_strict=True,
)


class RoleRecord(Base, RoleMixin):
    """A role in the whole authority: officer (starts tenders), administrator (people), auditor (reads everything)."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str] = mapped_column(String(255), default="")
    permissions: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))


class UserRecord(Base, UserMixin):
    """Somebody who signs in, working for one authority."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[str] = mapped_column(ForeignKey("authorities.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    job_title: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_id)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_counter: Mapped[int | None] = mapped_column()
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    authority: Mapped[AuthorityRecord] = relationship(lazy="joined")
    roles: Mapped[list[RoleRecord]] = relationship(secondary=users_roles, lazy="selectin")  # type: ignore[assignment]


class AssignmentRecord(Base):
    """A person's role in one tender, in one of its lots or (``lot`` empty) in all.

    ``criteria`` are ids, separated by blanks, of the award criteria it is limited to (every one, when empty); after
    ``until`` the role has ended.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("tender_id", "user_id", "role", "lot"),
        Index("ix_assignments_user_id", "user_id"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20))
    lot: Mapped[str] = mapped_column(String(80), default="")
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    criteria: Mapped[str] = mapped_column(Text, default="", server_default="")
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[UserRecord] = relationship(foreign_keys=[user_id])


class InvitationRecord(Base):
    """An invitation to work for an authority, good until it expires, is used or is taken back.

    Only the digest of the secret in its link is kept.
    """

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[UserRecord] = relationship(foreign_keys=[user_id])


class SessionRecord(Base):
    """Somebody signed in, or half way there, in one browser; ending it here ends it there.

    ``id`` is the digest of the secret in the cookie, ``data`` what the pages keep in between, ``rotate`` asks for a new
    secret with the next answer.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    data: Mapped[str] = mapped_column(Text)
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    rotate: Mapped[bool] = mapped_column(default=False)
