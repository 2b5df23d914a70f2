"""A timetable held against the law and good practice of its regime, in calendar and working days; and a suggested one.

Law makes an error, good practice a warning. Places are paths below ``tender``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

from lots.calendar import (
    MANDATORY_WORKING_DAYS,
    UNITED_KINGDOM,
    CalendarError,
    Divisions,
    Extra,
    Standstill,
    checked_day,
    london,
    pa_standstill,
    pcr_standstill,
    say,
    why_not_working,
    working_days_between,
)
from lots.errors import Finding, Severity
from lots.regime import Regime, rules_of
from lots.tender import MilestoneKind, Tender
from lots.words import counted

LEAST_TENDERING_DAYS = 25
"""Procurement Act 2023 s.54: tenders sent electronically, every document there when the notice is."""
SHORTEST_TENDERING_DAYS = 10
"""Procurement Act 2023 s.54: after a qualifying planned procurement notice, or in a state of urgency."""
STEPS: tuple[MilestoneKind, ...] = tuple(kind for kind in get_args(MilestoneKind) if kind)
STEP_TITLES: Mapping[MilestoneKind, str] = {
    "engagement_closes": "Market engagement closes",
    "tender_published": "Tender published",
    "questions_until": "Last day for questions",
    "answers_by": "Last day for answers",
    "tenders_due": "Tenders due",
    "opening": "Tenders opened",
    "evaluation_ends": "Evaluation ends",
    "decision": "Decision",
    "notices_sent": "Award notices sent",
    "standstill_ends": "Standstill ends",
    "contract_signed": "Contract signed",
    "contract_starts": "Contract starts",
}
_ONE = timedelta(days=1)
_FAR = timedelta(days=3653)  # ten years between two steps is a slip of the keyboard


@dataclass(frozen=True)
class Practice:
    """Good practice in calendar days, where the law sets no figure: settings, and never an error.

    Charities need time to find partners and agree a split, so the full regime's 25 days are a fair measure of
    “reasonable and proportionate” (PCR 2015 reg 76(6)). Six days between the last answer and the deadline is what PCR
    2015 reg 53 asks outside the light touch. Two months to mobilise is a setting of this project (staff may transfer).
    """

    tendering_days: int = LEAST_TENDERING_DAYS
    answers_days: int = 6
    mobilising_days: int = 60


PRACTICE = Practice()


@dataclass(frozen=True)
class Interval:
    """The time between two steps: the first day is not counted, the last one is; ``least`` says what it must be."""

    code: str
    title: str
    begins: date
    ends: date
    calendar_days: int
    working_days: int
    least: str = ""
    reference: str = ""
    findings: tuple[Finding, ...] = ()


def calendar_of(tender: Tender) -> tuple[Divisions, Extra]:
    """Return whose bank holidays count for a tender, and the one-off ones it names."""
    pcr = tender.regime == Regime.PCR2015_LIGHT_TOUCH
    divisions: Divisions = tender.bank_holidays if pcr and tender.bank_holidays else UNITED_KINGDOM
    return divisions, {holiday.day: holiday.title for holiday in tender.one_off_holidays}


def standstill_of(tender: Tender, sent: date) -> Standstill | None:
    """Count the standstill from the day the notices go out; None where no law speaks of one."""
    divisions, extra = calendar_of(tender)
    if tender.regime == Regime.PCR2015_LIGHT_TOUCH:
        return pcr_standstill(sent=sent, means="electronic", divisions=divisions, extra=extra)
    if tender.regime in (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL):
        return pa_standstill(published=sent, voluntary=tender.regime == Regime.PA2023_LIGHT_TOUCH, extra=extra)
    return None


@dataclass(frozen=True)
class Steps:
    """The days of a tender's steps, as planned or (once known) as they were, and where each stands."""

    days: Mapping[MilestoneKind, date]
    places: Mapping[MilestoneKind, str]
    findings: tuple[Finding, ...] = field(default=())

    def both(self, first: MilestoneKind, last: MilestoneKind) -> tuple[date, date] | None:
        """Return the days of two steps, if both are known, in order and not absurdly far apart."""
        begins, ends = self.days.get(first), self.days.get(last)
        return (begins, ends) if begins and ends and begins <= ends <= begins + _FAR else None


