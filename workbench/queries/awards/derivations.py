"""Where each number of one bid's result comes from: criterion by criterion down to the sheets, then price and total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from exports.notices.assessment import PriceLine, price_line
from exports.reports.panel_prices import prices
from lots.words import listed
from scoring.criteria import Criterion, weights_of
from scoring.derivation import Derivation
from scoring.evaluation import BidResult, LotEvaluation
from scoring.explain import explain_total
from scoring.figures import plain
from scoring.marking import LeafMarks
from scoring.moderation import CAUSES, AgreedScore
from scoring.recommendation import Evaluation
from scoring.scoresheet import ScoreSheet
from scoring.tender_file import TenderFile
from workbench.queries.awards.matrix_rows import below


@dataclass(frozen=True)
class Sheet:
    """What one evaluator gave, alone: who by role, when, and why the panel went another way (if it did)."""

    who: str
    at: datetime
    points: str
    moved: str = ""


@dataclass(frozen=True)
class Line:
    """One criterion of one bid: its marks, how they come out, and what is behind them."""

    anchor: str
    title: str
    depth: int
    marks: str
    worked: str
    heading: bool
    sheets: tuple[Sheet, ...] = ()
    agreed: AgreedScore | None = None
    by_mean: bool = False


@dataclass(frozen=True)
class Derived:
    """Everything about the figures of one bid."""

    lines: tuple[Line, ...]
    price: PriceLine | None
    worked: str
    total: Derivation
    total_text: str
    whole_method: bool

    @property
    def all_lines(self) -> tuple[str, ...]:
        """Return the whole derivation as indented text, every figure exact."""
        return tuple(self.total.lines())


def derived(evaluation: Evaluation, lot: LotEvaluation, bid_id: str) -> Derived:
    """Derive every figure of a bid; KeyError where the lot has no such bid."""
    result = lot.result(bid_id)
    sheets = _sheets(evaluation.file, bid_id)
    weights = weights_of(lot.methodology.criteria, lot.methodology.weighting)
    lines = tuple(_lines(lot, result, lot.methodology.criteria, sheets, weights, 0))
    total = explain_total(lot, bid_id)
    say = lot.methodology.rounding.text
    price = price_line(lot, result) if result.price is not None else None
    shown = say(result.total) if result.total is not None else ""
    return Derived(lines, price, _worked(evaluation, result), total, shown, lot.round.method is not None)


def _worked(evaluation: Evaluation, result: BidResult) -> str:
    """Return the price formula with the bid's figures, amounts of money in pounds; nothing for a bid never priced."""
    lot = next(each for each in prices(evaluation) if each.lot.id == result.bid.lot)
    return next((each.worked for each in lot.worked if each.tenderer == result.tenderer.name), "")


def _sheets(file: TenderFile, bid_id: str) -> Sequence[tuple[str, ScoreSheet]]:
    """Name each evaluator by role and a number: the record of who they are is the register of the panel."""
    order = {member.id: at for at, member in enumerate(file.panel)}
    found = [sheet for sheet in file.score_sheets if sheet.bid == bid_id]
    found.sort(key=lambda sheet: order.get(sheet.evaluator, len(order)))
    return [(f"Evaluator {at}", sheet) for at, sheet in enumerate(found, 1)]


def _lines(
    lot: LotEvaluation,
    result: BidResult,
    criteria: Sequence[Criterion],
    sheets: Sequence[tuple[str, ScoreSheet]],
    weights: Mapping[str, Fraction],
    depth: int,
) -> Iterator[Line]:
    say = lot.methodology.rounding.text
    for each in criteria:
        found = below(result, each)
        if not found:
            continue
        marks = sum((row.marks for row in found), Fraction(0))
        if each.parts:
            worked = " + ".join(plain(row.marks) for row in found)
            yield Line(f"n-{each.id}", each.title, depth, say(marks), worked, heading=True)
            yield from _lines(lot, result, each.parts, sheets, weights, depth + 1)
        else:
            yield _leaf(lot, found[0], sheets, depth)


def _leaf(lot: LotEvaluation, row: LeafMarks, sheets: Sequence[tuple[str, ScoreSheet]], depth: int) -> Line:
    name = row.leaf.criterion.id
    worked = f"{plain(row.leaf.weight)} × {plain(row.points)} ÷ {plain(row.maximum)}"
    given = tuple(_given(who, sheet, name, row.agreed) for who, sheet in sheets if sheet.score(name))
    marks = lot.methodology.rounding.text(row.marks)
    title = row.leaf.criterion.title
    return Line(f"n-{name}", title, depth, marks, worked, False, given, row.agreed, row.by_mean)


def _given(who: str, sheet: ScoreSheet, criterion: str, agreed: AgreedScore | None) -> Sheet:
    score = sheet.score(criterion)
    points = "abstained" if score is None or score.points is None else plain(Fraction(score.points))
    causes = [
        f"{CAUSES[change.cause]} ({change.explanation})" if change.explanation else CAUSES[change.cause]
        for change in (agreed.changes if agreed else ())
        if change.evaluator == sheet.evaluator
    ]
    return Sheet(who, sheet.submitted_at, points, listed(causes))
