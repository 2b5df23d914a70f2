"""Before publication: time, engagement, the duties of the regime, and what the governance board signs off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from lots.calendar import CalendarError, london, say, say_instant
from lots.errors import Finding, Severity
from lots.governance import STANDARDS, needed_before
from lots.regime import Regime, RegimeRules, rules_of
from lots.tender import Engagement, Tender
from lots.timetable import steps_of, timetable_findings
from lots.words import counted, listed

_ACT = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)
_BEFORE_TENDERS = (
    "market_engagement_notice",
    "contract_notice",
    "tender_notice",
    "below_threshold_notice",
)


def process_findings(tender: Tender, today: date) -> Iterator[Finding]:
    """Say what is not ready about the time, the engagement, the regime's duties and the governance."""
    yield from _time(tender, today)
    yield from _engagement(tender, today)
    yield from _regime(tender, today)
    yield from _deliverables(tender, today)
    yield from _standards(tender)


# --- time ---------------------------------------------------------------------------------------------------


def _time(tender: Tender, today: date) -> Iterator[Finding]:
    """Count the time to tender from the day of publication: today, or the planned day if that is still to come."""
    planned = steps_of(tender).days.get("tender_published")
    published = max(today, planned) if planned else today
    try:
        due = london(tender.deadline).date()
    except CalendarError:
        return
    if due <= today:
        message = (
            f"The deadline is {say_instant(tender.deadline)}, and today is {say(today)}: move it so that there is time "
            "to tender"
        )
        yield Finding("deadline_past", message, "tender.deadline")
        return
    if planned and planned < today:
        message = (
            f"The timetable has the tender published on {say(planned)}, which has passed: the times below are counted "
            f"from {say(today)}"
        )
        place = f"tender.{steps_of(tender).places['tender_published']}"
        yield Finding("publication_day_passed", message, place, "note")
    for finding in timetable_findings(tender, published):
        yield replace(finding, place=f"tender.{finding.place}")
    yield from _steps_missing(tender)


def _steps_missing(tender: Tender) -> Iterator[Finding]:
    days, rules = steps_of(tender).days, rules_of(tender.regime)
    if "questions_until" not in days or "answers_by" not in days:
        message = (
            "The timetable does not say until when questions may be asked and by when they are answered: add both, so "
            "that everybody knows"
        )
        yield Finding("clarification_window_missing", message, "tender.timetable", "warning")
    if rules.standstill != "none" and "standstill_ends" not in days:
        mandatory = rules.standstill == "mandatory"
        duty = rules.duty("mandatory_standstill").reference
        message = (
            f"The timetable has no standstill, which the law asks for before the contract is signed ({duty}): add the "
            "day the notices go out and the day it ends"
            if mandatory
            else f"The timetable has no standstill. The law does not ask for one here ({duty}); with a voluntary one a "
            "claim comes before the contract is signed, not after"
        )
        severity: Severity = "warning" if mandatory else "note"
        yield Finding("standstill_not_planned", message, "tender.timetable", severity)


# --- engagement ---------------------------------------------------------------------------------------------


def _engagement(tender: Tender, today: date) -> Iterator[Finding]:
    engagement, here = tender.engagement, "tender.engagement"
    if engagement is None:
        message = (
            "No engagement with the market is recorded: the needs of small and by-and-for organisations are best heard "
            "before the lots are fixed"
        )
        yield Finding("engagement_missing", message, here, "note")
        return
    if engagement.closed_on >= today:
        message = (
            f"The engagement is open until {say(engagement.closed_on)}: those who answer after publication could no "
            "longer change anything. Publish after it has closed"
        )
        yield Finding("engagement_open", message, f"{here}.closed_on")
    if tender.regime in _ACT and not engagement.notice.strip():
        message = (
            "The market was engaged, so a preliminary market engagement notice (UK2) comes before the tender notice, "
            "or the tender notice says why there was none (PA 2023 s.17): give its reference, or the reason"
        )
        yield Finding("engagement_notice_missing", message, f"{here}.notice")
    yield from _answers_published(engagement, here)


def _answers_published(engagement: Engagement, here: str) -> Iterator[Finding]:
    if not engagement.summary.strip():
        message = (
            "Nothing says what came of the engagement: publish a summary, so that nobody knows more than the others"
        )
        yield Finding("engagement_summary_missing", message, f"{here}.summary", "warning")
    if engagement.responses is None:
        message = "The number of responses to the engagement is not recorded: give it for the record"
        yield Finding("engagement_responses_missing", message, f"{here}.responses", "note")


# --- the duties of the regime -------------------------------------------------------------------------------


