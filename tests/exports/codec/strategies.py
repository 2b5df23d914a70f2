"""Any value of any type that a record may hold, made from the type alone."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from exports.codec.plain_types import choices_of
from exports.codec.strict_json import LARGEST_INTEGER
from lots.money import Money

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t\r")
)
NUMBERS = st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False, places=4)
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    bool: st.booleans(),
    Money: st.integers(-(10**17) + 1, 10**17 - 1).map(Money),
    Decimal: NUMBERS,
    Fraction: NUMBERS.map(Fraction),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


@cache
def strategy(hint: Any) -> st.SearchStrategy[Any]:
    """Make any value of a type a record may hold, from the type alone."""
    if hint in PLAIN:
        return PLAIN[hint]
    if choices_of(hint):
        return st.sampled_from(list(choices_of(hint).values()))
    if hint == tuple[tuple[str, str], ...]:
        return st.dictionaries(TEXT, TEXT, max_size=3).map(lambda found: tuple(found.items()))
    if get_origin(hint) is tuple:
        return st.lists(strategy(get_args(hint)[0]), max_size=3).map(tuple)
    if NoneType in get_args(hint):
        return st.none() | strategy(get_args(hint)[0])
    return st.deferred(lambda: record(hint))


def record(cls: type) -> st.SearchStrategy[Any]:
    """Make any record; one that holds itself is cut short."""
    hints = get_type_hints(cls)
    return st.builds(
        cls, **{f.name: st.just(()) if f.name == "parts" else strategy(hints[f.name]) for f in fields(cls)}
    )
