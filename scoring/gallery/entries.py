"""One entry of the gallery for each formula and method: as it will be printed, drawn, worked and warned about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from lots.errors import ProcurementError
from lots.money import Money, percent_of
from scoring.catalogue import FORMULAS, settled_parameters
from scoring.evaluated_price import pounds
from scoring.figures import exact
from scoring.formulas import FormulaInfo, PriceMethod
from scoring.gallery.comparing import Compared, Demonstration, compare, demonstration
from scoring.gallery.curves import Point, curve
from scoring.gallery.suggestions import Suggestion, suggested, suggestions
from scoring.methods import Offer

_EXAMPLES: Mapping[str, tuple[int, int]] = {  # per cent of the budget, per cent of the quality points
    "A": (84, 66),
    "B": (91, 74),
    "C": (98, 82),
}
_DRAWN = range(60, 106)  # per cent of the budget
_DRAWN_QUALITY = 74  # per cent


class GalleryError(ProcurementError):
    """A budget or a weight for which no example can be worked."""


@dataclass(frozen=True)
class Badge:
    """Whether another bid can change a bid's own figure, in two words and in a sentence."""

    depends: bool
    title: str
    sentence: str


@dataclass(frozen=True)
class Entry:
    """A formula as its chooser sees it.

    ``method`` is what the figures were worked with, ``suggestions`` how its parameters follow from the lot. ``points``
    show one bid's price moving between 60 % and 105 % of the budget while bids A and C of the example stay as they are.
    """

    info: FormulaInfo
    method: PriceMethod
    weight: Fraction
    budget: Money
    badge: Badge
    suggestions: tuple[Suggestion, ...]
    points: tuple[Point, ...]
    example: tuple[Compared, ...]
    example_sentence: str
    demonstration: Demonstration | None

    @property
    def most(self) -> Fraction | None:
        """Return the top of the axis for marks (the whole weight); None for a figure, which has no natural top."""
        return self.weight if self.info.kind == "marks" and self.weight else None

    @property
    def axis(self) -> str:
        """Name what the points measure upwards."""
        return f"Price marks (of {self.weight})" if self.info.kind == "marks" else f"Figure: {self.info.best} is best"


def gallery(budget: Money, weight: Fraction) -> tuple[Entry, ...]:
    """Make every entry for a lot with this budget over its term and this price weight, the price formulas first."""
    return tuple(entry(suggested(formula, budget, weight), budget, weight) for formula in FORMULAS)


def entry(method: PriceMethod, budget: Money, weight: Fraction) -> Entry:
    """Make the entry of one method, with the parameters its author typed.

    PriceMethodError where they are not complete, GalleryError for a budget or a weight that leaves nothing to work out.
    """
    _refuse(budget, weight)
    info = FORMULAS.get(method.formula)
    settled_parameters(method, info.kind if info else "marks")
    assert info is not None  # an unknown formula has just been refused
    whole = info.kind == "method"
    bids = _bids(method, budget, Fraction(100) if whole else 100 - weight)
    rows = compare(method, weight, bids)
    return Entry(
        info,
        method,
        weight,
        budget,
        _badge(info),
        suggestions(info.id, budget, weight),
        _points(method, weight, budget, bids),
        rows,
        _example_sentence(info, rows),
        demonstration(info.id),
    )


def _refuse(budget: Money, weight: Fraction) -> None:
    if budget < Money.pounds(100):
        raise GalleryError(f"The lot’s budget is {budget}: the examples need at least £100 over the term")
    if not 0 <= weight <= 100:
        raise GalleryError(f"The weight of price is {weight}: it lies between 0 and 100")


def _bids(method: PriceMethod, budget: Money, most: Fraction) -> dict[str, tuple[Money, Fraction]]:
    """Price three bids near the budget, in whole pounds; the dearer, the better, so that there is something to weigh.

    A published fixed price is everybody's; no quality passes a published ``maximum_share``.
    """
    top = exact(method.parameter("maximum_share")) if method.formula == "reduced_price" else Fraction(1)
    found = {}
    for bid, (price, quality) in _EXAMPLES.items():
        asked = Money(percent_of(budget, Fraction(price)).pence // 100 * 100)
        if method.formula == "fixed_price":
            asked = Money(int(exact(method.parameter("price")) * 100))
        found[bid] = (asked, min(Fraction(quality, 100), top) * most)
    return found


def _points(
    method: PriceMethod, weight: Fraction, budget: Money, bids: Mapping[str, tuple[Money, Fraction]]
) -> tuple[Point, ...]:
    """Move one bid's price, A and C of the example being the others."""
    if method.formula == "fixed_price":
        prices = [exact(method.parameter("price"))]
    else:
        prices = [pounds(budget) * percent / 100 for percent in _DRAWN]
    rivals = {bid: Offer(pounds(bids[bid][0]), bids[bid][1]) for bid in "AC"}
    quality = min(Fraction(_DRAWN_QUALITY), bids["C"][1])
    return curve(method, weight, prices, rivals, quality)


def _badge(info: FormulaInfo) -> Badge:
    if info.depends_on_rivals:
        says = "Another bid’s price or score can change this bid’s figure: when a bid falls out, the rest change."
        return Badge(True, "Depends on other bids", says)
    says = "A bid’s figure follows from its own price and score alone, so every tenderer can work it out beforehand."
    return Badge(False, "Each bid stands alone", says)


def _example_sentence(info: FormulaInfo, rows: tuple[Compared, ...]) -> str:
    """Say who comes first, and whether it is the cheapest or the best."""
    first = rows[0]
    if len(rows) > 1 and rows[1].rank == 1:
        return "Here the first place is shared: the published tie-break list would decide."
    cheapest = first.price == min(row.price for row in rows)
    best = first.quality == max(row.quality for row in rows)
    which = {
        (True, True): "",
        (True, False): ", the cheapest of the three",
        (False, True): ", the best and the dearest of the three",
        (False, False): ", neither the cheapest nor the best",
    }[cheapest, best]
    which = ", the best at the one price" if info.id == "fixed_price" else which
    return f"Here bid {first.bid} comes first{which}."
