"""The outbox: mails are wanted in the same unit of work as their cause, and sent from it by the worker.

A mail is wanted at most once for what it is about and whom it goes to. It is sent at least once: whoever is cut off
between sending and noting it sends it again, under the same number, which a mailbox shows once.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from workbench.db import begin_writing, db, new_id
from workbench.models.bids import MailRecord

PAUSES = tuple(timedelta(minutes=each) for each in (2, 5, 15, 60, 180, 360, 720, 1440))
"""How long to wait after each try; a mail that failed after the last is given up."""
MOST_AT_ONCE = 100
_SUBJECT = 200
_ADDRESS = re.compile(r"\S*(?:://|\bwww\.|\w\.[^\W\d_]{2,})\S*", re.IGNORECASE)
Send = Callable[[str, str, str, str], None]
"""Sends a mail: recipient, subject, text and the number that stays the same whenever it is sent again."""


@dataclass(frozen=True)
class Sent:
    """What became of the mails that were due: ``failed`` are tried again later, ``given_up`` never."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def want(about: str, recipient: str, subject: str, text: str, *, at: datetime) -> bool:
    """Ask for a mail, unless the same was asked for before; say whether this is new."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(MailRecord).values(
        id=new_id(), about=about, recipient=recipient, subject=plain(subject)[:_SUBJECT], text=text, wanted_at=at,
        tries=0, try_at=at,
    )  # fmt: skip
    return db.session.scalar(row.on_conflict_do_nothing().returning(MailRecord.id)) is not None


def plain(text: str) -> str:
    """Return what somebody typed as words on one line that lead nowhere: no breaks, and no address to press."""
    words = "".join(" " if unicodedata.category(mark)[0] in "CZ" else mark for mark in text)
    return _ADDRESS.sub("[address left out]", " ".join(words.split()))


def send_waiting(send: Send, *, now: Callable[[], datetime], most: int = MOST_AT_ONCE) -> Sent:
    """Send what is due, the oldest first; each mail is claimed, sent and noted in units of work of its own."""
    sent = failed = given_up = 0
    for mail_id in _due(now(), most):
        mail = _claimed(mail_id, now())
        if mail is None:
            continue
        if _left(send, mail):
            _note(mail, now())
            sent += 1
        elif mail.tries >= len(PAUSES):
            given_up += 1
        else:
            failed += 1
    return Sent(sent, failed, given_up)


def oldest_waiting(at: datetime) -> timedelta:
    """Say how long the oldest mail that is still to be sent has waited."""
    wanted = select(MailRecord.wanted_at).where(MailRecord.sent_at.is_(None), MailRecord.tries < len(PAUSES))
    first = db.session.scalar(wanted.order_by(MailRecord.wanted_at).limit(1))
    return at - first if first else timedelta()


def _due(at: datetime, most: int) -> list[str]:
    due = select(MailRecord.id).where(
        MailRecord.sent_at.is_(None), MailRecord.try_at <= at, MailRecord.tries < len(PAUSES)
    )
    found = list(db.session.scalars(due.order_by(MailRecord.wanted_at).limit(most)))
    db.session.rollback()
    return found


@dataclass(frozen=True)
class _Mail:
    id: str
    recipient: str
    subject: str
    text: str
    tries: int


def _claimed(mail_id: str, at: datetime) -> _Mail | None:
    """Take a mail for this process until its next try is due; None where another one took it first."""
    begin_writing()
    row = db.session.get_one(MailRecord, mail_id)
    tries = row.tries
    if row.sent_at is not None or row.try_at > at or tries >= len(PAUSES):
        db.session.rollback()
        return None
    mine = update(MailRecord).where(MailRecord.id == mail_id, MailRecord.tries == tries, MailRecord.sent_at.is_(None))
    done = db.session.execute(mine.values(tries=tries + 1, try_at=at + PAUSES[tries]))
    mail = _Mail(row.id, row.recipient, row.subject, row.text, tries + 1)
    db.session.commit()
    return mail if done.rowcount == 1 else None  # type: ignore[attr-defined]


def _left(send: Send, mail: _Mail) -> bool:
    try:
        send(mail.recipient, mail.subject, mail.text, mail.id)
    except (OSError, SMTPException, ValueError):
        logging.getLogger(__name__).warning("a mail could not be sent", exc_info=True)
        return False
    return True


def _note(mail: _Mail, at: datetime) -> None:
    begin_writing()
    db.session.execute(update(MailRecord).where(MailRecord.id == mail.id).values(sent_at=at, text=""))
    db.session.commit()
