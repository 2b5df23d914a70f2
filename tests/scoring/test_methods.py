"""Whole methods against other people's published numbers, their tie rules and their refusals."""

import re
from decimal import Context, Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.errors import errors_in
from scoring.catalogue import WHOLE_METHODS, price_method_findings
from scoring.figures import Rounding
from scoring.formulas import PriceMethod, PriceMethodError, PriceUndefined
from scoring.methods import MethodResult, Offer, rank_offers


def method(formula: str, **parameters: str) -> PriceMethod:
    return PriceMethod(formula, tuple(parameters.items()))


def offer(price: int | str, quality: int | str) -> Offer:
    return Offer(Fraction(price), Fraction(quality))


def order(result: MethodResult) -> list[str]:
    """Give the ranking as text: ``A`` before ``B``, a tie as ``A=B``."""
    return ["=".join(group) for group in result.ranking]


COMPLETE = [
    method("price_per_quality_point"),
    method("value_for_money_index"),
    method("value_for_money_index", quality_weight="60", price_weight="40"),
    method("value_for_money_index", quality_weight="60", price_weight="30"),
    method("reference_value"),
    method("reference_value_corridor", corridor_percent="6", decide_on="lowest_price"),
    method("reference_value_corridor", corridor_percent="10", decide_on="highest_quality"),
    method("monetised_quality", value="2500"),
    method("price_markup", maximum_percent="50"),
    method("price_deduction", maximum_percent="50"),
    method("relative_value_cost"),
    method("utility_index", quality_weight="60", price_weight="40"),
    method("reduced_price", maximum_share="0.999"),
]
R01 = {"1": offer(65000, 60), "2": offer(74000, 75), "3": offer(100000, 100)}


def corridor(percent: str, decide_on: str) -> MethodResult:
    return rank_offers(method("reference_value_corridor", corridor_percent=percent, decide_on=decide_on), R01)


# Published cases


def test_reference_value_rounds_to_whole_figures() -> None:
    """Inputs of case R01, figures of case R02: UfAB simple method, quality × 1,000,000 ÷ price."""
    result = rank_offers(method("reference_value"), R01)
    assert result.figures == {"1": 923, "2": 1014, "3": 1000}
    assert (order(result), result.best) == (["2", "3", "1"], "highest")


def test_the_corridor_of_six_per_cent_holds_two_offers_and_the_published_criterion_decides() -> None:
    """Case R02: UfAB extended method (arriba-net help; tenderzen.de notice b3650c0f), corridor 6 %."""
    cheapest, best = corridor("6", "lowest_price"), corridor("6", "highest_quality")
    assert cheapest.notes == (
        "The best figure is 1014; 6 % below it is 953.16.",
        "Inside the corridor: 2, 3.",
    )
    assert (order(cheapest), order(best)) == (["2", "3", "1"], ["3", "2", "1"])


def test_a_corridor_of_ten_per_cent_lets_the_third_offer_in_and_it_wins_on_price() -> None:
    """Case R02, note: at 10 % the floor is 912.6 and offer 1 (923) also enters."""
    result = corridor("10", "lowest_price")
    assert result.notes[0] == "The best figure is 1014; 10 % below it is 912.6."
    assert order(result) == ["1", "2", "3"]


def test_value_for_money_index_prefers_the_dearer_bid_that_over_delivers() -> None:
    """Case R03: Ministry of Defence tessa package; 80 at £1.00m against 99 at £1.18m."""
    result = rank_offers(method("value_for_money_index"), {"A": offer(1, 80), "B": offer("1.18", 99)})
    assert {bid: Rounding(1).text(figure) for bid, figure in result.figures.items()} == {
        "A": "80.0",
        "B": "83.9",
    }
    assert order(result) == ["B", "A"]


def test_monetised_quality_takes_its_value_off_the_price() -> None:
    """Case M01: Negometrix/CROW “gunnen op waarde” help."""
    result = rank_offers(method("monetised_quality", value="2500"), {"A": offer(80000, 60)})
    assert result.figures == {"A": 78500}
    assert result.derivations["A"].figures == "80000 − 2500 × 0.6"


