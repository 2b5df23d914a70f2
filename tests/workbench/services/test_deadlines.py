"""Moving the deadline (reliability goal T38) and closing, as services of both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import scoped_session

from lots.calendar import CalendarError
from tests.scoring.checks import ready
from tests.workbench.published import ADDRESS, AT, World, a_world, content_of, done, published
from workbench.arrival_rules import DRAIN
from workbench.audit import recorded
from workbench.policies import NotForYou, NotNow
from workbench.queries import publishing as reads
from workbench.queries.tenders import draft_of
from workbench.services import StageError, deadlines, tenders
from workbench.services.deadlines import DeadlineError

DEADLINE = ready.file().tender.deadline
LATER = datetime(2024, 10, 4, 11, 0, tzinfo=UTC)
PASSED = DEADLINE + timedelta(minutes=5)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender."""
    yield published(a_world())
    recorded().clear()


def move(world: World, wanted: datetime = LATER, at: datetime = AT, role: str = "officer") -> None:
    deadlines.move_deadline(
        world.tender, wanted, reason="A file was missing", address=ADDRESS, actor=world.actor(role), at=at
    )
    done(world)


def ask(world: World, wanted: datetime = LATER, at: datetime = PASSED) -> None:
    actor = world.actor("officer")
    deadlines.ask_to_move(world.tender, wanted, reason="Outage", outage="From 11:20", actor=actor, at=at)
    done(world)


def test_a_move_is_a_rule_set_a_notice_and_a_release_and_reaches_the_working_copy(world: World) -> None:
    move(world)
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    (notice,) = reads.notices_of(world.tender.id)
    assert (notice.kind, notice.number, notice.rule_set) == ("deadline", 1, 2)
    assert [(each.before, each.after) for each in notice.changes] == [
        ("12:00 BST on Friday 27 September 2024", "12:00 BST on Friday 4 October 2024")
    ]
    assert reads.rules_in_force(publication).tender.deadline == world.tender.deadline == LATER
    assert content_of(world, "timetable")["deadline"] == "2024-10-04T11:00:00Z"
    assert reads.working_copy(publication, draft_of(world.tender)).changes == ()


def test_a_move_publishes_nothing_of_the_working_copy(world: World) -> None:
    part = draft_of(world.tender).part("basics")
    tenders.save_part(world.tender, part, {**part.content, "title": "CANARY"}, actor=world.actor("officer"), at=AT)
    done(world)
    move(world)
    row = reads.rule_set_of(world.tender.id, 2)
    assert row is not None
    assert b"CANARY" not in row.canon


@pytest.mark.parametrize("wanted", [DEADLINE, DEADLINE - timedelta(minutes=1), DEADLINE - timedelta(days=30)])
def test_the_deadline_never_moves_earlier_nor_to_where_it_is(world: World, wanted: datetime) -> None:
    with pytest.raises(DeadlineError, match="never earlier"):
        move(world, wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        datetime(2024, 10, 3, 23, 0, tzinfo=UTC),  # 00:00 in London
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),  # 01:30, which comes twice that night
        datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    ],
)
def test_a_deadline_at_midnight_or_in_the_hour_the_clocks_repeat_is_refused(world: World, wanted: datetime) -> None:
    with pytest.raises(CalendarError):
        move(world, wanted)


def test_at_the_deadline_itself_one_officer_can_no_longer_move_it(world: World) -> None:
    move_before = DEADLINE - timedelta(microseconds=1)
    with pytest.raises(DeadlineError, match="second person"):
        move(world, at=DEADLINE)
    move(world, at=move_before)


def test_a_request_before_the_deadline_is_not_needed(world: World) -> None:
    with pytest.raises(DeadlineError, match="one officer can still move it"):
        ask(world, at=AT)


def test_nothing_moves_until_the_second_person_confirms(world: World) -> None:
    ask(world)
    assert world.tender.deadline == DEADLINE
    with pytest.raises(NotForYou, match="second person"):
        deadlines.confirm_move(world.tender, address=ADDRESS, actor=world.actor("officer"), at=PASSED)
    deadlines.confirm_move(world.tender, address=ADDRESS, actor=world.actor("approver"), at=PASSED)
    done(world)
    assert (world.tender.deadline, world.tender.stage) == (LATER, "published")


def test_a_second_request_waits_for_the_first(world: World) -> None:
    ask(world)
    with pytest.raises(DeadlineError, match="waits already"):
        ask(world)


def test_a_confirmation_after_the_new_deadline_has_passed_too_is_refused(world: World) -> None:
    ask(world)
    with pytest.raises(DeadlineError, match="has passed already"):
        deadlines.confirm_move(world.tender, address=ADDRESS, actor=world.actor("approver"), at=LATER)


@pytest.mark.parametrize("role", ["evaluator", "moderator", "finance", "opener", "auditor", "approver"])
def test_only_officers_move_it(world: World, role: str) -> None:
    with pytest.raises(NotForYou):
        move(world, role=role)


def test_closing_waits_for_the_drain(world: World) -> None:
    with pytest.raises(StageError, match="two minutes after"):
        deadlines.close_tender(world.tender, actor=world.actor("officer"), at=DEADLINE + DRAIN - timedelta(seconds=1))
    deadlines.close_tender(world.tender, actor=world.actor("officer"), at=DEADLINE + DRAIN)
    done(world)
    with pytest.raises(NotNow):
        deadlines.close_tender(world.tender, actor=world.actor("officer"), at=DEADLINE + DRAIN)


def test_closing_waits_for_a_request_that_is_not_decided(world: World) -> None:
    ask(world)
    with pytest.raises(StageError, match="confirm or decline"):
        deadlines.close_tender(world.tender, actor=world.actor("officer"), at=DEADLINE + DRAIN)
