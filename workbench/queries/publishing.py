"""Reads about publication: what is still unmet, the rules in force, notices and files, and what a change would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from exports import tender_file
from exports.codec import record
from exports.rule_changes import RuleChange, changes
from lots.errors import Finding, ProcurementError, errors_in
from lots.sealing import Sealing
from scoring.checks.file import check
from scoring.checks.publication import publication_findings
from scoring.tender_file import TenderFile
from workbench import audit
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.publishing import DeadlineRequestRecord, NoticeRecord, PublicationRecord, PublishedFileRecord
from workbench.models.tenders import RuleSetRecord, TenderRecord
from workbench.parts import Part, split
from workbench.queries.bids.keys import key_findings
from workbench.queries.tenders import Draft
from workbench.tasks import Item, rail

PAGE = 50  # published tenders on one page of the public list
_KEPT_ON_DISCARD = {"governance": ("deliverables", "standards", "conflicts_assessed_on")}
"""What publication does not freeze: the commissioner's own preparation, which giving up a change leaves as it is."""


class UnreadableRules(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A published rule set whose kept bytes are no rules: the database was changed by other means."""


# --- before publication -------------------------------------------------------------------------------------


def findings_on(draft: Draft, today: date) -> tuple[Finding, ...]:
    """Return everything that is unmet or worth knowing about a draft on a day."""
    file, form = draft.read
    if file is None:
        return form
    unproved = key_findings(draft, today, _sealing_in_force(draft))
    found = (*form, *check(file), *publication_findings(file, today=today, people=draft.panel), *unproved)
    return tuple({(each.place, each.message): each for each in found}.values())


def _sealing_in_force(draft: Draft) -> Sealing | None:
    """Return how the rules in force say that bids are sealed; None before publication."""
    publication = publication_of(draft.tender.id) if draft.tender.stage == "published" else None
    return rules_in_force(publication).tender.sealing if publication else None


def unmet_on(draft: Draft, today: date) -> tuple[Item, ...]:
    """List what stops publication on a day, each with the page and field that mends it."""
    items = (item for state in rail(draft.parts, findings_on(draft, today)) for item in state.items)
    return tuple(item for item in items if errors_in([item.finding]))


WRITING = (
    "tender_started", "part_saved", "parts_saved", "part_left_unfinished", "part_removed", "part_moved",
)  # fmt: skip
"""The acts by which somebody writes a tender."""


def wrote_any(tender_id: str, user_id: int) -> bool:
    """Say whether somebody started the tender or wrote any part of it, as the audit trail has it."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    EventRecord.chain == audit.tender_chain(tender_id),
                    EventRecord.actor_id == user_id,
                    EventRecord.action.in_(WRITING),
                )
            )
        )
    )


# --- what is published --------------------------------------------------------------------------------------


def publication_of(tender_id: str) -> PublicationRecord | None:
    """Find the publication of a tender; None before it is published."""
    return db.session.get(PublicationRecord, tender_id)


def published_tender(tender_id: str) -> tuple[PublicationRecord, TenderRecord] | None:
    """Find a tender among those that are published, for anybody."""
    joined = select(PublicationRecord, TenderRecord).join(TenderRecord, TenderRecord.id == PublicationRecord.tender_id)
    row = db.session.execute(joined.where(PublicationRecord.tender_id == tender_id)).one_or_none()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True)
class Mark:
    """What tells a public page from what it was: its version, and what the time left depends on."""

    tender_id: str
    version: int
    stage: str
    deadline: datetime | None


_MARK = (
    select(PublicationRecord.version, TenderRecord.stage, TenderRecord.deadline)
    .join(TenderRecord, TenderRecord.id == PublicationRecord.tender_id)
    .where(PublicationRecord.tender_id == bindparam("id"))
)


def mark_of(tender_id: str) -> Mark | None:
    """Find the mark of a published tender: one small read, past the session, because unchanged pages ask no more."""
    with db.engine.connect() as connection:
        row = connection.execute(_MARK, {"id": tender_id}).one_or_none()
    return Mark(tender_id, *row) if row else None


def published_tenders(page: int = 1, most: int = PAGE) -> tuple[Sequence[tuple[PublicationRecord, TenderRecord]], int]:
    """Return a page of the published tenders, the latest first, and how many there are."""
    joined = select(PublicationRecord, TenderRecord).join(TenderRecord, TenderRecord.id == PublicationRecord.tender_id)
    ordered = joined.order_by(PublicationRecord.published_at.desc(), PublicationRecord.tender_id)
    rows = db.session.execute(ordered.limit(most).offset((page - 1) * most)).all()
    count = db.session.scalar(select(func.count()).select_from(PublicationRecord)) or 0
    return [(row[0], row[1]) for row in rows], count


