"""Fields that read strictly: one way to write each value, a sentence for everything else, and the typed text kept.

``required`` is the sentence for a field left empty; without it the field may be, and its data is None (texts: empty).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from wtforms import Field
from wtforms.validators import StopValidation

from lots.calendar import checked_day, deadline, london
from lots.errors import ProcurementError
from lots.money import Money
from workbench.forms.choices import ChoiceField, PickField, TickField, TicksField, choices_of
from workbench.forms.texts import clean
from workbench.forms.widgets import DayInput, InstantInput, TextAreaInput, TextInput

_SHOWN = 40  # characters of what was typed that a sentence repeats
_DAY = re.compile(r"[0-9]{1,2}", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_MOST_PLACES = 9


class StrictField(Field):
    """A field of one text, read by :meth:`read`; what was typed shows again whatever came of it."""

    widget: Any = TextInput()
    most_typed: ClassVar[int] = 200
    """Characters above which a text is refused unread."""

    def __init__(self, label: str = "", *, required: str = "", description: str = "", **options: Any) -> None:
        self.required = required
        super().__init__(label, description=description, **options)

    def read(self, text: str) -> Any:
        """Turn a text (not empty) into a value; a ProcurementError says how to write it."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """Write a value as it would be typed."""
        return str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; the data is None until it can be read."""
        self.data = None
        if not valuelist:
            return
        text = valuelist[0]
        if len(text) > self.most_typed:
            raise ValueError(f"This is too long: it has {len(text):,} characters and the most is {self.most_typed:,}")
        if text.strip():
            self.data = self._readable(text)

    def _readable(self, text: str) -> Any:
        try:
            return self.read(text)
        except ProcurementError as error:
            raise ValueError(str(error)) from None

    def pre_validate(self, form: Any) -> None:
        """Ask for a required value, unless something was typed that has an error of its own."""
        if self.required and not self.process_errors and self._is_empty():
            raise StopValidation(self.required)

    def _is_empty(self) -> bool:
        return self.data is None or self.data == ""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)


class TextField(StrictField):
    """A text on one line."""

    def __init__(self, label: str = "", *, most: int = 200, **options: Any) -> None:
        self.most = most
        super().__init__(label, **options)

    most_typed = 20_000
    lines: ClassVar[bool] = False

    def read(self, text: str) -> str:
        """Return the text composed and trimmed."""
        return clean(text, most=self.most, lines=self.lines)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the text; an empty one is empty and not None."""
        super().process_formdata(valuelist)
        if self.data is None and valuelist and not valuelist[0].strip():
            self.data = ""


class LongTextField(TextField):
    """A text of several lines."""

    widget: Any = TextAreaInput()
    most_typed = 200_000
    lines = True

    def __init__(self, label: str = "", *, most: int = 5000, **options: Any) -> None:
        super().__init__(label, most=most, **options)


class MoneyField(StrictField):
    """An amount in pounds, as :meth:`lots.money.Money.parse` reads it; data is :class:`~lots.money.Money`."""

    widget: Any = TextInput(prefix="£", width=10)

    def __init__(
        self, label: str = "", *, least: Money | None = None, most: Money | None = None, allow_negative: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        self.least, self.most, self.allow_negative = least, most, allow_negative
        super().__init__(label, **options)

    def read(self, text: str) -> Money:
        """Return the amount."""
        amount = Money.parse(text, allow_negative=self.allow_negative)
        _within(amount, self.least, self.most, str)
        return amount

    def write(self, value: Money) -> str:
        """Write the amount without its sign for pounds, which stands beside the box."""
        pounds, pence = value.plain().rsplit(".", 1)
        grouped = f"{int(pounds):,}" if pounds not in {"-0"} else pounds
        return grouped if pence == "00" else f"{grouped}.{pence}"


class NumberField(StrictField):
    """A plain decimal such as ``12`` or ``0.5``; data is Decimal, with the places that were typed."""

    widget: Any = TextInput(width=5)

    def __init__(
        self, label: str = "", *, least: Decimal | int | None = None, most: Decimal | int | None = None,
        places: int = 2, **options: Any,
    ) -> None:  # fmt: skip
        if places > _MOST_PLACES:
            raise ValueError(f"{places} decimals are more than a field takes")
        self.least, self.most, self.places = least, most, places
        super().__init__(label, **options)

    def read(self, text: str) -> Decimal:
        """Return the number, exactly as typed."""
        typed = text.strip()
        decimals = rf"(?:\.[0-9]{{1,{self.places}}})?" if self.places else ""
        if re.fullmatch(rf"-?[0-9]{{1,12}}{decimals}", typed, re.ASCII) is None:
            how = f"with at most {self.places} decimals, like 12 or 0.5" if self.places else "like 12"
            raise FieldError(f"“{typed[:_SHOWN]}” is not a number that this takes: write it {how}")
        number = Decimal(typed)
        number = number or number.copy_abs()  # "-0" is nought
        _within(number, self.least, self.most, str)
        return number

    def write(self, value: Decimal) -> str:
        """Write the number without an exponent."""
        return f"{value:f}"


class PercentField(NumberField):
    """A percentage from 0 to 100, with or without its sign; data is Decimal."""

    widget: Any = TextInput(suffix="%", width=5)

    def __init__(self, label: str = "", **options: Any) -> None:
        options.setdefault("least", 0)
        options.setdefault("most", 100)
        super().__init__(label, **options)

    def read(self, text: str) -> Decimal:
        """Return the percentage."""
        return super().read(text.strip().removesuffix("%").rstrip())


class WholeField(StrictField):
    """A whole number; data is int."""

    widget: Any = TextInput(width=5)

    def __init__(self, label: str = "", *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(label, **options)

    def read(self, text: str) -> int:
        """Return the number."""
        typed = text.strip()
        if _WHOLE.fullmatch(typed) is None:
            raise FieldError(f"“{typed[:_SHOWN]}” is not a whole number: write it like 12")
        _within(int(typed), self.least, self.most, str)
        return int(typed)


class FieldError(ProcurementError):
    """A text that a field does not take."""


def _within(value: Any, least: Any, most: Any, say: Callable[[Any], str]) -> None:
    if least is not None and value < least:
        raise FieldError(f"This must be {say(least)} or more")
    if most is not None and value > most:
        raise FieldError(f"This must be {say(most)} or less")


class _PartsField(Field):
    """A value that is typed in several boxes of one name."""

    parts: ClassVar[int]

    def __init__(self, label: str = "", *, required: str = "", description: str = "", **options: Any) -> None:
        self.required = required
        super().__init__(label, description=description, **options)

    @property
    def most_values(self) -> int:
        """Return how often the name may come."""
        return self.parts

    def process(self, formdata: Any, data: Any = ..., extra_filters: Any = None) -> None:
        """Read the boxes; a box that was not sent counts as empty."""
        given = () if data is ... else (data,)
        super().process(formdata, *given, extra_filters=extra_filters)  # type: ignore[misc]
        if self.raw_data is not None:
            self.raw_data = [*self.raw_data, *[""] * self.parts][: self.parts]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; the data is None until it can be read."""
        self.data = None
        typed = [text.strip() for text in [*valuelist, *[""] * self.parts][: self.parts]]
        if any(typed):
            try:
                self.data = self.read(typed)
            except ProcurementError as error:
                raise ValueError(str(error)) from None

    def read(self, typed: Sequence[str]) -> Any:
        """Turn the boxes into a value; a ProcurementError says how to write them."""
        raise NotImplementedError

    def pre_validate(self, form: Any) -> None:
        """Ask for a required value."""
        if self.required and not self.process_errors and self.data is None:
            raise StopValidation(self.required)

    def _value(self) -> str:
        return " ".join(self.shown())

    def shown(self) -> list[str]:
        """Return what stands in each box."""
        if self.raw_data:
            return [str(text) for text in self.raw_data]
        return self.split(self.data) if self.data else [""] * self.parts

    def split(self, value: Any) -> list[str]:
        """Write a value into the boxes."""
        raise NotImplementedError


