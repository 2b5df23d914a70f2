"""Evaluated prices against published baskets, life-cycle costs and discounted flows."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.money import Money
from scoring.evaluated_price import (
    BasketLine,
    EvaluatedPriceError,
    basket,
    discount_factors,
    life_cycle,
    monetised_offer,
    net_present_value,
    part_year,
    total,
)
from scoring.formulas import PriceMethod
from scoring.methods import Offer, rank_offers

# The energy service contract of cases V01, V02 and V04 (esculator package tests, ProZorro ESCO): announced on
# 18 August 2017, so 135 days of that year, nineteen whole years and 230 days; 12.5 % a year.
DAYS = [135, *[365] * 19, 230]
SAVED = [Fraction("92.47"), *[Fraction(250)] * 19, part_year(250, 230)]
RATE = Fraction("0.125")


def payments(years: int) -> list[Fraction]:
    """Pay 70 % of each period's savings for ``years``, the last of them ending 230 days into its period."""
    whole = [Fraction("0.7") * saved for saved in SAVED]
    if years == 0:
        return [Fraction(0)] * 21
    return [*whole[:years], Fraction("0.7") * part_year(250, 230), *[Fraction(0)] * (20 - years)]


@pytest.mark.parametrize(
    ("years", "contract", "performance"),
    [
        (1, "175.00297260274", "1655.39595725875"),
        (0, "0", "1810.95435405817"),
        (10, "1750.00297260274", "842.07611953472"),
    ],
    ids=["V01", "V02", "V04"],
)
def test_net_present_value_gives_the_published_figures_of_energy_service_contracts(
    years: int, contract: str, performance: str
) -> None:
    """Cases V01, V02 and V04: esculator package tests, 21 periods, contracts of 1, 0 and 10 years."""
    paid = payments(years)
    kept = [saved - payment for saved, payment in zip(SAVED, paid, strict=True)]
    near = Fraction(1, 10**9)
    assert abs(total(paid) - Fraction(contract)) < near
    assert abs(net_present_value(kept, RATE, DAYS) - Fraction(performance)) < near


def test_another_day_count_gives_another_value() -> None:
    assert net_present_value([100], RATE, [365]) == Fraction(800, 9)
    assert net_present_value([100], RATE, [365], days_in_year=360) != Fraction(800, 9)


def test_discount_factors_multiply_up_period_by_period() -> None:
    """At 10 %: a whole year, then 73 days, a fifth of one."""
    assert discount_factors(Fraction("0.1"), [365, 73]) == (Fraction(10, 11), Fraction(10, 11) / Fraction("1.02"))


def test_a_basket_adds_up_quantities_at_unit_prices() -> None:
    """Case M05: Norwegian guidance (anskaffelser.no)."""
    lines = [(1500, 18), (50, 20), (1200, 25), (540, 32)]
    assert basket(BasketLine(f"line {unit}", quantity, unit) for quantity, unit in lines) == 75280


def test_life_cycle_adds_the_other_costs() -> None:
    """Case Z05: openprocurement.api life-cycle cost tests."""
    assert life_cycle(469, [10, 20, 30, 40]) == 569
    assert life_cycle(469, []) == 469


def test_amounts_of_money_are_taken_to_the_penny() -> None:
    years = [Money.parse("0.10"), Money.parse("0.20")]
    assert total(years) == Fraction("0.3")
    assert life_cycle(Money.parse("469.01"), [Money.parse("0.99")]) == 470
    assert basket([BasketLine("sessions", Fraction("1.5"), Money.parse("0.33"))]) == Fraction("0.495")
    assert part_year(Money.parse("365.00"), 135) == 135


