"""Reading people: who acts, what they are assigned to, who works for an authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from workbench.db import db
from workbench.models.accounts import AssignmentRecord, AuthorityRecord, SessionRecord, UserRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor


def actor_for(user: UserRecord, at: datetime | None = None) -> Actor:
    """Return a person as the actor of what follows, with the roles they hold at a moment.

    A role that has ended gives nothing; where no moment is told, one that will end gives nothing either.
    """
    lasting = AssignmentRecord.until.is_(None)
    rows = db.session.execute(
        select(AssignmentRecord.tender_id, AssignmentRecord.role, AssignmentRecord.lot).where(
            AssignmentRecord.user_id == user.id, lasting if at is None else lasting | (AssignmentRecord.until > at)
        )
    )
    return Actor(
        user_id=user.id,
        name=user.name,
        job_title=user.job_title,
        email=user.email,
        authority_id=user.authority_id,
        authority_roles=frozenset(role.name for role in user.roles),
        assignments=frozenset((tender, role, lot) for tender, role, lot in rows),
        authority=user.authority.short_name or user.authority.name,
    )


def tender_within(authority_id: str, tender_id: str, *, to_write: bool = False) -> TenderRecord | None:
    """Find a tender among those of one authority; one of another authority is as unknown as none.

    ``to_write`` takes its row until the end of the unit of work, so that a save and a publication never cross.
    """
    found = select(TenderRecord).where(TenderRecord.id == tender_id, TenderRecord.authority_id == authority_id)
    return db.session.scalar(found.with_for_update(of=TenderRecord) if to_write else found)


def people_of(authority_id: str) -> Sequence[UserRecord]:
    """List the people of an authority by name."""
    return db.session.scalars(
        select(UserRecord).where(UserRecord.authority_id == authority_id).order_by(UserRecord.name, UserRecord.id)
    ).all()


def person_within(authority_id: str, user_id: int) -> UserRecord | None:
    """Find a person among those of one authority."""
    return db.session.scalar(
        select(UserRecord).where(UserRecord.id == user_id, UserRecord.authority_id == authority_id)
    )


def person_by_email(email: str) -> UserRecord | None:
    """Find the person who signs in with an address."""
    return db.session.scalar(select(UserRecord).where(UserRecord.email == email))


def authority_named(name: str) -> AuthorityRecord | None:
    """Find an authority by its full or its short name."""
    return db.session.scalar(
        select(AuthorityRecord).where((AuthorityRecord.name == name) | (AuthorityRecord.short_name == name))
    )


def assignments_of(tender_id: str) -> Sequence[AssignmentRecord]:
    """List who does what in a tender, people in the order of their names, with the person loaded."""
    return db.session.scalars(
        select(AssignmentRecord)
        .join(AssignmentRecord.user)
        .where(AssignmentRecord.tender_id == tender_id)
        .order_by(UserRecord.name, AssignmentRecord.role, AssignmentRecord.lot)
    ).all()


def everybody() -> Sequence[UserRecord]:
    """List everybody who can sign in, for the sign-in page of a demonstration."""
    return db.session.scalars(select(UserRecord).where(UserRecord.active).order_by(UserRecord.id)).all()


def sessions_of(user_id: int) -> Sequence[SessionRecord]:
    """List where somebody is signed in, the latest used first."""
    return db.session.scalars(
        select(SessionRecord).where(SessionRecord.user_id == user_id).order_by(SessionRecord.seen_at.desc())
    ).all()
