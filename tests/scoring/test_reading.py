"""How long reading takes, and an order of one's own."""

from __future__ import annotations

import pytest

from scoring.reading import in_reading_order, minutes_for, say_minutes

BIDS = tuple(f"bid-{at}" for at in range(8))


@pytest.mark.parametrize(("words", "minutes"), [(0, 4), (1, 5), (150, 5), (151, 6), (1000, 11)])
def test_reading_is_rounded_up_and_judging_is_added(words: int, minutes: int) -> None:
    assert minutes_for(words) == minutes


@pytest.mark.parametrize(("minutes", "said"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (130, "2 h 10 min")])
def test_a_duration_is_said_in_hours_and_minutes(minutes: int, said: str) -> None:
    assert say_minutes(minutes) == said


def order(reader: str, question: str = "q", bids: tuple[str, ...] = BIDS) -> tuple[str, ...]:
    return in_reading_order(bids, tender="t", reader=reader, question=question)


def test_everybody_has_an_order_of_their_own_for_each_question() -> None:
    orders = {order(reader, question) for reader in ("1", "2", "3") for question in ("a", "b")}
    assert len(orders) == 6
    assert all(sorted(each) == list(BIDS) for each in orders)


def test_the_order_is_the_same_whenever_it_is_asked_for_and_stays_when_a_bid_falls_away() -> None:
    assert order("1", bids=tuple(reversed(BIDS))) == order("1")
    assert order("1", bids=BIDS[1:]) == tuple(bid for bid in order("1") if bid != BIDS[0])


def test_over_many_readers_every_bid_comes_first_about_as_often() -> None:
    first = [order(str(reader))[0] for reader in range(800)]
    assert all(60 <= first.count(bid) <= 140 for bid in BIDS)
