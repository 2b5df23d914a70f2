"""A split typed in a spreadsheet: read tolerantly, and refused by sheet, row and column where it cannot be read.

One row is one line of the split; what it is stands in its first column (Price, Lead, Management fee, Partner,
Sub-contractor, Kept back, Further payment). Columns are found by their heads, wherever they were moved to; blank rows
are skipped. :mod:`exports.split_template` writes the workbook that this reads.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from exports.workbook.text import cell
from exports.zip_guard import check_workbook
from lots.errors import Finding, ProcurementError
from lots.split.editing import BLANK_ROWS, EditRefused, same_every_year, with_row
from lots.split.typed import MOST_ORGANISATIONS, TypedOrganisation, TypedPayment, TypedSheet, amount_of, percentage_of

KINDS: Final = {
    "price": "prices", "lead": "delivery", "management fee": "management_fee", "partner": "partner",
    "sub-contractor": "sub_contractor", "subcontractor": "sub_contractor", "kept back": "kept_back",
    "further payment": "further",
}  # fmt: skip
"""What a row can be, as people write it."""
HEADS: Final = {
    "row": "kind", "organisation": "name", "paid by": "paid_by", "charity or company number": "number", "vcse": "vcse",
    "by and for": "by_and_for", "sme": "sme", "group": "group", "work": "work",
}  # fmt: skip
_UNIT = "the figures below are in"
_YEAR = re.compile(r"year\s*([0-9]{1,2})", re.IGNORECASE | re.ASCII)
_YES, _NO = {"yes", "y", "x", "true", "1", "✓"}, {"", "no", "n", "false", "0", "-", "–"}
_LONGEST_CELL = 1_000
_MOST_FOUND = 50


class WorkbookError(ProcurementError):
    """A workbook that cannot be read as a split; each finding names sheet, row and column."""


@dataclass
class _Line:
    """One row of the sheet as read."""

    row: int
    kind: str
    texts: dict[str, str]
    figures: tuple[str, ...]


@dataclass
class _Table:
    """The table on its sheet: where each column is, its lines, and what was wrong on the way."""

    sheet: str
    rows: Sequence[Sequence[Any]]
    years: int
    head: int = -1
    columns: dict[str, int] = field(default_factory=dict)
    year_columns: dict[int, int] = field(default_factory=dict)
    percentages: bool = False
    found: list[Finding] = field(default_factory=list)

    def say(self, text: str, row: int, column: int) -> None:
        """Keep what is wrong at one cell."""
        where = f"sheet “{self.sheet}”, row {row + 1}, column {cell(0, column)[:-1]}"
        self.found.append(Finding("workbook_cell", text, where[0].upper() + where[1:]))


def read(content: bytes, years: int) -> TypedSheet:
    """Read a filled-in workbook; UnsafeFile or WorkbookError says what is wrong with it."""
    check_workbook(content)
    table = _table(_sheets(content), years)
    lines = list(_lines(table))
    typed = _typed(table, lines)
    if table.found:
        count = len(table.found)
        text = "One cell of this workbook cannot be read." if count == 1 else f"{count} cells cannot be read."
        raise WorkbookError(f"{text} Correct the workbook and open it again.", table.found[:_MOST_FOUND])
    return _simplest(typed)


def _sheets(content: bytes) -> Iterator[tuple[str, list[list[Any]]]]:
    """Read every sheet into rows of values."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names[:20]:
            yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise WorkbookError("This workbook is damaged: save it again and try once more.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader's own language reports a fault
            raise
        raise WorkbookError("This workbook is damaged: save it again and try once more.") from error


def _table(sheets: Iterator[tuple[str, list[list[Any]]]], years: int) -> _Table:
    """Find the table: the first row of any sheet that has the heads Row, Organisation and Year 1."""
    names = []
    for name, rows in sheets:
        names.append(name)
        table = _Table(name, rows, years)
        for at, row in enumerate(rows):
            columns, year_columns = _heads(row)
            if {"kind", "name"} <= set(columns) and 1 in year_columns:
                table.head, table.columns, table.year_columns = at, columns, year_columns
                table.percentages = _in_percent(rows[:at])
                _check_years(table)
                return table
    looked = ", ".join(f"“{name}”" for name in names) or "none"
    raise WorkbookError(
        "No table of a split was found: one row must have the heads Row, Organisation and Year 1. Take the spreadsheet "
        f"for this lot again and fill that in. Sheets looked at: {looked}."
    )


def _heads(row: Sequence[Any]) -> tuple[dict[str, int], dict[int, int]]:
    columns: dict[str, int] = {}
    years: dict[int, int] = {}
    for at, value in enumerate(row):
        text = " ".join(str(value).split()).casefold() if isinstance(value, str) else ""
        if text in HEADS:
            columns.setdefault(HEADS[text], at)
        elif found := _YEAR.fullmatch(text):
            years.setdefault(int(found[1]), at)
    return columns, years


def _in_percent(rows: Sequence[Sequence[Any]]) -> bool:
    for row in rows:
        texts = [str(value).strip().casefold() for value in row]
        for at, text in enumerate(texts):
            if text.startswith(_UNIT):
                return any(each in ("per cent", "percent", "%", "percentages") for each in texts[at + 1 :])
    return False


def _check_years(table: _Table) -> None:
    for year, column in table.year_columns.items():
        if not 1 <= year <= table.years:
            table.say(f"There is no year {year}: the lot runs for {table.years}.", table.head, column)
    missing = [year for year in range(1, table.years + 1) if year not in table.year_columns]
    if missing:
        table.say(f"There is no column for year {missing[0]}.", table.head, table.year_columns[1])


def _lines(table: _Table) -> Iterator[_Line]:
    for at in range(table.head + 1, len(table.rows)):
        row = table.rows[at]
        texts = {name: _text(table, at, column) for name, column in table.columns.items()}
        figures = tuple(_figure(table, at, table.year_columns[year]) for year in sorted(table.year_columns))
        kind = " ".join(texts["kind"].split()).casefold()
        said = [text for name, text in texts.items() if name != "kind"]
        if not any(figures) and not any(said):
            continue
        if kind not in KINDS:
            what = f"“{texts['kind'][:40]}” is no kind of row" if kind else "This row does not say what it is"
            table.say(f"{what}: write {', '.join(each.capitalize() for each in KINDS if each != 'subcontractor')}.",
                      at, table.columns["kind"])  # fmt: skip
            continue
        assert row is not None
        yield _Line(at, KINDS[kind], texts, _checked(table, at, figures, money=KINDS[kind] == "prices"))


def _value(table: _Table, row: int, column: int) -> Any:
    values = table.rows[row]
    return values[column] if column < len(values) else ""


def _text(table: _Table, row: int, column: int) -> str:
    value = _value(table, row, column)
    text = _plain(value) if isinstance(value, float) else str(value)
    if len(text) > _LONGEST_CELL:
        table.say(f"This cell holds {len(text):,} characters: the most is {_LONGEST_CELL:,}.", row, column)
        return ""
    return text.strip()


def _figure(table: _Table, row: int, column: int) -> str:
    value = _value(table, row, column)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        table.say("A figure is asked for here, and this is something else.", row, column)
        return ""
    text = _plain(value) if isinstance(value, float) else str(value).strip()
    return text if text not in ("-", "–") else ""


def _plain(value: float) -> str:
    """Write a number as people do; what a spreadsheet worked out is off by a trillionth at times."""
    if value != value or abs(value) > 10**15:
        return str(value)
    near = round(value, 6)
    exact = Decimal(repr(near if abs(near - value) < 1e-9 * max(1, abs(value)) else value))
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _checked(table: _Table, row: int, figures: tuple[str, ...], *, money: bool) -> tuple[str, ...]:
    """Look whether each figure can be read, here, where row and column are known."""
    reading = percentage_of if table.percentages and not money else amount_of
    for year, text in zip(sorted(table.year_columns), figures, strict=True):
        read_as = reading(text) if text.strip() else None
        if isinstance(read_as, str):
            table.say(read_as, row, table.year_columns[year])
    return figures


def _typed(table: _Table, lines: Sequence[_Line]) -> TypedSheet:
    """Put the lines together: organisations are told apart by their names."""
    own: dict[str, tuple[str, ...]] = {}
    people: dict[str, TypedOrganisation] = {}
    lead = next((line for line in lines if line.kind == "delivery"), None)
    name = lead.texts["name"] if lead else ""
    people[_key(name)] = _organisation(table, lead, "o1") if lead else TypedOrganisation("o1", role="lead")
    further, kept = list[_Line](), list[_Line]()
    for line in lines:
        if line.kind in ("prices", "delivery", "management_fee"):
            if line.kind in own:
                table.say("This row is there twice: keep one of them.", line.row, table.columns["kind"])
            own[line.kind] = line.figures
        elif line.kind == "kept_back":
            kept.append(line)
        elif line.kind == "further" or (line.texts["name"] and _key(line.texts["name"]) in people):
            further.append(line)
        else:
            key = _key(line.texts["name"]) or f"\0{line.row}"
            people[key] = _organisation(table, line, f"o{len(people) + 1}")
    if len(people) > MOST_ORGANISATIONS:
        table.say(f"There are more than {MOST_ORGANISATIONS} organisations.", lines[-1].row, table.columns["name"])
    payers = {line.row: _who(table, line, "paid_by", people) for line in lines if line.kind not in own}
    _pay(table, lines, people, payers)
    payments = _further(table, further, kept, people, payers)
    unit = "percentages" if table.percentages else "amounts"
    prices, delivery, fee = [own.get(name, ()) for name in ("prices", "delivery", "management_fee")]
    return TypedSheet(table.years, unit, prices, delivery, fee, tuple(people.values()), payments)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _organisation(table: _Table, line: _Line, key: str) -> TypedOrganisation:
    said, lead = line.texts, line.kind == "delivery"
    vcse, by_and_for, sme = [_tick(table, line, name) for name in ("vcse", "by_and_for", "sme")]
    return TypedOrganisation(
        key, said["name"], said.get("number", ""), "lead" if lead else line.kind, "", vcse, by_and_for, sme,
        said.get("group", ""), said.get("work", ""), () if lead else line.figures,
    )  # fmt: skip


def _tick(table: _Table, line: _Line, name: str) -> bool:
    text = line.texts.get(name, "").casefold()
    if text not in _YES | _NO:
        table.say(f"Write yes or no here, not “{text[:40]}”.", line.row, table.columns[name])
    return text in _YES


def _who(table: _Table, line: _Line, name: str, people: dict[str, TypedOrganisation]) -> str:
    """Find whom a cell names; nobody is the lead."""
    text = line.texts.get(name, "")
    found = people.get(_key(text)) if text else next(iter(people.values()))
    if found is None:
        table.say(f"“{text[:60]}” has no row of its own: name it as its own row does.", line.row, table.columns[name])
        return ""
    return found.id


def _pay(table: _Table, lines: Sequence[_Line], people: dict[str, TypedOrganisation], payers: dict[int, str]) -> None:
    """Say in each organisation's row who pays it."""
    first: set[str] = set()
    for line in lines:
        key = _key(line.texts["name"]) or f"\0{line.row}"
        if line.kind in ("partner", "sub_contractor") and key in people and key not in first:
            first.add(key)
            people[key] = replace(people[key], paid_by=payers.get(line.row, ""))


def _further(
    table: _Table,
    further: Sequence[_Line],
    kept: Sequence[_Line],
    people: dict[str, TypedOrganisation],
    payers: dict[int, str],
) -> tuple[TypedPayment, ...]:
    """Turn further payments, and what is kept back, into their places."""
    payments = [TypedPayment(payers[it.row], _who(table, it, "name", people), it.figures, ()) for it in further]
    for line in kept:
        key, payer = _key(line.texts["name"]), payers[line.row]
        if key in people and people[key].paid_by == payer and not people[key].kept_back and people[key].role != "lead":
            people[key] = replace(people[key], kept_back=line.figures)
            continue
        payee = _who(table, line, "name", people)
        at = next((at for at, it in enumerate(payments) if (it.payer, it.payee) == (payer, payee)), None)
        if at is None:
            table.say("Nothing is paid from which this is kept back.", line.row, table.columns["name"])
        else:
            payments[at] = replace(payments[at], kept_back=line.figures)
    return tuple(payments)


def _simplest(typed: TypedSheet) -> TypedSheet:
    """Show one figure for every year where no row differs, and some empty rows."""
    with suppress(EditRefused):
        typed = same_every_year(typed)
    while len(typed.organisations) <= BLANK_ROWS:
        typed = with_row(typed)
    return typed
