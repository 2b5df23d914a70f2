"""Where any number of an evaluation comes from: derivations of marks, totals and prices, built when asked for."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from scoring.derivation import Derivation
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.marking import LeafMarks
from scoring.price import price_mark_derivations


def explain_leaf(row: LeafMarks, bid_id: str) -> Derivation:
    """Derive the marks of one scored criterion: weight × points ÷ top of the scale."""
    criterion = row.leaf.criterion
    source = f"agreed_scores: {bid_id}/{criterion.id}" if row.agreed else f"score_sheets: {bid_id}/{criterion.id}"
    points = Derivation("points", row.points, "agreed points" if row.agreed else "mean of scores", sources=(source,))
    weight = Derivation(
        "weight", row.leaf.weight, "product of the published shares", sources=(f"criteria: {criterion.id}",)
    )
    figures = f"{plain(row.leaf.weight)} × {plain(row.points)} ÷ {plain(row.maximum)}"
    return Derivation(criterion.title, row.marks, "weight × points ÷ maximum", figures, (weight, points))


def explain_price(bid: BidResult) -> Derivation:
    """Derive the evaluated price: the sum of the priced years, other costs included where the tender adds them."""
    years = tuple(
        Derivation(
            f"year {at}",
            Fraction(price.pence, 100),
            "as bid",
            sources=(f"bids: {bid.bid.id}/prices[{at - 1}]",),
        )
        for at, price in enumerate(bid.bid.prices, 1)
    )
    costs = tuple(
        Derivation(
            cost.title,
            Fraction(cost.amount.pence, 100),
            "as stated",
            sources=(f"bids: {bid.bid.id}/other_costs",),
        )
        for cost in bid.bid.other_costs
    )
    whole = sum((part.value for part in years), Fraction(0))
    added = costs if bid.price is not None and bid.price != whole else ()
    formula = "Σ years + Σ other costs" if added else "Σ years"
    value = bid.price if bid.price is not None else whole
    figures = " + ".join(plain(part.value) for part in (*years, *added))
    return Derivation("Evaluated price (£)", value, formula, figures, (*years, *added))


def explain_total(lot: LotEvaluation, bid_id: str) -> Derivation:
    """Derive one bid's total, or its method figure, down to agreed points and yearly prices."""
    return _explain(lot, lot.result(bid_id), _price_marks(lot).get(bid_id))


def explain_totals(lot: LotEvaluation) -> dict[str, Derivation]:
    """Derive the total of every ranked bid, best first; the price marks are derived once for all of them."""
    priced = _price_marks(lot)
    return {result.bid.id: _explain(lot, result, priced.get(result.bid.id)) for result in lot.ranked}


def _explain(lot: LotEvaluation, result: BidResult, priced: Derivation | None) -> Derivation:
    name, price = result.tenderer.name, explain_price(result)
    scored = tuple(explain_leaf(row, result.bid.id) for row in result.rows)
    quality = sum((part.value for part in scored), Fraction(0))
    sums = Derivation(
        "Quality and social value", quality, "Σ marks", " + ".join(plain(p.value) for p in scored), scored
    )
    method = lot.round.method
    if method is not None and result.bid.id in method.figures:
        figure = method.derivations[result.bid.id]
        parts = (*figure.inputs, sums, price)
        return Derivation(f"Figure of {name}", figure.value, figure.formula, figure.figures, parts)
    if priced is None:
        return Derivation(f"Marks of {name} as far as assessed", quality, "Σ marks", "", (sums,))
    marks = replace(priced, label="Price marks", inputs=(*priced.inputs, price))
    figures = f"{plain(quality)} + {plain(marks.value)}"
    return Derivation(f"Total of {name}", quality + marks.value, "scored marks + price marks", figures, (sums, marks))


def _price_marks(lot: LotEvaluation) -> dict[str, Derivation]:
    if lot.round.method is not None:
        return {}
    leaf = lot.methodology.priced
    return price_mark_derivations(lot.methodology.price, leaf.weight if leaf else Fraction(0), lot.round.prices)
