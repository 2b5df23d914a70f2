"""A methodology that could not be published, or would leave a lot without one or with two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lots.errors import Finding
from scoring.abnormal import Settings
from scoring.checks.file import check
from scoring.criteria import Criterion
from scoring.figures import Rounding
from scoring.formulas import PriceMethod
from scoring.methodology import Methodology, TieBreak
from tests import factories as a

CHILDREN = a.methodology("children")
QUALITY, SOCIAL, PRICE = a.criteria()
BETWEEN = (("floor", "1"), ("ceiling", "5"))
WITHOUT_PRICE = (replace(QUALITY, weight=Decimal(90)), SOCIAL)


def found_in(**changes: Any) -> tuple[Finding, ...]:
    """Check a file without bids whose first methodology is changed."""
    return check(a.tender_file((), methodologies=(a.methodology("adult", **changes), CHILDREN)))


def told(**changes: Any) -> list[str]:
    """Write what was found as ``place: sentence``."""
    return [str(finding) for finding in found_in(**changes)]


def codes(**changes: Any) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in found_in(**changes)]


def judged_by(*methodologies: Methodology, **changes: Any) -> list[str]:
    return [str(finding) for finding in check(a.tender_file((), methodologies=methodologies, **changes))]


def test_a_contract_lot_without_a_methodology_is_named() -> None:
    assert judged_by(CHILDREN) == ["methodologies: Adult support has no methodology: name “adult” in the lots of one"]


def test_a_lot_with_two_methodologies_is_named_with_both_places() -> None:
    assert judged_by(a.methodology("adult"), CHILDREN, a.methodology("adult", id="second")) == [
        "methodologies[2].lots[0]: Adult support has two methodologies (first at methodologies[0].lots[0]): "
        "a lot is judged by one"
    ]


def test_one_methodology_may_judge_several_lots() -> None:
    assert judged_by(a.methodology("adult", lots=("adult", "children"))) == []


def test_a_methodology_names_known_contract_lots() -> None:
    grant = a.lot("grants", route="grant", base_value=None, maximum_potential_spend=None, term=None)
    lots = (a.lot("adult"), a.lot("children"), grant)
    nothing = a.methodology("adult", id="none", lots=())
    methodologies = (a.methodology("adult", lots=("adult", "kids", "grants")), CHILDREN, nothing)
    assert judged_by(*methodologies, tender=a.tender(lots=lots)) == [
        "methodologies[0].lots[1]: There is no lot “kids”: name one of adult, children, grants",
        "methodologies[0].lots[2]: Grants support is not tendered for as a contract: there are no bids to judge",
        "methodologies[2].lots: “Assessment of adult support” judges no lot: name its lots, or take it out",
    ]


def test_weights_that_close_at_99_99_are_told_their_sum() -> None:
    criteria = (replace(QUALITY, weight=Decimal("59.99")), SOCIAL, PRICE)
    (found,) = found_in(criteria=criteria)
    assert str(found) == (
        "methodologies[0].criteria: The weights of the award criteria add up to 99.99, not 100: 0.01 too little"
    )
    assert dict(found.figures)["sum"] == "99.99"


def test_a_criterion_has_an_id_a_title_and_a_word_limit_that_can_be_met() -> None:
    social = replace(SOCIAL, id="", title=" ", word_limit=0)
    assert codes(criteria=(QUALITY, social, PRICE)) == [
        ("methodologies[0].criteria[1].id", "id_missing"),
        ("methodologies[0].criteria[1].title", "title_missing"),
        ("methodologies[0].criteria[1].word_limit", "word_limit"),
    ]


def test_a_scale_is_checked_and_a_criterion_names_one() -> None:
    scale = a.scale(levels=a.scale().levels[:1])
    found = check(a.tender_file((), scales=(scale,)))
    assert [(it.place, it.code) for it in found][:2] == [
        ("scales[0].levels", "scale_too_short"),
        ("scales[0].levels", "scale_order"),
    ]
    assert codes(criteria=(QUALITY, replace(SOCIAL, scale="0-10"), PRICE)) == [
        ("methodologies[0].criteria[1].scale", "scale_unknown")
    ]
    assert check(a.tender_file((), scales=(a.scale(levels=()),))) != ()


# -------------------------------------------------------------------------------------------------- price and method


@pytest.mark.parametrize(
    ("price", "place", "words"),
    [
        (PriceMethod("cheapest"), "formula", "“cheapest” is not a price formula"),
        (PriceMethod("linear_fixed", (("floor", "1"),)), "parameters.ceiling", "ceiling"),
        (PriceMethod("linear_fixed", (("floor", "9"), ("ceiling", "5"))), "parameters.ceiling", "above floor, 9"),
        (PriceMethod("linear_fixed", (("floor", "1"), ("ceiling", "NaN"))), "parameters.ceiling", "NaN"),
        (PriceMethod("linear_fixed", (*BETWEEN, ("flor", "1"))), "parameters.flor", "no parameter “flor”"),
    ],
)  # fmt: skip
def test_a_price_formula_is_known_and_complete(price: PriceMethod, place: str, words: str) -> None:
    (found,) = found_in(price=price)
    assert found.place == f"methodologies[0].price.{place}"
    assert words in found.message


def test_a_whole_method_leaves_no_weight_for_a_price_criterion() -> None:
    method = PriceMethod("price_deduction", (("maximum_percent", "50"),))
    assert codes(price=method, criteria=WITHOUT_PRICE) == []
    assert told(price=method) == [
        "methodologies[0].price: “price_deduction” ranks price and quality together, so no weight is left for the "
        "price criterion “Price”: take that out, or choose a formula that shares out a price weight"
    ]


def test_a_price_formula_needs_a_price_criterion() -> None:
    assert told(criteria=WITHOUT_PRICE) == [
        "methodologies[0].price: “linear_fixed” shares out a price weight, and no criterion is of the "
        "kind “price”: add one"
    ]


def test_of_an_unknown_formula_nothing_more_is_asked() -> None:
    assert codes(price=PriceMethod("cheapest"), criteria=WITHOUT_PRICE) == [
        ("methodologies[0].price.formula", "price_formula_unknown")
    ]


def test_at_a_fixed_price_no_criterion_is_priced() -> None:
    fixed = PriceMethod("fixed_price", (("price", "900000"),))
    assert codes(price=fixed, criteria=WITHOUT_PRICE) == [("methodologies[0].price.formula", "price_carries_no_marks")]
    assert ("methodologies[0].price", "price_criterion_at_fixed_price") in codes(price=fixed)


def test_a_minimum_for_quality_answers_the_warning_that_asks_for_one() -> None:
    method = PriceMethod("price_per_quality_point")
    assert codes(price=method, criteria=WITHOUT_PRICE) == [
        ("methodologies[0].price.formula", "price_formula_needs_quality_minimum")
    ]
    assert codes(price=method, criteria=WITHOUT_PRICE, minimum_quality=Decimal(50)) == []


INDEX = [
    ("40", "60", None, ""),  # 150 % below the best cannot be
    ("50", "50", None, "100 %"),
    ("50", "50", Decimal(1), ""),
    ("60", "40", None, "66.666666 %"),
    ("60", "40", Decimal(33), "66.666666 %"),
    ("60", "40", Decimal(34), ""),
    ("80", "20", Decimal(75), "25 %"),
    ("80", "20", Decimal(76), ""),
]


@pytest.mark.parametrize(("quality", "price", "minimum", "reach"), INDEX)
def test_a_utility_index_that_can_fall_to_nought_is_warned_about(
    quality: str, price: str, minimum: Decimal | None, reach: str
) -> None:
    """(1 − d × wQ ÷ wP) × Pbest ÷ P is above nought while the quality share is d < wP ÷ wQ below the best."""
    method = PriceMethod("utility_index", (("quality_weight", quality), ("price_weight", price)))
    found = found_in(price=method, criteria=WITHOUT_PRICE, minimum_quality=minimum)
    nought = [it for it in found if it.code == "utility_index_below_nought"]
    assert [(it.place, it.severity) for it in nought] == [
        ("methodologies[0].price.parameters.quality_weight", "warning") for _ in range(bool(reach))
    ]
    assert all(f"a bid whose quality is {reach} or more below the best" in it.message for it in nought)


def test_a_utility_index_is_told_the_minimum_that_mends_it() -> None:
    method = PriceMethod("utility_index", (("quality_weight", "60"), ("price_weight", "40")))
    assert told(price=method, criteria=WITHOUT_PRICE)[-1] == (
        "methodologies[0].price.parameters.quality_weight: At a quality_weight of 60 and a price_weight of 40 a bid "
        "whose quality is 66.666666 % or more below the best gets a figure of nought or less, and among such bids a "
        "dearer price does no harm or even helps: publish a minimum of 34 % or more for quality, or a smaller "
        "quality_weight"
    )
    assert "utility_index_below_nought" in [
        code for _, code in codes(price=PriceMethod("utility_index"), criteria=WITHOUT_PRICE)
    ]
    unfit = PriceMethod("utility_index", (("quality_weight", "much"),))
    assert "utility_index_below_nought" not in [code for _, code in codes(price=unfit, criteria=WITHOUT_PRICE)]


# --------------------------------------------------------------------------------------------- tie-breaks and numbers


def test_a_tie_break_list_is_published() -> None:
    assert told(tie_breaks=()) == [
        "methodologies[0].tie_breaks: There is no tie-break list: publish at least one step, so that no tie is settled "
        "afterwards"
    ]


def test_tie_breaks_name_scored_criteria_and_can_settle_something() -> None:
    steps = (
        TieBreak("highest_criterion", "quality"),
        TieBreak("highest_criterion", "delivrey"),
        TieBreak("highest_criterion"),
        TieBreak("highest_criterion", "price"),
        TieBreak("lowest_price", "price"),
        TieBreak("highest_criterion", "quality"),
    )
    assert told(tie_breaks=steps) == [
        "methodologies[0].tie_breaks[1].criterion: There is no scored criterion “delivrey”: name one of quality, "
        "delivery, workforce, social",
        "methodologies[0].tie_breaks[2].criterion: No scored criterion is named: name one of quality, delivery, "
        "workforce, social",
        "methodologies[0].tie_breaks[3].criterion: “price” is the price criterion: use the rule lowest_price",
        "methodologies[0].tie_breaks[4].criterion: The rule lowest_price takes no criterion: leave “price” out",
        "methodologies[0].tie_breaks[5]: This tie-break step stands in the list already: the second time it "
        "settles nothing",
    ]


def test_a_tie_break_on_social_value_needs_such_a_criterion() -> None:
    quality: Callable[[Criterion], Criterion] = lambda it: replace(it, kind="quality")  # noqa: E731
    criteria = (QUALITY, quality(SOCIAL), PRICE)
    assert codes(criteria=criteria, tie_breaks=(TieBreak("highest_social_value"),)) == [
        ("methodologies[0].tie_breaks[0].rule", "tie_break_rule")
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rounding": Rounding(7)}, "rounding.places"),
        ({"rounding": Rounding(-1)}, "rounding.places"),
        ({"quorum": 0}, "quorum"),
        ({"minimum_quality": Decimal(0)}, "minimum_quality"),
        ({"minimum_quality": Decimal("100.01")}, "minimum_quality"),
        ({"abnormally_low": Settings(below_next=Fraction(0))}, "abnormally_low.below_next"),
        ({"abnormally_low": Settings(below_median=Fraction(101))}, "abnormally_low.below_median"),
    ],
)
def test_a_number_out_of_its_range_is_found(changes: dict[str, Any], place: str) -> None:
    assert [where for where, _ in codes(**changes)] == [f"methodologies[0].{place}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"rounding": Rounding(0)},
        {"rounding": Rounding(6)},
        {"quorum": 1},
        {"minimum_quality": Decimal(100)},
        {"abnormally_low": Settings(None, None, None)},
    ],
)
def test_a_number_at_the_end_of_its_range_is_fine(changes: dict[str, Any]) -> None:
    assert codes(**changes) == []