def test_a_full_deduction_makes_a_full_marks_bid_free_and_is_refused() -> None:
    """Case M03: e-Avrop help, 100 % at full points: published as 250, 500 and 0."""
    bids = {"A": offer(500, 50), "B": offer(1000, 50), "C": offer(750, 100)}
    with pytest.raises(PriceMethodError, match=r"maximum_percent is “100”.* free at any price"):
        rank_offers(method("price_deduction", maximum_percent="100"), bids)
    published = {"A": 250, "B": 500, "C": 0}
    nearly = rank_offers(method("price_deduction", maximum_percent="99.99"), bids).figures
    assert all(0 < nearly[bid] - published[bid] < Fraction(1, 10) for bid in bids)
    half = rank_offers(method("price_deduction", maximum_percent="50"), bids).figures
    assert half == {"A": 375, "B": 750, "C": 375}
    assert {bid: 2 * half[bid] - bids[bid].price for bid in bids} == published


def test_fixed_deductions_by_level_are_monetised_quality() -> None:
    """Case M04: inkopsradet.se, 1,000 an hour with 200 off for each of four levels."""
    bids = {str(level): offer(1000, level) for level in (4, 3, 2, 1, 0)}
    result = rank_offers(method("monetised_quality", value="800"), bids, Fraction(4))
    assert result.figures == {"4": 200, "3": 400, "2": 600, "1": 800, "0": 1000}
    assert order(result) == ["4", "3", "2", "1", "0"]


def test_reduced_price_is_exact_where_the_published_fraction_came_from_binary_floats() -> None:
    """Case Z02: openprocurement.auction tests; 469 with Σv 0.2 of Σvmax 0.3 is 469 × 7/9, not 364.77…78."""
    result = rank_offers(method("reduced_price", maximum_share="0.3"), {"A": offer(469, 20)})
    assert result.figures == {"A": Fraction(469 * 7, 9)}
    assert Rounding(6).text(result.figures["A"]) == "364.777778"
    assert result.figures["A"] != Fraction(5914127030662935441, 16212958658533786)
    assert result.derivations["A"].figures == "469 ÷ (1 + 0.2 ÷ (1 − 0.3))"


def test_the_coefficient_of_reduced_price_is_the_published_one_for_reverse_auctions_too() -> None:
    """Case Z04: openprocurement.auction ESCO tests multiply 600 by the coefficient that Z02 divides by."""
    reduced = rank_offers(method("reduced_price", maximum_share="0.3"), {"A": offer(600, 20)}).figures["A"]
    coefficient = 600 / reduced
    assert coefficient == Fraction(9, 7)
    assert Rounding(6).text(600 * coefficient) == "771.428571"


def test_price_per_quality_point_lets_the_cheaper_poorer_bid_win() -> None:
    """Case F02: method of the Cabinet Office Bid Evaluation Guidance Note (May 2021), section 7.3."""
    result = rank_offers(method("price_per_quality_point"), {"A": offer(800000, 80), "B": offer(680000, 70)})
    assert result.figures == {"A": 10000, "B": Fraction(68000, 7)}
    assert Rounding(4).text(result.figures["B"]) == "9714.2857"
    assert (order(result), result.best) == (["B", "A"], "lowest")


# Worked by hand from the definitions


def test_price_markup_adds_for_quality_that_is_missing() -> None:
    result = rank_offers(method("price_markup", maximum_percent="50"), {"A": offer(100, 100), "B": offer(90, 60)})
    assert result.figures == {"A": 100, "B": 108}
    assert order(result) == ["A", "B"]


def test_relative_value_cost_divides_by_quality_against_the_poorest_bid() -> None:
    """SI of A = (80 + 100) ÷ (50 + 100) = 1.2."""
    result = rank_offers(method("relative_value_cost"), {"A": offer(1200, 80), "B": offer(1050, 50)})
    assert result.figures == {"A": 1000, "B": 1050}
    assert order(result) == ["A", "B"]


def test_utility_index_measures_against_the_best_quality_and_the_best_price() -> None:
    """N = 60 ÷ 40 = 1.5: A has (1 − 0) ÷ 125 × 100 = 0.8, B (1 − 0.2 × 1.5) ÷ 100 × 100 = 0.7."""
    chosen = method("utility_index", quality_weight="60", price_weight="40")
    result = rank_offers(chosen, {"A": offer(125, 90), "B": offer(100, 70)})
    assert result.figures == {"A": Fraction("0.8"), "B": Fraction("0.7")}
    assert order(result) == ["A", "B"]


