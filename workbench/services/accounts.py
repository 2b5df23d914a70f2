"""Writing people: authorities, invitations, and roles in the authority."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from flask_security import hash_password
from sqlalchemy import ColumnElement, delete, select, update

from lots.errors import ProcurementError
from workbench import audit, policies
from workbench.addresses import read_address
from workbench.db import db, new_id
from workbench.models.accounts import (
    AssignmentRecord,
    AuthorityRecord,
    InvitationRecord,
    RoleRecord,
    SessionRecord,
    UserRecord,
)
from workbench.passwords import weakness
from workbench.policies import AUTHORITY_ROLES, Actor, Permission, SeparationError
from workbench.queries import accounts

INVITED_FOR = timedelta(days=7)


class PersonError(ProcurementError):
    """Something about a person that cannot be: an address used twice, an unknown role, no administrator left."""


# --- authorities and people -----------------------------------------------------------------------------------


def create_authority(
    name: str, short_name: str, *, at: datetime, address: str = "", email: str = "", telephone: str = ""
) -> AuthorityRecord:
    """Add an authority, from the command line; PersonError where its name is taken."""
    if accounts.authority_named(name) is not None:
        raise PersonError(f"There is an authority called “{name}” already")
    row = AuthorityRecord(
        id=new_id(), name=name, short_name=short_name, address=address, email=email, telephone=telephone, created_at=at
    )
    db.session.add(row)
    db.session.flush()
    _record("authority_added", name, row.id, None, at, {"short_name": short_name})
    return row


def create_person(
    authority: AuthorityRecord,
    *,
    name: str,
    email: str,
    roles: Iterable[str],
    at: datetime,
    job_title: str = "",
    password: str = "",
) -> UserRecord:
    """Add a person, from the command line, with a password or, without one, to be invited."""
    person = new_person(authority.id, name, email, job_title, at)
    if password:
        _set_password(person, password, authority)
    person.roles = _roles(frozenset(roles))
    db.session.add(person)
    db.session.flush()
    details = {"person": person.id, "name": name, "roles": sorted(roles)}
    _record("person_added", person.email, authority.id, None, at, details)
    return person


def invite(
    *, name: str, email: str, job_title: str, roles: Iterable[str], actor: Actor, at: datetime
) -> tuple[UserRecord, str]:
    """Add a person to the actor's authority; return them and the secret of the link by which they set a password."""
    policies.check(actor, Permission.PEOPLE_MANAGE)
    person = new_person(actor.authority_id, name, email, job_title, at)
    person.roles = _roles(frozenset(roles))
    db.session.add(person)
    db.session.flush()
    secret = invitation_for(person, at, actor.user_id)
    details = {"person": person.id, "name": name, "roles": sorted(roles)}
    _record("person_invited", person.email, actor.authority_id, actor, at, details)
    return person, secret


def invite_again(person: UserRecord, *, actor: Actor, at: datetime) -> str:
    """Make a new link for somebody who has not set a password yet; earlier ones no longer count."""
    _check_person(actor, person)
    if person.password or not person.active:
        raise PersonError(f"{person.name} needs no invitation: they have a password, or are deactivated")
    db.session.execute(
        delete(InvitationRecord).where(InvitationRecord.user_id == person.id, InvitationRecord.used_at.is_(None))
    )
    secret = invitation_for(person, at, actor.user_id)
    _record("person_invited", person.email, actor.authority_id, actor, at, {"person": person.id, "again": True})
    return secret


def accept(secret: str, password: str, *, at: datetime) -> UserRecord:
    """Use an invitation: set the first password. PersonError where the link is unknown, used or too old."""
    invitation = open_invitation(secret, at=at)
    if invitation is None:
        raise PersonError("This invitation is not valid any more: ask your administrator for a new one")
    person = invitation.user
    _set_password(person, password, person.authority)
    invitation.used_at = at
    acting = Actor(person.id, person.name, person.job_title, person.email, person.authority_id)
    _record("invitation_accepted", person.email, person.authority_id, acting, at, {"person": person.id})
    return person


def open_invitation(secret: str, *, at: datetime) -> InvitationRecord | None:
    """Find the invitation a link names, if it can still be used."""
    found = db.session.scalar(select(InvitationRecord).where(InvitationRecord.secret_sha256 == _digest(secret)))
    usable = found is not None and found.used_at is None and found.expires_at > at and found.user.active
    return found if usable else None


def set_roles(person: UserRecord, roles: Iterable[str], *, actor: Actor, at: datetime) -> None:
    """Give a person these roles in the authority and no others; nobody changes their own."""
    _check_person(actor, person)
    if person.id == actor.user_id:
        raise SeparationError("Nobody changes their own roles: ask another administrator")
    wanted, before = frozenset(roles), frozenset(role.name for role in person.roles)
    _check_administrator_left(person, wanted)
    _check_audits_only(person, wanted)
    person.roles = _roles(wanted)
    _renew_sessions(person)
    details = {"person": person.id, "before": sorted(before), "after": sorted(wanted)}
    _record("roles_changed", person.email, actor.authority_id, actor, at, details)


def deactivate(person: UserRecord, *, actor: Actor, at: datetime) -> None:
    """End a person's access at once, in every browser; what they did stays."""
    _check_person(actor, person)
    if person.id == actor.user_id:
        raise SeparationError("Nobody deactivates themselves: ask another administrator")
    _check_administrator_left(person, frozenset())
    person.active = False
    person.fs_uniquifier = new_id()
    ended = _end_sessions(person)
    _record("person_deactivated", person.email, actor.authority_id, actor, at, {"person": person.id, "sessions": ended})


