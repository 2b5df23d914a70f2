"""Questions of members to the chair about an answer, asked from inside the sheet, and the chair's replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from lots.errors import ProcurementError
from workbench import audit, policies
from workbench.db import db
from workbench.kept import digest
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.evaluation import PanelQueryRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation.access import access_of
from workbench.services import StaleError
from workbench.services.bids.letters import letter
from workbench.services.mails import want


class QueryError(ProcurementError):
    """A question to the chair that cannot be taken, or answered."""


def ask_chair(
    tender: TenderRecord, bid_id: str, criterion: str, text: str, *, actor: Actor, at: datetime
) -> PanelQueryRecord:
    """Put a question about an answer to the chair; the moderators are told by mail that one waits."""
    policies.check(actor, Permission.SCORE_GIVE, tender)
    if not access_of(tender, actor).may_score(bid_id, criterion):
        raise QueryError("This answer is not among those that you score")
    last = select(func.max(PanelQueryRecord.number)).where(PanelQueryRecord.tender_id == tender.id)
    row = PanelQueryRecord(
        tender_id=tender.id, number=(db.session.scalar(last) or 0) + 1, bid_id=bid_id, criterion=criterion, text=text,
        asked_by=actor.user_id, asked_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    mail = letter(tender, "a question to the chair", "A member of the panel asks the chair something about an answer.")
    for address in _chairs(tender):
        want(f"query:{row.id}", address, mail.subject, mail.text, at=at)
    _record("chair_asked", tender, row, actor, at, row.text)
    return row


def answer_member(tender: TenderRecord, row: PanelQueryRecord, text: str, *, actor: Actor, at: datetime) -> None:
    """Answer a member's question, once; StaleError where another moderator answered first."""
    policies.check(actor, Permission.QUERY_ANSWER, tender)
    if not access_of(tender, actor).may_read(row.bid_id):
        raise QueryError("This question is about a bid that you may not read: another moderator answers it")
    done = db.session.execute(
        update(PanelQueryRecord)
        .where(PanelQueryRecord.id == row.id, PanelQueryRecord.replied_at.is_(None))
        .values(reply=text, replied_by=actor.user_id, replied_at=at)
    )
    db.session.refresh(row)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleError({"answer": text}, {"answer": row.reply})
    asker = db.session.get(UserRecord, row.asked_by)
    if asker is not None and asker.active:
        mail = letter(tender, "the chair has answered", f"Your question {row.number} to the chair is answered.")
        want(f"query:{row.id}:answered", asker.email, mail.subject, mail.text, at=at)
    _record("chair_answered", tender, row, actor, at, text)


def _chairs(tender: TenderRecord) -> list[str]:
    chairs = (
        select(UserRecord.email)
        .join(AssignmentRecord, AssignmentRecord.user_id == UserRecord.id)
        .where(
            AssignmentRecord.tender_id == tender.id, AssignmentRecord.role == "moderator", UserRecord.active.is_(True)
        )
    )
    return sorted(set(db.session.scalars(chairs)))


def _record(action: str, tender: TenderRecord, row: PanelQueryRecord, actor: Actor, at: datetime, text: str) -> None:
    db.session.flush()
    audit.record(
        action, f"Question {row.number} to the chair", chain=audit.tender_chain(tender.id), actor=actor, at=at,
        details={"number": row.number, "criterion": row.criterion, "sha256": digest(text)},
    )  # fmt: skip
