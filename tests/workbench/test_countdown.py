"""The time that is left, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workbench.countdown import left

UNTIL = datetime(2024, 9, 27, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (timedelta(days=57, hours=23), "57 days left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(days=2, microseconds=-1), "47 hours left"),
        (timedelta(hours=2), "2 hours left"),
        (timedelta(minutes=119, seconds=59), "119 minutes left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=59), "Less than a minute left"),
        (timedelta(0), "The deadline has passed"),
        (timedelta(days=-1), "The deadline has passed"),
    ],
)
def test_time_left_is_rounded_down_and_never_flatters(rest: timedelta, said: str) -> None:
    assert left(UNTIL, UNTIL - rest) == said
