"""Pages that only some rules ask for: preferences under a limit on lots, unit prices of a basket, other costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lots.bid import OtherCost, UnitPrice
from lots.money import Money
from scoring.limits.allocation import LotLimit
from scoring.methodology import BasketItem
from tests.workbench.bidding import Tenderer, a_tenderer
from tests.workbench.sealed import BEFORE, a_file, a_sealed_world
from tests.workbench.web.bids.conftest import at
from workbench.app import Workbench
from workbench.queries.bids.building import Built, build

BASKET = (BasketItem("hour", "One hour of support", Decimal(1000)), BasketItem("day/night", "One day", Decimal(200)))


@pytest.fixture
def tenderer(lite_app: Workbench) -> Iterator[Tenderer]:
    """A tenderer where at most one lot is won, adults' prices are a basket and children's have other costs."""
    file = a_file()
    adult, children = file.methodologies
    methods: Any = (
        replace(adult, evaluated_price="basket", basket=BASKET),
        replace(children, evaluated_price="life_cycle"),
    )
    limit = LotLimit("tenderer_preference", maximum_lots=1)
    with lite_app.app_context(), at(BEFORE):
        yield a_tenderer(lite_app, a_sealed_world(file=replace(file, methodologies=methods, lot_limit=limit))).start()


def built(tenderer: Tenderer, lot: str) -> Built:
    """Put together what would be submitted for a lot."""
    draft = tenderer.open()
    found = draft.invitation.lot(lot)
    assert found is not None
    return build(draft, found, "b", 1)


def test_under_a_limit_the_lots_are_put_in_order_and_the_order_is_submitted(tenderer: Tenderer) -> None:
    assert "One tenderer may win at most 1 lot." in tenderer.get("edit/lots").text
    choice = {"lots": ["adult", "children"], "preferred-0": "children", "preferred-1": "adult", "at_most": "1"}
    assert tenderer.save("edit/lots", choice).status_code == 303
    submission = built(tenderer, "adult").submission
    assert (submission.lots_preferred, submission.lots_at_most) == (("children", "adult"), 1)
    assert 'value="1"' in tenderer.get("edit/lots").text


def test_a_preference_for_a_lot_there_is_no_bid_for_does_not_count(tenderer: Tenderer) -> None:
    tenderer.save("edit/lots", {"lots": "adult", "preferred-0": "children", "preferred-1": "adult"})
    assert built(tenderer, "adult").submission.lots_preferred == ("adult",)


def test_each_item_of_a_basket_has_its_unit_price_whatever_its_id(tenderer: Tenderer) -> None:
    page = tenderer.get("lots/adult/edit/costs").text
    assert "Quantity: 1000" in page
    names = [part.partition('"')[0] for part in page.split('name="')[1:] if part.startswith("unit-")]
    assert len(names) == 2
    assert tenderer.save("lots/adult/edit/costs", dict(zip(names, ("31.50", "£220"), strict=True))).status_code == 303
    assert built(tenderer, "adult").price.unit_prices == (
        UnitPrice("hour", Money(3150)), UnitPrice("day/night", Money(22_000)),
    )  # fmt: skip
    assert 'value="31.50"' in tenderer.get("lots/adult/edit/costs").text


def test_other_costs_are_rows_with_a_title_and_an_amount(tenderer: Tenderer) -> None:
    assert (
        tenderer.save("lots/children/edit/costs", {"other-0-title": "Vans", "other-0-amount": "9,000"}).status_code
        == 303
    )
    assert built(tenderer, "children").price.other_costs == (OtherCost("Vans", Money.pounds(9000)),)


def test_the_check_names_unit_prices_that_are_missing(tenderer: Tenderer) -> None:
    tenderer.save("lots/adult/edit/price", {"unit": "amounts", "columns": "1", "rows": "1", "further": "0",
                                            "prices-0": "100000", "organisations-0-name": "Harbour Trust"})  # fmt: skip
    assert "No unit price for “One hour of support” and “One day”" in tenderer.get("lots/adult/check").text
