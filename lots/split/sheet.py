"""What is typed to check a split for one lot: amounts or percentages by year, turned into the parts of a bid and back.

A payment is what a payer allocates to a payee (gross): a partner's figure includes what it pays on to its own
sub-contractors. A row with one figure has it in every year, a row without figures has nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from lots.bid import Party, PartyRole, Payment, Split
from lots.errors import Finding, ProcurementError, errors_in
from lots.money import Money
from lots.organisation import Identifier, Organisation
from lots.split.identifiers import identifier_of, number_of
from lots.words import counted

Unit = Literal["amounts", "percentages"]
Figures = tuple[Money | Decimal, ...]
_SCALE = 10**6  # a percentage has at most six decimals
_PLACES = range(7)


class SheetError(ProcurementError):
    """A sheet that cannot become a bid, or a bid that no sheet can hold; findings name each place."""


@dataclass(frozen=True)
class SheetOrganisation:
    """An organisation as typed; ``number`` is its registration (company, charity or PPON)."""

    id: str
    name: str
    role: PartyRole = "partner"
    number: str = ""
    vcse: bool = False
    by_and_for: bool = False
    sme: bool = False
    group: str = ""
    work: str = ""


@dataclass(frozen=True)
class SheetPayment:
    """What a payer allocates to a payee, and what it keeps back of that, in the unit of the sheet."""

    payer: str
    payee: str
    figures: Figures = ()
    kept_back: Figures = ()


class BidParts(NamedTuple):
    """The parts of a bid that a sheet stands for."""

    prices: tuple[Money, ...]
    parties: tuple[Party, ...]
    split: Split
    organisations: tuple[Organisation, ...]


@dataclass(frozen=True)
class SplitSheet:
    """What is typed for one lot that runs for so many ``years``; percentages are of each year's price."""

    years: int
    prices: tuple[Money, ...]
    organisations: tuple[SheetOrganisation, ...]
    unit: Unit = "amounts"
    delivery: Figures = ()
    management_fee: Figures = ()
    payments: tuple[SheetPayment, ...] = ()

    @property
    def lead(self) -> str:
        """Return the id of the organisation that leads; empty where none does."""
        return next((each.id for each in self.organisations if each.role == "lead"), "")

    def findings(self) -> tuple[Finding, ...]:
        """Name what keeps the sheet from being a bid, each with its place."""
        return self._found

    @cached_property
    def _found(self) -> tuple[Finding, ...]:
        return tuple(_findings(self))

    def to_bid_parts(self) -> BidParts:
        """Turn the sheet into prices, parties, split and organisations; SheetError names what cannot be.

        Percentages become pence by largest remainder among what the lead keeps and pays, so that shares of 100 % are
        the price to the penny; what is paid on further down, and what is kept back, is rounded down.
        """
        wrong = errors_in(self.findings())
        if wrong:
            raise SheetError("This split cannot be worked out: " + " ".join(map(str, wrong[:3])), wrong)
        prices = _spread(self.prices, self.years)
        split = _amounts_split(self) if self.unit == "amounts" else _percent_split(self, prices)
        parties = tuple([Party(each.id, each.role, each.work) for each in self.organisations])
        return BidParts(prices, parties, split, tuple([_organisation(each) for each in self.organisations]))


def sheet_of(
    prices: Sequence[Money],
    parties: Sequence[Party],
    split: Split | None,
    organisations: Mapping[str, Organisation],
    *,
    unit: Unit = "amounts",
) -> SplitSheet:
    """Turn the parts of a bid back into a sheet; equal figures in every year are written once.

    Percentages are given where some with at most six decimals are these very pence, else amounts. SheetError where
    nobody or more than one leads, or an organisation is not known.
    """
    rows = [_row(party, organisations) for party in parties]
    paid = split.payments if split else ()
    sheet = SplitSheet(
        len(prices),
        tuple(prices),
        tuple(rows),
        delivery=split.delivery if split else (),
        management_fee=split.management_fee if split else (),
        payments=tuple(SheetPayment(each.payer, each.payee, each.amounts, each.deductions) for each in paid),
    )
    wrong = errors_in(sheet.findings())
    if wrong:
        raise SheetError("This bid cannot be shown as a sheet: " + " ".join(map(str, wrong[:3])), wrong)
    shares = _as_percentages(sheet) if unit == "percentages" else None
    return _folded(shares or sheet)


