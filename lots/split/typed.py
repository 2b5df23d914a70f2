"""A split as texts, exactly as somebody typed it, read into a sheet; every text that cannot be read is named by place.

Places are ``prices-0``, ``management_fee-2``, ``organisations-3-figures-0``: row and year from 0, as a page names its
fields. The first organisation is the lead. Nothing typed is no money; thousands separators, £, % and blanks are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import cast

from lots.bid import PartyRole
from lots.errors import Finding, errors_in
from lots.money import Money, MoneyError
from lots.split.sheet import Figures, SheetOrganisation, SheetPayment, SplitSheet, Unit

Texts = tuple[str, ...]
MOST_ORGANISATIONS = 60
ROLES: tuple[tuple[PartyRole, str], ...] = (("partner", "Partner"), ("sub_contractor", "Sub-contractor"))
"""What an organisation beside the lead can be."""
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}", re.ASCII)
_SHOWN = 40


@dataclass(frozen=True)
class TypedOrganisation:
    """One row: who it is, who pays it (an id; empty for the lead's direct payment), and how much."""

    id: str = ""
    name: str = ""
    number: str = ""
    role: str = "partner"
    paid_by: str = ""
    vcse: bool = False
    by_and_for: bool = False
    sme: bool = False
    group: str = ""
    work: str = ""
    figures: Texts = ()
    kept_back: Texts = ()

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was typed in the row; a choice alone is nothing."""
        texts = (self.name, self.number, self.group, self.work, *self.figures, *self.kept_back)
        return not (self.vcse or self.by_and_for or self.sme or any(text.strip() for text in texts))


@dataclass(frozen=True)
class TypedPayment:
    """A further payment: a second payer of an organisation, or money back to the lead."""

    payer: str = ""
    payee: str = ""
    figures: Texts = ()
    kept_back: Texts = ()

    @property
    def is_blank(self) -> bool:
        """Say whether no figure was typed."""
        return not any(text.strip() for text in (*self.figures, *self.kept_back))


@dataclass(frozen=True)
class TypedSheet:
    """Everything typed about the split of one lot."""

    years: int
    unit: str = "amounts"
    prices: Texts = ()
    delivery: Texts = ()
    management_fee: Texts = ()
    organisations: tuple[TypedOrganisation, ...] = ()
    payments: tuple[TypedPayment, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was typed anywhere."""
        own = (*self.prices, *self.delivery, *self.management_fee)
        no_rows = all(row.is_blank for row in self.organisations) and all(row.is_blank for row in self.payments)
        return no_rows and not any(text.strip() for text in own)

    @property
    def by_year(self) -> bool:
        """Say whether any row has a figure for each year rather than one for all."""
        own = (self.prices, self.delivery, self.management_fee)
        others = (row for each in self.organisations for row in (each.figures, each.kept_back))
        further = (row for each in self.payments for row in (each.figures, each.kept_back))
        return any(len(row) > 1 for row in (*own, *others, *further))


@dataclass(frozen=True)
class Reading:
    """What came of the texts: a sheet unless one of them is wrong, and every finding."""

    sheet: SplitSheet | None
    findings: tuple[Finding, ...] = ()


def read_sheet(typed: TypedSheet) -> Reading:
    """Read the texts; ``sheet`` is None where any cannot be read, or where there is no price yet."""
    reader = _Reader(typed)
    sheet = reader.sheet()
    found = reader.found or [*sheet.findings()]
    return Reading(None if errors_in(found) else sheet, tuple(found))


@lru_cache(maxsize=4096)
def amount_of(text: str) -> Money | str:
    """Read an amount, or return the sentence that says how to write it."""
    try:
        return Money.parse("".join(text.split()))
    except MoneyError as error:
        return f"{error}."


@lru_cache(maxsize=4096)
def percentage_of(text: str) -> Decimal | str:
    """Read a percentage, or return the sentence that says how to write it."""
    typed = "".join(text.split()).removesuffix("%")
    if _PERCENT.fullmatch(typed) is None:
        return f"“{text.strip()[:_SHOWN]}” is not a percentage: write it like 12 or 12.5, with at most six decimals."
    if Decimal(typed) > 100:
        return f"“{text.strip()[:_SHOWN]}” is more than the whole price: write 100 or less."
    return Decimal(typed)


class _Reader:
    """Reads one sheet, and keeps what was wrong."""

    def __init__(self, typed: TypedSheet) -> None:
        self.typed = typed
        self.found: list[Finding] = []
        self.unit: Unit = "percentages" if typed.unit == "percentages" else "amounts"
        self.read = percentage_of if self.unit == "percentages" else amount_of
        if typed.unit not in ("amounts", "percentages"):
            self._say("sheet_unit", "Choose amounts or percentages.", "unit")

    def sheet(self) -> SplitSheet:
        """Read everything."""
        typed = self.typed
        prices = self._prices()
        named = [(at, row) for at, row in enumerate(typed.organisations) if at == 0 or not row.is_blank]
        rows = tuple([self._organisation(at, row) for at, row in named])
        known = {row.id for row in rows}
        lead = rows[0].id if rows else ""
        payments = [self._payment(at, row, lead, known) for at, row in named[1:]]
        further = [self._further(at, row, known) for at, row in enumerate(typed.payments) if not row.is_blank]
        delivery = self._figures(typed.delivery, "delivery")
        fee = self._figures(typed.management_fee, "management_fee")
        paid = tuple([each for each in (*payments, *further) if each.figures or each.kept_back])
        return SplitSheet(typed.years, prices, rows, self.unit, delivery, fee, paid)

    def _say(self, code: str, text: str, place: str) -> None:
        self.found.append(Finding(code, text, place))

    def _prices(self) -> tuple[Money, ...]:
        texts = self.typed.prices
        if not any(text.strip() for text in texts):
            self._say("sheet_no_price", "Enter the price of a year.", "prices-0")
            return ()
        for at, text in enumerate(texts):
            if not text.strip():
                self._say("sheet_no_price", f"Enter the price of year {at + 1}.", f"prices-{at}")
        return cast(tuple[Money, ...], self._row(texts, "prices", amount_of))

    def _figures(self, texts: Texts, place: str) -> Figures:
        return self._row(texts, place, self.read) if any(texts) else ()

    def _row(self, texts: Sequence[str], place: str, read: object) -> Figures:
        """Read the figures of a row; a year left empty beside others has nothing."""
        reading = percentage_of if read is percentage_of else amount_of
        figures = [reading(text or "0") for text in texts]
        for at, figure in enumerate(figures if str in set(map(type, figures)) else ()):
            if isinstance(figure, str):
                if texts[at].strip():
                    self._say("sheet_figure", figure, f"{place}-{at}")
                figures[at] = reading("0")
        if len(figures) not in (1, self.typed.years):
            text = f"There are {len(figures)} figures in this row; the lot runs for {self.typed.years} years."
            self._say("sheet_years", text, f"{place}-0")
        return cast(Figures, tuple(figures))

    def _organisation(self, at: int, row: TypedOrganisation) -> SheetOrganisation:
        role = "lead" if at == 0 else row.role
        if role not in ("lead", "partner", "sub_contractor") or (at and role == "lead"):
            self._say("sheet_role", "Choose partner or sub-contractor.", f"organisations-{at}-role")
            role = "partner"
        name = called(row, at)
        return SheetOrganisation(
            row.id or f"o{at + 1}", name, cast(PartyRole, role), row.number,
            row.vcse, row.by_and_for, row.sme, row.group, row.work,
        )  # fmt: skip

    def _payment(self, at: int, row: TypedOrganisation, lead: str, known: set[str]) -> SheetPayment:
        payer = row.paid_by or lead
        if payer not in known:
            text = "This is paid by an organisation whose row is empty: choose another, or fill that row in."
            self._say("sheet_unknown", text, f"organisations-{at}-paid_by")
        place = f"organisations-{at}-"
        figures = self._figures(row.figures, place + "figures")
        kept = self._figures(row.kept_back, place + "kept_back")
        return SheetPayment(payer, row.id or f"o{at + 1}", figures, kept)

    def _further(self, at: int, row: TypedPayment, known: set[str]) -> SheetPayment:
        place = f"payments-{at}-"
        for name, who in (("payer", row.payer), ("payee", row.payee)):
            if who not in known:
                text = "Choose the organisation that pays." if name == "payer" else "Choose the organisation it pays."
                self._say("sheet_unknown", text, place + name)
        figures = self._figures(row.figures, place + "figures")
        return SheetPayment(row.payer, row.payee, figures, self._figures(row.kept_back, place + "kept_back"))


def called(row: TypedOrganisation, at: int) -> str:
    """Return the name of a row's organisation, or what it is called until it has one."""
    return row.name.strip() or ("The lead" if at == 0 else f"Organisation {at + 1}")


def unnamed(typed: TypedSheet) -> Iterator[Finding]:
    """Name the rows that still lack the name of their organisation, which a bid and a certificate must say."""
    for at, row in enumerate(typed.organisations):
        if not row.name.strip() and (at == 0 or not row.is_blank):
            who = "the lead" if at == 0 else f"organisation {at + 1}"
            yield Finding("sheet_unnamed", f"Enter the name of {who}.", f"organisations-{at}-name")


# --- and back -----------------------------------------------------------------------------------------------


def typed_of(sheet: SplitSheet, *, by_year: bool = False) -> TypedSheet:
    """Write a sheet as it would be typed; with a figure for each year where asked, or where any row differs by year."""
    rows = [sheet.prices, sheet.delivery, sheet.management_fee]
    rows += [row for each in sheet.payments for row in (each.figures, each.kept_back)]
    count = sheet.years if by_year or any(len(row) > 1 for row in rows) else 1
    lead, rest = sheet.lead, [*sheet.payments]
    organisations = []
    for each in sorted(sheet.organisations, key=lambda it: it.role != "lead"):
        own = next((it for it in rest if it.payee == each.id), None) if each.id != lead else None
        if own is not None:
            rest.remove(own)
        organisations.append(_typed_row(each, own, lead, count))
    further = tuple(
        TypedPayment(each.payer, each.payee, _texts(each.figures, count), _texts(each.kept_back, count))
        for each in rest
    )
    return TypedSheet(
        sheet.years, sheet.unit, _texts(sheet.prices, count), _texts(sheet.delivery, count),
        _texts(sheet.management_fee, count), tuple(organisations), further,
    )  # fmt: skip


def _typed_row(each: SheetOrganisation, own: SheetPayment | None, lead: str, count: int) -> TypedOrganisation:
    told = (each.vcse, each.by_and_for, each.sme, each.group, each.work)
    if each.id == lead:
        return TypedOrganisation(each.id, each.name, each.number, each.role, "", *told)
    figures, kept = (own.figures, own.kept_back) if own else ((), ())
    paid_by = own.payer if own else lead
    return TypedOrganisation(
        each.id, each.name, each.number, each.role, paid_by, *told, _texts(figures, count), _texts(kept, count)
    )


def _texts(figures: Figures, count: int) -> Texts:
    texts = tuple(written(figure) for figure in figures)
    return texts if len(texts) == count else (texts or ("",)) * count


def written(figure: Money | Decimal) -> str:
    """Write a figure as it would be typed: ``7,300``, ``7,300.50``, ``12.5``."""
    if isinstance(figure, Money):
        return str(figure).replace("£", "").replace("−", "-")
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
