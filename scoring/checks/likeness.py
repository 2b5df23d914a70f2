"""Which texts say nearly the same as an earlier one: by the pairs of words they share, in whole numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_ALIKE = 80  # per cent of the word pairs of two texts that both hold
_MOST_WORDS = 400
_WORD = re.compile(r"\w+")

Pairs = frozenset[tuple[str, ...]]


def nearest(texts: Sequence[str]) -> tuple[int | None, ...]:
    """Return, for each text, the first earlier one that says nearly the same (by number), or None.

    Case, punctuation and the form of letters do not count; only the first 400 words do.
    """
    found: list[int | None] = []
    kept: dict[int, int] = {}
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, text in enumerate(texts):
        pairs = word_pairs(text)
        match = _first_alike(pairs, kept, holders)
        found.append(match)
        if match is None:
            kept[number] = len(pairs)
            for pair in pairs:
                holders.setdefault(pair, []).append(number)
    return tuple(found)


def word_pairs(text: str) -> Pairs:
    """Return the pairs of neighbouring words of a text; a single word stands for itself."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())[:_MOST_WORDS]
    return frozenset(pairwise(words)) or frozenset((word,) for word in words)


def _first_alike(pairs: Pairs, kept: dict[int, int], holders: dict[tuple[str, ...], list[int]]) -> int | None:
    shared = Counter(number for pair in pairs for number in holders.get(pair, ()))
    alike = (number for number, both in shared.items() if 200 * both >= _ALIKE * (len(pairs) + kept[number]))
    return min(alike, default=None)
