"""What somebody does to a split while typing it: more rows or fewer, a figure for each year, amounts or percentages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lots.errors import ProcurementError
from lots.split.sheet import SheetError, Unit, sheet_of
from lots.split.typed import (
    MOST_ORGANISATIONS,
    Texts,
    TypedOrganisation,
    TypedPayment,
    TypedSheet,
    read_sheet,
    typed_of,
)

BLANK_ROWS = 3


class EditRefused(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A change to a sheet that would lose something typed, or for which there is no room."""


@dataclass(frozen=True)
class _Row:
    """A row of figures with its name, for the sentence about it."""

    name: str
    figures: Texts


def blank_sheet(years: int, unit: Unit = "amounts") -> TypedSheet:
    """Return an empty sheet: the lead and a few empty rows."""
    rows = (TypedOrganisation("o1", role="lead"), *(TypedOrganisation(f"o{at + 2}") for at in range(BLANK_ROWS)))
    return padded(TypedSheet(years, unit, organisations=rows), 1)


def padded(typed: TypedSheet, count: int) -> TypedSheet:
    """Give every row so many figures: the one there is in each, or empty ones."""
    return _changed(typed, lambda texts: texts if len(texts) == count else (texts[:1] or ("",)) * count)


def with_row(typed: TypedSheet) -> TypedSheet:
    """Add an empty row for an organisation."""
    if len(typed.organisations) >= MOST_ORGANISATIONS:
        raise EditRefused(f"There is no room for more than {MOST_ORGANISATIONS} organisations on this page.")
    taken = {each.id for each in typed.organisations}
    free = next(f"o{at}" for at in range(1, MOST_ORGANISATIONS + 2) if f"o{at}" not in taken)
    row = TypedOrganisation(free, figures=("",) * _count(typed), kept_back=("",) * _count(typed))
    return replace(typed, organisations=(*typed.organisations, row))


def with_payment(typed: TypedSheet) -> TypedSheet:
    """Add an empty row for a further payment."""
    if len(typed.payments) >= MOST_ORGANISATIONS:
        raise EditRefused(f"There is no room for more than {MOST_ORGANISATIONS} further payments on this page.")
    row = TypedPayment(figures=("",) * _count(typed), kept_back=("",) * _count(typed))
    return replace(typed, payments=(*typed.payments, row))


def without_row(typed: TypedSheet, at: int) -> TypedSheet:
    """Take an organisation out; whom it paid is paid by the lead until somebody says otherwise."""
    if not 0 < at < len(typed.organisations):
        raise EditRefused("That row is not there any more.")
    gone = typed.organisations[at].id
    kept = tuple(
        replace(each, paid_by="" if each.paid_by == gone else each.paid_by)
        for each in typed.organisations
        if each.id != gone
    )
    payments = tuple(each for each in typed.payments if gone not in (each.payer, each.payee))
    return replace(typed, organisations=kept, payments=payments)


def year_by_year(typed: TypedSheet) -> TypedSheet:
    """Give every row a figure for each year: the one there was."""
    return padded(typed, typed.years)


def same_every_year(typed: TypedSheet) -> TypedSheet:
    """Write every row once; EditRefused names the rows that differ by year."""
    differing = [row.name for row in _named(typed) if len({text.strip() for text in row.figures}) > 1]
    if differing:
        named = ", ".join(differing[:4]) + (" and others" if len(differing) > 4 else "")
        raise EditRefused(f"The figures differ by year in: {named}. They keep a figure for each year.")
    return padded(typed, 1)


def in_unit(typed: TypedSheet, unit: Unit) -> TypedSheet:
    """Write the figures as amounts, or as percentages of each year's price, that are the very same pence."""
    if unit == typed.unit:
        return typed
    if not any(text.strip() for row in _named(typed)[1:] for text in row.figures):
        return replace(typed, unit=unit)
    sheet = read_sheet(typed).sheet
    if sheet is None:
        raise EditRefused("Correct the figures first: what cannot be read cannot be written in another way.")
    parts = sheet.to_bid_parts()
    try:
        again = sheet_of(
            parts.prices, parts.parties, parts.split, {each.id: each for each in parts.organisations}, unit=unit
        )
    except SheetError as error:
        raise EditRefused(str(error)) from None
    if again.unit != unit:
        raise EditRefused("No percentages are these amounts to the penny, so they stay amounts.")
    return keep_rows(typed, typed_of(again, by_year=typed.by_year))


def keep_rows(before: TypedSheet, after: TypedSheet) -> TypedSheet:
    """Keep what a page shows beside the money as it was: the numbers as typed, and rows still empty at the end."""
    numbers = {each.id: each.number for each in before.organisations}
    empty = [each for each in before.organisations[1:] if each.is_blank]
    count = _count(after)
    rows = [replace(each, number=numbers.get(each.id, each.number)) for each in after.organisations]
    known = {each.id for each in rows}
    rows += [replace(each, figures=("",) * count, kept_back=("",) * count) for each in empty if each.id not in known]
    return replace(after, organisations=tuple(rows))


def _count(typed: TypedSheet) -> int:
    return max(1, len(typed.prices))


def _named(typed: TypedSheet) -> list[_Row]:
    rows = [_Row("Price", typed.prices), _Row("The lead’s own delivery", typed.delivery)]
    rows += [_Row("Management fee", typed.management_fee)]
    for at, each in enumerate(typed.organisations[1:], 2):
        name = each.name.strip() or f"Organisation {at}"
        rows += [_Row(name, each.figures), _Row(f"Kept back from {name}", each.kept_back)]
    for paid in typed.payments:
        rows += [_Row("Further payments", paid.figures), _Row("Further payments", paid.kept_back)]
    return rows


def _changed(typed: TypedSheet, change: Callable[[Texts], Texts]) -> TypedSheet:
    lead = replace(typed.organisations[0], figures=(), kept_back=()) if typed.organisations else TypedOrganisation("o1")
    others = (
        replace(each, figures=change(each.figures), kept_back=change(each.kept_back))
        for each in typed.organisations[1:]
    )
    payments = (
        replace(each, figures=change(each.figures), kept_back=change(each.kept_back)) for each in typed.payments
    )
    return replace(
        typed, prices=change(typed.prices), delivery=change(typed.delivery),
        management_fee=change(typed.management_fee), organisations=(lead, *others), payments=tuple(payments),
    )  # fmt: skip
