"""Fields with answers to choose from: an answer that is not offered is refused, however it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import choices as made
from wtforms.validators import StopValidation

from workbench.forms.widgets import CheckboxesInput, CheckboxInput, RadioInput, SelectInput

NOT_OFFERED = "Choose one of the answers that are offered"


def choices_of(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """Turn (value, label) pairs into what WTForms takes."""
    offer: Any = vars(made)["SelectChoice"]  # newer than what its types know
    return [offer(value, label) for value, label in pairs]


def _values(choices: Any) -> list[str]:
    return [choice.value for choice in choices or ()]


class ChoiceField(RadioField):
    """One of a few answers, as radio buttons; data is the value, empty where none was chosen."""

    widget: Any = RadioInput()

    def __init__(
        self, label: str = "", *, choices: Iterable[tuple[str, str]] = (), required: str = "", **options: Any
    ) -> None:
        self.required = required
        options.setdefault("coerce", _choice)
        super().__init__(label, choices=choices_of(choices), validate_choice=False, **options)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Say which answers there are, where they are known only now."""
        self.choices = choices_of(choices)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the answer as it is."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Refuse an answer that is not offered, and none where one is required."""
        offered = _values(self.choices)
        if self.data and self.data not in offered:
            raise StopValidation(NOT_OFFERED)
        if self.required and not self.data:
            raise StopValidation(self.required)


class PickField(ChoiceField):
    """One of many answers, as a list to pick from."""

    widget: Any = SelectInput()
    option_widget = SelectField.option_widget


class TicksField(SelectMultipleField):
    """Any of several answers, as boxes to tick; data is the list of values in the order offered."""

    widget: Any = CheckboxesInput()
    most_values: ClassVar[int | None] = None

    def __init__(
        self, label: str = "", *, choices: Iterable[tuple[str, str]] = (), required: str = "", **options: Any
    ) -> None:
        self.required = required
        options.setdefault("coerce", _choice)
        super().__init__(label, choices=choices_of(choices), validate_choice=False, **options)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Say which answers there are, where they are known only now."""
        self.choices = choices_of(choices)

    def pre_validate(self, form: Any) -> None:
        """Refuse answers that are not offered, and none where one is required."""
        offered = _values(self.choices)
        if set(self.data or ()) - set(offered):
            raise StopValidation(NOT_OFFERED)
        self.data = [value for value in offered if value in set(self.data or ())]
        if self.required and not self.data:
            raise StopValidation(self.required)


class TickField(BooleanField):
    """One box to tick; data is bool."""

    widget: Any = CheckboxInput()

    def __init__(self, label: str = "", *, required: str = "", **options: Any) -> None:
        self.required = required
        super().__init__(label, **options)

    def pre_validate(self, form: Any) -> None:
        """Ask for the tick where it is required."""
        if self.required and not self.data:
            raise StopValidation(self.required)


def _choice(value: object) -> str:
    return "" if value is None else str(value)
