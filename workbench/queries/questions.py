"""Reads about questions: the officers' list, the public log, and what in a text would tell who asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from lots.calendar import london
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.publishing import QuestionRecord

PAGE = 50  # questions on one page of either list
_SHORTEST_NAME = 3  # letters of a name that tell anything by themselves
_FORMS = frozenset({
    "ltd", "limited", "plc", "llp", "cic", "cio", "inc", "the", "and", "for", "trust", "charity", "services", "service",
    "support", "foundation", "group", "association", "centre", "victim", "victims", "women", "community", "council",
})  # fmt: skip
"""Words of organisations' names that name nobody by themselves."""
_FREE_MAIL = frozenset(
    {"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "btinternet.com"}
)


def questions_of(tender_id: str, *, state: str = "", page: int = 1) -> tuple[Sequence[QuestionRecord], int]:
    """Return a page of a tender's questions in the order they were asked, and how many there are."""
    query = select(QuestionRecord).where(QuestionRecord.tender_id == tender_id)
    if state:
        query = query.where(QuestionRecord.state == state)
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(QuestionRecord.number).limit(PAGE).offset((page - 1) * PAGE)
    return db.session.scalars(ordered).all(), count


def public_log(tender_id: str, *, page: int = 1, most: int = PAGE) -> tuple[Sequence[QuestionRecord], int]:
    """Return a page of the questions answered to everybody, the latest answer first, and how many there are."""
    where = (QuestionRecord.tender_id == tender_id, QuestionRecord.public_number.is_not(None))
    rows = select(QuestionRecord).where(*where).order_by(QuestionRecord.public_number.desc())
    count = db.session.scalar(select(func.count()).select_from(QuestionRecord).where(*where)) or 0
    return db.session.scalars(rows.limit(most).offset((page - 1) * most)).all(), count


def counts_of(tender_id: str) -> dict[str, int]:
    """Count the questions of a tender by state."""
    rows = db.session.execute(
        select(QuestionRecord.state, func.count())
        .where(QuestionRecord.tender_id == tender_id)
        .group_by(QuestionRecord.state)
    )
    return {row[0]: row[1] for row in rows}


def question_within(tender_id: str, question_id: str) -> QuestionRecord | None:
    """Find a question among those of one tender."""
    return db.session.scalar(
        select(QuestionRecord).where(QuestionRecord.tender_id == tender_id, QuestionRecord.id == question_id)
    )


def taken_until(file: TenderFile) -> date | None:
    """Return the day until whose end questions are taken, where the timetable names one."""
    return next((step.planned for step in file.tender.timetable if step.kind == "questions_until"), None)


def takes_questions(file: TenderFile, stage: str, at: datetime) -> bool:
    """Say whether questions are still taken: published, before the deadline, the last day for them not over."""
    last = taken_until(file)
    in_time = last is None or london(at).date() <= last
    return stage == "published" and at < file.tender.deadline and in_time


# --- who asked ----------------------------------------------------------------------------------------------


def tells_asker(text: str, *, name: str, organisation: str, email: str) -> tuple[str, ...]:
    """List the words of a text that would tell who asked: names, the organisation, its address."""
    folded = text.casefold()
    found = [word for word in _telling(name, organisation, email) if _stands_in(word.casefold(), folded)]
    longest = [
        word for word in found if not any(word != other and word.casefold() in other.casefold() for other in found)
    ]
    return tuple(dict.fromkeys(longest))


def _telling(name: str, organisation: str, email: str) -> Iterator[str]:
    yield from filter(None, (name.strip(), organisation.strip(), email.strip()))
    yield from (word for word in re.findall(r"[^\W\d_]+", name) if len(word) >= _SHORTEST_NAME)
    words = re.findall(r"[^\W_]+", organisation)
    yield from (word for word in words if len(word) > _SHORTEST_NAME and word.casefold() not in _FORMS)
    yield "".join(word[0] for word in words if word[0].isupper()) if len(words) > 2 else ""
    domain = email.rpartition("@")[2]
    yield domain if domain.casefold() not in _FREE_MAIL else ""


def _stands_in(word: str, text: str) -> bool:
    return bool(word) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
