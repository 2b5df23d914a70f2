"""Three bids side by side under a formula: the worked example, and how a bid that cannot win chooses who does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.money import Money
from scoring.catalogue import FORMULAS, WHOLE_METHODS
from scoring.evaluated_price import pounds
from scoring.figures import Rounding
from scoring.formulas import PriceMethod
from scoring.methods import Offer, rank_offers
from scoring.price import price_mark_derivations, price_marks
from scoring.ranking import RankingKey, rank

_THREE = Rounding(3)


@dataclass(frozen=True)
class Compared:
    """One bid of a comparison: its price, its quality points, what the formula gives it, its total and its place.

    ``price_marks`` is None under a whole method, whose figure is the ``total``; ``worked`` is the formula with the
    figures put in (prices in pounds).
    """

    bid: str
    price: Money
    quality: Fraction
    price_marks: Fraction | None
    total: Fraction
    rank: int
    worked: str


@dataclass(frozen=True)
class Demonstration:
    """The same bids with and without one that wins nothing: ``before`` wins with it, ``after`` without it."""

    method: PriceMethod
    weight: Fraction
    with_it: tuple[Compared, ...]
    without_it: tuple[Compared, ...]
    removed: str
    before: str
    after: str
    sentence: str


def compare(method: PriceMethod, weight: Fraction, bids: Mapping[str, tuple[Money, Fraction]]) -> tuple[Compared, ...]:
    """Judge bids (price and quality points) under a formula, best first; PriceUndefined where it cannot judge one."""
    offers = {bid: Offer(pounds(price), quality) for bid, (price, quality) in bids.items()}
    if method.formula in WHOLE_METHODS:
        return _by_method(method, offers, bids)
    prices = {bid: offer.price for bid, offer in offers.items()}
    marks, worked = price_marks(method, weight, prices), price_mark_derivations(method, weight, prices)
    totals = {bid: offer.quality + marks[bid] for bid, offer in offers.items()}
    return tuple(
        Compared(place.bid, *bids[place.bid], marks[place.bid], place.figure, place.rank, worked[place.bid].figures)
        for place in rank(RankingKey("total", totals), ()).places
    )


def _by_method(
    method: PriceMethod, offers: Mapping[str, Offer], bids: Mapping[str, tuple[Money, Fraction]]
) -> tuple[Compared, ...]:
    found = rank_offers(method, offers)
    order = {bid: Fraction(at) for at, group in enumerate(found.ranking) for bid in group}
    return tuple(
        Compared(
            place.bid,
            *bids[place.bid],
            None,
            found.figures[place.bid],
            place.rank,
            found.derivations[place.bid].figures,
        )
        for place in rank(RankingKey("figure", order, highest=False), ()).places
    )


# --- a reversal in figures ----------------------------------------------------------------------------------

_Case = tuple[tuple[tuple[str, str], ...], tuple[tuple[int, int], tuple[int, int], tuple[int, int]]]
_EVEN = (("quality_weight", "50"), ("price_weight", "50"))
_WEIGHT = Fraction(40)
_CASES: Mapping[str, _Case] = {  # parameters, then price (£) and quality of A, B and C
    "lowest_relative": ((), ((700_000, 48), (760_000, 51), (450_000, 20))),
    "linear_min_max": ((), ((700_000, 54), (740_000, 61), (450_000, 20))),
    "linear_to_multiple": ((("multiple", "2"),), ((700_000, 43), (800_000, 50), (450_000, 20))),
    "mean_deviation": ((), ((700_000, 50), (800_000, 55), (1_200_000, 20))),
    "utility_index": (_EVEN, ((700_000, 50), (740_000, 55), (850_000, 65))),
    "reference_value_corridor": (
        (("corridor_percent", "10"), ("decide_on", "lowest_price")),
        ((700_000, 50), (720_000, 55), (750_000, 60)),
    ),
}

_REMARKS: Mapping[str, str] = {
    "reference_value_corridor": " C’s figure lifts the corridor past A; among the bids inside it the lower price wins."
}


def demonstration(formula: str) -> Demonstration | None:
    """Show a bid that wins nothing choosing the winner; None for a formula under which no bid can."""
    if formula not in _CASES:
        return None
    parameters, given = _CASES[formula]
    method = PriceMethod(formula, parameters)
    bids = {bid: (Money.pounds(price), Fraction(quality)) for bid, (price, quality) in zip("ABC", given, strict=True)}
    with_it = compare(method, _WEIGHT, bids)
    without_it = compare(method, _WEIGHT, {bid: bids[bid] for bid in "AB"})
    before, after = with_it[0].bid, without_it[0].bid
    says = _sentence(formula, with_it, without_it, bids["C"][0])
    return Demonstration(method, _WEIGHT, with_it, without_it, "C", before, after, says)


def _sentence(formula: str, with_it: Sequence[Compared], without_it: Sequence[Compared], price: Money) -> str:
    first = {each.bid: _THREE.text(each.total) for each in with_it}
    then = {each.bid: _THREE.text(each.total) for each in without_it}
    before, after = with_it[0].bid, without_it[0].bid
    sign = ">" if FORMULAS[formula].kind == "marks" else "against"
    return (
        f"With all three bids {before} wins: {before} {first[before]} {sign} {after} {first[after]}. Drop C, which "
        f"asks {price} and wins nothing, and {after} wins: {after} {then[after]} {sign} {before} {then[before]}. "
        "Neither A nor B has changed a price or a score."
        f"{_REMARKS.get(formula, '')}"
    )
