"""Reminders: what is due is worked out from what stands in the database, so a run may be late, cut off or repeated.

Each is wanted once for what it is about (which names the deadline where it depends on one: a moved deadline reminds
again) and whom it goes to. None says whether there are bids.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from lots.calendar import add_working_days, london
from lots.sealing import Sealing
from workbench.arrival_rules import DRAIN
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries import publishing as reads
from workbench.queries.bids import following
from workbench.services import deadlines
from workbench.services.bids import letters
from workbench.services.bids.followers import Links, forget_unconfirmed
from workbench.services.bids.letters import Letter
from workbench.services.evaluation import reminders
from workbench.services.mails import want

MORNING = time(7, 0)
"""From when in the day, in London, reminders are sent."""
SINCE_MIDNIGHT = timedelta(hours=MORNING.hour)
FAR = 99
KEY_CHECK, FIRST, PARTNERS = 3, 2, (3, 1)
"""Working days before the deadline: the openers' check of their keys, the first reminder, and those about partners."""
Wanted = tuple[str, str, Letter]
"""What a mail is about, whom it goes to, and what it says."""


def remind(links: Links, *, at: datetime) -> int:
    """Put every mail that is due into the outbox and return how many were new; the caller commits."""
    forget_unconfirmed(at=at)
    tenders = (*_told(links), *_before_deadlines(links, at), *_waits(links, at), *_questions(links, at))
    due = (*tenders, *reminders.due(links, at))
    return sum(want(about, to, letter.subject, letter.text, at=at) for about, to, letter in due)


def _told(links: Links) -> Iterator[Wanted]:
    """Tell followers of notices and answers."""
    for notice, row, tender in following.untold_notices():
        page = links.notice(tender.id, f"#notice-{notice.number}")
        said = letters.notice(tender, notice.kind, notice.number, page, links.end(row))
        yield f"notice:{notice.id}", row.email, said
    for question, row, tender in following.untold_answers():
        page = links.notice(tender.id, "questions")
        said = letters.answer(tender, question.public_number or 0, page, links.end(row))
        yield f"answer:{question.id}", row.email, said


def _before_deadlines(links: Links, at: datetime) -> Iterator[Wanted]:
    """Remind followers of a deadline, tenderers of silent partners, and openers of their keys."""
    for publication, tender in following.open_tenders(at):
        yield from _followers(tender, links, at)
        yield from _partners(tender, links, at)
        yield from _key_holders(publication, tender, links, at)


def _followers(tender: TenderRecord, links: Links, at: datetime) -> Iterator[Wanted]:
    days = _days_left(tender, at)
    if days > FIRST:
        return
    kind = "on-the-day" if days == 0 else "before"
    for row in following.followers_of(tender.id):
        said = letters.before(tender, days == 0, links.notice(tender.id), links.end(row))
        yield _about(kind, tender), row.email, said


def _partners(tender: TenderRecord, links: Links, at: datetime) -> Iterator[Wanted]:
    days = _days_left(tender, at)
    step = min((each for each in PARTNERS if days <= each), default=None)
    if step is None:
        return
    for row in following.followers_with_silent_partners(tender.id):
        said = letters.partner(tender, links.notice(tender.id, "bid/"), links.end(row))
        yield f"{_about(f'partner-{step}', tender)}:{row.draft_id}", row.email, said


def _key_holders(publication: PublicationRecord, tender: TenderRecord, links: Links, at: datetime) -> Iterator[Wanted]:
    sealing = _sealing(publication)
    if sealing is None or sealing.custody != "custodians" or _days_left(tender, at) > KEY_CHECK:
        return
    said = letters.key_check(tender, links.tender(tender.id, "keys/"))
    for person in following.key_holders(tender.id):
        yield _about("key-check", tender), person.email, said


def _waits(links: Links, at: datetime) -> Iterator[Wanted]:
    """Tell officers and openers of a tender that waits to be closed, and openers of one that waits to be opened."""
    for publication, tender in following.waiting_tenders(at):
        if tender.stage == "published":
            yield from _closing(tender, links, at)
        elif _sealing(publication) is not None:
            yield from _opening(tender, links, at)


def _closing(tender: TenderRecord, links: Links, at: datetime) -> Iterator[Wanted]:
    if tender.deadline is None or at < tender.deadline + DRAIN:
        return
    why = deadlines.closing_waits_for(tender, at)
    said = letters.closing_waits(tender, why, links.tender(tender.id, "deadline"))
    for person in following.holders_of(tender.id, "officer", "opener", at=at):
        yield _about("closing", tender), person.email, said


def _opening(tender: TenderRecord, links: Links, at: datetime) -> Iterator[Wanted]:
    begun = following.opening_begun(tender.id)
    said = letters.opening_waits(tender, begun is not None, links.tender(tender.id, "opening/"))
    for person in following.holders_of(tender.id, "opener", at=at):
        if begun is None or person.id != begun.first_by:
            yield _about("opening-second" if begun else "opening", tender), person.email, said


def _questions(links: Links, at: datetime) -> Iterator[Wanted]:
    """Tell officers, once a day, that a question of an earlier day waits."""
    here = london(at)
    if here.time() < MORNING:
        return
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    for tender in following.tenders_with_questions(today):
        said = letters.questions_wait(tender, links.tender(tender.id, "questions/"))
        for person in following.holders_of(tender.id, "officer", at=at):
            yield f"questions:{tender.id}:{today.date()}", person.email, said


def _days_left(tender: TenderRecord, at: datetime) -> int:
    """Count the working days before the deadline that are left, 0 on its day; many where it is further than reminders.

    A day begins in the morning: nobody is reminded at night.
    """
    assert tender.deadline is not None
    today, last = (london(at) - SINCE_MIDNIGHT).date(), london(tender.deadline).date()
    return next((n for n in range(KEY_CHECK + 1) if today >= add_working_days(last, -n)), FAR)


def _about(kind: str, tender: TenderRecord) -> str:
    return f"{kind}:{tender.id}:{tender.deadline:%Y-%m-%dT%H:%M}"


def _sealing(publication: PublicationRecord) -> Sealing | None:
    return reads.rules_in_force(publication).tender.sealing
