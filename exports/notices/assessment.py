"""One bid's assessment as a document tells it: the criteria with scores and reasons, the price, how each number came.

Figures stay exact; a template rounds them. What is here about the successful tender is what its regime publishes to
the other tenderers (PCR 2015 reg 86(2); Procurement Regulations 2024 reg 31), and nothing is here about anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lots.money import Money
from scoring.catalogue import FORMULAS, settled_parameters
from scoring.criteria import Criterion, Kind
from scoring.derivation import Derivation
from scoring.evaluation import BidResult, LotEvaluation
from scoring.explain import explain_leaf, explain_price, explain_total
from scoring.figures import exact
from scoring.formulas import PriceMethod
from scoring.marking import LeafMarks
from scoring.pricing import evaluated_price_words
from scoring.scale import Scale
from scoring.scoresheet import Evidence


@dataclass(frozen=True)
class Given:
    """What one bid was given on one scored criterion, and why; or, where that may not be told, on which ground."""

    points: Fraction
    level: str
    marks: Fraction
    reason: str = ""
    why_not_higher: str = ""
    evidence: tuple[str, ...] = ()
    withheld: str = ""


@dataclass(frozen=True)
class CriterionLine:
    """One criterion or sub-criterion: its weight in the whole, the marks of both bids, and for scored ones the scores.

    ``top`` is the most points the scale gives (None for a heading and for price); ``depth`` counts the headings above.
    Marks are None where a bid did not reach that step.
    """

    id: str
    title: str
    depth: int
    kind: Kind
    weight: Fraction
    top: Fraction | None
    minimum: Decimal | None
    own: Given | None
    winner: Given | None
    own_marks: Fraction | None
    winner_marks: Fraction | None

    @property
    def is_heading(self) -> bool:
        """Say whether the line only adds up those below it."""
        return self.top is None and self.kind != "price"

    @property
    def missed(self) -> bool:
        """Say whether the bid's own points fall short of the published minimum."""
        return self.minimum is not None and self.own is not None and self.own.points < self.minimum


@dataclass(frozen=True)
class Setting:
    """A figure or choice that the tender documents put into the price formula; ``pounds`` where it is money."""

    name: str
    meaning: str
    value: str
    pounds: Fraction | None = None


@dataclass(frozen=True)
class PriceLine:
    """The price of one bid as judged: what was bid, the published formula, and the same with the figures put in.

    ``by_year`` holds one amount for each year; ``evaluated`` is None for a bid that was out before the prices.
    ``basis`` says what the evaluated price is where it is not the sum of what was bid.
    """

    by_year: tuple[Money, ...]
    bid_price: Money
    other_costs: Money
    evaluated: Fraction | None
    marks: Fraction | None
    weight: Fraction | None
    formula_title: str
    formula: str
    meaning: str
    settings: tuple[Setting, ...]
    worked: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Worked:
    """One number, the formula it came from, and the formula with the figures put in."""

    label: str
    formula: str
    figures: str
    value: Fraction
    pounds: bool = False


def criterion_lines(
    lot: LotEvaluation, scales: Sequence[Scale], own: BidResult, winner: BidResult | None
) -> tuple[CriterionLine, ...]:
    """Return every criterion in published order, headings with their sums, for one bid and the successful one."""
    table = _Table(lot, {scale.id: scale for scale in scales}, own, winner)
    return tuple(table.lines(lot.methodology.criteria, 0))


def price_line(lot: LotEvaluation, result: BidResult) -> PriceLine:
    """Say how a bid's price was judged; the formula's figures are those of the official round."""
    method, info = lot.methodology.price, FORMULAS[lot.methodology.price.formula]
    leaf = lot.methodology.priced
    costs = sum(cost.amount.pence for cost in result.bid.other_costs)
    counted = Money(costs if lot.methodology.evaluated_price == "life_cycle" else 0)
    return PriceLine(
        result.bid.prices,
        result.bid.price,
        counted,
        result.price,
        result.price_marks,
        leaf.weight if leaf else None,
        info.title,
        info.letters,
        info.rest.removeprefix(", ").removeprefix(": "),
        tuple(settings(method)),
        _price_worked(lot, result),
        "" if lot.methodology.evaluated_price in ("total", "life_cycle") else evaluated_price_words(lot.methodology),
    )


IN_POUNDS = frozenset({"floor", "ceiling", "target", "price", "value"})
"""The parameters of formulas that are amounts of money."""