def steps_of(tender: Tender, published: date | None = None) -> Steps:
    """Read the steps off a timetable; the deadline is the tender's own, ``published`` overrides the planned day."""
    days: dict[MilestoneKind, date] = {}
    places: dict[MilestoneKind, str] = {}
    found: list[Finding] = []
    for i, milestone in enumerate(tender.timetable):
        here, day = f"timetable[{i}].planned", milestone.actual or milestone.planned
        try:
            checked_day(day)
        except CalendarError as error:
            found.append(Finding("milestone_day", f"“{milestone.title}”: {error}", here))
            continue
        if milestone.kind in places:
            title = STEP_TITLES[milestone.kind]
            message = f"“{title}” stands in the timetable already ({places[milestone.kind]}): each step comes once"
            found.append(Finding("milestone_repeated", message, f"timetable[{i}].kind"))
        elif milestone.kind:
            days[milestone.kind], places[milestone.kind] = day, here
    if published:
        days["tender_published"] = published
        places.setdefault("tender_published", "timetable")
    found += _due(tender, days, places)
    return Steps(days, places, tuple(found))


def _due(tender: Tender, days: dict[MilestoneKind, date], places: dict[MilestoneKind, str]) -> Iterator[Finding]:
    """Take the day tenders are due from the deadline, and say where the timetable names another."""
    try:
        due = london(tender.deadline).date()
    except CalendarError:
        return
    planned = days.get("tenders_due")
    if planned and planned != due:
        message = f"The timetable has tenders due on {say(planned)}, and the deadline is on {say(due)}: use one day"
        yield Finding("tenders_due_differs", message, places["tenders_due"])
    days["tenders_due"] = due
    places["tenders_due"] = "deadline"


def intervals(tender: Tender, published: date | None = None, practice: Practice = PRACTICE) -> tuple[Interval, ...]:
    """Measure the time between the steps that a tender names, each with the least it must be and what is wrong."""
    steps = steps_of(tender, published)
    made = (
        _tendering(tender, steps, practice),
        _plain(tender, steps, "asking", "Time to ask questions", "tender_published", "questions_until"),
        _answers(tender, steps, practice),
        _standing_still(tender, steps),
        _plain(tender, steps, "signing", "From the end of standstill to signing", "standstill_ends", "contract_signed"),
        _mobilising(tender, steps, practice),
    )
    return tuple(interval for interval in made if interval)


def timetable_findings(
    tender: Tender, published: date | None = None, practice: Practice = PRACTICE
) -> tuple[Finding, ...]:
    """Say what is wrong with a timetable: steps out of order, too little time by law or by good practice."""
    steps = steps_of(tender, published)
    return (
        *steps.findings,
        *_order(steps),
        *_signed_too_early(tender, steps),
        *_starts(tender, steps),
        *_closed_days(tender, steps),
        *(finding for interval in intervals(tender, published, practice) for finding in interval.findings),
    )


# --- one interval each --------------------------------------------------------------------------------------


def _plain(
    tender: Tender, steps: Steps, code: str, title: str, first: MilestoneKind, last: MilestoneKind
) -> Interval | None:
    pair = steps.both(first, last)
    if pair is None:
        return None
    divisions, extra = calendar_of(tender)
    begins, ends = pair
    working = working_days_between(begins + _ONE, ends, divisions, extra) if begins < ends else 0
    return Interval(code, title, begins, ends, (ends - begins).days, working)


def _with(interval: Interval, least: str, reference: str, *findings: Finding) -> Interval:
    made = (interval.code, interval.title, interval.begins, interval.ends, interval.calendar_days)
    return Interval(*made, interval.working_days, least, reference, findings)


