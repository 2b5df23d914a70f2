"""The basis of an evaluated price: everything it is worked out from is published and answered, and nothing else is."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lots.bid import UnitPrice
from lots.money import Money
from scoring.checks.file import check
from scoring.formulas import PriceMethod
from scoring.methodology import BasketItem, CriterionValue
from scoring.tender_file import TenderFile
from tests import factories as make
from tests.scoring.test_evaluation import adult, with_bid

ITEMS = (BasketItem("hours", "Hours of support", Decimal(1500)), BasketItem("calls", "Calls", Decimal(50)))
UNITS = (UnitPrice("hours", Money.pounds(18)), UnitPrice("calls", Money.pounds(20)))
WORTH = (CriterionValue("quality", Money.pounds(60_000)), CriterionValue("social", Money.pounds(40_000)))


def found(file: TenderFile) -> list[tuple[str, str]]:
    starts = ("basket", "discount", "value", "unit_price")
    return [(each.code, each.place) for each in check(file) if each.code.startswith(starts)]


def basket_file(**changes: Any) -> TenderFile:
    """Make a file whose adult lot is priced by a basket that its one bid answers."""
    file = adult(make.tender_file(("adult-harbour",)), evaluated_price="basket", basket=ITEMS, **changes)
    return with_bid(file, "adult-harbour", unit_prices=UNITS)


def test_a_basket_published_and_answered_has_nothing_to_say() -> None:
    assert found(basket_file()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"evaluated_price": "basket"}, [("basket_missing", "methodologies[0].basket")]),
        ({"basket": ITEMS[:1]}, [("basket_unused", "methodologies[0].basket")]),
        ({"evaluated_price": "net_present_value"}, [("discount_rate_missing", "methodologies[0].discount_rate")]),
        ({"discount_rate": Decimal(5)}, [("discount_rate_unused", "methodologies[0].discount_rate")]),
        (
            {"evaluated_price": "net_present_value", "discount_rate": Decimal(101)},
            [("discount_rate_range", "methodologies[0].discount_rate")],
        ),
        ({"values": WORTH}, [("values_unused", "methodologies[0].values")]),
    ],
)
def test_what_the_evaluated_price_needs_is_published_and_nothing_more(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found(adult(make.tender_file(()), **changes)) == expected


def test_basket_items_stand_once_with_a_quantity() -> None:
    twice = (*ITEMS, replace(ITEMS[0], quantity=Decimal(0)))
    file = adult(basket_file(), basket=twice)
    assert found(file) == [
        ("basket_item_repeated", "methodologies[0].basket[2].id"),
        ("basket_quantity", "methodologies[0].basket[2].quantity"),
    ]


def test_unit_prices_answer_the_basket_item_by_item() -> None:
    units = (UNITS[0], UNITS[0], UnitPrice("meals", Money.pounds(3)))
    assert found(with_bid(basket_file(), "adult-harbour", unit_prices=units)) == [
        ("unit_price_repeated", "bids[0].unit_prices[1].item"),
        ("unit_price_unknown", "bids[0].unit_prices[2].item"),
        ("unit_price_missing", "bids[0].unit_prices"),
    ]


def test_a_worth_for_each_criterion_adds_up_to_the_published_value() -> None:
    def priced(value: str, values: tuple[CriterionValue, ...]) -> TenderFile:
        return adult(make.tender_file(()), price=PriceMethod("monetised_quality", (("value", value),)), values=values)

    assert found(priced("100000", WORTH)) == []
    assert found(priced("90000", WORTH)) == [("values_do_not_add_up", "methodologies[0].values")]
    strange = (*WORTH, CriterionValue("charm", Money.pounds(-1)))
    assert found(priced("99999", strange)) == [
        ("value_criterion_unknown", "methodologies[0].values[2].criterion"),
        ("value_negative", "methodologies[0].values[2].amount"),
    ]
