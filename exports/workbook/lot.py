"""A lot's two sheets: prices as typed beside budgets and ceilings, and totals from agreed points to rank."""

from __future__ import annotations

from fractions import Fraction

from exports.opening import unopened_words
from exports.workbook.book import BALANCE, MARKS, MONEY, Book, Sheet
from exports.workbook.criteria import NAME, SHARE, WEIGHT, Criteria, CriteriaBlock
from exports.workbook.formulas import QUALITY_MAX, parameters_of
from exports.workbook.layout import FIRST_BID, PRICES_LEFT, PRICES_TOP, LotPlan, Plan, title_of
from exports.workbook.price import RATE_ROW, WORDS, basket, evaluated, other_costs, present_value
from exports.workbook.round import Inputs, RoundBlock
from exports.workbook.text import added, cell, down, elsewhere, fixed
from lots.money import total
from lots.words import counted
from scoring.admission import STAGES
from scoring.catalogue import FORMULAS
from scoring.criteria import walk
from scoring.evaluation import BidResult
from scoring.figures import NumberError, exact
from scoring.methodology import CriterionValue
from scoring.pricing import judged_quality

MOST_COLUMNS = 4_000  # of bids "before" exclusions, in all: 40 exclusions among 100 bids; the rest can be recomputed
_WIDE = 150  # characters across the columns of a paragraph


def write_prices(book: Book, plan: LotPlan) -> None:
    """Write the sheet of prices: every bid and year as typed, and how far each stays below budget and ceilings."""
    sheet = book.sheet(plan.prices, (34, 24, 26, *[15] * (plan.years + 4)))
    lot, years = plan.lot.lot, plan.years
    last = PRICES_LEFT + years
    sheet.text(0, 0, f"{lot.title}: prices", "title")
    sheet.text(1, 0, "Every amount as typed in the bid, in pounds.", "note")
    heads = [f"Year {year}" for year in range(1, years + 1)]
    sheet.heads(2, ["The lot", "", "", *heads, "All years"])
    sheet.row(3, ["Annual budget (indicative)"], "text")
    budgets = [sheet.typed(3, PRICES_LEFT + year, lot.annual_budget, MONEY) for year in range(years)]
    sheet.formula(3, last, f"SUM({budgets[0]}:{budgets[-1]})", lot.annual_budget * years, MONEY, "sum")
    _ceilings(sheet, plan, last)
    heads += ["All years", *(["Other costs"] if plan.other_costs else []), "Evaluated price"]
    sheet.heads(PRICES_TOP - 1, ["Tenderer", "Id in the tender file", "Standing", *heads])
    sheet.freeze(PRICES_TOP, 1)
    row = PRICES_TOP + len(plan.lot.results) + 1
    _balances(sheet, plan, row)
    parts, row = other_costs(sheet, plan, row + len(plan.opened) + 2)
    lines = basket(sheet, plan, row + 1)
    for result in plan.lot.results:
        if result not in plan.opened:
            sheet.row(plan.price_rows[result.bid.id], _who(plan, result), "text")
    for result in plan.opened:
        _priced(sheet, plan, result, parts.get(result.bid.id, []), lines.get(result.bid.id, []))


def _who(plan: LotPlan, result: BidResult) -> list[str]:
    return [result.tenderer.name, result.bid.id, plan.standing(result)]


def _ceilings(sheet: Sheet, plan: LotPlan, last: int) -> None:
    lot, rate = plan.lot.lot, plan.lot.methodology.discount_rate
    ceilings = {"Base value": lot.base_value, "Maximum potential spend": lot.maximum_potential_spend}
    for row, (title, amount) in enumerate(ceilings.items(), 4):
        sheet.text(row, 0, title, "text")
        if amount is not None:
            sheet.typed(row, last, amount, MONEY)
    if rate is not None:
        sheet.text(RATE_ROW, 0, "Discount rate, per cent a year", "text")
        sheet.typed(RATE_ROW, last, rate)


def _priced(sheet: Sheet, plan: LotPlan, result: BidResult, costs: list[str], lines: list[str]) -> None:
    row, last = plan.price_rows[result.bid.id], PRICES_LEFT + plan.years
    sheet.row(row, _who(plan, result), "text")
    for year, price in enumerate(result.bid.prices):
        sheet.typed(row, PRICES_LEFT + year, price, MONEY)
    years = f"SUM({cell(row, PRICES_LEFT)}:{cell(row, last - 1)})"
    whole = sheet.formula(row, last, years, result.bid.price, MONEY, "sum")
    if plan.other_costs:
        extra = total(cost.amount for cost in result.bid.other_costs)
        other = sheet.formula(row, last + 1, added(costs), extra, MONEY)
    price_seen = evaluated(plan, result)
    if price_seen is None:
        return
    formulas = {
        "total": whole,
        "life_cycle": f"{whole}+{other}" if plan.other_costs else whole,
        "net_present_value": present_value(plan, result),
        "basket": added(lines),
    }
    formula = formulas[plan.lot.methodology.evaluated_price]
    sheet.formula(row, last + 1 + plan.other_costs, formula, price_seen, MONEY, "sum")


