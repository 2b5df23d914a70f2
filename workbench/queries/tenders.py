"""Reads about tenders: the list of an authority, one tender's parts, and the draft they make."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Row, func, select

from exports.codec import record
from exports.codec.strict_json import Report
from lots.errors import Finding
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.parts import Kind, Part, assemble
from workbench.policies import Actor

PAGE = 50  # tenders on one page of the list


@dataclass(frozen=True)
class Draft:
    """A tender as its parts make it: what the pages edit and the readiness rail judges."""

    tender: TenderRecord
    parts: tuple[Part, ...]
    panel: tuple[PanelMember, ...] = ()

    def part(self, kind: Kind, key: str = "") -> Part:
        """Find a part; an empty one of version 0 where nothing was saved yet."""
        return next((part for part in self.parts if (part.kind, part.key) == (kind, key)), Part(kind, key))

    def of(self, kind: Kind) -> tuple[Part, ...]:
        """List the parts of a kind in their order."""
        return tuple(part for part in self.parts if part.kind == kind)

    @property
    def lots(self) -> tuple[Part, ...]:
        """List the lots in their order, complete or not."""
        return self.of("lot")

    @cached_property
    def data(self) -> dict[str, Any]:
        """Return the draft as the object of a tender file; it shares its lists with the parts."""
        return assemble(self.parts, panel=[record.write(member) for member in self.panel])

    @cached_property
    def read(self) -> tuple[TenderFile | None, tuple[Finding, ...]]:
        """Read the draft as a tender file; the findings say what keeps it from being one."""
        report = Report()
        file = record.read(TenderFile, deepcopy(self.data), report)
        return file, report.findings()

    @property
    def file(self) -> TenderFile | None:
        """Return the draft as a tender file; None where a part that every tender has is missing."""
        return self.read[0]


def draft_of(tender: TenderRecord) -> Draft:
    """Load a tender's parts and panel: two queries, however large the tender."""
    rows = db.session.scalars(
        select(PartRecord).where(PartRecord.tender_id == tender.id).order_by(PartRecord.position, PartRecord.key)
    )
    parts = tuple(
        Part(cast(Kind, row.kind), row.key, row.value, row.typed, row.version, row.position, row.changed_at)
        for row in rows
    )
    return Draft(tender, parts, panel_of(tender))


def part_row(tender: TenderRecord, kind: Kind, key: str = "") -> PartRecord | None:
    """Find the row of a part; None where nothing was saved yet."""
    where = (PartRecord.tender_id == tender.id, PartRecord.kind == kind, PartRecord.key == key)
    return db.session.scalar(select(PartRecord).where(*where))


def panel_of(tender: TenderRecord) -> tuple[PanelMember, ...]:
    """List everybody with a role in the tender, each once, as the tender file names them."""
    rows = db.session.execute(
        select(AssignmentRecord.role, AssignmentRecord.lot, UserRecord.id, UserRecord.name, UserRecord.job_title)
        .join(UserRecord, UserRecord.id == AssignmentRecord.user_id)
        .where(AssignmentRecord.tender_id == tender.id)
        .order_by(UserRecord.name, UserRecord.id)
    ).all()
    people: dict[int, list[Any]] = {}
    for row in rows:
        people.setdefault(row.id, []).append(row)
    return tuple(_member(rows) for rows in people.values())


def _member(rows: Sequence[Any]) -> PanelMember:
    """Gather one person's roles; a role in the whole tender outweighs those in single lots."""
    roles = tuple(sorted({row.role for row in rows}))
    whole = any(not row.lot for row in rows)
    lots = () if whole else tuple(sorted({row.lot for row in rows}))
    return PanelMember(f"person-{rows[0].id}", rows[0].name, rows[0].job_title, roles, lots)


LISTED = (
    TenderRecord.id, TenderRecord.title, TenderRecord.reference, TenderRecord.stage, TenderRecord.deadline,
    TenderRecord.lots_count, TenderRecord.annual_budget, TenderRecord.maximum_potential_spend,
)  # fmt: skip
"""What a list of tenders shows: columns, which cost a fraction of whole rows."""


def tenders_for(actor: Actor, *, page: int = 1, words: str = "") -> tuple[Sequence[Row[Any]], int]:
    """Return a page of the tenders that a person may know of, newest change first, and how many there are."""
    query = select(*LISTED).where(TenderRecord.authority_id == actor.authority_id)
    if "auditor" not in actor.authority_roles:
        query = query.where(TenderRecord.id.in_({tender for tender, _, _ in actor.assignments}))
    if words:
        text = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(TenderRecord.title.ilike(text) | TenderRecord.reference.ilike(text))
    ordered = query.order_by(TenderRecord.changed_at.desc(), TenderRecord.id)
    counted = ordered.add_columns(func.count().over()).limit(PAGE).offset((page - 1) * PAGE)  # one question for both
    found = db.session.execute(counted).all()
    if not found and page > 1:
        return [], db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return found, found[0][-1] if found else 0
