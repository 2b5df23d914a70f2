"""The sheet of awards: the recommendation for each lot, the published limit on lots, and what the limit changed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exports.proof import proof_words
from exports.workbook.book import MONEY, PLAIN, Book, Sheet
from exports.workbook.layout import LotPlan, Plan
from exports.workbook.text import cell
from lots.money import Money, total
from scoring.evaluation import BidResult
from scoring.limits.lot_limit import Allocation, LotAward
from scoring.recommendation import Recommendation

_LOT, _TENDERER, _RANK, _TOTAL, _FOUND, _CHECK, _PRICE, _WHY = range(8)
_WIDE = 150


class AwardsSheet:
    """Writes who is recommended for each lot, and why."""

    def __init__(self, book: Book, name: str, whole: Plan) -> None:
        self.sheet: Sheet = book.sheet(name, (34, 34, 14, 18, 18, 12, 18, 70))
        self.whole, self.evaluation = whole, whole.evaluation
        self.lots = {plan.lot.lot.id: plan for plan in whole.lots}
        self.checks: list[int] = []

    def write(self) -> None:
        """Write the sheet."""
        self.sheet.text(0, 0, "Recommendations and the limit on lots", "title")
        row = self._recommended(2)
        allocation = self.evaluation.allocation
        limit = self.evaluation.file.lot_limit
        self.sheet.text(row + 1, 0, "The published limit", "heading")
        words = limit.words() if limit else "None was published: each lot goes to its best-ranked tenderer."
        self.sheet.wide(row + 2, words, 0, _CHECK, _WIDE)
        row = self._preferences(row + 3)
        if allocation is None:
            self.sheet.text(row + 1, 0, "No allocation: a tie decides who gets a lot.", "strong")
        else:
            row = self._allocated(row + 1, allocation)
            self._displaced(row, allocation)
        self.sheet.count_checks_in(_CHECK, self.checks)

    # Recommendations.

    def _recommended(self, row: int) -> int:
        heads = ["Lot", "Recommended", "Reserve", "Margin", "Margin as found", "Check", "Price", "Why, or what is open"]
        self.sheet.heads(row, heads)
        for at, found in enumerate(self.evaluation.recommendations, row + 1):
            self._recommendation(at, found)
        return row + len(self.evaluation.recommendations) + 1

    def _recommendation(self, row: int, found: Recommendation) -> None:
        winner, reserve = found.winner, found.reserve
        names = [result.tenderer.name if result else "" for result in (winner, reserve)]
        self.sheet.row(row, [self.lots[found.lot].lot.lot.title, *names], "text")
        if winner and reserve and found.margin is not None:
            one, other = self.whole.totals[winner.bid.id], self.whole.totals[reserve.bid.id]
            live = self.sheet.formula(row, _TOTAL, f"ABS({one}-{other})", found.margin, PLAIN, "sum")
            self._beside(row, live, found.margin)
        if winner:
            self.sheet.formula(row, _PRICE, self.whole.prices[winner.bid.id], winner.price or Fraction(0), MONEY)
        said = [*found.reasons, *(point.message for point in found.open_points)]
        self.sheet.text(row, _WHY, "\n".join(said), "text")

    def _beside(self, row: int, live: str, found: Fraction) -> None:
        """Write what the workbench found beside a live figure, and check it."""
        stored = self.sheet.typed(row, _FOUND, found)
        self.sheet.check(row, _CHECK, f"ABS({live}-{stored})<=1E-9*(1+ABS({stored}))")
        self.checks.append(row)

    # The allocation.

    def _preferences(self, row: int) -> int:
        for preference in self.evaluation.file.lot_preferences:
            name = self._name(preference.tenderer)
            order = ", ".join(self._title(lot) for lot in preference.lots)
            self.sheet.text(row, 0, f"{name} would rather win, in this order: {order}")
            row += 1
        return row

    def _allocated(self, row: int, allocation: Allocation) -> int:
        tables = [("Awards under the published rule", allocation.awards)]
        if self.evaluation.file.lot_limit is not None:
            tables.append(("Without the limit (for comparison, no part of the result)", allocation.without_limit))
        if allocation.in_lot_order:
            tables.append(("One lot after another (for comparison, no part of the result)", allocation.in_lot_order))
        for title, awards in tables:
            row = self._awards(row, title, awards) + 1
        if allocation.proof is not None:
            self.sheet.wide(row, proof_words(allocation.proof), 0, _CHECK, _WIDE, "note")
            row += 2
        return row

    def _awards(self, row: int, title: str, awards: Sequence[LotAward]) -> int:
        self.sheet.text(row, 0, title, "heading")
        heads = ["Lot", "Tenderer", "Rank", "Total the rule counts", "As found", "Check", "Price, all years"]
        self.sheet.heads(row + 1, heads)
        first = row = row + 2
        for award in awards:
            self._award(row, award)
            row += 1
        if awards:
            self._sums(first, row, awards)
        return row + 1

    def _award(self, row: int, award: LotAward) -> None:
        who = self._name(award.tenderer) if award.tenderer else "not awarded"
        self.sheet.row(row, [self._title(award.lot), who], "text")
        result = self._result(award)
        if result is None or award.total is None or award.price is None:
            return
        self.sheet.typed(row, _RANK, award.rank or 0)
        plan = self.lots[award.lot]
        live = self.sheet.formula(row, _TOTAL, f"{_sign(plan)}{self.whole.totals[result.bid.id]}", award.total)
        self._beside(row, live, award.total)
        prices = "+".join(plan.price_cell(result.bid.id, year) for year in range(len(result.bid.prices)))
        self.sheet.formula(row, _PRICE, prices, award.price, MONEY)

    def _sums(self, first: int, row: int, awards: Sequence[LotAward]) -> None:
        self.sheet.text(row, 0, "All lots", "strong")
        points = sum((award.total or Fraction(0) for award in awards), Fraction(0))
        price = total(award.price or Money(0) for award in awards)
        for column, value, figures in ((_TOTAL, points, PLAIN), (_PRICE, price, MONEY)):
            cells = f"SUM({cell(first, column)}:{cell(row - 1, column)})"
            self.sheet.formula(row, column, cells, value, figures, "sum")

    def _result(self, award: LotAward) -> BidResult | None:
        plan = self.lots.get(award.lot)
        ranked = plan.lot.ranked if plan else ()
        return next((result for result in ranked if result.tenderer.id == award.tenderer), None)

    def _displaced(self, row: int, allocation: Allocation) -> None:
        self.sheet.text(row, 0, "Best-ranked tenderers that did not get their lot", "heading")
        if not allocation.displaced:
            self.sheet.text(row + 1, 0, "None.", "note")
            return
        self.sheet.heads(row + 1, ["Lot", "Best-ranked", "", "Points lost", "Awarded to", "", "", "Why"])
        for at, move in enumerate(allocation.displaced, row + 2):
            self.sheet.row(at, [self._title(move.lot), self._name(move.tenderer)], "text")
            self.sheet.typed(at, _TOTAL, move.lost)
            self.sheet.text(at, _FOUND, self._name(move.awarded_to) if move.awarded_to else "nobody", "text")
            self.sheet.text(at, _WHY, move.reason, "text")

    def _name(self, tenderer: str) -> str:
        return next((one.name for one in self.evaluation.file.organisations if one.id == tenderer), tenderer)

    def _title(self, lot: str) -> str:
        return self.lots[lot].lot.lot.title if lot in self.lots else lot


def _sign(plan: LotPlan) -> str:
    """Return the sign with which a total is counted: below nought where the lowest figure is best."""
    method = plan.lot.round.method
    return "-" if method and method.best == "lowest" else ""


def write_awards(book: Book, name: str, whole: Plan) -> None:
    """Write the sheet of awards."""
    AwardsSheet(book, name, whole).write()
