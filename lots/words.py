"""Words for sentences: lists joined the way people join them, and numbers with what they count."""

from __future__ import annotations

from collections.abc import Iterable


def listed(words: Iterable[str], last: str = "and") -> str:
    """Write words as a list in a sentence: ``A``, ``A and B``, ``A, B and C``; nothing for no words.

    ``last`` is the word before the last one: ``or`` where one of them is to be chosen.
    """
    *most, end = tuple(words) or ("",)
    return f"{', '.join(most)} {last} {end}" if most else end


def counted(number: int, noun: str) -> str:
    """Write a number with what it counts: ``1 lot``, ``2 lots``, ``0 lots``; for nouns that take an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
