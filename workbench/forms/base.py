"""The form of a page: exactly its own fields, what was typed kept word for word, and the version it was opened at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from flask import g, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField, HiddenField

from workbench.sending import OWN_FIELDS, WRITES, UnknownFields, new_key

MOST_VALUES = 1
_VERSIONS = range(1, 2**31)


class CheckedBefore(_FlaskFormCSRF):
    """The token in every form; it was checked before the view began."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Leave the check to the unit of work."""


class FreshKey(HiddenField):
    """The key of one sending: a new one whenever the form is shown, even when it is shown again."""

    def _value(self) -> str:
        return new_key()


class PageForm(FlaskForm):
    """A form of a page, with GOV.UK widgets.

    Made from the request of a write it is strict: a field it does not have, or one too many of a field, is refused.
    """

    class Meta(FlaskForm.Meta):
        csrf_class = CheckedBefore

    key_field = FreshKey(name="_key")
    version_field = HiddenField(name="_version")

    def __init__(self, formdata: Any = ..., *, version: int | None = None, **values: Any) -> None:
        sent = request.method in WRITES if formdata is ... else False
        options = {} if formdata is ... else {"formdata": formdata}
        super().__init__(**options, **values)
        if version is not None and not sent:
            self.version_field.data = str(version)
        if sent:
            self._check_fields()
            g.fields_checked = True

    @property
    def version(self) -> int | None:
        """Return the version the page was opened at; None where it says none."""
        text = (self.version_field.data or "").strip()
        known = text.isascii() and text.isdigit() and len(text) < 11 and int(text) in _VERSIONS
        return int(text) if known else None

    def hold(self, version: int) -> None:
        """Say the version anew, for a form that is shown again after a save."""
        self.version_field.data = str(version)
        self.version_field.raw_data = [str(version)]

    def typed(self) -> dict[str, list[str]]:
        """Return what was typed, by field name and word for word: what :meth:`from_typed` reads."""
        names = {name for name, _ in self.names()} - OWN_FIELDS
        return {name: request.form.getlist(name) for name in request.form if name in names}

    @classmethod
    def from_typed(cls, typed: Mapping[str, Sequence[str]], *, version: int | None = None, **values: Any) -> Self:
        """Make the form again from what was typed earlier, with its errors."""
        held = MultiDict([(name, text) for name, texts in typed.items() for text in texts])
        form = cls(held, version=version, **values)
        form.validate()
        if version is not None:
            form.hold(version)
        return form

    def names(self) -> Iterator[tuple[str, int | None]]:
        """Yield the name of each control that may be sent, and how often it may come (None: as often as there are)."""
        for field in self:
            yield from _controls(field)

    def _check_fields(self) -> None:
        allowed = dict(self.names()) | dict.fromkeys(OWN_FIELDS, 1)
        sent = {name: len(held.getlist(name)) for held in (request.form, request.files) for name in held}
        wrong = [name for name, times in sent.items() if not _fits(times, allowed.get(name, 0))]
        if wrong:
            raise UnknownFields(wrong)


def _fits(times: int, most: int | None) -> bool:
    return most is None or times <= most


def _controls(field: Field) -> Iterator[tuple[str, int | None]]:
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _controls(inner)
    elif isinstance(field, FieldList):
        for entry in field.entries:
            yield from _controls(entry)
    else:
        yield str(field.name), getattr(field, "most_values", MOST_VALUES)
