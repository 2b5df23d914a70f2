"""Who does what in a tender: giving a role, taking it back, inviting somebody new; duties are kept in different hands.

A role is for all lots or one, an evaluator's also for some questions only; it may end on a day by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select

from workbench import audit, policies
from workbench.addresses import read_address
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.awards import AwardApprovalRecord, RecommendationRecord
from workbench.models.bids import OpeningRecord
from workbench.models.evaluation import AgreedScoreRecord, ScoreSheetRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.policies import TENDER_ROLES, Actor, Permission, SeparationError
from workbench.queries import accounts
from workbench.services.accounts import PersonError, invitation_for, new_person
from workbench.services.evaluation import told
from workbench.services.mails import want


@dataclass(frozen=True)
class Reach:
    """What a role is limited to: a lot (empty: all), award criteria (none: all of them), and when it ends."""

    lot: str = ""
    criteria: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is invited into a tender."""

    name: str
    email: str
    job_title: str = ""


def assign(
    tender: TenderRecord, user: UserRecord, role: str, lot: str = "", *, actor: Actor, at: datetime,
    criteria: Collection[str] = (), until: datetime | None = None, address: str = "",
) -> None:  # fmt: skip
    """Give a person a role in a tender; SeparationError where another role, or what they did, forbids it.

    ``address`` is the tender's page: where it is told, the person is mailed that they have the role.
    """
    policies.check(actor, Permission.PANEL_MANAGE, tender)
    reach = Reach(lot, tuple(criteria), until)
    _give(tender, user, role, reach, actor, at)
    if address:
        letter = told.role_given(tender, role, until, address)
        want(
            f"role:{tender.id}:{user.id}:{role}:{lot}:{at:%Y%m%dT%H%M}", user.email, letter.subject, letter.text, at=at
        )
    _record_role("role_given", tender, user, role, reach, actor, at)


def invite_into(
    tender: TenderRecord, newcomer: Newcomer, role: str, reach: Reach, *, actor: Actor, at: datetime,
    address: Callable[[str], str],
) -> UserRecord:  # fmt: skip
    """Invite somebody without an account into a tender, by a link that works for some days, and give them a role.

    ``address`` turns the secret into the link; it stands in the mail alone and is kept nowhere else.
    """
    policies.check(actor, Permission.PANEL_MANAGE, tender)
    if accounts.person_by_email(read_address(newcomer.email)) is not None:
        raise PersonError(f"Somebody signs in with {read_address(newcomer.email)} already: give them the role instead")
    person = new_person(actor.authority_id, newcomer.name, newcomer.email, newcomer.job_title, at)
    db.session.add(person)
    db.session.flush()
    _give(tender, person, role, reach, actor, at)
    secret = invitation_for(person, at, actor.user_id)
    letter = told.invited(tender, person.name, role, reach.until, address(secret))
    want(f"invitation:{person.id}:{tender.id}", person.email, letter.subject, letter.text, at=at)
    _record_role("person_invited_into_tender", tender, person, role, reach, actor, at)
    return person


def unassign(tender: TenderRecord, user: UserRecord, role: str, lot: str = "", *, actor: Actor, at: datetime) -> None:
    """Take a role in a tender away; a tender keeps at least one officer."""
    policies.check(actor, Permission.PANEL_MANAGE, tender)
    if (role, lot) not in _held(tender.id, user.id):
        raise PersonError(f"{user.name} does not have this role in the tender")
    if role == "officer" and not _other_officer(tender.id, user.id):
        raise PersonError("A tender keeps at least one officer: give the role to somebody else first")
    _forget_assignment(tender.id, user.id, role, AssignmentRecord.lot == lot)
    _record_role("role_taken", tender, user, role, Reach(lot), actor, at)


# --- pieces -----------------------------------------------------------------------------------------------------


