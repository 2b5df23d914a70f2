"""Why no other allocation of the lots is better, in words for somebody who was on the panel."""

from __future__ import annotations

from lots.words import counted
from scoring.figures import Rounding
from scoring.limits.market import Proof

_TWO = Rounding(2)
_HOW = {
    "assignment": "That is proved for every possible allocation at once, by the standard calculation for sharing out "
    "lots, done in whole numbers so that rounding plays no part",
    "enumeration": "Every possible allocation was worked out and compared",
    "milp": "A search by computer left no room for a greater sum, and the allocation it found was then checked against "
    "every limit in whole pence",
}


def proof_words(proof: Proof) -> str:
    """Say the most that any allocation could total, what was reached, and how that is known; sums to two decimals."""
    bound, reached = _TWO.text(proof.bound), _TWO.text(proof.objective)
    if not proof.proved:
        return (
            f"This allocation awards {counted(proof.lots, 'lot')} and its totals add up to {reached}. It keeps every "
            f"limit, but it was not shown to be the best: another might reach a sum of at most {bound}."
        )
    return (
        f"The totals of the {counted(proof.lots, 'lot')} awarded add up to {reached}, and no allocation of as many "
        f"lots within the limit adds up to more. {_HOW[proof.method]}. {_rivals(proof)}"
    ).strip()


def _rivals(proof: Proof) -> str:
    if proof.unique is False:
        return "Another allocation reaches the same sum; the published rule for equal sums decided between them."
    if proof.unique is None or proof.second_best is None:
        return "No other allocation reaches the same sum." if proof.unique else ""
    lots, total = proof.second_best
    fewer = "" if lots == proof.lots else f" with {counted(lots, 'lot')} awarded"
    return f"No other allocation reaches it: the next best adds up to {_TWO.text(total)}{fewer}."
