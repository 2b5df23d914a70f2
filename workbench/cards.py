"""A card of moderation as texts: what several people write at once, put together without losing a word.

Pure. A card's content maps the names of its fields to texts. Each page knows a mark of every text that it showed; a
field that somebody else changed meanwhile is kept as they left it, and both texts are told where both changed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Final

from scoring.agreeing import AgreedDraft
from scoring.reasons import ReasonText
from scoring.scoresheet import Evidence, Score

Texts = Mapping[str, str]
WORDS: Final = ("reason", "evidence", "why_not_higher", "why_not_lower", "dissent")
"""The fields that everybody at the table may write in; the others are the chair's."""
REOPENED: Final = "reopened"
_MARK = 16  # characters of a digest
_QUOTE = re.compile(r"^(?P<place>.*?)[:,]?\s*[“\"](?P<quote>.+)[”\"]$")


@dataclass(frozen=True)
class Merged:
    """What came of a save: the fields that change, and of those that both changed your text and theirs."""

    changes: Texts
    conflicts: Mapping[str, tuple[str, str]]


def mark_of(text: str) -> str:
    """Return the mark of a text, by which a page knows which one it showed."""
    return sha256(text.encode()).hexdigest()[:_MARK]


def marks_of(texts: Texts, names: Sequence[str]) -> dict[str, str]:
    """Return the marks of some fields; one that nobody wrote in has the mark of an empty text."""
    return {name: mark_of(texts.get(name, "")) for name in names}


def merged(saved: Texts, typed: Texts, shown: Texts) -> Merged:
    """Put what was typed on top of what is saved, field by field; ``shown`` are the marks of what the page showed."""
    changes: dict[str, str] = {}
    conflicts: dict[str, tuple[str, str]] = {}
    for name, yours in typed.items():
        theirs, before = saved.get(name, ""), shown.get(name, "")
        if yours == theirs or mark_of(yours) == before:
            continue
        if mark_of(theirs) == before:
            changes[name] = yours
        else:
            conflicts[name] = (yours, theirs)
    return Merged(changes, conflicts)


def draft_of(texts: Texts, evaluators: Sequence[str]) -> AgreedDraft:
    """Read a card as an agreed score in the making."""
    text = ReasonText(
        _points(texts.get("points", "")), texts.get("reason", ""), read_evidence(texts.get("evidence", "")),
        texts.get("why_not_higher", ""), texts.get("why_not_lower", ""),
    )  # fmt: skip
    causes = tuple((name, texts.get(f"cause-{name}", ""), texts.get(f"said-{name}", "")) for name in evaluators)
    return AgreedDraft(text, causes, texts.get("dissent", ""), texts.get(REOPENED, ""))


def _points(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


# --- evidence, one place to a line ----------------------------------------------------------------------------


def read_evidence(text: str) -> tuple[Evidence, ...]:
    """Read places of a bid, one to a line: ``Method statement, page 9: “a rota for every week”``."""
    return tuple(_place(line.strip()) for line in text.splitlines() if line.strip())


def _place(line: str) -> Evidence:
    found = _QUOTE.match(line)
    place, quote = (found["place"], found["quote"]) if found else (line, "")
    document, _, reference = place.partition(",")
    return Evidence(document.strip(), reference.strip(), quote.strip())


def write_evidence(places: Sequence[Evidence]) -> str:
    """Write places of a bid as :func:`read_evidence` reads them."""
    return "\n".join(_line(each) for each in places)


def _line(place: Evidence) -> str:
    where = ", ".join(filter(None, (place.document, place.reference)))
    return " ".join((f"{where}: “{place.quote}”" if place.quote else where).split())


# --- starting from what an evaluator wrote --------------------------------------------------------------------


def started(saved: Texts, score: Score) -> dict[str, str]:
    """Return the fields that change when a card starts from an evaluator's score; nothing written is lost."""
    offered = {
        "reason": "\n\n".join(filter(None, (score.strengths.strip(), score.weaknesses.strip()))),
        "evidence": write_evidence(score.evidence),
        "why_not_higher": score.why_not_higher.strip(),
        "why_not_lower": score.why_not_lower.strip(),
    }
    both = {name: _after(saved.get(name, ""), text) for name, text in offered.items()}
    return {name: text for name, text in both.items() if text != saved.get(name, "")}


def _after(saved: str, more: str) -> str:
    if not more or more in saved:
        return saved
    return f"{saved}\n{more}" if saved else more
