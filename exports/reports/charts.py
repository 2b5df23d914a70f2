"""Pictures for printed documents: bars as bare SVG paths, and charts with axes drawn by Altair without a browser.

``stacked_bar`` needs no library. ``totals_chart`` and ``funding_chart`` load Altair and vl-convert when first called
and return an SVG element as text: words set in the documents' own static font, no script, no style element, and the
same bytes for the same figures. A chart is always printed beside the table of its figures, which stay exact; only the
lengths of bars are rounded here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import font_source_sans_pro

from exports.pdf import FAMILY
from scoring.figures import Rounding

INK, TEAL, AMBER, SLATE = "#16242b", "#0f5257", "#d19a3d", "#8fb3b5"
PALETTE = (TEAL, AMBER, SLATE, "#7a4b6d", "#5b7f3a", "#b5573c", "#3f6fa3", "#a9a13b", "#5d5d66", "#c98fb0")
WIDTH_MM = 166  # the text width of a printed page
_FONT = "Source Sans Pro"
_LONGEST_LABEL = 34  # characters of a bar's label; the table beside the chart has the whole name
_NUMBER = Rounding(2)


@dataclass(frozen=True)
class Segment:
    """One piece of a stacked bar: which bar, which series, and how long (marks or pounds)."""

    bar: str
    series: str
    value: Fraction


@dataclass(frozen=True)
class Chart:
    """A picture: the SVG element, and the sentence that stands for it."""

    svg: str
    alt: str


def stacked_bar(parts: Sequence[int], whole: int, *, width: int = WIDTH_MM, height: int = 8) -> tuple[str, ...]:
    """Draw parts of a whole side by side: one SVG path for each, in millimetres; nothing where there is no whole."""
    paths, start = [], Fraction(0)
    for part in parts:
        length = Fraction(max(part, 0) * width, whole) if whole > 0 else Fraction(0)
        paths.append(f"M{_mm(start)} 0h{_mm(length)}v{height}h-{_mm(length)}z" if length else "")
        start += length
    return tuple(paths)


def totals_chart(segments: Iterable[Segment], alt: str) -> Chart:
    """Draw one bar of marks for each bid, in the order given, out of 100."""
    return _titled(_drawn(tuple(segments), (), "Marks out of 100", 100), alt)


def funding_chart(segments: Iterable[Segment], budgets: Iterable[tuple[str, Fraction]], alt: str) -> Chart:
    """Draw the money placed on each lot by source, in pounds a year, with a line at the lot's budget."""
    return _titled(_drawn(tuple(segments), tuple(budgets), "Pounds a year", None), alt)


def _titled(drawn: str, alt: str) -> Chart:
    """Give a picture its title, which a PDF reader reads out instead of it."""
    return Chart(drawn.replace(">", f"><title>{html.escape(alt)}</title>", 1), alt)


def _mm(length: Fraction) -> str:
    return _NUMBER.text(length)


@lru_cache(maxsize=64)
def _drawn(segments: tuple[Segment, ...], ticks: tuple[tuple[str, Fraction], ...], axis: str, full: int | None) -> str:
    """Describe the chart to Altair and have it drawn as SVG."""
    names = _labels([*(it.bar for it in segments), *(bar for bar, _ in ticks)])
    rows = [
        {"bar": names[it.bar], "series": it.series, "value": float(it.value), "at": at}
        for at, it in enumerate(segments)
    ]
    marks = [{"bar": names[bar], "value": float(value)} for bar, value in ticks]
    return _svg(_described(rows, marks, list(names.values()), axis, full))


def _described(
    rows: list[dict[str, Any]], marks: list[dict[str, Any]], bars: list[str], axis: str, full: int | None
) -> dict[str, Any]:
    import altair

    alt: Any = altair  # half of it has no types
    series = list(dict.fromkeys(row["series"] for row in rows))
    scale = alt.Scale(domain=[0, full], nice=False) if full else alt.Scale(zero=True)
    place = alt.Y("bar:N", sort=bars, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False))
    colours = alt.Scale(domain=series, range=list(PALETTE[: len(series)]))
    legend = alt.Legend(title=None, orient="bottom", columns=1 if _wide(series) else 3, labelLimit=420)
    drawn: Any = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar(stroke="white", strokeWidth=1, height=14)
        .encode(
            x=alt.X("value:Q", title=axis, scale=scale, stack="zero"),
            y=place,
            color=alt.Color("series:N", scale=colours, legend=legend, sort=series),
            order=alt.Order("at:Q"),
        )
    )
    if marks:
        line = alt.Chart(alt.Data(values=marks)).mark_tick(color=INK, thickness=2, height=22)
        drawn = drawn + line.encode(x="value:Q", y=place)
    sized = drawn.properties(width=410, height=max(40, 28 * len(bars)), background="white")
    described: dict[str, Any] = sized.configure(font=_FONT).configure_view(stroke=None).to_dict()
    return described


def _svg(described: dict[str, Any]) -> str:
    """Draw a chart; its own roles and labels are taken out, for the page says in words what it shows."""
    import vl_convert

    _register(str(Path(font_source_sans_pro.__file__).parent / "files"))
    drawn = str(vl_convert.vegalite_to_svg(described))
    drawn = re.sub(r' (?:aria-[a-z]+|role)="[^"]*"', "", drawn)
    return drawn.replace(f'font-family="{_FONT}"', f'font-family="{FAMILY}"').replace(
        f'font-family="{html.escape(chr(34) + _FONT + chr(34))}"', f'font-family="{FAMILY}"'
    )


@lru_cache(maxsize=1)
def _register(folder: str) -> None:
    import vl_convert

    vl_convert.register_font_directory(folder)


def _labels(names: Iterable[str]) -> dict[str, str]:
    """Cut long names for the axis; two that would then be alike keep a number, so that their bars stay apart."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        short = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1].rstrip()}…"
        found[name] = f"{short} ({len(found) + 1})" if short in found.values() else short
    return found


def _wide(series: Sequence[str]) -> bool:
    return sum(map(len, series)) > 60
