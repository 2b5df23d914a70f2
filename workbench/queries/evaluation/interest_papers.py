"""What the papers of interests say: one person's declaration, and the register of everybody's."""

from __future__ import annotations

from sqlalchemy import select

from exports.reports.interests import DecidedLine, DeclaredLine, Declarer
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import DeclarationRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import TENDER_ROLES
from workbench.queries.accounts import assignments_of
from workbench.queries.evaluation import interests
from workbench.queries.evaluation.interests import Entry, Member


def declaration_lines(tender: TenderRecord, user_id: int) -> Declarer | None:
    """Return what somebody of the tender declared, every version of it; None where they declared nothing."""
    rows = interests.declarations_in(tender.id, user_id)
    person = db.session.scalar(select(UserRecord).where(UserRecord.id == user_id))
    if not rows or person is None:
        return None
    held = {row.role for row in assignments_of(tender.id) if row.user_id == user_id}
    lines = tuple(_line(row) for row in sorted(rows, key=lambda row: (row.name.casefold(), row.number)))
    roles = tuple(role for role in TENDER_ROLES if role in held)
    return Declarer(person.name, person.job_title, roles, lines)


def register_lines(tender: TenderRecord) -> tuple[Declarer, ...]:
    """Return what everybody declared that holds, with what was decided, and who has something left to declare."""
    register = interests.register_of(tender)
    return tuple(_declarer(member) for member in register.members)


def _declarer(member: Member) -> Declarer:
    lines = tuple(_decided(entry) for entry in member.entries)
    return Declarer(member.person.name, member.person.job_title, member.roles, lines, member.missing)


def _decided(entry: Entry) -> DeclaredLine:
    decision = entry.decision
    made = (
        DecidedLine(decision.action, decision.reason, entry.decided_by, decision.decided_at)  # type: ignore[arg-type]
        if decision
        else None
    )
    return _line(entry.row, entry.standing, made)


def _line(row: DeclarationRecord, standing: str = "", decided: DecidedLine | None = None) -> DeclaredLine:
    return DeclaredLine(
        row.organisation, row.name, row.interest, row.detail, row.declared_at, row.number, standing, decided,  # type: ignore[arg-type]
    )  # fmt: skip
