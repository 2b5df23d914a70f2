"""What a rehearsal makes its author think about: warnings with their limits and reasons, none of which blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from lots.errors import Finding
from lots.words import counted
from scoring.catalogue import FORMULAS
from scoring.rehearsal.course import Course
from scoring.rehearsal.outcome import Measure, MeasureId, MinimumMissed, Spread
from scoring.rehearsal.words import percent

REVERSALS_AT_MOST = Fraction(5, 100)
"""One competition in twenty turned by a bid that cannot win is more than a losing tenderer will take as bad luck."""
PRICE_USED_AT_LEAST = Fraction(25, 100)
"""Where prices use less than a quarter of their weight, price counts for a quarter of what the documents say."""
UNAWARDABLE_AT_MOST = Fraction(5, 100)
"""A minimum that empties one round in twenty puts the service itself at risk, not only a poor bid."""
MINIMUM_OUT_AT_MOST = Fraction(25, 100)
"""A minimum is there for the exceptional bid; one that takes out a quarter of them decides the competition."""
PRICE_DECIDES_AT_MOST = Fraction(50, 100)
"""When price picks the winner more often than not, the tender is decided on price, whatever its weights say."""
CLOSE_AT_MOST = Fraction(25, 100)
"""Where a quarter of results hang on less than one mark, a single score moved by one level would turn them."""


def advice(
    course: Course, measures: Sequence[Measure], spread: Spread | None, missed: Sequence[MinimumMissed]
) -> Iterator[Finding]:
    """Yield what is worth thinking about before publication, the gravest first."""
    found: Mapping[MeasureId, Measure] = {measure.id: measure for measure in measures}
    yield from _unawardable(found["unawardable"])
    yield from _minimums(missed)
    yield from _reversals(course, found["reversals"])
    yield from _price_used(course, spread)
    yield from _price_decides(course, found["decided_by_price"])
    yield from _close(found.get("close"))
    yield from _unsettled(found.get("settled_first"))


def _finding(code: str, message: str, place: str, got: Fraction, limit: Fraction) -> Finding:
    figures = (("found", percent(got)), ("limit", percent(limit)))
    return Finding(f"rehearsal_{code}", message, place, "warning", figures)


def _unawardable(measure: Measure) -> Iterator[Finding]:
    if measure.share > UNAWARDABLE_AT_MOST:
        message = (
            f"In {percent(measure.share)} of rounds nobody was left to award to (more than "
            f"{percent(UNAWARDABLE_AT_MOST)}): lower a minimum, or be ready to start again."
        )
        yield _finding("unawardable", message, "criteria", measure.share, UNAWARDABLE_AT_MOST)


def _minimums(missed: Sequence[MinimumMissed]) -> Iterator[Finding]:
    for it in missed:
        if it.share > MINIMUM_OUT_AT_MOST:
            message = (
                f"“{it.title}” took out {percent(it.share)} of the made-up bids (more than "
                f"{percent(MINIMUM_OUT_AT_MOST)}): check that a service could really not be bought from them."
            )
            yield _finding("minimum_excludes", message, it.place, it.share, MINIMUM_OUT_AT_MOST)


def _reversals(course: Course, measure: Measure) -> Iterator[Finding]:
    if measure.share > REVERSALS_AT_MOST:
        message = (
            f"In {percent(measure.share)} of rounds a bid that did not win chose the winner (more than "
            f"{percent(REVERSALS_AT_MOST)}): under “{FORMULAS[course.methodology.price.formula].title}” a bid’s figure "
            "depends on the others. A straight line between published prices has no such effect."
        )
        yield _finding("reversals", message, "price", measure.share, REVERSALS_AT_MOST)


def _price_used(course: Course, spread: Spread | None) -> Iterator[Finding]:
    leaf = course.methodology.priced
    if spread is not None and leaf is not None and spread.mean < PRICE_USED_AT_LEAST:
        message = (
            f"The best and the worst price were {percent(spread.mean)} of the price weight apart on average (less than "
            f"{percent(PRICE_USED_AT_LEAST)}): of {leaf.weight} marks for price, the rest goes to everybody."
        )
        yield _finding("price_weight_unused", message, leaf.criterion.id, spread.mean, PRICE_USED_AT_LEAST)


def _price_decides(course: Course, measure: Measure) -> Iterator[Finding]:
    if measure.share > PRICE_DECIDES_AT_MOST:
        message = (
            f"Price picked the winner over a better bid in {percent(measure.share)} of rounds (more than "
            f"{percent(PRICE_DECIDES_AT_MOST)}): quality does not lead, whatever the weights say."
        )
        yield _finding("price_decides", message, "price", measure.share, PRICE_DECIDES_AT_MOST)
    leaf = course.methodology.priced
    if measure.of and not measure.count and leaf is not None and course.methodology.price.formula != "fixed_price":
        message = (
            f"Price never changed the winner: with {leaf.weight} marks for it, bids within the budget that was assumed "
            "are decided on quality alone. Publish a fixed price, or weigh price so that it counts."
        )
        yield Finding("rehearsal_price_never_decides", message, leaf.criterion.id, "note")


def _close(measure: Measure | None) -> Iterator[Finding]:
    if measure is not None and measure.share > CLOSE_AT_MOST:
        message = (
            f"In {percent(measure.share)} of rounds less than 1 mark parted the first two (more than "
            f"{percent(CLOSE_AT_MOST)}): a finer scale or fewer criteria would tell bids further apart."
        )
        yield _finding("close_results", message, "criteria", measure.share, CLOSE_AT_MOST)


def _unsettled(measure: Measure | None) -> Iterator[Finding]:
    if measure is not None and measure.count < measure.of:
        message = (
            f"The tie-break list left the first place open in {measure.of - measure.count} of "
            f"{counted(measure.of, 'round')} in which it was shared: add a step to the list."
        )
        yield _finding("ties_unsettled", message, "tie_breaks", 1 - measure.share, Fraction(0))