def _regime(tender: Tender, today: date) -> Iterator[Finding]:
    rules = rules_of(tender.regime)
    for name, what in (("description", "description"), ("buyer.email", "e-mail address of the buyer")):
        value = tender.description if name == "description" else tender.buyer.email
        if not value.strip():
            message = f"The tender has no {what}: every notice asks for it"
            yield Finding(f"{name.split('.')[-1]}_missing", message, f"tender.{name}")
    if tender.regime == Regime.GRANT:
        message = (
            "A grant is no procurement, so no notice, standstill or value threshold applies. Assess whether it is a "
            "subsidy (Subsidy Control Act 2022) and keep the decision record"
        )
        yield Finding("grant_outside_procurement", message, "tender.regime", "note")
        return
    yield from _conflicts(tender, rules, today)
    yield from _undivided(tender, rules)
    yield from _notices(rules)


def _conflicts(tender: Tender, rules: RegimeRules, today: date) -> Iterator[Finding]:
    """Hold the conflicts assessment against its duty: before the tender notice under the Act (ss.81-83)."""
    day, duty, here = tender.conflicts_assessed_on, rules.duty("conflicts_assessment"), "tender.conflicts_assessed_on"
    if day and day > today:
        message = f"The conflicts assessment is dated {say(day)}, which has not come: give the day it was prepared"
        yield Finding("conflicts_assessment_ahead", message, here)
    elif not day and tender.regime in _ACT:
        message = (
            f"A conflicts assessment must be prepared before the tender notice is published ({duty.reference}): "
            "prepare it, and give its date"
        )
        yield Finding("conflicts_assessment_missing", message, here)
    elif not day:
        law = f" ({duty.reference})" if duty.reference else ""
        message = f"No assessment of conflicts of interest is recorded{law}: make one before tenderers are known"
        yield Finding("conflicts_assessment_missing", message, here, "warning")


def _undivided(tender: Tender, rules: RegimeRules) -> Iterator[Finding]:
    """Ask one lot for its reasons: in the notice under the full Act, on record elsewhere."""
    if len(tender.contract_lots) != 1 or tender.no_lots_reasons.strip():
        return
    duty, full = rules.duty("no_lots_reason_in_notice"), tender.regime == Regime.PA2023_FULL
    if not duty.reference:
        return
    where = "in the tender notice" if full else "on record"
    message = f"The tender is not divided into lots: say why {where} ({duty.reference})"
    severity: Severity = "error" if full else "warning"
    yield Finding("no_lots_reasons_missing", message, "tender.no_lots_reasons", severity)


def _notices(rules: RegimeRules) -> Iterator[Finding]:
    """List the notices that publication asks for, so that none is forgotten on the central platform."""
    due = [
        f"{document.title.lower()}{f' ({document.notice})' if document.notice else ''}"
        for document in rules.documents
        if document.id in _BEFORE_TENDERS
    ]
    if due:
        message = f"Under this regime publication goes with the {listed(due)}: send what applies before or on the day"
        yield Finding("notices_due", message, "tender.regime", "note")


# --- governance ---------------------------------------------------------------------------------------------


def _deliverables(tender: Tender, today: date) -> Iterator[Finding]:
    """Find what the board has not signed off, though publication waits for it."""
    if not tender.deliverables:
        message = "No governance deliverables are listed: list what the board signs off, or take the nine suggested"
        yield Finding("deliverables_missing", message, "tender.deliverables", "warning")
    elif not tender.board:
        message = "Deliverables are signed off by a board, and nobody is named on it: name its members by their office"
        yield Finding("board_missing", message, "tender.board", "warning")
    for i, each in enumerate(tender.deliverables):
        here = f"tender.deliverables[{i}].signed_off_on"
        if each.signed_off_on and each.signed_off_on > today:
            message = f"“{each.title}” is signed off on {say(each.signed_off_on)}, which has not come: correct the date"
            yield Finding("deliverable_signed_ahead", message, here)
        elif not each.signed_off_on and needed_before(each) == "publication":
            message = f"“{each.title}” is not signed off, and publication waits for it by your own governance"
            yield Finding("deliverable_unsigned", message, here, "warning")


def _standards(tender: Tender) -> Iterator[Finding]:
    """Find points of the funding strategy's standards that nobody has answered, or answered no without a word."""
    answered = {check.standard for check in tender.standards}
    open_points = [each for each in STANDARDS if each.id not in answered]
    if open_points:
        message = (
            f"{counted(len(open_points), 'point')} of {len(STANDARDS)} of the Victim Funding Strategy’s standards "
            f"{'is' if len(open_points) == 1 else 'are'} not answered, the first being: {open_points[0].text}"
        )
        yield Finding("standards_unanswered", message, "tender.standards", "warning")
    for i, check in enumerate(tender.standards):
        if not check.met and not check.note.strip():
            message = f"The standard “{check.standard}” is not met, and nothing says what is done about it: add a note"
            yield Finding("standard_unmet", message, f"tender.standards[{i}].note", "warning")
