"""What a rehearsal finds, as values fit for a page, a document and a test."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lots.errors import Finding
from lots.money import Money
from scoring.admission import Stage
from scoring.rehearsal.settings import Settings

MeasureId = Literal["decided_by_price", "reversals", "unawardable", "close", "tied", "tied_first", "settled_first"]


@dataclass(frozen=True)
class Measure:
    """One count: in how many of how many rounds something happened, what that is, and a sentence that says it all."""

    id: MeasureId
    title: str
    meaning: str
    count: int
    of: int
    sentence: str

    @property
    def share(self) -> Fraction:
        """Return the exact share (nought of no rounds)."""
        return Fraction(self.count, self.of) if self.of else Fraction(0)


@dataclass(frozen=True)
class Spread:
    """How far apart the best and the worst bid of a round were, as shares of what there was: the range and the mean."""

    least: Fraction
    mean: Fraction
    most: Fraction
    rounds: int


@dataclass(frozen=True)
class CriterionSpread:
    """How much of a criterion's weight told the bids of a round apart; ``spread`` is empty without two bids to compare.

    For price it is the spread of the price marks.
    """

    criterion: str
    title: str
    weight: Fraction
    spread: Spread | None


@dataclass(frozen=True)
class MinimumMissed:
    """How many made-up bids a published minimum (or ceiling) kept out; a bid may miss several."""

    place: str
    title: str
    stage: Stage
    bids: int
    of: int

    @property
    def share(self) -> Fraction:
        """Return the exact share of all made-up bids."""
        return Fraction(self.bids, self.of)


@dataclass(frozen=True)
class Band:
    """Totals from ``start`` up to (and without) ``end`` marks; the last band has 100 in it."""

    start: int
    end: int
    bids: int
    winners: int


@dataclass(frozen=True)
class RoundRow:
    """One bid of one round: price (pounds), marks and place; empty where it fell out, and ``out`` says why."""

    bid: str
    price: Money
    scored: Fraction
    price_marks: Fraction | None
    total: Fraction | None
    rank: int | None
    out: str = ""


@dataclass(frozen=True)
class Reversal:
    """A bid that did not win and yet chose the winner: the round with it, and again without it.

    ``after`` is None where the first place is tied once the bid is gone.
    """

    round: int
    removed: str
    before: str
    after: str | None
    with_it: tuple[RoundRow, ...]
    without_it: tuple[RoundRow, ...]
    sentence: str


@dataclass(frozen=True)
class Rehearsal:
    """A lot's method tried out on made-up bids: what was assumed, what happened, and what to think about.

    ``whole_method`` says that the figures of bids are no marks out of 100, so that nothing is said about close results,
    price marks or bands. ``weight`` is that of price. ``first_round`` shows what made-up bids look like.
    """

    lot: str
    lot_title: str
    formula: str
    formula_title: str
    whole_method: bool
    depends_on_rivals: bool
    weight: Fraction
    settings: Settings
    budget: Money
    lowest_price: Money
    highest_price: Money
    assumptions: tuple[str, ...]
    summary: str
    measures: tuple[Measure, ...]
    price_spread: Spread | None
    criteria: tuple[CriterionSpread, ...]
    missed: tuple[MinimumMissed, ...]
    bands: tuple[Band, ...]
    first_round: tuple[RoundRow, ...]
    reversal: Reversal | None
    findings: tuple[Finding, ...]

    def measure(self, name: MeasureId) -> Measure | None:
        """Find a count by its name; None where the method leaves nothing to count."""
        return next((measure for measure in self.measures if measure.id == name), None)
