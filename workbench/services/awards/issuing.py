"""An issue of the decision's documents: planned whole from one frozen record, one row for each, made by the workers.

Drafts follow from what is recommended and carry DRAFT on every page; final documents follow from what was approved and
signed. A document that may not be made yet has a row too, with what it lacks: nothing is released while there is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select, update

from exports import tender_file
from exports.documents import is_draft
from lots.calendar import london, say
from lots.errors import ProcurementError
from lots.words import listed
from scoring.decision import AwardDecision
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from workbench import audit, policies
from workbench.db import db
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.awards.papers import DRAFTS, FINAL, LEFT_OUT, LETTERS, REFUSED
from workbench.services.awards.making import LONGEST_TITLE, key_of
from workbench.services.awards.packs import PackFile, Planned, Refused, planned, title_of
from workbench.services.publishing import held_publication

_NO_AWARD: Final = "lot_not_awarded"


class IssueError(ProcurementError):
    """Documents that cannot be had made now; the sentence says what comes first."""


@dataclass(frozen=True)
class Source:
    """What documents are made from: the whole record with its decision, and the recommendation it belongs to."""

    recommendation: int
    file: TenderFile


def issue(tender: TenderRecord, kind: str, source: Source, *, actor: Actor, at: datetime) -> IssueRecord:
    """Plan every document of the decision as drafts or final: a row each, in one unit of work with one event."""
    held_publication(tender)
    policies.check(actor, Permission.NOTICES_MAKE, tender)
    file = as_drafts(source.file, at) if kind == DRAFTS else as_final(tender, source.file, at)
    row = _row(tender, kind, replace(source, file=file), actor, at)
    papers = [_paper(row, number, each) for number, each in enumerate(planned(evaluate(file)))]
    wanted, blocked = (sum(each.state == state for each in papers) for state in ("queued", REFUSED))
    if not wanted:
        row.state = "made"
    db.session.add_all(papers)
    db.session.flush()
    details = {"issue": row.number, "kind": kind, "documents": wanted, "refused": blocked, "record": row.file_sha256}
    _record("papers_wanted", tender, actor, at, details)
    return row


def retry(tender: TenderRecord, paper: DecisionPaperRecord, *, actor: Actor, at: datetime) -> None:
    """Put a document that could not be made back into the queue."""
    held_publication(tender)
    policies.check(actor, Permission.NOTICES_MAKE, tender)
    if paper.tender_id != tender.id or paper.state != "failed":
        raise IssueError("This document is not one that failed: look at the page again")
    paper.state, paper.tries, paper.error = "queued", 0, ""
    _record("paper_retried", tender, actor, at, {"document": paper.title, "path": paper.path})


def as_drafts(file: TenderFile, at: datetime) -> TenderFile:
    """Return a record whose documents are drafts: nobody has signed, and a day that is not fixed yet is today's."""
    award = _award(file)
    unsigned = tuple(replace(each, signed_on=None) for each in award.signatories)
    day = award.notices_sent or london(at).date()
    return replace(file, award=replace(award, signatories=unsigned, notices_sent=day))


def as_final(tender: TenderRecord, file: TenderFile, at: datetime) -> TenderFile:
    """Return a record whose documents can be sent: signed, and bearing the day on which they will be."""
    if tender.stage != "approved":
        raise IssueError("Final documents are made once the award is approved; until then, have drafts made")
    award = _award(file)
    if is_draft(award):
        raise IssueError(f"The decision is not signed yet: {_unsigned(award)}")
    award = replace(award, notices_sent=sending_day(award, london(at).date()))
    if award.notice_published is not None and award.notices_sent is not None:
        _check_order(award.notices_sent, award.notice_published)
    return replace(file, award=award)


def sending_day(award: AwardDecision, today: date) -> date:
    """Return the day that the letters bear: the one planned in the decision, or today where that has passed."""
    return max(award.notices_sent or today, today)


def _check_order(sent: date, published: date) -> None:
    if published < sent:
        raise IssueError(
            f"The decision plans the contract award notice for {say(published)}, and every summary has to be sent "
            f"before it: these letters would be sent on {say(sent)}. Put a later day for the notice into the paper"
        )


def _award(file: TenderFile) -> AwardDecision:
    if file.award is None:
        raise IssueError("There is no decision paper yet: write it first")
    return file.award


def _unsigned(award: AwardDecision) -> str:
    if not award.signatories:
        return "it names nobody who signs it"
    missing = [each.name for each in award.signatories if each.signed_on is None]
    return f"{listed(missing)} must sign it" if missing else "it has no date"


# --- rows -------------------------------------------------------------------------------------------------------


def _row(tender: TenderRecord, kind: str, source: Source, actor: Actor, at: datetime) -> IssueRecord:
    """Begin an issue; an earlier one of its kind that was not released is replaced, and nothing more made for it."""
    db.session.execute(
        update(IssueRecord)
        .where(IssueRecord.tender_id == tender.id, IssueRecord.kind == kind, IssueRecord.state != "released")
        .values(state="replaced")
    )
    last = db.session.scalar(select(func.max(IssueRecord.number)).where(IssueRecord.tender_id == tender.id)) or 0
    data = tender_file.write(source.file)
    row = IssueRecord(
        tender_id=tender.id, number=last + 1, kind=kind, state="making", recommendation=source.recommendation,
        file=data, file_sha256=hashlib.sha256(data).hexdigest(), made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _paper(row: IssueRecord, number: int, document: Planned | Refused) -> DecisionPaperRecord:
    if isinstance(document, Refused):
        return _refusal(row, number, document)
    paper = document.paper
    made = DecisionPaperRecord(
        tender_id=row.tender_id, issue_id=row.id, key=key_of(document), path=document.path,
        title=title_of(paper)[:LONGEST_TITLE], kind="file", state="queued",
    )  # fmt: skip
    if not isinstance(paper, PackFile):
        head = paper.head
        made.kind, made.restricted = head.kind, head.classification != "public"
        made.bid_id = head.bid if head.kind in LETTERS else ""
    return made


def _refusal(row: IssueRecord, number: int, refused: Refused) -> DecisionPaperRecord:
    """Keep what a document lacks; letters of a lot that this decision does not award are left out, not missing."""
    codes = {each.code for each in refused.findings}
    return DecisionPaperRecord(
        tender_id=row.tender_id, issue_id=row.id, key=f"refused-{number}", path="", kind="",
        title=refused.title[:LONGEST_TITLE], state=LEFT_OUT if _NO_AWARD in codes else REFUSED,
        error="\n".join(_sentences(refused)),
    )  # fmt: skip


def _sentences(refused: Refused) -> Sequence[str]:
    return list(dict.fromkeys(each.message.rstrip(".") + "." for each in refused.findings))


def _record(action: str, tender: TenderRecord, actor: Actor, at: datetime, details: dict[str, object]) -> None:
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)


__all__ = ["DRAFTS", "FINAL", "IssueError", "Source", "as_drafts", "as_final", "issue", "retry"]