def _balances(sheet: Sheet, plan: LotPlan, row: int) -> None:
    """Write what each year leaves of the budget, and the whole price of the base value; below nought is over it."""
    lot, last = plan.lot.lot, PRICES_LEFT + plan.years
    heads = [f"Year {year}" for year in range(1, plan.years + 1)]
    sheet.heads(row, ["Left of the budget", "(red: over it)", "", *heads, "Left of base value", "Left of maximum"])
    for at, result in enumerate(plan.opened, row + 1):
        prices = plan.price_rows[result.bid.id]
        sheet.row(at, [result.tenderer.name, result.bid.id], "text")
        for year, price in enumerate(result.bid.prices):
            formula = f"{fixed(3, PRICES_LEFT + year)}-{cell(prices, PRICES_LEFT + year)}"
            sheet.formula(at, PRICES_LEFT + year, formula, lot.annual_budget - price, BALANCE)
        for above, column, ceiling in ((4, last, lot.base_value), (5, last + 1, lot.maximum_potential_spend)):
            if ceiling is not None:
                formula = f"{fixed(above, last)}-{cell(prices, last)}"
                sheet.formula(at, column, formula, ceiling - result.bid.price, BALANCE, "sum")


def write_totals(book: Book, plan: LotPlan, whole: Plan) -> None:
    """Write the sheet of totals: criteria, marks, minimums, price, ranks, exclusions and what they changed."""
    sheet = book.sheet(plan.totals, (40, 14, 12, 14, 10, 10, 16, *[24] * len(plan.bids)))
    sheet.text(0, NAME, f"{plan.lot.lot.title}: totals and ranks", "title")
    sheet.text(1, NAME, plan.lot.methodology.title, "note")
    block = CriteriaBlock(sheet, plan, whole)
    row = _prices(sheet, plan, block.write(2) + 1)
    price = row - 1
    parameters, quality_max, row = _formula(sheet, plan, row + 1)
    quality, row = _valued(sheet, plan, block.rows, row)
    inputs = Inputs(block.rows, price, quality, parameters, quality_max)
    row = _official(sheet, plan, whole, inputs, row + 1)
    row = _excluded(sheet, plan, row + 1)
    _before(sheet, plan, inputs, row + 1)


def _prices(sheet: Sheet, plan: LotPlan, row: int) -> int:
    """Write the years of every bid's price, brought over from the sheet of prices, and the evaluated price."""
    sheet.text(row, NAME, "4. Prices, as typed on the sheet of prices", "heading")
    for year in range(plan.years):
        sheet.text(row + 1 + year, NAME, f"Price in year {year + 1}")
    row += plan.years + 1
    sheet.text(row, NAME, f"Evaluated price, P ({WORDS[plan.lot.methodology.evaluated_price]})", "strong")
    for result in plan.bids:
        if result.rows:
            _price(sheet, plan, result, row)
    return row + 1


def _price(sheet: Sheet, plan: LotPlan, result: BidResult, row: int) -> None:
    column, first = plan.columns[result.bid.id], row - plan.years
    for year, price in enumerate(result.bid.prices):
        sheet.formula(first + year, column, plan.price_cell(result.bid.id, year), price, MONEY)
    formula, value = f"SUM({cell(first, column)}:{cell(row - 1, column)})", evaluated(plan, result)
    if plan.lot.methodology.evaluated_price != "total":
        formula = plan.evaluated_cell(result.bid.id)
    if value is not None:
        sheet.formula(row, column, formula, value, MONEY, "sum")


