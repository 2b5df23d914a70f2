"""Price marks or method figures, totals and ranks of one set of bids, live: the published order of work's last steps.

The same rows are written for the bids still in and, for every exclusion, for the bids there were before it. Equal
figures are recognised after rounding to 12 significant digits or so: binary fractions split exact ties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exports.workbook.book import MARKS, MONEY, PLAIN, Sheet
from exports.workbook.criteria import NAME, WEIGHT, Criteria
from exports.workbook.formulas import HELPERS, NOISE, decimals_for, parameters_of, shape_of
from exports.workbook.layout import FIRST_BID, LotPlan
from exports.workbook.text import across, cell, fixed
from scoring.evaluation import BidResult
from scoring.figures import Rounding, exact, plain
from scoring.methodology import TieBreak
from scoring.pricing import PriceRound, judged_quality, tie_break_title

_NOTCHES = 9  # decimals of marks that are compared
_PENCE = 6  # decimals of prices that are compared: a present value has no end of them


@dataclass(frozen=True)
class Inputs:
    """What every price round of a lot looks at: rows of price and quality, the weight's cell, the parameters' cells."""

    criteria: Criteria
    price: int
    quality: int
    parameters: Mapping[str, str]
    quality_max: str


@dataclass(frozen=True)
class _Key:
    """One row to rank by: exact figures by bid, and whether the highest is best."""

    row: int
    highest: bool


class RoundBlock:
    """Writes one price round over the first columns of bids, as many as the round holds."""

    def __init__(self, sheet: Sheet, plan: LotPlan, inputs: Inputs, found: PriceRound) -> None:
        self.sheet, self.plan, self.inputs, self.found = sheet, plan, inputs, found
        self.methodology, self.method = plan.lot.methodology, plan.lot.methodology.price
        self.bids = plan.bids[: len(found.prices)]
        self.keys: list[_Key] = []
        self.ranks = {place.bid: Fraction(place.rank) for place in found.ranking.places}
        self.marks_row = self.total_row = self.rank_row = 0

    def write(self, row: int) -> int:
        """Write the round from ``row`` on; return the first row left free."""
        leaf = self.methodology.priced
        names = self._common()
        row = self._helpers(row, names)
        row = self._method(row, names) if leaf is None else self._marks(row, names, leaf.criterion.id)
        row = self._tie_breaks(row)
        row = self._rank(row)
        return self._stored(row)

    # Names for cells.

    def _columns(self) -> Sequence[tuple[int, BidResult]]:
        return tuple(enumerate(self.bids, FIRST_BID))

    def _range(self, row: int) -> str:
        return across(row, FIRST_BID, FIRST_BID + len(self.bids) - 1)

    def _common(self) -> dict[str, str]:
        """Name the cells that a formula may look at beside a bid's own."""
        ranges = {"prices": self._range(self.inputs.price), "qualities": self._range(self.inputs.quality)}
        return {**ranges, **self.inputs.parameters, "quality_max": self.inputs.quality_max}

    def _own(self, column: int) -> dict[str, str]:
        return {"P": cell(self.inputs.price, column), "Q": cell(self.inputs.quality, column)}

    def _quality(self, result: BidResult) -> Fraction:
        return judged_quality(self.methodology, result.rows, result.scored or Fraction(0))

    def _helpers(self, row: int, names: dict[str, str]) -> int:
        """Write the figures that all bids share, and name their cells."""
        given = parameters_of(self.method)
        prices = [self.found.prices[result.bid.id] for result in self.bids]
        qualities = [self._quality(result) for result in self.bids]
        for name in shape_of(self.method).helpers:
            helper = HELPERS[name]
            self.sheet.text(row, NAME, helper.title, "text")
            value = helper.value(prices, qualities, given)
            self.sheet.formula(row, WEIGHT, helper.formula.format_map(names), value, helper.figures)
            names[name] = fixed(row, WEIGHT)
            row += 1
        return row

    def _line(
        self, row: int, title: str, formulas: Sequence[str], values: Sequence[Fraction], figures: str, style: str
    ) -> int:
        """Write one formula for each bid of the round; return the next row."""
        self.sheet.text(row, NAME, title, "strong" if style == "sum" else "text")
        for (column, _), formula, value in zip(self._columns(), formulas, values, strict=True):
            self.sheet.formula(row, column, formula, value, figures, style)
        return row + 1

    # Marks, or the figure of a whole method.

    def _marks(self, row: int, names: Mapping[str, str], criterion: str) -> int:
        weight = {"W": self.inputs.criteria.weight(criterion)}
        own = shape_of(self.method).own
        formulas = [own.format_map({**names, **weight, **self._own(column)}) for column, _ in self._columns()]
        ids = [result.bid.id for result in self.bids]
        marks, totals = [self.found.marks[bid] for bid in ids], [self.found.totals[bid] for bid in ids]
        self.marks_row = row
        row = self._line(row, "Price marks", formulas, marks, MARKS, "formula")
        scored = self.inputs.criteria.scored
        sums = [f"{cell(scored, column)}+{cell(self.marks_row, column)}" for column, _ in self._columns()]
        self.total_row = row
        row = self._line(row, "Total = scored marks + price marks", sums, totals, MARKS, "sum")
        return self._total_keys(row, totals)

    def _total_keys(self, row: int, totals: Sequence[Fraction]) -> int:
        rounding = self.methodology.rounding
        exactly = [f"ROUND({cell(self.total_row, column)},{_NOTCHES})" for column, _ in self._columns()]
        to_rank = [Rounding(_NOTCHES).value(total) for total in totals]
        printed = [_rounded(cell(self.total_row, column), rounding) for column, _ in self._columns()]
        figures = f"0.{'0' * rounding.places}" if rounding.places else "0"
        shown = [rounding.value(total) for total in totals]
        printed_row = row
        row = self._line(row, "Total as printed (published rounding)", printed, shown, figures, "formula")
        if self.methodology.rank_on == "rounded":
            self.keys.append(_Key(printed_row, True))
            return row
        self.keys.append(_Key(row, True))
        return self._line(row, f"Ranked on: the total to {_NOTCHES} decimals", exactly, to_rank, PLAIN, "formula")

    def _method(self, row: int, names: Mapping[str, str]) -> int:
        own = shape_of(self.method).own
        formulas = [own.format_map({**names, **self._own(column)}) for column, _ in self._columns()]
        figures = [self.found.totals[result.bid.id] for result in self.bids]
        self.total_row = row
        row = self._line(row, "Method figure", formulas, figures, PLAIN, "sum")
        if self.method.formula == "reference_value_corridor":
            return self._corridor(row, figures)
        places = decimals_for(figures)
        highest = self.found.method is not None and self.found.method.best == "highest"
        compared = [f"ROUND({cell(self.total_row, column)},{places})" for column, _ in self._columns()]
        values = [Rounding(places).value(figure) for figure in figures]
        self.keys.append(_Key(row, highest))
        row = self._line(row, f"Ranked on: the figure to {places} decimals", compared, values, PLAIN, "formula")
        if self.method.formula == "reference_value":
            self.keys.append(_Key(row, False))
            prices = [self.found.prices[result.bid.id] for result in self.bids]
            pence = [f"ROUND({cell(self.inputs.price, column)},{_PENCE})" for column, _ in self._columns()]
            return self._line(row, "Then on: the lower price", pence, prices, MONEY, "formula")
        return row

    def _corridor(self, row: int, figures: Sequence[Fraction]) -> int:
        """Write which bids lie inside the corridor, and what ranks them there and outside."""
        given, title = parameters_of(self.method), "Corridor: the least figure inside it"
        floor = max(figures) * (1 - exact(given["corridor_percent"]) / 100)
        self.sheet.text(row, NAME, title, "text")
        best, percent = f"MAX({self._range(self.total_row)})", self.inputs.parameters["corridor_percent"]
        self.sheet.formula(row, WEIGHT, f"ROUND({best}*(1-{percent}/100),{NOISE})", floor)
        outside = [figure < floor for figure in figures]
        flags = [f"IF({cell(self.total_row, column)}>={fixed(row, WEIGHT)},0,1)" for column, _ in self._columns()]
        values = [Fraction(out) for out in outside]
        row = self._line(row + 1, "Outside the corridor (0 no, 1 yes)", flags, values, PLAIN, "formula")
        self.keys += [_Key(row - 1, False), _Key(row, False), _Key(row + 1, False)]
        return self._corridor_keys(row, figures, outside, given["decide_on"])

    def _corridor_keys(self, row: int, figures: Sequence[Fraction], outside: Sequence[bool], decide_on: str) -> int:
        """Write what ranks inside the corridor and out of it; the lowest is best in both rows."""
        first, second = [], []
        for column, _ in self._columns():
            flag, own = cell(row - 1, column), self._own(column)
            decides = f"ROUND({own['P']},{_PENCE})" if decide_on == "lowest_price" else f"-ROUND({own['Q']},{_NOTCHES})"
            first.append(f"IF({flag}=0,{decides},-{cell(self.total_row, column)})")
            second.append(f"IF({flag}=0,0,ROUND({own['P']},{_PENCE}))")
        inside = [self._inside(result) for result in self.bids]
        prices = [self.found.prices[result.bid.id] for result in self.bids]
        values = [-figure if out else key for out, figure, key in zip(outside, figures, inside, strict=True)]
        others = [price if out else Fraction(0) for out, price in zip(outside, prices, strict=True)]
        title = f"Ranked on: {decide_on.replace('_', ' ')} inside, the figure (less is better with −) outside"
        row = self._line(row, title, first, values, PLAIN, "formula")
        return self._line(row, "Then on: the price outside", second, others, MONEY, "formula")

    def _inside(self, result: BidResult) -> Fraction:
        if parameters_of(self.method)["decide_on"] == "lowest_price":
            return self.found.prices[result.bid.id]
        return -Rounding(_NOTCHES).value(self._quality(result))

    # Ties and ranks.

    def _tie_breaks(self, row: int) -> int:
        for number, step in enumerate(self.methodology.tie_breaks, 1):
            title = f"Tie-break {number}: {tie_break_title(step, self.methodology)}"
            if step.rule == "lowest_price":
                formulas = [f"ROUND({cell(self.inputs.price, column)},{_PENCE})" for column, _ in self._columns()]
                values = [self.found.prices[result.bid.id] for result in self.bids]
            else:
                formulas = [self._counted(step, column) for column, _ in self._columns()]
                values = [Rounding(_NOTCHES).value(_earned(step, result)) for result in self.bids]
            self.keys.append(_Key(row, step.rule != "lowest_price"))
            row = self._line(row, title, formulas, values, MONEY if step.rule == "lowest_price" else PLAIN, "formula")
        return row

    def _counted(self, step: TieBreak, column: int) -> str:
        rows = self.inputs.criteria
        kind = {"highest_quality": "quality", "highest_social_value": "social_value"}.get(step.rule)
        at = rows.kinds.get(kind) if kind else rows.marks.get(step.criterion)
        return "0" if at is None else f"ROUND({cell(at, column)},{_NOTCHES})"

    def _rank(self, row: int) -> int:
        """Write each rank: one more than the bids that are better on the first row that tells them apart."""
        first, *rest = self.keys
        formulas = []
        for column, _ in self._columns():
            parts = [f"RANK({cell(first.row, column)},{self._range(first.row)},{0 if first.highest else 1})"]
            equal = [f"({self._range(first.row)}={cell(first.row, column)})"]
            for key in rest:
                sign = ">" if key.highest else "<"
                better = f"({self._range(key.row)}{sign}{cell(key.row, column)})"
                parts.append(f"SUMPRODUCT({'*'.join([*equal, better])})")
                equal.append(f"({self._range(key.row)}={cell(key.row, column)})")
            formulas.append("+".join(parts))
        ranks = [self.ranks[result.bid.id] for result in self.bids]
        self.rank_row = row
        return self._line(row, "Rank", formulas, ranks, "0", "sum")

    # Beside what was found.

    def _stored(self, row: int) -> int:
        """Write what the workbench found, exactly, and whether the sheet comes to the same."""
        by_marks = self.methodology.priced is not None
        places = _NOTCHES if by_marks else decimals_for(list(self.found.totals.values()), 11)
        stored: list[tuple[str, int, Mapping[str, Fraction], str]] = []
        if by_marks:
            stored.append(("Price marks", self.marks_row, self.found.marks, f"1E-{_NOTCHES}"))
        stored.append(("Total" if by_marks else "Method figure", self.total_row, self.found.totals, f"1E-{places}"))
        stored.append(("Rank", self.rank_row, self.ranks, "0.5"))
        self.sheet.text(row, NAME, "As found by the workbench", "strong")
        row += 1
        for title, at, values, near in stored:
            row = self._compared(row, title, at, values, near)
        return row

    def _compared(self, row: int, title: str, at: int, values: Mapping[str, Fraction], near: str) -> int:
        self.sheet.text(row, NAME, f"{title}, as found", "text")
        exactly = at != self.rank_row
        if exactly:
            self.sheet.text(row + 1, NAME, f"{title}, exact", "text")
        check = row + 1 + exactly
        self.sheet.text(check, NAME, f"{title}: sheet and workbench", "text")
        for column, result in self._columns():
            value = values[result.bid.id]
            found = self.sheet.typed(row, column, value)
            if exactly:
                self.sheet.text(row + 1, column, plain(value), "exact")
            self.sheet.check(check, column, f"ABS({cell(at, column)}-{found})<{near}")
        self.sheet.count_checks(self._range(check), len(self.bids))
        return check + 1


def _earned(step: TieBreak, result: BidResult) -> Fraction:
    """Add up the marks that a step of the tie-break list compares."""
    kind = {"highest_quality": "quality", "highest_social_value": "social_value"}.get(step.rule)
    if kind:
        return result.marks_of(kind)
    return sum(
        (row.marks for row in result.rows if step.criterion in (*row.leaf.above, row.leaf.criterion.id)), Fraction(0)
    )


def _rounded(address: str, rounding: Rounding) -> str:
    """Write the published rounding of a cell; the first ROUND takes off what binary fractions add."""
    clean = f"ROUND({address},{max(_NOTCHES, rounding.places + 3)})"
    if rounding.mode == "down":
        return f"TRUNC({clean},{rounding.places})"
    if rounding.mode == "half_up":
        return f"ROUND({clean},{rounding.places})"
    scaled = f"{clean}*10^{rounding.places}"
    half = f"ROUND(MOD(ABS({scaled}),1),6)=0.5"
    return f"IF({half},2*ROUND({scaled}/2,0),ROUND({scaled},0))/10^{rounding.places}"
