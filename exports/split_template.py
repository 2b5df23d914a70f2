"""The workbook to type a split in, empty or filled: live sums, shares and caps beside the boxes, and how to use it.

:mod:`exports.split_workbook` reads it. The page works every figure out again, so the formulas here decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from exports.split_template_check import LEAD, Places, write_check
from exports.workbook.book import BALANCE, MONEY, PERCENT, Book, Sheet
from exports.workbook.text import across, cell, down, elsewhere, fixed
from lots.lot import Lot
from lots.money import Money
from lots.split.self_check import SelfCheck, check_sheet
from lots.split.typed import TypedOrganisation, TypedSheet, amount_of, called, percentage_of, read_sheet

CREATED: Final = datetime(2026, 1, 1)
"""The day every such workbook bears, so that the same split is the same bytes."""
_NAMES = ("Row", "Organisation", "Paid by", "Charity or company number", "VCSE", "By and for", "SME", "Group", "Work")
_KINDS = ("Partner", "Sub-contractor", "Kept back", "Further payment")
_ROLES = {"partner": "Partner", "sub_contractor": "Sub-contractor"}
_HEAD, _PRICE, _LEAD, _FIRST = 4, 5, 6, 8
_EMPTY_ROWS = 30
_LEFT = 3  # columns before the years on the sheet of pounds
_HOW = (
    "Fill in the sheet “Split”: the price of each year, what the lead keeps for its own delivery, its management fee, "
    "and one row for each partner and sub-contractor. Then open this file on the page of the tender.",
    "Choose in cell B3 whether the figures are pounds or per cent (type 52 for 52 per cent). The price is in pounds.",
    "“Paid by” is empty where the lead pays; for a sub-contractor of a partner write the partner's name as its own row "
    "does. A partner's figure includes what it pays on.",
    "“Kept back” is what a payer takes off what it pays: one row, with the organisation it is taken from. “Further "
    "payment” is for an organisation that two others pay, and for money paid back to the lead.",
    "Columns and rows may be moved, and rows left empty. £ signs and commas do no harm.",
    "The sheet “Check” adds up as you type. The page of the tender works everything out again, to the penny, with the "
    "very rules that bids are held to: what it says is what counts.",
)


@dataclass(frozen=True)
class _Line:
    """A row of the split: what it is, what stands in its text columns, its figures as typed, and its pounds."""

    kind: str
    texts: tuple[str, ...]
    figures: tuple[str, ...]
    pence: tuple[int, ...] = ()


def split_template(lot: Lot, subject: str, author: str, typed: TypedSheet | None = None) -> bytes:
    """Return the workbook for a lot, filled with what was typed if anything was; the same bytes for the same split."""
    book = Book(f"Collaboration split: {lot.title}", subject, author, CREATED)
    names = [book.reserve(wanted) for wanted in ("Split", "Check", "Pounds", "Read me")]
    found = _checked(lot, typed)
    writer = _Writer(book, names, lot, typed or TypedSheet(lot.years), found)
    writer.write(subject)
    return book.finish()


def _checked(lot: Lot, typed: TypedSheet | None) -> SelfCheck | None:
    sheet = read_sheet(typed).sheet if typed else None
    return check_sheet(sheet, lot) if sheet else None


class _Writer:
    """Writes one workbook; formulas bear the values that the check found."""

    def __init__(self, book: Book, names: Sequence[str], lot: Lot, typed: TypedSheet, found: SelfCheck | None) -> None:
        self.book, self.names, self.lot, self.typed, self.found = book, names, lot, typed, found
        self.years = lot.years
        self.left = len(_NAMES)
        self.lines = [*_lines(typed)]
        self.last = _FIRST + max(_EMPTY_ROWS, len(self.lines)) - 1

    def write(self, subject: str) -> None:
        """Write every sheet in its order."""
        widths = (18, 34, 24, 16, 7, 8, 7, 16, 24)
        split = self.book.sheet(self.names[0], (*widths, *(14 for _ in range(self.years)), 16, 12))
        check = self.book.sheet(self.names[1], (46, 12, *(16 for _ in range(self.years))))
        pounds = self.book.sheet(self.names[2], (18, 30, 30, *(14 for _ in range(2 * self.years))))
        self._split(split, subject)
        self._pounds(pounds)
        write_check(check, self.lot, self.found, Places(self.names[0], self.names[2], self.years, self.last))
        how = self.book.sheet(self.names[3], (110,))
        how.text(0, 0, "How to use this workbook", "title")
        for row, paragraph in enumerate(_HOW, 2):
            how.text(row, 0, paragraph, "text")

    # The sheet that is typed in.

    def _split(self, sheet: Sheet, subject: str) -> None:
        sheet.text(0, 0, f"Collaboration split: {self.lot.title}", "title")
        sheet.text(1, 0, subject, "note")
        sheet.text(2, 0, "The figures below are in", "strong")
        sheet.text(2, 1, "per cent" if self.typed.unit == "percentages" else "pounds", "typed")
        sheet.raw.data_validation(2, 1, 2, 1, {"validate": "list", "source": ["pounds", "per cent"]})
        heads = [*_NAMES, *(f"Year {year + 1}" for year in range(self.years)), "Whole term", "Share of price"]
        sheet.heads(_HEAD, heads)
        for row, line in enumerate(self._all(), _PRICE):
            self._typed_row(sheet, row, line)
        self._offer(sheet)
        sheet.freeze(_HEAD + 1, 2)

    def _all(self) -> Iterator[_Line]:
        typed, split = self.typed, self.found.bid.split if self.found else None
        first = typed.organisations[0] if typed.organisations else TypedOrganisation()
        lead = _texts(first, first.name)
        nothing = ("",) * (len(_NAMES) - 1)
        yield _Line("Price", nothing, typed.prices, _pence(self.found.bid.prices if self.found else ()))
        yield _Line("Lead", lead, typed.delivery, _pence(split.delivery if split else ()))
        yield _Line("Management fee", nothing, typed.management_fee, _pence(split.management_fee if split else ()))
        yield from self.lines
        for _ in range(self.last - _FIRST + 1 - len(self.lines)):
            yield _Line("Partner", nothing, ())

    def _typed_row(self, sheet: Sheet, row: int, line: _Line) -> None:
        sheet.text(row, 0, line.kind, "typed")
        for column, text in enumerate(line.texts, 1):
            sheet.text(row, column, text, "typed")
        reading = percentage_of if self.typed.unit == "percentages" and row != _PRICE else amount_of
        for year in range(self.years):
            text = line.figures[year if len(line.figures) > 1 else 0] if line.figures else ""
            value = reading(text) if text.strip() else ""
            if isinstance(value, str):
                sheet.text(row, self.left + year, text, "typed")
            else:
                sheet.typed(row, self.left + year, value, "#,##0.00" if isinstance(value, Money) else "0.######")
        term = elsewhere(self.names[2], across(row, _LEFT, _LEFT + self.years - 1))
        prices = elsewhere(self.names[2], across(_PRICE, _LEFT, _LEFT + self.years - 1))
        pence = self._pence_of(row, line)
        whole = sum(self._prices())
        sheet.formula(row, self.left + self.years, f"SUM({term})", Money(sum(pence)), MONEY)
        share = Fraction(100 * sum(pence), whole) if whole else 0
        sheet.formula(
            row, self.left + self.years + 1, f"IF(SUM({prices})=0,0,100*SUM({term})/SUM({prices}))", share, PERCENT
        )

    def _offer(self, sheet: Sheet) -> None:
        """Offer the answers that a cell takes."""
        rows = (_FIRST, self.last)
        sheet.raw.data_validation(rows[0], 0, rows[1], 0, {"validate": "list", "source": list(_KINDS)})
        for column in (4, 5, 6):
            sheet.raw.data_validation(_LEAD, column, rows[1], column, {"validate": "list", "source": ["yes", "no"]})

    def _prices(self) -> tuple[int, ...]:
        return _pence(self.found.bid.prices) if self.found else (0,) * self.years

    def _pence_of(self, row: int, line: _Line) -> tuple[int, ...]:
        """Return a row's pounds as the check has them, in pence."""
        return line.pence or self._paid().get(row, (0,) * self.years)

    def _paid(self) -> Mapping[int, tuple[int, ...]]:
        """Map the rows of payments to their pence."""
        split = self.found.bid.split if self.found else None
        if split is None:
            return {}
        ids = {called(each, at): each.id for at, each in enumerate(self.typed.organisations)}
        found: dict[int, tuple[int, ...]] = {}
        left = [*split.payments]
        for row, line in enumerate(self.lines, _FIRST):
            payee, payer = ids.get(line.texts[0], ""), ids.get(line.texts[1], self.typed.organisations[0].id)
            for payment in left:
                if (payment.payer, payment.payee) == (payer, payee):
                    kept = line.kind == "Kept back"
                    found[row] = _pence(payment.deductions if kept else payment.amounts)
                    break
        return found

    # The same rows in pounds, and what everybody holds.

    def _pounds(self, sheet: Sheet) -> None:
        split = self.names[0]
        years = [f"Year {year + 1}" for year in range(self.years)]
        sheet.text(0, 0, "The same rows in pounds, and what each organisation ends up with", "title")
        sheet.text(1, 0, "Nothing is typed here.", "note")
        sheet.heads(_HEAD, ["What", "To", "From", *years, *(f"Holds, {each.lower()}" for each in years)])
        unit, lead = elsewhere(split, fixed(2, 1)), elsewhere(split, fixed(_LEAD, 1))
        for row, line in enumerate(self._all(), _PRICE):
            kind, name = elsewhere(split, fixed(row, 0)), elsewhere(split, fixed(row, 1))
            sheet.formula(row, 0, f'{kind}&""', line.kind)
            shown = f'IF(AND({name}<>"",{name}={lead}),"{LEAD}",{name}&"")' if row >= _FIRST else f'{name}&""'
            sheet.formula(row, 1, shown, line.texts[0])
            payer = elsewhere(split, fixed(row, 2))
            sheet.formula(row, 2, f'IF(OR({payer}="",{payer}={lead}),"{LEAD}",{payer})', line.texts[1] or LEAD)
            pence = self._pence_of(row, line)
            for year in range(self.years):
                figure = elsewhere(split, fixed(row, self.left + year))
                price = elsewhere(split, fixed(_PRICE, self.left + year))
                percent = f"ROUND(N({figure})*N({price})/100,2)"
                formula = f"N({figure})" if row == _PRICE else f'IF({unit}="per cent",{percent},N({figure}))'
                sheet.formula(row, _LEFT + year, formula, Money(pence[year] if year < len(pence) else 0), MONEY)
        for row in range(_FIRST, self.last + 1):
            for year in range(self.years):
                self._holds(sheet, row, year)
        sheet.freeze(_HEAD + 1, 2)

    def _holds(self, sheet: Sheet, row: int, year: int) -> None:
        """Write what an organisation ends up with: paid to it, less kept back and paid on, plus what it keeps back."""
        kinds, names, payers = (down(column, _FIRST, self.last) for column in range(3))
        money, name = down(_LEFT + year, _FIRST, self.last), cell(row, 1)
        paid = (
            f'SUMIFS({money},{names},{name},{kinds},"<>Kept back")-SUMIFS({money},{names},{name},{kinds},"Kept back")'
        )
        on = (
            f'SUMIFS({money},{payers},{name},{kinds},"<>Kept back")-SUMIFS({money},{payers},{name},{kinds},"Kept back")'
        )
        first = f'COUNTIFS({fixed(_FIRST, 1)}:{cell(row, 1)},{name},{fixed(_FIRST, 0)}:{cell(row, 0)},"<>Kept back")=1'
        own = f'AND({name}<>"",{cell(row, 0)}<>"Kept back",{cell(row, 0)}<>"Further payment",{first})'
        formula = f"IF({own},({paid})-({on}),0)"
        sheet.formula(row, _LEFT + self.years + year, formula, Money(self._held(row, year)), BALANCE)

    def _held(self, row: int, year: int) -> int:
        at = row - _FIRST
        if self.found is None or at >= len(self.lines) or self.lines[at].kind not in ("Partner", "Sub-contractor"):
            return 0
        ids = {called(each, at): each.id for at, each in enumerate(self.typed.organisations)}
        wanted = ids.get(self.lines[at].texts[0], "")
        held = next((it.pence for it in self.found.report.holdings if it.organisation == wanted), ())
        return held[year] if held else 0


