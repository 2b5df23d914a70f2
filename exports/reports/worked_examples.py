"""Examples with made-up bids for tender documents: how a published price formula and a scored criterion work out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from exports.notices.assessment import settings
from exports.reports.panel_prices import in_pounds
from lots.errors import ProcurementError
from lots.lot import Lot
from lots.money import Money
from scoring.catalogue import WHOLE_METHODS
from scoring.criteria import Leaf
from scoring.figures import exact, plain
from scoring.methodology import Methodology
from scoring.methods import Offer, rank_offers
from scoring.price import price_mark_derivations
from scoring.scale import Scale

_BIDS: Final = (("A", 100, 85), ("B", 95, 75), ("C", 90, 65))  # name, per cent of the base value, quality out of 100
_THOUSAND: Final = 1000


@dataclass(frozen=True)
class ExampleRow:
    """One made-up bid: its evaluated price, its quality where the method looks at it, the formula with figures in."""

    name: str
    price: Money
    quality: str
    worked: str
    result: str
    rank: int = 0


@dataclass(frozen=True)
class Example:
    """Three made-up bids under a formula; ``problem`` says why there is no example for it."""

    rows: tuple[ExampleRow, ...]
    ranks: bool
    problem: str = ""


def price_example(lot: Lot, methodology: Methodology) -> Example:
    """Work the price formula of a lot out for three bids at 100, 95 and 90 per cent of its base value."""
    prices = {name: _price(lot, methodology, percent) for name, percent, _ in _BIDS}
    whole = methodology.price.formula in WHOLE_METHODS
    try:
        rows = _ranked(methodology, prices) if whole else _marked(methodology, prices)
    except (ProcurementError, ArithmeticError) as error:
        return Example((), whole, f"No example can be worked out with these figures: {error}.")
    return Example(rows, whole)


def score_example(leaf: Leaf, scale: Scale, methodology: Methodology) -> str:
    """Say in a sentence what the level below the top of a scale earns on a criterion."""
    level = scale.levels[-2] if len(scale.levels) > 1 else scale.levels[-1]
    marks = methodology.rounding.text(leaf.weight * Fraction(level.points) / Fraction(scale.maximum))
    return (
        f"For example, {plain(Fraction(level.points))} points of {plain(Fraction(scale.maximum))} for "
        f"“{leaf.criterion.title}”, which weighs {plain(leaf.weight)} %, earn "
        f"{plain(leaf.weight)} × {plain(Fraction(level.points))} ÷ {plain(Fraction(scale.maximum))} = {marks} marks."
    )


def _price(lot: Lot, methodology: Methodology, percent: int) -> Fraction:
    """Take a share of the base value in whole thousands; every bid at the published price where that is fixed."""
    if methodology.price.formula == "fixed_price":
        return exact(methodology.price.parameter("price", "0"))
    base = lot.base_value if lot.base_value is not None else lot.annual_budget * (lot.years or 1)
    pounds = Fraction(base.pence * percent, 100 * 100)
    return Fraction(int(pounds / _THOUSAND) * _THOUSAND) if pounds >= _THOUSAND * 100 else pounds


def _money(pounds: Fraction) -> Money:
    return Money(int(pounds * 100))


def _marked(methodology: Methodology, prices: dict[str, Fraction]) -> tuple[ExampleRow, ...]:
    weight = methodology.priced.weight if methodology.priced else Fraction(0)
    known = {*prices.values(), sum(prices.values(), Fraction(0)) / len(prices)}
    known |= {each.pounds for each in settings(methodology.price) if each.pounds is not None}
    found = price_mark_derivations(methodology.price, weight, prices)
    return tuple(
        ExampleRow(name, _money(prices[name]), "", in_pounds(it.figures, known), methodology.rounding.text(it.value))
        for name, it in found.items()
    )


def _ranked(methodology: Methodology, prices: dict[str, Fraction]) -> tuple[ExampleRow, ...]:
    qualities = {name: Fraction(quality) for name, _, quality in _BIDS}
    result = rank_offers(methodology.price, {name: Offer(prices[name], qualities[name]) for name in prices})
    ranks: dict[str, int] = {}
    for group in result.ranking:
        ranks |= dict.fromkeys(group, len(ranks) + 1)
    say, derived = methodology.rounding.text, result.derivations
    return tuple(
        ExampleRow(
            name,
            _money(prices[name]),
            plain(qualities[name]),
            in_pounds(derived[name].figures, set(prices.values())),
            say(result.figures[name]),
            ranks[name],
        )
        for name in prices
    )
