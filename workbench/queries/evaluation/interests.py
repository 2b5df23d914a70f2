"""Reads about interests: who stands how to which organisation, what has to be declared, and the register of it all.

Organisations are listed by name and by nothing else: not with their bids, letters or lots.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select

from exports.documents import identifier_words
from lots.organisation import Organisation
from scoring.conflicts import WAITING, Declared, Outcome, Standing, named_in, standing
from scoring.scoresheet import Interest
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import DeclarationRecord, InterestDecisionRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import POLICY, TENDER_ROLES, Permission
from workbench.queries.accounts import assignments_of
from workbench.queries.bids import opened

Standings = Mapping[str, Standing]
DECLARING = POLICY[Permission.INTEREST_DECLARE].tender_roles


@dataclass(frozen=True)
class Named:
    """An organisation to declare about: its id, its name, what it is registered as, and what was declared so far."""

    id: str
    name: str
    marks: tuple[str, ...] = ()
    interest: str = ""
    detail: str = ""
    standing: Standing = "undeclared"


@dataclass(frozen=True)
class Entry:
    """A declaration in the register: by whom about whom, what follows, and what was decided about it and by whom."""

    row: DeclarationRecord
    person: UserRecord
    standing: Standing
    decision: InterestDecisionRecord | None = None
    decided_by: str = ""

    @property
    def waits(self) -> bool:
        """Say whether an officer has to decide."""
        return self.standing in WAITING


@dataclass(frozen=True)
class Member:
    """Somebody who has to declare: their roles, what is missing, when they last declared, their interests."""

    person: UserRecord
    roles: tuple[str, ...]
    missing: int
    declared_at: datetime | None
    entries: tuple[Entry, ...]

    @property
    def interests(self) -> tuple[Entry, ...]:
        """List what is more than “none”, or was decided on."""
        return tuple(it for it in self.entries if it.standing != "clear" or it.row.interest != "none" or it.decision)


@dataclass(frozen=True)
class Register:
    """The register of interests of a tender."""

    organisations: int
    members: tuple[Member, ...]

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """List what an officer has to decide."""
        return tuple(entry for member in self.members for entry in member.entries if entry.waits)

    @property
    def silent(self) -> tuple[Member, ...]:
        """List who has something left to declare."""
        return tuple(member for member in self.members if member.missing)


def declarations_in(tender_id: str, user_id: int | None = None) -> Sequence[DeclarationRecord]:
    """List what was declared in a tender, by everybody or by one person, in its order."""
    query = select(DeclarationRecord).where(DeclarationRecord.tender_id == tender_id)
    if user_id is not None:
        query = query.where(DeclarationRecord.user_id == user_id)
    ordered = query.order_by(DeclarationRecord.user_id, DeclarationRecord.organisation, DeclarationRecord.number)
    return db.session.scalars(ordered).all()


def decisions_in(tender_id: str) -> dict[str, InterestDecisionRecord]:
    """Return the decision that holds about each declaration that has one."""
    rows = db.session.scalars(
        select(InterestDecisionRecord)
        .where(InterestDecisionRecord.tender_id == tender_id)
        .order_by(InterestDecisionRecord.number)
    )
    return {row.declaration_id: row for row in rows}


def standings_in(tender_id: str, user_id: int | None = None) -> dict[int, dict[str, Standing]]:
    """Say for each person, or for one, how they stand to each organisation they declared about."""
    decided = decisions_in(tender_id)
    said: dict[tuple[int, str], list[Declared]] = {}
    for row in declarations_in(tender_id, user_id):
        outcome = cast(Outcome, decided[row.id].action if row.id in decided else "")
        said.setdefault((row.user_id, row.organisation), []).append(Declared(cast(Interest, row.interest), outcome))
    found: dict[int, dict[str, Standing]] = {}
    for (person, organisation), history in said.items():
        found.setdefault(person, {})[organisation] = standing(history)
    return found


def standings_of(tender_id: str, user_id: int) -> Standings:
    """Say how one person stands to each organisation they declared about."""
    return standings_in(tender_id, user_id).get(user_id, {})


# --- what has to be declared --------------------------------------------------------------------------------


def organisations_in(file: TenderFile) -> tuple[Organisation, ...]:
    """List everybody who takes part in a bid, by name; one that its bid does not describe goes by its id."""
    known = {each.id: each for each in file.organisations}
    named = (known.get(name) or Organisation(name, name) for name in named_in(file.bids))
    return tuple(sorted(named, key=lambda each: (each.name.casefold(), each.id)))


def to_declare(tender: TenderRecord, user_id: int) -> tuple[Named, ...]:
    """List the organisations of the opened bids with what somebody declared about each, by name."""
    latest = {row.organisation: row for row in declarations_in(tender.id, user_id)}
    stands = standings_of(tender.id, user_id)
    return tuple(
        _named(each, latest.get(each.id), stands.get(each.id, "undeclared"))
        for each in organisations_in(opened.file_with_bids(tender))
    )


def _named(organisation: Organisation, row: DeclarationRecord | None, stands: Standing) -> Named:
    marks = tuple(identifier_words(mark.scheme, mark.id) for mark in organisation.identifiers)
    said = (row.interest, row.detail) if row else ("", "")
    return Named(organisation.id, organisation.name, marks, *said, stands)


# --- the register -------------------------------------------------------------------------------------------


def register_of(tender: TenderRecord) -> Register:
    """Put the register together: everybody who has to declare, and everybody who once declared, by name."""
    wanted = named_in(opened.file_with_bids(tender).bids)
    roles = _roles(tender.id)
    entries: dict[int, list[Entry]] = {}
    for entry in _entries(tender.id):
        entries.setdefault(entry.person.id, []).append(entry)
    people = {person.id: person for person, _ in roles.values()} | {
        person_id: held[0].person for person_id, held in entries.items()
    }
    members = (
        _member(person, roles.get(person.id, (person, ()))[1], wanted, entries.get(person.id, []))
        for person in sorted(people.values(), key=lambda each: (each.name.casefold(), each.id))
    )
    return Register(len(wanted), tuple(members))


def entry_of(tender: TenderRecord, declaration_id: str) -> Entry | None:
    """Find a declaration that holds; one that a later one replaced is not found."""
    return next((entry for entry in _entries(tender.id) if entry.row.id == declaration_id), None)


def _roles(tender_id: str) -> dict[int, tuple[UserRecord, tuple[str, ...]]]:
    held: dict[int, tuple[UserRecord, set[str]]] = {}
    for row in assignments_of(tender_id):
        if row.role in DECLARING and row.user.active:
            held.setdefault(row.user_id, (row.user, set()))[1].add(row.role)
    return {
        user: (person, tuple(role for role in TENDER_ROLES if role in roles)) for user, (person, roles) in held.items()
    }


def _entries(tender_id: str) -> Iterator[Entry]:
    """Yield the declarations that hold, by person and by the name of the organisation."""
    decided, stands = decisions_in(tender_id), standings_in(tender_id)
    latest = {(row.user_id, row.organisation): row for row in declarations_in(tender_id)}
    ids = {row.user_id for row in latest.values()} | {row.decided_by for row in decided.values()}
    people = {row.id: row for row in db.session.scalars(select(UserRecord).where(UserRecord.id.in_(sorted(ids))))}
    for (person, organisation), row in sorted(latest.items(), key=lambda it: (it[0][0], it[1].name.casefold())):
        decision = decided.get(row.id)
        by = people[decision.decided_by].name if decision else ""
        yield Entry(row, people[person], stands[person][organisation], decision, by)


def _member(person: UserRecord, roles: tuple[str, ...], wanted: Sequence[str], entries: Sequence[Entry]) -> Member:
    said = {entry.row.organisation for entry in entries}
    missing = sum(name not in said for name in wanted) if roles else 0
    return Member(person, roles, missing, max((it.row.declared_at for it in entries), default=None), tuple(entries))
