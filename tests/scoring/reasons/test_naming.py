"""Other tenderers, money and people in a reason."""

from __future__ import annotations

import pytest

from tests.scoring.reasons.context import GOOD, QUESTION, codes, spoilt

END = " The rest of the answer is clear enough to be relied on."


@pytest.mark.parametrize(
    "words",
    [
        "Mendip Advocacy Partnership shows more.",
        "This is weaker than MENDIP ADVOCACY  PARTNERSHIP’S own plan.",
        "Mendip\u00adAdvocacy \u200bPartnership shows more.".replace("\u00ad", " "),
        "Brunel Community Care had a better plan.",
        "Mendip Аdvocacy Partnership shows more.",  # a Cyrillic A
        "Weaker than tenderer B in this.",
    ],
)
def test_another_tenderer_is_not_named(words: str) -> None:
    assert ("error", "other_tenderer_named", "reason") in codes(spoilt(reason=GOOD.reason + " " + words))


@pytest.mark.parametrize("words", ["Mendip shows more.", "Signpost shows more.", "More than the incumbent offers.",
                                   "It is better than other bids."])  # fmt: skip
def test_what_may_point_to_another_tenderer_is_to_be_confirmed(words: str) -> None:
    found = [each[0] for each in codes(spoilt(reason=f"{GOOD.reason} {words}"))]
    assert found == ["warning"]


@pytest.mark.parametrize("words", ["Sabrina House gives its leads time.", "Tenderer C gives its leads time.",
                                   "Brunelian is a word of its own.", "A signposting page is offered."])  # fmt: skip
def test_this_tenderer_and_ordinary_words_are_not_others(words: str) -> None:
    assert codes(spoilt(reason=f"{GOOD.reason} {words}")) == []


def test_a_partner_of_both_bids_may_be_named() -> None:
    named = spoilt(reason=GOOD.reason + " Ilex Counselling Collective runs the rota.")
    own, others = ("Ilex Counselling Collective",), ("Ilex Counselling Collective", "Mendip Advocacy Partnership")
    assert codes(named, own_names=own, other_names=others) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("The price is low.", "price_mentioned"),
        ("It costs £ 4,000 a year.", "price_mentioned"),
        ("This is good value for money.", "price_mentioned"),
        ("Write to jo.bloggs@example.org.", "email"),
        ("Call 0117 496 0123.", "phone"),
        ("Call +44 (0)7700 900123.", "phone"),
        ("Her number is QQ 12 34 56 C.", "insurance_number"),
        ("They work at BS1 4ND.", "postcode"),
        ("Dr. Okafor leads this.", "person_named"),
        ("Mrs Smith leads this.", "person_named"),
    ],
)
def test_money_and_people_are_to_be_confirmed(words: str, code: str) -> None:
    assert codes(spoilt(why_not_lower=words + END)) == [("warning", code, "why_not_lower")]


@pytest.mark.parametrize("words", ["Since 2019 some 188 of 201 children improved by 2024-25.", "A dr ew leads.",
                                   "At 8 to 20 weeks, 22 each.", "See @ 4.2 on page 3."])  # fmt: skip
def test_figures_and_dates_are_no_personal_data(words: str) -> None:
    assert codes(spoilt(reason=GOOD.reason + " " + words)) == []


def test_money_may_be_mentioned_where_the_question_asks_about_it() -> None:
    costly = spoilt(reason=GOOD.reason + " The budget for training is named.")
    assert codes(costly, question=QUESTION + " Give the budget for training.") == []
