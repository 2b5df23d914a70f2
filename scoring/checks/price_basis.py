"""What an evaluated price needs beside the formula: a basket, a discount rate, or a worth for each criterion."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lots.bid import Bid
from lots.errors import Finding
from lots.money import total
from scoring.checks.index import Index
from scoring.criteria import walk
from scoring.figures import NumberError, exact
from scoring.methodology import Methodology


def price_basis_findings(index: Index) -> Iterator[Finding]:
    """Check that each methodology publishes what its evaluated price is worked out from, and each bid answers it."""
    for i, methodology in enumerate(index.file.methodologies):
        place = f"methodologies[{i}]"
        yield from _basket(methodology, place)
        yield from _rate(methodology, place)
        yield from _values(methodology, place)
    for i, bid in enumerate(index.file.bids):
        method = index.file.methodology_for(bid.lot)
        if method is not None:
            yield from _unit_prices(bid, method, f"bids[{i}].unit_prices")


def _basket(methodology: Methodology, place: str) -> Iterator[Finding]:
    wanted, here = methodology.evaluated_price == "basket", f"{place}.basket"
    if wanted and not methodology.basket:
        yield Finding("basket_missing", "The evaluated price is a basket: publish its items and quantities", here)
    if methodology.basket and not wanted:
        message = "A basket is published but the evaluated price is another: name it, or leave the basket out"
        yield Finding("basket_unused", message, here)
    seen: set[str] = set()
    for j, item in enumerate(methodology.basket):
        if item.id in seen:
            yield Finding("basket_item_repeated", f"Item “{item.id}” stands twice in the basket", f"{here}[{j}].id")
        seen.add(item.id)
        if item.quantity <= 0:
            message = f"The quantity of “{item.title}” is {item.quantity}: it must be more than 0"
            yield Finding("basket_quantity", message, f"{here}[{j}].quantity")


def _rate(methodology: Methodology, place: str) -> Iterator[Finding]:
    wanted, rate, here = methodology.evaluated_price == "net_present_value", methodology.discount_rate, "discount_rate"
    if wanted and rate is None:
        message = "The evaluated price is a net present value: publish the discount rate, per cent a year"
        yield Finding("discount_rate_missing", message, f"{place}.{here}")
    if rate is not None and not wanted:
        message = "A discount rate is published but the evaluated price is not a net present value: leave it out"
        yield Finding("discount_rate_unused", message, f"{place}.{here}")
    if rate is not None and not 0 <= rate <= 100:
        yield Finding("discount_rate_range", f"The discount rate is {rate}: it must be 0 to 100", f"{place}.{here}")


def _values(methodology: Methodology, place: str) -> Iterator[Finding]:
    if not methodology.values:
        return
    here, known = f"{place}.values", {criterion.id for criterion, _ in walk(methodology.criteria)}
    if methodology.price.formula != "monetised_quality":
        message = "A worth per criterion belongs to monetised_quality: choose it, or leave the values out"
        yield Finding("values_unused", message, here)
        return
    for j, value in enumerate(methodology.values):
        if value.criterion not in known:
            message = f"“{value.criterion}” is not one of the award criteria: name one of {', '.join(sorted(known))}"
            yield Finding("value_criterion_unknown", message, f"{here}[{j}].criterion")
        if value.amount.pence < 0:
            yield Finding("value_negative", f"{value.amount} is negative: a worth is £0 or more", f"{here}[{j}].amount")
    whole = total(value.amount for value in methodology.values)
    try:
        published = exact(methodology.price.parameter("value") or "0")
    except NumberError:
        return
    if Fraction(whole.pence, 100) != published:
        message = f"The values add up to {whole}, the formula's value is £{published}: they must be the same"
        yield Finding("values_do_not_add_up", message, here)


def _unit_prices(bid: Bid, methodology: Methodology, place: str) -> Iterator[Finding]:
    items = {item.id: item.title for item in methodology.basket}
    seen: set[str] = set()
    for j, unit in enumerate(bid.unit_prices):
        if unit.item not in items:
            message = f"“{unit.item}” is not in the published basket: leave it out"
            yield Finding("unit_price_unknown", message, f"{place}[{j}].item")
        if unit.item in seen:
            yield Finding("unit_price_repeated", f"“{unit.item}” is priced twice", f"{place}[{j}].item")
        seen.add(unit.item)
    for item, title in items.items():
        if item not in seen:
            message = f"Bid {bid.id} gives no unit price for “{title}”: it cannot be priced"
            yield Finding("unit_price_missing", message, place, "warning")
