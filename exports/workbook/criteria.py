"""The upper half of a lot's sheet of totals: criteria with weights, agreed points, marks, subtotals and minimums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from exports.workbook.book import MARKS, PERCENT, Sheet
from exports.workbook.layout import FIRST_BID, LotPlan, Plan, title_of
from exports.workbook.text import added, cell, elsewhere, fixed
from scoring.criteria import Criterion, Leaf
from scoring.evaluation import BidResult
from scoring.figures import plain
from scoring.marking import LeafMarks

NAME, KIND, SHARE, WEIGHT, TOP, MINIMUM, EXACT = range(FIRST_BID)
KINDS = {"quality": "Quality", "social_value": "Social value", "price": "Price"}


@dataclass
class Criteria:
    """Where the criteria of a lot stand: rows of the weights, of the points and of the marks, by criterion id."""

    weights: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    scored: int = 0

    def weight(self, criterion: str) -> str:
        """Name the cell of a criterion's weight in the whole."""
        return fixed(self.weights[criterion], WEIGHT)


class CriteriaBlock:
    """Writes the criteria of one lot; ``rows`` says afterwards where everything stands."""

    def __init__(self, sheet: Sheet, plan: LotPlan, whole: Plan) -> None:
        self.sheet, self.plan, self.whole, self.rows = sheet, plan, whole, Criteria()
        self.methodology = plan.lot.methodology
        self.leaves = {leaf.criterion.id: leaf for leaf in self.methodology.leaves}
        self.marked = {result.bid.id: {row.leaf.criterion.id: row for row in result.rows} for result in plan.bids}

    def write(self, row: int) -> int:
        """Write heads, points, marks and minimums from ``row`` on; return the first row left free."""
        row = self._heads(row)
        row = self._points(row)
        row = self._marks(row + 1)
        return self._minimums(row + 1)

    def _heads(self, row: int) -> int:
        absolute = self.methodology.weighting == "absolute"
        share = "Percentage of the whole" if absolute else "Share of 100 in its parent"
        titles = ["Award criterion", "Kind", share, "Weight in the whole", "Top points", "Minimum", "Weight, exact"]
        self.sheet.heads(row, [*titles, *(title_of(result) for result in self.plan.bids)])
        self.sheet.freeze(row + 1, 1)
        self.sheet.text(row + 1, NAME, "Standing", "strong")
        for result in self.plan.bids:
            self.sheet.text(row + 1, self._column(result), self.plan.standing(result), "strong")
        return row + 2

    def _column(self, result: BidResult) -> int:
        return self.plan.columns[result.bid.id]

    # Points.

    def _points(self, row: int) -> int:
        rule = "mean of the evaluators' scores" if self.methodology.score_rule == "mean" else "agreed points"
        self.sheet.text(row, NAME, f"1. Criteria and {rule}", "heading")
        row += 1
        tops: list[int] = []
        for criterion, parent, depth in _tree(self.methodology.criteria):
            tops += [row] if parent is None else []
            self._criterion(row, criterion, parent, depth)
            row += 1
        self.sheet.text(row, NAME, "All weights together", "strong")
        whole = sum((leaf.weight for leaf in self.leaves.values()), Fraction(0))
        got = self.sheet.formula(row, WEIGHT, added(cell(top, WEIGHT) for top in tops), whole, style="sum")
        check = self.sheet.check(row, TOP, f"ABS({got}-100)<1E-9", whole == 100)
        self.sheet.count_checks(check, 1)
        return row + 1

    def _criterion(self, row: int, criterion: Criterion, parent: Criterion | None, depth: int) -> None:
        self.rows.weights[criterion.id] = row
        style = "strong" if criterion.parts else "text"
        self.sheet.text(row, NAME, f"{'   ' * depth}{criterion.title}", style)
        share = self.sheet.typed(row, SHARE, criterion.weight)
        weight = self._weight(criterion)
        formula = share
        if parent is not None and self.methodology.weighting == "shares":
            formula = f"{cell(self.rows.weights[parent.id], WEIGHT)}*{share}/100"
        self.sheet.formula(row, WEIGHT, formula, weight)
        self.sheet.text(row, EXACT, plain(weight), "exact")
        if criterion.minimum is not None:
            self.sheet.typed(row, MINIMUM, criterion.minimum)
        leaf = self.leaves.get(criterion.id)
        if leaf is not None:
            self.sheet.text(row, KIND, KINDS[leaf.kind])
        if leaf is not None and leaf.kind != "price":
            self._leaf_points(row, leaf)

    def _weight(self, criterion: Criterion) -> Fraction:
        below = [leaf for leaf in self.leaves.values() if criterion.id in (*leaf.above, leaf.criterion.id)]
        return sum((leaf.weight for leaf in below), Fraction(0))

    def _leaf_points(self, row: int, leaf: Leaf) -> None:
        maximum = next(scale.maximum for scale in self.whole.evaluation.file.scales if scale.id == leaf.criterion.scale)
        self.sheet.typed(row, TOP, maximum)
        for result in self.plan.bids:
            marked = self.marked[result.bid.id].get(leaf.criterion.id)
            if marked is not None:
                address = self._bid_points(row, result, marked)
                key = (result.bid.id, leaf.criterion.id)
                self.whole.points[key] = elsewhere(self.sheet.name, address)

    def _bid_points(self, row: int, result: BidResult, marked: LeafMarks) -> str:
        column = self._column(result)
        if self.methodology.score_rule == "consensus":
            return self.sheet.typed(row, column, marked.points)
        given = self.whole.scores[result.bid.id, marked.leaf.criterion.id]
        return self.sheet.formula(row, column, f"AVERAGE({','.join(given)})", marked.points)

    # Marks.

    def _marks(self, row: int) -> int:
        self.sheet.text(row, NAME, "2. Marks = weight × points ÷ top points", "heading")
        row += 1
        scored = [leaf.criterion.id for leaf in self.leaves.values() if leaf.kind != "price"]
        for criterion, _, depth in _tree(self.methodology.criteria):
            if any(leaf in scored for leaf in _below(criterion)):
                self.rows.marks[criterion.id] = row
                self.sheet.text(row, NAME, f"{'   ' * depth}{criterion.title}", "strong" if criterion.parts else "text")
                row += 1
        for criterion, _, _ in _tree(self.methodology.criteria):
            if criterion.id in self.rows.marks:
                self._criterion_marks(criterion)
        return self._sums(row)

    def _criterion_marks(self, criterion: Criterion) -> None:
        row, points = self.rows.marks[criterion.id], self.rows.weights[criterion.id]
        parts = [self.rows.marks[part.id] for part in criterion.parts if part.id in self.rows.marks]
        self.sheet.formula(row, WEIGHT, cell(points, WEIGHT), self._weight(criterion))
        for result in self._marked_bids():
            column = self._column(result)
            formula = f"{fixed(points, WEIGHT)}*{cell(points, column)}/{fixed(points, TOP)}"
            if parts:
                formula = added(cell(part, column) for part in parts)
            value = self._earned(result, set(_below(criterion)))
            self.sheet.formula(row, column, formula, value, MARKS, "sum" if parts else "formula")

    def _marked_bids(self) -> list[BidResult]:
        return [result for result in self.plan.bids if result.rows]

    def _earned(self, result: BidResult, leaves: set[str]) -> Fraction:
        return sum((row.marks for row in result.rows if row.leaf.criterion.id in leaves), Fraction(0))

    def _sums(self, row: int) -> int:
        """Add up each kind, and all scored marks: what the formulas call quality, Q."""
        kinds: dict[str, list[str]] = {}
        for leaf in self.methodology.scored:
            kinds.setdefault(leaf.kind, []).append(leaf.criterion.id)
        for kind, leaves in kinds.items():
            self.rows.kinds[kind] = row
            self._sum(row, f"{KINDS[kind]} marks", leaves, [self.rows.marks[leaf] for leaf in leaves])
            row += 1
        every = [leaf.criterion.id for leaf in self.methodology.scored]
        self._sum(row, "All scored marks (Q)", every, list(self.rows.kinds.values()))
        self.rows.scored = row
        return row + 1

    def _sum(self, row: int, title: str, leaves: list[str], parts: list[int]) -> None:
        self.sheet.text(row, NAME, title, "strong")
        weight = sum((self.leaves[leaf].weight for leaf in leaves), Fraction(0))
        self.sheet.formula(row, WEIGHT, added(cell(part, WEIGHT) for part in parts), weight, style="sum")
        for result in self._marked_bids():
            column = self._column(result)
            formula = added(cell(part, column) for part in parts)
            self.sheet.formula(row, column, formula, self._earned(result, set(leaves)), MARKS, "sum")

    # Minimums.

    def _minimums(self, row: int) -> int:
        tree = [criterion for criterion, _, _ in _tree(self.methodology.criteria) if criterion.id in self.rows.marks]
        asked = [criterion for criterion in tree if criterion.minimum is not None]
        self.sheet.text(row, NAME, "3. Published minimums", "heading")
        row += 1
        for criterion in asked:
            minimum = fixed(self.rows.weights[criterion.id], MINIMUM)
            if criterion.parts:
                title, least = f"{criterion.title}: percentage of its marks", Fraction(criterion.minimum or 0)
                self._share(row, title, set(_below(criterion)), self.rows.marks[criterion.id], minimum, least)
                row += 1
            else:
                self._least_points(row, criterion, minimum)
            row += 1
        if self.methodology.minimum_quality is not None:
            every = {leaf.criterion.id for leaf in self.methodology.scored}
            minimum = self.sheet.typed(row, MINIMUM, self.methodology.minimum_quality)
            title, least = "All scored criteria: percentage of their marks", Fraction(self.methodology.minimum_quality)
            self._share(row, title, every, self.rows.scored, minimum, least)
            row += 2
        if not asked and self.methodology.minimum_quality is None:
            self.sheet.text(row, NAME, "None was published.", "note")
            row += 1
        return row

    def _least_points(self, row: int, criterion: Criterion, minimum: str) -> None:
        self.sheet.text(row, NAME, f"{criterion.title}: points")
        at = self.rows.weights[criterion.id]
        for result in self._marked_bids():
            column = self._column(result)
            met = self.marked[result.bid.id][criterion.id].points >= Fraction(criterion.minimum or 0)
            self.sheet.verdict(row, column, f"ROUND({cell(at, column)},9)>={minimum}", met, "met", "missed")

    def _share(self, row: int, title: str, leaves: set[str], marks: int, minimum: str, least: Fraction) -> None:
        self.sheet.text(row, NAME, title)
        whole = sum((self.leaves[leaf].weight for leaf in leaves if self.leaves[leaf].kind != "price"), Fraction(0))
        for result in self._marked_bids():
            column = self._column(result)
            share = self._earned(result, leaves) / whole * 100
            got = self.sheet.formula(row, column, f"100*{cell(marks, column)}/{fixed(marks, WEIGHT)}", share, PERCENT)
            self.sheet.verdict(row + 1, column, f"ROUND({got},9)>={minimum}", share >= least, "met", "missed")


def _tree(
    criteria: tuple[Criterion, ...], parent: Criterion | None = None, depth: int = 0
) -> Iterator[tuple[Criterion, Criterion | None, int]]:
    """Yield every criterion with the one above it and its depth, parents first."""
    for criterion in criteria:
        yield criterion, parent, depth
        yield from _tree(criterion.parts, criterion, depth + 1)


def _below(criterion: Criterion) -> Iterator[str]:
    """Yield the ids of the leaves of a criterion, its own where it has no parts."""
    if not criterion.parts:
        yield criterion.id
    for part in criterion.parts:
        yield from _below(part)
