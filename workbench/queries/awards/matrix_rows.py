"""Criteria by tenderers: what each bid earned on each criterion, ready to be shown, every figure with its place.

A figure's place is its anchor on the page that derives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.money import Money
from scoring.criteria import Criterion, weights_of
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding, plain
from scoring.marking import LeafMarks

NOTHING = "–"
_PENNY = Rounding(2)


@dataclass(frozen=True)
class Cell:
    """One figure of one bid, and a smaller text beneath it."""

    bid: str
    text: str
    note: str = ""

    @property
    def linked(self) -> bool:
        """Say whether there is a figure to derive."""
        return self.text != NOTHING


@dataclass(frozen=True)
class Row:
    """One criterion, or a sum: its anchor, its weight, and a cell for each bid. ``style`` is heading, leaf or sum."""

    anchor: str
    title: str
    weight: str
    cells: tuple[Cell, ...]
    depth: int = 0
    style: str = "leaf"


def rows(lot: LotEvaluation, results: Sequence[BidResult]) -> tuple[Row, ...]:
    """Set out every criterion in published order, then price and total."""
    return (*_tree(lot, results, lot.methodology.criteria, 0), *_end(lot, results))


def below(result: BidResult, criterion: Criterion) -> tuple[LeafMarks, ...]:
    """Return a bid's marks for a criterion, or for all within it."""
    return tuple(row for row in result.rows if criterion.id in (*row.leaf.above, row.leaf.criterion.id))


def marks_below(result: BidResult, criterion: Criterion) -> Fraction | None:
    """Add up what a bid earned within a criterion; nothing where it was not marked."""
    found = below(result, criterion)
    return sum((row.marks for row in found), Fraction(0)) if found else None


def pounds(price: Fraction | None) -> str:
    """Write an evaluated price, to the penny."""
    return NOTHING if price is None else str(Money(int(_PENNY.value(price) * 100)))


def _tree(lot: LotEvaluation, results: Sequence[BidResult], criteria: Sequence[Criterion], depth: int) -> Iterator[Row]:
    weights = weights_of(lot.methodology.criteria, lot.methodology.weighting)
    for each in criteria:
        weight = f"{plain(weights[each.id])} %"
        if each.kind == "price" or (lot.methodology.priced and lot.methodology.priced.criterion.id == each.id):
            yield Row("price", each.title, weight, tuple(_price(lot, it) for it in results), depth)
            continue
        cells = tuple(_cell(lot, it, each) for it in results)
        yield Row(f"n-{each.id}", each.title, weight, cells, depth, "heading" if each.parts else "leaf")
        yield from _tree(lot, results, each.parts, depth + 1)


def _cell(lot: LotEvaluation, result: BidResult, criterion: Criterion) -> Cell:
    marks = marks_below(result, criterion)
    if marks is None:
        return Cell(result.bid.id, NOTHING)
    only = below(result, criterion)[0]
    note = "" if criterion.parts else f"{plain(only.points)} of {plain(only.maximum)}"
    return Cell(result.bid.id, lot.methodology.rounding.text(marks), note)


def _price(lot: LotEvaluation, result: BidResult) -> Cell:
    marks = result.price_marks
    text = NOTHING if marks is None else lot.methodology.rounding.text(marks)
    return Cell(result.bid.id, text, pounds(result.price) if result.price is not None else "")


def _end(lot: LotEvaluation, results: Sequence[BidResult]) -> Iterator[Row]:
    say = lot.methodology.rounding.text
    if lot.round.method is not None:
        cells = tuple(Cell(it.bid.id, pounds(it.price)) for it in results)
        yield Row("price", "Evaluated price", "", cells, style="sum")
    totals = tuple(Cell(it.bid.id, NOTHING if it.total is None else say(it.total)) for it in results)
    yield Row("total", "Figure of the method" if lot.round.method else "Total", "", totals, style="sum")
