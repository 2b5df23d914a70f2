"""Reasons that only repeat: the words of the scale, of the question, or of the writer's reason for another bid.

To repeat the scale is not to give a reason. All shares are whole per cents of runs of words, measured on cases in the
tests: honest reasons share up to a quarter with the scale, copies and slight rewordings more than half.
"""

from __future__ import annotations

from collections.abc import Iterator

from lots.errors import Finding, Severity
from scoring.reasons.reason import ReasonContext, ReasonText
from scoring.reasons.words import alike as alike_texts
from scoring.reasons.words import share, shingles, telling, words

COPIED = 60  # per cent of a text's runs of three words
HALF_COPIED = 35
SAME_MEANING = 85  # per cent of a text's telling words that one level has too
_LEAST_RUNS = 4
_LEAST_TELLING = 4
_NAMES = {"reason": "The reason", "why_not_higher": "“Why not higher”", "why_not_lower": "“Why not lower”"}


def copied(text: ReasonText, context: ReasonContext) -> Iterator[Finding]:
    """Yield where a text repeats the scale or the question."""
    for place, written in text.written:
        found = _scale_repeated(place, written, context) or _question_repeated(place, written, context)
        if found:
            yield found


def _scale_repeated(place: str, written: str, context: ReasonContext) -> Finding | None:
    runs, meaning = shingles(written, 3), telling(written)
    for level in context.scale.levels:
        anchor = f"{level.title} {level.anchor}"
        if len(words(level.anchor)) < _LEAST_RUNS:
            continue
        part = share(runs, shingles(anchor, 3)) if len(runs) >= _LEAST_RUNS else 0
        same = share(meaning, telling(anchor)) if len(meaning) >= _LEAST_TELLING else 0
        if part >= HALF_COPIED or same >= SAME_MEANING:
            whole = part >= COPIED or same >= SAME_MEANING
            return _repeats("scale_repeated", place, f"the scale's wording for {level.points}", whole, max(part, same))
    return None


def _question_repeated(place: str, written: str, context: ReasonContext) -> Finding | None:
    runs = shingles(written, 3)
    part = share(runs, shingles(f"{context.criterion} {context.question}", 3))
    if len(runs) < _LEAST_RUNS or part < HALF_COPIED:
        return None
    return _repeats("question_repeated", place, "the wording of the question", part >= COPIED, part)


def _repeats(code: str, place: str, what: str, whole: bool, per_cent: int) -> Finding:
    severity: Severity = "error" if whole else "warning"
    how = "only repeats" if whole else "repeats much of"
    message = f"{_NAMES[place]} {how} {what}: say what in this tenderer's answer meets it or falls short of it"
    return Finding(code, message, place, severity, (("per cent", str(per_cent)),))


def alike(text: ReasonText, context: ReasonContext) -> Iterator[Finding]:
    """Yield the other bids for which the writer wrote nearly the same reason."""
    for whose, other in context.other_reasons:
        if alike_texts(text.reason, other):
            message = (
                f"The reason is nearly the same as yours for {whose}: if both answers deserve it, confirm that; "
                "otherwise say what is particular to this one"
            )
            yield Finding("reason_alike", message, "reason", "warning")
