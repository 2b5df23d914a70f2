"""Price marks against other people's published numbers, and the properties that their formulas promise."""

import re
from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.errors import errors_in
from scoring.catalogue import FORMULAS, PRICE_FORMULAS, WHOLE_METHODS, depends_on_rivals, price_method_findings
from scoring.figures import Rounding
from scoring.formulas import PriceMethod, PriceMethodError, PriceUndefined
from scoring.price import price_mark_derivations, price_marks

LOWEST = PriceMethod("lowest_relative")
MIN_MAX = PriceMethod("linear_min_max")
TWICE = PriceMethod("linear_to_multiple")
FIXED_LINE = PriceMethod("linear_fixed", (("floor", "200"), ("ceiling", "1000")))
MEAN = PriceMethod("mean_deviation")
TARGET = PriceMethod("target_deviation", (("target", "500"),))
FIXED_PRICE = PriceMethod("fixed_price", (("price", "500"),))
CLAMPED = [LOWEST, MIN_MAX, TWICE, FIXED_LINE, MEAN, TARGET]
W = Fraction(40)


def amounts(**prices: int | str) -> dict[str, Fraction]:
    return {bid: Fraction(price) for bid, price in prices.items()}


def listed(*prices: int) -> dict[str, Fraction]:
    return {str(place): Fraction(price) for place, price in enumerate(prices)}


def to_places(marks: Mapping[str, Fraction], places: int) -> dict[str, str]:
    return {bid: Rounding(places).text(mark) for bid, mark in marks.items()}


def winner(quality: Mapping[str, int], marks: Mapping[str, Fraction]) -> str:
    return max(marks, key=lambda bid: quality[bid] + marks[bid])


# Published cases


def test_lowest_relative_gives_the_marks_of_the_digital_marketplace_guidance() -> None:
    """Case P01: Digital Outcomes and Specialists buyers' guidance (Crown Commercial Service)."""
    marks = price_marks(LOWEST, Fraction(1), amounts(A=15000, B=10000, C=30000))
    assert marks == {"A": Fraction(2, 3), "B": 1, "C": Fraction(1, 3)}
    assert to_places(marks, 3) == {"A": "0.667", "B": "1.000", "C": "0.333"}


def test_lowest_relative_gives_the_totals_of_the_low_bid_support_page() -> None:
    """Case P02: Negometrix (now Mercell) support page on the low-bid formula; 200 points in all."""
    quality = {"A": 40 + 30 + 20, "B": 32 + 20 + 22}
    marks = price_marks(LOWEST, Fraction(70), amounts(A=10000, B=8000))
    assert marks == {"A": 56, "B": 70}
    assert {bid: quality[bid] + marks[bid] for bid in marks} == {"A": 146, "B": 144}
    assert {bid: (quality[bid] + marks[bid]) / 2 for bid in marks} == {"A": 73, "B": 72}
    assert winner(quality, marks) == "A"


def test_lowest_relative_never_reaches_nought_as_brodies_note() -> None:
    """Case P04: Brodies LLP note on price scoring; twice the lowest price still earns half the marks."""
    marks = price_marks(LOWEST, Fraction(100), amounts(A=1000000, B=1200000, C=2000000))
    assert marks == {"A": 100, "B": Fraction(250, 3), "C": 50}
    assert to_places(marks, 0) == {"A": "100", "B": "83", "C": "50"}


def test_lowest_relative_gives_the_ratio_of_the_decoy_article() -> None:
    """Case P06: vergabeblog.de no. 43122 of 30 January 2020."""
    assert price_marks(LOWEST, Fraction(1), amounts(low=300, bid=400))["bid"] == Fraction(3, 4)


def test_lowest_relative_matches_the_published_blocks_and_refuses_the_zero_price_by_name() -> None:
    """Case P07: Bevan Brittan on multi-element price scoring; B2's unit price of 0 leaves 0 ÷ 0."""
    assert price_marks(LOWEST, Fraction(10), amounts(B1=85, B2=100)) == {"B1": 10, "B2": Fraction("8.5")}
    assert price_marks(LOWEST, Fraction(5), amounts(B1=15, B2=25)) == {"B1": 5, "B2": 3}
    with pytest.raises(PriceUndefined, match=r"^B2: its price must be above 0") as refused:
        price_marks(LOWEST, Fraction(15), amounts(B1=10, B2=0))
    assert refused.value.bid == "B2"
    assert [finding.place for finding in refused.value.findings] == ["B2"]


