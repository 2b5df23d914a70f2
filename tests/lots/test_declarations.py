"""What is declared with a bid: a set for each regime, each declaration with its source."""

from __future__ import annotations

import pytest

from lots.declarations import BY_REGIME, PRICES_HOLD_DAYS, declarations_for
from lots.regime import Regime


def test_every_regime_has_a_set() -> None:
    assert set(BY_REGIME) == set(Regime)


def test_the_2015_rules_ask_by_regulation_and_know_no_debarment_list() -> None:
    made = {each.id: each.source for each in declarations_for(Regime.PCR2015_LIGHT_TOUCH)}
    assert list(made) == ["conflict", "collusion", "exclusion", "accuracy", "prices", "information"]
    assert "reg 57" in made["exclusion"]
    assert all("2023" not in source for source in made.values())


def test_the_2023_act_asks_about_debarment_of_sub_contractors_too() -> None:
    made = {each.id: each for each in declarations_for(Regime.PA2023_LIGHT_TOUCH)}
    assert "sub-contractor" in made["debarment"].text
    assert made["debarment"].source == "Procurement Act 2023, ss.28 and 62"
    assert all("PCR" not in each.source for each in made.values())


def test_below_the_threshold_and_for_a_grant_no_exclusion_ground_is_asked() -> None:
    assert [each.id for each in declarations_for(Regime.GRANT)] == [
        "conflict", "collusion", "accuracy", "prices", "information",
    ]  # fmt: skip
    assert declarations_for(Regime.GRANT) == declarations_for(Regime.BELOW_THRESHOLD)


@pytest.mark.parametrize("regime", Regime)
def test_every_declaration_has_words_and_a_source_and_says_how_long_prices_hold(regime: Regime) -> None:
    made = declarations_for(regime)
    assert all(each.title and each.text.endswith(".") and each.source for each in made)
    assert len({each.id for each in made}) == len(made)
    assert f"{PRICES_HOLD_DAYS} days" in next(each.text for each in made if each.id == "prices")
