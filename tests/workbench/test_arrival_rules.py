"""Arriving and closing as pure rules, tried at every moment around a deadline and in every stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workbench.arrival_rules import DRAIN, may_accept, may_close
from workbench.models.tenders import STAGES

DEADLINE = datetime(2026, 7, 6, 11, 0, tzinfo=UTC)
MOMENTS = [
    DEADLINE + sign * step
    for sign in (-1, 1)
    for step in (
        timedelta(0),
        timedelta(microseconds=1),
        timedelta(seconds=1),
        DRAIN - timedelta(microseconds=1),
        DRAIN,
    )
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_bid_is_in_time_only_before_the_deadline(moment: datetime) -> None:
    assert may_accept("published", DEADLINE, moment) == ("in_time" if moment < DEADLINE else "late")


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_tender_closes_before_the_drain_is_over(moment: datetime) -> None:
    assert may_close(DEADLINE, moment) == (moment >= DEADLINE + DRAIN)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "published"])
def test_in_every_other_stage_nothing_is_accepted(stage: str) -> None:
    assert {may_accept(stage, DEADLINE, moment) for moment in MOMENTS} == {"closed"}


def test_whatever_may_still_be_accepted_when_a_tender_closes_was_here_before_its_deadline() -> None:
    for arrived in MOMENTS:
        for closing in MOMENTS:
            if may_close(DEADLINE, closing) and may_accept("published", DEADLINE, arrived) == "in_time":
                assert closing - arrived > DRAIN
