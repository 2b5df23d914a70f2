"""The fewest one-level changes of scores, spread as a challenger would spread them, that use up the winner's lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from scoring.evaluation import BidResult, LotEvaluation
from scoring.marking import LeafMarks
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Fewest:
    """How many one-level changes (of agreed scores) let one rival draw level or pass; None where none suffice.

    Minimum scores are left aside here; the table of single scores includes them.
    """

    rival: str
    name: str
    changes: int | None


def fewest_changes(file: TenderFile, lot: LotEvaluation) -> tuple[Fewest, ...]:
    """Count the changes for every rival; the winner's scores go down, the rival's up, as far as the scales reach."""
    levels = {
        scale.id: sorted(Fraction(level.points) for level in scale.levels) for scale in file.scales
    }  # fmt: skip
    first, *rivals = lot.ranked
    down = [_steps(row, levels[row.leaf.criterion.scale], up=False) for row in first.rows]
    return tuple(_fewest(rival, first, down, levels) for rival in rivals)


def _fewest(
    rival: BidResult, first: BidResult, down: Sequence[Sequence[Fraction]], levels: dict[str, list[Fraction]]
) -> Fewest:
    up = [_steps(row, levels[row.leaf.criterion.scale], up=True) for row in rival.rows]
    gap = (first.total or Fraction(0)) - (rival.total or Fraction(0))
    return Fewest(rival.bid.id, rival.tenderer.name, fewest([*down, *up], gap))


def _steps(row: LeafMarks, levels: Sequence[Fraction], up: bool) -> list[Fraction]:
    """Return what each further level gains a challenger, in marks."""
    worth = row.leaf.weight / row.maximum
    reached = [level for level in levels if (level > row.points if up else level < row.points)]
    path = [row.points, *(reached if up else reversed(reached))]
    return [abs(after - before) * worth for before, after in pairwise(path)]


def fewest(runs: Sequence[Sequence[Fraction]], gap: Fraction) -> int | None:
    """Return the least number of steps worth ``gap`` together; a run's steps are taken in order.

    Where no run's later steps are worth more than its earlier ones, taking the dearest first is exact; else the best
    gain for each number of steps is built up run by run.
    """
    if gap <= 0:
        return 0
    if all(a >= b for run in runs for a, b in pairwise(run)):
        return _first_reaching(accumulate(sorted((step for run in runs for step in run), reverse=True)), gap)
    best = [Fraction(0)]
    for run in runs:
        gains = [Fraction(0), *accumulate(run)]
        best = [
            max(best[n - k] + gains[k] for k in range(max(0, n - len(best) + 1), min(n, len(run)) + 1))
            for n in range(len(best) + len(run))
        ]
    return _first_reaching(best[1:], gap)


def _first_reaching(gains: Iterable[Fraction], gap: Fraction) -> int | None:
    return next((count for count, gain in enumerate(gains, 1) if gain >= gap), None)
