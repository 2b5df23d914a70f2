"""Standstill and signature on record: what is recorded, what is refused until when, and the stages they lead to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workbench.evaluated import approved, released
from tests.workbench.opening import details
from tests.workbench.published import World, done
from workbench.policies import NotForYou, NotNow
from workbench.queries.awards.standstill import position_of
from workbench.services.awards import standstill
from workbench.signing_rules import SigningError

SENT = datetime(2024, 9, 24, 9, 0, tzinfo=UTC)
LAST = datetime(2024, 10, 4, 22, 59, 59, tzinfo=UTC)  # a second before midnight in London
FREE = datetime(2024, 10, 4, 23, 0, tzinfo=UTC)
DAY = date(2024, 10, 5)
CLAIM = "A claim form was issued, number 12 of 2024."
LOTS = ("cyp", "adult", "isva")


def notified(world: World) -> World:
    """Have the award approved and its letters released."""
    approved(world)
    return released(world, SENT)


def sign(world: World, lot: str, day: date = DAY, at: datetime = FREE) -> None:
    """Record a signature, and commit."""
    standstill.sign(world.tender, lot, day, actor=world.actor("officer"), at=at)
    done(world)


def record(world: World, kind: str, day: date, at: datetime, lot: str = "", text: str = CLAIM) -> None:
    """Record an event, and commit."""
    standstill.record(world.tender, kind, day, lot=lot, text=text, actor=world.actor("officer"), at=at)
    done(world)


def test_midnight_in_london_is_the_boundary(world: World) -> None:
    notified(world)
    with pytest.raises(SigningError, match="may not be signed before Saturday 5 October 2024"):
        sign(world, "adult", date(2024, 10, 4), LAST)
    sign(world, "adult")
    assert world.tender.stage == "awarded"
    assert details(world, "contract_signed")["tenderer"] == "Severnside Recovery Trust"


def test_the_last_signature_of_all_lots_makes_the_contract(world: World) -> None:
    notified(world)
    for lot in LOTS:
        assert world.tender.stage != "contract"
        sign(world, lot)
    assert world.tender.stage == "contract"
    with pytest.raises(NotNow):
        sign(world, "adult")


def test_one_contract_is_signed_once_and_only_of_a_lot_that_is_awarded(world: World) -> None:
    notified(world)
    sign(world, "adult")
    with pytest.raises(SigningError, match="recorded already"):
        sign(world, "adult")
    with pytest.raises(SigningError, match="not awarded"):
        sign(world, "moon")


def test_a_challenge_holds_the_contracts_it_is_about_until_it_is_lifted(world: World) -> None:
    notified(world)
    record(world, "challenge", date(2024, 10, 3), LAST - timedelta(hours=9), lot="adult")
    sign(world, "isva")
    with pytest.raises(SigningError, match="challenged on Thursday 3 October 2024"):
        sign(world, "adult")
    record(world, "lifted", date(2024, 10, 6), FREE + timedelta(days=2), lot="adult", text="The court lifted it.")
    sign(world, "adult", date(2024, 10, 7), FREE + timedelta(days=2, hours=12))
    assert [each.signed is not None for each in position_of(world.tender, DAY).lots] == [False, True, True]


def test_the_end_of_the_standstill_confirms_the_award(world: World) -> None:
    notified(world)
    with pytest.raises(SigningError, match="may not be signed before"):
        record(world, "ended", date(2024, 10, 4), LAST, text="")
    record(world, "ended", DAY, FREE, text="")
    assert world.tender.stage == "awarded"


def test_letters_released_later_than_they_say_move_the_earliest_day(world: World) -> None:
    approved(world)
    released(world, SENT + timedelta(days=1))
    counted = position_of(world.tender, DAY).counted
    assert counted is not None
    assert counted.earliest_contract == date(2024, 10, 8)


@pytest.mark.parametrize("role", ["moderator", "approver", "finance", "legal", "auditor", "evaluator"])
def test_only_officers_record(world: World, role: str) -> None:
    notified(world)
    with pytest.raises(NotForYou):
        standstill.sign(world.tender, "adult", DAY, actor=world.actor(role), at=FREE)
    with pytest.raises(NotForYou):
        standstill.record(world.tender, "note", DAY, text=CLAIM, actor=world.actor(role), at=FREE)


def test_nothing_is_signed_before_the_letters(world: World) -> None:
    approved(world)
    with pytest.raises(NotNow):
        sign(world, "adult")