class DayField(_PartsField):
    """A date as day, month and year; data is date."""

    widget: Any = DayInput()
    parts = 3

    def read(self, typed: Sequence[str]) -> date:
        """Return the date."""
        return day_of(*typed)

    def split(self, value: date) -> list[str]:
        """Write the date into its boxes."""
        return [str(value.day), str(value.month), str(value.year)]


class InstantField(_PartsField):
    """A date and a time on a London clock; data is the aware UTC instant."""

    widget: Any = InstantInput()
    parts = 4

    def read(self, typed: Sequence[str]) -> datetime:
        """Return the instant; times that mislead (midnight, skipped or repeated) are refused."""
        return deadline(day_of(*typed[:3]), _time_of(typed[3]))

    def split(self, value: datetime) -> list[str]:
        """Write the instant into its boxes, as London sees it."""
        wall = london(value)
        return [str(wall.day), str(wall.month), str(wall.year), f"{wall:%H:%M}"]


def day_of(day: str, month: str, year: str) -> date:
    """Read a date from its three boxes; FieldError names the box that is missing or wrong."""
    missing = [name for name, text in (("day", day), ("month", month), ("year", year)) if not text]
    if missing:
        raise FieldError(f"The date must have a {' and a '.join(missing)}")
    if not (_DAY.fullmatch(day) and _DAY.fullmatch(month)):
        raise FieldError("Write day and month in figures, like 27 3")
    if not _YEAR.fullmatch(year):
        raise FieldError("Write the year with four figures, like 2026")
    try:
        return checked_day(date(int(year), int(month), int(day)))
    except ValueError:
        raise FieldError(f"There is no {day}/{month}/{year} in the calendar: check day and month") from None


def _time_of(text: str) -> time:
    found = _TIME.fullmatch(text)
    if not text:
        raise FieldError("The date must have a time, like 12:00")
    if found is None:
        raise FieldError(f"“{text[:_SHOWN]}” is not a time: write it on the 24-hour clock, like 12:00")
    return time(int(found[1]), int(found[2]))


__all__ = [
    "ChoiceField",
    "DayField",
    "FieldError",
    "InstantField",
    "LongTextField",
    "MoneyField",
    "NumberField",
    "PercentField",
    "PickField",
    "TextField",
    "TickField",
    "TicksField",
    "WholeField",
    "choices_of",
    "day_of",
]
