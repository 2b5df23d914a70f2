"""The gallery: every formula in the catalogue drawn, worked and warned about, its reversals in figures."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lots.errors import errors_in
from lots.money import Money
from scoring.catalogue import FORMULAS, PRICE_FORMULAS, price_method_findings
from scoring.figures import Rounding
from scoring.formulas import PriceMethod, PriceMethodError
from scoring.gallery.comparing import compare, demonstration
from scoring.gallery.curves import Point, curve
from scoring.gallery.entries import GalleryError, entry, gallery
from scoring.gallery.suggestions import suggested, suggestions
from scoring.methods import Offer

BUDGET, WEIGHT = Money.pounds(5_166_000), Fraction(25)  # the adult lot of Avon and Somerset over seven years
ENTRIES = {each.info.id: each for each in gallery(BUDGET, WEIGHT)}
_THREE = Rounding(3)


def test_every_formula_of_the_catalogue_has_an_entry_in_its_order() -> None:
    assert list(ENTRIES) == list(FORMULAS)
    assert all(each.points and len(each.example) == 3 for each in ENTRIES.values())


# --- suggestions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("pounds", [100, 1_001, 30_000, 5_166_000, 900_000_000])
@pytest.mark.parametrize("weight", ["0", "0.5", "25", "99.5", "100"])
def test_what_is_suggested_can_be_published_as_it_stands(formula: str, pounds: int, weight: str) -> None:
    method = suggested(formula, Money.pounds(pounds), Fraction(weight))
    assert errors_in(price_method_findings(method)) == ()
    made = entry(method, Money.pounds(pounds), Fraction(weight))
    assert sorted(row.bid for row in made.example) == ["A", "B", "C"]


def test_the_straight_line_is_suggested_from_four_fifths_of_the_budget_to_all_of_it() -> None:
    found = suggestions("linear_fixed", Money.pounds(1_750_000), WEIGHT)
    # The demonstration's children's lot publishes exactly these: £1,400,000 and £1,750,000.
    assert [(each.name, each.text) for each in found] == [("floor", "1400000"), ("ceiling", "1750000")]


def test_every_suggestion_says_why_and_comes_in_the_order_of_the_parameters() -> None:
    for formula, info in FORMULAS.items():
        found = suggestions(formula, BUDGET, WEIGHT)
        assert [each.name for each in found] == [each.name for each in info.parameters]
        assert all(each.why for each in found)


# --- curves -------------------------------------------------------------------------------------------------


def test_a_curve_is_exact_and_leaves_the_rivals_where_they_are() -> None:
    rivals = {"other": Offer(Fraction(300), Fraction(0))}
    points = curve(PriceMethod("lowest_relative"), Fraction(40), [Fraction(200), Fraction(450), Fraction(900)], rivals)
    # 40 × lowest ÷ own: the bid's own price is the lowest at £200, the rival's £300 after that.
    assert points == (
        Point(Fraction(200), Fraction(40)),
        Point(Fraction(450), Fraction(80, 3)),
        Point(Fraction(900), Fraction(40, 3)),
    )


def test_a_price_that_cannot_be_judged_has_no_point() -> None:
    rivals = {"other": Offer(Fraction(300), Fraction(0))}
    prices = [Fraction(0), Fraction(300)]
    assert [it.price for it in curve(PriceMethod("lowest_relative"), Fraction(40), prices, rivals)] == [300]


def test_marks_fall_and_stay_within_the_weight_except_towards_a_target() -> None:
    for formula in PRICE_FORMULAS:
        figures = [point.figure for point in ENTRIES[formula].points]
        assert all(0 <= figure <= WEIGHT for figure in figures)
        if formula != "target_deviation":
            assert figures == sorted(figures, reverse=True)


# --- dependence and reversals -------------------------------------------------------------------------------


def test_the_published_example_of_a_reversal_comes_out_to_the_third_decimal() -> None:
    """Quality of 60: A 48, B 51, C 20; £700,000, £760,000, £450,000; 40 × lowest ÷ own."""
    shown = demonstration("lowest_relative")
    assert shown is not None
    assert {row.bid: _THREE.text(row.total) for row in shown.with_it} == {"B": "74.684", "A": "73.714", "C": "60.000"}
    assert {row.bid: _THREE.text(row.total) for row in shown.without_it} == {"A": "88.000", "B": "87.842"}
    assert shown.sentence == (
        "With all three bids B wins: B 74.684 > A 73.714. Drop C, which asks £450,000 and wins nothing, and A wins: "
        "A 88.000 > B 87.842. Neither A nor B has changed a price or a score."
    )


def test_exactly_the_formulas_that_depend_on_rivals_are_shown_to_reverse_but_for_the_one_that_cannot() -> None:
    shown = {formula for formula, made in ENTRIES.items() if made.demonstration}
    dependent = {formula for formula, info in FORMULAS.items() if info.depends_on_rivals}
    # Relative value cost divides every figure by the same lowest quality: figures move, the order does not.
    assert dependent - shown == {"relative_value_cost"}
    assert shown <= dependent
    assert {formula for formula, made in ENTRIES.items() if made.badge.depends} == dependent


@pytest.mark.parametrize("formula", [each for each, made in ENTRIES.items() if made.demonstration])
def test_a_demonstration_changes_the_winner_by_taking_out_a_loser(formula: str) -> None:
    shown = demonstration(formula)
    assert shown is not None
    assert shown.removed not in (shown.before, shown.after)
    assert shown.before != shown.after
    assert (shown.with_it[0].rank, shown.with_it[1].rank) == (1, 2)
    assert (shown.without_it[0].bid, shown.without_it[1].rank) == (shown.after, 2)


# --- worked examples ----------------------------------------------------------------------------------------


def test_the_worked_example_puts_the_figures_into_the_formula() -> None:
    rows = {row.bid: row for row in ENTRIES["linear_fixed"].example}
    # 84 % of £5,166,000 is £4,339,440; (5,166,000 − 4,339,440) ÷ 1,033,200 of 25 marks are 20.
    assert rows["A"].worked == "min(25, max(0, 25 × (5166000 − 4339440) ÷ (5166000 − 4132800)))"
    assert (rows["A"].price, rows["A"].price_marks, rows["A"].total) == (Money.pounds(4_339_440), 20, Fraction(139, 2))


def test_the_parameters_typed_are_the_ones_worked_with() -> None:
    typed = PriceMethod("linear_fixed", (("floor", "0"), ("ceiling", "5166000")))
    rows = {row.bid: row for row in entry(typed, BUDGET, WEIGHT).example}
    assert rows["A"].price_marks == 25 * Fraction(16, 100)


def test_bids_with_the_same_total_share_a_place() -> None:
    same = {bid: (Money.pounds(100), Fraction(50)) for bid in "AB"}
    assert [row.rank for row in compare(PriceMethod("lowest_relative"), Fraction(40), same)] == [1, 1]


def test_a_method_that_is_not_complete_is_refused_like_everywhere() -> None:
    with pytest.raises(PriceMethodError, match="floor"):
        entry(PriceMethod("linear_fixed"), BUDGET, WEIGHT)
    with pytest.raises(PriceMethodError, match="by_the_moon"):
        entry(PriceMethod("by_the_moon"), BUDGET, WEIGHT)


def test_a_budget_or_a_weight_without_an_example_is_refused_in_a_sentence() -> None:
    with pytest.raises(GalleryError, match="at least £100"):
        gallery(Money(0), WEIGHT)
    with pytest.raises(GalleryError, match="between 0 and 100"):
        gallery(BUDGET, Fraction(101))