def test_three_formulas_share_thirty_points_as_published() -> None:
    """Case P11: vergabeblog.de of 12 July 2015 (formulas) with the prices of 30 January 2020."""
    prices = listed(300, 400, 600)
    assert list(price_marks(LOWEST, Fraction(30), prices).values()) == [30, Fraction("22.5"), 15]
    assert list(price_marks(TWICE, Fraction(30), prices).values()) == [30, 20, 0]
    assert list(price_marks(MIN_MAX, Fraction(30), prices).values()) == [30, 20, 0]
    nearer = listed(300, 400, 450)
    assert list(price_marks(MIN_MAX, Fraction(30), nearer).values()) == [30, 10, 0]
    assert list(price_marks(TWICE, Fraction(30), nearer).values()) == [30, 20, 15]


def test_target_deviation_punishes_the_cheaper_bid_as_published() -> None:
    """Case P12: bid-evaluation 0.1.0 (MIT), tests/test_criteria.py, test_formula_with_variables."""
    method = PriceMethod("target_deviation", (("target", "100000"),))
    marks = price_marks(method, Fraction(100), amounts(A=100000, B=95000, C=110000))
    assert marks == {"A": 100, "B": 95, "C": 90}


def test_linear_to_multiple_is_the_french_formula() -> None:
    """Case F03: formula of the French DAJ note (weka.fr), best price 100, offer 120, ten marks."""
    for multiple, mark in (("2", 8), ("3", 9)):
        method = PriceMethod("linear_to_multiple", (("multiple", multiple),))
        assert price_marks(method, Fraction(10), amounts(best=100, offer=120))["offer"] == mark


def test_linear_to_multiple_is_the_norwegian_formula_and_may_be_published_without_a_stop() -> None:
    """Case F04: Norwegian models, linear accepted in KOFA 2015/60."""
    prices = amounts(best=100, X=120, Y=250)
    endless = PriceMethod("linear_to_multiple", (("clamp", "no"),))
    assert price_marks(endless, Fraction(10), prices) == {"best": 10, "X": 8, "Y": -5}
    assert price_marks(TWICE, Fraction(10), prices) == {"best": 10, "X": 8, "Y": 0}
    proportional = price_marks(LOWEST, Fraction(10), prices)
    assert to_places(proportional, 4) == {"best": "10.0000", "X": "8.3333", "Y": "4.0000"}


def test_mean_deviation_gives_fifty_at_the_mean_and_one_more_for_each_per_cent_below() -> None:
    """Case F07: rule of procurementtemplates.co.uk."""
    assert list(price_marks(MEAN, Fraction(100), listed(90, 100, 110)).values()) == [60, 50, 40]


def test_a_hopeless_dear_bid_reverses_two_others_under_linear_min_max() -> None:
    """Case X01: quality 70 and 82 at 60 %, prices 100 and 110 at 40 %; then a bid of 40 at 200 comes in."""
    quality = {"A": 42, "B": Fraction("49.2"), "C": 24}

    def totals(**prices: int) -> dict[str, Fraction]:
        marks = price_marks(MIN_MAX, W, amounts(**prices))
        return {bid: quality[bid] + mark for bid, mark in marks.items()}

    assert totals(A=100, B=110) == {"A": 82, "B": Fraction("49.2")}
    assert totals(A=100, B=110, C=200) == {"A": 82, "B": Fraction("85.2"), "C": 24}


def test_an_added_bid_that_cannot_win_changes_who_wins_under_lowest_relative() -> None:
    """Constructed case: quality 54 and 50 of 60, prices 100 and 88 at 40; then quality 10 at a price of 60."""
    quality = {"A": 54, "B": 50, "C": 10}
    before = price_marks(LOWEST, W, amounts(A=100, B=88))
    after = price_marks(LOWEST, W, amounts(A=100, B=88, C=60))
    assert {bid: quality[bid] + before[bid] for bid in before} == {"A": Fraction("89.2"), "B": 90}
    assert {bid: quality[bid] + after[bid] for bid in after} == {"A": 78, "B": Fraction(850, 11), "C": 50}
    assert (winner(quality, before), winner(quality, after)) == ("B", "A")