def activate(person: UserRecord, *, actor: Actor, at: datetime) -> None:
    """Let a person who was deactivated sign in again, with a password and a second step they set anew."""
    _check_person(actor, person)
    person.active = True
    person.password = person.tf_primary_method = person.tf_totp_secret = None
    person.mf_recovery_codes = []
    _record("person_activated", person.email, actor.authority_id, actor, at, {"person": person.id})


def reset_second_step(person: UserRecord, *, actor: Actor, at: datetime) -> None:
    """Take away the second step of somebody who lost their device; they set up another when they next sign in."""
    _check_person(actor, person)
    if person.id == actor.user_id:
        raise SeparationError("Nobody takes away their own second step: ask another administrator")
    person.tf_primary_method = person.tf_totp_secret = None
    person.mf_recovery_codes = []
    _end_sessions(person)
    _record("second_step_reset", person.email, actor.authority_id, actor, at, {"person": person.id})


def sign_out_everywhere(*, actor: Actor, at: datetime, session_id: str = "", but: str = "") -> int:
    """End one session of the actor's own, or all of them but the present one; return how many ended."""
    mine = [SessionRecord.user_id == actor.user_id, SessionRecord.id != but]
    if session_id:
        mine.append(SessionRecord.id == session_id)
    ended = _deleted(*mine)
    _record("sessions_ended", actor.email, actor.authority_id, actor, at, {"person": actor.user_id, "sessions": ended})
    return ended


# --- pieces -----------------------------------------------------------------------------------------------------


def new_person(authority_id: str, name: str, email: str, job_title: str, at: datetime) -> UserRecord:
    """Make a person of an authority; PersonError where somebody signs in with that address already."""
    address = read_address(email)
    if accounts.person_by_email(address) is not None:
        raise PersonError(f"Somebody signs in with {address} already")
    return UserRecord(
        authority_id=authority_id, name=name, email=address, job_title=job_title, active=True,
        fs_uniquifier=new_id(), created_at=at,
    )  # fmt: skip


def _set_password(person: UserRecord, password: str, authority: AuthorityRecord) -> None:
    why = weakness(password, (person.name, person.email, authority.name, authority.short_name))
    if why:
        raise PersonError(why)
    person.password = hash_password(password)


def _roles(names: frozenset[str]) -> list[RoleRecord]:
    unknown = names - set(AUTHORITY_ROLES)
    if unknown:
        raise PersonError(f"There is no role called “{min(unknown)}” in an authority")
    why = policies.clash_in_authority(names)
    if why:
        raise SeparationError(why)
    found = {role.name: role for role in db.session.scalars(select(RoleRecord).where(RoleRecord.name.in_(names)))}
    missing = [RoleRecord(name=name, description=AUTHORITY_ROLES[name]) for name in sorted(names - set(found))]
    db.session.add_all(missing)
    return [*found.values(), *missing]


def _check_person(actor: Actor, person: UserRecord) -> None:
    policies.check(actor, Permission.PEOPLE_MANAGE)
    if person.authority_id != actor.authority_id:
        raise policies.NotForYou("There is no such page.", status=404)


def _check_administrator_left(person: UserRecord, wanted: frozenset[str]) -> None:
    """Refuse to leave an authority without anybody who can look after its people."""
    if "administrator" in wanted or "administrator" not in {role.name for role in person.roles}:
        return
    others = select(UserRecord.id).join(UserRecord.roles).where(
        UserRecord.authority_id == person.authority_id, UserRecord.id != person.id, UserRecord.active,
        RoleRecord.name == "administrator",
    )  # fmt: skip
    if db.session.scalar(others.limit(1)) is None:
        raise PersonError("An authority keeps at least one administrator: give the role to somebody else first")


def _check_audits_only(person: UserRecord, wanted: frozenset[str]) -> None:
    """Refuse to make somebody an auditor of the authority who works in one of its tenders."""
    if "auditor" not in wanted:
        return
    works = select(AssignmentRecord.id).where(AssignmentRecord.user_id == person.id, AssignmentRecord.role != "auditor")
    if db.session.scalar(works.limit(1)) is not None:
        raise SeparationError(
            f"{person.name} works in a tender, and an auditor of the authority only audits its tenders"
        )


def invitation_for(person: UserRecord, at: datetime, by: int) -> str:
    """Make an invitation and return the secret of its link."""
    secret = secrets.token_urlsafe(32)
    row = InvitationRecord(
        user_id=person.id, secret_sha256=_digest(secret), made_at=at, made_by=by, expires_at=at + INVITED_FOR
    )
    db.session.add(row)
    db.session.flush()
    return secret


def _end_sessions(person: UserRecord) -> int:
    return _deleted(SessionRecord.user_id == person.id)


def _deleted(*wanted: ColumnElement[bool]) -> int:
    """Delete sessions and return how many there were."""
    ids = db.session.scalars(select(SessionRecord.id).where(*wanted)).all()
    db.session.execute(delete(SessionRecord).where(SessionRecord.id.in_(ids)))
    return len(ids)


def _renew_sessions(person: UserRecord) -> None:
    """Have each of a person's sessions get a new secret with its next answer."""
    db.session.execute(update(SessionRecord).where(SessionRecord.user_id == person.id).values(rotate=True))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(
    action: str, subject: str, authority_id: str, actor: Actor | None, at: datetime, details: Mapping[str, object]
) -> None:
    audit.record(action, subject, chain=audit.authority_chain(authority_id), actor=actor, at=at, details=details)
