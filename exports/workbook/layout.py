"""Where things stand in the workbook, decided before a cell is written, so that sheets can point at one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from exports.opening import unopened_words
from exports.workbook.book import Book
from exports.workbook.text import LONGEST_NAME, cell, elsewhere
from scoring.admission import STAGES
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation

FIRST_BID = 7  # on the totals sheets: the columns before it tell of criteria
PRICES_TOP, PRICES_LEFT = 8, 3  # on the price sheets: the first bid's first year
SCORES_TOP, SCORES_POINTS = 3, 7  # on the sheet of scores: the first score, and the column of points
_TOTALS, _PRICES = " totals", " prices"


@dataclass(frozen=True)
class LotPlan:
    """One lot's two sheets: their names, and the order of its bids in the columns of the totals.

    First come the bids still in, in the order of the file; then those taken out, the last one first, so that the bids
    of every price round on the way stand side by side; then bids kept out at admission, or all where the lot waits.
    """

    lot: LotEvaluation
    totals: str
    prices: str

    @cached_property
    def by_id(self) -> Mapping[str, BidResult]:
        """Map bids to what was found out about them, in the order of the file."""
        return {result.bid.id: result for result in self.lot.results}

    @cached_property
    def bids(self) -> tuple[BidResult, ...]:
        """Return the bids in the order of the columns."""
        inside = list(self.lot.round.prices)
        inside += [step.exclusion.bid for step in reversed(self.lot.recomputations)]
        order = dict.fromkeys([*inside, *self.by_id])
        return tuple(self.by_id[bid] for bid in order)

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """Map bids to their columns on the sheet of totals."""
        return {result.bid.id: column for column, result in enumerate(self.bids, FIRST_BID)}

    @cached_property
    def price_rows(self) -> Mapping[str, int]:
        """Map bids to their rows on the sheet of prices."""
        return {result.bid.id: row for row, result in enumerate(self.lot.results, PRICES_TOP)}

    @property
    def ranked(self) -> int:
        """Count the bids still in; they have the first columns."""
        return len(self.lot.round.prices)

    @cached_property
    def years(self) -> int:
        """Count the years priced: those of the term, or as many as the bid that prices most."""
        return max([self.lot.lot.years, *(len(result.bid.prices) for result in self.opened)])

    @cached_property
    def opened(self) -> tuple[BidResult, ...]:
        """Return the bids that were opened, in the order of the file: nobody knows what stands in the others."""
        return tuple(result for result in self.lot.results if not unopened_words(result))

    def price_cell(self, bid: str, year: int) -> str:
        """Name the cell of a bid's price in a year (0 = first), seen from another sheet."""
        return elsewhere(self.prices, cell(self.price_rows[bid], PRICES_LEFT + year))

    @property
    def other_costs(self) -> bool:
        """Say whether any bid states costs beside its price: the sheet of prices then has a column for them."""
        return any(result.bid.other_costs for result in self.opened)

    def evaluated_cell(self, bid: str) -> str:
        """Name the cell of a bid's evaluated price, seen from another sheet."""
        column = PRICES_LEFT + self.years + (2 if self.other_costs else 1)
        return elsewhere(self.prices, cell(self.price_rows[bid], column))

    def standing(self, result: BidResult) -> str:
        """Say in a few words whether a bid is still in."""
        if result.exclusion:
            return unopened_words(result) or f"excluded: {STAGES[result.exclusion.stage]}"
        return "ranked" if result.total is not None else "waiting"


@dataclass
class Plan:
    """The whole workbook: its lots, and the cells that other sheets look at, filled in while sheets are written."""

    evaluation: Evaluation
    lots: tuple[LotPlan, ...]
    points: dict[tuple[str, str], str] = field(default_factory=dict)
    totals: dict[str, str] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)

    @cached_property
    def scores(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Map bid and criterion to the cells on the sheet of scores that hold what evaluators gave."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        row = SCORES_TOP
        for sheet in self.evaluation.file.score_sheets:
            for score in sheet.scores:
                if score.points is not None:
                    key = (sheet.bid, score.criterion)
                    found[key] = (*found.get(key, ()), elsewhere("Scores", cell(row, SCORES_POINTS)))
                row += 1
        return found

    def of_bid(self, bid: str) -> LotPlan | None:
        """Find the lot of a bid; None where the lot was not evaluated."""
        return next((plan for plan in self.lots if bid in plan.price_rows), None)


def plan_of(evaluation: Evaluation, book: Book) -> Plan:
    """Choose the sheets' names: after the lots' titles where all are short enough, otherwise after their ids."""
    room = LONGEST_NAME - len(_TOTALS)
    short = all(len(lot.lot.title) <= room for lot in evaluation.lots)
    plans = []
    for lot in evaluation.lots:
        name = lot.lot.title if short else lot.lot.id
        plans.append(LotPlan(lot, book.reserve(name, _TOTALS), book.reserve(name, _PRICES)))
    return Plan(evaluation, tuple(plans))


def title_of(result: BidResult) -> str:
    """Head a bid's column with its tenderer."""
    return result.tenderer.name
