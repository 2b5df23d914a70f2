"""The plain types of a record as JSON writes them: money, numbers, dates and times are text.

Each type has a reader (a JSON value, its place and a report in; the value or BAD out) and a writer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args, get_origin

from exports.codec.strict_json import LARGEST_INTEGER, At, Report, Unfit, shown
from lots.errors import ProcurementError
from lots.money import Money
from lots.words import listed
from scoring.figures import exact, plain, terminates

LONGEST_TEXT = 100_000  # characters in one text: a long report fits, a file that only fills memory does not
UNFIT_CHARACTERS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff"
_UNFIT = re.compile(f"[{UNFIT_CHARACTERS}]")

Reader: TypeAlias = Callable[[object, At, Report], Any]
Writer: TypeAlias = Callable[[Any], object]


class UnwritableError(ProcurementError):
    """A value the format cannot hold: a time without a zone, ``NaN``, an amount beyond what is read."""


@dataclass(frozen=True)
class Scalar:
    """How one plain type is written as text: what to ask for, the pattern, from text and to text."""

    code: str
    words: str
    pattern: str
    parse: Callable[[str], object]
    text: Callable[[Any], str]


def kind_of(found: object) -> str:
    """Say in words what a JSON value is, for ``must be …, not …``."""
    match found:
        case None:
            return "null"
        case bool():
            return str(found).lower()
        case Unfit(text=number):
            return f"the number {shown(number)}"
        case int() | float():
            return f"the number {found}"
        case str():
            return f"the text “{shown(found)}”"
        case list():
            return "a list"
        case _:
            return "an object" if isinstance(found, dict) else "something else"


def _money(text: str) -> Money:
    if text != text.strip():
        raise ProcurementError(f"“{shown(text)}” has spaces around it: write it like 1234.50")
    return Money.parse(text, allow_negative=True)


def _decimal(text: str) -> Decimal:
    exact(text)
    return Decimal(text)


def _day_text(day: date) -> str:
    return day.isoformat()


def _moment_text(moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise UnwritableError(f"{moment} has no time zone: times are written in UTC")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _fraction_text(number: Fraction) -> str:
    if not terminates(number):
        raise UnwritableError(f"{number} has no last decimal: it cannot be written exactly")
    return plain(number)


_DAY = "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_NUMBER = r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?"
_AMOUNT = r"-?£?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,2})?"
SCALARS: Mapping[type, Scalar] = MappingProxyType({
    Money: Scalar("bad_money", 'an amount in pounds as text, like "738000.00"', _AMOUNT, _money, Money.plain),
    Decimal: Scalar("bad_number", 'a number as text, like "60" or "12.50"', _NUMBER, _decimal, "{:f}".format),
    Fraction: Scalar("bad_number", 'a number as text, like "60" or "12.50"', _NUMBER, exact, _fraction_text),
    date: Scalar("bad_date", 'a date as text, like "2024-09-27"', _DAY, date.fromisoformat, _day_text),
    datetime: Scalar(
        "bad_time", 'a time in UTC ending in Z, as text, like "2024-09-27T11:00:00Z"',
        _DAY + r"T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}(?:\.[0-9]{1,6})?Z", datetime.fromisoformat, _moment_text,
    ),
})  # fmt: skip


def scalar_reader(scalar: Scalar) -> Reader:
    """Read a plain type from text; a JSON number is told how to be written."""
    matches = re.compile(scalar.pattern, re.ASCII).fullmatch

    def read(found: object, at: At, report: Report) -> object:
        if not isinstance(found, str):
            advice = ": put it in quotation marks" if type(found) in (int, Unfit) else ""
            return report.add("wrong_type", at, lambda: f"must be {scalar.words}, not {kind_of(found)}{advice}")
        text, reason = found, ""
        try:
            value = scalar.parse(text)
            if matches(text):
                return value
        except ProcurementError as refusal:
            reason = str(refusal)
        except ValueError:
            pass  # the words below say what a date or time looks like
        return report.add(scalar.code, at, lambda: reason or f"“{shown(text)}” is not {scalar.words}")

    return read


def scalar_writer(hint: type, scalar: Scalar) -> Writer:
    """Write a plain type as text that its reader takes; UnwritableError where there is none."""
    matches = re.compile(scalar.pattern, re.ASCII).fullmatch

    def write(value: object) -> str:
        if not isinstance(value, hint):
            raise UnwritableError(f"{value!r} is no {hint.__name__}")
        text = scalar.text(value)
        if not matches(text):
            raise UnwritableError(f"“{shown(text)}” is not {scalar.words}")
        return text

    return write


def read_text(found: object, at: At, report: Report) -> object:
    """Read text of at most ``LONGEST_TEXT`` characters that print (tabs and line ends among them)."""
    if not isinstance(found, str):
        return report.add("wrong_type", at, lambda: f"must be text, not {kind_of(found)}")
    text = found
    if len(text) > LONGEST_TEXT:
        message = f"holds {len(text)} characters, which is more than {LONGEST_TEXT}: shorten it or split it up"
        return report.add("text_too_long", at, lambda: message)
    if unfit := _UNFIT.search(text):
        what = f"character {unfit.start() + 1} is U+{ord(unfit[0]):04X}"
        return report.add("unfit_character", at, lambda: f"{what}, which no document can print: take it out")
    return text


def write_text(value: object) -> str:
    """Write text that ``read_text`` takes."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or _UNFIT.search(value):
        raise UnwritableError(f"“{shown(str(value))}” is not text that a file can hold")
    return str(value)


