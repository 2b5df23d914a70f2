"""The panel itself as a source of chance: one evaluator absent, and the same panel drawn again by lot.

Both look at the *individual* scores: every criterion counts with the mean of what the evaluators gave it on their own,
whatever was agreed afterwards. That says how much the result owes to one person, not what the award is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from scoring.assurance.again import judged_again, remarked
from scoring.assurance.basis import Floats
from scoring.catalogue import WHOLE_METHODS
from scoring.evaluation import BidResult, LotEvaluation
from scoring.marking import LeafMarks, Marking
from scoring.tender_file import TenderFile

MOST_EVALUATORS = 8  # 6,435 different panels can be drawn from eight; from more they are too many to try each
_SAME = 1e-9  # totals closer than this (out of 100) are a tie, not rounding noise

Given = dict[tuple[str, str, str], Fraction]  # (bid, criterion, evaluator) -> points


@dataclass(frozen=True)
class Without:
    """Who comes first on the individual scores, without one evaluator or with all (``evaluator`` empty).

    ``first`` is empty where nobody does, and ``why`` then says so; ``margin`` is the lead over the next bid.
    """

    evaluator: str
    name: str
    first: str
    margin: Fraction | None = None
    why: str = ""


@dataclass(frozen=True)
class Resampled:
    """How often each bid comes first over all panels that can be drawn from this one, with replacement: exact.

    ``usable`` is the share of panels in which every criterion still has a score; the other shares are of these.
    """

    first: tuple[tuple[str, Fraction], ...]
    tied: Fraction
    panels: int
    usable: Fraction = Fraction(1)


@dataclass(frozen=True)
class PanelTests:
    """Who comes first on the means of all individual scores, without each evaluator, and over panels drawn again."""

    everybody: Without
    without: tuple[Without, ...]
    resampled: Resampled | None


def panel_tests(file: TenderFile, lot: LotEvaluation) -> PanelTests | None:
    """Try the panel without each evaluator, and drawn again; None where fewer than two scored."""
    given = _given(file, lot)
    names = {member.id: member.name for member in file.panel}
    evaluators = tuple(dict.fromkeys(who for _, _, who in given))
    if len(evaluators) < 2:
        return None
    whole = lot.methodology.price.formula in WHOLE_METHODS
    few = not whole and len(evaluators) <= MOST_EVALUATORS and len(lot.ranked) > 1
    return PanelTests(
        _first_without(lot, given, evaluators, "", ""),
        tuple(_first_without(lot, given, evaluators, who, names.get(who, who)) for who in evaluators),
        _resampled(lot, given, evaluators) if few else None,
    )


def _given(file: TenderFile, lot: LotEvaluation) -> Given:
    ranked = {result.bid.id for result in lot.ranked}
    scored = {leaf.criterion.id for leaf in lot.methodology.scored}
    return {
        (sheet.bid, score.criterion, sheet.evaluator): Fraction(score.points)
        for sheet in file.score_sheets
        if sheet.bid in ranked
        for score in sheet.scores
        if score.points is not None and score.criterion in scored
    }


def _first_without(lot: LotEvaluation, given: Given, everybody: tuple[str, ...], absent: str, name: str) -> Without:
    marking = _means(lot, given, tuple(who for who in everybody if who != absent))
    if marking is None:
        return Without(absent, name, "", None, "a criterion would be left without any score")
    again = judged_again(lot, marking, marking.rows)
    first = again.ranking.first if again else None
    if again is None or first is None:
        return Without(absent, name, "", None, "the first place would be a tie" if again else "it cannot be judged")
    others = [total for bid, total in again.totals.items() if bid != first]
    margin = min((abs(again.totals[first] - total) for total in others), default=None)
    return Without(absent, name, first, margin)


def _means(lot: LotEvaluation, given: Given, evaluators: tuple[str, ...]) -> Marking | None:
    """Return marks by the mean of these evaluators; None where a criterion is left without a score."""
    rows: dict[str, tuple[LeafMarks, ...]] = {}
    for result in lot.ranked:
        found = []
        for row in result.rows:
            key = (result.bid.id, row.leaf.criterion.id)
            points = [given[*key, who] for who in evaluators if (*key, who) in given]
            if not points:
                return None
            found.append(remarked(row, sum(points, Fraction(0)) / len(points)))
        rows[result.bid.id] = tuple(found)
    return Marking(rows, {bid: sum((row.marks for row in its), Fraction(0)) for bid, its in rows.items()}, ())


# --- panels drawn again -------------------------------------------------------------------------------------


def _resampled(lot: LotEvaluation, given: Given, evaluators: tuple[str, ...]) -> Resampled:
    ranked = lot.ranked
    worth = [[float(row.leaf.weight / row.maximum) for row in result.rows] for result in ranked]
    points = np.array([_points(result, given, evaluators) for result in ranked])
    priced = np.array([float(result.price_marks or 0) for result in ranked])
    counts, times = draws(len(evaluators))
    totals, usable = _totals(points * np.array(worth)[:, :, None], priced, counts)
    all_panels = int(times.sum())
    first, tied = first_shares(totals[:, usable], times[usable])
    share = Fraction(int(times[usable].sum()), all_panels)
    return Resampled(tuple((it.bid.id, p) for it, p in zip(ranked, first, strict=True)), tied, all_panels, share)


def _points(result: BidResult, given: Given, evaluators: tuple[str, ...]) -> list[list[float]]:
    none = float("nan")
    return [
        [float(given.get((result.bid.id, row.leaf.criterion.id, who), none)) for who in evaluators]
        for row in result.rows
    ]


def _totals(marks: Floats, priced: Floats, counts: NDArray[np.int64]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return each bid's total on every panel, and on which panels every criterion still has a score."""
    there = ~np.isnan(marks)
    if there.all():
        return evaluator_totals(marks) @ counts.T.astype(np.float64) / counts.shape[1] + priced[:, None], np.ones(
            len(counts), dtype=np.bool_
        )
    totals = np.repeat(priced[:, None], len(counts), axis=1)
    usable = np.ones(len(counts), dtype=np.bool_)
    for criterion in range(marks.shape[1]):
        voices = there[:, criterion].astype(np.float64) @ counts.T
        sums = np.nan_to_num(marks[:, criterion]) @ counts.T.astype(np.float64)
        usable &= (voices > 0).all(axis=0)
        totals += sums / np.maximum(voices, 1)
    return totals, usable