def test_a_whole_exponent_is_exact_and_any_other_is_taken_to_28_digits_and_says_so() -> None:
    bids = {"A": offer(7, 81)}
    square = rank_offers(method("value_for_money_index", quality_weight="60", price_weight="30"), bids)
    assert (square.figures["A"], square.notes) == (Fraction(81 * 81, 7), ())
    power = rank_offers(method("value_for_money_index", quality_weight="60", price_weight="40"), bids)
    assert power.figures["A"] == Fraction(Context(prec=28).divide(Decimal(729), Decimal(7)))
    wide, root = Context(prec=99), method("value_for_money_index", quality_weight="1", price_weight="2")
    for bid, figure in rank_offers(root, {str(q): offer(7, q) for q in range(2, 81)}).figures.items():
        exact = wide.divide(wide.sqrt(Decimal(bid)), Decimal(7))
        assert figure == Fraction(Context(prec=28).plus(exact))
    assert power.notes == ("The power 1.5 is not whole: figures are to 28 significant digits.",)


def test_equal_figures_under_irrational_powers_are_found_equal() -> None:
    """64^1.5 ÷ 8 = 16^1.5 ÷ 1 = 64: a tie that inexact powers could miss."""
    chosen = method("value_for_money_index", quality_weight="60", price_weight="40")
    assert order(rank_offers(chosen, {"A": offer(8, 64), "B": offer(1, 16)})) == ["A=B"]


def test_monetised_quality_may_fall_below_nought() -> None:
    result = rank_offers(method("monetised_quality", value="500"), {"A": offer(100, 100), "B": offer(50, 0)})
    assert result.figures == {"A": -400, "B": 50}
    assert order(result) == ["A", "B"]


# Ties


def test_equal_reference_values_put_the_lower_price_first() -> None:
    """Both round to 1000: 100,000,000 ÷ 100,000 and 90,000,000 ÷ 90,001."""
    bids = {"dear": offer(100000, 100), "cheap": offer(90001, 90), "same": offer(90001, 90)}
    result = rank_offers(method("reference_value"), bids)
    assert set(result.figures.values()) == {1000}
    assert order(result) == ["cheap=same", "dear"]


def test_reference_values_round_halves_up() -> None:
    result = rank_offers(method("reference_value", scale="1"), {"A": offer(2, 5), "B": offer(2, 4)})
    assert result.figures == {"A": 3, "B": 2}


def test_bids_equal_on_the_deciding_criterion_are_reported_as_a_tie() -> None:
    bids = {"A": offer(100, 98), "B": offer(100, 100), "C": offer(200, 100)}
    chosen = method("reference_value_corridor", corridor_percent="5", decide_on="lowest_price")
    assert order(rank_offers(chosen, bids)) == ["A=B", "C"]


def test_a_figure_exactly_on_the_floor_of_the_corridor_is_inside() -> None:
    chosen = method("reference_value_corridor", scale="100", corridor_percent="6", decide_on="lowest_price")
    bids = {"A": offer(100, 100), "B": offer(50, 47), "C": offer(99, 93)}
    result = rank_offers(chosen, bids)
    assert result.figures == {"A": 100, "B": 94, "C": 94}
    assert order(result) == ["B", "C", "A"]


def test_equal_figures_outside_the_corridor_put_the_lower_price_first() -> None:
    bids = {"A": offer(100, 100), "dear": offer(200, 20), "cheap": offer(100, 10)}
    chosen = method("reference_value_corridor", corridor_percent="6", decide_on="highest_quality")
    assert order(rank_offers(chosen, bids)) == ["A", "cheap", "dear"]


def test_equal_figures_without_a_published_rule_stay_tied() -> None:
    result = rank_offers(method("price_per_quality_point"), {"A": offer(200, 20), "B": offer(100, 10)})
    assert order(result) == ["A=B"]


# Refusals


def test_no_offers_have_no_ranking() -> None:
    for chosen in COMPLETE:
        result = rank_offers(chosen, {})
        assert (result.figures, result.ranking, result.derivations) == ({}, (), {})