def test_a_bid_added_at_or_above_the_threshold_price_leaves_the_winner() -> None:
    """Same case: A overtakes B once 40 × p × (1/88 − 1/100) < 4, that is below 73⅓."""
    quality = {"A": 54, "B": 50, "C": 0}
    just_below = amounts(A=100, B=88) | {"C": Fraction(220, 3) - Fraction(1, 100)}
    just_above = amounts(A=100, B=88) | {"C": Fraction(220, 3) + Fraction(1, 100)}
    assert winner(quality, price_marks(LOWEST, W, just_below)) == "A"
    assert winner(quality, price_marks(LOWEST, W, just_above)) == "B"


def test_excluding_a_losing_bid_changes_who_wins_under_lowest_relative() -> None:
    """Quality 48, 51 and 20 of 60 with prices of £700,000, £760,000 and £450,000, price at 40."""
    quality = {"A": 48, "B": 51, "C": 20}
    prices = amounts(A=700000, B=760000, C=450000)
    three = price_marks(LOWEST, W, prices)
    two = price_marks(LOWEST, W, {bid: prices[bid] for bid in "AB"})
    assert to_places({bid: quality[bid] + three[bid] for bid in "AB"}, 3) == {"A": "73.714", "B": "74.684"}
    assert to_places({bid: quality[bid] + two[bid] for bid in two}, 3) == {"A": "88.000", "B": "87.842"}
    assert (winner(quality, three), winner(quality, two)) == ("B", "A")


# Edges


def test_linear_min_max_gives_one_bid_or_equal_bids_the_whole_weight() -> None:
    assert price_marks(MIN_MAX, W, amounts(A=5)) == {"A": 40}
    assert price_marks(MIN_MAX, W, amounts(A=5, B=5)) == {"A": 40, "B": 40}


def test_linear_fixed_stops_at_its_published_prices() -> None:
    marks = price_marks(FIXED_LINE, W, amounts(low=100, floor=200, middle=600, ceiling=1000, high=2000))
    assert marks == {"low": 40, "floor": 40, "middle": 20, "ceiling": 0, "high": 0}


def test_fixed_price_carries_no_marks_and_refuses_any_other_price_by_name() -> None:
    assert price_marks(FIXED_PRICE, W, amounts(A=500, B="500.00")) == {"A": 0, "B": 0}
    with pytest.raises(PriceUndefined, match=r"^B: its price must be the published 500 ") as refused:
        price_marks(FIXED_PRICE, W, amounts(A=500, B="499.99"))
    assert refused.value.bid == "B"


def test_mean_deviation_is_clamped_and_refuses_prices_it_cannot_compare() -> None:
    steep = PriceMethod("mean_deviation", (("per_percent", "10"),))
    assert price_marks(steep, W, amounts(A=50, B=100, C=150)) == {"A": 40, "B": 20, "C": 0}
    with pytest.raises(PriceUndefined, match=r"^B: its price is below 0"):
        price_marks(MEAN, W, amounts(A=10, B=-1))
    with pytest.raises(PriceUndefined, match=r"^A: its price is 0, .* \(1 more bids likewise\)"):
        price_marks(MEAN, W, amounts(A=0, B=0))


def test_linear_to_multiple_refuses_a_zero_price_by_name() -> None:
    with pytest.raises(PriceUndefined) as refused:
        price_marks(TWICE, W, amounts(A=10, B=0, C=-1))
    assert refused.value.bid == "B"
    assert [finding.place for finding in refused.value.findings] == ["B", "C"]


def test_no_bids_have_no_marks_and_a_negative_weight_is_refused() -> None:
    assert price_marks(LOWEST, W, {}) == {}
    assert price_mark_derivations(LOWEST, W, {}) == {}
    with pytest.raises(PriceMethodError, match="the price weight is -1"):
        price_marks(LOWEST, Fraction(-1), amounts(A=1))


# What may be published


def codes(formula: str, *parameters: tuple[str, str]) -> list[str]:
    return [finding.code for finding in price_method_findings(PriceMethod(formula, parameters))]


def test_a_method_reads_its_parameters_as_they_were_typed() -> None:
    assert FIXED_LINE.parameter("floor", "0") == "200"
    assert FIXED_LINE.parameter("multiple", "2") == "2"


def test_an_unknown_formula_is_refused_with_the_list_of_known_ones() -> None:
    (finding,) = price_method_findings(PriceMethod("cheapest"))
    assert finding.code == "price_formula_unknown"
    assert all(formula in finding.message for formula in FORMULAS)
    with pytest.raises(PriceMethodError, match="“cheapest” is not a price formula"):
        price_marks(PriceMethod("cheapest"), W, amounts(A=1))


