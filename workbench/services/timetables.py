"""Taking a suggested timetable over into a tender: its steps replace those of their kind, and nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from lots.calendar import deadline, london
from lots.lot import Lot
from lots.plan import plan
from lots.regime import Regime
from lots.tender import Milestone, Tender
from lots.timetable import calendar_of

NOON = time(12, 0)


def suggested(tender: Tender, publish_on: date, starts_on: date | None = None) -> tuple[Milestone, ...]:
    """Suggest the steps of a tender published on a day, by its law and its calendar; CalendarError for a bad day."""
    divisions, extra = calendar_of(tender)
    starts = starts_on or first_start(tender.contract_lots)
    if starts is not None and starts <= publish_on:
        starts = None
    return plan(publish_on, Regime(tender.regime), starts_on=starts, divisions=divisions, extra=extra)


def first_start(lots: Sequence[Lot]) -> date | None:
    """Return the first day on which a contract starts, if the lots say one."""
    return min((lot.term.start for lot in lots if lot.term), default=None)


def taken_over(steps: Sequence[Milestone], suggestion: Sequence[Milestone]) -> tuple[Milestone, ...]:
    """Put the suggested steps in place of those of the same kind; steps of no kind, and what happened, stay."""
    kinds = {step.kind for step in suggestion}
    kept = [step for step in steps if step.kind not in kinds or step.actual]
    done = {step.kind for step in kept if step.kind}
    return tuple(sorted((*kept, *(s for s in suggestion if s.kind not in done)), key=lambda step: step.planned))


def due_at(suggestion: Sequence[Milestone], before: datetime | None) -> datetime | None:
    """Return the deadline of a suggestion: at the time of day of the present one, else at noon."""
    day = next((step.planned for step in suggestion if step.kind == "tenders_due"), None)
    return None if day is None else deadline(day, london(before).time() if before else NOON)
