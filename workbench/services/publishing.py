"""Signing a tender off, publishing it, changing it by notice, cancelling it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, select

from exports.rule_changes import RuleChange, rule_set_bytes, rule_set_digest
from lots.calendar import london, say_instant
from lots.errors import Finding, ProcurementError
from lots.money import total
from scoring.rule_set import rule_set
from scoring.tender_file import TenderFile
from workbench import audit, policies
from workbench.db import db
from workbench.models.publishing import NoticeRecord, PublicationRecord
from workbench.models.tenders import PartRecord, RuleSetRecord, TenderRecord
from workbench.parts import Part
from workbench.policies import Actor, NotForYou, Permission
from workbench.queries import publishing as reads
from workbench.queries.tenders import Draft, draft_of
from workbench.services import StageError, papers

NOT_PUBLISHED = frozenset({"draft", "signed_off"})


class NotReadyError(ProcurementError):
    """A tender that still has something to mend; ``findings`` say each."""


class OtherRulesError(ProcurementError):
    """Rules that are no longer those the person saw: somebody saved a part meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "The rules were changed after you opened this page, so nothing was done: read the page again, then decide"
        )


class NothingToChangeError(ProcurementError):
    """A change notice without a change."""


# --- before publication -------------------------------------------------------------------------------------


def sign_off(tender: TenderRecord, *, digest: str, actor: Actor, at: datetime) -> None:
    """Sign the exact rules off for publication; only an approver who wrote none of them may."""
    hold(tender)
    policies.check(actor, Permission.TENDER_SIGN_OFF, tender)
    if reads.wrote_any(tender.id, actor.user_id):
        raise NotForYou("You wrote part of this tender, so somebody else must sign it off: ask another approver")
    file = _ready(draft_of(tender), at)
    if rule_set_digest(file) != digest:
        raise OtherRulesError
    tender.stage, tender.signed_off_digest = "signed_off", digest
    tender.signed_off_at, tender.signed_off_by = at, actor.user_id
    tender.changed_at, tender.version = at, tender.version + 1
    details = {"rules_sha256": digest, "deadline": _utc(file.tender.deadline)}
    _record("signed_off", tender, actor, at, details)


def publish(tender: TenderRecord, *, digest: str, address: str, actor: Actor, at: datetime) -> PublicationRecord:
    """Publish a tender that was signed off: freeze its rules, keep its files, open its public page at ``address``."""
    hold(tender)
    policies.check(actor, Permission.TENDER_PUBLISH, tender)
    file = _ready(draft_of(tender), at)
    if not digest == tender.signed_off_digest == rule_set_digest(file):
        raise OtherRulesError
    publication = PublicationRecord(
        tender_id=tender.id, ocid=papers.ocid_of(tender.id), rule_set=1, sha256=digest, version=1,
        published_at=at, changed_at=at,
    )  # fmt: skip
    db.session.add_all((publication, _frozen(tender, 1, file, "", actor, at)))
    tender.stage, tender.published_at = "published", at
    tell(tender, file, at)
    issue = papers.Issue(tender, publication, rule_set(file), at, address)
    files = [*papers.keep_rules(issue), papers.keep_release(issue)]
    details = {"rules_sha256": digest, "deadline": _utc(file.tender.deadline), "files": papers.digests(files)}
    _record("published", tender, actor, at, details)
    return publication


def _ready(draft: Draft, at: datetime) -> TenderFile:
    """Return the draft as a file; NotReadyError names everything that is unmet on the day."""
    unmet = [item.finding for item in reads.unmet_on(draft, london(at).date())]
    if unmet or draft.file is None:
        raise NotReadyError("The tender is not ready: mend what the task list names, then come back", unmet)
    return draft.file


# --- after publication --------------------------------------------------------------------------------------


