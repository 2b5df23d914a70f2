"""The words of an unsuccessful tenderer's letter, read against the others: theirs alone, and about nobody in person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lots.errors import Finding
from scoring.decision import LetterText
from scoring.open_decisions import reason_fault
from scoring.reasons.privacy import personal_data
from scoring.reasons.words import alike

_FIELDS = ("advantages", "feedback")


def letter_gate(text: LetterText, others: Sequence[LetterText]) -> tuple[Finding, ...]:
    """Warn of words that say too little, that another letter says too, or that name somebody."""
    return tuple(_found(text, [other for other in others if other.bid != text.bid]))


def _found(text: LetterText, others: Sequence[LetterText]) -> Iterator[Finding]:
    for field in _FIELDS:
        said: str = getattr(text, field)
        if not said.strip():
            continue
        if reason_fault(said):
            message = "This says too little to learn from: say what the successful tender did, and where it can be seen"
            yield Finding("letter_says_little", message, field, "warning")
        if any(alike(said, getattr(other, field)) for other in others):
            message = "Another letter says nearly the same: each tenderer is owed what concerns its own tender"
            yield Finding("letters_alike", message, field, "warning")
        yield from personal_data(field, said)
