"""The sheet of funding: sources by year, sums live, printed totals against sums, and the lots against the income."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exports.workbook.book import BALANCE, MONEY, Book, Sheet
from exports.workbook.layout import Plan
from exports.workbook.text import added, cell, down
from lots.funding import FundingSource, budget_in, reconcile
from lots.money import Money, total
from lots.tender import Tender

FIRST = 6  # the column of the first year
_HEADS = ("Source", "Funder", "For the lots", "Certainty", "Promised until", "Condition")
_CERTAINTIES = ("confirmed", "expected", "at_risk")


@dataclass(frozen=True)
class _Line:
    """One row: a source's money tied to one lot, or to none of its own."""

    source: FundingSource
    lot: str

    def amounts(self, year: int) -> list[Money]:
        """List what the source gives in a year under this tie."""
        return [line.amount for line in self.source.lines if (line.year, line.lot) == (year, self.lot)]


class FundingSheet:
    """Writes the sheet of funding of one tender."""

    def __init__(self, book: Book, name: str, whole: Plan) -> None:
        self.tender: Tender = whole.evaluation.file.tender
        sources = self.tender.funding.sources
        numbers = {line.year for source in sources for line in source.lines}
        longest = max([lot.years for lot in self.tender.lots], default=0)
        self.years = sorted(numbers | set(range(1, longest + 1))) or [1]
        self.lines = [_Line(source, lot) for source in sources for lot in _ties(source)]
        self.sheet: Sheet = book.sheet(name, (40, 30, 26, 14, 16, 36, *[16] * len(self.years), 18, 12))
        self.columns = dict(zip(self.years, range(FIRST, FIRST + len(self.years)), strict=True))
        self.last = FIRST + len(self.years)
        self.rows: dict[str, list[int]] = {}
        self.total_row = 0

    def write(self) -> None:
        """Write the sheet."""
        self.sheet.text(0, 0, "Funding", "title")
        self.sheet.text(1, 0, "Money by source and contract year, in pounds.", "note")
        self.sheet.heads(2, [*_HEADS, *[f"Year {year}" for year in self.years], "All years", "Check"])
        self.sheet.freeze(3, 1)
        row = self._sources(3)
        row = self._certainty(row + 1)
        row = self._printed(row + 1)
        self._lots(row + 1)

    def _sources(self, row: int) -> int:
        first = row
        for line in self.lines:
            self._source(row, line)
            row += 1
        self.total_row = row
        self.sheet.text(row, 0, "Income", "strong")
        for year, column in self.columns.items():
            cells = f"SUM({cell(first, column)}:{cell(row - 1, column)})" if self.lines else "0"
            self.sheet.formula(row, column, cells, self._income(year), MONEY, "sum")
        self._all_years(row, total(self._income(year) for year in self.years))
        return row + 1

    def _source(self, row: int, line: _Line) -> None:
        source = line.source
        self.rows.setdefault(source.id, []).append(row)
        fence = ", ".join(self._title(lot) for lot in ([line.lot] if line.lot else source.ring_fenced_to)) or "any"
        until = f"{source.expires:%-d %B %Y}" if source.expires else ""
        certainty = source.certainty.replace("_", " ")
        words = [source.title, source.funder, fence, certainty, until, source.condition]
        self.sheet.row(row, words, "text")
        given: list[Money] = []
        for year, column in self.columns.items():
            amounts = line.amounts(year)
            given += amounts
            if len(amounts) == 1:
                self.sheet.typed(row, column, amounts[0], MONEY)
            elif amounts:
                self.sheet.formula(row, column, added(amount.plain() for amount in amounts), total(amounts), MONEY)
        self._all_years(row, total(given))

    def _title(self, lot: str) -> str:
        return next((each.title for each in self.tender.lots if each.id == lot), lot)

    def _all_years(self, row: int, value: Money) -> None:
        formula = f"SUM({cell(row, FIRST)}:{cell(row, self.last - 1)})"
        self.sheet.formula(row, self.last, formula, value, MONEY, "sum")

    def _income(self, year: int) -> Money:
        return total(amount for line in self.lines for amount in line.amounts(year))

    def _certainty(self, row: int) -> int:
        self.sheet.text(row, 0, "Income by how sure it is", "heading")
        for how in _CERTAINTIES:
            row += 1
            self.sheet.row(row, [how.replace("_", " "), "", "", how.replace("_", " ")], "text")
            chosen = [line for line in self.lines if line.source.certainty == how]
            given = {year: total(amount for line in chosen for amount in line.amounts(year)) for year in self.years}
            for year, column in self.columns.items():
                self.sheet.formula(row, column, self._sum_if(row, column), given[year], MONEY)
            self._all_years(row, total(given.values()))
        return row + 1

    def _sum_if(self, row: int, column: int) -> str:
        if not self.lines:
            return "0"
        certainty, amounts = down(3, 3, self.total_row - 1), down(column, 3, self.total_row - 1)
        return f"SUMIF({certainty},{cell(row, 3)},{amounts})"

    # Printed totals.

    def _printed(self, row: int) -> int:
        """Set each printed (annual) total beside the sum of its sources in the first year."""
        self.sheet.text(row, 0, "Printed totals against their sums in year 1", "heading")
        row += 1
        self.sheet.heads(row, ["As printed", "Its sources", "", "Printed", "Sum", "Sum less printed", "As found"])
        funding = self.tender.funding
        rows: list[int] = []
        for printed, found in zip(funding.printed_totals, reconcile(funding), strict=True):
            row += 1
            rows.append(row)
            names = {source.id: source.title for source in funding.sources}
            self.sheet.row(row, [printed.title, ", ".join(names.get(each, each) for each in printed.sources)], "text")
            own = [at for source in dict.fromkeys(printed.sources) for at in self.rows.get(source, [])]
            column = self.columns.get(1)
            cells = [cell(at, column) for at in own] if column is not None else []
            claimed = self.sheet.typed(row, 3, printed.amount, MONEY)
            summed = self.sheet.formula(row, 4, added(cells), found.computed, MONEY)
            self.sheet.formula(row, 5, f"{summed}-{claimed}", found.difference, BALANCE, "sum")
            stored = self.sheet.typed(row, 6, found.difference, BALANCE)
            self.sheet.check(row, 7, f"ABS({cell(row, 5)}-{stored})<0.001")
        self.sheet.count_checks_in(7, rows)
        return row + 1

    # Lots against income.

    def _lots(self, row: int) -> None:
        self.sheet.text(row, 0, "What the lots need", "heading")
        first = row + 1
        for row, lot in enumerate(self.tender.lots, first):
            self.sheet.row(row, [lot.title], "text")
            needs = [budget_in(lot, year) for year in self.years]
            for column, need in zip(self.columns.values(), needs, strict=True):
                self.sheet.typed(row, column, need, MONEY)
            self._all_years(row, total(needs))
        last = first + len(self.tender.lots)
        self._needed(first, last)

    def _needed(self, first: int, row: int) -> None:
        self.sheet.text(row, 0, "All lots", "strong")
        self.sheet.text(row + 1, 0, "Income less what the lots need (red: short)", "strong")
        columns = {**self.columns, 0: self.last}
        for year, column in columns.items():
            years: Sequence[int] = [year] if year else self.years
            need = total(budget_in(lot, y) for lot in self.tender.lots for y in years)
            income = total(self._income(y) for y in years)
            self.sheet.formula(row, column, f"SUM({cell(first, column)}:{cell(row - 1, column)})", need, MONEY, "sum")
            formula = f"{cell(self.total_row, column)}-{cell(row, column)}"
            self.sheet.formula(row + 1, column, formula, income - need, BALANCE, "sum")


def _ties(source: FundingSource) -> list[str]:
    """List the lots a source's lines are tied to, the empty one among them; one row even without a line."""
    return list(dict.fromkeys(line.lot for line in source.lines)) or [""]


def write_funding(book: Book, name: str, whole: Plan) -> None:
    """Write the sheet of funding."""
    FundingSheet(book, name, whole).write()