def evaluator_totals(marks: Floats) -> Floats:
    """Collapse marks by bid, criterion and evaluator to totals by bid and evaluator."""
    return np.asarray(marks.sum(axis=1))


@lru_cache(maxsize=16)
def draws(evaluators: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every panel that can be drawn with replacement, as counts of each evaluator, and in how many ways."""
    found = np.array(list(_compositions(evaluators)), dtype=np.int64)
    ways = np.array([factorial(evaluators) // prod(map(factorial, row)) for row in found.tolist()], dtype=np.int64)
    return found, ways


def _compositions(evaluators: int) -> Iterator[list[int]]:
    for panel in combinations_with_replacement(range(evaluators), evaluators):
        row = [0] * evaluators
        for who in panel:
            row[who] += 1
        yield row


def first_shares(totals: Floats, times: NDArray[np.int64]) -> tuple[tuple[Fraction, ...], Fraction]:
    """Return how often each bid is alone at the top, and how often nobody is; ``totals`` is (bids, panels)."""
    best = totals.max(axis=0)
    level = totals >= best - _SAME
    alone = level.sum(axis=0) == 1
    whole = max(int(times.sum()), 1)
    first = tuple(Fraction(int(times[row & alone].sum()), whole) for row in level)
    return first, Fraction(int(times[~alone].sum()), whole)
