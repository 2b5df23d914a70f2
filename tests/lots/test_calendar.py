"""Working days, standstill and deadlines against dates worked out from the statutes and published notices."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lots.calendar import (
    ENGLAND_AND_WALES,
    UNITED_KINGDOM,
    CalendarError,
    CountedDay,
    add_working_days,
    deadline,
    is_working_day,
    london,
    next_working_day,
    no_standstill,
    nth_working_day,
    pa_standstill,
    pcr_standstill,
    say_instant,
    why_not_working,
    working_day_on_or_after,
    working_days_between,
)

SOME_DAY = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("published", "last_day", "england_and_wales"),
    [
        # Procurement Act 2023 s.51 and s.123, counted by hand on the bank holiday lists of gov.uk.
        ("2026-03-02", "2026-03-11", "2026-03-11"),  # D01
        ("2026-03-27", "2026-04-09", "2026-04-09"),  # D02: Good Friday and Easter Monday
        ("2026-11-23", "2026-12-03", "2026-12-02"),  # D04: Saint Andrew's Day
        ("2026-07-06", "2026-07-16", "2026-07-15"),  # Battle of the Boyne, substitute day
        ("2025-12-22", "2026-01-06", "2026-01-05"),  # 2 January in Scotland
        # A law firm's worked example (Muckle LLP, emn.org.uk) gives 14 calendar days: the E&W-only count.
        ("2024-12-24", "2025-01-08", "2025-01-07"),
        # West Mercia PCC victim services, ocds-h6vhtk-0508d8: standstill on lot 2 to 11 February 2026.
        ("2026-02-02", "2026-02-11", "2026-02-11"),
        # By hand: 21-24 and 29-31 December are days 1-7; 4 January is a substitute day in Scotland.
        ("2026-12-21", "2027-01-05", "2027-01-04"),
    ],
)
def test_an_act_standstill_is_eight_working_days_beginning_with_publication(
    published: str, last_day: str, england_and_wales: str
) -> None:
    found = pa_standstill(published=day(published))
    assert found.first_day == day(published)
    assert found.last_day == found.cautious_last_day == day(last_day)
    assert found.other_last_day == day(england_and_wales)
    assert found.earliest_contract == day(last_day) + timedelta(days=1)
    assert [note.code for note in found.notes] == ["calendars_differ"] * (last_day != england_and_wales)


@pytest.mark.parametrize(
    ("sent", "last_day", "uk_wide"),
    [
        # PCR 2015 reg 87(2) with reg 2(3)-(4).
        ("2024-07-01", "2024-07-11", "2024-07-11"),  # D11
        ("2024-12-17", "2024-12-27", "2024-12-27"),  # D12
        ("2024-12-22", "2025-01-02", "2025-01-03"),  # D14: 10th day is New Year's Day; 2 January in Scotland
        ("2026-03-27", "2026-04-07", "2026-04-07"),  # D15: 10th day is Easter Monday
    ],
)
def test_a_pcr_standstill_ends_on_the_tenth_day_or_the_next_working_day(sent: str, last_day: str, uk_wide: str) -> None:
    found = pcr_standstill(sent=day(sent), means="electronic")
    assert (found.kind, found.first_day) == ("mandatory", day(sent) + timedelta(days=1))
    assert found.last_day == day(last_day)
    assert found.earliest_contract == day(last_day) + timedelta(days=1)
    assert found.other_last_day == found.cautious_last_day == day(uk_wide)
    under_uk = pcr_standstill(sent=day(sent), means="electronic", divisions=UNITED_KINGDOM)
    assert (under_uk.last_day, under_uk.other_last_day) == (day(uk_wide), day(last_day))


def test_the_note_names_the_days_that_make_the_calendars_differ() -> None:
    (note,) = pcr_standstill(sent=day("2024-12-22"), means="electronic").notes
    assert note.severity == "note"
    assert "Thursday 2 January 2025 (New Year Holiday in Scotland)" in note.message
    assert "England and Wales only" in note.message
    assert note.figures == (("England and Wales", "2025-01-02"), ("United Kingdom", "2025-01-03"))


def test_the_end_is_midnight_in_london_at_the_end_of_the_last_day() -> None:
    summer = pa_standstill(published=day("2026-07-06")).ends_at
    winter = pa_standstill(published=day("2026-02-02")).ends_at
    assert summer == datetime(2026, 7, 16, 23, tzinfo=UTC)
    assert winter == datetime(2026, 2, 12, tzinfo=UTC)
    assert summer is not None
    assert summer.tzinfo is UTC


def test_the_page_can_show_how_each_day_was_counted() -> None:
    shown = [(d.day.isoformat(), d.number, d.why) for d in pa_standstill(published=day("2026-11-23")).days]
    assert shown == [
        ("2026-11-23", 1, ""),
        ("2026-11-24", 2, ""),
        ("2026-11-25", 3, ""),
        ("2026-11-26", 4, ""),
        ("2026-11-27", 5, ""),
        ("2026-11-28", 0, "Saturday"),
        ("2026-11-29", 0, "Sunday"),
        ("2026-11-30", 0, "Saint Andrew's Day in Scotland"),
        ("2026-12-01", 6, ""),
        ("2026-12-02", 7, ""),
        ("2026-12-03", 8, ""),
    ]


def test_a_pcr_count_shows_the_tenth_day_and_the_day_it_runs_on_to() -> None:
    days = pcr_standstill(sent=day("2026-03-27"), means="electronic").days
    assert days[0] == CountedDay(day("2026-03-28"), 1)
    assert days[9] == CountedDay(day("2026-04-06"), 10, "cannot be the last day: Easter Monday")
    assert days[10:] == (CountedDay(day("2026-04-07"), 0, "working day the period runs on to"),)
    assert [d.counted for d in days] == [True] * 10 + [False]


def test_other_means_end_with_the_earlier_of_fifteen_days_from_sending_and_ten_from_receipt() -> None:
    sent = day("2024-07-01")
    assert pcr_standstill(sent=sent, means="other").last_day == day("2024-07-16")
    early = pcr_standstill(sent=sent, means="other", received=day("2024-07-02"))
    late = pcr_standstill(sent=sent, means="other", received=day("2024-07-09"))
    assert early.last_day == day("2024-07-12")
    assert late.last_day == day("2024-07-16")


def test_mixed_means_end_with_the_later_of_both_results() -> None:
    sent = day("2024-07-01")
    assert pcr_standstill(sent=sent, means="both").last_day == day("2024-07-16")
    same_day = pcr_standstill(sent=sent, means="both", received=sent)
    assert same_day.last_day == day("2024-07-11")
    posted_first = pcr_standstill(sent=day("2024-07-08"), means="both", sent_otherwise=sent, received=day("2024-07-03"))
    assert posted_first.last_day == day("2024-07-18")
    assert posted_first.first_day == day("2024-07-09")


def test_a_period_of_holidays_runs_on_until_it_holds_two_working_days() -> None:
    closed = {day("2024-07-01") + timedelta(days=n): "Day of mourning" for n in range(1, 11)}
    found = pcr_standstill(sent=day("2024-07-01"), means="electronic", extra=closed)
    assert found.last_day == day("2024-07-15")
    assert working_days_between(day("2024-07-02"), day("2024-07-15"), ENGLAND_AND_WALES, closed) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sent": None, "means": "electronic"}, "Say when the last award decision notice was sent"),
        ({"sent": "2024-07-01", "means": "pigeon"}, "“pigeon” is not a means of sending"),
        (
            {"sent": "2024-07-01", "means": "electronic", "received": "2024-07-02"},
            "Receipt does not count when every notice was sent electronically",
        ),
        (
            {"sent": "2024-07-01", "means": "other", "received": "2024-06-30"},
            "The last receipt, Sunday 30 June 2024, is before the sending, Monday 1 July 2024",
        ),
        (
            {"sent": "2024-07-01", "means": "other", "sent_otherwise": "2024-07-01"},
            "A second date of sending belongs only to notices sent both ways",
        ),
    ],
)
def test_combinations_that_mean_nothing_are_refused(arguments: dict[str, str | None], words: str) -> None:
    dates = {key: day(value) if value and key != "means" else value for key, value in arguments.items()}
    with pytest.raises(CalendarError, match=words):
        pcr_standstill(**dates)  # type: ignore[arg-type]


@pytest.mark.parametrize("working_days", [-1, 0, 7, 251])
def test_an_act_standstill_shorter_than_eight_working_days_is_refused(working_days: int) -> None:
    with pytest.raises(CalendarError, match="asks for at least 8"):
        pa_standstill(published=day("2026-02-02"), working_days=working_days)


def test_a_voluntary_standstill_is_counted_alike_and_says_so() -> None:
    found = pa_standstill(published=day("2026-02-02"), working_days=10, voluntary=True)
    assert (found.kind, found.last_day) == ("voluntary", day("2026-02-13"))
    assert "s.51: voluntary standstill of 10 working days" in found.basis


def test_no_standstill_has_no_end_and_may_be_signed_at_once() -> None:
    found = no_standstill(signable_from=day("2026-02-02"), basis="Procurement Act 2023 s.51: light touch")
    assert (found.kind, found.last_day, found.ends_at, found.days) == ("none", None, None, ())
    assert found.cautious_last_day is None
    assert found.earliest_contract == day("2026-02-02")


def test_publication_on_a_saturday_is_not_day_one() -> None:
    saturday = pa_standstill(published=day("2026-02-07"))
    assert saturday.last_day == pa_standstill(published=day("2026-02-09")).last_day == day("2026-02-18")
    assert [note.code for note in saturday.notes] == ["published_on_non_working_day"]
    assert saturday.notes[0].message.startswith("Saturday 7 February 2026 is not a working day (Saturday)")


def test_a_holiday_announced_later_lengthens_the_standstill() -> None:
    announced = {day("2026-02-04"): "Bank holiday by proclamation"}
    found = pa_standstill(published=day("2026-02-02"), extra=announced)
    assert found.last_day == found.other_last_day == day("2026-02-12")
    assert found.days[2] == CountedDay(day("2026-02-04"), 0, "Bank holiday by proclamation")


@settings(max_examples=150, deadline=None)
@given(SOME_DAY, st.integers(8, 20))
def test_an_act_standstill_holds_exactly_its_working_days_and_ends_on_one(start: date, length: int) -> None:
    found = pa_standstill(published=start, working_days=length)
    assert found.last_day is not None
    assert is_working_day(found.last_day)
    assert working_days_between(start, found.last_day) == length
    assert [d.number for d in found.days if d.counted] == list(range(1, length + 1))


@settings(max_examples=150, deadline=None)
@given(SOME_DAY)
def test_starting_later_never_ends_earlier(start: date) -> None:
    ends = [
        [pa_standstill(published=begun).ends_at, pcr_standstill(sent=begun, means="electronic").ends_at]
        for begun in (start, start + timedelta(days=1))
    ]
    assert all(now is not None and later is not None and now <= later for now, later in zip(*ends, strict=True))


@settings(max_examples=150, deadline=None)
@given(SOME_DAY)
def test_a_pcr_standstill_never_ends_before_its_tenth_day_nor_on_a_non_working_day(sent: date) -> None:
    found = pcr_standstill(sent=sent, means="electronic")
    assert found.last_day is not None
    assert found.other_last_day is not None
    assert found.last_day - sent >= timedelta(days=10)
    assert is_working_day(found.last_day, ENGLAND_AND_WALES)
    assert found.last_day <= found.other_last_day
    assert sum(d.counted for d in found.days) == 10


@settings(max_examples=100, deadline=None)
@given(SOME_DAY, st.integers(1, 40))
def test_counting_on_and_counting_between_agree(start: date, n: int) -> None:
    reached = nth_working_day(start, n, inclusive=True)
    assert working_days_between(start, reached) == n
    assert add_working_days(start, n) == nth_working_day(start, n, inclusive=False)
    assert add_working_days(add_working_days(reached, n), -n) == reached


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("2026-07-04", "Saturday"),
        ("2026-07-05", "Sunday"),
        ("2026-04-03", "Good Friday"),
        ("2026-04-06", "Easter Monday in England, Wales and Northern Ireland"),
        ("2026-08-03", "Summer Bank Holiday in Scotland"),
        ("2026-08-31", "Late Summer Bank Holiday in England, Wales and Northern Ireland"),
        ("2026-03-17", "Saint Patrick's Day in Northern Ireland"),
        ("2026-12-28", "Boxing Day (substitute day)"),
        ("2026-07-06", ""),
    ],
)
def test_a_day_says_why_it_is_not_a_working_day(when: str, why: str) -> None:
    assert why_not_working(day(when)) == why
    assert is_working_day(day(when)) == (not why)


@pytest.mark.parametrize("when", ["2026-01-02", "2026-08-03", "2026-11-30", "2026-03-17", "2026-07-13"])
def test_holidays_elsewhere_are_working_days_in_england_and_wales(when: str) -> None:
    assert is_working_day(day(when), ENGLAND_AND_WALES)
    assert not is_working_day(day(when), UNITED_KINGDOM)


def test_stepping_over_working_days() -> None:
    friday = day("2026-07-10")
    assert next_working_day(friday, ENGLAND_AND_WALES) == day("2026-07-13")
    assert next_working_day(friday) == day("2026-07-14")
    assert working_day_on_or_after(friday) == friday
    assert add_working_days(friday, 0) == friday
    assert add_working_days(day("2026-07-14"), -1) == friday
    with pytest.raises(CalendarError, match="counted from 1 upwards"):
        nth_working_day(friday, 0, inclusive=True)
    with pytest.raises(CalendarError, match="before it begins"):
        working_days_between(friday, day("2026-07-09"))


def test_dates_outside_the_calendar_and_moments_in_place_of_dates_are_refused() -> None:
    with pytest.raises(CalendarError, match="outside the calendar"):
        pa_standstill(published=date.max)
    with pytest.raises(CalendarError, match="outside the calendar"):
        pa_standstill(published=day("2099-12-30"))
    with pytest.raises(CalendarError, match="not a moment"):
        pa_standstill(published=datetime(2026, 2, 2, 12, tzinfo=UTC))
    with pytest.raises(CalendarError, match="“FRA” is not a part of the United Kingdom"):
        is_working_day(day("2026-07-06"), ("FRA",))
    with pytest.raises(CalendarError, match="at least one part"):
        is_working_day(day("2026-07-06"), ())


def test_a_deadline_is_a_london_wall_time_kept_as_utc() -> None:
    summer, winter = deadline(day("2026-07-06"), time(12)), deadline(day("2026-12-07"), time(12))
    assert summer == datetime(2026, 7, 6, 11, tzinfo=UTC)
    assert winter == datetime(2026, 12, 7, 12, tzinfo=UTC)
    assert london(summer).isoformat() == "2026-07-06T12:00:00+01:00"
    assert say_instant(summer) == "12:00 BST on Monday 6 July 2026"
    assert say_instant(winter) == "12:00 GMT on Monday 7 December 2026"


@pytest.mark.parametrize(
    ("when", "at", "words"),
    [
        ("2026-03-29", time(1, 30), "01:30 on Sunday 29 March 2026 does not exist in London.*12:00"),
        ("2026-10-25", time(1, 30), "01:30 on Sunday 25 October 2026 happens twice in London.*12:00"),
        ("2026-10-25", time(1, 30, fold=1), "happens twice"),
        ("2026-03-29", time(1, 0), "does not exist"),
        ("2026-10-25", time(1, 59, 59), "happens twice"),
        ("2026-07-06", time(0, 0), r"midnight \(00:00\) on Monday 6 July 2026"),
        ("2026-07-06", time(12, tzinfo=UTC), "without a time zone"),
    ],
)
def test_deadlines_that_mislead_are_refused(when: str, at: time, words: str) -> None:
    with pytest.raises(CalendarError, match=words):
        deadline(day(when), at)


@pytest.mark.parametrize(
    ("when", "at", "instant"),
    [
        ("2026-03-29", time(0, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29", time(2, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25", time(0, 59), datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25", time(2, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_minutes_around_a_clock_change_are_allowed(when: str, at: time, instant: datetime) -> None:
    assert deadline(day(when), at) == instant


def test_a_naive_moment_cannot_be_shown() -> None:
    with pytest.raises(CalendarError, match="without a time zone"):
        london(datetime(2026, 7, 6, 12))
