"""A suggested timetable: from the day of publication to the start of the service, in working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lots.calendar import (
    ENGLAND_AND_WALES,
    NO_EXTRA,
    UNITED_KINGDOM,
    Divisions,
    Extra,
    add_working_days,
    checked_day,
    next_working_day,
    pa_standstill,
    pcr_standstill,
    working_day_on_or_after,
)
from lots.regime import Regime
from lots.tender import Milestone, MilestoneKind
from lots.timetable import STEP_TITLES


@dataclass(frozen=True)
class Pace:
    """How long each step takes, as a suggestion: a month to tender, a month to score, three months to mobilise.

    ``tendering``, ``answers_before`` and ``mobilising`` are calendar days, the others working days. The least the law
    allows is in :mod:`lots.timetable`; these are comfortably above it.
    """

    tendering: int = 30
    answers_before: int = 7
    answering: int = 5
    scoring: int = 20
    deciding: int = 10
    writing: int = 3
    mobilising: int = 90


PACE = Pace()


def plan(
    publish_on: date,
    regime: Regime,
    *,
    starts_on: date | None = None,
    pace: Pace = PACE,
    divisions: Divisions = ENGLAND_AND_WALES,
    extra: Extra = NO_EXTRA,
) -> tuple[Milestone, ...]:
    """Suggest the steps of a tender published on a day, in order.

    ``divisions`` count under the Public Contracts Regulations 2015 only. Without ``starts_on`` the service starts on
    the first day of the first month that leaves time to mobilise.
    """
    whose = divisions if regime == Regime.PCR2015_LIGHT_TOUCH else UNITED_KINGDOM

    def on(day: date, working_days: int) -> date:
        return add_working_days(day, working_days, whose, extra)

    due = working_day_on_or_after(checked_day(publish_on) + timedelta(days=pace.tendering), whose, extra)
    answers = on(due - timedelta(days=pace.answers_before) + timedelta(days=1), -1)
    questions = on(answers, -pace.answering)
    opening = next_working_day(due, whose, extra)
    scored = on(opening, pace.scoring)
    decided = on(scored, pace.deciding)
    sent = on(decided, pace.writing)
    ends = _standstill_ends(sent, regime, whose, extra)
    signed = next_working_day(ends or sent, whose, extra)
    days: tuple[tuple[MilestoneKind, date | None], ...] = (
        ("tender_published", publish_on),
        ("questions_until", questions),
        ("answers_by", answers),
        ("tenders_due", due),
        ("opening", opening),
        ("evaluation_ends", scored),
        ("decision", decided),
        ("notices_sent", sent),
        ("standstill_ends", ends),
        ("contract_signed", signed),
        ("contract_starts", starts_on or _first_of_month(signed + timedelta(days=pace.mobilising))),
    )
    return tuple(Milestone(step_title(kind, regime), day, kind=kind) for kind, day in days if day)


def _standstill_ends(sent: date, regime: Regime, whose: Divisions, extra: Extra) -> date | None:
    """Return the careful last day of the standstill; a light-touch award under the Act gets a voluntary one."""
    if regime == Regime.PCR2015_LIGHT_TOUCH:
        return pcr_standstill(sent=sent, means="electronic", divisions=whose, extra=extra).cautious_last_day
    if regime in (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL):
        return pa_standstill(published=sent, voluntary=regime == Regime.PA2023_LIGHT_TOUCH, extra=extra).last_day
    return None


def _first_of_month(day: date) -> date:
    """Return the day itself if it is the first of its month, else the first of the next."""
    if day.day == 1:
        return day
    return date(day.year + (day.month == 12), day.month % 12 + 1, 1)


def step_title(kind: MilestoneKind, regime: Regime) -> str:
    """Say what a step is called under a regime: a grant has applications and an agreement."""
    title = STEP_TITLES[kind]
    if regime != Regime.GRANT:
        return title
    return (
        title.replace("Tenders", "Applications")
        .replace("Tender published", "Grant opens")
        .replace("Contract", "Grant agreement")
        .replace("Award notices", "Outcome letters")
    )
