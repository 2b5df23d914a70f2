"""The sheet “Check” of the workbook to type a split in: each rule with limit, figure and verdict, year by year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from exports.workbook.book import BALANCE, PERCENT, Sheet
from exports.workbook.text import down, elsewhere, fixed
from lots.collaboration import MAXIMA, MINIMA
from lots.lot import Lot
from lots.money import Money
from lots.split.report import RuleFigure
from lots.split.self_check import SelfCheck

LEAD: Final = "(lead)"
"""How the sheet of pounds names the lead, whatever it is called."""
_PRICE, _LEAD, _FEE, _FIRST = 5, 6, 7, 8
_LEFT = 3
_VCSE, _BY_AND_FOR, _GROUP = 4, 5, 7  # columns of the sheet that is typed in


@dataclass(frozen=True)
class Places:
    """Where the figures of each year stand on the other sheets, ready for formulas."""

    split: str
    pounds: str
    years: int
    last: int

    def own(self, row: int, year: int) -> str:
        """Name the pounds of one of the first three rows."""
        return elsewhere(self.pounds, fixed(row, _LEFT + year))

    def money(self, year: int) -> str:
        """Name everybody's pounds in a year."""
        return elsewhere(self.pounds, down(_LEFT + year, _FIRST, self.last))

    def holds(self, year: int) -> str:
        """Name what everybody ends up with in a year."""
        return elsewhere(self.pounds, down(_LEFT + self.years + year, _FIRST, self.last))

    def named(self, column: int) -> str:
        """Name a text column of the sheet of pounds."""
        return elsewhere(self.pounds, down(column, _FIRST, self.last))

    def typed(self, column: int) -> str:
        """Name a column of the sheet that is typed in."""
        return elsewhere(self.split, down(column, _FIRST, self.last))

    def group_holds(self, year: int, more: str = "") -> str:
        """Add up what the lead's companies hold."""
        group = elsewhere(self.split, fixed(_LEAD, _GROUP))
        return f'IF({group}="",0,SUMIFS({self.holds(year)},{self.typed(_GROUP)},{group}{more}))'

    def figure(self, rule: str, year: int) -> str:
        """Write the formula of a rule's figure in a year."""
        kinds, names, payers = (self.named(column) for column in range(3))
        money, holds = self.money(year), self.holds(year)
        kept = f'SUMIFS({money},{payers},"{LEAD}",{kinds},"Kept back")'
        back = f'SUMIFS({money},{names},"{LEAD}",{kinds},"Further payment")'
        own = f"{self.own(_LEAD, year)}+{self.own(_FEE, year)}"
        keeps = f"{own}+{kept}+{back}+{self.group_holds(year)}"
        formulas = {
            "annual_budget": self.own(_PRICE, year),
            "shares_add_up": f'{own}+SUMIFS({money},{payers},"{LEAD}",{kinds},"<>Kept back")',
            "lead_retention_maximum": keeps,
            "provider_maximum": f"MAX({keeps},MAX({holds}))",
            "management_fee_maximum": self.own(_FEE, year),
            "subcontract_minimum": f"SUM({holds})-{self.group_holds(year)}",
            "no_top_slice": f'SUMIFS({money},{kinds},"Kept back")',
            "no_money_back": back,
        }
        for name, column in (("vcse_minimum", _VCSE), ("by_and_for_minimum", _BY_AND_FOR)):
            ticked = f',{self.typed(column)},"yes"'
            formulas[name] = f"SUMIFS({holds}{ticked})-{self.group_holds(year, ticked)}"
        return formulas[rule]


def write_check(sheet: Sheet, lot: Lot, found: SelfCheck | None, places: Places) -> None:
    """Write every rule of the lot that a formula can test."""
    sheet.text(0, 0, f"The rules of this lot: {lot.title}", "title")
    sheet.text(1, 0, "Nothing is typed here. The page of the tender decides; this is for working.", "note")
    sheet.heads(3, ["Rule", "Per cent", *(f"Year {year + 1}" for year in range(places.years))])
    row = 4
    for rule, title, percent, kind in _rules(lot):
        sheet.text(row, 0, title, "strong")
        if percent is not None:
            sheet.formula(row, 1, f"{percent:f}", percent, PERCENT)
        for at, name in enumerate(("limit", "figure", "result"), 1):
            sheet.text(row + at, 0, f"  {name}", "label")
        for year in range(places.years):
            _year(sheet, row, 2 + year, _limit(lot, rule, percent, kind, year, places), places.figure(rule, year), kind,
                  _values(found, rule, year))  # fmt: skip
        row += 5
    sheet.freeze(4, 1)


def _rules(lot: Lot) -> Iterator[tuple[str, str, Decimal | None, str]]:
    yield "shares_add_up", "The shares add up to the price", None, "equal"
    yield "annual_budget", "The price is within the annual budget", None, "maximum"
    for rule, title in (*MAXIMA.items(), *MINIMA.items()):
        percent: Decimal | None = getattr(lot.collaboration, rule)
        if percent is not None:
            yield rule, title, percent, "maximum" if rule in MAXIMA else "minimum"
    if lot.collaboration.no_top_slice:
        yield "no_top_slice", "Nothing is kept back from anybody", None, "nothing"
    if lot.collaboration.no_money_back:
        yield "no_money_back", "No money is paid back to the lead", None, "nothing"


def _limit(lot: Lot, rule: str, percent: Decimal | None, kind: str, year: int, places: Places) -> str:
    price = places.own(_PRICE, year)
    if percent is not None:
        return f"{'ROUNDUP' if kind == 'minimum' else 'ROUNDDOWN'}(ROUND({price}*{percent:f}/100,6),2)"
    if rule == "annual_budget":
        return lot.annual_budget.plain()
    return price if kind == "equal" else "0"


def _year(
    sheet: Sheet, row: int, column: int, limit: str, figure: str, kind: str, values: tuple[Money, Money, bool]
) -> None:
    at = sheet.formula(row + 1, column, limit, values[0], BALANCE)
    got = sheet.formula(row + 2, column, f"ROUND({figure},2)", values[1], BALANCE)
    test = {"equal": "=", "maximum": "<=", "nothing": "<=", "minimum": ">="}[kind]
    sheet.verdict(row + 3, column, f"ROUND({got}-{at},2){test}0", values[2], "kept", "broken")


def _values(found: SelfCheck | None, rule: str, year: int) -> tuple[Money, Money, bool]:
    """Return limit, figure and verdict as the check has them; of an empty sheet nothing, which keeps every rule."""
    if found is None:
        return Money(0), Money(0), True
    if rule == "annual_budget":
        price = found.bid.prices[year]
        return found.lot.annual_budget, price, price <= found.lot.annual_budget
    figure = found.report.figure(rule)
    assert isinstance(figure, RuleFigure)
    line = figure.lines[year]
    return line.limit, line.actual, line.passed
