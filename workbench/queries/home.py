"""What the first page shows of the people of a demonstration: who they are and which roles they hold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.policies import AUTHORITY_ROLES, TENDER_ROLES
from workbench.queries import accounts

_ORDER = {role: place for place, role in enumerate(dict.fromkeys((*TENDER_ROLES, *AUTHORITY_ROLES)))}


@dataclass(frozen=True)
class CastMember:
    """A person of the demonstration, and the roles they play."""

    name: str
    job_title: str
    roles: tuple[str, ...]


def cast() -> tuple[CastMember, ...]:
    """List everybody of a demonstration, whoever runs a tender first; two queries, however many people."""
    held: dict[int, set[str]] = {}
    for user_id, role in db.session.execute(select(AssignmentRecord.user_id, AssignmentRecord.role).distinct()):
        held.setdefault(user_id, set()).add(role)
    parts = [_part(user, held.get(user.id, set())) for user in accounts.everybody()]
    return tuple(sorted(parts, key=_place))


def _part(user: UserRecord, assigned: set[str]) -> CastMember:
    roles = assigned | {role.name for role in user.roles}
    return CastMember(user.name, user.job_title, tuple(sorted(roles, key=lambda role: _ORDER.get(role, len(_ORDER)))))


def _place(part: CastMember) -> tuple[int, str]:
    first = min((_ORDER.get(role, len(_ORDER)) for role in part.roles), default=len(_ORDER))
    return first, part.name
