"""What a command prints: tables and wrapped text for people, stable JSON for programs, progress for long work.

Text is at most 100 columns wide and has no colours; characters that would steer a terminal are replaced. JSON is
UTF-8 whatever the terminal speaks, money and marks are texts, and everything that is wrong or worth knowing stands
under ``findings``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from textwrap import wrap
from typing import Any, TextIO

import click

from lots.errors import Finding
from scoring.figures import Rounding, plain

WIDTH = 100
_GAP = "  "
_NARROWEST = 12  # characters that a wrapped column keeps, however crowded the table
_QUIET = 1.0  # seconds of work before progress is shown
_TWO = Rounding(2)

Row = Sequence[str]


# --- for people ---------------------------------------------------------------------------------------------


def printable(text: str) -> str:
    """Return a text on one line with every character that does not print replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split("\n")))


def say(text: str = "", *, indent: int = 0, err: bool = False) -> None:
    """Print a text wrapped to the width, each line indented; long words such as paths are left whole."""
    margin = " " * indent
    lines = wrap(printable(text), WIDTH - indent, break_long_words=False, break_on_hyphens=False) or [""]
    for line in lines:
        click.echo(f"{margin}{line}".rstrip(), err=err)


def heading(text: str) -> None:
    """Print a heading: a blank line, the text, and a rule below it as long as the text."""
    lines = wrap(printable(text), WIDTH) or [""]
    click.echo("\n".join(("", *lines, "-" * max(map(len, lines)))))


def bullet(text: str, *, err: bool = False) -> None:
    """Print a sentence as an item of a list."""
    for i, line in enumerate(wrap(printable(text), WIDTH - 4, break_long_words=False, break_on_hyphens=False)):
        click.echo(f"  {'- ' if i == 0 else '  '}{line}", err=err)


def print_table(head: Row, rows: Iterable[Row], right: str = "") -> None:
    """Print a table; ``right`` holds ``r`` for a column set right and anything else for one set left."""
    for line in table(head, rows, right):
        click.echo(line)


def table(head: Row, rows: Iterable[Row], right: str = "") -> list[str]:
    """Lay a table out in lines of at most 100 columns: the widest columns of text are wrapped to make it fit.

    A column without any text is left out.
    """
    cells = [[printable(cell) for cell in row] for row in (head, *rows)]
    used = [i for i in range(len(head)) if any(row[i] for row in cells)]
    cells, right = [[row[i] for i in used] for row in cells], right.ljust(len(head))
    sides = "".join(right[i] for i in used)
    widths = [max(len(row[i]) for row in cells) for i in range(len(used))]
    floors = [_floor([row[i] for row in cells], side) for i, side in enumerate(sides)]
    widths = _fitted(widths, floors, sides)
    lines = [line for row in cells[:1] for line in _laid(row, widths, sides)]
    lines.append(_GAP.join("-" * width for width in widths))
    return lines + [line for row in cells[1:] for line in _laid(row, widths, sides)]


def _floor(cells: Sequence[str], side: str) -> int:
    """Return how narrow a column may get: figures stay whole, and only the heading above them is wrapped."""
    if side != "r":
        return min(_NARROWEST, max(map(len, cells)))
    return max(len(max(cells[0].split(), key=len, default="")), *map(len, cells[1:]), 1)


def _fitted(widths: list[int], floors: list[int], sides: str) -> list[int]:
    """Narrow columns until the table fits or cannot shrink: headings over figures first, then the widest text."""
    widths = list(widths)
    while sum(widths) + len(_GAP) * (len(widths) - 1) > WIDTH:
        slack = [i for i, width in enumerate(widths) if width > floors[i]]
        if not slack:
            break
        widths[max(slack, key=lambda i: (sides[i] == "r", widths[i]))] -= 1
    return widths


def _laid(row: Row, widths: Sequence[int], sides: str) -> list[str]:
    parts = [wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
    lines = []
    for n in range(max(map(len, parts))):
        cells = [part[n] if n < len(part) else "" for part in parts]
        set_ = [
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, width, side in zip(cells, widths, sides, strict=False)
        ]
        lines.append(_GAP.join(set_).rstrip())
    return lines


def short(number: Fraction | None, places: int = 2) -> str:
    """Write a number for a table, rounded to ``places``; a dash where there is none."""
    return "–" if number is None else (_TWO if places == 2 else Rounding(places)).text(number)


def pounds(number: Fraction | None) -> str:
    """Write an exact number of pounds for a table: ``£5,110,000`` or ``£1,234.50``, rounded to the penny."""
    if number is None:
        return "–"
    from lots.money import Money

    return str(Money(int(_TWO.value(number) * 100)))


def finding_line(finding: Finding) -> str:
    """Write a finding in one line: how grave, where, and the sentence."""
    place, said = finding.place, finding.message
    named = not place or said.startswith(f"{place}:") or f"“{place}”" in said
    return f"{finding.severity}: {'' if named else f'{place}: '}{said}"


def print_findings(findings: Iterable[Finding], *, err: bool = False) -> None:
    """Print findings, one line each, however long the line: programs and people may search for them."""
    for finding in findings:
        click.echo(printable(finding_line(finding)), err=err)


# --- for programs -------------------------------------------------------------------------------------------


def number(value: Fraction | int | None) -> str | None:
    """Write an exact number as JSON text: in full where its decimals end, else to 28 significant digits."""
    return None if value is None else plain(value)


def finding_data(finding: Finding) -> dict[str, object]:
    """Turn a finding into JSON; ``figures`` are texts by name."""
    return {
        "code": finding.code,
        "place": finding.place,
        "message": finding.message,
        "severity": finding.severity,
        "figures": dict(finding.figures),
    }


def findings_data(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Turn findings into JSON, in their order."""
    return [finding_data(finding) for finding in findings]


def emit(payload: Mapping[str, Any]) -> None:
    """Print one JSON object in UTF-8, keys in the order given."""
    text = json.dumps(payload, ensure_ascii=False, indent=1, allow_nan=False)
    click.echo(text.encode("utf-8", "replace"))


# --- progress -----------------------------------------------------------------------------------------------


class Progress:
    """Says on standard error how far long work is, once it has taken over a second.

    On a terminal one line is written over again; elsewhere (a log) each step has its own line.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.total, self.done, self.quiet = 0, 0, False
        self.stream = sys.stderr if stream is None else stream
        self.started = time.monotonic()
        self.terminal = self.stream.isatty()
        self.shown = False

    def begin(self, total: int) -> None:
        """Hear how many steps there will be."""
        self.total = total

    def step(self, what: str) -> None:
        """Count one finished step and, after the first second, say which."""
        self.done += 1
        if self.quiet or time.monotonic() - self.started < _QUIET:
            return
        self.shown = True
        line = f"{self.done} of {self.total}  {printable(what)}"
        self._write(f"\r\x1b[K{line[: self._columns() - 1]}" if self.terminal else f"{line}\n")

    def close(self) -> None:
        """Clear the line that was written over."""
        if self.shown and self.terminal:
            self._write("\r\x1b[K")

    def _columns(self) -> int:
        try:
            return max(20, os.get_terminal_size(self.stream.fileno()).columns)
        except (OSError, ValueError):
            return WIDTH

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # whoever read the progress has gone; the work goes on
            self.quiet = True