def _tendering(tender: Tender, steps: Steps, practice: Practice) -> Interval | None:
    interval = _plain(tender, steps, "tendering", "Time to tender", "tender_published", "tenders_due")
    if interval is None:
        return None
    if tender.regime == Regime.PA2023_FULL:
        findings = _by_section_54(tender, interval)
        return _with(interval, f"{LEAST_TENDERING_DAYS} days", "PA 2023 s.54", *findings)
    reference = "PCR 2015 reg 76(6)" if tender.regime == Regime.PCR2015_LIGHT_TOUCH else "good practice"
    least = f"no minimum by law; {practice.tendering_days} days are good practice"
    if interval.calendar_days >= practice.tendering_days:
        return _with(interval, least, reference)
    message = (
        f"Tenderers have {counted(interval.calendar_days, 'day')} ({interval.working_days} working), until "
        f"{say(interval.ends)}. The law sets no minimum here, but the time must be reasonable: small charities need "
        f"{practice.tendering_days} days or more to find partners and agree a split ({reference})"
    )
    return _with(interval, least, reference, _short("tendering_time_short", message, "deadline", "warning", interval))


def _by_section_54(tender: Tender, interval: Interval) -> Iterator[Finding]:
    days, reasons = interval.calendar_days, tender.short_period_reasons.strip()
    if days >= LEAST_TENDERING_DAYS:
        return
    says = f"Tenderers have {counted(days, 'day')} until {say(interval.ends)}, and the day of publication is not one"
    if days < SHORTEST_TENDERING_DAYS:
        earliest = interval.begins + timedelta(days=LEAST_TENDERING_DAYS)
        message = (
            f"{says}. The law asks for {LEAST_TENDERING_DAYS} days, and for {SHORTEST_TENDERING_DAYS} in any case "
            f"(PA 2023 s.54): move the deadline to {say(earliest)} or later"
        )
        yield _short("tendering_time_unlawful", message, "deadline", "error", interval)
    elif not reasons:
        message = (
            f"{says}. The law asks for {LEAST_TENDERING_DAYS} days (PA 2023 s.54), or {SHORTEST_TENDERING_DAYS} after "
            "a qualifying planned procurement notice or in urgency: move the deadline, or say which of these holds"
        )
        yield _short("tendering_time_unlawful", message, "deadline", "error", interval)
    else:
        message = f"{says}. That is allowed only for the reasons given: {reasons}"
        yield _short("tendering_time_reduced", message, "short_period_reasons", "note", interval)


def _answers(tender: Tender, steps: Steps, practice: Practice) -> Interval | None:
    interval = _plain(tender, steps, "answers", "From the last answer to the deadline", "answers_by", "tenders_due")
    if interval is None:
        return None
    least, reference = f"{practice.answers_days} days", "good practice; PCR 2015 reg 53"
    if interval.calendar_days >= practice.answers_days:
        return _with(interval, least, reference)
    message = (
        f"The last answers come {counted(interval.calendar_days, 'day')} before tenders are due: leave at least "
        f"{practice.answers_days}, so that everybody can use them ({reference})"
    )
    place = steps.places["answers_by"]
    return _with(interval, least, reference, _short("answers_too_late", message, place, "warning", interval))


def _standing_still(tender: Tender, steps: Steps) -> Interval | None:
    interval = _plain(tender, steps, "standstill", "Standstill", "notices_sent", "standstill_ends")
    standstill = standstill_of(tender, interval.begins) if interval else None
    if interval is None or standstill is None or standstill.last_day is None:
        return interval
    rules = rules_of(tender.regime)
    reference = rules.duty("mandatory_standstill").reference
    least = f"until {say(standstill.last_day)}"
    if tender.regime != Regime.PCR2015_LIGHT_TOUCH:
        least = f"{MANDATORY_WORKING_DAYS} working days, the day of the notices counted, {least}"
    return _with(interval, least, reference, *_ends_too_early(interval, standstill, steps, reference))


def _ends_too_early(interval: Interval, standstill: Standstill, steps: Steps, reference: str) -> Iterator[Finding]:
    last, cautious = standstill.last_day, standstill.cautious_last_day
    place = steps.places["standstill_ends"]
    if last and interval.ends < last:
        voluntary = " A voluntary standstill may be left out, but not be shorter." if _voluntary(standstill) else ""
        message = (
            f"Notices go out on {say(interval.begins)}, so the standstill cannot end before {say(last)} ({reference}); "
            f"the timetable ends it on {say(interval.ends)}.{voluntary}"
        )
        yield _short("standstill_too_short", message, place, "error", interval)
    elif cautious and interval.ends < cautious:
        message = (
            f"By the bank holidays of the whole United Kingdom the standstill runs until {say(cautious)}: the law does "
            "not say whose count, so the later day is safe"
        )
        yield _short("standstill_by_other_calendar", message, place, "warning", interval)


