"""The deadline: moved later by one officer before it has passed, by two people after, never earlier; then closing.

How many bids there are is neither asked nor shown here; all of them stay sealed whatever is decided.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from exports.rule_changes import changes
from lots import calendar
from lots.calendar import london, say_instant
from lots.errors import ProcurementError
from lots.tender import Milestone
from scoring.tender_file import TenderFile
from workbench import audit, policies
from workbench.arrival_rules import may_close
from workbench.db import db
from workbench.models.bids import OpeningRecord
from workbench.models.publishing import DeadlineRequestRecord, NoticeRecord, PublicationRecord, QuestionRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.policies import Actor, NotForYou, Permission
from workbench.queries import publishing as reads
from workbench.services import StageError
from workbench.services.bids.closing import close_register
from workbench.services.publishing import held_publication, put_in_force


class DeadlineError(ProcurementError):
    """A deadline that cannot be set, or not in this way."""


def move_deadline(
    tender: TenderRecord, wanted: datetime, *, reason: str, address: str, actor: Actor, at: datetime
) -> NoticeRecord:
    """Move the deadline later, before it has passed, by a numbered notice."""
    publication = held_publication(tender)
    policies.check(actor, Permission.TENDER_EXTEND, tender)
    file = reads.rules_in_force(publication)
    if at >= file.tender.deadline:
        raise DeadlineError("The deadline has passed: moving it now needs an outage on record and a second person")
    _check(file, wanted, at)
    return _move(tender, publication, file, wanted, reason, address, actor, at)


def ask_to_move(
    tender: TenderRecord, wanted: datetime, *, reason: str, outage: str, actor: Actor, at: datetime
) -> DeadlineRequestRecord:
    """Ask for a later deadline after it has passed; nothing moves until a second person confirms."""
    publication = held_publication(tender)
    policies.check(actor, Permission.TENDER_EXTEND, tender)
    file = reads.rules_in_force(publication)
    if at < file.tender.deadline:
        raise DeadlineError("The deadline has not passed: one officer can still move it")
    if reads.open_request(tender.id) is not None:
        raise DeadlineError("A request to move the deadline waits already: it must be confirmed or declined first")
    _check(file, wanted, at)
    request = DeadlineRequestRecord(
        tender_id=tender.id, deadline=wanted, reason=reason, outage=outage, state="open",
        asked_by=actor.user_id, asked_by_name=actor.name, asked_at=at,
    )  # fmt: skip
    db.session.add(request)
    tender.version += 1
    details = {"from": _utc(file.tender.deadline), "to": _utc(wanted), "reason": reason, "outage": outage}
    _record("deadline_move_asked", tender, actor, at, details)
    return request


def confirm_move(tender: TenderRecord, *, address: str, actor: Actor, at: datetime) -> NoticeRecord:
    """Confirm what somebody else asked for: the deadline moves, and a tender that was closed is open again."""
    publication, request = held_publication(tender), _decidable(tender, actor)
    file = reads.rules_in_force(publication)
    _check(file, request.deadline, at)
    request.state, request.decided_by, request.decided_at = "confirmed", actor.user_id, at
    tender.stage = "published"
    _forget_first_layer(tender)
    told = {"asked_by": request.asked_by_name, "outage": request.outage}
    return _move(tender, publication, file, request.deadline, request.reason, address, actor, at, told)


def _forget_first_layer(tender: TenderRecord) -> None:
    """Undo an opening that had begun: with a layer off, one key more would open bids while others still come in."""
    db.session.execute(
        delete(OpeningRecord).where(OpeningRecord.tender_id == tender.id, OpeningRecord.opened_at.is_(None))
    )


def decline_move(tender: TenderRecord, *, actor: Actor, at: datetime) -> None:
    """Decline what somebody else asked for: the deadline stays where it was."""
    held_publication(tender)
    request = _decidable(tender, actor)
    request.state, request.decided_by, request.decided_at = "declined", actor.user_id, at
    tender.version += 1
    _record(
        "deadline_move_declined", tender, actor, at, {"to": _utc(request.deadline), "asked_by": request.asked_by_name}
    )


def close_tender(tender: TenderRecord, *, actor: Actor, at: datetime) -> None:
    """Close a tender after its deadline, once every question is answered, and sign which bids there are."""
    publication = held_publication(tender)
    policies.check(actor, Permission.TENDER_CLOSE, tender)
    if why := closing_waits_for(tender, at):
        raise StageError(why)
    rules = reads.rules_in_force(publication)
    signed = close_register(tender, rules, at) if rules.tender.sealing else {}
    tender.stage, tender.changed_at, tender.version = "closed", at, tender.version + 1
    _record("closed", tender, actor, at, {"deadline": _utc(tender.deadline or at), **signed})


def closing_waits_for(tender: TenderRecord, at: datetime) -> str:
    """Say in a sentence what keeps a tender from being closed; nothing where it may be."""
    if tender.deadline is None or not may_close(tender.deadline, at):
        when = say_instant(tender.deadline) if tender.deadline else "the deadline"
        return f"The tender closes two minutes after its deadline, {when}, at the earliest"
    unanswered = db.session.scalar(
        select(func.count()).where(QuestionRecord.tender_id == tender.id, QuestionRecord.state == "open")
    )
    if unanswered:
        return f"{_questions(unanswered)} first: whoever asked has a right to an answer before the tender is closed"
    if reads.open_request(tender.id) is not None:
        return "A request to move the deadline waits: confirm or decline it first"
    return ""


def _questions(number: int) -> str:
    return "Answer the open question" if number == 1 else f"Answer the {number} open questions"


# --- the pieces ---------------------------------------------------------------------------------------------


def _check(file: TenderFile, wanted: datetime, at: datetime) -> None:
    """Refuse a deadline that is not later than the present one and this moment, or that misleads on a clock."""
    now = file.tender.deadline
    if wanted <= now:
        raise DeadlineError(f"The deadline only moves later than {say_instant(now)}, never earlier")
    if wanted <= at:
        raise DeadlineError(f"{say_instant(wanted)} has passed already: choose a time to come")
    wall = london(wanted)
    calendar.deadline(wall.date(), wall.time())


def _decidable(tender: TenderRecord, actor: Actor) -> DeadlineRequestRecord:
    policies.check(actor, Permission.TENDER_CONFIRM_DEADLINE, tender)
    request = reads.open_request(tender.id)
    if request is None:
        raise DeadlineError("There is no request to move the deadline: it was decided already")
    if request.asked_by == actor.user_id:
        raise NotForYou("You asked for this, so a second person must decide it: another officer or an approver")
    return request


def _move(
    tender: TenderRecord,
    publication: PublicationRecord,
    file: TenderFile,
    wanted: datetime,
    reason: str,
    address: str,
    actor: Actor,
    at: datetime,
    told: Mapping[str, object] | None = None,
) -> NoticeRecord:
    moved = with_deadline(file, wanted)
    _move_copy(tender, file, wanted, actor, at)
    told = {"from": _utc(file.tender.deadline), "to": _utc(wanted), **(told or {})}
    return put_in_force(tender, publication, "deadline", moved, reason, changes(file, moved), address, actor, at, told)


def with_deadline(file: TenderFile, wanted: datetime) -> TenderFile:
    """Return the rules with another deadline; the step of the timetable that names the day goes with it."""
    old, new = london(file.tender.deadline).date(), london(wanted).date()

    def moved(step: Milestone) -> Milestone:
        return replace(step, planned=new) if step.kind == "tenders_due" and step.planned == old else step

    steps = tuple(moved(step) for step in file.tender.timetable)
    return replace(file, tender=replace(file.tender, deadline=wanted, timetable=steps))


def _move_copy(tender: TenderRecord, file: TenderFile, wanted: datetime, actor: Actor, at: datetime) -> None:
    """Move the deadline in the officer's working copy too, so that it does not count as a change there."""
    row = db.session.scalar(select(PartRecord).where(PartRecord.tender_id == tender.id, PartRecord.kind == "timetable"))
    if row is None or not row.content:
        return
    content: dict[str, Any] = row.value
    old, new = london(file.tender.deadline).date(), london(wanted).date()
    content["deadline"] = _utc(wanted)
    for step in content.get("timetable", ()):
        if step.get("kind") == "tenders_due" and step["planned"] == old.isoformat():
            step["planned"] = new.isoformat()
    row.content = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.user_id


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _record(action: str, tender: TenderRecord, actor: Actor, at: datetime, details: Mapping[str, object]) -> None:
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)
