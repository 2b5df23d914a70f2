"""Rounds of a rehearsal are judged as real bids are: the same marks, gates, prices and ranking."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from lots.money import Money
from scoring.evaluation import evaluate_lot
from scoring.rehearsal.course import make_up
from scoring.rehearsal.settings import PriceSpread, ScoreSpread
from scoring.rehearsal.trial import trials
from scoring.tender_file import TenderFile
from tests.scoring.rehearsal.cases import as_real, by, ready, rules, whole

METHODS = [
    by("lowest_relative"),
    by("linear_min_max"),
    by("linear_to_multiple", multiple="1.5"),
    by("linear_fixed", floor="700000", ceiling="900000"),
    by("mean_deviation"),
    by("target_deviation", target="800000"),
    by("fixed_price", price="870000"),
    whole("price_per_quality_point"),
    whole("value_for_money_index", quality_weight="60", price_weight="40"),
    whole("reference_value"),
    whole("reference_value_corridor", corridor_percent="5", decide_on="lowest_price"),
    whole("monetised_quality", value="200000"),
    whole("price_markup", maximum_percent="40"),
    whole("price_deduction", maximum_percent="40"),
    whole("relative_value_cost"),
    whole("utility_index"),
    whole("reduced_price", maximum_share="0.6"),
    rules(minimum_quality=Decimal(60)),
]


@pytest.mark.parametrize("file", METHODS, ids=lambda file: file.methodologies[0].price.formula)
def test_a_round_comes_out_exactly_as_the_evaluation_of_the_same_bids(file: TenderFile) -> None:
    lot, rounds = ready(file, seed=11, rounds=3, bids=4), 0
    for trial in trials(lot):
        real = evaluate_lot(as_real(file, trial.bids, lot.methodology), "adult")
        assert {result.bid.id: result.scored for result in real.results} == dict(trial.marking.scored)
        out = {result.bid.id: result.exclusion for result in real.results if result.exclusion}
        if any(gone.stage == "abnormally_low" for gone in out.values()) or real.waiting:
            continue
        rounds += 1
        assert {gone.bid: gone for gone in trial.out} == out
        assert trial.round.prices == real.round.prices
        assert trial.round.totals == real.round.totals
        assert trial.winner == real.ranking.first
        assert [place.bid for place in trial.round.ranking.places] == [place.bid for place in real.ranking.places]
    assert rounds > 0


def test_prices_lie_inside_the_percentages_of_the_budget_and_add_up() -> None:
    lot = ready(by("lowest_relative"), prices=PriceSpread(90, 95), rounds=40)
    prices = [made.bid.price for number in range(1, 41) for made in make_up(lot, number)]
    assert lot.budget == Money.pounds(900_000)
    assert (lot.lowest, lot.highest) == (Money.pounds(810_000), Money.pounds(855_000))
    assert all(Money.pounds(810_000) <= price <= Money.pounds(855_000) for price in prices)
    assert len(set(prices)) > 190
    made = make_up(lot, 1)[0].bid
    assert len(made.prices) == 3
    assert max(made.prices).pence - min(made.prices).pence <= 1


def test_the_base_value_binds_where_it_is_below_the_budget_of_all_years() -> None:
    file = by("lowest_relative")
    lots = tuple(
        type(lot)(**{**vars(lot), "base_value": Money.pounds(600_000)}) if lot.id == "adult" else lot
        for lot in file.tender.lots
    )
    tender = type(file.tender)(**{**vars(file.tender), "lots": lots})
    changed = type(file)(**{**vars(file), "tender": tender})
    assert ready(changed).budget == Money.pounds(600_000)


def test_scores_fall_only_on_levels_that_have_a_weight() -> None:
    lot = ready(rules(), scores=ScoreSpread((0, 0, 0, 1, 1, 0), alike=0), rounds=20)
    levels = {level for number in range(1, 21) for made in make_up(lot, number) for level in made.levels}
    assert levels == {3, 4}


def test_bids_that_are_alike_everywhere_earn_one_level_throughout() -> None:
    lot = ready(rules(), scores=ScoreSpread(alike=100), rounds=20)
    assert all(len(set(made.levels)) == 1 for number in range(1, 21) for made in make_up(lot, number))


def test_a_price_over_the_ceiling_falls_at_the_ceiling() -> None:
    found = trials(ready(rules(), prices=PriceSpread(101, 110), scores=ScoreSpread((0, 0, 0, 0, 0, 1)), rounds=5))
    assert {gone.stage for trial in found for gone in trial.out} == {"ceiling"}
    assert [trial.winner for trial in found] == [None] * 5


def test_a_basket_comes_to_the_made_up_price_or_a_little_less() -> None:
    from scoring.methodology import BasketItem

    items = (BasketItem("hour", "An hour of support", Decimal(20_000)), BasketItem("visit", "A visit", Decimal(500)))
    lot = ready(rules(evaluated_price="basket", basket=items), rounds=3)
    for trial in trials(lot):
        for bid in trial.still_in:
            price = Fraction(bid.price.pence, 100)
            assert 0 <= price - trial.round.prices[bid.id] < Fraction(20_500, 100)
