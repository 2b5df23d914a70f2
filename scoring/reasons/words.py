"""Texts as words to compare: without case, accents, invisible signs, or letters that only look like Latin ones."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 20_000
ALIKE = 80  # per cent of the shorter text's pairs of words
_LEAST_PAIRS = 4
_MOST_MARKS = 100_000
_WORD = re.compile(r"[^\W_]+")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏкмтвнαερορυικτνο",  # Cyrillic and Greek, on purpose
    "aeopcyxijsdhlkmtbhaepopuiktvo",
)
_COMMON_WORDS = (
    "a about above after all also an and any are as at be because been before being below between both but by can "
    "could did do does done each every for from further given had has have having how if in into is it its itself "
    "made make may more most much must no nor not of off on one only or other our out over own parts same say says "
    "shall should show shown so some such than that the their them then there these they this those through to too "
    "under until up upon use used very was we well were what when where which while who whom whose why will with "
    "within without would you your"
)
_COMMON = frozenset(_COMMON_WORDS.split())

Shingles = frozenset[tuple[str, ...]]


def plain(text: str) -> str:
    """Return a text in small letters without accents, invisible signs and look-alikes, at most so many marks of it."""
    taken = unicodedata.normalize("NFKD", text[:_MOST_MARKS])[:_MOST_MARKS]
    kept = "".join(mark for mark in taken if unicodedata.category(mark) not in ("Mn", "Cf"))
    return kept.casefold().translate(_LOOKALIKES)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, plain."""
    return tuple(_WORD.findall(plain(text))[:MOST_WORDS])


def spaced(text: str) -> str:
    """Return the words of a text between single spaces, with one before and behind: for whole words to be found in."""
    return f" {' '.join(words(text))} "


def shingles(text: str, size: int) -> Shingles:
    """Return the runs of ``size`` words in a text; of a shorter one itself."""
    found = words(text)
    if len(found) <= size:
        return frozenset({found} if found else ())
    return frozenset(tuple(found[at : at + size]) for at in range(len(found) - size + 1))


def telling(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text that carry its meaning."""
    return frozenset(beginning(word) for word in words(text) if word not in _COMMON and not word.isdigit())


def beginning(word: str) -> str:
    """Return what is the same in the forms of a word: support, supports, supported."""
    return word[:5] if len(word) > 5 else word.removesuffix("s") if len(word) > 3 else word


def share(part: frozenset[object] | Shingles, whole: frozenset[object] | Shingles) -> int:
    """Return how many per cent of ``part`` are in ``whole``, rounded down; nothing of nothing is 0."""
    return 100 * len(part & whole) // len(part) if part else 0


def alike(one: str, two: str) -> bool:
    """Say whether two texts say nearly the same, by the pairs of words of the shorter one."""
    a, b = shingles(one, 2), shingles(two, 2)
    return min(len(a), len(b)) >= _LEAST_PAIRS and 100 * len(a & b) >= ALIKE * min(len(a), len(b))
