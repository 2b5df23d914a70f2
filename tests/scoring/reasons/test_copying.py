"""Reasons that only repeat the scale or the question, or what was written about another bid: measured on cases."""

from __future__ import annotations

import pytest

from scoring.reasons.words import share, shingles
from tests.scoring.reasons.context import ADEQUATE, GOOD, QUESTION, codes, spoilt

COPIES = [
    ADEQUATE,
    ADEQUATE.upper().replace(".", " !"),
    ADEQUATE.replace("All", "Аll").replace("are", "аrе"),  # Cyrillic letters among the Latin ones
    "\u200b".join(ADEQUATE),
    f"In our view {ADEQUATE[0].lower()}{ADEQUATE[1:]} The panel agreed.",
    "A method and a role are answered for all main parts. Proof from comparable work is thin for some, or missing.",
    "The main parts all have a method and role. There is a shortcoming in one part to be managed in the contract.",
]
REASONS = [
    GOOD.reason,
    "Two tiers of supervision are described with a role for each, but no results from comparable work in Taunton.",
    "The method for triage is plain and each case worker's role is set out; the out-of-hours rota has no measure yet.",
]


@pytest.mark.parametrize("copy", COPIES)
def test_the_wording_of_the_scale_is_no_reason_however_it_is_dressed(copy: str) -> None:
    assert ("error", "scale_repeated", "reason") in codes(spoilt(reason=copy))


@pytest.mark.parametrize("reason", REASONS)
def test_honest_reasons_may_use_words_of_the_scale(reason: str) -> None:
    assert [each for each in codes(spoilt(reason=reason)) if each[1] == "scale_repeated"] == []


def test_half_a_copy_is_to_be_looked_at() -> None:
    half = f"{ADEQUATE[:90]} Two leads by post, an hour to a manager, a rota that nobody has tested at night so far."
    assert ("warning", "scale_repeated", "reason") in codes(spoilt(reason=half))


def test_why_not_lower_may_not_be_the_anchor_either() -> None:
    assert ("error", "scale_repeated", "why_not_lower") in codes(spoilt(why_not_lower=ADEQUATE[:60]))


def test_the_question_turned_round_is_no_reason() -> None:
    turned = f"The tenderer does {QUESTION.lower()}"
    assert ("error", "question_repeated", "reason") in codes(spoilt(reason=turned))


def test_nearly_the_same_reason_for_another_bid_is_to_be_confirmed() -> None:
    other = GOOD.reason.replace("half a day", "a day")
    assert codes(GOOD, other_reasons=(("Tenderer B", other),)) == [("warning", "reason_alike", "reason")]


def test_a_reason_within_a_longer_one_is_nearly_the_same() -> None:
    longer = f"{GOOD.reason} The answer is clear throughout and names its sources with care on every single page."
    assert codes(GOOD, other_reasons=(("Tenderer B", longer),)) == [("warning", "reason_alike", "reason")]


def test_another_reason_about_the_same_matter_is_another_reason() -> None:
    assert codes(GOOD, other_reasons=tuple(("Tenderer B", each) for each in REASONS[1:])) == []


def test_shares_are_whole_per_cents_rounded_down() -> None:
    three, two = shingles("one two three four five", 3), shingles("one two three four", 3)
    assert (len(three), share(three, two), share(two, three), share(frozenset(), two)) == (3, 66, 100, 0)
