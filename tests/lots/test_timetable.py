"""Timetables against the law of each regime (PA 2023 ss.51 and 54, PCR 2015 regs 76 and 87) and good practice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lots.errors import Finding, errors_in
from lots.lot import Term
from lots.plan import plan
from lots.regime import Regime
from lots.tender import Milestone, MilestoneKind, Tender
from lots.timetable import STEP_TITLES, Interval, intervals, timetable_findings
from tests import factories as a

PUBLISHED = date(2026, 6, 1)


def timed(regime: Regime, due: date, *steps: tuple[MilestoneKind, date], **changes: Any) -> Tender:
    """Make a tender published on 1 June 2026, due at noon on a day, with these other steps."""
    made = tuple(Milestone(STEP_TITLES[kind], day, kind=kind) for kind, day in steps)
    published = (Milestone("Published", PUBLISHED, kind="tender_published"),)
    deadline = datetime(due.year, due.month, due.day, 11, tzinfo=UTC)
    return a.tender(regime=regime, deadline=deadline, timetable=(*published, *made), **changes)


def codes(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Give (code, severity) of each finding."""
    return [(finding.code, finding.severity) for finding in found]


def interval(tender: Tender, code: str) -> Interval:
    """Pick one interval."""
    return next(each for each in intervals(tender) if each.code == code)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (25, []),
        (24, [("tendering_time_unlawful", "error")]),
        (10, [("tendering_time_unlawful", "error")]),
        (9, [("tendering_time_unlawful", "error")]),
    ],
)
def test_the_full_regime_asks_for_25_days_to_tender(days: int, expected: list[tuple[str, str]]) -> None:
    """PA 2023 s.54: electronic tenders and all documents with the notice."""
    found = timetable_findings(timed(Regime.PA2023_FULL, PUBLISHED + timedelta(days=days)))
    assert [each for each in codes(found) if each[0].startswith("tendering")] == expected


def test_a_reason_allows_ten_days_under_the_full_regime_and_never_nine() -> None:
    """PA 2023 s.54: 10 days after a qualifying planned procurement notice, or in urgency."""
    reasons = {"short_period_reasons": "A qualifying planned procurement notice came out on 2 March 2026."}
    ten = timetable_findings(timed(Regime.PA2023_FULL, date(2026, 6, 11), **reasons))
    nine = timetable_findings(timed(Regime.PA2023_FULL, date(2026, 6, 10), **reasons))
    assert codes(ten) == [("tendering_time_reduced", "note")]
    assert codes(nine) == [("tendering_time_unlawful", "error")]
    assert "move the deadline to Friday 26 June 2026 or later" in nine[0].message


@pytest.mark.parametrize("regime", [Regime.PCR2015_LIGHT_TOUCH, Regime.PA2023_LIGHT_TOUCH, Regime.BELOW_THRESHOLD])
def test_without_a_minimum_by_law_a_short_time_to_tender_is_only_a_warning(regime: Regime) -> None:
    """PCR 2015 reg 76(6); PA 2023 s.54 sets no minimum for light touch."""
    short = timetable_findings(timed(regime, date(2026, 6, 16)))
    assert codes(short) == [("tendering_time_short", "warning")]
    assert timetable_findings(timed(regime, date(2026, 6, 26))) == ()


def test_calendar_and_working_days_are_counted_from_the_day_after() -> None:
    """2 to 26 June 2026: 25 days, 19 weekdays, and 15 June is a one-off bank holiday in Scotland."""
    found = interval(timed(Regime.PA2023_LIGHT_TOUCH, date(2026, 6, 26)), "tendering")
    assert (found.calendar_days, found.working_days) == (25, 18)


def test_the_last_answers_leave_six_days() -> None:
    """PCR 2015 reg 53 as good practice."""
    tender = timed(Regime.PA2023_LIGHT_TOUCH, date(2026, 6, 30), ("answers_by", date(2026, 6, 25)))
    assert codes(timetable_findings(tender)) == [("answers_too_late", "warning")]
    tender = timed(Regime.PA2023_LIGHT_TOUCH, date(2026, 6, 30), ("answers_by", date(2026, 6, 24)))
    assert timetable_findings(tender) == ()


@pytest.mark.parametrize("regime", [Regime.PA2023_FULL, Regime.PA2023_LIGHT_TOUCH])
def test_a_standstill_under_the_act_holds_eight_working_days_of_the_whole_kingdom(regime: Regime) -> None:
    """PA 2023 ss.51 and 123: published on 6 July 2026, 13 July is a holiday in Northern Ireland; last day 16 July."""
    steps: tuple[tuple[MilestoneKind, date], ...] = (("notices_sent", date(2026, 7, 6)),)
    short = timed(regime, date(2026, 6, 26), *steps, ("standstill_ends", date(2026, 7, 15)))
    right = timed(regime, date(2026, 6, 26), *steps, ("standstill_ends", date(2026, 7, 16)))
    assert codes(timetable_findings(short)) == [("standstill_too_short", "error")]
    assert timetable_findings(right) == ()
    assert (
        interval(right, "standstill").least
        == "8 working days, the day of the notices counted, until Thursday 16 July 2026"
    )