# --- what cannot be -----------------------------------------------------------------------------------------


def _findings(sheet: SplitSheet) -> Iterator[Finding]:
    leads = [each for each in sheet.organisations if each.role == "lead"]
    if len(leads) != 1:
        what = "Nobody leads" if not leads else f"{len(leads)} organisations lead"
        yield Finding("sheet_lead", f"{what}: name exactly one lead.", "organisations")
    if not sheet.years or not sheet.prices:
        yield Finding("sheet_no_price", "Enter the price of each year.", "prices")
    known = {each.id for each in sheet.organisations}
    if len(known) != len(sheet.organisations):
        yield Finding("sheet_same_id", "An organisation is named twice: keep one row of it.", "organisations")
    for place, figures in _rows(sheet):
        yield from _row_findings(sheet, place, figures)
    for at, payment in enumerate(sheet.payments):
        if not {payment.payer, payment.payee} <= known:
            text = "This payment names an organisation that is not in the list: choose one of those."
            yield Finding("sheet_unknown", text, f"payments[{at}]")


def _rows(sheet: SplitSheet) -> Iterator[tuple[str, Figures]]:
    yield "prices", sheet.prices
    yield "delivery", sheet.delivery
    yield "management_fee", sheet.management_fee
    for at, payment in enumerate(sheet.payments):
        yield f"payments[{at}].figures", payment.figures
        if payment.kept_back:
            yield f"payments[{at}].kept_back", payment.kept_back


def _row_findings(sheet: SplitSheet, place: str, figures: Figures) -> Iterator[Finding]:
    if len(figures) not in (0, 1, sheet.years):
        text = f"There are figures for {counted(len(figures), 'year')}, and the lot runs for {sheet.years}."
        yield Finding("sheet_years", text, place)
    kind = Money if place == "prices" or sheet.unit == "amounts" else Decimal
    if kind is Money and set(map(type, figures)) <= {Money}:
        return
    for year, figure in enumerate(figures):
        if not isinstance(figure, kind):
            unit = "an amount" if kind is Money else "a percentage"
            yield Finding("sheet_unit", f"This figure is not {unit}.", f"{place}[{year}]")
        elif isinstance(figure, Decimal) and not _is_share(figure):
            text = f"{figure} is no share of the price: write 0 to 100, with at most six decimals."
            yield Finding("sheet_percentage", text, f"{place}[{year}]")


def _is_share(figure: Decimal) -> bool:
    return figure.is_finite() and 0 <= figure <= 100 and (figure * _SCALE) % 1 == 0


# --- onwards ------------------------------------------------------------------------------------------------


def _spread(figures: tuple[Money, ...], years: int) -> tuple[Money, ...]:
    """Give a row a figure for each year: one stands for all of them, none for £0."""
    if len(figures) == years:
        return figures
    return (figures or (Money(0),)) * years


def _amounts(figures: Figures, years: int) -> tuple[Money, ...]:
    return _spread(figures, years)  # type: ignore[arg-type]  # checked: a sheet of amounts has no percentages


def _amounts_split(sheet: SplitSheet) -> Split:
    years = sheet.years
    payments = tuple([
        Payment(
            each.payer, each.payee, _amounts(each.figures, years),
            _amounts(each.kept_back, years) if each.kept_back else (),
        )
        for each in sheet.payments
    ])  # fmt: skip
    return Split(_amounts(sheet.delivery, years), _amounts(sheet.management_fee, years), payments)


