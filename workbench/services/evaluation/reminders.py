"""Mails to a panel, worked out from what stands in the database: to declare, before scores are due, when all are in.

None says anything of a bid, of a tenderer, or of who scored what. Each is wanted once for what it is about and whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import select

from lots.calendar import add_working_days, london
from scoring.conflicts import undeclared
from workbench.db import db
from workbench.models.tenders import TenderRecord
from workbench.queries.bids import opened
from workbench.queries.bids.following import holders_of
from workbench.queries.evaluation.coverage import Evaluator, evaluators_of
from workbench.queries.evaluation.interests import DECLARING, standings_in
from workbench.services.bids.followers import Links
from workbench.services.bids.letters import Letter
from workbench.services.evaluation import told

MORNING = time(7, 0)
"""From when in the day, in London, members are reminded."""
BEFORE = 2
"""Working days before scores are due that members are reminded."""
Wanted = tuple[str, str, Letter]


def due(links: Links, at: datetime) -> Iterator[Wanted]:
    """Yield every mail that is due to the panels of tenders whose bids are open."""
    for tender in _at_work():
        if opened.rules_of(tender) is None:
            continue
        yield from _declare(tender, links, at)
        if tender.stage == "evaluation":
            file = opened.file_with_bids(tender)
            evaluators = evaluators_of(tender, file, at)
            yield from _before_scores_are_due(tender, evaluators, links, at)
            yield from _all_in(tender, evaluators, links, at)


def _at_work() -> Sequence[TenderRecord]:
    query = select(TenderRecord).where(TenderRecord.stage.in_(("opened", "evaluation")))
    return db.session.scalars(query.order_by(TenderRecord.id)).all()


def _declare(tender: TenderRecord, links: Links, at: datetime) -> Iterator[Wanted]:
    """Ask everybody who has still to declare, once."""
    bids, stands = opened.file_with_bids(tender).bids, standings_in(tender.id)
    said = told.declare(tender, links.tender(tender.id, "interests/"))
    for person in holders_of(tender.id, *sorted(DECLARING), at=at):
        if undeclared(bids, stands.get(person.id, {})):
            yield f"declare:{tender.id}", person.email, said


def _before_scores_are_due(
    tender: TenderRecord, evaluators: Sequence[Evaluator], links: Links, at: datetime
) -> Iterator[Wanted]:
    day, today = due_on(tender), london(at)
    if day is None or today.time() < MORNING or not add_working_days(day, -BEFORE) <= today.date() <= day:
        return
    on_the_day = today.date() == day
    said = told.due(tender, day, on_the_day, links.tender(tender.id, "work/"))
    for each in evaluators:
        if each.submitted < len(each.bids):
            yield f"scores-{'today' if on_the_day else 'before'}:{tender.id}:{day}", each.person.email, said


def _all_in(tender: TenderRecord, evaluators: Sequence[Evaluator], links: Links, at: datetime) -> Iterator[Wanted]:
    wanted = [each for each in evaluators if each.bids]
    if not wanted or any(each.submitted < len(each.bids) for each in wanted):
        return
    said = told.all_in(tender, links.tender(tender.id, "coverage/"))
    for person in holders_of(tender.id, "officer", "moderator", at=at):
        yield f"all-in:{tender.id}", person.email, said


def due_on(tender: TenderRecord) -> date | None:
    """Return the day by which the published timetable wants the evaluation done."""
    rules = opened.rules_of(tender)
    steps = rules.tender.timetable if rules else ()
    return next((step.planned for step in steps if step.kind == "evaluation_ends"), None)
