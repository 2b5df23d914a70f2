"""What the other bids and the price formula have to do with it: left out, added, dearer, cheaper, another formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from lots.words import listed
from scoring.assurance.again import judged_again, marking_of
from scoring.catalogue import PRICE_FORMULAS, WHOLE_METHODS
from scoring.evaluation import LotEvaluation
from scoring.formulas import FormulaInfo, PriceMethod, PriceMethodError, PriceUndefined
from scoring.marking import Marking
from scoring.methods import Offer, rank_offers
from scoring.price import price_marks
from scoring.pricing import judged_quality

Prices = Mapping[str, Fraction]
NEAREST_RIVALS = 9  # prices are searched for the winner and this many runners-up
_STEPS = (
    1,
    2,
    5,
    10,
    20,
    30,
    50,
    75,
    100,
    150,
    200,
    250,
    300,
    400,
    500,
    600,
    700,
    800,
    900,
    950,
    990,
    999,
)  # per mille
_PENNY = Fraction(1, 100)


@dataclass(frozen=True)
class LeftOut:
    """Who comes first when one losing bid is left out, its price included; ``first`` is empty where nobody does."""

    bid: str
    name: str
    first: str


@dataclass(frozen=True)
class OtherFormula:
    """Who would come first under another formula of the catalogue; ``first`` is empty where ``why`` says why not."""

    formula: str
    title: str
    terms: str
    first: str
    published: bool = False
    why: str = ""


@dataclass(frozen=True)
class PriceMove:
    """The evaluated price (in pounds) at which a bid's price, changed alone, changes who comes first.

    ``moved_to`` is None where no price does.
    """

    bid: str
    name: str
    price: Fraction
    moved_to: Fraction | None
    first: str = ""


@dataclass(frozen=True)
class ExtraBid:
    """A bid nobody made, without any quality, at a price that would have changed who wins without winning itself.

    ``applies`` is False where no bid's mark depends on another's price; ``price`` is None where no price does it.
    """

    applies: bool
    price: Fraction | None = None
    dearer: bool = False
    first: str = ""


def left_out(lot: LotEvaluation) -> tuple[LeftOut, ...]:
    """Leave out each losing bid in turn and judge the others again, prices and all."""
    marking, ranked = marking_of(lot), lot.ranked
    found = []
    for gone in ranked[1:]:
        again = judged_again(lot, marking, [it.bid.id for it in ranked if it is not gone])
        found.append(LeftOut(gone.bid.id, gone.tenderer.name, (again.ranking.first if again else None) or ""))
    return tuple(found)


# --- formulas -----------------------------------------------------------------------------------------------


def other_formulas(lot: LotEvaluation) -> tuple[OtherFormula, ...]:
    """Judge the ranked bids under every formula that the published price weight allows, the published one first."""
    leaf, chosen = lot.methodology.priced, lot.methodology.price.formula
    if chosen in WHOLE_METHODS or leaf is None or not leaf.weight:
        return ()
    infos = [*PRICE_FORMULAS.values(), *WHOLE_METHODS.values()]
    ordered = sorted(infos, key=lambda info: info.id != chosen)
    return tuple(_under(lot, info, leaf.weight, info.id == chosen) for info in ordered)


def _under(lot: LotEvaluation, info: FormulaInfo, weight: Fraction, published: bool) -> OtherFormula:
    method, terms = _terms(lot, info, weight)
    if method is None:
        return OtherFormula(info.id, info.title, "", "", published, terms)
    try:
        first = _marked(lot, method) if info.kind == "marks" else _ranked(lot, method, weight)
    except (PriceUndefined, PriceMethodError) as refused:
        return OtherFormula(info.id, info.title, terms, "", published, str(refused))
    why = "" if first else "the first place would be a tie"
    return OtherFormula(info.id, info.title, terms, first, published, why)


def _terms(lot: LotEvaluation, info: FormulaInfo, weight: Fraction) -> tuple[PriceMethod | None, str]:
    """Return a formula with its parameters: as published, by default, or from the lot's own figures."""
    chosen = lot.methodology.price
    if info.id == chosen.formula:
        return chosen, "as published"
    if info.kind == "method" and weight >= 100:
        return None, "it needs quality, which has no weight here"
    needed = [each.meaning for each in info.parameters if each.default is None]
    if info.id == "linear_fixed" and lot.lot.base_value is not None:
        most = str(lot.lot.base_value.pence // 100)
        return PriceMethod(info.id, (("floor", "0"), ("ceiling", most))), "from nothing to the lot’s base value"
    if needed:
        return None, f"not published here: {listed(needed)}"
    names = {each.name for each in info.parameters}
    if {"quality_weight", "price_weight"} <= names:
        given = (("quality_weight", _text(100 - weight)), ("price_weight", _text(weight)))
        return PriceMethod(info.id, given), "with the published weights"
    return PriceMethod(info.id), "with its usual settings" if info.parameters else ""


def _text(value: Fraction) -> str:
    """Write a weight in at most six decimals, as a parameter takes it."""
    return f"{value.numerator * 10**6 // value.denominator / 10**6:.6f}".rstrip("0").rstrip(".")


def _marked(lot: LotEvaluation, method: PriceMethod) -> str:
    again = replace(lot, methodology=replace(lot.methodology, price=method))
    found = judged_again(again, marking_of(lot), [it.bid.id for it in lot.ranked])
    if found is None:
        raise PriceUndefined("", "it cannot judge one of these prices")
    return found.ranking.first or ""


def _ranked(lot: LotEvaluation, method: PriceMethod, weight: Fraction) -> str:
    """Rank by a whole method; quality counts out of 100 there, so it is scaled up from its share of the marks."""
    up = 100 / (100 - weight)
    offers = {it.bid.id: Offer(it.price or Fraction(0), (it.scored or Fraction(0)) * up) for it in lot.ranked}
    best = rank_offers(method, offers).ranking[0]
    return best[0] if len(best) == 1 else ""


# --- prices -------------------------------------------------------------------------------------------------


def price_moves(lot: LotEvaluation) -> tuple[PriceMove, ...]:
    """Find how much dearer the winner, or cheaper each of the nearest rivals, would change the first place."""
    if lot.methodology.price.formula == "fixed_price":
        return ()
    marking, ranked = marking_of(lot), lot.ranked
    first, *rivals = ranked
    found = [_moved(lot, marking, first.bid.id, True)] if rivals else []
    found += [_moved(lot, marking, rival.bid.id, False) for rival in rivals[:NEAREST_RIVALS]]
    return tuple(found)


def _moved(lot: LotEvaluation, marking: Marking, bid: str, dearer: bool) -> PriceMove:
    result = lot.result(bid)
    price = result.price or Fraction(0)
    target = lot.methodology.price.parameter("target")

    def first_at(other: Fraction) -> str | None:
        return _first_at(lot, marking, {**lot.round.prices, bid: other})

    ends = [price * (1000 + (step * 10 if dearer else -step)) / 1000 for step in _STEPS]
    if target:
        ends = sorted(
            [*ends, *([Fraction(target)] if (Fraction(target) > price) == dearer else [])], reverse=not dearer
        )
    winner = lot.ranking.first
    at = _flip(lambda other: first_at(other) == winner, price, ends)
    name = result.tenderer.name
    return PriceMove(bid, name, price, at, (first_at(at) or "") if at is not None else "")


def _flip(stands: Callable[[Fraction], bool], start: Fraction, ends: list[Fraction]) -> Fraction | None:
    """Return the whole-penny price nearest to ``start`` at which the result no longer stands; None at no price.

    The steps find between which two prices it happens; halving finds the penny.
    """
    before = start
    for end in ends:
        if end > 0 and not stands(_pence(end)):
            return _halved(stands, before, _pence(end))
        before = end
    return None


def _halved(stands: Callable[[Fraction], bool], start: Fraction, falls: Fraction) -> Fraction:
    near, far = _pence(start), falls
    while abs(far - near) > _PENNY:
        middle = _pence((near + far) / 2)
        near, far = (middle, far) if stands(middle) else (near, middle)
    return far


def _pence(price: Fraction) -> Fraction:
    return Fraction(int(price * 100), 100)


def _first_at(lot: LotEvaluation, marking: Marking, prices: Prices) -> str | None:
    """Return the bid that leads at other prices; None where two are level. What cannot be judged changes nothing."""
    method = lot.methodology
    try:
        if method.price.formula in WHOLE_METHODS:
            return _first_by_method(lot, prices)
        weight = method.priced.weight if method.priced else Fraction(0)
        marks = price_marks(method.price, weight, prices)
    except PriceUndefined:
        return lot.ranking.first
    totals = {bid: marking.scored[bid] + marks[bid] for bid in marking.scored}
    if method.rank_on == "rounded":
        totals = {bid: method.rounding.value(total) for bid, total in totals.items()}
    best = max(totals.values())
    leaders = [bid for bid, total in totals.items() if total == best]
    return leaders[0] if len(leaders) == 1 else None


def _first_by_method(lot: LotEvaluation, prices: Prices) -> str | None:
    offers = {
        it.bid.id: Offer(prices[it.bid.id], judged_quality(lot.methodology, it.rows, it.scored or Fraction(0)))
        for it in lot.ranked
    }
    best = rank_offers(lot.methodology.price, offers).ranking[0]
    return best[0] if len(best) == 1 else None


def extra_bid(lot: LotEvaluation) -> ExtraBid:
    """Find the price at which a bid that nobody made, and that does not win, would have changed who wins."""
    info = PRICE_FORMULAS.get(lot.methodology.price.formula)
    leaf = lot.methodology.priced
    if info is None or not info.depends_on_rivals or leaf is None or len(lot.ranked) < 2:
        return ExtraBid(False)
    for dearer, at, first in _extra(lot):
        return ExtraBid(True, at, dearer, first)
    return ExtraBid(True)


def _extra(lot: LotEvaluation) -> Iterator[tuple[bool, Fraction, str]]:
    marking, prices, winner = marking_of(lot), lot.round.prices, lot.ranking.first
    padded = replace(marking, scored={**marking.scored, "": Fraction(0)})
    lowest, highest = min(prices.values()), max(prices.values())

    def first_at(price: Fraction) -> str | None:
        return _first_at(lot, padded, {**prices, "": price})

    for dearer, start in ((False, lowest), (True, highest)):
        ends = [start * (1000 + (step * 10 if dearer else -step)) / 1000 for step in _STEPS]
        at = _flip(lambda price: first_at(price) in (winner, "", None), start, ends)
        if at is not None:
            yield dearer, at, first_at(at) or ""