def _percent_split(sheet: SplitSheet, prices: tuple[Money, ...]) -> Split:
    """Share each year's price out among the lead's own rows; whatever is further down is rounded down."""
    pence, lead = [price.pence for price in prices], sheet.lead
    shares = {place: _shares(figures, sheet.years) for place, figures in _rows(sheet) if place != "prices"}
    first = ["delivery", "management_fee"]
    first += [f"payments[{at}].figures" for at, each in enumerate(sheet.payments) if each.payer == lead]
    by_year = [_shared(pence[year], [shares[place][year] for place in first]) for year in range(sheet.years)]
    whole = {place: tuple([Money(year[at]) for year in by_year]) for at, place in enumerate(first)}
    for place, parts in shares.items():
        if place not in whole:
            whole[place] = tuple([Money(p * part // (100 * _SCALE)) for p, part in zip(pence, parts, strict=True)])
    payments = tuple([
        Payment(each.payer, each.payee, whole[f"payments[{at}].figures"], whole.get(f"payments[{at}].kept_back", ()))
        for at, each in enumerate(sheet.payments)
    ])  # fmt: skip
    return Split(whole["delivery"], whole["management_fee"], payments)


def _shares(figures: Figures, years: int) -> list[int]:
    """Write the percentages of a row as whole millionths of a per cent, one for each year."""
    parts = [int(Decimal(figure) * _SCALE) for figure in figures if isinstance(figure, Decimal)]
    return parts if len(parts) == years else (parts or [0]) * years


def _shared(price: int, parts: Sequence[int]) -> list[int]:
    """Share pence out by largest remainder; equal remainders go to the earlier row."""
    exact = [price * part for part in parts]
    pence = [each // (100 * _SCALE) for each in exact]
    left = sum(exact) // (100 * _SCALE) - sum(pence)
    by_remainder = sorted(range(len(exact)), key=lambda at: (-(exact[at] % (100 * _SCALE)), at))
    for at in by_remainder[:left]:
        pence[at] += 1
    return pence


def _organisation(row: SheetOrganisation) -> Organisation:
    mark = identifier_of(row.number)
    marks: tuple[Identifier, ...] = (mark,) if mark else ()
    return Organisation(row.id, row.name, marks, row.group, row.vcse, row.by_and_for, row.sme)


# --- and back -----------------------------------------------------------------------------------------------


def _row(party: Party, organisations: Mapping[str, Organisation]) -> SheetOrganisation:
    known = organisations.get(party.organisation)
    if known is None:
        raise SheetError(f"No organisation is known by the id “{party.organisation}”: add it, or correct the id.")
    return SheetOrganisation(
        known.id, known.name, party.role, number_of(known.identifiers),
        known.vcse, known.by_and_for, known.sme, known.group, party.work,
    )  # fmt: skip


def _folded(sheet: SplitSheet) -> SplitSheet:
    """Write a row whose figures are alike in every year as one figure."""
    payments = [replace(each, figures=_fold(each.figures), kept_back=_fold(each.kept_back)) for each in sheet.payments]
    prices = sheet.prices[:1] if len(set(sheet.prices)) == 1 else sheet.prices
    delivery, fee = _fold(sheet.delivery), _fold(sheet.management_fee)
    return replace(sheet, prices=prices, payments=tuple(payments), delivery=delivery, management_fee=fee)


def _fold(figures: Figures) -> Figures:
    return figures[:1] if len(set(figures)) == 1 else figures


def _as_percentages(sheet: SplitSheet) -> SplitSheet | None:
    """Find the shortest percentages that stand for the very pence of a sheet of amounts."""
    wanted = sheet.to_bid_parts().split
    for places in _PLACES:
        tried = _rounded(sheet, wanted, places)
        if tried is not None and not errors_in(tried.findings()) and tried.to_bid_parts().split == wanted:
            return tried
    return None


def _rounded(sheet: SplitSheet, split: Split, places: int) -> SplitSheet | None:
    prices = [price.pence for price in _spread(sheet.prices, sheet.years)]
    if 0 in prices:
        return None

    def shares(amounts: Sequence[Money]) -> Figures:
        exact = [Fraction(100 * amount.pence, price) for amount, price in zip(amounts, prices, strict=False)]
        return tuple(Decimal(round(each * 10**places)).scaleb(-places) for each in exact)

    payments = tuple(
        SheetPayment(each.payer, each.payee, shares(each.amounts), shares(each.deductions)) for each in split.payments
    )
    delivery, fee = shares(split.delivery), shares(split.management_fee)
    return replace(sheet, unit="percentages", payments=payments, delivery=delivery, management_fee=fee)
