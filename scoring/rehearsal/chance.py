"""Chance that anybody can repeat anywhere: numbers cut from digests of the seed and of what they are for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256

_BITS = 64
_IN_A_DIGEST = 4  # numbers of 64 bits in the 256 of a digest


def numbers(seed: int, place: str, count: int) -> tuple[int, ...]:
    """Draw ``count`` whole numbers from 0 to 2⁶⁴ − 1 for one place (``lot adult round 3 bid B``).

    The text ``rehearsal/1 seed place block`` in UTF-8 is digested with SHA-256 for block 0, 1, 2 …; each digest is cut
    into four numbers, highest byte first. Nothing else goes in, so that any machine and any language draws the same.
    """
    blocks = -(-count // _IN_A_DIGEST)
    whole = b"".join(sha256(f"rehearsal/1 {seed} {place} {block}".encode()).digest() for block in range(blocks))
    return tuple(int.from_bytes(whole[at : at + 8], "big") for at in range(0, 8 * count, 8))


def below(number: int, end: int) -> int:
    """Turn a drawn number into one from 0 to ``end`` − 1, each as likely (to within one part in 2⁶⁴ ÷ ``end``)."""
    return number * end >> _BITS


def pick(number: int, running: Sequence[int]) -> int:
    """Turn a drawn number into a position, by weights given as running totals: ``(1, 3, 6)`` for weights 1, 2, 3."""
    return bisect_right(running, below(number, running[-1]))
