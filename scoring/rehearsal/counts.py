"""Counting what happened over the rounds of a rehearsal: exact, and every figure from the judged rounds alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from lots.errors import Finding
from lots.money import Money
from scoring.admission import Stage
from scoring.catalogue import WHOLE_METHODS
from scoring.criteria import walk
from scoring.pricing import PriceRound
from scoring.rehearsal.course import Course
from scoring.rehearsal.outcome import Band, CriterionSpread, MinimumMissed, Reversal, RoundRow, Spread
from scoring.rehearsal.trial import Trial, runner_up, without
from scoring.rehearsal.words import reversal_sentence

CLOSE = 1  # marks: less than this between first and second is a result that one score more would turn
_BAND = 5  # marks


def winners(trials: Iterable[Trial]) -> list[Trial]:
    """Keep the rounds that have a sole winner."""
    return [trial for trial in trials if trial.winner is not None]


def decided_by_price(trial: Trial) -> bool:
    """Say whether the winner is not among the bids with the best marks for everything but price."""
    scored = [trial.marking.scored[bid.id] for bid in trial.still_in]
    return trial.winner is not None and trial.marking.scored[trial.winner] < max(scored)


def margin(trial: Trial) -> Fraction | None:
    """Return how far the winner's total is above the second's; None without a winner or a second."""
    second = runner_up(trial.round.ranking)
    if trial.winner is None or second is None:
        return None
    return trial.round.totals[trial.winner] - trial.round.totals[second]


# --- reversals ----------------------------------------------------------------------------------------------


def reversed_by(course: Course, trial: Trial) -> tuple[str, PriceRound] | None:
    """Find the first bid that did not win and without which another bid would; None where no bid does that."""
    for place in trial.round.ranking.places:
        if trial.winner is not None and place.bid != trial.winner:
            after = without(course, trial, place.bid)
            if after.ranking.first != trial.winner:
                return place.bid, after
    return None


def reversal(course: Course, trial: Trial, removed: str, after: PriceRound) -> Reversal:
    """Set a round beside itself without the bid that chose its winner."""
    assert trial.winner is not None  # a round without a winner has nothing to reverse
    rows, again = round_rows(trial, trial.round), round_rows(trial, after)
    again = tuple(row for row in again if row.rank is not None)
    whole = course.methodology.price.formula in WHOLE_METHODS
    says = reversal_sentence(trial.number, removed, trial.winner, rows, again, whole=whole)
    return Reversal(trial.number, removed, trial.winner, after.ranking.first, rows, again, says)


def round_rows(trial: Trial, found: PriceRound) -> tuple[RoundRow, ...]:
    """List the bids of a round, best first, those that fell out last."""
    why = {gone.bid: gone.sentence for gone in trial.out}
    ranks = {place.bid: place.rank for place in found.ranking.places}
    rows = [
        RoundRow(
            bid.id,
            bid.price,
            trial.marking.scored[bid.id],
            found.marks.get(bid.id),
            found.totals.get(bid.id),
            ranks.get(bid.id),
            why.get(bid.id, ""),
        )
        for bid in (made.bid for made in trial.bids)
    ]
    return tuple(sorted(rows, key=lambda row: (row.rank or len(rows) + 1, row.bid)))


# --- spreads ------------------------------------------------------------------------------------------------


def spread(used: Sequence[Fraction]) -> Spread | None:
    """Sum up one share for each round; None where no round had two bids to compare."""
    if not used:
        return None
    return Spread(min(used), sum(used, Fraction(0)) / len(used), max(used), len(used))


def price_spread(course: Course, trials: Sequence[Trial]) -> Spread | None:
    """Sum up how much of the price weight lay between the best and the worst price of each round."""
    leaf = course.methodology.priced
    if leaf is None or not leaf.weight or course.methodology.price.formula in WHOLE_METHODS:
        return None
    given = [list(trial.round.marks.values()) for trial in trials]
    return spread([(max(each) - min(each)) / leaf.weight for each in given if len(each) > 1])


def criterion_spreads(course: Course, trials: Sequence[Trial]) -> Iterator[CriterionSpread]:
    """Yield, for every scored criterion and for price, how much of its weight told the bids still in apart."""
    levels = [_levels(trial) for trial in trials if len(trial.still_in) > 1]
    for at, leaf in enumerate(course.leaves):
        shares = [row.points / row.maximum for row in course.rows[at]]
        used = [shares[max(column)] - shares[min(column)] for column in (rows[at] for rows in levels)]
        yield CriterionSpread(leaf.criterion.id, leaf.criterion.title, leaf.weight, spread(used))
    priced = course.methodology.priced
    if priced is not None:
        found = price_spread(course, trials)
        yield CriterionSpread(priced.criterion.id, priced.criterion.title, priced.weight, found)


def _levels(trial: Trial) -> list[tuple[int, ...]]:
    """Turn the levels of the bids still in from a row for each bid into a column for each criterion."""
    still_in = {bid.id for bid in trial.still_in}
    return list(zip(*(made.levels for made in trial.bids if made.bid.id in still_in), strict=True))


# --- minimums and bands -------------------------------------------------------------------------------------


def missed(course: Course, trials: Sequence[Trial]) -> tuple[MinimumMissed, ...]:
    """Count the bids each minimum or ceiling kept out; every published minimum is listed, those nobody missed too."""
    titles = dict(_minimums(course))
    stages: dict[str, Stage] = dict.fromkeys(titles, "gate")
    count: Counter[str] = Counter()
    for gone in (gone for trial in trials for gone in trial.out):
        for place, title in dict.fromkeys(_named(reason, titles) for reason in gone.reasons):
            titles.setdefault(place, title)
            stages.setdefault(place, gone.stage)
            count[place] += 1
    whole = course.settings.made_up
    return tuple(MinimumMissed(place, title, stages[place], count[place], whole) for place, title in titles.items())


def _minimums(course: Course) -> Iterator[tuple[str, str]]:
    for criterion, _ in walk(course.methodology.criteria):
        if criterion.minimum is not None:
            unit = " % of its marks" if criterion.parts else " points"
            place = f"“{criterion.title}”" if criterion.parts else criterion.id
            yield place, f"{criterion.title}: at least {criterion.minimum}{unit}"
    if course.methodology.minimum_quality is not None:
        least = course.methodology.minimum_quality
        yield "all scored criteria together", f"All scored criteria together: at least {least} % of their marks"


_CEILINGS: Mapping[str, str] = {
    "price_cannot_be_judged": "A price or score that the formula cannot judge",
    "year_over_budget": "Price of a year within the annual budget",
    "price_over_base_value": "Price of the term within the base value",
    "price_over_maximum": "Price of the term within the maximum potential spend",
}


def _named(reason: Finding, titles: Mapping[str, str]) -> tuple[str, str]:
    """Say where a reason for falling out belongs: at its minimum, or under its own code."""
    if reason.place in titles:
        return reason.place, titles[reason.place]
    return reason.code, _CEILINGS.get(reason.code, reason.message)


def bands(course: Course, trials: Sequence[Trial]) -> tuple[Band, ...]:
    """Sort the totals of ranked bids into bands of five marks, from the lowest in use to the highest."""
    if course.methodology.price.formula in WHOLE_METHODS:
        return ()
    every = Counter(_band(total) for trial in trials for total in trial.round.totals.values())
    won = Counter(_band(trial.round.totals[trial.winner]) for trial in trials if trial.winner is not None)
    if not every:
        return ()
    used = range(min(every), max(every) + 1)
    return tuple(Band(at * _BAND, (at + 1) * _BAND, every[at], won[at]) for at in used)


def _band(total: Fraction) -> int:
    return min(total // _BAND, 100 // _BAND - 1)


def prices_of(trials: Sequence[Trial]) -> tuple[Money, Money]:
    """Return the lowest and the highest price that was made up."""
    every = [made.bid.price for trial in trials for made in trial.bids]
    return min(every), max(every)
