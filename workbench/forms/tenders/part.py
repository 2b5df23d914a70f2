"""The form of one part of a tender: filled from what is saved, and read back into the shape of the tender file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Self

from exports.codec import record
from exports.codec.strict_json import BAD, Report
from workbench.forms.base import PageForm
from workbench.parts import Part
from workbench.queries.tenders import Draft


class PartForm(PageForm):
    """A part's page: ``data_of`` says what its fields show, ``value`` what they mean.

    ``holds`` is the class of the value in the tender file; a part that is no single value overrides ``data_of``.
    A form that needs the rest of the draft (the lots there are, say) sets its choices in ``prepare``, which runs before
    anything is checked.
    """

    holds: ClassVar[type | None] = None

    @classmethod
    def open(cls, draft: Draft, part: Part) -> Self:
        """Show what is saved, or, where something typed could not be read, that, with what is wrong with it."""
        if part.unfinished:
            return cls.from_typed(part.typed, version=part.version or None, draft=draft, part=part)
        return cls(None, version=part.version or None, data=cls.data_of(part.content, draft), draft=draft, part=part)

    def __init__(self, formdata: Any = ..., *, draft: Draft, part: Part, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.prepare(draft, part)

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Turn a part's content (None for a new part) into the data of the fields."""
        if content is None or cls.holds is None:
            return content or {}
        whole: Any = record.read(cls.holds, fresh(content), Report())
        return readable(cls.holds, content) if whole is None else data(whole)

    def prepare(self, draft: Draft, part: Part) -> None:
        """Set choices and hints that depend on the rest of the draft; nothing, unless a form needs some."""

    def value(self, draft: Draft, part: Part) -> Any:
        """Build the value the fields describe; a ProcurementError is shown as an error of the whole page."""
        raise NotImplementedError

    def content(self, draft: Draft, part: Part) -> Any:
        """Return the part's content, in the shape of the tender file."""
        return plain(self.value(draft, part))


def saved(cls: type, content: Any) -> Any:
    """Read a part's content back as the value it is; None where there is none."""
    return None if content is None else record.read(cls, fresh(content), Report())


def readable(cls: type, content: Any) -> dict[str, Any]:
    """Lay out the fields of a content that can be read, though the whole cannot: a part begun elsewhere, say."""
    found: dict[str, Any] = {}
    for name, codec in record.record_codec(cls).fields.items():
        if isinstance(content, Mapping) and name in content:
            value = codec.read(fresh(content[name]), None, Report())
            found |= {} if value is BAD else {name: data(value)}
    return found


def fresh(content: Any) -> Any:
    """Copy plain JSON values: reading uses lists up."""
    if isinstance(content, Mapping):
        return {name: fresh(inner) for name, inner in content.items()}
    return [fresh(inner) for inner in content] if isinstance(content, list) else content


def data(value: Any) -> Any:
    """Lay a value out as the data of fields: dataclasses as mappings, tuples as lists, the rest as it is."""
    if is_dataclass(value) and type(value).__module__.split(".")[0] in ("lots", "scoring") and not _single(value):
        return {field.name: data(getattr(value, field.name)) for field in fields(value)}
    return [data(each) for each in value] if isinstance(value, tuple) else value


def _single(value: Any) -> bool:
    """Say whether a dataclass is one figure to a field (money) rather than several."""
    return type(value).__name__ == "Money"


def plain(value: Any) -> Any:
    """Write a value, or a list or mapping of them, as plain JSON values in the shape of the tender file."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items() if each not in (None, "", (), [])}
    return value if value is None or isinstance(value, str | int | bool) else record.write(value)


def slug(title: str) -> str:
    """Make an id of a title: ``Adult victims' service`` becomes ``adult_victims_service``."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower().replace("’", "").replace("'", "")).strip("_")
    return words[:60].rstrip("_") or "part"
