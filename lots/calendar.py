"""Working days, standstill and deadlines of UK procurement; every date is an argument, never today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

from lots.errors import Finding, ProcurementError
from lots.words import listed

Divisions = tuple[str, ...]
Extra = Mapping[date, str]
Means = Literal["electronic", "other", "both"]
StandstillKind = Literal["mandatory", "voluntary", "none"]

UNITED_KINGDOM: Divisions = ("ENG", "WLS", "SCT", "NIR")
ENGLAND_AND_WALES: Divisions = ("ENG", "WLS")
LONDON = ZoneInfo("Europe/London")
NO_EXTRA: Extra = MappingProxyType({})
MANDATORY_WORKING_DAYS = 8  # Procurement Act 2023 s.51

_NAMES = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
_YEARS = range(2000, 2100)
_MOST_WORKING_DAYS = 250
_ONE = timedelta(days=1)


class CalendarError(ProcurementError):
    """A date, time or period that cannot be counted as asked."""


def say(day: date) -> str:
    """Write a date in words: ``Thursday 16 July 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def checked_day(day: date) -> date:
    """Return ``day`` itself; a moment in place of a date, or a year outside the calendar, is refused."""
    if isinstance(day, datetime):
        raise CalendarError("Give a date, not a moment: a moment falls on different dates in different zones")
    if day.year not in _YEARS:
        raise CalendarError(f"{day.isoformat()} is outside the calendar ({_YEARS[0]} to {_YEARS[-1]})")
    return day


def why_not_working(day: date, divisions: Divisions = UNITED_KINGDOM, extra: Extra = NO_EXTRA) -> str:
    """Say why ``day`` is no working day (``Saturday``, ``Good Friday``); empty if it is one.

    A bank holiday in any of ``divisions`` counts (Procurement Act 2023 s.123; PCR 2015 reg 2(1), which
    names Christmas Day and Good Friday too). ``extra`` holds one-off holidays announced since, each with
    its name.
    """
    if not divisions:
        raise CalendarError("Say whose bank holidays count: a calendar needs at least one part of the country")
    if checked_day(day).weekday() >= 5:
        return f"{day:%A}"
    if day in extra:
        return extra[day]
    by_name: dict[str, list[str]] = {}
    for division in divisions:
        name = _bank_holidays(division, day.year).get(day)
        if name:
            by_name.setdefault(name, []).append(division)
    return "; ".join(_where(name, found, divisions) for name, found in by_name.items())


def is_working_day(day: date, divisions: Divisions = UNITED_KINGDOM, extra: Extra = NO_EXTRA) -> bool:
    """Tell whether ``day`` is neither a weekend day nor a bank holiday in any of ``divisions``."""
    return not why_not_working(day, divisions, extra)


def working_day_on_or_after(day: date, divisions: Divisions = UNITED_KINGDOM, extra: Extra = NO_EXTRA) -> date:
    """Return ``day`` if it is a working day, otherwise the first one after it."""
    while why_not_working(day, divisions, extra):
        day += _ONE
    return day


def next_working_day(day: date, divisions: Divisions = UNITED_KINGDOM, extra: Extra = NO_EXTRA) -> date:
    """Return the first working day after ``day`` (never ``day`` itself)."""
    return working_day_on_or_after(checked_day(day) + _ONE, divisions, extra)


def nth_working_day(
    start: date,
    n: int,
    *,
    inclusive: bool,
    divisions: Divisions = UNITED_KINGDOM,
    extra: Extra = NO_EXTRA,
) -> date:
    """Return the ``n``-th working day (n ≥ 1); ``inclusive`` lets ``start`` be day 1 if it is one."""
    if n < 1:
        raise CalendarError(f"Working days are counted from 1 upwards; {n} was asked for")
    day = working_day_on_or_after(checked_day(start) + timedelta(days=not inclusive), divisions, extra)
    return add_working_days(day, n - 1, divisions, extra)


