"""Making one document of an issue, exactly once, whatever happens to the process that makes it.

The row of the document is the truth. A worker takes it with one conditional UPDATE, prints it outside of any unit of
work, and keeps bytes and digest in a second one; a worker that is killed between the two leaves a row that is taken
again once its time is over. The same record gives the same bytes, so that making one twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from exports import tender_file
from lots.errors import ProcurementError
from scoring.recommendation import Evaluation, evaluate
from workbench import audit
from workbench.db import begin_writing, db
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.awards.papers import DRAFTS
from workbench.services.awards.packs import PackFile, Paper, Planned, make_values, plan_pack, title_of

if TYPE_CHECKING:
    from exports.documents import Printable

PATIENCE: Final = timedelta(minutes=5)
"""How long a document that was taken may stay unfinished before somebody else takes it."""
MOST_TRIES: Final = 3
_ONE_AT_A_TIME = Lock()
Print = Callable[["Printable"], bytes]
"""Prints a document; may run in a process of its own."""


LONGEST_TITLE: Final = 300  # characters that the column holds
_OTHER_VERSION = (
    "This version of the workbench makes another pack from the record than the one that planned it: have all documents "
    "made again"
)


class RecordChanged(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A kept record that is no longer what its digest says: the database was changed by other means."""


@dataclass(frozen=True)
class Frozen:
    """The record that an issue is made from, by its digest, and whether its documents are drafts."""

    issue_id: str
    sha256: str
    drafts: bool


@dataclass(frozen=True)
class Claim:
    """A document that this process has taken: its row, where it stands in the pack, how often it was tried."""

    id: str
    key: str
    title: str
    tries: int
    issue: Frozen


def waiting(at: datetime, patience: timedelta = PATIENCE, issue_id: str = "") -> list[str]:
    """List the documents (of one issue) that nobody is making: queued, or taken too long ago by somebody now gone."""
    query = (
        select(DecisionPaperRecord.id)
        .join(IssueRecord, IssueRecord.id == DecisionPaperRecord.issue_id)
        .where(IssueRecord.state == "making", _free(at, patience))
        .order_by(IssueRecord.made_at, DecisionPaperRecord.key)
    )
    if issue_id:
        query = query.where(IssueRecord.id == issue_id)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def make(paper_id: str, *, now: Callable[[], datetime], printed: Print, patience: timedelta = PATIENCE) -> bool:
    """Make a document unless somebody else has or is at it; say whether it was made here."""
    claim = _claimed(paper_id, now(), patience)
    if claim is None:
        return False
    try:
        data = _made(claim, printed)
    except ProcurementError as refused:
        _failed(claim, str(refused), now())
    except Exception:
        logging.getLogger(__name__).exception("a document could not be made")
        _failed(claim, "A fault of the workbench kept it from being made; the log of the worker says where", now())
    else:
        return _kept(claim, data, now())
    return False


def content_of(paper: Paper, printed: Print) -> bytes:
    """Return the bytes of a document: printed, or as they are."""
    return paper.data if isinstance(paper, PackFile) else printed(paper)


def paper_of(issue: Frozen, key: str) -> Paper:
    """Return the value of one document of an issue; its frozen record is evaluated once for all of them."""
    job, place = map(int, key.split("-"))
    with _ONE_AT_A_TIME:
        made = _made_by(issue, job)
    if place >= len(made):
        raise RecordChanged(_OTHER_VERSION)
    return as_draft(made[place]) if issue.drafts else made[place]


def key_of(document: Planned) -> str:
    """Name the place of a document in its pack: what its row is found by."""
    return f"{document.job:03d}-{document.place:05d}"


def as_draft(paper: Paper) -> Paper:
    """Return a document that says on every page that it is a draft."""
    if isinstance(paper, PackFile):
        return paper
    return replace(paper, head=replace(paper.head, draft=True))  # type: ignore[type-var]


def forget() -> None:
    """Forget the record that was evaluated last: there is nothing more to make."""
    _made_by.cache_clear()
    _evaluated.cache_clear()


@lru_cache(maxsize=1)
def _made_by(issue: Frozen, job: int) -> Sequence[Paper]:
    jobs = plan_pack(_evaluated(issue))
    if job >= len(jobs):
        raise RecordChanged(_OTHER_VERSION)
    return make_values([jobs[job]])[0]


@lru_cache(maxsize=1)
def _evaluated(issue: Frozen) -> Evaluation:
    data = db.session.scalars(select(IssueRecord.file).where(IssueRecord.id == issue.issue_id)).one()
    db.session.rollback()
    if hashlib.sha256(data).hexdigest() != issue.sha256:
        raise RecordChanged("The record that this document follows from was changed in the database: restore a copy")
    file, findings = tender_file.read(data)
    if file is None:
        raise RecordChanged(f"The record that this document follows from cannot be read: {findings[0]}")
    return evaluate(file)


