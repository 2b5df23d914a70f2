"""The sheet of collaboration splits: what is typed, who holds what, and every published rule tested live.

What an organisation holds is what flows in less what flows out; the lead also holds its delivery, its fee and what it
keeps back. Caps are rounded down to the penny and minimums up, as published.
"""

from __future__ import annotations

from collections.abc import Sequence

from exports.opening import unopened_words
from exports.workbook.book import MONEY, PERCENT, Book, Sheet
from exports.workbook.layout import LotPlan, Plan, title_of
from exports.workbook.text import across, added, cell, fixed
from lots.bid import Split
from lots.money import Money
from lots.organisation import Organisation
from lots.split.flow import Flow, Leg, chains_back, flow_of
from lots.split.report import ConfirmationFigure, RuleFigure, SplitReport
from scoring.evaluation import BidResult

NAME, WHAT, FIRST = 0, 1, 2
_TITLES = {
    "shares_add_up": "Delivery, fee and payments by the lead add up to the price",
    "lead_retention_maximum": "Most the lead and its group may keep",
    "provider_maximum": "Most any single provider may hold",
    "management_fee_maximum": "Most the management fee may be",
    "subcontract_minimum": "Least held outside the lead's group",
    "vcse_minimum": "Least held by VCSE partners",
    "by_and_for_minimum": "Least held by by-and-for partners",
    "no_top_slice": "Nothing kept back from what is allocated",
    "no_money_back": "No money flowing back to the lead or in a circle",
}


def write_splits(book: Book, name: str, whole: Plan) -> None:
    """Write every bid's split, lot by lot, one below another."""
    most = max((plan.years for plan in whole.lots), default=0)
    sheet = book.sheet(name, (46, 34, *[16] * (most + 1), 14))
    sheet.text(0, NAME, "Collaboration splits", "title")
    sheet.text(1, NAME, "Typed amounts are white; what follows from them is shaded. In pounds.", "note")
    sheet.heads(2, ["Item", "What it is", *[f"Year {year}" for year in range(1, most + 1)], "Whole term", "Check"])
    sheet.freeze(3, 1)
    row, checks = 4, list[int]()
    for plan in whole.lots:
        for result in plan.lot.results:
            block = SplitBlock(sheet, plan, result, most)
            row = block.write(row) + 1
            checks += block.checks
    sheet.count_checks_in(FIRST + most + 1, checks)


