"""What a question asks for, one by one, and which of it a reason does not touch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lots.errors import Finding
from lots.words import counted
from scoring.reasons.reason import ReasonContext, ReasonText
from scoring.reasons.words import telling

MOST = 20
_ITEM = re.compile(r"^\s{0,8}(?:[-*•–]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+(\S.*)$", re.MULTILINE)
_LISTINGS = tuple(
    re.compile(rf"(?:^|[.?!:]\s+)(?:{verbs}) ([^.?!\n]+)")
    for verbs in ("Cover|Include|Give|Say|Show", "Describe|Explain|Set out|Tell us|Outline")
)
"""Sentences that list what an answer must hold, those that say nothing else first."""
_COMMA = re.compile(r"[,;]\s+(?:and\s+|or\s+)?")
_LEAST = 2


def sub_points(question: str) -> tuple[str, ...]:
    """Return what a question asks for: its list items, else the parts of the sentence that lists the most."""
    items = [_tidy(each) for each in _ITEM.findall(question)]
    if len(items) >= _LEAST:
        return tuple(dict.fromkeys(items))[:MOST]
    return next((found for listing in _LISTINGS if (found := _listed(listing, question))), ())


def _listed(listing: re.Pattern[str], question: str) -> tuple[str, ...]:
    sentences = (tuple(_tidy(part) for part in _COMMA.split(each)) for each in listing.findall(question))
    longest = max(sentences, key=len, default=())
    return tuple(dict.fromkeys(part for part in longest if part))[:MOST] if len(longest) > _LEAST else ()


def _tidy(text: str) -> str:
    return text.strip().rstrip(".;,").removesuffix(" and").strip().rstrip(";,")


def untouched(text: ReasonText, context: ReasonContext) -> Iterator[Finding]:
    """Yield one finding for what the question asks for and the reason leaves out, ticked or not mentioned."""
    said = telling(" ".join((*(written for _, written in text.written), *(each.quote for each in text.evidence))))
    left = [each for each in context.sub_points if each not in context.covered and not _touched(each, said)]
    if left and text.reason.strip():
        listed = "; ".join(f"“{each[:120]}”" for each in left)
        message = (
            f"The reason does not mention {counted(len(left), 'point')} of the question: {listed}. "
            "Say how the answer deals with each, or confirm that no word is needed"
        )
        yield Finding("sub_points_untouched", message, "reason", "warning", (("points", str(len(left))),))


def _touched(sub_point: str, said: frozenset[str]) -> bool:
    """Say whether at least a third of the telling words of a point occur."""
    wanted = telling(sub_point)
    return 3 * len(wanted & said) >= len(wanted)
