"""The form of a page of the decision paper: filled from what is saved, and read back into fields of the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from lots.lot import Lot
from lots.regime import Regime
from workbench.forms.base import PageForm
from workbench.queries.awards.paper import PaperPart


@dataclass(frozen=True)
class Writing:
    """What a page of the paper needs to know: the law, the lots, who writes, today, and what is saved on the page.

    ``criteria`` are the award criteria as (id, title), ``signatories`` those who sign as (name, title).
    """

    regime: Regime
    lots: tuple[Lot, ...]
    criteria: tuple[tuple[str, str], ...]
    signatories: tuple[tuple[str, str], ...]
    who: str
    today: date
    part: PaperPart


class PaperForm(PageForm):
    """A page of the paper. ``data_of`` says what its fields show, ``content`` what they mean, as plain JSON values."""

    @classmethod
    def open(cls, writing: Writing, draft: Mapping[str, Any] | None = None) -> Self:
        """Show what is saved, or what was typed and cannot be read yet, or a draft of what was never saved."""
        part = writing.part
        if part.typed:
            return cls.from_typed(part.typed, version=part.version or None, writing=writing)
        content = part.content if part.content is not None else draft or {}
        return cls(None, version=part.version or None, data=cls.data_of(content, writing), writing=writing)

    def __init__(self, formdata: Any = ..., *, writing: Writing, **values: Any) -> None:
        super().__init__(formdata, **values)
        self.prepare(writing)

    @classmethod
    def data_of(cls, content: Mapping[str, Any], writing: Writing) -> Mapping[str, Any]:
        """Lay the content out as the data of the fields."""
        return content

    def prepare(self, writing: Writing) -> None:
        """Set choices that depend on the tender, and take out what its law does not ask for."""

    def content(self, writing: Writing) -> dict[str, Any]:
        """Return what the fields say, in the shape of the decision."""
        return {name: field.data for name, field in self._fields.items() if field.data and not name.endswith("_field")}


def day(text: str | None) -> date | None:
    """Read a day as it is kept."""
    return date.fromisoformat(text) if text else None
