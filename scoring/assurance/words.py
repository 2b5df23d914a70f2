"""Small pieces of the assurance in words: tables of texts, and figures as people read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from lots.money import Money
from scoring.figures import Rounding

_FIGURE = re.compile(r"(?:(?:over|under) )?[±−+£]*[0-9][0-9,.]*(?: %)?|less than 0\.01|")
_TWO, _ONE, _WHOLE = Rounding(2), Rounding(1), Rounding(0)


@dataclass(frozen=True)
class Table:
    """A table of texts: a caption, the heads of its columns, and rows whose first cell names the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Say for each column whether all of its cells are figures, which stand at the right."""
        return tuple(all(_FIGURE.fullmatch(row[at]) for row in self.rows) for at in range(len(self.columns)))


def marks(figure: Fraction) -> str:
    """Write marks to two places; what is not quite nothing is not written as nothing."""
    text = _TWO.text(figure)
    return "less than 0.01" if figure > 0 and text == "0.00" else text


def counted_marks(figure: Fraction) -> str:
    """Write marks with their unit."""
    text = marks(figure)
    return f"{text} {'mark' if text == '1.00' else 'marks'}"


def weight(figure: Fraction | float) -> str:
    """Write a weight of 100 to one place, without a nought at the end."""
    return _ONE.text(Fraction(figure)).removesuffix(".0")


def down(figure: Fraction, places: int = 1) -> str:
    """Write a guaranteed figure cut off, never rounded up, so that it holds as printed."""
    return Rounding(places, "down").text(figure)


def percent(share: Fraction | float) -> str:
    """Write a share of 1 as a percentage to one place; almost all is not written as all, nor almost nothing as none."""
    exact = Fraction(share) * 100
    text = _ONE.text(exact)
    if text == "100.0" and exact < 100:
        return "over 99.9 %"
    if text == "0.0" and exact > 0:
        return "under 0.1 %"
    return f"{text.removesuffix('.0')} %"


def points(error: float) -> str:
    """Write an error of a share in percentage points, rounded up."""
    return f"{_ONE.text(Fraction(error) * 100 + Fraction(1, 20))} percentage points"


def change(figure: Fraction) -> str:
    """Write a change of weight with its sign and unit."""
    return f"{'+' if figure > 0 else '−'}{marks(abs(figure))} points"


def pounds(figure: Fraction) -> str:
    """Write a price in whole pounds, or with pence where there are any."""
    return str(Money(int(_WHOLE.value(figure * 100))))
