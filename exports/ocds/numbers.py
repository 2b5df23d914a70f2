"""JSON with exact numbers: money and percentages are written as the decimals they are, never by way of a float."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exports.codec.plain_types import UnwritableError
from lots.money import Money
from lots.thresholds import VatBasis
from scoring.figures import exact, plain, terminates


def to_json(value: object) -> bytes:
    """Write a release or package as UTF-8 JSON, keys in the order given; UnwritableError for what JSON cannot hold."""
    return ("".join(_written(value, "\n")) + "\n").encode("utf-8", "strict")


def number(value: Decimal | Fraction | int) -> int | Decimal:
    """Return an exact number for JSON: an integer where it is whole, else a Decimal whose digits end."""
    amount = Fraction(value)
    if amount.denominator == 1:
        return amount.numerator
    if not terminates(amount):
        raise UnwritableError(f"{amount} has no last decimal: it cannot be written exactly")
    return Decimal(plain(amount))


def money(amount: Money, vat: VatBasis) -> dict[str, Any]:
    """Write an amount as an OCDS value; with VAT in it, it is the gross amount of the UK extension."""
    name = "amount" if vat is VatBasis.EXCLUSIVE else "amountGross"
    return {name: number(Fraction(amount.pence, 100)), "currency": "GBP"}


def _written(value: object, line: str) -> Iterator[str]:
    inner = f"{line} "
    match value:
        case bool() | None | str() | int():
            yield json.dumps(value, ensure_ascii=False)
        case Decimal():
            yield _digits(value)
        case Mapping() if value:
            for at, (key, item) in enumerate(value.items()):
                yield f"{',' if at else '{'}{inner}{json.dumps(key, ensure_ascii=False)}: "
                yield from _written(item, inner)
            yield f"{line}}}"
        case list() | tuple() if value:
            yield from _listed(value, line)
        case Mapping():
            yield "{}"
        case list() | tuple():
            yield "[]"
        case _:
            raise UnwritableError(f"{value!r} cannot be written as exact JSON")


def _listed(items: Sequence[object], line: str) -> Iterator[str]:
    inner = f"{line} "
    for at, item in enumerate(items):
        yield f"{',' if at else '['}{inner}"
        yield from _written(item, inner)
    yield f"{line}]"


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        raise UnwritableError(f"{value} is no number that JSON can hold")
    text = f"{value:f}"
    exact(text)
    return text