def _valued(sheet: Sheet, plan: LotPlan, rows: Criteria, row: int) -> tuple[int, int]:
    """Write what each criterion's marks are worth where the tender says so; return the row of Q and the next one."""
    methodology = plan.lot.methodology
    if not methodology.values:
        return rows.scored, row
    first, last = row, row + len(methodology.values) - 1
    titles = {criterion.id: criterion.title for criterion, _ in walk(methodology.criteria)}
    for value in methodology.values:
        sheet.text(row, NAME, f"Worth of “{titles[value.criterion]}” at full marks, and what each bid earned", "text")
        sheet.typed(row, WEIGHT, value.amount, MONEY)
        at = rows.marks[value.criterion]
        for result in plan.bids:
            if result.rows:
                column = plan.columns[result.bid.id]
                share = f"{cell(at, column)}/{fixed(at, WEIGHT)}"
                sheet.formula(row, column, f"{fixed(row, WEIGHT)}*{share}", _earned(result, value), MONEY)
        row += 1
    sheet.text(row, NAME, "Quality as valued, out of 100 (Q)", "strong")
    for result in plan.bids:
        if result.rows:
            column = plan.columns[result.bid.id]
            parts = f"SUM({cell(first, column)}:{cell(last, column)})/SUM({down(WEIGHT, first, last)})"
            quality = judged_quality(methodology, result.rows, result.scored or Fraction(0))
            sheet.formula(row, column, f"{QUALITY_MAX}*{parts}", quality, MARKS, "sum")
    return row, row + 1


def _earned(result: BidResult, value: CriterionValue) -> Fraction:
    below = [row for row in result.rows if value.criterion in (*row.leaf.above, row.leaf.criterion.id)]
    whole = sum((row.leaf.weight for row in below), Fraction(0))
    return Fraction(value.amount.pence, 100) * sum((row.marks for row in below), Fraction(0)) / whole


def _formula(sheet: Sheet, plan: LotPlan, row: int) -> tuple[dict[str, str], str, int]:
    """Write the published price formula with its parameters; return their cells and the row after them."""
    method = plan.lot.methodology.price
    info = FORMULAS[method.formula]
    sheet.text(row, NAME, f"5. Published formula: {info.title}", "heading")
    sheet.text(row + 1, NAME, info.formula_text, "note")
    row, cells = row + 2, {}
    for name, typed in parameters_of(method).items():
        sheet.text(row, NAME, name.replace("_", " "))
        try:
            sheet.typed(row, WEIGHT, exact(typed))
        except NumberError:
            sheet.text(row, WEIGHT, typed, "typed")
        cells[name] = fixed(row, WEIGHT)
        row += 1
    if info.kind == "marks":
        return cells, "100", row
    sheet.text(row, NAME, "Most quality could be")
    sheet.typed(row, WEIGHT, QUALITY_MAX)
    return cells, fixed(row, WEIGHT), row + 1


def _official(sheet: Sheet, plan: LotPlan, whole: Plan, inputs: Inputs, row: int) -> int:
    sheet.text(
        row,
        NAME,
        f"6. Price, totals and ranks of the {counted(plan.ranked, 'bid')} still in",
        "heading",
    )
    row += 1
    if not plan.ranked:
        said = [str(finding) for finding in plan.lot.waiting] or ["No bid is left in the competition."]
        for sentence in said:
            sheet.wide(row, sentence, NAME, FIRST_BID, _WIDE)
            row += 1
        return row
    block = RoundBlock(sheet, plan, inputs, plan.lot.round)
    row = block.write(row)
    for result in plan.bids[: plan.ranked]:
        column = plan.columns[result.bid.id]
        whole.totals[result.bid.id] = elsewhere(sheet.name, cell(block.total_row, column))
        whole.prices[result.bid.id] = plan.evaluated_cell(result.bid.id)
    return row


def _excluded(sheet: Sheet, plan: LotPlan, row: int) -> int:
    """List the bids that are out: at which step, and every reason."""
    out = [result for result in plan.bids if result.exclusion]
    sheet.text(row, NAME, "7. Bids that are out, and why", "heading")
    if not out:
        sheet.text(row + 1, NAME, "None.", "note")
    for at, result in enumerate(out, row + 1):
        assert result.exclusion is not None
        sheet.wide(at, result.exclusion.sentence, SHARE, FIRST_BID + 2, 110)
        sheet.row(at, [title_of(result), unopened_words(result) or STAGES[result.exclusion.stage]], "text")
    return row + 1 + max(1, len(out))


def _before(sheet: Sheet, plan: LotPlan, inputs: Inputs, row: int) -> None:
    """Write each exclusion's "before": the same formulas over the bids there were until then."""
    steps = plan.lot.recomputations
    most = max(1, MOST_COLUMNS // max(1, len(plan.bids)))
    for number, step in enumerate(steps[:most], 1):
        name = title_of(plan.lot.result(step.exclusion.bid))
        stage = STAGES[step.exclusion.stage]
        sheet.text(row, NAME, f"8.{number}. Before {name} was taken out ({stage}); no part of the result", "heading")
        row = RoundBlock(sheet, plan, inputs, step.before).write(row + 1) + 1
    if len(steps) > most:
        said = f"The first {most} of {len(steps)} exclusions are written out here."
        sheet.text(row, NAME, said, "note")
