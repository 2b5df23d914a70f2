"""Rows for tests: an authority, its people, their tenders; each call makes another."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from workbench.db import db
from workbench.models.accounts import AssignmentRecord, AuthorityRecord, RoleRecord, UserRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
_numbers = count(1)


def an_authority(name: str = "", **values: object) -> AuthorityRecord:
    """Add an authority."""
    n = next(_numbers)
    row = AuthorityRecord(
        **{"name": name or f"Authority {n}", "short_name": name or f"Authority {n}", "address": "", "email": "",
           "telephone": "", "created_at": NOW, **values}
    )  # fmt: skip
    return _added(row)


def a_role(name: str) -> RoleRecord:
    """Return the role in the authority of that name, added if it is not there."""
    found = db.session.query(RoleRecord).filter_by(name=name).one_or_none()
    return found or _added(RoleRecord(name=name, description=""))


def a_user(authority: AuthorityRecord, *roles: str, name: str = "", **values: object) -> UserRecord:
    """Add a person of an authority, with roles in it."""
    n = next(_numbers)
    row = UserRecord(
        **{"authority_id": authority.id, "name": name or f"Person {n}", "job_title": "Officer", "active": True,
           "email": f"person{n}@example.org", "password": None, "created_at": NOW, **values}
    )  # fmt: skip
    row.roles = [a_role(role) for role in roles]
    return _added(row)


def a_tender(authority: AuthorityRecord, **values: object) -> TenderRecord:
    """Add a tender of an authority."""
    n = next(_numbers)
    row = TenderRecord(
        **{"authority_id": authority.id, "reference": f"T-{n}", "title": f"Tender {n}",
           "regime": "procurement_act_2023", "stage": "draft", "created_at": NOW, "changed_at": NOW, **values}
    )  # fmt: skip
    return _added(row)


def an_assignment(tender: TenderRecord, user: UserRecord, role: str, lot: str = "") -> AssignmentRecord:
    """Give a person a role in a tender."""
    return _added(AssignmentRecord(tender_id=tender.id, user_id=user.id, role=role, lot=lot, assigned_at=NOW))


def an_actor(user: UserRecord) -> Actor:
    """Return the person as who acts, with the roles they hold now."""
    assigned = db.session.query(AssignmentRecord).filter_by(user_id=user.id)
    return Actor(
        user_id=user.id,
        name=user.name,
        job_title=user.job_title,
        email=user.email,
        authority_id=user.authority_id,
        authority_roles=frozenset(role.name for role in user.roles),
        assignments=frozenset((it.tender_id, it.role, it.lot) for it in assigned),
    )


def _added(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