# --- the row ----------------------------------------------------------------------------------------------------


def _free(at: datetime, patience: timedelta) -> ColumnElement[bool]:
    left = and_(DecisionPaperRecord.state == "making", DecisionPaperRecord.claimed_at <= at - patience)
    return or_(DecisionPaperRecord.state == "queued", left)


def _claimed(paper_id: str, at: datetime, patience: timedelta) -> Claim | None:
    """Take a document; None where another process has it, it is finished, or its issue was replaced."""
    begin_writing()
    found = db.session.execute(
        select(DecisionPaperRecord, IssueRecord)
        .join(IssueRecord, IssueRecord.id == DecisionPaperRecord.issue_id)
        .where(DecisionPaperRecord.id == paper_id, IssueRecord.state == "making", _free(at, patience))
    ).one_or_none()
    if found is None:
        db.session.rollback()
        return None
    paper, issue = found
    frozen = Frozen(issue.id, issue.file_sha256, issue.kind == DRAFTS)
    claim = Claim(paper.id, paper.key, paper.title, paper.tries + 1, frozen)
    taken = update(DecisionPaperRecord).where(
        DecisionPaperRecord.id == paper_id, DecisionPaperRecord.tries == paper.tries, _free(at, patience)
    )
    done = db.session.execute(taken.values(state="making", claimed_at=at, tries=claim.tries, error=""))
    db.session.commit()
    return claim if done.rowcount == 1 else None  # type: ignore[attr-defined]


def _made(claim: Claim, printed: Print) -> bytes:
    paper = paper_of(claim.issue, claim.key)
    if title_of(paper)[:LONGEST_TITLE] != claim.title:
        raise RecordChanged(_OTHER_VERSION)
    return content_of(paper, printed)


def _kept(claim: Claim, data: bytes, at: datetime) -> bool:
    """Keep the bytes of a document that is still ours, and end the issue with the last of them: one unit of work."""
    begin_writing()
    issue = db.session.scalars(
        select(IssueRecord).where(IssueRecord.id == claim.issue.issue_id).with_for_update()
    ).one()
    digest = hashlib.sha256(data).hexdigest()
    done = db.session.execute(
        update(DecisionPaperRecord)
        .where(DecisionPaperRecord.id == claim.id, *_ours(claim))
        .values(state="made", content=data, sha256=digest, size=len(data), made_at=at, error="")
    )
    ours: bool = done.rowcount == 1  # type: ignore[attr-defined]
    if ours:
        _end(issue, at)
    db.session.commit()
    audit.recorded().clear()
    return ours


def _failed(claim: Claim, why: str, at: datetime) -> None:
    """Put a document that could not be made back into the queue, or, after several tries, aside with the reason."""
    db.session.rollback()
    begin_writing()
    state = "failed" if claim.tries >= MOST_TRIES else "queued"
    mine = update(DecisionPaperRecord).where(DecisionPaperRecord.id == claim.id, *_ours(claim))
    db.session.execute(mine.values(state=state, error=why))
    db.session.commit()


def _ours(claim: Claim) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DecisionPaperRecord.state == "making", DecisionPaperRecord.tries == claim.tries


def _end(issue: IssueRecord, at: datetime) -> None:
    """End an issue once its last document is made, and record them all with their digests: one event."""
    rows = db.session.execute(
        select(DecisionPaperRecord.path, DecisionPaperRecord.state, DecisionPaperRecord.sha256)
        .where(DecisionPaperRecord.issue_id == issue.id)
        .order_by(DecisionPaperRecord.key)
    ).all()
    if issue.state != "making" or any(state in ("queued", "making", "failed") for _, state, _ in rows):
        return
    issue.state = "made"
    title = db.session.scalars(select(TenderRecord.title).where(TenderRecord.id == issue.tender_id)).one()
    made = [(path, sha256) for path, state, sha256 in rows if state == "made"]
    details = {"issue": issue.number, "kind": issue.kind, "documents": len(made), "digest": manifest_digest(made)}
    chain = audit.tender_chain(issue.tender_id)
    audit.record("papers_made", title, chain=chain, actor=None, at=at, details=details)


def manifest_digest(made: list[tuple[str, str]]) -> str:
    """Return one digest for many documents: of their paths and digests, in the order of the paths."""
    return hashlib.sha256(json.dumps(sorted(made), separators=(",", ":")).encode()).hexdigest()
