"""Why an allocation is the best, in words without fractions: proved, equal to others, or only bounded."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from exports.proof import proof_words
from scoring.limits.market import Proof

PROVED = Proof("assignment", 3, Fraction(285493, 1210), Fraction(285493, 1210), True, False, None, "")


def test_a_proved_sum_is_said_in_decimals_with_how_equal_ones_were_settled() -> None:
    said = proof_words(PROVED)
    assert said.startswith("The totals of the 3 lots awarded add up to 235.94, and no allocation of as many lots")
    assert said.endswith(
        "Another allocation reaches the same sum; the published rule for equal sums decided between them."
    )
    assert "/" not in said


def test_a_single_best_names_the_next_best() -> None:
    best = replace(PROVED, unique=True, second_best=(2, Fraction(150)))
    assert proof_words(best).endswith("the next best adds up to 150.00 with 2 lots awarded.")
    assert proof_words(replace(best, second_best=(3, Fraction(150)))).endswith("the next best adds up to 150.00.")
    assert proof_words(replace(best, second_best=None)).endswith("No other allocation reaches the same sum.")
    assert proof_words(replace(PROVED, method="enumeration", unique=None)).endswith(
        "Every possible allocation was worked out and compared."
    )


def test_what_was_not_proved_is_not_called_the_best() -> None:
    said = proof_words(replace(PROVED, method="milp", lots=1, proved=False, bound=Fraction(240)))
    assert said == (
        "This allocation awards 1 lot and its totals add up to 235.94. It keeps every limit, but it was not shown to "
        "be the best: another might reach a sum of at most 240.00."
    )
