"""GOV.UK widgets with the small things that the library leaves out: prefixes, widths, a time beside a date."""

from __future__ import annotations

from typing import Any, ClassVar

from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)

_BOXES = (("Day", "day", "2"), ("Month", "month", "2"), ("Year", "year", "4"))
_TIME_BOX = ("Time", "time", "5")


def _merged(params: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {**params, **{name: value for name, value in more.items() if name not in params}}


def _without_empty_hint(params: dict[str, Any]) -> dict[str, Any]:
    hint = params.get("hint")
    if hint is not None and not hint.get("text") and not hint.get("html"):
        params.pop("hint")
    return params


class TextInput(GovTextInput):
    """A line to type in, as wide as what belongs there, with what stands before and after it."""

    def __init__(self, *, prefix: str = "", suffix: str = "", width: int = 0) -> None:
        super().__init__()
        self.more: dict[str, Any] = {"spellcheck": False} if prefix or suffix or width else {}
        if prefix:
            self.more["prefix"] = {"text": prefix}
        if suffix:
            self.more["suffix"] = {"text": suffix}
        if width:
            self.more["classes"] = f"govuk-input--width-{width}"
            self.more["inputmode"] = "decimal"

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the field is made with, unless the template says otherwise."""
        return _merged(super().map_gov_params(field, **kwargs), self.more)


class TextAreaInput(GovTextArea):
    """Several lines to type in."""


class CountedText(GovCharacterCount):
    """Several lines with their words counted; the template says the limit (``maxwords``)."""


class DayInput(GovDateInput):
    """Day, month and year in three boxes."""

    boxes: ClassVar[tuple[tuple[str, str, str], ...]] = _BOXES

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Fill the boxes with what was typed, or with the value."""
        given = dict(kwargs.get("params") or {})
        given["items"] = [
            self._box(field, words, part, width, text)
            for (words, part, width), text in zip(self.boxes, field.shown(), strict=True)
        ]
        kwargs["params"] = given
        kept, field.raw_data = field.raw_data, ["", "", ""]  # the library reads exactly three
        try:
            params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        finally:
            field.raw_data = kept
        return params

    def _box(self, field: Any, words: str, part: str, width: str, text: str) -> dict[str, Any]:
        error = " govuk-input--error" if field.errors else ""
        box = {
            "label": words,
            "id": f"{field.id}-{part}",
            "name": field.name,
            "classes": f"govuk-input--width-{width}{error}",
            "value": text,
        }
        return box if part != "time" else {**box, "inputmode": "text"}


class InstantInput(DayInput):
    """Day, month, year and the time on a London clock."""

    boxes = (*_BOXES, _TIME_BOX)


class RadioInput(GovRadioInput):
    """Answers of which one counts."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Leave out a hint that says nothing."""
        return _without_empty_hint(super().map_gov_params(field, **kwargs))


class CheckboxesInput(GovCheckboxesInput):
    """Answers of which any count."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Leave out a hint that says nothing."""
        return _without_empty_hint(super().map_gov_params(field, **kwargs))


class CheckboxInput(GovCheckboxInput):
    """One box to tick."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Leave out a hint that says nothing."""
        return _without_empty_hint(super().map_gov_params(field, **kwargs))


class SelectInput(GovSelect):
    """A list to pick from."""