def _give(tender: TenderRecord, user: UserRecord, role: str, reach: Reach, actor: Actor, at: datetime) -> None:
    _check_assignment(tender, user, role, actor)
    _check_reach(role, reach, at)
    _forget_assignment(tender.id, user.id, role, AssignmentRecord.until <= at)
    held = _held(tender.id, user.id)
    if (role, "") in held or (role, reach.lot) in held:
        raise PersonError(f"{user.name} has this role in the tender already: take it back to give it differently")
    duties = frozenset(name for name, _ in held) | acted(tender.id, user.id)
    why = policies.clash(duties - {role}, role, frozenset(each.name for each in user.roles))
    if why or (why := _wrote(tender, user, role)):
        raise SeparationError(f"{user.name} cannot be {role} of this tender. {why}")
    if not reach.lot:  # a role in all lots takes the place of the same role in some
        _forget_assignment(tender.id, user.id, role)
    row = AssignmentRecord(
        tender_id=tender.id, user_id=user.id, role=role, lot=reach.lot, criteria=" ".join(reach.criteria),
        until=reach.until, assigned_at=at, assigned_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()


def acted(tender_id: str, user_id: int) -> frozenset[str]:
    """Name the duties that somebody has done in a tender, whether or not they still hold the role for it."""
    did: dict[str, ColumnElement[bool]] = {
        "evaluator": exists().where(ScoreSheetRecord.tender_id == tender_id, ScoreSheetRecord.user_id == user_id),
        "moderator": exists().where(AgreedScoreRecord.tender_id == tender_id, AgreedScoreRecord.made_by == user_id)
        | exists().where(RecommendationRecord.tender_id == tender_id, RecommendationRecord.made_by == user_id),
        "approver": exists().where(AwardApprovalRecord.tender_id == tender_id, AwardApprovalRecord.made_by == user_id),
        "opener": exists().where(
            OpeningRecord.tender_id == tender_id,
            (OpeningRecord.first_by == user_id) | (OpeningRecord.second_by == user_id),
        ),
    }
    found = db.session.execute(select(*did.values())).one()
    return frozenset(role for role, done in zip(did, found, strict=True) if done)


def _check_reach(role: str, reach: Reach, at: datetime) -> None:
    if reach.criteria and role != "evaluator":
        raise PersonError("Only an evaluator is limited to some questions: leave them out for another role")
    if reach.until is not None and role == "officer":
        raise PersonError("The role of an officer has no last day: a tender is never without one. Take it back instead")
    if reach.until is not None and reach.until <= at:
        raise PersonError("The last day of the role is over: choose a later one, or none")


def _check_assignment(tender: TenderRecord, user: UserRecord, role: str, actor: Actor) -> None:
    if role not in TENDER_ROLES:
        raise PersonError(f"There is no role called “{role}” in a tender")
    if user.authority_id != tender.authority_id or not user.active:
        raise PersonError("Only people who work for this authority can be given a role in its tenders")
    if user.id == actor.user_id:
        raise SeparationError("Nobody gives themselves a role: ask another officer of the tender")


def _held(tender_id: str, user_id: int) -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(AssignmentRecord.role, AssignmentRecord.lot)
        .where(AssignmentRecord.tender_id == tender_id, AssignmentRecord.user_id == user_id)
        .with_for_update()
    )
    return {(role, lot) for role, lot in rows}


def _wrote(tender: TenderRecord, user: UserRecord, role: str) -> str:
    """Say why somebody who wrote part of a tender, or started it, may not approve it."""
    if role != "approver":
        return ""
    wrote = select(PartRecord.id).where(PartRecord.tender_id == tender.id, PartRecord.changed_by == user.id).limit(1)
    if tender.created_by == user.id or db.session.scalar(wrote) is not None:
        return "Whoever wrote any of a tender does not sign it off"
    return ""


def _other_officer(tender_id: str, user_id: int) -> bool:
    other = select(AssignmentRecord.id).join(AssignmentRecord.user).where(
        AssignmentRecord.tender_id == tender_id, AssignmentRecord.role == "officer",
        AssignmentRecord.user_id != user_id, UserRecord.active,
    )  # fmt: skip
    return db.session.scalar(other.limit(1)) is not None


def _forget_assignment(tender_id: str, user_id: int, role: str, *where: ColumnElement[bool]) -> None:
    wanted = (
        AssignmentRecord.tender_id == tender_id, AssignmentRecord.user_id == user_id, AssignmentRecord.role == role
    )  # fmt: skip
    db.session.execute(delete(AssignmentRecord).where(*wanted, *where))


def _record_role(
    action: str, tender: TenderRecord, user: UserRecord, role: str, reach: Reach, actor: Actor, at: datetime
) -> None:
    tender.version += 1
    tender.changed_at = at
    details: dict[str, object] = {"person": user.id, "name": user.name, "role": role, "lot": reach.lot}
    if reach.criteria:
        details["criteria"] = list(reach.criteria)
    if reach.until is not None:
        details["until"] = f"{reach.until:%Y-%m-%dT%H:%M:%SZ}"
    audit.record(action, user.email, chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details)
