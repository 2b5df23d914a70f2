"""Every published price formula and whole method in the letters of a spreadsheet.

A formula stands here once, with names in braces for the cells it looks at: ``{P}`` and ``{Q}`` a bid's own evaluated
price and quality, ``{W}`` the price weight, ``{Pmin}`` and the like helper cells over the bids still in, and the
published parameters by their names. ``{prices}`` and ``{qualities}`` are the ranges of the bids still in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from exports.workbook.book import MONEY, PLAIN
from scoring.catalogue import FORMULAS
from scoring.figures import exact
from scoring.formulas import PriceMethod

QUALITY_MAX = Fraction(100)  # weights close at 100, so this is the most a bid's quality could be
NOISE = 8  # decimals a figure is rounded to before it is rounded to whole numbers: binary fractions end well below

Parameters = Mapping[str, str]
Amounts = Sequence[Fraction]


@dataclass(frozen=True)
class Helper:
    """A figure all bids share: its name in words, its formula over their cells, and the same sum done exactly."""

    title: str
    formula: str
    value: Callable[[Amounts, Amounts, Parameters], Fraction]
    figures: str = PLAIN


@dataclass(frozen=True)
class Shape:
    """One price formula or whole method for a spreadsheet: a bid's own figure, and the helpers it needs."""

    own: str
    helpers: tuple[str, ...] = ()


def _weights(given: Parameters) -> Fraction:
    return exact(given["quality_weight"]) / exact(given["price_weight"])


HELPERS: Mapping[str, Helper] = MappingProxyType({
    "Pmin": Helper("Lowest price of the bids still in (Pmin)", "MIN({prices})", lambda p, q, given: min(p), MONEY),
    "Pmax": Helper("Highest price of the bids still in (Pmax)", "MAX({prices})", lambda p, q, given: max(p), MONEY),
    "Pmean": Helper(
        "Mean price of the bids still in (Pmean)", "AVERAGE({prices})",
        lambda p, q, given: sum(p, Fraction(0)) / len(p), MONEY,
    ),
    "Qlow": Helper("Lowest quality of the bids still in (Qlow)", "MIN({qualities})", lambda p, q, given: min(q)),
    "best_share": Helper(
        "Highest share of quality of the bids still in", "MAX({qualities})/{quality_max}",
        lambda p, q, given: max(q) / QUALITY_MAX,
    ),
    "N": Helper(
        "Quality weight ÷ price weight (N)", "{quality_weight}/{price_weight}", lambda p, q, given: _weights(given)
    ),
})  # fmt: skip

_REFERENCE_VALUE = f"ROUND(ROUND({{scale}}*{{Q}}/{{P}},{NOISE}),0)"
_MULTIPLE = "{W}*({multiple}*{Pmin}-{P})/(({multiple}-1)*{Pmin})"
_SHAPES: Mapping[str, Shape] = MappingProxyType({
    "lowest_relative": Shape("{W}*{Pmin}/{P}", ("Pmin",)),
    "linear_min_max": Shape("IF(ROUND({Pmax}-{Pmin},2)=0,{W},{W}*({Pmax}-{P})/({Pmax}-{Pmin}))", ("Pmin", "Pmax")),
    "linear_to_multiple": Shape(f"MAX(0,{_MULTIPLE})", ("Pmin",)),
    "linear_fixed": Shape("MIN({W},MAX(0,{W}*({ceiling}-{P})/({ceiling}-{floor})))"),
    "mean_deviation": Shape(
        "MIN({W},MAX(0,{W}/100*({at_mean}+{per_percent}*100*({Pmean}-{P})/{Pmean})))", ("Pmean",)
    ),
    "target_deviation": Shape("MAX(0,{W}*(1-ABS({P}-{target})/{target}))"),
    "fixed_price": Shape("IF(ROUND({P},2)=ROUND({price},2),0,NA())"),
    "price_per_quality_point": Shape("{P}/{Q}"),
    "value_for_money_index": Shape("{Q}^({quality_weight}/{price_weight})/{P}"),
    "reference_value": Shape(_REFERENCE_VALUE),
    "reference_value_corridor": Shape(_REFERENCE_VALUE),
    "monetised_quality": Shape("{P}-{value}*{Q}/{quality_max}"),
    "price_markup": Shape("{P}*(1+{maximum_percent}/100*(1-{Q}/{quality_max}))"),
    "price_deduction": Shape("{P}*(1-{maximum_percent}/100*{Q}/{quality_max})"),
    "relative_value_cost": Shape("{P}/(({Q}+{quality_max})/({Qlow}+{quality_max}))", ("Qlow",)),
    "utility_index": Shape("(1-({best_share}-{Q}/{quality_max})*{N})/{P}*{Pmin}", ("best_share", "N", "Pmin")),
    "reduced_price": Shape("{P}/(1+{Q}/{quality_max}/(1-{maximum_share}))"),
})  # fmt: skip


def shape_of(method: PriceMethod) -> Shape:
    """Return a published formula for a spreadsheet; KeyError for one nobody knows."""
    if method.formula == "linear_to_multiple" and method.parameter("clamp", "yes") == "no":
        return Shape(_MULTIPLE, ("Pmin",))
    return _SHAPES[method.formula]


def parameters_of(method: PriceMethod) -> dict[str, str]:
    """Return the published parameters as typed, defaults included, in the order of the catalogue."""
    known = FORMULAS[method.formula].parameters
    return {parameter.name: method.parameter(parameter.name, parameter.default or "") for parameter in known}


def decimals_for(figures: Sequence[Fraction], significant: int = 12) -> int:
    """Return how many decimals keep so many significant digits of the largest figure (0 to 18)."""
    largest = max((abs(figure) for figure in figures), default=Fraction(0))
    before = 0
    while largest >= Fraction(10) ** before:
        before += 1
    while largest and largest < Fraction(10) ** (before - 1):
        before -= 1
    return min(18, max(0, significant - before))