@pytest.mark.parametrize(
    ("formula", "parameters", "code"),
    [
        ("lowest_relative", [("multiple", "2")], "price_parameter_unknown"),
        ("linear_to_multiple", [("multiple", "2"), ("multiple", "3")], "price_parameter_repeated"),
        ("linear_fixed", [("floor", "1")], "price_parameter_missing"),
        ("target_deviation", [], "price_parameter_missing"),
        ("fixed_price", [], "price_parameter_missing"),
        ("linear_to_multiple", [("multiple", "1")], "price_parameter_invalid"),
        ("linear_to_multiple", [("multiple", "2e1")], "price_parameter_invalid"),
        ("linear_to_multiple", [("clamp", "maybe")], "price_parameter_invalid"),
        ("linear_fixed", [("floor", "5"), ("ceiling", "5")], "price_parameter_invalid"),
        ("linear_fixed", [("floor", "-1"), ("ceiling", "5")], "price_parameter_invalid"),
        ("mean_deviation", [("at_mean", "101")], "price_parameter_invalid"),
        ("mean_deviation", [("per_percent", "0")], "price_parameter_invalid"),
        ("target_deviation", [("target", "0")], "price_parameter_invalid"),
    ],
)
def test_a_parameter_that_cannot_be_published_is_named_with_what_it_takes(
    formula: str, parameters: list[tuple[str, str]], code: str
) -> None:
    method = PriceMethod(formula, tuple(parameters))
    (finding,) = errors_in(price_method_findings(method))
    assert finding.code == code
    assert formula in finding.message
    name = dict(finding.figures)["parameter"]
    assert name in finding.message
    assert finding.place == f"parameters.{name}"
    with pytest.raises(PriceMethodError) as refused:
        price_marks(method, W, amounts(A=1))
    assert refused.value.findings == (finding,)
    assert finding.message in str(refused.value)


def test_the_range_of_a_parameter_is_said_in_words() -> None:
    (finding,) = errors_in(price_method_findings(PriceMethod("linear_to_multiple", (("multiple", "1"),))))
    assert finding.message == ("Under linear_to_multiple the parameter multiple is “1”; it takes a number above 1")


def test_the_authors_of_a_tender_are_warned_of_what_a_formula_does() -> None:
    assert codes("target_deviation", ("target", "9")) == ["price_formula_punishes_cheaper_bids"]
    assert codes("lowest_relative") == ["price_formula_depends_on_rivals"]
    assert codes("linear_fixed", ("floor", "1"), ("ceiling", "2")) == []
    assert codes("price_per_quality_point") == ["price_formula_needs_quality_minimum"]
    assert codes("fixed_price", ("price", "9")) == ["price_carries_no_marks"]
    assert "price_marks_may_be_negative" in codes("linear_to_multiple", ("clamp", "no"))


def test_warnings_stop_nothing() -> None:
    findings = price_method_findings(LOWEST)
    assert [finding.severity for finding in findings] == ["warning"]
    assert price_marks(LOWEST, W, amounts(A=1)) == {"A": 40}


def test_a_whole_method_shares_out_no_price_marks() -> None:
    with pytest.raises(PriceMethodError, match="reference_value ranks price and quality together"):
        price_marks(PriceMethod("reference_value"), W, amounts(A=1))


def test_the_catalogue_holds_every_formula_with_a_text_for_tender_documents() -> None:
    marks = "lowest_relative linear_min_max linear_to_multiple linear_fixed mean_deviation target_deviation"
    by_quality = "price_per_quality_point value_for_money_index reference_value reference_value_corridor"
    by_pounds = "monetised_quality price_markup price_deduction relative_value_cost utility_index reduced_price"
    assert list(PRICE_FORMULAS) == [*marks.split(), "fixed_price"]
    assert list(WHOLE_METHODS) == f"{by_quality} {by_pounds}".split()
    assert FORMULAS == {**PRICE_FORMULAS, **WHOLE_METHODS}
    for formula, info in FORMULAS.items():
        assert info.id == formula
        assert info.letters in info.formula_text
        assert info.formula_text.endswith(".")
        assert info.known_weakness.endswith(".")
        assert info.source
        assert all(parameter.accepts(parameter.default) for parameter in info.parameters if parameter.default)


# Properties

