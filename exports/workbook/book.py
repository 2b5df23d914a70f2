"""A workbook in memory: its styles, its sheets, and the rule that typed figures are white and formulas shaded.

Every formula is written with its value, so that a viewer that does not calculate shows the right figures, and every
cell that compares a formula with what the workbench found is counted on the first sheet.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from exports.workbook.text import Number, cell, down, elsewhere, is_dangerous, number, safe_text, sheet_name

AGREES: Final = "agrees"
DIFFERS: Final = "differs"
MONEY: Final = "£#,##0.00"
MARKS: Final = "0.0000"
PERCENT: Final = "0.00####"
BALANCE: Final = "£#,##0.00;[Red]-£#,##0.00"
PLAIN: Final = "General"
_A3, _A4, _FOR_A4 = 8, 9, 14  # paper as spreadsheets number it; so many columns go on the smaller
_ALARMS = (DIFFERS, "broken", "missed")
_LINE, _TALLEST = 13, 400  # points
_WRAPPED = ("text", "head", "strong")
_SHADE, _HEAD, _RULE, _INK = "#EAF1F8", "#1D3C5E", "#B8C4CE", "#1A1A1A"
_BASE = {"font_name": "Arial", "font_size": 10, "valign": "top", "font_color": _INK}
_STYLES: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "title": {"bold": True, "font_size": 14, "font_color": _HEAD},
    "heading": {"bold": True, "font_size": 11, "font_color": _HEAD, "bottom": 1, "bottom_color": _HEAD},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": _HEAD, "text_wrap": True, "valign": "vcenter"},
    "text": {"text_wrap": True},
    "label": {},
    "strong": {"bold": True, "text_wrap": True},
    "exact": {"italic": True, "font_size": 8, "font_color": "#4A5560"},
    "note": {"italic": True, "font_color": "#4A5560"},
    "typed": {"border": 1, "border_color": _RULE},
    "formula": {"border": 1, "border_color": _RULE, "bg_color": _SHADE},
    "verdict": {"border": 1, "border_color": _RULE, "bg_color": _SHADE, "align": "center"},
    "sum": {"border": 1, "border_color": _RULE, "bg_color": _SHADE, "bold": True},
})  # fmt: skip


@dataclass(frozen=True)
class Checks:
    """A range of check cells on one sheet, and how many of its cells are checks."""

    sheet: str
    cells: str
    count: int


class Book:
    """A workbook being written; ``checks`` gathers the check cells, ``formulas`` the address of every formula."""

    def __init__(self, title: str, subject: str, author: str, created: datetime) -> None:
        self._bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._file = xlsxwriter.Workbook(self._bytes, options)
        properties = {"title": title, "subject": subject, "author": author}
        self._file.set_properties({name: safe_text(text) for name, text in properties.items()} | {"created": created})
        self._formats: dict[tuple[str, str, bool], Format] = {}
        self._alarm = self._file.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})
        self._sheets: list[Sheet] = []
        self.names: list[str] = []
        self.checks: list[Checks] = []
        self.formulas: set[tuple[str, str]] = set()

    def reserve(self, wanted: str, ending: str = "") -> str:
        """Choose the name of a sheet that is still to be written, so that formulas can point at it."""
        name = sheet_name(wanted, self.names, ending)
        self.names.append(name)
        return name

    def sheet(self, name: str, widths: Sequence[int]) -> Sheet:
        """Add a sheet under a reserved name, with the widths of its first columns in characters."""
        made = self._file.add_worksheet(name)
        for column, width in enumerate(widths):
            made.set_column(column, column, width)
        made.hide_gridlines(2)
        made.set_landscape()
        made.set_paper(_A3 if len(widths) > _FOR_A4 else _A4)
        made.fit_to_pages(1, 0)
        made.set_footer("&L&A&RPage &P of &N")
        self._sheets.append(Sheet(self, made, name, widths))
        return self._sheets[-1]

    def style(self, name: str, figures: str = PLAIN, quoted: bool = False) -> Format:
        """Return one of the styles with a number format; ``quoted`` marks a cell as text for good."""
        key = (name, figures, quoted)
        if key not in self._formats:
            made = {**_BASE, **_STYLES[name], "num_format": figures}
            self._formats[key] = self._file.add_format(made | ({"quote_prefix": True} if quoted else {}))
        return self._formats[key]

    def finish(self) -> bytes:
        """Colour the cells that ask for a look, close the workbook and return the file."""
        for sheet in self._sheets:
            for word in _ALARMS:
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self._alarm}
                sheet.raw.conditional_format(0, 0, *sheet.last, rule)
        self._file.close()
        return self._bytes.getvalue()


def _lines(text: str, width: int) -> int:
    """Count the lines a text takes in a column of so many digits' width; letters run a little narrower."""
    room = max(1, width * 11 // 10)
    return sum(-(-len(line) // room) or 1 for line in text.split("\n"))


class Sheet:
    """One sheet; rows and columns count from 0, and every write returns the cell's address."""

    def __init__(self, book: Book, made: Worksheet, name: str, widths: Sequence[int] = ()) -> None:
        self.book, self.raw, self.name = book, made, name
        self.widths, self.lines = widths, dict[int, int]()
        self.last = (0, 0)

    def text(self, row: int, column: int, text: str, style: str = "label") -> str:
        """Write text that is never anything but text."""
        safe = safe_text(text)
        made = self.book.style(style, quoted=is_dangerous(text))
        if safe and style in _WRAPPED and column < len(self.widths):
            self._grow(row, _lines(safe, self.widths[column]))
        if safe:
            self.raw.write_string(row, column, safe, made)
        elif style in ("typed", "text", "head"):
            self.raw.write_blank(row, column, None, made)
        return cell(row, column)

    def typed(self, row: int, column: int, value: Number, figures: str = PLAIN) -> str:
        """Write a number as it was typed, exactly."""
        self.raw.write_number(row, column, number(value), self.book.style("typed", figures))
        return cell(row, column)

    def formula(
        self, row: int, column: int, formula: str, value: Number | str, figures: str = PLAIN, style: str = "formula"
    ) -> str:
        """Write a live formula with its value; ``formula`` holds addresses, figures and functions, never typed text."""
        shown = value if isinstance(value, str) else number(value)
        self.raw.write_formula(row, column, f"={formula}", self.book.style(style, figures), shown)
        self.book.formulas.add((self.name, cell(row, column)))
        self.last = (max(row, self.last[0]), max(column, self.last[1]))
        return cell(row, column)

    def check(self, row: int, column: int, condition: str, holds: bool = True) -> str:
        """Write a cell that says whether a condition holds: ``agrees`` or ``differs``."""
        return self.verdict(row, column, condition, holds, AGREES, DIFFERS)

    def verdict(self, row: int, column: int, condition: str, holds: bool, yes: str, no: str) -> str:
        """Write a cell that says one word where a condition holds and another where it does not."""
        return self.formula(row, column, f'IF({condition},"{yes}","{no}")', yes if holds else no, style="verdict")

    def count_checks(self, cells: str, count: int) -> None:
        """Have check cells counted on the first sheet."""
        if count:
            self.book.checks.append(Checks(self.name, elsewhere(self.name, cells), count))

    def count_checks_in(self, column: int, rows: Sequence[int]) -> None:
        """Have the check cells of a column counted."""
        if rows:
            self.count_checks(down(column, min(rows), max(rows)), len(rows))

    def row(self, row: int, texts: Sequence[str], style: str = "label", first: int = 0) -> None:
        """Write texts side by side."""
        for column, text in enumerate(texts, first):
            self.text(row, column, text, style)

    def heads(self, row: int, texts: Sequence[str], first: int = 0) -> None:
        """Write the heads of columns."""
        self.row(row, texts, "head", first)

    def wide(self, row: int, text: str, first: int, last: int, width: int, style: str = "text") -> None:
        """Write a paragraph over several columns that hold ``width`` characters together, in a row tall enough."""
        self._grow(row, _lines(safe_text(text), width))
        if last > first:
            self.raw.merge_range(row, first, row, last, None, self.book.style(style))
        safe = safe_text(text)
        if safe:
            self.raw.write_string(row, first, safe, self.book.style(style, quoted=is_dangerous(text)))

    def _grow(self, row: int, lines: int) -> None:
        """Make a row as tall as its tallest text: not every program does so by itself."""
        if lines > self.lines.get(row, 1):
            self.lines[row] = lines
            self.raw.set_row(row, min(_TALLEST, _LINE * lines + 2))

    def freeze(self, row: int, column: int) -> None:
        """Keep the rows above and the columns to the left in sight, and print those rows on every page."""
        self.raw.freeze_panes(row, column)
        if row:
            self.raw.repeat_rows(row - 1)
