"""Writing a tender: starting one, and saving, moving and removing its parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from lots.errors import ProcurementError
from lots.money import ZERO, Money, total
from workbench import audit, policies
from workbench.db import db, new_id
from workbench.models.accounts import AssignmentRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.parts import Part
from workbench.policies import Actor, Permission
from workbench.services import StaleError

CHANGES_KEPT = 100  # fields named in one entry of the audit trail; its digest covers the rest
TEXT_KEPT = 300  # characters of each text quoted there


class TenderExistsError(ProcurementError):
    """A second tender of one authority under the same reference."""


def start_tender(parts: Iterable[Part], *, came_from: str, actor: Actor, at: datetime) -> TenderRecord:
    """Start a tender from its first parts (``basics`` among them) and say where they came from."""
    policies.check(actor, Permission.TENDER_START)
    parts = tuple(_without_keys(part) for part in parts)
    basics = next(part.content for part in parts if part.kind == "basics")
    tender = TenderRecord(
        id=new_id(), authority_id=actor.authority_id, reference=basics["reference"], title=basics["title"],
        regime=basics["regime"], created_at=at, created_by=actor.user_id, changed_at=at,
    )  # fmt: skip
    db.session.add(tender)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise TenderExistsError(
            f"A tender with the reference “{basics['reference']}” exists already: give this one another reference"
        ) from error
    db.session.add_all(_row(tender, part, actor, at) for part in parts)
    db.session.add(_officer(tender, actor, at))
    db.session.flush()
    _refresh(tender, at)
    details = {"reference": tender.reference, "from": came_from, "parts": len(parts)}
    audit.record(
        "tender_started", tender.title, chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details
    )
    return tender


def save_part(tender: TenderRecord, part: Part, content: Any, *, actor: Actor, at: datetime) -> None:
    """Save a part's content over the version it was edited from; StaleError where that is no longer the saved one.

    ``part`` is the part as its form was opened: version 0 for a new one.
    """
    policies.check(actor, Permission.TENDER_EDIT, tender)
    before = _saved(tender, part) if part.version else None
    _put(tender, part, {"content": _json(content), "unfinished": ""}, content, actor, at)
    _refresh(tender, at)
    details = {"part": part.kind, "key": part.key, "version": part.version + 1, **difference(before, content)}
    audit.record("part_saved", _named(part), chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details)


def rewrite_part(tender: TenderRecord, part: Part, content: Any, *, at: datetime) -> dict[str, Any]:
    """Change a saved part as somebody's act on something else (a custodian's key): who wrote it stays as it was.

    Permission and event are the caller's; the difference for the event is returned. StaleError as for a save.
    """
    before = _saved(tender, part)
    where = (PartRecord.tender_id == tender.id, PartRecord.kind == part.kind, PartRecord.key == part.key)
    change = update(PartRecord).where(*where, PartRecord.version == part.version)
    done = db.session.execute(change.values(content=_json(content), version=part.version + 1, changed_at=at))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleError(flat(content), flat(_saved(tender, part)))
    _refresh(tender, at)
    return difference(before, content)


@dataclass(frozen=True)
class Change:
    """A part as it was opened, its new content, and what of the texts typed there still waits to be mended."""

    part: Part
    content: Any
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)


def save_parts(tender: TenderRecord, changes: Sequence[Change], what: str, *, actor: Actor, at: datetime) -> None:
    """Save several parts as one act, all of them or none, with one entry that names each; ``what`` says why in words.

    StaleError where any of them is no longer the version that was opened.
    """
    policies.check(actor, Permission.TENDER_EDIT, tender)
    told = []
    for each in changes:
        before = _saved(tender, each.part) if each.part.version else None
        unfinished = _json(each.typed) if each.typed else ""
        _put(tender, each.part, {"content": _json(each.content), "unfinished": unfinished}, each.content, actor, at)
        named = {"part": each.part.kind, "key": each.part.key, "version": each.part.version + 1}
        told.append({**named, **difference(before, each.content)})
    _refresh(tender, at)
    names = ", ".join(_named(each.part) for each in changes)
    audit.record(
        "parts_saved", names, chain=audit.tender_chain(tender.id), actor=actor, at=at,
        details={"what": what, "parts": told},
    )  # fmt: skip


def leave_unfinished(
    tender: TenderRecord, part: Part, typed: Mapping[str, Sequence[str]], *, actor: Actor, at: datetime
) -> None:
    """Keep what was typed and cannot be read yet beside the content that stands."""
    policies.check(actor, Permission.TENDER_EDIT, tender)
    _put(tender, part, {"unfinished": _json(typed)}, typed, actor, at)
    _refresh(tender, at)
    details = {"part": part.kind, "key": part.key, "version": part.version + 1, "sha256": _digest(typed)}
    audit.record(
        "part_left_unfinished", _named(part), chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details
    )


def remove_part(tender: TenderRecord, part: Part, *, actor: Actor, at: datetime) -> None:
    """Remove a part and, with a lot, its rules and requirements."""
    policies.check(actor, Permission.TENDER_EDIT, tender)
    before = _saved(tender, part)
    kinds = ("lot", "collaboration", "requirements") if part.kind == "lot" else (part.kind,)
    gone = delete(PartRecord).where(PartRecord.tender_id == tender.id, PartRecord.key == part.key)
    db.session.execute(gone.where(PartRecord.kind.in_(kinds)))
    _refresh(tender, at)
    details = {"part": part.kind, "key": part.key, "was": before}
    audit.record("part_removed", _named(part), chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details)


def move_part(tender: TenderRecord, part: Part, steps: int, *, actor: Actor, at: datetime) -> None:
    """Move a part up (negative) or down among those of its kind."""
    policies.check(actor, Permission.TENDER_EDIT, tender)
    rows = list(db.session.scalars(_ordered(tender, part.kind)))
    at_now = next((i for i, row in enumerate(rows) if row.key == part.key), 0)
    row = rows.pop(at_now)
    rows.insert(max(0, min(len(rows), at_now + steps)), row)
    for position, each in enumerate(rows):
        each.position = position
    _refresh(tender, at)
    details = {"part": part.kind, "key": part.key, "order": [each.key for each in rows]}
    audit.record("part_moved", _named(part), chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details)


def _without_keys(part: Part) -> Part:
    """Leave out the keys of another tender: each has its own."""
    sealing = (part.content or {}).get("sealing") if part.kind == "sealing" else None
    if not sealing:
        return part
    kept = {name: value for name, value in sealing.items() if name not in ("custodians", "server_recipient")}
    return replace(part, content={**part.content, "sealing": kept})


def _officer(tender: TenderRecord, actor: Actor, at: datetime) -> AssignmentRecord:
    """Make whoever starts a tender its officer: nobody else of the authority sees it until assigned."""
    return AssignmentRecord(
        tender_id=tender.id, user_id=actor.user_id, role="officer", assigned_at=at, assigned_by=actor.user_id
    )


# --- rows ---------------------------------------------------------------------------------------------------


def _row(tender: TenderRecord, part: Part, actor: Actor, at: datetime) -> PartRecord:
    return PartRecord(
        tender_id=tender.id, kind=part.kind, key=part.key, position=part.position, content=_json(part.content),
        unfinished="", changed_at=at, changed_by=actor.user_id,
    )  # fmt: skip


def _ordered(tender: TenderRecord, kind: str) -> Any:
    rows = select(PartRecord).where(PartRecord.tender_id == tender.id, PartRecord.kind == kind)
    return rows.order_by(PartRecord.position, PartRecord.key)


def _put(tender: TenderRecord, part: Part, values: Mapping[str, str], yours: Any, actor: Actor, at: datetime) -> None:
    """Write a part's row; the version test stands in the UPDATE itself, so that no two saves can both pass it."""
    stamp = {"changed_at": at, "changed_by": actor.user_id}
    where = (PartRecord.tender_id == tender.id, PartRecord.kind == part.kind, PartRecord.key == part.key)
    if part.version:
        change = update(PartRecord).where(*where, PartRecord.version == part.version)
        done = db.session.execute(change.values(version=part.version + 1, **stamp, **values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise StaleError(flat(yours), flat(_saved(tender, part)))
        return
    last = len(db.session.scalars(_ordered(tender, part.kind)).all())
    row = PartRecord(
        tender_id=tender.id, kind=part.kind, key=part.key, position=last, **{"content": "", **values}, **stamp
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise StaleError(flat(yours), {}) from error


def _saved(tender: TenderRecord, part: Part) -> Any:
    where = (PartRecord.tender_id == tender.id, PartRecord.kind == part.kind, PartRecord.key == part.key)
    content = db.session.scalar(select(PartRecord.content).where(*where))
    return json.loads(content) if content else None


def _refresh(tender: TenderRecord, at: datetime) -> None:
    """Count the change; before publication, bring what lists show up to date and take a sign-off back."""
    db.session.flush()
    tender.changed_at = at
    tender.version = TenderRecord.version + 1
    if tender.stage in ("draft", "signed_off"):
        _summarise(tender)
        tender.stage, tender.signed_off_at, tender.signed_off_by, tender.signed_off_digest = "draft", None, None, ""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise TenderExistsError(
            f"Another tender has the reference “{tender.reference}” already: give this one another reference"
        ) from error


def _summarise(tender: TenderRecord) -> None:
    """Copy what lists show from the parts."""
    rows = select(PartRecord.kind, PartRecord.content).where(
        PartRecord.tender_id == tender.id, PartRecord.kind.in_(("basics", "timetable", "lot"))
    )
    found = [(kind, json.loads(content)) for kind, content in db.session.execute(rows).all() if content]
    lots = [content for kind, content in found if kind == "lot"]
    single = {kind: content for kind, content in found if kind != "lot"}
    basics = single.get("basics", {})
    tender.reference = basics.get("reference") or tender.reference
    tender.title = basics.get("title") or tender.title
    tender.regime = basics.get("regime") or tender.regime
    deadline = single.get("timetable", {}).get("deadline")
    tender.deadline = datetime.fromisoformat(deadline) if deadline else None
    tender.lots_count = len(lots)
    tender.annual_budget = total(_money(lot, "annual_budget") for lot in lots)
    tender.maximum_potential_spend = total(_money(lot, "maximum_potential_spend") for lot in lots)


def _money(lot: Mapping[str, Any], name: str) -> Money:
    return Money.parse(lot[name]) if lot.get(name) else ZERO


# --- what the audit trail says ------------------------------------------------------------------------------


def flat(value: Any, place: str = "") -> dict[str, str]:
    """Lay a part's content out as texts by their place, as the page of two versions shows them."""
    if isinstance(value, Mapping):
        pairs = [(f"{place}.{name}" if place else str(name), inner) for name, inner in value.items()]
    elif isinstance(value, list | tuple):
        pairs = [(f"{place}[{i + 1}]", inner) for i, inner in enumerate(value)]
    else:
        return {} if value is None else {place: str(value)}
    return {name: text for key, inner in pairs for name, text in flat(inner, key).items()}


def difference(before: Any, after: Any) -> dict[str, Any]:
    """Say which fields changed from what to what, shortened, with the digest of the whole."""
    old, new = flat(before), flat(after)
    places = [place for place in {**old, **new} if old.get(place) != new.get(place)]
    changes = [[place, old.get(place, "")[:TEXT_KEPT], new.get(place, "")[:TEXT_KEPT]] for place in places]
    return {"changes": changes[:CHANGES_KEPT], "changed": len(changes), "sha256": _digest(after)}


def _named(part: Part) -> str:
    return f"{part.kind} {part.key}".strip()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _digest(value: Any) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()
