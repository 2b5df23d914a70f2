"""Questions: asked by anybody, answered to everybody without the asker, or to the asker alone with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select, update

from lots.errors import ProcurementError
from workbench import audit, policies
from workbench.db import db
from workbench.models.publishing import PublicationRecord, QuestionRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries import publishing as reads
from workbench.queries.questions import takes_questions
from workbench.services import StageError, StaleError
from workbench.services.publishing import hold, see

MOST_OPEN = 5_000  # questions of one tender: more are not questions


class QuestionError(ProcurementError):
    """A question that cannot be taken or answered in this way."""


@dataclass(frozen=True)
class Asked:
    """A question and who asks it, kept from everybody but the officers and auditors of the tender."""

    name: str
    organisation: str
    email: str
    question: str


def ask(publication: PublicationRecord, tender: TenderRecord, asked: Asked, *, at: datetime) -> QuestionRecord:
    """Take a question from the public page; StageError once questions are no longer taken."""
    hold(tender)
    if not takes_questions(reads.rules_in_force(publication), tender.stage, at):
        raise StageError("Questions are no longer taken for this tender: the last day for them is over")
    last = db.session.scalar(select(func.max(QuestionRecord.number)).where(QuestionRecord.tender_id == tender.id)) or 0
    if last >= MOST_OPEN:
        raise QuestionError("No more questions can be taken here: write to the contracting authority")
    row = QuestionRecord(
        tender_id=tender.id, number=last + 1, state="open", name=asked.name, organisation=asked.organisation,
        email=asked.email, question=asked.question, published_text=asked.question, asked_at=at,
    )  # fmt: skip
    db.session.add(row)
    tender.version += 1
    digest = sha256(asked.question.encode()).hexdigest()
    _record("question_asked", tender, row, None, at, {"sha256": digest})
    return row


def answer_all(
    tender: TenderRecord, row: QuestionRecord, *, text: str, answer: str, version: int, actor: Actor, at: datetime
) -> None:
    """Publish a question, in words that do not tell who asked, with its answer."""
    publication = _answerable(tender, actor)
    last = db.session.scalar(
        select(func.max(QuestionRecord.public_number)).where(QuestionRecord.tender_id == tender.id)
    )
    values = {"state": "public", "published_text": text, "answer": answer, "public_number": (last or 0) + 1}
    _answered(row, version, values, actor, at)
    see(publication, at)
    tender.version += 1
    told = {"public_number": (last or 0) + 1, "question": text[:1000], "answer": answer[:1000]}
    _record("question_answered", tender, row, actor, at, told)


def answer_privately(
    tender: TenderRecord, row: QuestionRecord, *, answer: str, reason: str, version: int, actor: Actor, at: datetime
) -> None:
    """Answer the asker alone, because the question or its answer is confidential; the reason is kept."""
    _answerable(tender, actor)
    _answered(row, version, {"state": "private", "answer": answer, "private_reason": reason}, actor, at)
    tender.version += 1
    digest = sha256(answer.encode()).hexdigest()
    _record("question_answered_privately", tender, row, actor, at, {"reason": reason, "sha256": digest})


def _answerable(tender: TenderRecord, actor: Actor) -> PublicationRecord:
    hold(tender)
    policies.check(actor, Permission.QUESTION_ANSWER, tender)
    publication = db.session.get(PublicationRecord, tender.id)
    if publication is None:
        raise StageError("This tender is not published, so nobody can have asked about it")
    return publication


def _answered(row: QuestionRecord, version: int, values: dict[str, object], actor: Actor, at: datetime) -> None:
    """Write an answer once: a question that somebody else answered meanwhile stays as they answered it."""
    stamp = {"version": version + 1, "answered_at": at, "answered_by": actor.user_id}
    done = db.session.execute(
        update(QuestionRecord)
        .where(QuestionRecord.id == row.id, QuestionRecord.version == version, QuestionRecord.state == "open")
        .values(**values, **stamp)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        db.session.refresh(row)
        raise StaleError({"answer": str(values["answer"])}, {"answer": row.answer})


def _record(
    action: str, tender: TenderRecord, row: QuestionRecord, actor: Actor | None, at: datetime, told: dict[str, object]
) -> None:
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    details = {"number": row.number, **told}
    audit.record(action, f"Question {row.number}", chain=chain, actor=actor, at=at, details=details)
