"""Pieces of a bare SVG picture: attributes only, no style, no script; text in the documents' font, or the page's.

Bids are told apart by number as well as by colour. The same figures give the same bytes: places are rounded here.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from exports.pdf import FAMILY
from exports.reports.charts import INK, PALETTE

WIDTH = 480
SIZE = 12
GRID = "#d5dfdf"
_DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 5")

Place = tuple[float, float]


def svg(height: int, alt: str, parts: Iterable[str]) -> str:
    """Put parts into a picture that says in words what it shows."""
    fonts = f'font-family="{FAMILY}, Arial, sans-serif" font-size="{SIZE}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" {fonts} fill="{INK}"><title>{html.escape(alt)}</title>{"".join(parts)}</svg>'
    )


def number(value: float) -> str:
    """Write a place to one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def path(places: Sequence[Place], *, closed: bool = False) -> str:
    """Return the data of a path through places."""
    steps = " ".join(f"{'L' if at else 'M'}{number(x)} {number(y)}" for at, (x, y) in enumerate(places))
    return f"{steps}{'z' if closed else ''}"


def line(places: Sequence[Place], colour: str = GRID, width: float = 1, dash: str = "") -> str:
    """Draw a line through places."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path(places)}" stroke="{colour}" stroke-width="{number(width)}" fill="none"{dashed}/>'


def filled(places: Sequence[Place], colour: str, edge: str = "#ffffff") -> str:
    """Fill the shape between places."""
    return f'<path d="{path(places, closed=True)}" fill="{colour}" stroke="{edge}"/>'


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Fill an upright box."""
    return filled([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour, colour)


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Set words at a place."""
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}">{html.escape(words)}</text>'


def colour_of(bid: int) -> str:
    """Return the colour of a bid by its rank."""
    return PALETTE[bid % len(PALETTE)]


def dash_of(bid: int) -> str:
    """Return the dashes of a bid's line, so that lines differ without colour."""
    return _DASHES[bid % len(_DASHES)]


def cut(name: str, most: int) -> str:
    """Cut a name that would not fit; the table beside the picture has the whole one."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def legend(names: Sequence[str], top: float, *, lines: bool = False) -> list[str]:
    """List bids by number and colour (or by their lines), one a row."""
    rows: list[str] = []
    for at, name in enumerate(names):
        y = top + at * 18
        if lines:
            rows.append(line([(0, y + 6), (30, y + 6)], colour_of(at), 2, dash_of(at)))
        else:
            rows.append(box(0, y, 14, 12, colour_of(at)))
        rows.append(text(36 if lines else 20, y + 10, f"{at + 1}  {cut(name, 66)}"))
    return rows