def publish_change(
    tender: TenderRecord, *, reason: str, digest: str, address: str, actor: Actor, at: datetime
) -> NoticeRecord:
    """Publish the working copy as new rules, by a numbered notice with a reason and everything that differs."""
    publication = held_publication(tender)
    policies.check(actor, Permission.TENDER_CHANGE, tender)
    if tender.deadline is None or at >= tender.deadline:
        raise StageError("The deadline has passed, so the rules stay as they are: cancel the tender or go on with it")
    draft = draft_of(tender)
    copy = reads.working_copy(publication, draft)
    if copy.deadline_differs:
        raise NotReadyError("The deadline moves on its own page only", [deadline_finding(copy)])
    file = _ready(draft, at)
    if not copy.changes:
        raise NothingToChangeError("The working copy says what is published already: there is nothing to change")
    if rule_set_digest(file) != digest:
        raise OtherRulesError
    return put_in_force(tender, publication, "change", rule_set(file), reason, copy.changes, address, actor, at)


def deadline_finding(copy: reads.WorkingCopy) -> Finding:
    """Say that the working copy has another deadline than the published one."""
    was = say_instant(copy.published.tender.deadline)
    return Finding(
        "deadline_differs",
        f"The working copy has another deadline than the published one ({was}): set it back there, and move the "
        "deadline on the page “Deadline”, which tells tenderers why",
        "tender.deadline",
    )