# --- pieces -------------------------------------------------------------------------------------------------


def _lines(typed: TypedSheet) -> Iterator[_Line]:
    """Yield a row for each organisation beside the lead, each deduction and each further payment."""
    names = {each.id: called(each, at) for at, each in enumerate(typed.organisations)}
    lead = typed.organisations[0].id if typed.organisations else ""
    kept: list[_Line] = []
    for each in typed.organisations[1:]:
        if each.is_blank:
            continue
        payer = "" if each.paid_by in ("", lead) else names.get(each.paid_by, "")
        yield _Line(_ROLES.get(each.role, "Partner"), _texts(each, names[each.id], payer), each.figures)
        if any(text.strip() for text in each.kept_back):
            kept.append(_Line("Kept back", _bare(names[each.id], payer), each.kept_back))
    yield from kept
    for paid in typed.payments:
        payer = "" if paid.payer == lead else names.get(paid.payer, "")
        yield _Line("Further payment", _bare(names.get(paid.payee, ""), payer), paid.figures)
        if any(text.strip() for text in paid.kept_back):
            yield _Line("Kept back", _bare(names.get(paid.payee, ""), payer), paid.kept_back)


def _texts(each: TypedOrganisation, name: str, payer: str = "") -> tuple[str, ...]:
    ticks = ("yes" if ticked else "" for ticked in (each.vcse, each.by_and_for, each.sme))
    return (name, payer, each.number, *ticks, each.group, each.work)


def _bare(name: str, payer: str) -> tuple[str, ...]:
    return (name, payer, *("",) * (len(_NAMES) - 3))


def _pence(amounts: Sequence[Money]) -> tuple[int, ...]:
    return tuple(amount.pence for amount in amounts)