def test_no_quality_is_refused_by_name_where_the_price_is_divided_by_it() -> None:
    with pytest.raises(PriceUndefined, match=r"^B: its quality is 0") as refused:
        rank_offers(method("price_per_quality_point"), {"A": offer(1, 1), "B": offer(1, 0)})
    assert refused.value.bid == "B"


@pytest.mark.parametrize("chosen", COMPLETE)
def test_a_price_of_nothing_is_refused_by_name_wherever_it_multiplies_or_divides(chosen: PriceMethod) -> None:
    bids = {"A": offer(100, 50), "B": offer(0, 50)}
    if chosen.formula == "monetised_quality":
        assert rank_offers(chosen, bids).figures["B"] == -1250
    else:
        with pytest.raises(PriceUndefined, match=r"^B: its price must be above 0") as refused:
            rank_offers(chosen, bids)
        assert refused.value.bid == "B"


@pytest.mark.parametrize("chosen", COMPLETE)
def test_quality_beyond_its_maximum_is_refused_by_name(chosen: PriceMethod) -> None:
    for quality in ("100.01", "-1"):
        with pytest.raises(PriceUndefined, match=r"^B: its quality must be from 0 to 100") as refused:
            rank_offers(chosen, {"A": offer(100, 50), "B": offer(100, quality)})
        assert refused.value.bid == "B"


def test_a_share_beyond_the_published_maximum_is_refused_by_name() -> None:
    with pytest.raises(PriceUndefined, match=r"^A: its quality share passes .* of 0.3"):
        rank_offers(method("reduced_price", maximum_share="0.3"), {"A": offer(100, 31)})


def test_a_quality_maximum_of_nought_and_price_mark_formulas_are_refused() -> None:
    with pytest.raises(PriceMethodError, match="quality_max is 0"):
        rank_offers(method("reference_value"), {"A": offer(1, 0)}, Fraction(0))
    with pytest.raises(PriceMethodError, match="lowest_relative shares out a price weight"):
        rank_offers(method("lowest_relative"), {"A": offer(1, 1)})


@pytest.mark.parametrize(
    ("chosen", "code", "parameter"),
    [
        (method("value_for_money_index", quality_weight="0"), "invalid", "quality_weight"),
        (method("value_for_money_index", price_weight="0.4"), "invalid", "quality_weight"),
        (method("reference_value", scale="0"), "invalid", "scale"),
        (method("reference_value_corridor", decide_on="lowest_price"), "missing", "corridor_percent"),
        (method("reference_value_corridor", corridor_percent="6"), "missing", "decide_on"),
        (method("reference_value_corridor", corridor_percent="6", decide_on="luck"), "invalid", "decide_on"),
        (method("monetised_quality"), "missing", "value"),
        (method("monetised_quality", value="-1"), "invalid", "value"),
        (method("price_markup", maximum_percent="0"), "invalid", "maximum_percent"),
        (method("price_deduction", maximum_percent="100"), "invalid", "maximum_percent"),
        (method("reduced_price", maximum_share="1"), "invalid", "maximum_share"),
        (method("relative_value_cost", n="1"), "unknown", "n"),
    ],
)
def test_parameters_of_whole_methods_are_checked_by_name(chosen: PriceMethod, code: str, parameter: str) -> None:
    (finding,) = errors_in(price_method_findings(chosen))
    assert (finding.code, dict(finding.figures)["parameter"]) == (f"price_parameter_{code}", parameter)
    with pytest.raises(PriceMethodError, match=parameter):
        rank_offers(chosen, R01)


# Properties

offers_of_bids = st.dictionaries(
    st.sampled_from("ABCDEFGH"),
    st.builds(
        Offer,
        st.integers(1, 10**9).map(lambda pence: Fraction(pence, 100)),
        st.integers(1, 99).map(Fraction),
    ),
    min_size=1,
)
any_method = st.sampled_from(COMPLETE)


@given(offers_of_bids, any_method)
def test_every_bid_is_ranked_once(offers: dict[str, Offer], chosen: PriceMethod) -> None:
    result = rank_offers(chosen, offers)
    assert sorted(bid for group in result.ranking for bid in group) == sorted(offers)
    assert list(result.figures) == list(offers)


