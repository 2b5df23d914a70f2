"""The decision of the demonstration: enquiry, exclusion, paper, recommendation, approval and letters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from exports.award_snapshot import digest_of, result_of
from scoring.decision import AwardDecision, EnquiryOutcome
from scoring.recommendation import evaluate
from workbench.db import db
from workbench.demo.panel import Panel, done
from workbench.kept import digest, to_text
from workbench.models.bids import MailRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.printing import print_document
from workbench.queries.awards.decision import approved_file, award_digest, award_of
from workbench.queries.awards.paper import LETTER, PAGES, PaperPart
from workbench.queries.awards.papers import FINAL
from workbench.queries.evaluation.record import live_file
from workbench.services.awards import approving, delivering, enquiries, issuing, making, paper, recommending
from workbench.services.awards.issuing import Source
from workbench.services.bids import admissions
from workbench.services.bids.followers import Links
from workbench.services.evaluation import letters

ADDRESS = "http://localhost"
RECOMMENDED = datetime(2024, 9, 12, 15, 0, tzinfo=UTC)
APPROVED = datetime(2024, 9, 20, 10, 0, tzinfo=UTC)
RELEASED = datetime(2024, 9, 24, 9, 0, tzinfo=UTC)
_LATE_PAGES = ("days",)


def settle(panel: Panel) -> None:
    """Let the officer ask about the low price, and decide on it and on the bid whose split was never confirmed."""
    officer = panel.actor("officer")
    asked = [(told, _ask(panel, told)) for told in panel.case.enquiries]
    for each in panel.case.admissions:
        done(
            admissions.decide, panel.tender, panel.bid(each.bid), each.decision, concerning=each.concerning,
            reason=each.reason, actor=officer, at=_at(each.decided_on),
        )  # fmt: skip
    for told, row in asked:
        if told.replied_on:
            done(letters.reply, _secret_of(row), told.reply, _at(told.replied_on))
        when = _at(told.decided_on)
        done(enquiries.decide, panel.tender, row.id, told.decision, reason=told.reason, actor=officer, at=when)


def _ask(panel: Panel, told: EnquiryOutcome) -> TendererLetterRecord:
    asked = _at(told.asked_on)
    row: TendererLetterRecord = done(
        enquiries.start, panel.tender, panel.bid(told.bid), told.question, asked + timedelta(days=10),
        actor=panel.actor("officer"), at=asked, address=ADDRESS,
    )  # fmt: skip
    return row


def _secret_of(row: TendererLetterRecord) -> str:
    """Read the link out of the mail that waits to be sent, as its recipient would."""
    texts = db.session.scalars(select(MailRecord.text).where(MailRecord.recipient == row.recipient))
    found = (match[1] for text in texts for match in re.finditer(r"/letters/([\w-]+)", text))
    return next(secret for secret in found if digest(secret) == row.secret_sha256)


def write_paper(panel: Panel) -> AwardDecision:
    """Let the officer write the decision paper: every page, and a letter's own words for each tenderer that lost."""
    award = panel.case.award
    assert award is not None
    for minute, (name, content) in enumerate(_pages(panel, award)):
        at = RECOMMENDED - timedelta(hours=6) + timedelta(minutes=minute)
        done(paper.save, panel.tender, PaperPart(name), content, actor=panel.actor("officer"), at=at)
    return award


def _pages(panel: Panel, award: AwardDecision) -> Iterator[tuple[str, dict[str, Any]]]:
    late = {bid.id for bid in panel.case.bids if bid.received_at >= panel.case.tender.deadline}
    unsigned = tuple(replace(each, signed_on=None) for each in award.signatories)
    letters_ = tuple(replace(it, bid=panel.bid(it.bid)) for it in award.letters if it.bid not in late)
    whole = json.loads(to_text(replace(award, signatories=unsigned, letters=letters_, decided_on=None)))
    for each in whole.pop("letters", []):
        yield f"{LETTER}{each['bid']}", each
    for name, keys in PAGES.items():
        if name not in _LATE_PAGES and (content := {key: whole[key] for key in keys if key in whole}):
            yield name, content


def recommend(panel: Panel, at: datetime = RECOMMENDED) -> None:
    """Let the chair recommend what the published rules give, and finance and legal say what they think of it."""
    result = digest_of(result_of(evaluate(live_file(panel.tender))))
    done(recommending.recommend, panel.tender, digest=result, note="", actor=panel.actor("chair"), at=at)
    award = panel.case.award
    assert award is not None
    for hour, (member, text) in enumerate((("fin", award.finance.text), ("legal", award.legal.text)), 1):
        when = at + timedelta(days=1, hours=hour)
        done(approving.comment, panel.tender, text, exempt=False, actor=panel.actor(member), at=when)


def approve(panel: Panel, at: datetime = APPROVED) -> None:
    """Let the approver approve it, and the officer note when it was signed."""
    award_read = award_digest(award_of(panel.tender))
    done(approving.approve, panel.tender, digest=award_read, actor=panel.actor("approver"), at=at)
    award = panel.case.award
    assert award is not None
    signed = [{"name": it.name, "title": it.title, "signed_on": at.date().isoformat()} for it in award.signatories]
    days = {"notices_sent": RELEASED.date().isoformat(), "means": award.means, "signed": signed}
    when = at + timedelta(hours=2)
    done(paper.save, panel.tender, PaperPart("days"), days, actor=panel.actor("officer"), at=when)


def send(panel: Panel, links: Links, at: datetime = RELEASED, *, printed: making.Print = print_document) -> None:
    """Let the officer have the documents made, here and now, and release the letters to everybody at once."""
    officer, file = panel.actor("officer"), approved_file(panel.tender)
    row = done(issuing.issue, panel.tender, FINAL, Source(1, file), actor=officer, at=at)
    for paper_id in making.waiting(at, issue_id=row.id):
        making.make(paper_id, now=lambda: at + timedelta(minutes=10), printed=printed)
    making.forget()
    done(delivering.release, panel.tender, row, links, actor=officer, at=at + timedelta(hours=1))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)
