"""What the audit trail of a tender says of an opening and of the decisions after it, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import scoped_session

from tests.workbench.opening import LATER, closed, opened, part
from tests.workbench.published import World
from tests.workbench.sealed import a_sealed_world, committed, submitted
from workbench.audit import recorded
from workbench.queries.history import Told, trail_of
from workbench.services.bids import admissions, openings


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender with one bid, closed."""
    made = a_sealed_world()
    submitted(made)
    yield closed(made)
    recorded().clear()


def last(world: World) -> Told:
    return trail_of(world.tender.id).events[0]


def test_each_part_of_an_opening_is_told_with_its_key(world: World) -> None:
    part(world, 1, 0, 0)
    assert last(world).what == "Took the first layer off the envelopes (bids) with Head of procurement"
    part(world, 2, 1, 1)
    first = trail_of(world.tender.id).events[1].who
    assert last(world).what == (f"Opened 1 bid, together with {first} (keys: Head of procurement; Monitoring officer)")


def test_a_part_that_was_set_aside_is_told_with_its_reason(world: World) -> None:
    part(world, 1, 0, 0)
    openings.abandon(world.tender, "bid", reason="It was the old key.", actor=world.actor("opener", 1), at=LATER)
    committed()
    assert last(world).what.startswith("Set aside the first part of the opening (bids), which Opener")
    assert ("Why", "It was the old key.") in last(world).more


def test_a_decision_is_told_with_bid_step_and_reason(world: World) -> None:
    opened(world)
    reason = "The certificate of insurance is dated 2022 and was not renewed."
    bid = next(iter(openings._opened(world.tender.id)))
    admissions.decide(
        world.tender, bid.id, "exclude", concerning="admission", reason=reason, actor=world.actor("officer"), at=LATER
    )
    committed()
    assert last(world).what == ("Excluded bid A of Harbour Trust for lot adult, concerning admission (decision 1)")
    assert ("Why", reason) in last(world).more
