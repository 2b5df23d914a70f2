"""Suggested dates: what they take the place of, and what stays."""

from __future__ import annotations

from datetime import UTC, date, datetime

from lots.lot import Lot, Term
from lots.money import Money
from lots.tender import Milestone
from workbench.services.timetables import due_at, first_start, taken_over

SUGGESTION = (
    Milestone("Tender published", date(2027, 6, 1), kind="tender_published"),
    Milestone("Tenders due", date(2027, 7, 1), kind="tenders_due"),
)


def test_a_suggested_step_replaces_the_planned_one_of_its_kind() -> None:
    old = Milestone("Notice out", date(2027, 5, 1), kind="tender_published")
    assert taken_over((old,), SUGGESTION) == SUGGESTION


def test_what_happened_and_steps_of_no_kind_stay_in_the_order_of_their_days() -> None:
    done = Milestone("Notice out", date(2027, 5, 1), date(2027, 5, 3), "tender_published")
    visit = Milestone("Visit to the refuge", date(2027, 6, 20))
    assert taken_over((visit, done), SUGGESTION) == (done, visit, SUGGESTION[1])


def test_the_deadline_moves_to_the_day_and_keeps_its_time_of_day() -> None:
    # 28 February is winter: 15:30 in London is 15:30 UTC; 1 July is summer: 14:30 UTC
    assert due_at(SUGGESTION, datetime(2027, 2, 28, 15, 30, tzinfo=UTC)) == datetime(2027, 7, 1, 14, 30, tzinfo=UTC)
    assert due_at(SUGGESTION, None) == datetime(2027, 7, 1, 11, 0, tzinfo=UTC)
    assert due_at((), None) is None


def test_the_first_start_is_that_of_the_lot_that_starts_first() -> None:
    lots = [
        Lot(name, name, Money(1), term=Term(day, 3)) for name, day in (("a", date(2028, 4, 1)), ("b", date(2028, 1, 1)))
    ]
    assert first_start(lots) == date(2028, 1, 1)
    assert first_start([Lot("c", "c", Money(1))]) is None
