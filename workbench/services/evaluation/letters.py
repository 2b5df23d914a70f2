"""Questions put to one tenderer about its bid, and the one reply that each gets, through a link in a mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update

from lots.calendar import say_instant
from lots.errors import ProcurementError
from workbench import audit, policies
from workbench.db import db, new_id
from workbench.kept import digest
from workbench.models.accounts import UserRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation import letters as reads
from workbench.sealing.drafts import new_secret
from workbench.services import StageError, StaleError
from workbench.services.bids.letters import letter
from workbench.services.mails import want
from workbench.services.publishing import hold

Kind = Literal["clarification", "low_price"]
MOST = 500  # questions of one tender
_ABOUT = {"clarification": "a question about your bid", "low_price": "a question about your price"}


class AskError(ProcurementError):
    """A question that cannot be put in this way."""


def ask(
    tender: TenderRecord,
    bid_id: str,
    kind: Kind,
    question: str,
    reply_by: datetime,
    criterion: str = "",
    *,
    recipient: str = "",
    actor: Actor,
    at: datetime,
    address: str,
) -> TendererLetterRecord:
    """Put a question to one tenderer, by a mail with a link of its own; ``address`` is where this workbench answers.

    It goes to ``recipient``, which is one of the people the bid names, else to the first of them.
    """
    hold(tender)
    policies.check(actor, Permission.TENDERER_ASK, tender)
    bid = _bid(tender, bid_id)
    if not question.strip():
        raise AskError("Write the question: the tenderer reads it as it stands")
    if reply_by <= at:
        raise AskError(f"The reply would be due by {say_instant(reply_by)}, which is past: give the tenderer time")
    secret = new_secret()
    row = TendererLetterRecord(
        id=new_id(), tender_id=tender.id, bid_id=bid.id, kind=kind, number=_next(tender), criterion=criterion,
        question=question, recipient=_recipient(bid, recipient), secret_sha256=digest(secret), reply_by=reply_by,
        asked_by=actor.user_id, asked_at=at,
    )  # fmt: skip
    db.session.add(row)
    _mail(tender, row, f"{address.rstrip('/')}/letters/{secret}", at)
    details = {"reply_by": f"{reply_by:%Y-%m-%dT%H:%M:%SZ}", "sha256": digest(question), "criterion": criterion}
    _record("tenderer_asked", tender, row, bid, actor, at, details)
    return row


def reply(secret: str, text: str, at: datetime) -> TendererLetterRecord:
    """Keep the one reply to a question; StageError where there is one, or where its time is over."""
    found = reads.letter_by(secret)
    if found is None:
        raise AskError("This link belongs to no question: copy it from the mail once more")
    if not text.strip():
        raise AskError("Write your reply: an empty one cannot be taken")
    row = found.row
    if not found.takes_reply(at):
        raise StageError(_over(row))
    done = db.session.execute(
        update(TendererLetterRecord)
        .where(TendererLetterRecord.id == row.id, TendererLetterRecord.replied_at.is_(None))
        .values(reply=text, replied_at=at)
    )
    db.session.refresh(row)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleError({"your reply": text}, {"your reply": row.reply})
    _tell_asker(found, at)
    _record("tenderer_replied", found.tender, row, found.bid, None, at, {"sha256": digest(text)})
    return row


def _bid(tender: TenderRecord, bid_id: str) -> OpenedBidRecord:
    bid = db.session.get(OpenedBidRecord, bid_id)
    if bid is None or bid.tender_id != tender.id or bid.state != "opened":
        raise AskError("That bid is not among the opened bids of this tender")
    return bid


def _recipient(bid: OpenedBidRecord, wanted: str) -> str:
    known = [address for address, _ in reads.recipients(bid)]
    if not known:
        raise AskError(
            f"The bid of {bid.tenderer} names nobody with an e-mail address: write to the tenderer, and keep the "
            "letter and its reply with your papers"
        )
    if wanted and wanted not in known:
        raise AskError(f"The bid of {bid.tenderer} does not name {wanted}: choose one of the people it names")
    return wanted or known[0]


def _next(tender: TenderRecord) -> int:
    last = select(func.max(TendererLetterRecord.number)).where(TendererLetterRecord.tender_id == tender.id)
    number = (db.session.scalar(last) or 0) + 1
    if number > MOST:
        raise AskError(f"{MOST} questions were put to tenderers already: no more can be kept here")
    return number


def _mail(tender: TenderRecord, row: TendererLetterRecord, link: str, at: datetime) -> None:
    about = _ABOUT[row.kind]
    mail = letter(
        tender,
        about,
        f"The contracting authority has {about}. Nobody else is asked it, and only the people who judge your bid read "
        "your reply.",
        f"Read it and reply by {say_instant(row.reply_by)}:\n{link}",
        "Whoever has this link can reply for you, once: keep it to yourselves.",
    )
    want(f"letter:{row.id}", row.recipient, mail.subject, mail.text, at=at)


def _tell_asker(found: reads.Letter, at: datetime) -> None:
    asker = db.session.get(UserRecord, found.row.asked_by)
    if asker is not None and asker.active:
        mail = letter(found.tender, "a tenderer has replied", f"Question {found.row.number} to a tenderer is answered.")
        want(f"letter:{found.row.id}:replied", asker.email, mail.subject, mail.text, at=at)


def _over(row: TendererLetterRecord) -> str:
    if row.replied_at is not None:
        return f"A reply was sent {say_instant(row.replied_at)}; it stands, and no other is taken"
    return f"Replies were taken until {say_instant(row.reply_by)}: write to the contracting authority"


def _record(
    action: str, tender: TenderRecord, row: TendererLetterRecord, bid: OpenedBidRecord, actor: Actor | None,
    at: datetime, details: Mapping[str, object],
) -> None:  # fmt: skip
    db.session.flush()
    told = {"number": row.number, "kind": row.kind, "letter": bid.letter, "lot": bid.lot, **details}
    audit.record(
        action, f"Question {row.number} to a tenderer", chain=audit.tender_chain(tender.id), actor=actor, at=at,
        details=told,
    )  # fmt: skip