def rule_set_of(tender_id: str, number: int) -> RuleSetRecord | None:
    """Find one set of rules of a tender by its number."""
    return db.session.scalar(
        select(RuleSetRecord).where(RuleSetRecord.tender_id == tender_id, RuleSetRecord.number == number)
    )


def rules_in_force(publication: PublicationRecord) -> TenderFile:
    """Read the published rules that hold now from their kept bytes."""
    row = rule_set_of(publication.tender_id, publication.rule_set)
    if row is None:
        raise UnreadableRules("The published rules of this tender are not in the database: restore it from a copy")
    if not sha256(row.canon).hexdigest() == row.sha256 == publication.sha256:
        raise UnreadableRules(
            "The published rules of this tender are not the ones that were published: somebody changed the database by "
            "other means. Restore it from a copy"
        )
    return read_rules(row.canon)


@lru_cache(maxsize=32)
def read_rules(canon: bytes) -> TenderFile:
    """Read a rule set from its bytes."""
    file, findings = tender_file.read(canon)
    if file is None or errors_in(findings):
        raise UnreadableRules("The published rules of this tender cannot be read: restore the database from a copy")
    return file


def notices_of(tender_id: str) -> Sequence[NoticeRecord]:
    """List the notices of a tender in their order."""
    return db.session.scalars(
        select(NoticeRecord).where(NoticeRecord.tender_id == tender_id).order_by(NoticeRecord.number)
    ).all()


def files_of(tender_id: str) -> Sequence[PublishedFileRecord]:
    """List the published files of a tender without their content, the latest first."""
    return db.session.scalars(
        select(PublishedFileRecord)
        .where(PublishedFileRecord.tender_id == tender_id)
        .order_by(PublishedFileRecord.notice.desc(), PublishedFileRecord.name)
    ).all()


def file_named(tender_id: str, name: str) -> PublishedFileRecord | None:
    """Find a published file by its name."""
    return db.session.scalar(
        select(PublishedFileRecord).where(PublishedFileRecord.tender_id == tender_id, PublishedFileRecord.name == name)
    )


def open_request(tender_id: str) -> DeadlineRequestRecord | None:
    """Find the request to move a passed deadline that waits for a second person."""
    return db.session.scalar(
        select(DeadlineRequestRecord).where(
            DeadlineRequestRecord.tender_id == tender_id, DeadlineRequestRecord.state == "open"
        )
    )


# --- the working copy ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkingCopy:
    """The officer's parts beside the published rules: what differs, and whether its file can be read."""

    published: TenderFile
    file: TenderFile | None
    changes: tuple[RuleChange, ...] = ()

    @property
    def material(self) -> bool:
        """Say whether tenderers may have to think again."""
        return any(change.material for change in self.changes)

    @property
    def deadline_differs(self) -> bool:
        """Say whether the working copy has another deadline, which moves on a page of its own only."""
        return self.file is not None and self.file.tender.deadline != self.published.tender.deadline


def working_copy(publication: PublicationRecord, draft: Draft) -> WorkingCopy:
    """Compare what the officer has written with the rules in force."""
    published = rules_in_force(publication)
    file = draft.file
    return WorkingCopy(published, file, changes(published, file) if file else ())


def stand_of(draft: Draft) -> str:
    """Name the state of a draft: another one as soon as anybody saves, adds, moves or removes a part."""
    said = (f"{part.kind} {part.key} {part.version} {part.position}" for part in draft.parts)
    return sha256("\n".join(said).encode()).hexdigest()


def as_published(draft: Draft, published: TenderFile) -> tuple[Part, ...]:
    """Return the parts as the published rules have them, with what those do not freeze as it stands now."""
    parts = {(part.kind, part.key): part for part in split(record.write(published))}
    for kind, names in _KEPT_ON_DISCARD.items():
        now = draft.part(kind).content or {}  # type: ignore[arg-type]
        own = {name: now[name] for name in names if name in now}
        was = parts.get((kind, ""), Part(kind, content={}))  # type: ignore[arg-type]
        if was.content or own:
            parts[kind, ""] = Part(kind, content=was.content | own)  # type: ignore[index,arg-type]
    timetable = parts.get(("timetable", ""))
    if timetable and "timetable" in timetable.content:
        _keep_actual(timetable.content["timetable"], draft.part("timetable").content or {})
    return tuple(parts.values())


def _keep_actual(steps: list[dict[str, Any]], now: dict[str, Any]) -> None:
    done = {_step(step): step["actual"] for step in now.get("timetable", ()) if "actual" in step}
    for step in steps:
        if (actual := done.get(_step(step))) is not None:
            step["actual"] = actual


def _step(step: dict[str, Any]) -> tuple[str, str]:
    return step["title"], step.get("kind", "")