def settings(method: PriceMethod) -> Iterator[Setting]:
    """Say every parameter in force, as published or by default, with what it means."""
    info = FORMULAS[method.formula]
    given = settled_parameters(method, info.kind)
    for parameter in info.parameters:
        name, value = parameter.name, given[parameter.name]
        yield Setting(
            name.replace("_", " "), parameter.meaning, value.replace("_", " "),
            exact(value) if name in IN_POUNDS else None,
        )  # fmt: skip


def worked(lot: LotEvaluation, result: BidResult) -> tuple[Worked, ...]:
    """List how each of a bid's numbers came to be: every scored criterion, the price, the price marks, the total."""
    rows = [_worked(explain_leaf(row, result.bid.id)) for row in result.rows]
    if result.price is not None:
        rows.append(_worked(explain_price(result, lot.methodology), pounds=True))
    if result.rows:
        rows += _totals(explain_total(lot, result.bid.id))
    return tuple(rows)


def scales_used(lot: LotEvaluation, scales: Sequence[Scale]) -> tuple[Scale, ...]:
    """Return the scales that a lot's criteria are scored on, in the order the file holds them."""
    used = {leaf.criterion.scale for leaf in lot.methodology.scored}
    return tuple(scale for scale in scales if scale.id in used)


def _totals(total: Derivation) -> Iterator[Worked]:
    """List the sums above the single criteria, smaller ones first, the total last."""
    for part in total.inputs:
        if part.label in ("Quality and social value", "Price marks"):
            yield _worked(part)
    if total.value != total.inputs[0].value or len(total.inputs) > 1:
        yield Worked("Total", total.formula, total.figures, total.value)


def _worked(made: Derivation, *, pounds: bool = False) -> Worked:
    return Worked(made.label, made.formula, made.figures, made.value, pounds)


def _price_worked(lot: LotEvaluation, result: BidResult) -> str:
    if result.bid.id not in lot.round.totals:
        return ""
    total = explain_total(lot, result.bid.id)
    if lot.round.method is not None:
        return total.figures
    return next((part.figures for part in total.inputs if part.label == "Price marks"), "")


@dataclass(frozen=True)
class _Table:
    """The criteria of one lot and the two bids that stand side by side in it."""

    lot: LotEvaluation
    scales: dict[str, Scale]
    own: BidResult
    winner: BidResult | None

    def lines(self, criteria: tuple[Criterion, ...], depth: int) -> Iterator[CriterionLine]:
        for criterion in criteria:
            yield self._line(criterion, depth)
            yield from self.lines(criterion.parts, depth + 1)

    def _line(self, criterion: Criterion, depth: int) -> CriterionLine:
        below = [leaf for leaf in self.lot.methodology.leaves if criterion.id in (*leaf.above, leaf.criterion.id)]
        scale = None if criterion.parts else self.scales.get(criterion.scale)
        own, winner = (_given(result, criterion, scale) for result in (self.own, self.winner))
        ids = {leaf.criterion.id for leaf in below}
        return CriterionLine(
            criterion.id,
            criterion.title,
            depth,
            below[0].kind,
            sum((leaf.weight for leaf in below), Fraction(0)),
            Fraction(scale.maximum) if scale else None,
            criterion.minimum,
            own,
            winner,
            _marks(self.own, ids, below[0].kind),
            _marks(self.winner, ids, below[0].kind),
        )


def _given(result: BidResult | None, criterion: Criterion, scale: Scale | None) -> Given | None:
    row = _row(result, criterion.id)
    if row is None or scale is None:
        return None
    level = next((level.title for level in scale.levels if level.points == row.points), "")
    if row.agreed is None:
        return Given(row.points, level, row.marks)
    found = tuple(_cited(item) for item in row.agreed.evidence)
    return Given(row.points, level, row.marks, row.agreed.reason, row.agreed.why_not_higher, found)


def _cited(item: Evidence) -> str:
    quote = f": “{item.quote}”" if item.quote else ""
    return f"{item.document}, {item.reference}{quote}"


def _row(result: BidResult | None, criterion: str) -> LeafMarks | None:
    rows = result.rows if result else ()
    return next((row for row in rows if row.leaf.criterion.id == criterion), None)


def _marks(result: BidResult | None, ids: set[str], kind: Kind) -> Fraction | None:
    """Add up a bid's marks below a criterion; None where it has none."""
    if result is None:
        return None
    if kind == "price":
        return result.price_marks
    found = [row.marks for row in result.rows if row.leaf.criterion.id in ids]
    return sum(found, Fraction(0)) if found else None
