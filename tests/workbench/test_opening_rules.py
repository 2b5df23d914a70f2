"""Every ordering of keys, people, deadline, drain, closing and locking: what opens, and what never does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations

import pytest

from workbench.arrival_rules import DRAIN
from workbench.opening_rules import (
    Hand,
    Kind,
    OpeningError,
    Stand,
    acted,
    envelopes_of,
    refusal,
    set_aside,
    waits_for,
)

DEADLINE = datetime(2026, 9, 1, 11, 0, tzinfo=UTC)
TIMES = (DEADLINE - timedelta(seconds=1), DEADLINE + timedelta(seconds=1), DEADLINE + DRAIN)
KEYS, PEOPLE = (0, 1, 2, 3), (7, 8)  # keys A, B, C and the paper; two openers
SHUT = Stand("published", DEADLINE, closed=False)
CLOSED = Stand("closed", DEADLINE, closed=True)
AFTER = TIMES[2]


@dataclass(frozen=True)
class World:
    """A stand at a time, and what led there."""

    stand: Stand
    time: int = 0
    path: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        return TIMES[self.time]


def moves(world: World) -> Iterator[World]:
    """Everything that may happen next; what the rules refuse does not."""
    stand = world.stand
    if world.time < 2:
        yield _then(world, ("deadline", "drain")[world.time], time=world.time + 1)
    if stand.stage == "published" and world.time == 2:
        yield _then(world, "close", stand=replace(stand, stage="closed", closed=True))
    if stand.stage == "opened" and not stand.quality_locked:
        yield _then(world, "lock", stand=replace(stand, quality_locked=True))
    for kind in ("bid", "price"):
        for person in PEOPLE:
            for key in KEYS:
                try:
                    after = acted(stand, kind, Hand(person, key), world.at)
                except OpeningError:
                    continue
                yield _then(world, f"{kind} {person} {key}", stand=after)


def _then(world: World, what: str, **changes: object) -> World:
    return replace(world, path=(*world.path, what), **changes)  # type: ignore[arg-type]


def every_world(price_apart: bool) -> list[World]:
    """Every stand that any ordering leads to, breadth first."""
    start = World(replace(SHUT, price_apart=price_apart))
    seen, waiting = {(start.stand, 0): start}, deque([start])
    while waiting:
        for world in moves(waiting.popleft()):
            if (world.stand, world.time) not in seen:
                seen[world.stand, world.time] = world
                waiting.append(world)
    return list(seen.values())


@pytest.mark.parametrize("price_apart", [False, True])
def test_whatever_the_order_nothing_is_open_without_deadline_drain_closing_two_people_and_two_keys(
    price_apart: bool,
) -> None:
    opened = [world for world in every_world(price_apart) if world.stand.opened]
    assert opened
    for world in opened:
        assert world.path[:3] == ("deadline", "drain", "close"), world.path
        acts = [step.split()[1:] for step in world.path if step.startswith("bid")]
        assert len(acts) == 2
        assert len({person for person, _ in acts}) == len({key for _, key in acts}) == 2


def test_prices_kept_apart_open_only_after_the_bids_and_the_lock_by_two_people_and_keys_again() -> None:
    priced = [world for world in every_world(True) if "price" in world.stand.opened]
    assert priced
    for world in priced:
        prices = [at for at, step in enumerate(world.path) if step.startswith("price")]
        acts = [world.path[at].split()[1:] for at in prices]
        assert world.path.index("lock") < min(prices)
        assert len({person for person, _ in acts}) == len({key for _, key in acts}) == 2


def test_prices_open_with_the_bids_where_they_are_not_kept_apart() -> None:
    assert {world.stand.opened for world in every_world(False)} == {frozenset(), frozenset({"bid", "price"})}


def test_every_two_of_the_four_keys_open_in_either_order_of_keys_and_people() -> None:
    for first, second in permutations(KEYS, 2):
        for one, other in permutations(PEOPLE):
            begun = acted(CLOSED, "bid", Hand(one, first), AFTER)
            assert acted(begun, "bid", Hand(other, second), AFTER).stage == "opened"


def test_after_the_loss_of_any_two_keys_the_other_two_still_open() -> None:
    found = 0
    for lost in combinations(KEYS, 2):
        first, second = (key for key in KEYS if key not in lost)
        begun = acted(CLOSED, "bid", Hand(7, first), AFTER)
        found += acted(begun, "bid", Hand(8, second), AFTER).opened == {"bid", "price"}
    assert found == 6


@pytest.mark.parametrize("key", KEYS)
def test_one_key_alone_opens_nothing_whoever_uses_it(key: int) -> None:
    begun = acted(CLOSED, "bid", Hand(7, key), AFTER)
    assert begun.opened == frozenset()
    for person in PEOPLE:
        assert refusal(begun, "bid", Hand(person, key), AFTER) != ""


def test_one_person_alone_opens_nothing_with_every_key() -> None:
    begun = acted(CLOSED, "bid", Hand(7, 0), AFTER)
    assert {refusal(begun, "bid", Hand(7, key), AFTER) for key in KEYS} == {
        "You have done your part: a second person, with another key, does the rest"
    }


def test_where_the_server_holds_the_key_two_people_still_have_to_act() -> None:
    begun = acted(CLOSED, "bid", Hand(7), AFTER)
    assert refusal(begun, "bid", Hand(7), AFTER) != ""
    assert acted(begun, "bid", Hand(8), AFTER).stage == "opened"


def test_each_thing_that_is_waited_for_has_its_own_sentence() -> None:
    said = [
        waits_for(SHUT, "bid", TIMES[0]), waits_for(SHUT, "bid", TIMES[1]), waits_for(SHUT, "bid", AFTER),
        waits_for(CLOSED, "bid", AFTER),
    ]  # fmt: skip
    assert said == [
        "Nothing is opened before the deadline, 12:00 BST on Tuesday 1 September 2026",
        "Bids that arrived in time may still be on their way in: wait two minutes after the deadline",
        "The tender has to be closed first: that fixes how many bids there are before anybody sees one",
        "",
    ]


def test_a_closing_for_an_earlier_deadline_opens_nothing() -> None:
    assert waits_for(replace(CLOSED, closed=False), "bid", AFTER) != ""


def test_a_first_part_that_was_set_aside_leaves_everybody_free_to_begin() -> None:
    begun = acted(CLOSED, "bid", Hand(7, 0), AFTER)
    assert set_aside(begun, "bid") == CLOSED


@pytest.mark.parametrize("kinds", [frozenset[Kind](), frozenset[Kind]({"bid"})])
def test_what_was_not_begun_or_is_open_is_not_set_aside(kinds: frozenset[Kind]) -> None:
    with pytest.raises(OpeningError):
        set_aside(replace(CLOSED, opened=kinds), "bid")


def test_the_first_opening_leaves_prices_shut_where_they_are_kept_apart() -> None:
    assert envelopes_of("bid", price_apart=True) == {"bid", "late"}
    assert envelopes_of("bid", price_apart=False) == {"bid", "price", "late"}
    assert envelopes_of("price", price_apart=True) == {"price"}
