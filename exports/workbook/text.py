"""What goes into a cell unharmed: text that stays text, exact numbers, cell addresses and safe sheet names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

from lots.money import Money

MOST_CHARACTERS: Final = 32_767  # in one cell, counted in UTF-16 units as spreadsheet programs do
LONGEST_NAME: Final = 31
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠", "−")
"""Beginnings that one program or another takes for a formula, a command or a field of a text file."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CUT = " … [cut here: a cell holds no more; the whole text is in the tender file]"
_SEVENTEEN = Context(prec=17, rounding=ROUND_HALF_EVEN)
Number = Money | Fraction | Decimal | int


def safe_text(text: str) -> str:
    """Make control characters visible, replace what no spreadsheet file may hold, and cut what no cell can.

    A text in ``<r>…</r>`` gets a blank at its end: the writer would put it into the file as markup of its own.
    """
    plain = _ILLEGAL.sub(_visible, text.replace("\r\n", "\n"))
    if plain.startswith("<r>") and plain.endswith("</r>"):
        plain += " "
    return plain if _units(plain) <= MOST_CHARACTERS else _cut(plain)


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _units(text: str) -> int:
    return len(text) + sum(1 for character in text if character > "\uffff")


def _cut(text: str) -> str:
    kept = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(_CUT))]
    return kept.decode("utf-16-le", "ignore") + _CUT


def is_dangerous(text: str) -> bool:
    """Say whether a text begins like a formula, blanks before it or not; such cells are marked as text for good."""
    return text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS)


def number(value: Number) -> Decimal:
    """Return a number as it is written into the file: all its decimals, up to 17 significant digits."""
    if isinstance(value, Money):
        return Decimal(value.pence).scaleb(-2)
    exact = Fraction(value)
    return _SEVENTEEN.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def cell(row: int, column: int) -> str:
    """Name a cell, counted from 0: ``cell(0, 1)`` is ``B1``."""
    return str(xl_rowcol_to_cell(row, column))


def fixed(row: int, column: int) -> str:
    """Name a cell so that copying a formula does not move it: ``$B$1``."""
    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))


def across(row: int, first: int, last: int) -> str:
    """Name the cells of a row from one column to another: ``$B$1:$D$1``."""
    return f"{fixed(row, first)}:{fixed(row, last)}"


def down(column: int, first: int, last: int) -> str:
    """Name the cells of a column from one row to another: ``$B$1:$B$9``."""
    return f"{fixed(first, column)}:{fixed(last, column)}"


def elsewhere(sheet: str, address: str) -> str:
    """Name cells on another sheet."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{address}"


def added(addresses: Iterable[str]) -> str:
    """Write a sum of cells: ``B1+B2``; nothing adds up to ``0``."""
    return "+".join(addresses) or "0"


def sheet_name(wanted: str, taken: Collection[str], ending: str = "") -> str:
    """Make a sheet name that every program takes: 31 characters, letters, digits and few signs, none used before."""
    clean = "".join(sign if _fits(sign) else "-" for sign in wanted).strip(" -") or "lot"
    used = {name.casefold() for name in taken}
    for attempt in range(1, len(used) + 2):
        tail = f"{'' if attempt == 1 else f' {attempt}'}{ending}"
        name = clean[: LONGEST_NAME - len(tail)].rstrip() + tail
        if name.casefold() not in used:
            return name
    raise ValueError("more sheets than names")  # cannot happen: one attempt more than names taken


def _fits(sign: str) -> bool:
    return sign <= "\uffff" and (sign.isalnum() or sign in " -_.,()&")
