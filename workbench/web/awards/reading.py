"""What every page of the result asks first: is quality locked, and which lots may this reader see?"""

from __future__ import annotations

from flask import abort, g

from scoring.evaluation import LotEvaluation
from scoring.recommendation import Evaluation
from workbench.queries.awards.result import evaluated, lots_shown
from workbench.web.evaluation.guard import access, declared_first, scores


def shown() -> tuple[Evaluation, tuple[str, ...]]:
    """Return the result and the ids of the lots the reader may see; 409 in words before the lock."""
    evaluation = evaluated(g.tender)
    declared_first()
    return evaluation, lots_shown(evaluation, hidden())


def hidden() -> frozenset[str]:
    """Name the bids that are kept from the reader by their interests."""
    return access().hidden if scores() else access().conflicted


def lot_shown(lot_id: str) -> tuple[Evaluation, LotEvaluation]:
    """Return the result with one of its lots; a lot that is hidden is a page that is not there."""
    evaluation, lots = shown()
    if lot_id not in lots:
        abort(404)
    return evaluation, evaluation.lot(lot_id)
