"""How much time is left until a moment, in words that stay true until they change."""

from __future__ import annotations

from datetime import datetime, timedelta

from lots.words import counted

_STEPS = ((timedelta(days=2), "day", timedelta(days=1)), (timedelta(hours=2), "hour", timedelta(hours=1)))
_MINUTE = timedelta(minutes=1)


def left(until: datetime, at: datetime) -> str:
    """Say how much time is left, rounded down: days, below two of them hours, below two of those minutes."""
    rest = until - at
    if rest <= timedelta():
        return "The deadline has passed"
    for least, noun, unit in _STEPS:
        if rest >= least:
            return f"{counted(rest // unit, noun)} left"
    return f"{counted(rest // _MINUTE, 'minute')} left" if rest >= _MINUTE else "Less than a minute left"