prices_of_bids = st.dictionaries(
    st.sampled_from("ABCDEFGH"), st.integers(1, 10**9).map(lambda pence: Fraction(pence, 100)), min_size=1
)


@given(prices_of_bids, st.sampled_from(CLAMPED))
def test_marks_lie_between_nought_and_the_weight(prices: dict[str, Fraction], method: PriceMethod) -> None:
    assert all(0 <= mark <= W for mark in price_marks(method, W, prices).values())


@given(prices_of_bids, st.sampled_from(CLAMPED), st.randoms(use_true_random=False))
def test_the_order_in_which_bids_are_given_is_kept_and_changes_nothing(
    prices: dict[str, Fraction], method: PriceMethod, random: Random
) -> None:
    shuffled = list(prices)
    random.shuffle(shuffled)
    marks = price_marks(method, W, {bid: prices[bid] for bid in shuffled})
    assert list(marks) == shuffled
    assert marks == price_marks(method, W, prices)


@given(prices_of_bids, st.sampled_from([LOWEST, MIN_MAX, TWICE, MEAN]), st.integers(2, 1000))
def test_prices_in_another_unit_give_the_same_marks(
    prices: dict[str, Fraction], method: PriceMethod, unit: int
) -> None:
    scaled = {bid: price * Fraction(unit, 7) for bid, price in prices.items()}
    assert price_marks(method, W, scaled) == price_marks(method, W, prices)


@given(prices_of_bids, st.sampled_from([LOWEST, MIN_MAX, TWICE]))
def test_the_lowest_admitted_price_receives_the_whole_weight(prices: dict[str, Fraction], method: PriceMethod) -> None:
    assert price_marks(method, W, prices)[min(prices, key=prices.__getitem__)] == W


@given(prices_of_bids, st.sampled_from([LOWEST, MIN_MAX, TWICE, FIXED_LINE, MEAN]))
def test_a_dearer_bid_never_has_more_marks(prices: dict[str, Fraction], method: PriceMethod) -> None:
    marks = price_marks(method, W, prices)
    by_price = sorted(prices, key=prices.__getitem__)
    assert [marks[bid] for bid in by_price] == sorted(marks.values(), reverse=True)


@given(prices_of_bids, st.integers(1, 10**7))
def test_another_bid_changes_no_mark_where_the_catalogue_says_so(prices: dict[str, Fraction], added: int) -> None:
    for method in (FIXED_LINE, TARGET):
        assert not depends_on_rivals(method)
        alone = price_marks(method, W, prices)
        joined = price_marks(method, W, {**prices, "added": Fraction(added)})
        assert {bid: joined[bid] for bid in prices} == alone


@pytest.mark.parametrize("method", [LOWEST, MIN_MAX, TWICE, MEAN])
def test_another_bid_changes_marks_where_the_catalogue_says_so(method: PriceMethod) -> None:
    assert depends_on_rivals(method)
    alone = price_marks(method, W, amounts(A=100, B=120))
    joined = price_marks(method, W, amounts(A=100, B=120, C=90))
    assert {bid: joined[bid] for bid in alone} != alone


@given(prices_of_bids, st.sampled_from([*CLAMPED, PriceMethod("linear_to_multiple", (("clamp", "no"),))]))
def test_a_derivation_shows_figures_that_come_to_the_mark(prices: dict[str, Fraction], method: PriceMethod) -> None:
    marks = price_marks(method, W, prices)
    derivations = price_mark_derivations(method, W, prices)
    assert {bid: derivation.value for bid, derivation in derivations.items()} == marks
    for bid, derivation in derivations.items():
        assert worked_out(derivation.figures) == marks[bid]


def worked_out(figures: str) -> Fraction:
    """Work out a derivation's figures by ordinary arithmetic, in exact fractions."""
    text = figures.partition(", because")[0]
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"[0-9]+(\.[0-9]+)?", lambda number: f"Fraction('{number[0]}')", text)
    text = text.replace("×", "*").replace("÷", "/").replace("−", "-")
    names = {"Fraction": Fraction, "min": min, "max": max, "abs": abs}
    return Fraction(eval(text, names))


def test_the_derivation_of_a_mark_reads_like_the_published_formula() -> None:
    derivation = price_mark_derivations(LOWEST, W, amounts(A=100, B=105))["B"]
    assert derivation.formula == "W × Pmin ÷ P"
    assert derivation.figures == "40 × 100 ÷ 105"
    assert derivation.value == Fraction(800, 21)
