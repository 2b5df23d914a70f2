"""What a price formula is: its published text, its parameters, a tender's choice of one, and how figures are put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lots.errors import Finding, ProcurementError
from scoring.figures import NumberError, exact, plain, terminates


class PriceMethodError(ProcurementError):
    """A price method that cannot be used as written: unknown, incomplete, or a parameter out of its range."""


class PriceUndefined(ProcurementError):  # noqa: N818 - the name it is known by
    """A bid whose price or quality the published formula cannot judge; ``bid`` names the first such bid."""

    def __init__(self, bid: str, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message, findings)
        self.bid = bid


@dataclass(frozen=True)
class ParameterInfo:
    """What is published with a formula; a ``default`` of None means that the tender must say it.

    ``takes`` says in words which numbers ``fits`` lets through; a parameter with ``choices`` is one of them.
    """

    name: str
    meaning: str
    takes: str
    fits: Callable[[Fraction], bool] = lambda _: True
    default: str | None = None
    choices: tuple[str, ...] = ()

    def accepts(self, text: str) -> bool:
        """Say whether ``text`` is one of the choices, or a plain decimal in the range."""
        if self.choices:
            return text in self.choices
        try:
            return self.fits(exact(text))
        except NumberError:
            return False


@dataclass(frozen=True)
class FormulaInfo:
    """A formula as tender documents explain it: ``letters`` the bare formula, ``rest`` what they mean.

    ``best`` says which figure ranks first, ``depends_on_rivals`` whether another bid can change a bid's own.
    """

    id: str
    title: str
    kind: Literal["marks", "method"]
    letters: str
    rest: str
    depends_on_rivals: bool
    best: Literal["highest", "lowest", "none"]
    known_weakness: str
    source: str
    parameters: tuple[ParameterInfo, ...] = ()

    @property
    def formula_text(self) -> str:
        """Return the formula in full, ready to print in an invitation to tender."""
        return f"{'Price mark' if self.kind == 'marks' else 'Figure'} = {self.letters}{self.rest}"


@dataclass(frozen=True)
class PriceMethod:
    """The published choice: a formula's identifier and its parameters, as text, exactly as typed."""

    formula: str
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str, default: str = "") -> str:
        """Return the text published for ``name``, or ``default`` where the tender is silent."""
        return dict(self.parameters).get(name, default)


ABOVE_NOUGHT: Callable[[Fraction], bool] = Fraction(0).__lt__


def refuse_bids(why: Mapping[str, str]) -> None:
    """Raise PriceUndefined naming each bid in ``why`` (name -> reason); does nothing when it is empty."""
    found = tuple(Finding("price_undefined", f"{bid}: {reason}", bid) for bid, reason in why.items())
    if found:
        more = f" ({len(found) - 1} more bids likewise)" if len(found) > 1 else ""
        raise PriceUndefined(next(iter(why)), f"{found[0].message}{more}", found)


def put_in(letters: str, figures: Mapping[str, Fraction]) -> str:
    """Write a formula with exact figures for its letters; decimals that never end are written a ÷ b."""

    def figure(found: re.Match[str]) -> str:
        if (value := figures.get(found[0])) is None:
            return found[0]
        text = plain(value) if terminates(value) else f"{value.numerator} ÷ {value.denominator}"
        return text if text.isdigit() or (value > 0 and terminates(value)) else f"({text})"

    return re.sub(r"\w+", figure, letters)
