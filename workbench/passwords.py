"""Which passwords are too easily guessed: common words, patterns, and the person's own words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

SHORTEST = 12
LONGEST = 200
_COMMON = """
password passwort welcome letmein qwerty qwertyuiop asdfghjkl zxcvbnm administrator admin iloveyou sunshine princess
football baseball superman batman dragon monkey master shadow trustno correcthorsebatterystaple changeme secret login
liverpool chelsea arsenal manchester england london bristol summer winter spring autumn january february march april
june july august september october november december monday tuesday wednesday thursday friday saturday sunday
charlie michael jordan thomas ashley jessica daniel samantha computer internet whatever starwars pokemon freedom
tender tenders workbench tenderworkbench procurement police commissioner victim victims service services evaluation
"""
COMMON_WORDS = frozenset(_COMMON.split())
_BETTER = "use three or four words that do not belong together"
RUNS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
"""Rows of a keyboard, the alphabet and the digits; a password that walks along them is guessed early."""
_ROWS = tuple(row for run in RUNS for row in (run, run[::-1]))
_FEWEST = 5  # different characters
_DIGITS = str.maketrans("0134578@$!", "oieastbasi")


def weakness(password: str, own_words: Iterable[str] = ()) -> str:
    """Say why a password is refused and how to choose a better one; nothing where it is accepted.

    ``own_words`` are the person's name, e-mail address and authority.
    """
    text = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters: {_BETTER}"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    if len(set(text)) < _FEWEST or _repeats(text) or _walks(text):
        return f"This password follows a pattern and would be guessed: {_BETTER}"
    if not _left_over(text, own_words):
        return f"This password is made of words that are tried first: {_BETTER}"
    return ""


def _repeats(text: str) -> bool:
    """Say whether a text is one short piece again and again."""
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _walks(text: str) -> bool:
    """Say whether all but three characters go along rows of a keyboard, either way, four keys and more at a time."""
    at = besides = 0
    while at < len(text):
        sizes = range(len(text) - at, 3, -1)
        step = next((size for size in sizes if any(text[at : at + size] in row for row in _ROWS)), 0)
        besides += not step
        at += step or 1
    return besides < 4


def _left_over(text: str, own_words: Iterable[str]) -> str:
    """Return what remains without common and own words, digits and marks: nothing of a bad password."""
    own = {part for words in own_words for part in _letters(words.casefold(), " ").split() if len(part) > 2}
    plain = text.translate(_DIGITS)
    remains = min((_without(each, COMMON_WORDS | own) for each in (text, plain)), key=len)
    return remains if len(remains) > 4 else ""


def _without(text: str, words: frozenset[str] | set[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return _letters(text, "")


def _letters(text: str, other: str) -> str:
    return "".join(character if character.isalpha() else other for character in text)
