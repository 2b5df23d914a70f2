"""Exact numbers in and out of text: reading decimals, writing fractions, rounding as published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Literal

from lots.errors import ProcurementError

RoundingMode = Literal["half_up", "half_even", "down"]
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
SIGNIFICANT_DIGITS = 28


class NumberError(ProcurementError):
    """A text that is not a plain decimal number."""


def exact(text: str) -> Fraction:
    """Read a plain decimal such as ``12``, ``-0.5`` or ``40.00``; exponents, ``NaN`` and other digits are refused."""
    if _NUMBER.fullmatch(text) is None:
        raise NumberError(f"“{text[:40]}” is not a plain number: write it like 12 or 0.5")
    return Fraction(text)


def terminates(value: Fraction) -> bool:
    """Say whether the decimal expansion of ``value`` ends."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def plain(value: Fraction | int) -> str:
    """Write a number in full if its decimals end, else to 28 significant digits; never with an exponent."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    if terminates(value):
        places = 0
        while (value * 10**places).denominator != 1:
            places += 1
        digits = str(abs((value * 10**places).numerator)).rjust(places + 1, "0")
        return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    context = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_EVEN)
    return f"{context.divide(Decimal(value.numerator), Decimal(value.denominator)):f}"


@dataclass(frozen=True)
class Rounding:
    """The published rounding rule: how many places are printed, and which way a half goes."""

    places: int = 2
    mode: RoundingMode = "half_up"

    def value(self, number: Fraction) -> Fraction:
        """Return ``number`` as published: rounded once, exactly, to ``places``."""
        scaled = number * 10**self.places
        floor = scaled.numerator // scaled.denominator
        rest = scaled - floor
        if self.mode == "down":
            whole = floor if scaled >= 0 or rest == 0 else floor + 1
        elif rest == Fraction(1, 2):
            even = floor if floor % 2 == 0 else floor + 1
            away = floor + 1 if scaled >= 0 else floor
            whole = even if self.mode == "half_even" else away
        else:
            whole = floor + (rest > Fraction(1, 2))
        return Fraction(whole, 10**self.places)

    def text(self, number: Fraction) -> str:
        """Write ``number`` with exactly ``places`` decimals, as it is printed in a letter."""
        whole = self.value(number) * 10**self.places
        digits = str(abs(whole.numerator)).rjust(self.places + 1, "0")
        sign = "-" if whole < 0 else ""
        return f"{sign}{digits[: -self.places]}.{digits[-self.places :]}" if self.places else f"{sign}{digits}"

    def words(self) -> str:
        """Say the rule in a sentence fit for the tender documents."""
        way = {
            "half_up": "a half going up",
            "half_even": "a half going to the even digit",
            "down": "the rest cut off",
        }
        return f"rounded once, at the end, to {self.places} decimal places, {way[self.mode]}"
