"""Money in whole pence: parsing what people type, exact sums, sharing out to the last penny."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.errors import ProcurementError

_TYPED = re.compile(r"(-?)£?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?", re.ASCII)
_LONGEST = 15  # digits of pounds: far above any budget, and far below what would exhaust a parser


class MoneyError(ProcurementError):
    """A text that is not an amount of money, or an amount that cannot be what it claims."""


@dataclass(frozen=True, order=True)
class Money:
    """An exact amount in pounds sterling, held as whole ``pence`` (negative for a shortfall or a refund)."""

    pence: int

    @classmethod
    def parse(cls, text: str, *, allow_negative: bool = False) -> Money:
        """Read what a person typed: ``£1,234.50``, ``1234.5`` or ``738000``.

        Refused with MoneyError: anything but ASCII digits with at most two decimals and whole groups of three
        (so ``NaN``, ``1e5``, ``１２``, ``1_000``, ``1,23`` and ``0.005``), and negatives unless allowed.
        """
        typed = text.strip()
        match = _TYPED.fullmatch(typed)
        if match is None:
            raise MoneyError(f"“{typed[:40]}” is not an amount in pounds: write it like 1234.50 or £1,234.50")
        sign, pounds, pence = match.groups()
        pounds = pounds.replace(",", "")
        if len(pounds) > _LONGEST:
            raise MoneyError(f"“{typed[:40]}” has more than {_LONGEST} digits: check the amount")
        if sign and not allow_negative:
            raise MoneyError(f"“{typed[:40]}” is negative: the amount must be zero or more")
        amount = int(pounds) * 100 + int((pence or "").ljust(2, "0"))
        return cls(-amount if sign else amount)

    @classmethod
    def pounds(cls, pounds: int) -> Money:
        """Make an amount of whole pounds."""
        return cls(pounds * 100)

    def plain(self) -> str:
        """Write the amount for files: ``1234.50``, ``-0.02``."""
        sign, pence = ("-", -self.pence) if self.pence < 0 else ("", self.pence)
        return f"{sign}{pence // 100}.{pence % 100:02d}"

    def __str__(self) -> str:
        sign, pence = ("−", -self.pence) if self.pence < 0 else ("", self.pence)
        pennies = f".{pence % 100:02d}" if pence % 100 else ""
        return f"{sign}£{pence // 100:,}{pennies}"

    def __add__(self, other: Money) -> Money:
        return Money(self.pence + other.pence)

    def __sub__(self, other: Money) -> Money:
        return Money(self.pence - other.pence)

    def __neg__(self) -> Money:
        return Money(-self.pence)

    def __abs__(self) -> Money:
        return Money(abs(self.pence))

    def __mul__(self, times: int) -> Money:
        return Money(self.pence * times)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.pence != 0

    def share_of(self, whole: Money) -> Fraction:
        """Return this amount as an exact fraction of ``whole``; a whole of nothing is refused."""
        if whole.pence == 0:
            raise MoneyError("A share of £0 has no meaning")
        return Fraction(self.pence, whole.pence)


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """Add amounts; nothing adds up to £0."""
    return Money(sum(amount.pence for amount in amounts))


def percent_of(amount: Money, percent: Fraction, *, round_up: bool = False) -> Money:
    """Return ``percent`` of an amount in whole pence: rounded down (the most a cap allows) or up (a minimum)."""
    exact = amount.pence * Fraction(percent) / 100
    return Money(-(-exact.numerator // exact.denominator) if round_up else exact.numerator // exact.denominator)


def share_out(amount: Money, weights: Sequence[Fraction | int]) -> tuple[Money, ...]:
    """Share ``amount`` in proportion to ``weights`` by largest remainder; the parts add up to the penny.

    Equal remainders go to the earlier part. Negative weights, or weights that are all zero, are refused.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact, Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in exact):
        raise MoneyError("Money can only be shared out by weights that are zero or more and not all zero")
    ideal = [amount.pence * weight / whole for weight in exact]
    parts = [share.numerator // share.denominator for share in ideal]
    left = amount.pence - sum(parts)
    by_remainder = sorted(range(len(ideal)), key=lambda i: (parts[i] - ideal[i], i))
    for i in by_remainder[:left]:
        parts[i] += 1
    return tuple(Money(part) for part in parts)