def add_working_days(day: date, n: int, divisions: Divisions = UNITED_KINGDOM, extra: Extra = NO_EXTRA) -> date:
    """Move ``n`` working days on from ``day`` (back if negative); ``day`` is not counted and 0 leaves it."""
    left, step = abs(n), _ONE if n > 0 else -_ONE
    checked_day(day)
    while left:
        day += step
        left -= is_working_day(day, divisions, extra)
    return day


def working_days_between(
    first: date, last: date, divisions: Divisions = UNITED_KINGDOM, extra: Extra = NO_EXTRA
) -> int:
    """Count the working days from ``first`` to ``last``, both included; a reversed pair is refused."""
    if last < first:
        raise CalendarError(f"The period ends on {say(last)}, before it begins on {say(first)}")
    return sum(is_working_day(day, divisions, extra) for day in _days(first, last))


@dataclass(frozen=True)
class CountedDay:
    """One calendar day of a period: its ``number`` in the count (0 if it does not count) and why."""

    day: date
    number: int
    why: str = ""

    @property
    def counted(self) -> bool:
        """Whether the day counts towards the period."""
        return self.number > 0


@dataclass(frozen=True)
class Standstill:
    """The pause before a contract may be signed, and how it was counted, day by day.

    ``ends_at`` is the aware UTC instant of midnight at the end of ``last_day`` in London; signing may
    follow, so ``earliest_contract`` is the day after. When ``kind`` is ``none`` there are no days and no
    end. ``other_last_day`` is what the other calendar gives: England and Wales only, or the whole United
    Kingdom.
    """

    basis: str
    kind: StandstillKind
    earliest_contract: date
    first_day: date | None = None
    last_day: date | None = None
    ends_at: datetime | None = None
    other_last_day: date | None = None
    days: tuple[CountedDay, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def cautious_last_day(self) -> date | None:
        """The later of the two calendars' last days: nobody can say it was too early."""
        if self.last_day is None or self.other_last_day is None:
            return self.last_day
        return max(self.last_day, self.other_last_day)


def pa_standstill(
    *,
    published: date,
    working_days: int = MANDATORY_WORKING_DAYS,
    voluntary: bool = False,
    extra: Extra = NO_EXTRA,
) -> Standstill:
    """Count a standstill under Procurement Act 2023 s.51: working days beginning with the day of publication.

    ``published`` is the day of the contract award notice, and day 1 only if it is itself a working day; a
    bank holiday in any part of the United Kingdom is not one (s.123). A light-touch award has no mandatory
    standstill: its own is ``voluntary``, and binds once the notice states it. Fewer than 8 working days are
    refused with CalendarError.
    """
    if not MANDATORY_WORKING_DAYS <= working_days <= _MOST_WORKING_DAYS:
        raise CalendarError(
            f"A standstill of {working_days} working days is not possible: section 51 of the Procurement Act "
            f"2023 asks for at least {MANDATORY_WORKING_DAYS}; over {_MOST_WORKING_DAYS} must be a slip"
        )

    def last_under(divisions: Divisions) -> date:
        return nth_working_day(published, working_days, inclusive=True, divisions=divisions, extra=extra)

    kind: StandstillKind = "voluntary" if voluntary else "mandatory"
    basis = (
        f"Procurement Act 2023 s.51: {kind} standstill of {working_days} working days beginning with the day "
        "the contract award notice is published; working day as in s.123"
    )
    days = _numbered_working_days(published, last_under(UNITED_KINGDOM), extra)
    found = _standstill(basis, kind, days, UNITED_KINGDOM, last_under, extra)
    if days[0].counted:
        return found
    message = f"{say(published)} is not a working day ({days[0].why}), so it is not day 1 of the standstill"
    note = Finding("published_on_non_working_day", message, severity="note")
    return replace(found, notes=(note, *found.notes))


def pcr_standstill(
    *,
    sent: date | None,
    means: Means,
    received: date | None = None,
    sent_otherwise: date | None = None,
    divisions: Divisions = ENGLAND_AND_WALES,
    extra: Extra = NO_EXTRA,
) -> Standstill:
    """Count a standstill under PCR 2015 reg 87 from the last sending of the reg 86 award decision notices.

    All ``electronic``: the 10th day after ``sent``. All by ``other`` means: the earlier of the 15th day
    after ``sent`` and the 10th day after ``received`` (the last receipt, if known). ``both``: the later of
    those two results; ``sent_otherwise`` is then the last sending by other means (``sent`` if left out).
    The day of sending is not counted. A last day that is not a working day runs on to the next (reg 2(4));
    at least 2 working days are held, which reg 2(3) asks of Part 2 and is applied here out of caution. Reg
    2(1) does not say whose bank holidays count, so ``divisions`` is a setting and both results are given.
    """
    start, counted_to = _pcr_count(sent, means, received, sent_otherwise)

    def last_under(whose: Divisions) -> date:
        last = counted_to
        while why_not_working(last, whose, extra) or working_days_between(start, last, whose, extra) < 2:
            last += _ONE
        return last

    how = {"electronic": "all electronically", "other": "all by other means", "both": "partly electronically"}
    basis = f"Public Contracts Regulations 2015 reg 87 with reg 2(3)-(4): notices sent {how[means]}"
    days = _numbered_days(start, counted_to, last_under(divisions), divisions, extra)
    return _standstill(basis, "mandatory", days, divisions, last_under, extra)


def no_standstill(*, signable_from: date, basis: str) -> Standstill:
    """Say that no standstill applies, by which provision, and from which day signing may follow."""
    return Standstill(basis, "none", checked_day(signable_from))


def deadline(day: date, at: time) -> datetime:
    """Return the aware UTC instant of a London wall time; times that mislead are refused with CalendarError.

    Refused: midnight, which people read as either end of the day; times the clocks skip in spring or show
    twice in autumn.
    """
    if at.tzinfo is not None:
        raise CalendarError("Give the deadline as the time on a London clock, without a time zone")
    if at == time():
        raise CalendarError(
            f"A deadline at midnight (00:00) on {say(day)} can be read as the start or the end of that day: "
            "choose a time in working hours, such as 12:00"
        )
    wall = datetime.combine(checked_day(day), at)
    first, second = (wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    skipped = first.astimezone(LONDON).replace(tzinfo=None) != wall
    what, why = ("does not exist", "go forward") if skipped else ("happens twice", "go back")
    raise CalendarError(
        f"{at:%H:%M} on {say(day)} {what} in London, because the clocks {why} that night: choose a time such as 12:00"
    )


def london(instant: datetime) -> datetime:
    """Show an aware instant on a London clock; a naive one, or one out of all reason, is refused with CalendarError."""
    if instant.utcoffset() is None:
        raise CalendarError("A moment without a time zone cannot be placed: instants are kept as UTC")
    if instant.year not in _YEARS:
        raise CalendarError(f"The year {instant.year} is outside {_YEARS.start} to {_YEARS.stop - 1}: check the date")
    return instant.astimezone(LONDON)


def say_instant(instant: datetime) -> str:
    """Write an instant in words, with the zone named: ``12:00 BST on Monday 6 July 2026``."""
    shown = london(instant)
    return f"{shown:%H:%M} {shown.tzname()} on {say(shown.date())}"


def _pcr_count(
    sent: date | None, means: Means, received: date | None, sent_otherwise: date | None
) -> tuple[date, date]:
    """Return the first and last counted day of reg 87, before running on; bad combinations are refused."""
    if sent is None:
        raise CalendarError("Say when the last award decision notice was sent: reg 87 counts from that day")
    if means not in ("electronic", "other", "both"):
        raise CalendarError(f"“{means}” is not a means of sending: say electronic, other or both")
    if means == "electronic" and received is not None:
        raise CalendarError(
            "Receipt does not count when every notice was sent electronically: leave its date out, "
            "or say that some notices were sent by other means"
        )
    if means != "both" and sent_otherwise is not None:
        raise CalendarError("A second date of sending belongs only to notices sent both ways")
    posted = checked_day(sent if sent_otherwise is None else sent_otherwise)
    electronic, other = checked_day(sent) + timedelta(days=10), posted + timedelta(days=15)
    if received is not None:
        if checked_day(received) < posted:
            raise CalendarError(f"The last receipt, {say(received)}, is before the sending, {say(posted)}")
        other = min(other, received + timedelta(days=10))
    last = {"electronic": electronic, "other": other, "both": max(electronic, other)}[means]
    return max(sent, posted) + _ONE, last


def _standstill(
    basis: str,
    kind: StandstillKind,
    days: tuple[CountedDay, ...],
    divisions: Divisions,
    last_under: Callable[[Divisions], date],
    extra: Extra,
) -> Standstill:
    """Put a counted period together, with the instant it ends and a note where the two calendars differ."""
    first, last = days[0].day, days[-1].day
    uk_wide = set(divisions) == set(UNITED_KINGDOM)
    other = last_under(ENGLAND_AND_WALES if uk_wide else UNITED_KINGDOM)
    narrow = ENGLAND_AND_WALES if uk_wide else divisions
    notes = () if other == last else (_calendars_differ(first, (last, other), narrow, uk_wide, extra),)
    ends_at = datetime.combine(last + _ONE, time(), LONDON).astimezone(UTC)
    return Standstill(basis, kind, last + _ONE, first, last, ends_at, other, days, notes)


def _calendars_differ(first: date, lasts: tuple[date, date], narrow: Divisions, uk_wide: bool, extra: Extra) -> Finding:
    """Say by how much, and because of which days, the whole United Kingdom's calendar ends later."""
    uk, narrower = lasts if uk_wide else lasts[::-1]
    elsewhere = [
        f"{say(day)} ({why_not_working(day, UNITED_KINGDOM, extra)})"
        for day in _days(first, uk)
        if is_working_day(day, narrow, extra) and not is_working_day(day, UNITED_KINGDOM, extra)
    ]
    advice = (
        "Section 123 counts a bank holiday in any part of the United Kingdom, so the later date binds"
        if uk_wide
        else "Regulation 2(1) does not say whose bank holidays count: waiting for the later date is safe"
    )
    message = (
        f"By the bank holidays of {_places(narrow)} only, the standstill ends with {say(narrower)}; by those "
        f"of the whole United Kingdom, with {say(uk)}, because of {', '.join(elsewhere)}. {advice}"
    )
    figures = ((_places(narrow), narrower.isoformat()), ("United Kingdom", uk.isoformat()))
    return Finding("calendars_differ", message, severity="note", figures=figures)


def _numbered_working_days(start: date, last: date, extra: Extra) -> tuple[CountedDay, ...]:
    """Number the working days of a period; the others carry the reason they do not count."""
    counted: list[CountedDay] = []
    number = 0
    for day in _days(start, last):
        why = why_not_working(day, UNITED_KINGDOM, extra)
        number += not why
        counted.append(CountedDay(day, 0 if why else number, why))
    return tuple(counted)


def _numbered_days(
    start: date, counted_to: date, last: date, divisions: Divisions, extra: Extra
) -> tuple[CountedDay, ...]:
    """Number every calendar day to ``counted_to``; the days the period runs on over say why."""
    days = [CountedDay(day, (day - start).days + 1) for day in _days(start, counted_to)]
    if last == counted_to:
        return tuple(days)
    why = why_not_working(counted_to, divisions, extra) or "the period must hold 2 working days"
    days[-1] = replace(days[-1], why=f"cannot be the last day: {why}")
    for day in _days(counted_to + _ONE, last):
        why = why_not_working(day, divisions, extra)
        days.append(CountedDay(day, 0, why or "working day the period runs on to"))
    return tuple(days)


@lru_cache(maxsize=512)
def _bank_holidays(division: str, year: int) -> Mapping[date, str]:
    """Return the bank holidays of one division in one year, by name."""
    if division not in _NAMES:
        raise CalendarError(f"“{division}” is not a part of the United Kingdom: use {', '.join(_NAMES)}")
    found = holidays.country_holidays("GB", subdiv=division, years=year)
    return {day: name.replace("(observed)", "(substitute day)") for day, name in found.items()}


def _where(name: str, found: list[str], asked: Divisions) -> str:
    return name if len(found) == len(asked) else f"{name} in {_places(found)}"


def _places(divisions: Sequence[str]) -> str:
    return listed(_NAMES[division] for division in divisions)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
