"""One person's own scores for the same question side by side: where alike answers were scored differently.

Only hints, from this person's own words alone; two answers may share a sentence and still differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from lots.errors import Finding
from lots.words import counted
from scoring.reasons.words import alike
from scoring.scale import Scale
from scoring.scoresheet import Score

APART = 2  # levels of the scale between two scores


def hints(own: Sequence[tuple[str, Score]], scale: Scale) -> tuple[Finding, ...]:
    """Compare every two of somebody's scores for one question; ``own`` are pairs of what the bid is called and it."""
    scored = [(name, score) for name, score in own if score.points is not None]
    return tuple(hint for first, second in combinations(scored, 2) for hint in _of_two(first, second, scale))


def _of_two(first: tuple[str, Score], second: tuple[str, Score], scale: Scale) -> Iterator[Finding]:
    (one, a), (two, b) = first, second
    levels = [level.points for level in scale.levels]
    if a.points not in levels or b.points not in levels:
        return
    apart = abs(levels.index(a.points) - levels.index(b.points))
    how = f"{one} and {two} are scored {counted(apart, 'level')} apart ({a.points} and {b.points})"
    if apart >= 1 and alike(_reason(a), _reason(b)):
        message = f"You wrote nearly the same about both, and {how}: say what makes the difference"
        yield Finding("alike_scored_apart", message, severity="warning")
    elif apart >= APART and any(alike(x.quote, y.quote) for x in a.evidence for y in b.evidence):
        message = f"You cite nearly the same words for both, and {how}: look at the two again"
        yield Finding("same_evidence_scored_apart", message, severity="warning")


def _reason(score: Score) -> str:
    return f"{score.strengths}\n{score.weaknesses}"
