"""Tables with one column for each bid, cut where they would be too wide to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

MOST_COLUMNS = 5


@dataclass(frozen=True)
class Row:
    """One row: its head, a smaller note beneath, a text for each bid; ``style`` is ``""``, ``group`` or ``sum``."""

    head: str
    cells: tuple[str, ...]
    note: str = ""
    style: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Matrix:
    """A table of texts: ``corner`` names the rows, ``columns`` the bids."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def cut(matrix: Matrix, most: int = MOST_COLUMNS) -> tuple[Matrix, ...]:
    """Cut a table into tables of at most ``most`` columns, each with all of its rows."""
    return tuple(_cut(matrix, most))


def matrix(caption: str, corner: str, columns: Sequence[str], rows: Sequence[Row]) -> tuple[Matrix, ...]:
    """Make a table and cut it."""
    return cut(Matrix(caption, corner, tuple(columns), tuple(rows)))


def _cut(whole: Matrix, most: int) -> Iterator[Matrix]:
    for first in range(0, len(whole.columns), most):
        part = slice(first, first + most)
        rows = tuple(replace(row, cells=row.cells[part]) for row in whole.rows)
        more = f" (continued, {first + 1} to {min(first + most, len(whole.columns))})" if first else ""
        yield Matrix(f"{whole.caption}{more}", whole.corner, whole.columns[part], rows)
