"""Lists inside a form: the rows there are, and some empty ones below them, so that a page needs no script to grow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField

from workbench.forms.fields import ChoiceField

BLANK_ROWS = 3


class Rows(FieldList):
    """Rows of one small form each; a row left empty is no row, and one that is emptied disappears with the save."""

    def __init__(self, row: type[Form], *, blank: int = BLANK_ROWS, most: int = 600, **options: Any) -> None:
        self.blank = blank
        super().__init__(FormField(row), max_entries=most, **options)

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Fill the rows; a page that is shown anew ends in empty ones."""
        super().process(formdata, *args, **options)
        for _ in range(self.blank if not formdata else 0):
            if not self.max_entries or len(self.entries) < self.max_entries:
                self.append_entry()

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the rows that hold something."""
        self.errors = []
        good = [row.validate(form) for row in self.filled_fields()]
        return all(good)

    def filled_fields(self) -> Iterator[FormField]:
        """Yield the rows that hold something."""
        return (row for row in self.entries if not is_blank(row.form))

    def filled(self) -> list[Any]:
        """Return the forms of the rows that hold something, in their order."""
        return [row.form for row in self.filled_fields()]


def is_blank(row: Form) -> bool:
    """Say whether nothing was typed or ticked in a row; a choice counts only where its field says ``matters``."""
    return not any(_holds(field) for field in row)


def _holds(field: Any) -> bool:
    if isinstance(field, FieldList):
        return any(_holds(entry) for entry in field.entries)
    if isinstance(field, FormField):
        return not is_blank(field.form)
    if isinstance(field, ChoiceField | HiddenField) and not (field.render_kw or {}).get("data-matters"):
        return False
    if field.raw_data:
        return any(str(text).strip() for text in field.raw_data)
    return field.data not in (None, "", False, [], ())
