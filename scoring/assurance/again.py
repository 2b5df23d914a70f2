"""The lot judged again by the very functions that judged it, with something changed: never wrong, never recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from scoring.evaluated_price import EvaluatedPriceError
from scoring.evaluation import LotEvaluation, evaluate_lot
from scoring.formulas import PriceUndefined
from scoring.marking import LeafMarks, Marking, gate_findings
from scoring.pricing import PriceRound, price_round
from scoring.recommendation import Evaluation, recommended
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Outcome:
    """Who comes first after a change; ``first`` is empty where nobody does, and ``why`` then says so."""

    first: str
    why: str = ""


def marking_of(lot: LotEvaluation) -> Marking:
    """Return the marks of the bids still in."""
    ranked = lot.ranked
    return Marking(
        {result.bid.id: result.rows for result in ranked},
        {result.bid.id: result.scored or Fraction(0) for result in ranked},
        (),
    )


def judged_again(lot: LotEvaluation, marking: Marking, bids: Iterable[str]) -> PriceRound | None:
    """Price, total and rank these of the ranked bids; None where the formula cannot judge them."""
    chosen = set(bids)
    try:
        return price_round([it.bid for it in lot.ranked if it.bid.id in chosen], marking, lot.methodology)
    except (PriceUndefined, EvaluatedPriceError):
        return None


def with_score(
    file: TenderFile, lot: LotEvaluation, bid: str, criterion: str, points: Decimal, evaluator: str = ""
) -> Outcome:
    """Change one agreed score (or one evaluator's, where the mean was published) and judge the whole lot again."""
    return _outcome(evaluate_lot(with_points(file, {(bid, criterion): points}, evaluator), lot.lot.id))


def winners_with(evaluation: Evaluation, again: LotEvaluation) -> dict[str, str]:
    """Put one lot, judged again, in its place, and share out all lots again under the published limit."""
    lots = tuple(again if each.lot.id == again.lot.id else each for each in evaluation.lots)
    return winners(recommended(evaluation.file, lots))


def about(file: TenderFile, lot_id: str) -> TenderFile:
    """Return the file with the bids of one lot alone, which judge alike and sooner."""
    bids = file.bids_for(lot_id)
    names = {bid.id for bid in bids}
    sheets = tuple(sheet for sheet in file.score_sheets if sheet.bid in names)
    agreed = tuple(score for score in file.agreed_scores if score.bid in names)
    return replace(file, bids=bids, score_sheets=sheets, agreed_scores=agreed)


def winners(evaluation: Evaluation) -> dict[str, str]:
    """Return the recommended bid of each lot; empty where nobody is recommended."""
    return {each.lot: each.winner.bid.id if each.winner else "" for each in evaluation.recommendations}


def with_points(file: TenderFile, points: Mapping[tuple[str, str], Decimal], evaluator: str = "") -> TenderFile:
    """Return the file with other points, as agreed or as one evaluator gave them."""
    if not evaluator:
        agreed = tuple(
            replace(each, points=points.get((each.bid, each.criterion), each.points)) for each in file.agreed_scores
        )
        return replace(file, agreed_scores=agreed)
    sheets = []
    for sheet in file.score_sheets:
        if sheet.evaluator == evaluator:
            scores = (replace(it, points=points.get((sheet.bid, it.criterion), it.points)) for it in sheet.scores)
            sheet = replace(sheet, scores=tuple(scores))
        sheets.append(sheet)
    return replace(file, score_sheets=tuple(sheets))


def _outcome(lot: LotEvaluation) -> Outcome:
    if lot.waiting:
        return Outcome("", lot.waiting[0].message)
    if lot.ranking.first is None:
        return Outcome("", "The first place would be a tie that the published list does not settle")
    return Outcome(lot.ranking.first)


def rescored(rows: tuple[LeafMarks, ...], criterion: str, points: Fraction) -> tuple[LeafMarks, ...]:
    """Return a bid's rows with other points for one criterion."""
    return tuple(remarked(row, points) if row.leaf.criterion.id == criterion else row for row in rows)


def remarked(row: LeafMarks, points: Fraction) -> LeafMarks:
    """Return one row with other points."""
    return replace(row, points=points, marks=row.leaf.weight * points / row.maximum)


def passes(lot: LotEvaluation, rows: tuple[LeafMarks, ...]) -> bool:
    """Say whether rows meet every published minimum."""
    return not gate_findings(rows, lot.methodology)