def test_the_standstill_of_the_regulations_is_ten_days_after_sending() -> None:
    """PCR 2015 reg 87: letters of 24 September 2024 hold until 4 October."""
    steps: tuple[tuple[MilestoneKind, date], ...] = (("notices_sent", date(2024, 9, 24)),)
    tender = a.tender(
        timetable=tuple(
            Milestone(STEP_TITLES[kind], day, kind=kind)
            for kind, day in (*steps, ("standstill_ends", date(2024, 10, 3)))
        ),
        deadline=datetime(2024, 6, 28, 11, tzinfo=UTC),
    )
    found = timetable_findings(tender)
    assert codes(found) == [("standstill_too_short", "error")]
    assert "before Friday 4 October 2024 (PCR 2015 regs 86-87)" in found[0].message


def test_a_contract_is_not_signed_on_the_last_day_of_standstill_even_if_its_end_is_not_listed() -> None:
    steps: tuple[tuple[MilestoneKind, date], ...] = (("notices_sent", date(2026, 7, 6)),)
    listed = timed(
        Regime.PA2023_FULL,
        date(2026, 6, 26),
        *steps,
        ("standstill_ends", date(2026, 7, 16)),
        ("contract_signed", date(2026, 7, 16)),
    )
    unlisted = timed(Regime.PA2023_FULL, date(2026, 6, 26), *steps, ("contract_signed", date(2026, 7, 16)))
    after = timed(Regime.PA2023_FULL, date(2026, 6, 26), *steps, ("contract_signed", date(2026, 7, 17)))
    assert codes(timetable_findings(listed)) == [("signed_in_standstill", "error")]
    assert codes(timetable_findings(unlisted)) == [("signed_in_standstill", "error")]
    assert timetable_findings(after) == ()


def test_steps_come_in_order_and_each_once() -> None:
    tender = timed(
        Regime.PA2023_LIGHT_TOUCH,
        date(2026, 6, 30),
        ("questions_until", date(2026, 7, 1)),
        ("opening", date(2026, 6, 30)),
        ("opening", date(2026, 7, 2)),
    )
    found = [(each.code, each.place) for each in timetable_findings(tender)]
    assert found == [("milestone_repeated", "timetable[3].kind"), ("milestones_out_of_order", "deadline")]


def test_the_timetable_and_the_deadline_name_one_day() -> None:
    tender = timed(Regime.PA2023_LIGHT_TOUCH, date(2026, 6, 30), ("tenders_due", date(2026, 6, 29)))
    assert [(each.code, each.place) for each in timetable_findings(tender)] == [
        ("tenders_due_differs", "timetable[1].planned")
    ]


def test_a_deadline_on_a_saturday_and_a_hurried_start_are_warnings() -> None:
    tender = timed(
        Regime.PA2023_LIGHT_TOUCH,
        date(2026, 7, 4),
        ("contract_signed", date(2026, 9, 1)),
        ("contract_starts", date(2026, 10, 1)),
    )
    assert codes(timetable_findings(tender)) == [
        ("start_differs", "warning"),
        ("step_on_closed_day", "warning"),
        ("mobilising_short", "warning"),
    ]


def test_a_date_outside_the_calendar_is_told_and_nothing_breaks() -> None:
    tender = timed(Regime.PA2023_FULL, date(2026, 6, 30), ("decision", date(1026, 8, 1)))
    found = timetable_findings(tender)
    assert [(each.code, each.place) for each in found] == [("milestone_day", "timetable[1].planned")]


def test_ten_years_between_two_steps_are_a_slip_of_the_keyboard() -> None:
    found = timetable_findings(timed(Regime.PA2023_FULL, date(2062, 6, 30)))
    assert [(each.code, each.place) for each in found] == [("milestones_far_apart", "deadline")]


def test_old_milestones_without_a_kind_are_left_alone() -> None:
    tender = a.tender(timetable=(Milestone("Standstill ends", date(2020, 1, 1)),))
    assert timetable_findings(tender) == ()


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize("published", [date(2026, 6, 1), date(2026, 11, 23), date(2026, 12, 24), date(2027, 3, 12)])
def test_the_suggested_timetable_passes_its_own_checks(regime: Regime, published: date) -> None:
    steps = plan(published, regime)
    due = next(each.planned for each in steps if each.kind == "tenders_due")
    starts = steps[-1].planned
    lots = tuple(a.lot(name, term=Term(starts, 3)) for name in ("adult", "children"))
    tender = a.tender(
        regime=regime, timetable=steps, deadline=datetime(due.year, due.month, due.day, 12, tzinfo=UTC), lots=lots
    )
    found = timetable_findings(tender)
    assert errors_in(found) == ()
    assert [each.code for each in found if each.code != "step_on_closed_day"] == []


def test_a_grant_has_no_standstill_and_its_own_words() -> None:
    titles = [step.title for step in plan(PUBLISHED, Regime.GRANT)]
    assert "Standstill ends" not in titles
    assert {"Grant opens", "Applications due", "Outcome letters sent", "Grant agreement starts"} <= set(titles)
