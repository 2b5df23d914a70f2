"""Numbers drawn for a rehearsal: the same everywhere, spread as asked."""

from __future__ import annotations

import hashlib
from collections import Counter

from scoring.rehearsal.chance import below, numbers, pick
from scoring.rehearsal.settings import ScoreSpread


def test_numbers_are_cut_from_the_digest_that_the_text_names() -> None:
    digest = hashlib.sha256(b"rehearsal/1 7 lot adult round 1 bid A 0").hexdigest()
    drawn = numbers(7, "lot adult round 1 bid A", 4)
    assert [f"{each:016x}" for each in drawn] == [digest[at : at + 16] for at in (0, 16, 32, 48)]


def test_asking_for_more_numbers_leaves_the_first_as_they_were() -> None:
    assert numbers(7, "x", 9)[:5] == numbers(7, "x", 5)
    assert len(numbers(7, "x", 9)) == 9
    assert numbers(7, "x", 0) == ()


def test_another_seed_or_another_place_draws_other_numbers() -> None:
    drawn = {numbers(seed, place, 1) for seed in (1, 2, 12) for place in ("1", "2", "x 1")}
    assert len(drawn) == 9


def test_every_value_below_the_end_is_reached_about_as_often() -> None:
    seen = Counter(below(number, 10) for number in numbers(1, "even", 10_000))
    assert sorted(seen) == list(range(10))
    # Each count is binomial(10,000, 1/10) with standard deviation 30; five of them either side.
    assert all(850 < count < 1150 for count in seen.values())


def test_the_ends_of_the_range_stay_inside() -> None:
    assert (below(0, 6), below(2**64 - 1, 6)) == (0, 5)


def test_picking_follows_the_weights_and_skips_a_weight_of_nought() -> None:
    running = (1, 1, 4)  # weights 1, 0, 3
    quarters = [at * 2**62 for at in range(4)]
    assert [pick(number, running) for number in quarters] == [0, 2, 2, 2]


def test_a_scale_with_as_many_levels_as_weights_takes_them_as_they_are() -> None:
    # 5 times the weights 1, 1, 3, 8, 8, 4, added up.
    assert ScoreSpread().running(6) == (5, 10, 25, 65, 105, 125)


def test_a_longer_scale_is_read_off_the_lines_between_the_weights() -> None:
    # Weights 1, 3 over three levels: 1, 2, 3 (times two).
    assert ScoreSpread((1, 3)).running(3) == (2, 6, 12)


def test_a_shorter_scale_that_reads_only_noughts_is_even() -> None:
    assert ScoreSpread((0, 1, 0)).running(2) == (1, 2)
    assert ScoreSpread((0, 1, 0)).running(3) == (0, 2, 2)
