"""When a bid counts as arrived in time, and when a tender may be closed: pure, so that every order can be tried.

What decides is the moment at which the last byte of the request was here, on the clock of this server. Exactly at the
deadline is late. What arrived in time may still be committed during the drain; nothing closes before it is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

Arrival = Literal["in_time", "late", "closed"]
DRAIN: Final = timedelta(seconds=120)
"""After the deadline, what arrived in time may still be on its way into the database; closing waits that long."""


def may_accept(stage: str, deadline: datetime, last_byte_at: datetime) -> Arrival:
    """Judge an arrival: ``in_time`` counts, ``late`` goes to the register of late arrivals, ``closed`` nowhere."""
    if stage != "published":
        return "closed"
    return "in_time" if last_byte_at < deadline else "late"


def may_close(deadline: datetime, at: datetime) -> bool:
    """Say whether a published tender may be closed: the drain after its deadline is over."""
    return at >= deadline + DRAIN
