"""What every page of the decision asks first: is quality locked, and may the reader see what all bids come to?"""

from __future__ import annotations

from flask import abort, g

from scoring.recommendation import Evaluation
from workbench.queries.awards.decision import award_of
from workbench.queries.awards.lacks import evaluation_of
from workbench.web.evaluation.guard import access, declared_first

_SHUT = "The decision is worked on once the agreed scores for quality are locked: until then nobody sees a result"
_INTEREST = "You declared an interest in a bid of this tender, so its result and its decision are kept from you"


def enter() -> None:
    """Go on only where the result may be seen, and by this person."""
    if g.tender.quality_locked_at is None:
        abort(409, _SHUT)
    uninterested()


def uninterested() -> None:
    """Go on only where the reader has no interest in any bid: what was decided tells of all of them."""
    declared_first()
    if access().conflicted:
        abort(403, _INTEREST)


def evaluated() -> Evaluation:
    """Return the result with the decision paper as it stands, worked out once for this request."""
    if "decision_evaluation" not in g or g.decision_of != g.tender.id:
        g.decision_evaluation, g.decision_of = evaluation_of(g.tender, award_of(g.tender)), g.tender.id
    found: Evaluation = g.decision_evaluation
    return found
