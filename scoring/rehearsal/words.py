"""The sentences of a rehearsal: what was assumed, what happened, and what its author should think about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from lots.words import counted, listed
from scoring.figures import Rounding
from scoring.rehearsal.course import Course
from scoring.rehearsal.outcome import RoundRow

_ONE, _TWO = Rounding(1), Rounding(2)


def percent(share: Fraction) -> str:
    """Write a share of 1 in per cent, to one decimal where it needs one: ``2.5 %``; never 0 or 100 for almost that."""
    shown = _ONE.text(share * 100).removesuffix(".0")
    if shown in ("0", "100") and share not in (0, 1):
        return "under 0.1 %" if shown == "0" else "over 99.9 %"
    return f"{shown} %"


def rounds_words(count: int, of: int) -> str:
    """Write a count of rounds with its share: ``5 of 200 rounds (2.5 %)``."""
    return f"{count} of {counted(of, 'round')} ({percent(Fraction(count, of) if of else Fraction(0))})"


def assumptions(course: Course) -> Iterator[str]:
    """Say how the bids were made up, so that a reader can judge what the counts are worth."""
    settings = course.settings
    each = f"{counted(settings.rounds, 'round')} of {counted(settings.bids, 'bid')} each"
    yield f"{settings.made_up:,} bids were made up in {each}, from the seed {settings.seed}. They are nobody’s bids."
    yield _price_assumption(course)
    weights = settings.scores.weights
    levels = f"{', '.join(map(str, weights[:-1]))} to {weights[-1]}"
    yield (
        f"A score falls on the levels of its scale, lowest first, in the proportions {levels} (read off the line "
        f"between them for a scale that does not have {len(weights)} levels)."
    )
    yield (
        f"In {settings.scores.alike} % of criteria a bid earns the level that is usual for it, drawn once a bid, and "
        "elsewhere one drawn anew; price and scores have nothing to do with each other."
    )
    yield (
        "Every bid arrives in time, meets every pass-or-fail requirement and keeps the collaboration rules. A breach "
        "of a minimum or a ceiling counts as out, and nobody is asked about a low price."
    )


def _price_assumption(course: Course) -> str:
    if course.methodology.price.formula == "fixed_price":
        return f"Every bid is priced at the published {course.lowest}."
    prices = course.settings.prices
    how = {
        "total": "spread evenly over the years",
        "net_present_value": "spread evenly over the years, then taken at its present value",
        "life_cycle": "spread evenly over the years, with no other costs",
        "basket": "at one unit price for the whole basket",
    }[course.methodology.evaluated_price]
    return (
        f"A price lies between {prices.lowest} % and {prices.highest} % of the budget of {course.budget} over the "
        f"term ({course.lowest} to {course.highest}), every pound as likely as the next, {how}."
    )


def reversal_sentence(
    number: int, removed: str, winner: str, before: Sequence[RoundRow], after: Sequence[RoundRow], *, whole: bool
) -> str:
    """Tell one reversal in figures: who wins with the bid, and who without it."""
    shown = {row.bid: _figure(row, whole=whole) for row in before}
    again = {row.bid: _figure(row, whole=whole) for row in after}
    firsts = [row.bid for row in after if row.rank == 1]
    other = firsts[0] if len(firsts) == 1 else next(bid for bid in (*firsts, winner) if bid != winner)
    then = (
        f"bid {other} wins with {again[other]} to bid {winner}’s {again[winner]}"
        if len(firsts) == 1
        else f"bids {listed(firsts)} are tied at {again[firsts[0]]}"
    )
    return (
        f"In round {number} bid {winner} wins with {shown[winner]}, and bid {other} has {shown[other]}. Take out bid "
        f"{removed}, which wins nothing, and {then}. No other price or score has changed."
    )


def _figure(row: RoundRow, *, whole: bool) -> str:
    """Write a total to two decimals; a method's figure as money is shown, to the whole number where it is large."""
    total = row.total or Fraction(0)
    if whole:
        return f"a figure of {_TWO.text(total) if abs(total) < 1000 else f'{int(_whole(total)):,}'}"
    return f"{_TWO.text(total)} marks"


def _whole(total: Fraction) -> Fraction:
    return Rounding(0).value(total)
