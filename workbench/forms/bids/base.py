"""The form of one part of a bid: filled from what the draft holds, and read back into the shape of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Self

from lots.lot import Lot
from workbench.forms.base import PageForm
from workbench.queries.bids.drafts import BidDraft

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)


class BidForm(PageForm):
    """A page of a bid; ``lot`` is the id of its lot, empty for what holds for every lot.

    A form that needs the rules or the rest of the draft sets its choices in ``prepare``, which runs before anything is
    checked.
    """

    def __init__(self, formdata: Any = ..., *, draft: BidDraft, lot: str = "", **values: Any) -> None:
        self.draft, self.lot_id = draft, lot
        super().__init__(formdata, **values)
        self.prepare()

    @classmethod
    def open(cls, draft: BidDraft, name: str, lot: str) -> Self:
        """Show what is saved, or, where something typed could not be read, that, with what is wrong with it."""
        piece = draft.workspace.part(name, lot)
        if piece.unfinished:
            return cls.from_typed(piece.typed, version=piece.version, draft=draft, lot=lot)
        return cls(None, version=piece.version or None, data=cls.data_of(piece.content or {}), draft=draft, lot=lot)

    @classmethod
    def data_of(cls, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Turn a part's content (nothing for a new part) into the data of the fields."""
        return content

    def prepare(self) -> None:
        """Set choices and hints that depend on the tender or the rest of the draft."""

    def content(self) -> Any:
        """Return the part's content."""
        raise NotImplementedError

    @property
    def lot(self) -> Lot:
        """Return the lot that the page is about."""
        found = self.draft.invitation.lot(self.lot_id)
        if found is None:
            raise KeyError(self.lot_id)
        return found


def field_name(prefix: str, id: str) -> str:
    """Name the field about something with an id, so that no order of the rules ever moves a text to another field."""
    return f"{prefix}-{id}" if _PLAIN.fullmatch(id) else f"{prefix}-{sha256(id.encode()).hexdigest()[:16]}"