@given(offers_of_bids, any_method, st.randoms(use_true_random=False))
def test_the_order_in_which_offers_are_given_changes_no_place(
    offers: dict[str, Offer], chosen: PriceMethod, random: Random
) -> None:
    shuffled = list(offers)
    random.shuffle(shuffled)
    again = rank_offers(chosen, {bid: offers[bid] for bid in shuffled})
    first = rank_offers(chosen, offers)
    assert again.figures == first.figures
    assert [set(group) for group in again.ranking] == [set(group) for group in first.ranking]


@given(offers_of_bids, any_method.filter(lambda chosen: chosen.formula != "utility_index"))
def test_a_better_and_cheaper_bid_is_never_behind(offers: dict[str, Offer], chosen: PriceMethod) -> None:
    result = rank_offers(chosen, offers)
    place = {bid: at for at, group in enumerate(result.ranking) for bid in group}
    for one in offers:
        for other in offers:
            if offers[one].price <= offers[other].price and offers[one].quality >= offers[other].quality:
                assert place[one] <= place[other]


def test_a_utility_index_below_nought_improves_with_a_dearer_price() -> None:
    """The weakness the catalogue names: N = 1.5 and 0.8 less quality make −0.2, divided by the price."""
    chosen = method("utility_index", quality_weight="60", price_weight="40")
    result = rank_offers(chosen, {"best": offer(100, 90), "cheap": offer(100, 10), "dear": offer(200, 10)})
    assert order(result) == ["best", "dear", "cheap"]


@given(offers_of_bids, any_method)
def test_a_derivation_shows_figures_that_come_to_the_figure(offers: dict[str, Offer], chosen: PriceMethod) -> None:
    result = rank_offers(chosen, offers)
    assert {bid: derivation.value for bid, derivation in result.derivations.items()} == result.figures
    whole = chosen.formula != "value_for_money_index" or not result.notes
    for bid, derivation in result.derivations.items():
        assert derivation.formula == WHOLE_METHODS[chosen.formula].letters
        if whole:
            assert worked_out(derivation.figures) == result.figures[bid]


def worked_out(figures: str) -> Fraction:
    """Work out a derivation's figures by ordinary arithmetic, in exact fractions."""
    text = re.sub(r"[0-9]+(\.[0-9]+)?", lambda number: f"Fraction('{number[0]}')", figures)
    text = text.replace("×", "*").replace("÷", "/").replace("−", "-").replace("^", "**")
    names = {"Fraction": Fraction, "round": lambda value: Rounding(0, "half_up").value(value)}
    return Fraction(eval(text, names))


@given(offers_of_bids, st.integers(2, 10**6), st.integers(1, 99))
def test_another_bid_changes_no_figure_where_the_catalogue_says_so(
    offers: dict[str, Offer], price: int, quality: int
) -> None:
    for chosen in COMPLETE:
        if not WHOLE_METHODS[chosen.formula].depends_on_rivals:
            joined = rank_offers(chosen, {**offers, "added": offer(price, quality)}).figures
            assert {bid: joined[bid] for bid in offers} == rank_offers(chosen, offers).figures


def test_another_bid_changes_figures_or_corridor_where_the_catalogue_says_so() -> None:
    bids = {"A": offer(100, 80), "B": offer(120, 90)}
    joined = {**bids, "C": offer(50, 99), "D": offer(500, 1)}
    for chosen in COMPLETE:
        if WHOLE_METHODS[chosen.formula].depends_on_rivals:
            before, after = rank_offers(chosen, bids), rank_offers(chosen, joined)
            assert (after.notes, [after.figures[bid] for bid in bids]) != (
                before.notes,
                list(before.figures.values()),
            )


@given(offers_of_bids, st.integers(2, 1000))
def test_prices_in_another_unit_leave_the_ranking(offers: dict[str, Offer], unit: int) -> None:
    scaled = {bid: Offer(one.price * unit, one.quality) for bid, one in offers.items()}
    for chosen in (method("price_per_quality_point"), *COMPLETE[8:13]):
        assert rank_offers(chosen, scaled).ranking == rank_offers(chosen, offers).ranking