class SplitBlock:
    """Writes the split of one bid."""

    def __init__(self, sheet: Sheet, plan: LotPlan, result: BidResult, most: int) -> None:
        self.sheet, self.plan, self.result = sheet, plan, result
        self.years, self.term, self.beside = len(result.bid.prices), FIRST + most, FIRST + most + 1
        self.rows: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.checks: list[int] = []

    def write(self, row: int) -> int:
        """Write the split from ``row`` on; return the first row left free."""
        lot = self.plan.lot.lot.title
        self.sheet.text(row, NAME, f"{lot}: {title_of(self.result)}", "heading")
        report, split = self.result.split, self.result.bid.split
        if report is None or split is None or not self.years:
            out = self.result.exclusion is not None and self.result.exclusion.stage == "admission"
            kept_out = unopened_words(self.result) or "the bid was kept out at admission"
            said = f"Not checked: {kept_out}." if out else "The bid states no split to check."
            self.sheet.text(row + 1, NAME, said, "note")
            return row + 2
        flow = flow_of(self.result.bid, split, report.by_id)
        row = self._typed(row + 1, split, flow, report)
        row = self._holdings(row, flow, report)
        for figure in report.figures:
            row = self._rule(row, figure, flow, report)
        return self._said(row, report)

    # Typed amounts.

    def _columns(self) -> range:
        return range(FIRST, FIRST + self.years)

    def _term(self, row: int, pence: Sequence[int]) -> None:
        """Add up the years of a row."""
        years = across(row, FIRST, FIRST + self.years - 1).replace("$", "")
        self.sheet.formula(row, self.term, f"SUM({years})", Money(sum(pence)), MONEY, "sum")

    def _amounts(self, row: int, title: str, what: str, pence: Sequence[int]) -> int:
        self.sheet.row(row, [title, what], "text")
        for column, amount in zip(self._columns(), pence, strict=True):
            self.sheet.typed(row, column, Money(amount), MONEY)
        self._term(row, pence)
        return row + 1

    def _live(self, row: int, title: str, what: str, formulas: Sequence[str], pence: Sequence[int]) -> int:
        self.sheet.row(row, [title, what], "text")
        for column, formula, amount in zip(self._columns(), formulas, pence, strict=True):
            self.sheet.formula(row, column, formula, Money(amount), MONEY)
        self._term(row, pence)
        return row + 1

    def _typed(self, row: int, split: Split, flow: Flow, report: SplitReport) -> int:
        bid = self.result.bid.id
        self.rows["price"] = row
        prices = [self.plan.price_cell(bid, year) for year in range(self.years)]
        row = self._live(row, "Price", "from the sheet of prices", prices, flow.prices)
        self.rows["delivery"], self.rows["fee"] = row, row + 1
        row = self._amounts(row, "Lead's own delivery", _name(flow.lead, report), flow.delivery)
        row = self._amounts(row, "Management fee", _name(flow.lead, report), flow.fee)
        for number, leg in enumerate(flow.legs):
            self.rows[f"gross {number}"] = row
            way = f"{_name(leg.payer, report)} to {_name(leg.payee, report)}"
            row = self._amounts(row, way, "allocated", leg.gross)
            if leg.kept:
                self.rows[f"kept {number}"] = row
                row = self._amounts(row, way, "kept back by the payer", leg.kept)
        return row

    # Holdings.

    def _net(self, number: int, column: int, sign: str) -> str:
        """Write what is really paid in one payment: allocated less kept back."""
        gross = cell(self.rows[f"gross {number}"], column)
        kept = self.rows.get(f"kept {number}")
        other = "-" if sign == "+" else "+"
        return f"{sign}{gross}" if kept is None else f"{sign}{gross}{other}{cell(kept, column)}"

    def _flows(self, name: str, flow: Flow, column: int) -> str:
        parts = []
        if name == flow.lead:
            parts.append(f"{cell(self.rows['delivery'], column)}+{cell(self.rows['fee'], column)}")
        for number, leg in enumerate(flow.legs):
            parts += self._of_leg(number, leg, name, flow.lead, column)
        return "".join(parts).lstrip("+") or "0"

    def _of_leg(self, number: int, leg: Leg, name: str, lead: str, column: int) -> list[str]:
        found = [self._net(number, column, "+")] if leg.payee == name else []
        if leg.payer == name != lead:
            found.append(self._net(number, column, "-"))
        if leg.payer == name == lead and leg.kept:
            found.append(f"+{cell(self.rows[f'kept {number}'], column)}")
        return found

    def _holdings(self, row: int, flow: Flow, report: SplitReport) -> int:
        for holding in report.holdings:
            self.held[holding.organisation] = row
            name = _name(holding.organisation, report)
            formulas = [self._flows(holding.organisation, flow, column) for column in self._columns()]
            row = self._live(row, name, "holds", formulas, holding.pence)
            self._compare(row, row - 1, [*holding.by_year, holding.term])
            row = self._percents(row + 1, holding.organisation, report)
        return row

    def _compare(self, row: int, live: int, found: Sequence[Money]) -> None:
        """Write what the workbench found below a live row, and check them against one another."""
        self.sheet.text(row, WHAT, "as found by the workbench", "note")
        columns = [*self._columns(), self.term]
        for column, amount in zip(columns, found, strict=True):
            self.sheet.typed(row, column, amount, MONEY)
        same = [f"ABS({cell(live, column)}-{cell(row, column)})<0.001" for column in columns]
        self._check(row, same)

    def _check(self, row: int, conditions: Sequence[str]) -> None:
        condition = conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"
        self.sheet.check(row, self.beside, condition)
        self.checks.append(row)

    def _percents(self, row: int, organisation: str, report: SplitReport) -> int:
        self.sheet.text(row, WHAT, "percentage of the price")
        held, price = self.held[organisation], self.rows["price"]
        for column, percent in zip([*self._columns(), self.term], report.holding(organisation).percents, strict=True):
            if percent is not None:
                formula = f"100*{cell(held, column)}/{cell(price, column)}"
                self.sheet.formula(row, column, formula, percent, PERCENT)
        return row + 1

    # Rules.

    def _rule(self, row: int, figure: RuleFigure | ConfirmationFigure, flow: Flow, report: SplitReport) -> int:
        if isinstance(figure, ConfirmationFigure):
            return self._confirmed(row, figure, report)
        title = _TITLES.get(figure.rule, figure.rule.replace("_", " "))
        self.sheet.row(
            row, [title, "limit" if figure.percent is None else "per cent, and the limit it makes"], "strong"
        )
        limit = row
        if figure.percent is not None:
            limit += 1
            self.sheet.typed(row, FIRST, figure.percent)
        columns = [*self._columns(), self.term]
        for at, column in enumerate(columns):
            formula = self._limit(figure, column, fixed(row, FIRST))
            self.sheet.formula(limit, column, formula, Money(figure.limits[at]), MONEY)
            formula = self._actual(figure.rule, flow, report, column)
            self.sheet.formula(limit + 1, column, formula, Money(figure.actuals[at]), MONEY, "sum")
            condition = _within(figure.kind, cell(limit + 1, column), cell(limit, column))
            self.sheet.verdict(limit + 3, column, condition, figure.headrooms[at] >= 0, "kept", "broken")
        self.sheet.text(limit + 1, WHAT, "figure")
        self._compare(limit + 2, limit + 1, [Money(actual) for actual in figure.actuals])
        self.sheet.text(limit + 3, WHAT, f"rule: {'kept' if figure.passed else 'broken'}, as found by the workbench")
        self._verdicts(limit + 3, figure)
        return limit + 4

    def _verdicts(self, row: int, figure: RuleFigure) -> None:
        pairs = zip([*self._columns(), self.term], figure.headrooms, strict=True)
        same = [f'{cell(row, column)}="{"kept" if room >= 0 else "broken"}"' for column, room in pairs]
        self._check(row, same)

    def _limit(self, figure: RuleFigure, column: int, percent: str) -> str:
        price = cell(self.rows["price"], column)
        if figure.percent is not None:
            way = "ROUNDUP" if figure.kind == "minimum" else "ROUNDDOWN"
            return f"{way}(ROUND({price}*{percent}/100,8),2)"
        return price if figure.kind == "equal" else "0"

    def _actual(self, rule: str, flow: Flow, report: SplitReport, column: int) -> str:
        own = set(flow.lead_group)
        if rule == "shares_add_up":
            paid = [f"gross {number}" for number, leg in enumerate(flow.legs) if leg.payer == flow.lead]
            return added(cell(self.rows[part], column) for part in ("delivery", "fee", *paid))
        if rule == "management_fee_maximum":
            return cell(self.rows["fee"], column)
        if rule == "no_top_slice":
            return added(cell(row, column) for part, row in self.rows.items() if part.startswith("kept "))
        if rule == "no_money_back":
            return self._back(flow, column)
        if rule == "provider_maximum":
            groups: dict[str, list[str]] = {}
            for name, mark in flow.together.items():
                groups.setdefault(mark, []).append(name)
            return f"MAX({','.join(self._sum(names, column) for names in groups.values())})"
        return self._sum([name for name in flow.held if _counts(rule, name, own, report.by_id.get(name))], column)

    def _sum(self, names: Sequence[str], column: int) -> str:
        return added(cell(self.held[name], column) for name in names)

    def _back(self, flow: Flow, column: int) -> str:
        parts = []
        for chain in chains_back(flow):
            legs = [at for at, leg in enumerate(flow.legs) if (leg.payer, leg.payee) == chain[-2:]]
            parts += [self._net(number, column, "+") for number in legs]
        return "".join(parts).lstrip("+") or "0"

    def _confirmed(self, row: int, figure: ConfirmationFigure, report: SplitReport) -> int:
        for what, names in (
            ("confirmed", figure.confirmed), ("not confirmed", figure.unconfirmed), ("disputed", figure.disputed)
        ):  # fmt: skip
            if names:
                said = ", ".join(_name(name, report) for name in names)
                self.sheet.row(row, [f"Own figures {what}", said], "text")
                row += 1
        return row

    def _said(self, row: int, report: SplitReport) -> int:
        """Write every finding in full, below the figures."""
        for found in report.findings:
            self.sheet.text(row, NAME, f"{found.severity}: {found.message}", "note")
            row += 1
        return row


def _within(kind: str, figure: str, limit: str) -> str:
    tests = {"maximum": "{0}<={1}", "minimum": "{0}>={1}", "equal": "{0}={1}"}
    rounded = (f"ROUND({figure},2)", f"ROUND({limit},2)")
    return tests[kind].format(*rounded)


def _counts(rule: str, name: str, own: set[str], organisation: Organisation | None) -> bool:
    """Say whether what an organisation holds counts towards a rule."""
    if rule == "lead_retention_maximum":
        return name in own
    if name in own or rule == "subcontract_minimum":
        return name not in own
    if organisation is None:
        return False
    return organisation.vcse if rule == "vcse_minimum" else organisation.by_and_for


def _name(organisation: str, report: SplitReport) -> str:
    known = report.by_id.get(organisation)
    return known.name if known else organisation
