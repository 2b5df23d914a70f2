"""What a reason must have: points on the scale, words, evidence, and why not one level more or less."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lots.errors import Finding
from scoring.reasons.reason import ReasonContext, ReasonText
from scoring.reasons.words import words
from scoring.scale import Scale

LEAST_WORDS = 5


def missing(text: ReasonText, context: ReasonContext) -> Iterator[Finding]:
    """Yield what is not there and must be."""
    yield from _points(text.points, context.scale)
    yield from _words(text.reason)
    yield from _evidence(text)
    yield from _neighbours(text, context.scale)


def _points(points: Decimal | None, scale: Scale) -> Iterator[Finding]:
    if points is None:
        message = f"There are no points yet: choose a level of the scale ({scale.words()}), or abstain and say why"
        yield Finding("points_missing", message, "points")
    elif scale.level(points) is None:
        message = f"{points} is not on the scale “{scale.title}”: give {scale.words()}"
        yield Finding("points_off_scale", message, "points")


def _words(reason: str) -> Iterator[Finding]:
    count = len(words(reason))
    if not count:
        message = "The reason is empty: write what is strong and what is weak in this answer"
        yield Finding("reason_missing", message, "reason")
    elif count < LEAST_WORDS:
        message = "The reason says too little for its tenderer to understand: write what in the answer earns the score"
        yield Finding("reason_too_short", message, "reason", figures=(("words", str(count)),))


def _evidence(text: ReasonText) -> Iterator[Finding]:
    if not text.evidence:
        message = "No evidence is named: say where in the bid this can be checked (document and paragraph or page)"
        yield Finding("evidence_missing", message, "evidence")
    for number, each in enumerate(text.evidence, start=1):
        lacking = "document" if not each.document.strip() else "paragraph or page" if not each.reference.strip() else ""
        if lacking:
            message = f"Reference {number} names no {lacking}: complete it, so that the place can be found again"
            yield Finding("evidence_incomplete", message, "evidence")


def _neighbours(text: ReasonText, scale: Scale) -> Iterator[Finding]:
    """Ask why not the level above and below, where there is one."""
    levels = [level.points for level in scale.levels]
    if text.points is None or text.points not in levels:
        return
    at = levels.index(text.points)
    for place, written, step in (("higher", text.why_not_higher, at + 1), ("lower", text.why_not_lower, at - 1)):
        if 0 <= step < len(levels) and not words(written):
            title = scale.levels[step].title
            named = f"{levels[step]} ({title})" if title else str(levels[step])
            message = f"Say why this is not a {named}: name what " + (
                "is missing for it" if place == "higher" else "puts the answer above it"
            )
            yield Finding(f"why_not_{place}_missing", message, f"why_not_{place}")