def test_amounts_that_cannot_be_worked_out_are_refused_in_words() -> None:
    with pytest.raises(EvaluatedPriceError, match="no year"):
        total([])
    with pytest.raises(EvaluatedPriceError, match="no lines"):
        basket([])
    with pytest.raises(EvaluatedPriceError, match=r"“nights”: the quantity is -1"):
        basket([BasketLine("nights", -1, 5)])
    with pytest.raises(EvaluatedPriceError, match="2 amounts for 1 periods"):
        net_present_value([1, 2], RATE, [365])
    with pytest.raises(EvaluatedPriceError, match="230 days out of 0"):
        part_year(1, 230, days_in_year=0)


@pytest.mark.parametrize(("rate", "days", "year"), [("-0.1", 1, 365), ("0.1", 0, 365), ("0.1", 1, 0)])
def test_discounting_refuses_a_negative_rate_and_empty_periods(rate: str, days: int, year: int) -> None:
    with pytest.raises(EvaluatedPriceError, match=r"^Discounting takes a rate of 0 or more"):
        discount_factors(Fraction(rate), [days], year)


@pytest.mark.parametrize(
    ("amount", "share", "denominator", "evaluated"),
    [(469, "0.2", Fraction(5, 4), "475.2"), (479, "0.3", Fraction(10, 7), "435.3")],
    ids=["Z06", "Z07"],
)
def test_a_reduced_price_with_a_cost_added_gives_the_published_mixed_figures(
    amount: int, share: str, denominator: Fraction, evaluated: str
) -> None:
    """Cases Z06 and Z07: openprocurement.auction mixed tests; Σv = Σvmax makes the divisor 1 ÷ (1 − Σv)."""
    bid = Offer(Fraction(amount), 100 * Fraction(share))
    reduced = rank_offers(PriceMethod("reduced_price", (("maximum_share", share),)), {"A": bid}).figures["A"]
    assert amount / reduced == denominator
    assert life_cycle(reduced, [100]) == Fraction(evaluated)


def test_quality_may_be_valued_criterion_by_criterion() -> None:
    """£100,000 with 60 % of £20,000 and all of £5,000 compares as £83,000."""
    values = {"outcomes": Fraction(20000), "staff": Fraction(5000)}
    bid = monetised_offer(Fraction(100000), values, {"outcomes": Fraction("0.6"), "staff": Fraction(1)})
    method = PriceMethod("monetised_quality", (("value", "25000"),))
    assert rank_offers(method, {"A": bid}).figures == {"A": 83000}


def test_quality_valued_by_criterion_is_an_offer_with_the_same_worth() -> None:
    values = {"outcomes": Fraction(300), "staff": Fraction(100)}
    bid = monetised_offer(Fraction(1000), values, {"outcomes": Fraction(1, 2), "staff": Fraction(1)})
    assert (bid.price, bid.quality) == (1000, Fraction("62.5"))


@pytest.mark.parametrize(
    ("values", "shares"),
    [({}, {}), ({"a": 1}, {"b": 1}), ({"a": 0}, {"a": 1}), ({"a": 2, "b": -1}, {"a": 1, "b": 1})],
)
def test_values_that_do_not_fit_their_shares_are_refused(values: dict[str, int], shares: dict[str, int]) -> None:
    exact_values = {criterion: Fraction(value) for criterion, value in values.items()}
    exact_shares = {criterion: Fraction(share) for criterion, share in shares.items()}
    with pytest.raises(EvaluatedPriceError, match="do not fit"):
        monetised_offer(Fraction(1), exact_values, exact_shares)


flows_of_periods = st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 366)), min_size=1, max_size=12)


@given(flows_of_periods)
def test_without_interest_the_present_value_is_the_sum(periods: list[tuple[int, int]]) -> None:
    flows, days = [flow for flow, _ in periods], [day for _, day in periods]
    assert net_present_value(flows, Fraction(0), days) == sum(flows)


@given(flows_of_periods, st.integers(1, 50))
def test_each_later_pound_is_worth_less(periods: list[tuple[int, int]], percent: int) -> None:
    factors = discount_factors(Fraction(percent, 100), [day for _, day in periods])
    assert all(later < sooner for sooner, later in zip((Fraction(1), *factors), factors, strict=False))
