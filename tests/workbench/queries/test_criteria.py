"""The table of criteria: effective weights, sums and what each criterion still lacks."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.criteria import Criterion, weight_of
from scoring.formulas import PriceMethod
from scoring.methodology import Methodology
from scoring.scale import Level, Scale
from workbench.queries.criteria import alike, rows_of, sum_words

SCALE = Scale("s", "Scale", (Level(Decimal(0), "None", "Nothing."), Level(Decimal(1), "All", "Everything.")))


def methodology(*criteria: Criterion, weighting: str = "shares") -> Methodology:
    return Methodology("m", "M", ("lot",), criteria, PriceMethod("linear_fixed"), (), weighting)  # type: ignore[arg-type]


def test_the_effective_weight_is_the_product_of_the_shares_exact() -> None:
    # 60 % × 25 % = 15 %; a third has no end as a decimal, so it is written as a fraction
    parts = (Criterion("a", "A", Decimal(25)), Criterion("b", "B", Decimal(75)))
    rows = list(rows_of(methodology(Criterion("q", "Q", Decimal(60), "quality", parts=parts)), {}))
    assert [row.effective for row in rows] == ["60%", "15%", "45%"]


@given(st.lists(st.lists(st.integers(1, 100), min_size=1, max_size=4), min_size=1, max_size=4))
def test_effective_weights_are_those_that_the_evaluation_uses(weights: list[list[int]]) -> None:
    criteria = tuple(
        Criterion(
            f"t{i}", f"T{i}", Decimal(len(below)), "quality",
            parts=tuple(Criterion(f"t{i}p{j}", "P", Decimal(weight)) for j, weight in enumerate(below)),
        )
        for i, below in enumerate(weights)
    )  # fmt: skip
    value = methodology(*criteria)
    for row in rows_of(value, {}):
        expected = weight_of(value.criteria, "shares", row.criterion.id)
        assert Fraction(row.effective.removesuffix("%")) == expected


@pytest.mark.parametrize(
    ("total", "target", "words"),
    [
        ("100", "100", "100, as it should be"),
        ("99.5", "100", "99.5: 0.5 short of 100"),
        ("120", "100", "120: 20 over 100"),
        ("1200", "60", "1,200: 1,140 over 60"),
        ("60.00", "60", "60, as it should be"),
    ],
)
def test_a_sum_says_how_far_it_is_from_what_it_must_be(total: str, target: str, words: str) -> None:
    assert sum_words(Decimal(total), Decimal(target)) == words


def test_the_parts_add_up_to_the_criterion_above_them_where_weights_are_of_the_whole() -> None:
    parts = (Criterion("a", "A", Decimal(40)), Criterion("b", "B", Decimal(20)))
    value = methodology(Criterion("q", "Q", Decimal(60), "quality", parts=parts), weighting="absolute")
    row = next(iter(rows_of(value, {})))
    assert (row.target, row.sum_words, row.parts) == ("60", "60, as it should be", "criteria-0-parts")


def test_what_a_scored_criterion_lacks_is_named_and_price_lacks_nothing() -> None:
    bare = Criterion("a", "A", Decimal(50), "quality")
    whole = Criterion("b", "B", Decimal(25), "quality", "s", "Why?", 100)
    price = Criterion("p", "P", Decimal(25), "price")
    rows = list(rows_of(methodology(bare, whole, price), {"s": SCALE}))
    assert [row.lacks for row in rows] == [("no question", "no scale", "no word limit"), (), ()]


def test_a_scale_with_an_empty_anchor_is_flagged_where_it_is_used() -> None:
    thin = Scale("s", "Scale", (Level(Decimal(0), "None", " "), Level(Decimal(1), "All", "Everything.")))
    asked = Criterion("b", "B", Decimal(100), "quality", "s", "Why?", 100)
    assert next(iter(rows_of(methodology(asked), {"s": thin}))).lacks == ("scale without anchors",)


def test_criteria_are_alike_whatever_they_weigh() -> None:
    one = Criterion("a", "A", Decimal(10), None, "s", "Why?")
    assert alike(one, Criterion("a", "A", Decimal(90), None, "s", "Why?"))
    assert not alike(one, Criterion("a", "A", Decimal(10), None, "s", "How?"))