def put_in_force(
    tender: TenderRecord,
    publication: PublicationRecord,
    kind: str,
    file: TenderFile,
    reason: str,
    differences: Iterable[RuleChange],
    address: str,
    actor: Actor,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> NoticeRecord:
    """Put new rules in force: the next rule set, its files, a numbered notice, and one event."""
    number = publication.rule_set + 1
    notice = _notice(tender, kind, reason, number, actor, at, tuple(differences))
    db.session.add_all((notice, _frozen(tender, number, file, reason, actor, at)))
    publication.rule_set, publication.sha256 = number, rule_set_digest(file)
    tell(tender, file, at)
    see(publication, at)
    issue = papers.Issue(tender, publication, file, at, address)
    files = [*papers.keep_rules(issue), papers.keep_release(issue, notice)]
    said = {"notice": notice.number, "rule_set": number, "rules_sha256": publication.sha256, "reason": reason}
    changes = [[each.label, each.before[:300], each.after[:300]] for each in notice.changes[:100]]
    told = {**said, "changes": changes, "files": papers.digests(files), **(details or {})}
    _record({"change": "changed_by_notice", "deadline": "deadline_moved"}[kind], tender, actor, at, told)
    return notice


def discard_copy(tender: TenderRecord, *, stand: str, actor: Actor, at: datetime) -> None:
    """Give the working copy up, as it stood when that was asked: every part is again as the published rules have it."""
    publication = held_publication(tender)
    policies.check(actor, Permission.TENDER_EDIT, tender)
    draft = draft_of(tender)
    if reads.stand_of(draft) != stand:
        raise OtherRulesError
    copy = reads.working_copy(publication, draft)
    wanted = reads.as_published(draft, copy.published)
    rows = {(row.kind, row.key): row for row in _part_rows(tender)}
    gone = [rows.pop(key) for key in set(rows) - {(part.kind, part.key) for part in wanted}]
    if gone:
        db.session.execute(delete(PartRecord).where(PartRecord.id.in_([row.id for row in gone])))
    for part in wanted:
        _put_back(tender, rows.get((part.kind, part.key)), part, actor, at)
    tender.changed_at, tender.version = at, tender.version + 1
    _record("working_copy_discarded", tender, actor, at, {"changes": len(copy.changes), "parts_removed": len(gone)})


def cancel(tender: TenderRecord, *, reason: str, address: str, actor: Actor, at: datetime) -> None:
    """Cancel a tender for good, with a reason that everybody reads once it was published."""
    hold(tender)
    policies.check(actor, Permission.TENDER_CANCEL, tender)
    publication = db.session.get(PublicationRecord, tender.id)
    was, tender.stage = tender.stage, "cancelled"
    tender.cancelled_at, tender.cancel_reason = at, reason
    tender.changed_at, tender.version = at, tender.version + 1
    details: dict[str, object] = {"reason": reason, "stage_before": was}
    if publication is not None:
        notice = _notice(tender, "cancellation", reason, publication.rule_set, actor, at, ())
        db.session.add(notice)
        see(publication, at)
        issue = papers.Issue(tender, publication, reads.rules_in_force(publication), at, address)
        details |= {"notice": notice.number, "files": papers.digests([papers.keep_release(issue, notice)])}
    _record("cancelled", tender, actor, at, details)


# --- rows ---------------------------------------------------------------------------------------------------


def hold(tender: TenderRecord) -> None:
    """Take the tender's row for this unit of work, as it is now: two people never move it at once."""
    db.session.refresh(tender, with_for_update={"of": TenderRecord})


def held_publication(tender: TenderRecord) -> PublicationRecord:
    """Take the row of a published tender and return its publication; StageError where it is not published."""
    hold(tender)
    publication = db.session.get(PublicationRecord, tender.id)
    if publication is None:
        raise StageError("This tender is not published yet, so this cannot be done")
    return publication


def see(publication: PublicationRecord, at: datetime) -> None:
    """Count a change that the public can see."""
    publication.version, publication.changed_at = publication.version + 1, at
    db.session.flush()


def tell(tender: TenderRecord, file: TenderFile, at: datetime) -> None:
    """Copy what lists show from rules that come into force."""
    plan, lots = file.tender, file.tender.contract_lots
    tender.reference, tender.title, tender.regime = plan.reference, plan.title, str(plan.regime)
    tender.deadline, tender.lots_count = plan.deadline, len(plan.lots)
    tender.annual_budget = total(lot.annual_budget for lot in plan.lots)
    tender.maximum_potential_spend = total(
        lot.maximum_potential_spend for lot in lots if lot.maximum_potential_spend is not None
    )
    tender.changed_at, tender.version = at, tender.version + 1
    db.session.flush()


def _frozen(
    tender: TenderRecord, number: int, file: TenderFile, reason: str, actor: Actor, at: datetime
) -> RuleSetRecord:
    return RuleSetRecord(
        tender_id=tender.id, number=number, canon=rule_set_bytes(file), sha256=rule_set_digest(file), reason=reason,
        made_at=at, made_by=actor.user_id,
    )  # fmt: skip


def _notice(
    tender: TenderRecord, kind: str, reason: str, rules: int, actor: Actor, at: datetime, found: tuple[RuleChange, ...]
) -> NoticeRecord:
    last = db.session.scalar(select(func.max(NoticeRecord.number)).where(NoticeRecord.tender_id == tender.id)) or 0
    return NoticeRecord(
        tender_id=tender.id, number=last + 1, kind=kind, at=at, reason=reason, rule_set=rules, made_by=actor.user_id,
        changes_json=json.dumps([asdict(each) for each in found], ensure_ascii=False),
    )  # fmt: skip


def _part_rows(tender: TenderRecord) -> list[PartRecord]:
    return list(db.session.scalars(select(PartRecord).where(PartRecord.tender_id == tender.id)))


def _put_back(tender: TenderRecord, row: PartRecord | None, part: Part, actor: Actor, at: datetime) -> None:
    text = json.dumps(part.content, ensure_ascii=False, separators=(",", ":"))
    if row is None:
        row = PartRecord(tender_id=tender.id, kind=part.kind, key=part.key, version=0)
        db.session.add(row)
    elif row.value == part.content and not row.unfinished and row.position == part.position:
        return
    row.content, row.unfinished, row.position = text, "", part.position
    row.version, row.changed_at, row.changed_by = (row.version or 0) + 1, at, actor.user_id


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _record(action: str, tender: TenderRecord, actor: Actor, at: datetime, details: Mapping[str, object]) -> None:
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)
