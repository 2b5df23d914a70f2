"""Single scores on which the result hangs: for each, the smallest move on its scale that changes the first place.

Arithmetic rules out the scores that cannot matter; every other move is judged by evaluating the whole lot again, gates,
ceilings, enquiries, price and tie-breaks included, so that no answer here can differ from the award method's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from scoring.assurance.again import Outcome, about, passes, rescored, winners, winners_with, with_points, with_score
from scoring.catalogue import WHOLE_METHODS
from scoring.criteria import walk
from scoring.evaluation import BidResult, LotEvaluation, evaluate_lot
from scoring.marking import LeafMarks
from scoring.recommendation import Evaluation
from scoring.scale import Scale
from scoring.tender_file import TenderFile

MOST_AWARDS = 400  # one-level moves that are tried for what they do to the awards of several lots


@dataclass(frozen=True)
class ScoreMove:
    """One score moved: whose bid, on what, from and to which points, how many levels, and who then comes first.

    ``evaluator`` names whose score it is, and is empty for an agreed one. ``first`` is empty where nobody would come
    first, and ``why`` says so.
    """

    bid: str
    name: str
    criterion: str
    title: str
    evaluator: str
    given: Decimal
    moved_to: Decimal
    levels: int
    first: str
    why: str = ""


@dataclass(frozen=True)
class AwardMove:
    """One score moved by one level that changes who is recommended for some lot: each such lot, before and after.

    Lots and bids are named by their ids; an empty bid is nobody.
    """

    bid: str
    name: str
    criterion: str
    title: str
    given: Decimal
    moved_to: Decimal
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class _Score:
    """A score that may be moved: by how much the bid's points change for each point of it (1, or 1 ÷ evaluators).

    ``gated`` says whether any minimum was published, which a move might cross.
    """

    result: BidResult
    row: LeafMarks
    evaluator: str
    given: Decimal
    effect: Fraction
    gated: bool


def score_moves(file: TenderFile, lot: LotEvaluation) -> tuple[tuple[ScoreMove, ...], int]:
    """Return the smallest reversing move of each score that has one, fewest levels first, and how many were tried."""
    file = about(file, lot.lot.id)
    scores = list(_scores(file, lot))
    names = {member.id: member.name for member in file.panel}
    found = [move for score in scores for up in (False, True) if (move := _smallest(file, lot, score, up))]
    found = [replace(move, evaluator=names.get(move.evaluator, move.evaluator)) for move in found]
    found.sort(key=lambda move: (move.levels, abs(move.moved_to - move.given)))
    return tuple(found), len(scores)


def award_moves(evaluation: Evaluation, lot: LotEvaluation) -> tuple[AwardMove, ...] | None:
    """Return the one-level moves in this lot that change a recommendation under the limit on lots.

    None where there is no limit (the moves of the lot itself then say all), or too many scores to try each.
    """
    file, before = about(evaluation.file, lot.lot.id), winners(evaluation)
    scores = list(_scores(file, lot))
    if file.lot_limit is None or 2 * len(scores) > MOST_AWARDS:
        return None
    found = []
    for score in scores:
        criterion = score.row.leaf.criterion
        for points in _one_level(_scale(file, score), score.given):
            bid = score.result.bid.id
            changed = with_points(file, {(bid, criterion.id): points}, score.evaluator)
            after = winners_with(evaluation, evaluate_lot(changed, lot.lot.id))
            changes = tuple((at, was, after[at]) for at, was in before.items() if after[at] != was)
            if changes:
                name, title = score.result.tenderer.name, criterion.title
                found.append(AwardMove(bid, name, criterion.id, title, score.given, points, changes))
    return tuple(found)


def _scale(file: TenderFile, score: _Score) -> Scale:
    return next(scale for scale in file.scales if scale.id == score.row.leaf.criterion.scale)


def _one_level(scale: Scale, given: Decimal) -> list[Decimal]:
    """Return the levels next to a score, below and above."""
    points = sorted(level.points for level in scale.levels)
    return [*[it for it in points if it < given][-1:], *[it for it in points if it > given][:1]]


def _scores(file: TenderFile, lot: LotEvaluation) -> Iterator[_Score]:
    """Yield every score of the bids that are ranked or only miss a minimum."""
    method = lot.methodology
    gated = method.minimum_quality is not None or any(it.minimum is not None for it, _ in walk(method.criteria))
    for result in lot.results:
        if not result.rows or (result.exclusion is not None and result.exclusion.stage != "gate"):
            continue
        for row in result.rows:
            if not row.by_mean:
                yield _Score(result, row, "", row.agreed.points if row.agreed else Decimal(0), Fraction(1), gated)
                continue
            for sheet in file.score_sheets:
                score = sheet.score(row.leaf.criterion.id) if sheet.bid == result.bid.id else None
                if score and score.points is not None:
                    yield _Score(result, row, sheet.evaluator, score.points, Fraction(1, row.scored_by), gated)


def _smallest(file: TenderFile, lot: LotEvaluation, score: _Score, up: bool) -> ScoreMove | None:
    """Walk the scale up or down from a score until the first place changes."""
    criterion = score.row.leaf.criterion
    scale = _scale(file, score)
    points = [level.points for level in scale.levels if (level.points > score.given) == up]
    ordered = sorted((each for each in points if each != score.given), reverse=not up)
    most = 1 if lot.methodology.price.formula in WHOLE_METHODS else len(ordered)
    for levels, moved_to in enumerate(ordered[:most], 1):
        if not _may_matter(lot, score, moved_to):
            continue
        after = with_score(file, lot, score.result.bid.id, criterion.id, moved_to, score.evaluator)
        if after.first != lot.ranking.first:
            return _move(score, moved_to, levels, after)
    return None


def _move(score: _Score, moved_to: Decimal, levels: int, after: Outcome) -> ScoreMove:
    criterion, result = score.row.leaf.criterion, score.result
    return ScoreMove(
        result.bid.id, result.tenderer.name, criterion.id, criterion.title, score.evaluator, score.given, moved_to,
        levels, after.first, after.why,
    )  # fmt: skip


def _may_matter(lot: LotEvaluation, score: _Score, moved_to: Decimal) -> bool:
    """Rule out what arithmetic shows to change nothing: a bid that stays in and on its side of the winner's total."""
    result, row = score.result, score.row
    points = row.points + score.effect * Fraction(moved_to - score.given)
    stays = not score.gated or passes(lot, rescored(result.rows, row.leaf.criterion.id, points))
    was_in = result.total is not None
    if stays != was_in:
        return True
    if not was_in:
        return False
    if lot.methodology.price.formula in WHOLE_METHODS:
        return True
    moved = (points - row.points) * row.leaf.weight / row.maximum
    first, total = lot.ranked[0], (result.total or Fraction(0)) + moved
    slack = Fraction(1, 10**lot.methodology.rounding.places) if lot.methodology.rank_on == "rounded" else Fraction(0)
    if result.bid.id == first.bid.id:
        return any((other.total or Fraction(0)) + slack >= total for other in lot.ranked[1:])
    return total + slack >= (first.total or Fraction(0))
