"""A price formula's curve as a bare SVG element: attributes only, no style, no script, a title and a description.

It stands on a page that allows neither inline styles nor scripts, and in a printed document. Text takes the page's own
font and colour (``currentColor``); the same points give the same bytes. Only the places of points are rounded here.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exports.reports.charts import SLATE, TEAL
from lots.money import Money
from scoring.figures import Rounding
from scoring.gallery.curves import Point

WIDTH, HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 40  # room for the words on the axes
_PLACE = Rounding(1)
_TICKS = 4


@dataclass(frozen=True)
class _Scale:
    """Turns figures into places along an axis."""

    least: Fraction
    most: Fraction
    start: int
    end: int

    def at(self, figure: Fraction) -> str:
        """Return the place of a figure (the middle where the axis has no length)."""
        whole = self.most - self.least
        share = (figure - self.least) / whole if whole else Fraction(1, 2)
        return _PLACE.text(self.start + share * (self.end - self.start)).removesuffix(".0")

    def ticks(self) -> list[Fraction]:
        """Return evenly spaced figures from end to end."""
        if self.least == self.most:
            return [self.least]
        return [self.least + (self.most - self.least) * at / _TICKS for at in range(_TICKS + 1)]


def curve_svg(
    points: Sequence[Point], *, name: str, title: str, description: str, axis: str, most: Fraction | None = None
) -> str:
    """Draw points in the order of their prices; ``name`` must differ between curves on one page.

    With ``most`` (a price weight, say) the axis runs from nought to it, so that a flat curve looks flat. A single point
    is drawn as a dot. No points give an empty picture that still says what it would show.
    """
    across, up = _scales(points, most)
    label = f'role="img" aria-labelledby="{_safe(name)}-title {_safe(name)}-desc"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-size="12" fill="currentColor" {label}>',
        f'<title id="{_safe(name)}-title">{html.escape(title)}</title>',
        f'<desc id="{_safe(name)}-desc">{html.escape(description)}</desc>',
        *(_axes(across, up, axis) if points else ()),
        *_line(points, across, up),
        "</svg>",
    ]
    return "".join(parts)


def _safe(name: str) -> str:
    return html.escape(name.replace(" ", "-"))


def _scales(points: Sequence[Point], most: Fraction | None) -> tuple[_Scale, _Scale]:
    """Fit both axes to the points, and to nought and ``most`` where it is given."""
    prices = [point.price for point in points] or [Fraction(0)]
    figures = [point.figure for point in points] or [Fraction(0)]
    figures += [Fraction(0), most] if most is not None else []
    return (
        _Scale(min(prices), max(prices), _LEFT, WIDTH - _RIGHT),
        _Scale(min(figures), max(figures), HEIGHT - _BOTTOM, _TOP),
    )


def _axes(across: _Scale, up: _Scale, axis: str) -> Iterator[str]:
    floor = HEIGHT - _BOTTOM
    for figure in up.ticks():
        at = up.at(figure)
        yield f'<path d="M{_LEFT} {at}H{WIDTH - _RIGHT}" stroke="{SLATE}" stroke-width="0.5" fill="none"/>'
        yield f'<text x="{_LEFT - 6}" y="{at}" dy="4" text-anchor="end">{figure_words(figure, up.most)}</text>'
    for price in across.ticks():
        anchor = "middle"
        if across.least != across.most and price in (across.least, across.most):
            anchor = "start" if price == across.least else "end"
        yield f'<text x="{across.at(price)}" y="{floor + 16}" text-anchor="{anchor}">{price_words(price)}</text>'
    yield f'<text x="{_LEFT}" y="{HEIGHT - 6}">Price of the bid across; up: {html.escape(axis)}</text>'


def _line(points: Sequence[Point], across: _Scale, up: _Scale) -> Iterator[str]:
    if len(points) == 1:
        at = f'cx="{across.at(points[0].price)}" cy="{up.at(points[0].figure)}"'
        yield f'<circle {at} r="4" fill="{TEAL}"/>'
    elif points:
        path = "L".join(f"{across.at(point.price)} {up.at(point.figure)}" for point in points)
        yield f'<path d="M{path}" stroke="{TEAL}" stroke-width="2.5" fill="none" stroke-linejoin="round"/>'


def figure_words(figure: Fraction, most: Fraction) -> str:
    """Write a figure on the axis with as few decimals as tell the ticks apart."""
    top = abs(most)
    if top >= 1000:
        return f"{int(Rounding(0).value(figure)):,}"
    text = Rounding(1 if top >= 10 else 2 if top >= 1 else 8 if top < Fraction(1, 1000) else 4).text(figure)
    return text.rstrip("0").rstrip(".") if "." in text else text


def price_words(price: Fraction) -> str:
    """Write a price on the axis: thousands as ``£740k``, millions as ``£5.17m``."""
    if price >= 1_000_000:
        return f"£{Rounding(2).text(price / 1_000_000)}m"
    if price >= 10_000:
        return f"£{Rounding(0).text(price / 1000)}k"
    return str(Money(int(Rounding(0).value(price)) * 100))
