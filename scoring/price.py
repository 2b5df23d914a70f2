"""Price formulas: what may be published, whether the choice is complete, and the price marks it gives.

Prices are exact ``Fraction`` (pounds, of the admitted bids only); marks share out a weight W, unrounded.
The whole methods, which rank price and quality together, are in ``scoring.methods``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.catalogue import PRICE_FORMULAS, settled_parameters
from scoring.derivation import Derivation
from scoring.figures import exact, plain
from scoring.formulas import PriceMethod, PriceMethodError, put_in, refuse_bids

Prices = Mapping[str, Fraction]


@dataclass(frozen=True)
class _Rule:
    """A formula with all but the bid's own price put in; ``letters`` where the catalogue's do not hold."""

    mark: Callable[[Fraction], Fraction]
    figures: Mapping[str, Fraction]
    letters: str = ""


def _refuse_not_above_nought(formula: str, prices: Prices) -> None:
    says = f"its price must be above 0, because {formula} divides by it when it is the lowest"
    refuse_bids({bid: f"{says} (it is {plain(price)})" for bid, price in prices.items() if price <= 0})


def _lowest_relative(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    _refuse_not_above_nought("lowest_relative", prices)
    lowest = min(prices.values())
    return _Rule(lambda price: w * lowest / price, {"Pmin": lowest})


def _linear_min_max(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    low, high = min(prices.values()), max(prices.values())
    if low == high:
        return _Rule(lambda _: w, {}, "W, because there is no other price")
    return _Rule(lambda price: w * (high - price) / (high - low), {"Pmin": low, "Pmax": high})


def _linear_to_multiple(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    _refuse_not_above_nought("linear_to_multiple", prices)
    n, lowest = exact(given["multiple"]), min(prices.values())

    def unclamped(price: Fraction) -> Fraction:
        return w * (n * lowest - price) / ((n - 1) * lowest)

    if given["clamp"] == "no":
        letters = PRICE_FORMULAS["linear_to_multiple"].letters.removeprefix("max(0, ").removesuffix(")")
        return _Rule(unclamped, {"n": n, "Pmin": lowest}, letters)
    return _Rule(lambda price: max(Fraction(0), unclamped(price)), {"n": n, "Pmin": lowest})


def _linear_fixed(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    floor, ceiling = exact(given["floor"]), exact(given["ceiling"])
    return _Rule(
        lambda price: min(w, max(Fraction(0), w * (ceiling - price) / (ceiling - floor))),
        {"floor": floor, "ceiling": ceiling},
    )


def _mean_deviation(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    refuse_bids({bid: "its price is below 0" for bid, price in prices.items() if price < 0})
    mean = sum(prices.values(), Fraction(0)) / len(prices)
    refuse_bids({bid: "its price is 0, and so is the mean" for bid in prices if mean == 0})
    at_mean, per_percent = exact(given["at_mean"]), exact(given["per_percent"])

    def unclamped(price: Fraction) -> Fraction:
        return w / 100 * (at_mean + per_percent * 100 * (mean - price) / mean)

    figures = {"at_mean": at_mean, "per_percent": per_percent, "Pmean": mean}
    return _Rule(lambda price: min(w, max(Fraction(0), unclamped(price))), figures)


def _target_deviation(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    target = exact(given["target"])
    return _Rule(lambda price: max(Fraction(0), w * (1 - abs(price - target) / target)), {"target": target})


def _fixed_price(given: Mapping[str, str], w: Fraction, prices: Prices) -> _Rule:
    published = exact(given["price"])
    says = f"its price must be the published {given['price']}"
    refuse_bids({bid: f"{says} (it is {plain(price)})" for bid, price in prices.items() if price != published})
    return _Rule(lambda _: Fraction(0), {})


_RULES: Mapping[str, Callable[[Mapping[str, str], Fraction, Prices], _Rule]] = {
    "lowest_relative": _lowest_relative,
    "linear_min_max": _linear_min_max,
    "linear_to_multiple": _linear_to_multiple,
    "linear_fixed": _linear_fixed,
    "mean_deviation": _mean_deviation,
    "target_deviation": _target_deviation,
    "fixed_price": _fixed_price,
}


def _rule(method: PriceMethod, weight: Fraction, prices: Prices) -> _Rule:
    given = settled_parameters(method, "marks")
    if weight < 0:
        raise PriceMethodError(f"{method.formula}: the price weight is {plain(weight)}; it takes a number at least 0")
    return _RULES[method.formula](given, weight, prices)


def price_marks(method: PriceMethod, weight: Fraction, prices: Prices) -> dict[str, Fraction]:
    """Return each bid's exact share of ``weight`` under a published formula, in the order given.

    No bids give no marks. Refused: a method that is not complete (PriceMethodError); a price that the formula
    cannot judge (PriceUndefined).
    """
    rule = _rule(method, weight, prices) if prices else None
    return {bid: rule.mark(price) for bid, price in prices.items()} if rule else {}


def price_mark_derivations(
    method: PriceMethod, weight: Fraction, prices: Prices, only: Collection[str] | None = None
) -> dict[str, Derivation]:
    """Return how the price mark of each bid (of ``only`` some) came to be; the values are those of ``price_marks``."""
    if not prices:
        return {}
    rule = _rule(method, weight, prices)
    letters = rule.letters or PRICE_FORMULAS[method.formula].letters

    def derive(bid: str, price: Fraction) -> Derivation:
        worked = put_in(letters, {"W": weight, "P": price, **rule.figures})
        return Derivation(f"price mark of {bid}", rule.mark(price), letters, worked)

    return {bid: derive(bid, price) for bid, price in prices.items() if only is None or bid in only}
