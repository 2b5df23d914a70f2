"""Parameters to begin with, worked out from a lot's budget and weights: each with the reason it can be argued with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from lots.money import Money
from scoring.catalogue import FORMULAS
from scoring.figures import plain
from scoring.formulas import PriceMethod

_FLOOR, _TARGET, _WORTH = 80, 95, 30  # per cent of the budget


@dataclass(frozen=True)
class Suggestion:
    """A parameter to begin with: its name, the text to put into the tender file, and why this much."""

    name: str
    text: str
    why: str


def suggestions(formula: str, budget: Money, weight: Fraction) -> tuple[Suggestion, ...]:
    """Suggest every parameter of a formula for a lot with this budget over its term and this price weight.

    What has a default in the catalogue and needs no figure of the lot keeps it.
    """
    info = FORMULAS[formula]
    own = _OWN[formula](budget, weight) if formula in _OWN else ()
    named = {suggestion.name for suggestion in own}
    usual = (
        Suggestion(each.name, each.default, f"the usual choice: {each.meaning}")
        for each in info.parameters
        if each.default is not None and each.name not in named
    )
    order = [each.name for each in info.parameters]
    return tuple(sorted((*own, *usual), key=lambda suggestion: order.index(suggestion.name)))


def suggested(formula: str, budget: Money, weight: Fraction) -> PriceMethod:
    """Put the suggestions together into a method that can be published as it stands."""
    return PriceMethod(formula, tuple((each.name, each.text) for each in suggestions(formula, budget, weight)))


def _share(budget: Money, percent: int) -> str:
    """Take a percentage of the budget in whole pounds, rounded down, but never to nothing."""
    return str(max(budget.pence * percent // 10_000, 1))


def _linear_fixed(budget: Money, _: Fraction) -> tuple[Suggestion, ...]:
    low = f"{_FLOOR} % of the budget of {budget}: a price below it earns no more, so nobody is paid for bidding too low"
    top = Suggestion("ceiling", _share(budget, 100), "the budget: a price that uses all of it earns nothing")
    if int(_share(budget, _FLOOR)) >= int(top.text):
        return Suggestion("floor", "0", "no price at all: the budget is too small to set one apart"), top
    return Suggestion("floor", _share(budget, _FLOOR), low), top


def _to_multiple(_: Money, __: Fraction) -> tuple[Suggestion, ...]:
    return (
        Suggestion("multiple", "1.5", "half as much again as the lowest price earns nothing; few bids ask twice it"),
    )


def _target(budget: Money, _: Fraction) -> tuple[Suggestion, ...]:
    return (Suggestion("target", _share(budget, _TARGET), f"{_TARGET} % of the budget of {budget}"),)


def _fixed(budget: Money, _: Fraction) -> tuple[Suggestion, ...]:
    return (Suggestion("price", plain(Fraction(budget.pence, 100)), "the budget: quality decides what it buys"),)


def _weights(_: Money, weight: Fraction) -> tuple[Suggestion, ...]:
    priced = weight if 1 <= weight < 100 else Fraction(50)
    why = "the weights of this lot" if priced == weight else "equal weights: the lot’s own leave one of them out"
    return (
        Suggestion("quality_weight", plain(100 - priced), why),
        Suggestion("price_weight", plain(priced), why),
    )


def _scale(budget: Money, _: Fraction) -> tuple[Suggestion, ...]:
    digits = len(_share(budget, 100))
    why = "makes figures of three or four digits with this budget, so that the rounding hardly ever ties two bids"
    return (Suggestion("scale", str(10 ** (digits + 1)), why),)


def _corridor(budget: Money, weight: Fraction) -> tuple[Suggestion, ...]:
    return (
        *_scale(budget, weight),
        Suggestion("corridor_percent", "5", "bids within 5 % of the best value count as equally good value"),
        Suggestion("decide_on", "highest_quality", "between bids of equal value the better service is taken"),
    )


def _value(budget: Money, _: Fraction) -> tuple[Suggestion, ...]:
    why = f"full marks are worth {_WORTH} % of the budget of {budget}; guidance elsewhere speaks of 20 to 50 %"
    return (Suggestion("value", _share(budget, _WORTH), why),)


def _percent(_: Money, __: Fraction) -> tuple[Suggestion, ...]:
    why = f"between no marks and full marks lie {_WORTH} % of a bid’s price; guidance elsewhere speaks of 20 to 50 %"
    return (Suggestion("maximum_percent", str(_WORTH), why),)


def _most(_: Money, __: Fraction) -> tuple[Suggestion, ...]:
    why = "a bid with more than 90 % of the quality points could not be judged: set it above what anybody can reach"
    return (Suggestion("maximum_share", "0.9", why),)


_OWN: Mapping[str, Callable[[Money, Fraction], tuple[Suggestion, ...]]] = {
    "linear_fixed": _linear_fixed,
    "linear_to_multiple": _to_multiple,
    "target_deviation": _target,
    "fixed_price": _fixed,
    "value_for_money_index": _weights,
    "utility_index": _weights,
    "reference_value": _scale,
    "reference_value_corridor": _corridor,
    "monetised_quality": _value,
    "price_markup": _percent,
    "price_deduction": _percent,
    "reduced_price": _most,
}
