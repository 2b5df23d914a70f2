"""Where any number of an evaluation comes from: derivations of marks, totals and prices, built when asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction

from scoring.derivation import Derivation
from scoring.evaluated_price import DAYS_IN_YEAR, discount_factors, pounds
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.marking import LeafMarks
from scoring.methodology import Methodology
from scoring.price import price_mark_derivations
from scoring.pricing import basket_lines


def explain_leaf(row: LeafMarks, bid_id: str) -> Derivation:
    """Derive the marks of one scored criterion: weight × points ÷ top of the scale."""
    criterion = row.leaf.criterion
    kept_in, formula = ("score_sheets", "mean of scores") if row.by_mean else ("agreed_scores", "agreed points")
    points = Derivation("points", row.points, formula, sources=(f"{kept_in}: {bid_id}/{criterion.id}",))
    weight = Derivation(
        "weight", row.leaf.weight, "product of the published shares", sources=(f"criteria: {criterion.id}",)
    )
    figures = f"{plain(row.leaf.weight)} × {plain(row.points)} ÷ {plain(row.maximum)}"
    return Derivation(criterion.title, row.marks, "weight × points ÷ maximum", figures, (weight, points))


def explain_price(bid: BidResult, methodology: Methodology) -> Derivation:
    """Derive the evaluated price from the amounts of the bid, as the tender published it."""
    formula, parts = _PRICED[methodology.evaluated_price](bid, methodology)
    value = bid.price if bid.price is not None else sum((part.value for part in parts), Fraction(0))
    return Derivation("Evaluated price (£)", value, formula, " + ".join(plain(part.value) for part in parts), parts)


def _years(bid: BidResult, methodology: Methodology) -> tuple[str, tuple[Derivation, ...]]:
    return "Σ years", tuple(
        Derivation(f"year {at}", pounds(price), "as bid", sources=(f"bids: {bid.bid.id}/prices[{at - 1}]",))
        for at, price in enumerate(bid.bid.prices, 1)
    )


def _life_cycle(bid: BidResult, methodology: Methodology) -> tuple[str, tuple[Derivation, ...]]:
    source = f"bids: {bid.bid.id}/other_costs"
    costs = (Derivation(c.title, pounds(c.amount), "as stated", sources=(source,)) for c in bid.bid.other_costs)
    return "Σ years + Σ other costs", (*_years(bid, methodology)[1], *costs)


def _basket(bid: BidResult, methodology: Methodology) -> tuple[str, tuple[Derivation, ...]]:
    return "Σ quantity × unit price", tuple(
        Derivation(
            line.name,
            line.quantity * pounds(line.unit_price),
            "quantity × unit price",
            f"{plain(line.quantity)} × {plain(pounds(line.unit_price))}",
            sources=(f"bids: {bid.bid.id}/unit_prices",),
        )
        for line in basket_lines(bid.bid, methodology)
    )


def _present_value(bid: BidResult, methodology: Methodology) -> tuple[str, tuple[Derivation, ...]]:
    rate = Fraction(methodology.discount_rate or 0) / 100
    years = _years(bid, methodology)[1]
    factors = discount_factors(rate, [DAYS_IN_YEAR] * len(years))
    return "Σ years × 1 ÷ (1 + rate) for each year up to its end", tuple(
        Derivation(
            f"year {at} at present value",
            year.value * factor,
            "year × discount factor",
            f"{plain(year.value)} × {plain(factor)}",
            (year,),
        )
        for at, (year, factor) in enumerate(zip(years, factors, strict=True), 1)
    )


_PRICED: dict[str, Callable[[BidResult, Methodology], tuple[str, tuple[Derivation, ...]]]] = {
    "total": _years,
    "life_cycle": _life_cycle,
    "basket": _basket,
    "net_present_value": _present_value,
}


def explain_total(lot: LotEvaluation, bid_id: str) -> Derivation:
    """Derive one bid's total, or its method figure, down to agreed points and yearly prices."""
    return _explain(lot, lot.result(bid_id), _price_marks(lot, (bid_id,)).get(bid_id))


def explain_totals(lot: LotEvaluation) -> dict[str, Derivation]:
    """Derive the total of every ranked bid, best first; the price marks are derived once for all of them."""
    priced = _price_marks(lot)
    return {result.bid.id: _explain(lot, result, priced.get(result.bid.id)) for result in lot.ranked}


def _explain(lot: LotEvaluation, result: BidResult, priced: Derivation | None) -> Derivation:
    name = result.tenderer.name
    scored = tuple(explain_leaf(row, result.bid.id) for row in result.rows)
    quality = sum((part.value for part in scored), Fraction(0))
    sums = Derivation(
        "Quality and social value", quality, "Σ marks", " + ".join(plain(p.value) for p in scored), scored
    )
    method = lot.round.method
    if method is not None and result.bid.id in method.figures:
        figure = method.derivations[result.bid.id]
        parts = (*figure.inputs, sums, explain_price(result, lot.methodology))
        return Derivation(f"Figure of {name}", figure.value, figure.formula, figure.figures, parts)
    if priced is None:
        return Derivation(f"Marks of {name} as far as assessed", quality, "Σ marks", "", (sums,))
    marks = replace(priced, label="Price marks", inputs=(*priced.inputs, explain_price(result, lot.methodology)))
    figures = f"{plain(quality)} + {plain(marks.value)}"
    return Derivation(f"Total of {name}", quality + marks.value, "scored marks + price marks", figures, (sums, marks))


def _price_marks(lot: LotEvaluation, only: Collection[str] | None = None) -> dict[str, Derivation]:
    if lot.round.method is not None:
        return {}
    leaf = lot.methodology.priced
    weight = leaf.weight if leaf else Fraction(0)
    return price_mark_derivations(lot.methodology.price, weight, lot.round.prices, only)
