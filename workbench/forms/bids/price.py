"""Price and split of one lot in a bid: the form of the self-check, filled from the draft and kept in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, ClassVar, Self

from lots.split.editing import blank_sheet
from lots.split.typed import TypedOrganisation, TypedSheet
from workbench.forms.bids.split import SplitForm
from workbench.queries.bids.building import listed, typed_sheet
from workbench.queries.bids.drafts import BidDraft


class PriceForm(SplitForm):
    """What a lot costs by year, and who gets what."""

    def __init__(self, formdata: Any = ..., *, draft: BidDraft, lot: str, **values: Any) -> None:
        self.draft, self.lot_id = draft, lot
        found = draft.invitation.lot(lot)
        values.setdefault("typed", None)
        super().__init__(formdata, years=(found.years if found else 0) or 1, **values)

    @classmethod
    def open(cls, draft: BidDraft, name: str, lot: str) -> Self:
        """Show what is saved, what was typed and cannot be read, or a beginning with the organisations of the bid."""
        piece = draft.workspace.part(name, lot)
        if piece.unfinished:
            return cls.from_typed(piece.typed, version=piece.version, draft=draft, lot=lot)
        found = draft.invitation.lot(lot)
        years = (found.years if found else 0) or 1
        typed = numbered(draft, typed_sheet(piece.content, years)) if piece.content else beginning(draft, years)
        form = cls(None, draft=draft, lot=lot, typed=typed, version=piece.version or None)
        form.quiet = not piece.content
        return form

    def validate(self, extra_validators: Any = None, *, names_too: bool = True) -> bool:
        """Check the texts; in a bid every organisation has its name."""
        return super().validate(extra_validators, names_too=names_too)

    def content(self) -> Any:
        """Return the texts without the rows left empty."""
        return content_of(self.typed_sheet)


class TakenSplit(SplitForm):
    """A split that comes from the self-check, with what is to be done where the bid has one already."""

    buttons: ClassVar[frozenset[str]] = frozenset({"do", "replace"})


def content_of(typed: TypedSheet) -> dict[str, Any]:
    """Lay the texts of a split out as the content of a part."""
    rows = [each for at, each in enumerate(typed.organisations) if at == 0 or not each.is_blank]
    kept = replace(typed, organisations=tuple(rows), payments=tuple(it for it in typed.payments if not it.is_blank))
    return asdict(kept)


def beginning(draft: BidDraft, years: int) -> TypedSheet:
    """Begin a split with the organisations of the bid: the first leads, until somebody says otherwise."""
    blank = blank_sheet(years)
    known = listed(draft)
    if not known:
        return blank
    rows = [_row(each, at) for at, each in enumerate(known)]
    empty = blank.organisations[len(rows) :]
    taken = {row.id for row in rows}
    return replace(blank, organisations=(*rows, *(each for each in empty if each.id not in taken)))


def numbered(draft: BidDraft, typed: TypedSheet) -> TypedSheet:
    """Show beside an organisation the number that it has on the page of organisations."""
    known = {each["name"].casefold(): _number(each) for each in listed(draft)}
    rows = tuple(replace(row, number=row.number or known.get(row.name.casefold(), "")) for row in typed.organisations)
    return replace(typed, organisations=rows)


def _number(told: Mapping[str, Any]) -> str:
    return str(told.get("charity") or told.get("company") or told.get("ppon") or "")


def _row(told: Mapping[str, Any], at: int) -> TypedOrganisation:
    kinds: Sequence[str] = told.get("kinds", ())
    number = _number(told)
    money = ((), ()) if at == 0 else (("",), ("",))
    return TypedOrganisation(
        told["id"], told["name"], number, "partner" if at else "lead", "", "vcse" in kinds, "by_and_for" in kinds,
        "sme" in kinds, told.get("group", ""), "", *money,
    )  # fmt: skip
