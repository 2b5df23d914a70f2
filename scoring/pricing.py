"""Steps 5 and 6 of the order of work for one set of bids: prices, price marks or method figures, totals, ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.bid import Bid
from scoring import evaluated_price as prices
from scoring.catalogue import WHOLE_METHODS
from scoring.criteria import walk
from scoring.marking import LeafMarks, Marking
from scoring.methodology import Methodology, TieBreak
from scoring.methods import MethodResult, Offer, rank_offers
from scoring.price import price_marks
from scoring.ranking import Ranking, RankingKey, rank


@dataclass(frozen=True)
class PriceRound:
    """What one set of bids comes to: evaluated prices in pounds, price marks, totals and the ranking.

    Under a whole method ``marks`` is empty, ``totals`` holds the method's figures and ``method`` its own result.
    """

    prices: Mapping[str, Fraction]
    marks: Mapping[str, Fraction]
    totals: Mapping[str, Fraction]
    ranking: Ranking
    method: MethodResult | None = None


def evaluated_price(bid: Bid, methodology: Methodology) -> Fraction:
    """Return the price the formula sees, in pounds, worked out from a bid as the tender published."""
    if methodology.evaluated_price == "basket":
        return prices.basket(basket_lines(bid, methodology))
    if methodology.evaluated_price == "life_cycle":
        return prices.life_cycle(bid.price, [cost.amount for cost in bid.other_costs])
    if methodology.evaluated_price == "net_present_value":
        rate = Fraction(methodology.discount_rate or 0) / 100
        return prices.net_present_value(bid.prices, rate, [prices.DAYS_IN_YEAR] * len(bid.prices))
    return prices.total(bid.prices)


def evaluated_price_words(methodology: Methodology) -> str:
    """Say what the evaluated price is, for a sentence: ``the sum of every year's price``."""
    words = {
        "total": "the sum of every year’s price",
        "life_cycle": "the sum of every year’s price and of the other costs",
        "basket": "the published quantities at the unit prices bid",
        "net_present_value": (
            f"every year’s price at its present value, discounted at {methodology.discount_rate} % a year "
            "to the end of that year"
        ),
    }
    return words[methodology.evaluated_price]


def basket_lines(bid: Bid, methodology: Methodology) -> tuple[prices.BasketLine, ...]:
    """Put a bid's unit prices into the published basket; an item without a price is refused by name."""
    given = {unit.item: unit.price for unit in bid.unit_prices}
    missing = [item.title for item in methodology.basket if item.id not in given]
    if missing:
        raise prices.EvaluatedPriceError(f"Bid {bid.id} has no unit price for {', '.join(missing)}")
    return tuple(prices.BasketLine(i.title, Fraction(i.quantity), given[i.id]) for i in methodology.basket)


def judged_quality(methodology: Methodology, rows: Sequence[LeafMarks], scored: Fraction) -> Fraction:
    """Return the quality (out of 100) that a whole method sees: all scored marks, or what each criterion is worth."""
    if not methodology.values:
        return scored
    values = {value.criterion: prices.pounds(value.amount) for value in methodology.values}
    shares = {}
    for criterion in values:
        below = [row for row in rows if criterion in (*row.leaf.above, row.leaf.criterion.id)]
        whole = sum((row.leaf.weight for row in below), Fraction(0))
        shares[criterion] = sum((row.marks for row in below), Fraction(0)) / whole if whole else Fraction(0)
    return prices.monetised_offer(Fraction(0), values, shares).quality


def price_round(bids: Sequence[Bid], marking: Marking, methodology: Methodology) -> PriceRound:
    """Price, total and rank exactly these bids; every relative mark is computed over them and no others."""
    priced = {bid.id: evaluated_price(bid, methodology) for bid in bids}
    scored = {bid.id: marking.scored[bid.id] for bid in bids}
    if methodology.price.formula in WHOLE_METHODS:
        return _by_method(priced, scored, marking, methodology)
    weight = methodology.priced.weight if methodology.priced else Fraction(0)
    marks = price_marks(methodology.price, weight, priced)
    totals = {bid: scored[bid] + marks[bid] for bid in priced}
    shown = {bid: methodology.rounding.value(total) for bid, total in totals.items()}
    key = RankingKey("total score", shown if methodology.rank_on == "rounded" else totals)
    return PriceRound(priced, marks, totals, rank(key, tie_break_keys(methodology, marking, priced)))


def _by_method(
    priced: Mapping[str, Fraction], scored: Mapping[str, Fraction], marking: Marking, methodology: Methodology
) -> PriceRound:
    """Rank by the figure of a whole method; ties follow the method's own rule, then the published list."""
    offers = {bid: Offer(priced[bid], judged_quality(methodology, marking.rows[bid], scored[bid])) for bid in priced}
    result = rank_offers(methodology.price, offers)
    order = {bid: Fraction(at) for at, group in enumerate(result.ranking) for bid in group}
    found = rank(RankingKey("method figure", order, highest=False), tie_break_keys(methodology, marking, priced))
    return PriceRound(priced, {}, result.figures, found, result)


def tie_break_keys(
    methodology: Methodology, marking: Marking, priced: Mapping[str, Fraction]
) -> tuple[RankingKey, ...]:
    """Turn the published tie-break list into ranking keys, in order."""
    return tuple(_key(step, methodology, marking, priced) for step in methodology.tie_breaks)


def _key(step: TieBreak, methodology: Methodology, marking: Marking, priced: Mapping[str, Fraction]) -> RankingKey:
    if step.rule == "lowest_price":
        return RankingKey("lowest price", priced, highest=False)
    kinds = {"highest_quality": "quality", "highest_social_value": "social_value"}
    kind = kinds.get(step.rule)

    def counts(criterion: str, above: tuple[str, ...], its_kind: str) -> bool:
        return its_kind == kind if kind else step.criterion in (*above, criterion)

    figures = {
        bid: sum(
            (row.marks for row in marking.rows[bid] if counts(row.leaf.criterion.id, row.leaf.above, row.leaf.kind)),
            Fraction(0),
        )
        for bid in priced
    }
    return RankingKey(tie_break_title(step, methodology), figures)


def tie_break_title(step: TieBreak, methodology: Methodology) -> str:
    """Say one step of the tie-break list in words, with the criterion's title."""
    titles = {criterion.id: criterion.title for criterion, _ in walk(methodology.criteria)}
    words = {
        "highest_criterion": f"highest marks for “{titles.get(step.criterion, step.criterion)}”",
        "highest_quality": "highest marks for quality",
        "highest_social_value": "highest marks for social value",
        "lowest_price": "lowest price",
    }
    return words[step.rule]
