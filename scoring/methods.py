"""The whole methods: those that rank price and quality together, without marks.

Prices are exact ``Fraction`` (pounds, of the admitted bids only), qualities points out of ``quality_max``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Context
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Literal

from scoring.catalogue import WHOLE_METHODS, settled_parameters
from scoring.derivation import Derivation
from scoring.figures import SIGNIFICANT_DIGITS, Rounding, exact, plain
from scoring.formulas import FormulaInfo, PriceMethod, PriceMethodError, put_in, refuse_bids


@dataclass(frozen=True)
class Offer:
    """What a whole method looks at: the evaluated price in pounds, and the quality points."""

    price: Fraction
    quality: Fraction


Offers = Mapping[str, Offer]
Given = Mapping[str, str]
Key = tuple[Fraction, ...]


@dataclass(frozen=True)
class _Rule:
    """A method with all but a bid's own figures put in; ``key`` (smallest first) ranks if figures do not."""

    figure: Callable[[Offer], Fraction]
    common: Mapping[str, Fraction] = field(default_factory=dict)
    key: Callable[[Offer, Fraction], Key] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MethodResult:
    """Each bid's exact figure, and the ranking: groups of names, best first; more than one name is a tie."""

    figures: dict[str, Fraction]
    ranking: tuple[tuple[str, ...], ...]
    best: Literal["lowest", "highest"]
    notes: tuple[str, ...]
    derive: Callable[[str], Derivation] = field(repr=False, compare=False)

    @cached_property
    def derivations(self) -> dict[str, Derivation]:
        """Return how each figure came to be; made when first asked for."""
        return {bid: self.derive(bid) for bid in self.figures}


def _price_per_quality_point(given: Given, offers: Offers, most: Fraction) -> _Rule:
    says = "its quality is 0, and a price cannot be divided by it"
    refuse_bids({bid: says for bid, offer in offers.items() if offer.quality == 0})
    return _Rule(lambda offer: offer.price / offer.quality)


def _value_for_money_index(given: Given, offers: Offers, most: Fraction) -> _Rule:
    weights = {"wQ": exact(given["quality_weight"]), "wP": exact(given["price_weight"])}
    power = weights["wQ"] / weights["wP"]
    if power.denominator == 1:
        return _Rule(lambda offer: offer.quality**power.numerator / offer.price, weights)
    note = f"The power {plain(power)} is not whole: figures are to {SIGNIFICANT_DIGITS} significant digits."
    return _Rule(lambda offer: _to_28_digits(offer.quality, power, offer.price), weights, notes=(note,))


def _to_28_digits(quality: Fraction, power: Fraction, price: Fraction) -> Fraction:
    """Return quality^power ÷ price, worked with as many digits again to spare and rounded once."""
    wide, narrow = Context(prec=2 * SIGNIFICANT_DIGITS + 4), Context(prec=SIGNIFICANT_DIGITS)
    q, e, p = (wide.divide(number.numerator, number.denominator) for number in (quality, power, price))
    return Fraction(narrow.plus(wide.divide(wide.power(q, e), p)))


def _reference_value(given: Given, offers: Offers, most: Fraction) -> _Rule:
    scale, whole = exact(given["scale"]), Rounding(0, "half_up")
    return _Rule(
        lambda offer: whole.value(scale * offer.quality / offer.price),
        {"scale": scale},
        lambda offer, figure: (-figure, offer.price),
    )


def _reference_value_corridor(given: Given, offers: Offers, most: Fraction) -> _Rule:
    simple = _reference_value(given, offers, most)
    figures = {bid: simple.figure(offer) for bid, offer in offers.items()}
    best, percent = max(figures.values()), given["corridor_percent"]
    floor = best * (1 - exact(percent) / 100)
    inside = ", ".join(bid for bid, figure in figures.items() if figure >= floor)

    def key(offer: Offer, figure: Fraction) -> Key:
        if figure < floor:
            return (Fraction(1), -figure, offer.price)
        return (Fraction(0), offer.price if given["decide_on"] == "lowest_price" else -offer.quality)

    reach = f"The best figure is {plain(best)}; {percent} % below it is {plain(floor)}."
    return _Rule(simple.figure, simple.common, key, (reach, f"Inside the corridor: {inside}."))


def _monetised_quality(given: Given, offers: Offers, most: Fraction) -> _Rule:
    value = exact(given["value"])
    return _Rule(lambda offer: offer.price - value * offer.quality / most, {"value": value})


