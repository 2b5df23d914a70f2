"""Reading answers: how long that takes, and in which order somebody reads them.

Everybody reads in an order of their own, drawn anew for each question, so that no tenderer is always read first or
after the best. The order follows from who reads what and not from a name, and stays when an answer falls away.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

WORDS_A_MINUTE: Final = 150
"""How fast an answer is read that is to be judged."""
MINUTES_TO_JUDGE: Final = 4
"""How long it takes to choose a level and to write why, for each answer."""


def minutes_for(words: int) -> int:
    """Estimate how long it takes to read an answer and to score it, in whole minutes."""
    return -(-words // WORDS_A_MINUTE) + MINUTES_TO_JUDGE


def say_minutes(minutes: int) -> str:
    """Write a duration: ``45 min``, ``2 h``, ``2 h 10 min``."""
    hours, rest = divmod(minutes, 60)
    parts = (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "")
    return " ".join(filter(None, parts))


def in_reading_order(bids: Iterable[str], *, tender: str, reader: str, question: str) -> tuple[str, ...]:
    """Put the bids that somebody reads for a question into that reader's order."""

    def drawn(bid: str) -> bytes:
        return sha256("\n".join((tender, reader, question, bid)).encode()).digest()

    return tuple(sorted(bids, key=drawn))
