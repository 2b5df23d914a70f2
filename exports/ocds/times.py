"""Days and instants as OCDS writes them: with the offset of London on that day, so that a day stays that day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lots.calendar import LONDON, london
from lots.errors import ProcurementError


def instant(at: datetime) -> str:
    """Write an instant with its London offset, to the second: ``2024-06-28T12:00:00+01:00``."""
    return london(at).isoformat(timespec="seconds")


def day_start(day: date) -> str:
    """Write the first second of a day in London."""
    return datetime.combine(day, time(0), LONDON).isoformat()


def day_end(day: date) -> str:
    """Write the last second of a day in London."""
    return datetime.combine(day, time(23, 59, 59), LONDON).isoformat()


def read_instant(text: str) -> datetime | None:
    """Read an RFC 3339 date and time; None where it is none, has no offset, or lies outside the calendar."""
    if len(text) > 40 or "T" not in text.upper():
        return None
    try:
        found = datetime.fromisoformat(text)
        return london(found) if found.utcoffset() is not None else None
    except (ValueError, OverflowError, ProcurementError):
        return None


def whole_years(first: date, last: date) -> int | None:
    """Count the whole years from a first to a last day, both included; None where they are not whole."""
    try:
        after = last + timedelta(days=1)
    except OverflowError:
        return None
    years = after.year - first.year
    return years if years > 0 and (after.month, after.day) == (first.month, first.day) else None
