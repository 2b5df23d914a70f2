"""How a bid's evaluated price is worked out on the sheet of prices: years, other costs, a basket or a present value."""

from __future__ import annotations

from fractions import Fraction

from exports.workbook.book import MONEY, Sheet
from exports.workbook.layout import PRICES_LEFT, PRICES_TOP, LotPlan
from exports.workbook.text import cell, fixed
from lots.errors import ProcurementError
from scoring.evaluation import BidResult
from scoring.pricing import evaluated_price

RATE_ROW = PRICES_TOP - 2
WORDS = {
    "total": "all years",
    "life_cycle": "years and other costs",
    "net_present_value": "present value of the years",
    "basket": "the published basket",
}


def evaluated(plan: LotPlan, result: BidResult) -> Fraction | None:
    """Return a bid's evaluated price in pounds; None where it gives too little to work one out."""
    try:
        return evaluated_price(result.bid, plan.lot.methodology)
    except ProcurementError:
        return None


def present_value(plan: LotPlan, result: BidResult) -> str:
    """Write the present value of a bid's years: each falls at its end, a whole year after the one before."""
    row, rate = plan.price_rows[result.bid.id], fixed(RATE_ROW, PRICES_LEFT + plan.years)
    years = range(len(result.bid.prices))
    return "+".join(f"{cell(row, PRICES_LEFT + year)}/(1+{rate}/100)^{year + 1}" for year in years)


def other_costs(sheet: Sheet, plan: LotPlan, row: int) -> tuple[dict[str, list[str]], int]:
    """Write the costs beside the price, one a row; return each bid's cells and the next row."""
    found: dict[str, list[str]] = {}
    if not plan.other_costs:
        return found, row
    counted = plan.lot.methodology.evaluated_price == "life_cycle"
    sheet.text(row, 0, f"Other costs ({'added to' if counted else 'not part of'} the evaluated price)", "heading")
    for result in plan.opened:
        for cost in result.bid.other_costs:
            row += 1
            sheet.row(row, [result.tenderer.name, result.bid.id, cost.title], "text")
            found.setdefault(result.bid.id, []).append(sheet.typed(row, PRICES_LEFT, cost.amount, MONEY))
    return found, row + 1


def basket(sheet: Sheet, plan: LotPlan, row: int) -> dict[str, list[str]]:
    """Write the published quantities and every bid's unit prices; return the cells of each bid's lines."""
    items = plan.lot.methodology.basket
    found: dict[str, list[str]] = {}
    if not items:
        return found
    sheet.heads(row, ["The published basket", "", "Item", "Quantity", "Unit price", "Line"])
    quantities: dict[str, str] = {}
    for item in items:
        row += 1
        sheet.row(row, ["quantity, as published", "", item.title], "text")
        sheet.typed(row, PRICES_LEFT, item.quantity)
        quantities[item.id] = fixed(row, PRICES_LEFT)
    known = {item.id: item for item in items}
    for result in plan.opened:
        for unit in result.bid.unit_prices:
            if unit.item in known:
                row += 1
                line = Fraction(known[unit.item].quantity) * Fraction(unit.price.pence, 100)
                sheet.row(row, [result.tenderer.name, result.bid.id, known[unit.item].title], "text")
                sheet.formula(row, PRICES_LEFT, quantities[unit.item], known[unit.item].quantity)
                price = sheet.typed(row, PRICES_LEFT + 1, unit.price, MONEY)
                formula = f"{cell(row, PRICES_LEFT)}*{price}"
                found.setdefault(result.bid.id, []).append(sheet.formula(row, PRICES_LEFT + 2, formula, line, MONEY))
    return found