def _voluntary(standstill: Standstill) -> bool:
    return standstill.kind == "voluntary"


def _mobilising(tender: Tender, steps: Steps, practice: Practice) -> Interval | None:
    title = "From signing to the start of the service"
    interval = _plain(tender, steps, "mobilising", title, "contract_signed", "contract_starts")
    if interval is None:
        return None
    least = f"{practice.mobilising_days} days"
    if interval.calendar_days >= practice.mobilising_days:
        return _with(interval, least, "good practice")
    message = (
        f"The service starts {counted(interval.calendar_days, 'day')} after the contract is signed: with staff to "
        f"transfer or recruit, {practice.mobilising_days} days or more are usual (good practice)"
    )
    place = steps.places["contract_starts"]
    return _with(interval, least, "good practice", _short("mobilising_short", message, place, "warning", interval))


def _short(code: str, message: str, place: str, severity: Severity, interval: Interval) -> Finding:
    figures = (("days", str(interval.calendar_days)), ("working days", str(interval.working_days)))
    return Finding(code, message, place, severity, figures)


# --- the whole timetable ------------------------------------------------------------------------------------


def _order(steps: Steps) -> Iterator[Finding]:
    """Find steps that come before the ones they wait for; publication must leave at least a day to tender."""
    known = [kind for kind in STEPS if kind in steps.days]
    for first, last in pairwise(known):
        before, after = steps.days[first], steps.days[last]
        at_once = before == after and (first, last) == ("tender_published", "tenders_due")
        if after < before or at_once:
            message = (
                f"“{STEP_TITLES[last]}” is on {say(after)}, and “{STEP_TITLES[first]}”, which comes first, on "
                f"{say(before)}: change one of the dates"
            )
            yield Finding("milestones_out_of_order", message, steps.places[last])
        elif after > before + _FAR:
            message = (
                f"“{STEP_TITLES[last]}” is on {say(after)}, more than ten years after “{STEP_TITLES[first]}” on "
                f"{say(before)}: correct the year"
            )
            yield Finding("milestones_far_apart", message, steps.places[last])


def _signed_too_early(tender: Tender, steps: Steps) -> Iterator[Finding]:
    """Find a signature inside the standstill, which the next step in order would let pass on its last day."""
    signed, ends, sent = (steps.days.get(k) for k in ("contract_signed", "standstill_ends", "notices_sent"))
    if signed is None:
        return
    if ends is None and sent and rules_of(tender.regime).standstill == "mandatory":
        standstill = standstill_of(tender, sent)
        ends = standstill.last_day if standstill else None
    if ends and (sent or ends) <= signed <= ends:
        message = (
            f"The contract is to be signed on {say(signed)}, and the standstill runs to the end of {say(ends)}: sign "
            f"on {say(ends + _ONE)} or later"
        )
        yield Finding("signed_in_standstill", message, steps.places["contract_signed"])


def _starts(tender: Tender, steps: Steps) -> Iterator[Finding]:
    day = steps.days.get("contract_starts")
    starts = {lot.term.start for lot in tender.contract_lots if lot.term}
    if day and starts and day not in starts:
        lots = ", ".join(say(each) for each in sorted(starts))
        message = f"The timetable starts contracts on {say(day)}, and the terms of the lots start on {lots}"
        yield Finding("start_differs", message, steps.places["contract_starts"], "warning")


def _closed_days(tender: Tender, steps: Steps) -> Iterator[Finding]:
    """Find days on which nobody is there to answer a question or to mend a failing upload."""
    divisions, extra = calendar_of(tender)
    for kind in ("questions_until", "answers_by", "tenders_due", "opening"):
        day = steps.days.get(kind)
        why = why_not_working(day, divisions, extra) if day else ""
        if day and why:
            message = f"“{STEP_TITLES[kind]}” falls on {say(day)}, which is no working day ({why}): choose another"
            yield Finding("step_on_closed_day", message, steps.places[kind], "warning")