def read_integer(found: object, at: At, report: Report) -> object:
    """Read a whole number below 2^63; nothing that merely looks like one (``5.0``, ``"5"``, ``true``)."""
    if isinstance(found, Unfit) and found.text.lstrip("-").isdigit():
        return report.add(
            "number_too_large",
            at,
            lambda: f"{shown(found.text)} is too large a number to count anything here",
        )
    if type(found) is not int:
        message = f"must be a whole number, without quotation marks or decimals, not {kind_of(found)}"
        return report.add("wrong_type", at, lambda: message)
    return found


def read_boolean(found: object, at: At, report: Report) -> object:
    """Read true or false."""
    if not isinstance(found, bool):
        return report.add("wrong_type", at, lambda: f"must be true or false, not {kind_of(found)}")
    return found


def exactly(hint: type) -> Writer:
    """Write a whole number or a boolean as it is, refusing one for the other."""

    def write(value: object) -> object:
        if type(value) is not hint or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
            raise UnwritableError(f"{value!r} is no {hint.__name__} that a file can hold")
        return value

    return write


def choice_reader(choices: Mapping[str, object]) -> Reader:
    """Read one of the allowed words, into the text itself or the member of an enumeration."""
    allowed = listed(choices, "or")

    def read(found: object, at: At, report: Report) -> object:
        if isinstance(found, str) and found in choices:
            return choices[found]
        return report.add("not_allowed", at, lambda: f"must be {allowed}, not {kind_of(found)}")

    return read


def choice_writer(choices: Mapping[str, object]) -> Writer:
    """Write one of the allowed words."""

    def write(value: object) -> str:
        if value not in choices:
            raise UnwritableError(f"{value!r} is none of {', '.join(choices)}")
        return str(value)

    return write


def choices_of(hint: object) -> Mapping[str, object]:
    """Map the words of a Literal or an enumeration of strings to its values; empty for any other type."""
    if get_origin(hint) is Literal:
        return {word: word for word in get_args(hint)}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}
    return {}


def asked_for(hint: Any) -> str:
    """Say what a field of a type takes, for ``missing: give …``."""
    if hint in SCALARS:
        return SCALARS[hint].words
    if choices := choices_of(hint):
        return f"one of {', '.join(choices)}"
    words = {str: "a text", int: "a whole number", bool: "true or false"}
    return words.get(hint, "a list (it may be empty: [])" if get_origin(hint) is tuple else "an object")