def _price_markup(given: Given, offers: Offers, most: Fraction) -> _Rule:
    m = exact(given["maximum_percent"]) / 100
    return _Rule(lambda offer: offer.price * (1 + m * (1 - offer.quality / most)), {"m": m})


def _price_deduction(given: Given, offers: Offers, most: Fraction) -> _Rule:
    m = exact(given["maximum_percent"]) / 100
    return _Rule(lambda offer: offer.price * (1 - m * offer.quality / most), {"m": m})


def _relative_value_cost(given: Given, offers: Offers, most: Fraction) -> _Rule:
    low = min(offer.quality for offer in offers.values())
    return _Rule(lambda offer: offer.price / ((offer.quality + most) / (low + most)), {"Qmax": most, "Qlow": low})


def _utility_index(given: Given, offers: Offers, most: Fraction) -> _Rule:
    n = exact(given["quality_weight"]) / exact(given["price_weight"])
    share = max(offer.quality for offer in offers.values()) / most
    price = min(offer.price for offer in offers.values())
    return _Rule(
        lambda offer: (1 - (share - offer.quality / most) * n) / offer.price * price,
        {"best_share": share, "N": n, "Pbest": price},
    )


def _reduced_price(given: Given, offers: Offers, most: Fraction) -> _Rule:
    top = exact(given["maximum_share"])
    says = f"its quality share passes the published maximum_share of {given['maximum_share']}"
    refuse_bids({bid: says for bid, offer in offers.items() if offer.quality / most > top})
    return _Rule(lambda offer: offer.price / (1 + offer.quality / most / (1 - top)), {"most": top})


_RULES: Mapping[str, Callable[[Given, Offers, Fraction], _Rule]] = {
    "price_per_quality_point": _price_per_quality_point,
    "value_for_money_index": _value_for_money_index,
    "reference_value": _reference_value,
    "reference_value_corridor": _reference_value_corridor,
    "monetised_quality": _monetised_quality,
    "price_markup": _price_markup,
    "price_deduction": _price_deduction,
    "relative_value_cost": _relative_value_cost,
    "utility_index": _utility_index,
    "reduced_price": _reduced_price,
}


def _refuse_unusable(formula: str, offers: Offers, most: Fraction) -> None:
    """Refuse quality outside 0..``most``, and a price not above 0 where price is multiplied or divided."""
    outside = {bid: offer.quality for bid, offer in offers.items() if not 0 <= offer.quality <= most}
    says = f"its quality must be from 0 to {plain(most)}"
    refuse_bids({bid: f"{says} (it is {plain(quality)})" for bid, quality in outside.items()})
    says = f"its price must be above 0, because {formula} multiplies or divides by it"
    if formula != "monetised_quality":
        refuse_bids({bid: says for bid, offer in offers.items() if offer.price <= 0})


_HUNDRED = Fraction(100)


def rank_offers(method: PriceMethod, offers: Offers, quality_max: Fraction = _HUNDRED) -> MethodResult:
    """Rank offers by a whole method, exactly; ties are by the method's own rule, and otherwise left as ties.

    Refused: a method that is not complete (PriceMethodError); an offer it cannot judge (PriceUndefined).
    """
    given = settled_parameters(method, "method")
    info = WHOLE_METHODS[method.formula]
    if quality_max <= 0:
        raise PriceMethodError(f"{info.id}: quality_max is {plain(quality_max)}; it takes a number above 0")
    _refuse_unusable(info.id, offers, quality_max)
    rule = _RULES[info.id](given, offers, quality_max) if offers else _Rule(lambda offer: offer.price)
    return _ranked(info, rule, offers, quality_max)


def _ranked(info: FormulaInfo, rule: _Rule, offers: Offers, most: Fraction) -> MethodResult:
    figures = {bid: rule.figure(offer) for bid, offer in offers.items()}
    sign = 1 if info.best == "lowest" else -1
    keys = {bid: rule.key(offers[bid], x) if rule.key else (sign * x,) for bid, x in figures.items()}
    ranked = groupby(sorted(figures, key=keys.__getitem__), keys.__getitem__)
    ranking = tuple(tuple(tied) for _, tied in ranked)

    def derive(bid: str) -> Derivation:
        offer = offers[bid]
        own = {"P": offer.price, "Q": offer.quality, "share": offer.quality / most}
        worked = put_in(info.letters, {**rule.common, **own})
        return Derivation(f"{info.title} of {bid}", figures[bid], info.letters, worked)

    return MethodResult(figures, ranking, "lowest" if sign == 1 else "highest", rule.notes, derive)
