"""One round of a rehearsal, judged by what judges real bids: minimums, ceilings, price, totals, ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lots.bid import Bid
from scoring.admission import Exclusion
from scoring.marking import LeafMarks, Marking, gate_findings
from scoring.pricing import PriceRound, price_round
from scoring.ranking import Ranking
from scoring.rehearsal.course import Course, MadeUpBid, make_up
from scoring.screening import ceiling_findings
from scoring.totals import marks, weighted_sums


@dataclass(frozen=True)
class Trial:
    """One round: its bids, the marks they earn, who is out and why, and the ranking of the rest.

    ``tied`` are the groups of equal totals before the published tie-break list is asked, best first.
    """

    number: int
    bids: tuple[MadeUpBid, ...]
    marking: Marking
    out: tuple[Exclusion, ...]
    still_in: tuple[Bid, ...]
    round: PriceRound
    tied: tuple[tuple[str, ...], ...]

    @property
    def winner(self) -> str | None:
        """Name the bid that takes the lot; None where all are out or the first place stays tied."""
        return self.round.ranking.first

    @property
    def tied_first(self) -> bool:
        """Say whether the best total is shared, whatever the tie-break list makes of it."""
        best = self.round.ranking.places[:1]
        return any(place.bid in group for place in best for group in self.tied)


def trials(course: Course) -> tuple[Trial, ...]:
    """Judge every round of a rehearsal, first to last."""
    rounds = [make_up(course, number) for number in range(1, course.settings.rounds + 1)]
    scored = _scored(course, [bid for made in rounds for bid in made])
    size = course.settings.bids
    return tuple(_judge(course, at + 1, made, scored[at * size : (at + 1) * size]) for at, made in enumerate(rounds))


def _scored(course: Course, bids: Sequence[MadeUpBid]) -> list[Fraction]:
    """Add up the marks of every made-up bid of every round at once, as the evaluation does: in scaled integers."""
    codes = [
        [int(row.points * unit) for row in rows] for rows, unit in zip(course.rows, course.code.units, strict=True)
    ]
    block = np.array([[codes[at][level] for at, level in enumerate(bid.levels)] for bid in bids], dtype=np.int64)
    try:
        sums = weighted_sums(block.reshape(len(bids), len(codes)), course.code.weights)
    except OverflowError:
        points = [[row[level].points for row, level in zip(course.rows, bid.levels, strict=True)] for bid in bids]
        return list(marks(course.code, {str(at): row for at, row in enumerate(points)}).values())
    return [Fraction(int(each), course.code.divisor) for each in sums]


def _judge(course: Course, number: int, made: tuple[MadeUpBid, ...], scored: Sequence[Fraction]) -> Trial:
    rows = {each.bid.id: _rows(course, each) for each in made}
    marking = Marking(rows, {each.bid.id: whole for each, whole in zip(made, scored, strict=True)}, ())
    out = tuple(gone for each in made for gone in _screened(course, each.bid, marking))
    gone = {each.bid for each in out}
    still_in = tuple(each.bid for each in made if each.bid.id not in gone)
    found, tied = judged(course, still_in, marking)
    return Trial(number, made, marking, out, still_in, found, tied)


def _rows(course: Course, made: MadeUpBid) -> tuple[LeafMarks, ...]:
    return tuple(rows[level] for rows, level in zip(course.rows, made.levels, strict=True))


def _screened(course: Course, bid: Bid, marking: Marking) -> tuple[Exclusion, ...]:
    """Hold one bid against the minimums, then the ceilings; a breach counts as out, whatever a person might decide."""
    rows = marking.rows[bid.id]
    missed = gate_findings(rows, course.methodology)
    if missed:
        return (Exclusion(bid.id, "gate", missed),)
    over = ceiling_findings(bid, course.lot, course.methodology, rows, marking.scored[bid.id])
    return (Exclusion(bid.id, "ceiling", over),) if over else ()


def judged(course: Course, bids: Sequence[Bid], marking: Marking) -> tuple[PriceRound, tuple[tuple[str, ...], ...]]:
    """Price and rank these bids and no others; also return the ties as they stand before the tie-break list.

    The list is only asked where something is tied, for it decides nothing elsewhere.
    """
    bare = price_round(bids, marking, course.bare)
    tied = bare.ranking.unsettled
    return (price_round(bids, marking, course.methodology) if tied else bare), tied


def without(course: Course, trial: Trial, bid_id: str) -> PriceRound:
    """Judge a round again as if one of its bids had never been made."""
    rest = [bid for bid in trial.still_in if bid.id != bid_id]
    return judged(course, rest, trial.marking)[0]


def runner_up(ranking: Ranking) -> str | None:
    """Name the second bid of a ranking with a sole winner."""
    return ranking.places[1].bid if len(ranking.places) > 1 and ranking.first else None
