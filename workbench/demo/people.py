"""The people of the demonstration: the authority of a tender file, its panel, an administrator and an auditor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from scoring.scoresheet import PanelMember
from workbench.db import db
from workbench.models.accounts import AuthorityRecord, UserRecord
from workbench.services import accounts

ADMINISTRATOR = ("Gareth Pryce-Holloway", "Business Systems Manager, OPCC", "administrator")
LEGAL = ("Carys Lindqvist", "Head of Legal Services", "legal")
AUDITOR = ("Miriam Okonedo-Vale", "Internal Auditor", "auditor")
"""Whom no tender file names: who looks after the people, who advises on the law, and who reads everything."""


@dataclass(frozen=True)
class DemoPeople:
    """The authority, and its people by the ids they have in the tender file; ``others`` have no part in the tender."""

    authority: AuthorityRecord
    by_member: dict[str, UserRecord]
    others: tuple[UserRecord, ...]


def seed_people(
    name: str, short_name: str, email: str, panel: Iterable[PanelMember], *, at: datetime, address: str = ""
) -> DemoPeople:
    """Add the authority and everybody in it, without passwords: a demonstration signs them in with one click.

    Officers of the panel may start tenders. Who does what in the tender is given by the officer who starts it.
    The caller commits.
    """
    authority = accounts.create_authority(name, short_name, at=at, address=address, email=email)
    domain = email.partition("@")[2] or "example.org"
    by_member = {}
    for member in panel:
        roles = ("officer",) if "officer" in member.roles else ()
        by_member[member.id] = _person(authority, member.name, member.job_title, roles, domain, at)
    who, job, role = LEGAL
    by_member[role] = _person(authority, who, job, (), domain, at)
    others = tuple(_person(authority, who, job, (role,), domain, at) for who, job, role in (ADMINISTRATOR, AUDITOR))
    return DemoPeople(authority, by_member, others)


def people_again(panel: Iterable[Mapping[str, Any]]) -> DemoPeople:
    """Find again whom :func:`seed_people` added."""
    known = {row.name: row for row in db.session.scalars(select(UserRecord))}
    by_member = {str(member["id"]): known[member["name"]] for member in panel}
    by_member[LEGAL[2]] = known[LEGAL[0]]
    others = tuple(known[who] for who, _, _ in (ADMINISTRATOR, AUDITOR))
    return DemoPeople(others[0].authority, by_member, others)


def _person(
    authority: AuthorityRecord, name: str, job_title: str, roles: Iterable[str], domain: str, at: datetime
) -> UserRecord:
    email = f"{_plain(name)}@{domain}"
    return accounts.create_person(authority, name=name, email=email, job_title=job_title, roles=roles, at=at)


def _plain(name: str) -> str:
    """Write a name as the first part of an address: ``Dr Leila Harcombe`` gives ``leila.harcombe``."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = [word for word in letters.replace("'", "").split() if word not in {"dr", "mr", "mrs", "ms", "prof"}]
    return ".".join(words)
