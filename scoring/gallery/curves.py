"""What a formula gives a bid as its own price moves and nothing else does: exact points, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.catalogue import WHOLE_METHODS
from scoring.formulas import PriceMethod, PriceUndefined
from scoring.methods import Offer, rank_offers
from scoring.price import price_marks

_OWN = "the bid drawn"


@dataclass(frozen=True)
class Point:
    """A price in pounds and the marks (or, of a whole method, the figure) a bid at that price has; both exact."""

    price: Fraction
    figure: Fraction


def curve(
    method: PriceMethod,
    weight: Fraction,
    prices: Sequence[Fraction],
    rivals: Mapping[str, Offer],
    quality: Fraction = Fraction(0),
) -> tuple[Point, ...]:
    """Return one point for each price that the formula can judge, the rivals and the bid's own quality staying put.

    A method that is not complete is refused (PriceMethodError); a price it cannot judge has no point.
    """
    found = ((price, figure(method, weight, {**rivals, _OWN: Offer(price, quality)})) for price in prices)
    return tuple(Point(price, figures[_OWN]) for price, figures in found if figures)


def figure(method: PriceMethod, weight: Fraction, offers: Mapping[str, Offer]) -> dict[str, Fraction]:
    """Return each offer's price marks, or its figure under a whole method; nothing where one cannot be judged."""
    try:
        if method.formula in WHOLE_METHODS:
            return rank_offers(method, offers).figures
        return price_marks(method, weight, {bid: offer.price for bid, offer in offers.items()})
    except PriceUndefined:
        return {}
