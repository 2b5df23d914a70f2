"""Release: every letter of the decision at once, or none, and what became of each afterwards.

One unit of work gives every letter its recipient, a secret link and a mail in the outbox, and takes the tender to
*notified*. No letter leaves before, none is left behind: assessment summaries go to everybody at the same time and
before the contract award notice (Procurement Act 2023 s.50).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import undefer

from exports import tender_file
from lots.calendar import london, say
from lots.errors import ProcurementError
from lots.submission import Submission
from lots.words import counted
from scoring.tender_file import TenderFile
from workbench import audit, policies
from workbench.db import db
from workbench.models.awards import AwardPaperRecord, DecisionPaperRecord, IssueRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.awards.papers import FINAL, LETTERS, progress_of
from workbench.queries.bids.opened import read_submission
from workbench.services.awards.making import RecordChanged, manifest_digest
from workbench.services.bids import letters
from workbench.services.bids.followers import Links
from workbench.services.mails import want
from workbench.services.publishing import held_publication

_SECRET: Final = 32  # bytes
LETTER_READ: Final = "letter_read"


class ReleaseError(ProcurementError):
    """Letters that cannot go out yet; the sentence says why and what to do."""


def release(tender: TenderRecord, issue: IssueRecord, links: Links, *, actor: Actor, at: datetime) -> None:
    """Send every letter of the approved award, to everybody at once."""
    held_publication(tender)
    policies.check(actor, Permission.NOTICES_RELEASE, tender)
    db.session.refresh(issue, with_for_update=True)
    file = frozen_file(issue)
    if why := waits_for(issue, file, at):
        raise ReleaseError(why)
    rows = letters_in(issue.id)
    addresses = recipients(file, rows)
    contact = _contact(file)
    for row in rows:
        _address(row, addresses[row.bid_id], tender, contact, links, at)
    issue.state, issue.released_by, issue.released_at = "released", actor.user_id, at
    _fix_day(tender, file, actor, at)
    tender.stage, tender.changed_at, tender.version = "notified", at, tender.version + 1
    _record("letters_released", tender, actor, at, _details(issue, file, rows))


def waits_for(issue: IssueRecord, file: TenderFile, at: datetime) -> str:
    """Say in a sentence what keeps an issue from being released; nothing where it may be."""
    found = progress_of(issue.id)
    if issue.state == "released":
        return "These letters were released already"
    if issue.kind != FINAL or issue.state == "replaced":
        return "Only the latest final documents are released"
    if found.refused:
        return f"{counted(found.refused, 'document')} may not be made yet: mend what they lack and have all made again"
    if found.failed:
        return f"{counted(found.failed, 'document')} could not be made: try again, or have all made again"
    if issue.state != "made" or not found.is_complete:
        return f"{counted(found.under_way, 'document')} of {found.wanted} are still to be made: wait for them"
    return _other_day(file, at)


def _other_day(file: TenderFile, at: datetime) -> str:
    """The letters say the day on which they are sent, and count the standstill from it: it has to be true."""
    award, today = file.award, london(at).date()
    if award is None or award.notices_sent is None:
        return "The documents do not say on which day they are sent: have them made again"
    if award.notices_sent > today:
        return f"The letters say that they are sent on {say(award.notices_sent)}: release them on that day"
    said = f"The letters say that they are sent on {say(award.notices_sent)}, which has passed"
    return f"{said}: have them made again" if award.notices_sent < today else ""


def frozen_file(issue: IssueRecord) -> TenderFile:
    """Read the record that an issue was made from."""
    file, _ = tender_file.read(issue.file)
    if file is None or sha256(issue.file).hexdigest() != issue.file_sha256:
        raise RecordChanged("The record that these documents follow from was changed in the database: restore a copy")
    return file


def letters_in(issue_id: str) -> Sequence[DecisionPaperRecord]:
    """List the letters among the documents of an issue."""
    return db.session.scalars(
        select(DecisionPaperRecord)
        .where(DecisionPaperRecord.issue_id == issue_id, DecisionPaperRecord.kind.in_(LETTERS))
        .order_by(DecisionPaperRecord.key)
    ).all()


def recipients(file: TenderFile, rows: Sequence[DecisionPaperRecord]) -> Mapping[str, str]:
    """Say where the letter about each bid goes: to whoever the bid itself names for its lead, else to the lead."""
    leads = {bid.id: bid.tenderer for bid in file.bids}
    known = {each.id: each.email for each in file.organisations}
    opened = db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.id.in_([row.bid_id for row in rows]), OpenedBidRecord.submission != "")
        .options(undefer(OpenedBidRecord.submission))
    )
    named = {row.id: _named(read_submission(row), leads.get(row.id, "")) for row in opened}
    return {row.bid_id: named.get(row.bid_id) or known.get(leads.get(row.bid_id, ""), "") for row in rows}


def _named(submission: Submission, lead: str) -> str:
    """Return the first address that a bid gives, of the lead's own people if there is one."""
    given = [each for each in submission.contacts if each.email]
    own = [each.email for each in given if each.organisation in ("", lead)]
    return next(iter(own), given[0].email if given else "").strip()


def _address(
    row: DecisionPaperRecord, recipient: str, tender: TenderRecord, contact: str, links: Links, at: datetime
) -> None:
    """Give a letter its recipient, its link and its mail; one without an address is only read in the workspace."""
    row.recipient = recipient
    if not recipient:
        return
    secret = secrets.token_urlsafe(_SECRET)
    row.secret_sha256 = sha256(secret.encode()).hexdigest()
    mail = letters.decision(tender, links.decision(secret), links.notice(tender.id, "bid/"), contact)
    want(f"decision:{row.id}", recipient, mail.subject, mail.text, at=at)


def _fix_day(tender: TenderRecord, file: TenderFile, actor: Actor, at: datetime) -> None:
    """Put into the decision paper the day on which the letters went out: the standstill is counted from it."""
    row = db.session.get(AwardPaperRecord, (tender.id, "days"))
    if row is None:
        row = AwardPaperRecord(tender_id=tender.id, part="days", version=0)
        db.session.add(row)
    days = json.loads(row.content) if row.content else {}
    sent = file.award.notices_sent if file.award else None
    row.content = json.dumps({**days, "notices_sent": sent.isoformat() if sent else None}, ensure_ascii=False)
    row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.user_id


def _contact(file: TenderFile) -> str:
    return (file.award.debrief_contact if file.award else "") or file.tender.buyer.email


def _details(issue: IssueRecord, file: TenderFile, rows: Sequence[DecisionPaperRecord]) -> dict[str, object]:
    """Say what was released, by digests; whom it went to stands in the rows, which the register shows."""
    sent = file.award.notices_sent.isoformat() if file.award and file.award.notices_sent else ""
    digest = manifest_digest([(row.path, row.sha256) for row in rows])
    return {
        "issue": issue.number, "letters": len(rows), "sent": sent, "digest": digest, "record": issue.file_sha256,
        "without_address": sum(not row.recipient for row in rows),
    }  # fmt: skip


def opened_by(tender: TenderRecord, row: DecisionPaperRecord, *, at: datetime) -> None:
    """Note that a tenderer has opened its letter; the first time counts, and is recorded without saying who it was."""
    if row.read_at is not None:
        return
    row.read_at = at
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(LETTER_READ, row.title, chain=chain, actor=None, at=at, details={"document": row.path})


def _record(action: str, tender: TenderRecord, actor: Actor, at: datetime, details: dict[str, object]) -> None:
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)
