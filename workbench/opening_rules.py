"""When bids may be opened, and by whom: two people with two keys, after the deadline, the drain and the closing.

Pure: it knows a tender's stand and the hand that wants to act, and neither tables nor keys. Prices that are kept apart
open by the same rules, once the bids are open and quality is locked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from lots.calendar import say_instant
from lots.errors import ProcurementError
from workbench.arrival_rules import DRAIN

Kind = Literal["bid", "price"]
KINDS: Final[tuple[Kind, ...]] = ("bid", "price")


class OpeningError(ProcurementError):
    """An opening that may not be, or not now, or not by this person or key; nothing was changed."""


@dataclass(frozen=True)
class Hand:
    """Somebody about to act: the person, and the number of the key they use (None where the server holds the key)."""

    person: int
    key: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Stand:
    """How far a tender is: its stage, whether its closing is on record, and who has acted on which envelopes.

    ``closed`` is for this very deadline: a deadline that moved after the closing undoes it, and with it a first act.
    ``quality_locked`` says that no agreed score can change any more, so that a price kept apart may be seen.
    """

    stage: str
    deadline: datetime | None
    closed: bool
    price_apart: bool = False
    first: tuple[tuple[Kind, Hand], ...] = ()
    opened: frozenset[Kind] = frozenset()
    quality_locked: bool = False

    def first_of(self, kind: Kind) -> Hand | None:
        """Return who took the first layer off the envelopes of a kind."""
        return next((hand for each, hand in self.first if each == kind), None)


def waits_for(stand: Stand, kind: Kind, at: datetime) -> str:
    """Say in a sentence what keeps envelopes shut for everybody; nothing where two people may open them."""
    if kind in stand.opened:
        return "These envelopes were opened already"
    if kind == "price":
        return _price_waits_for(stand)
    if stand.deadline is None or at < stand.deadline:
        when = say_instant(stand.deadline) if stand.deadline else "its deadline"
        return f"Nothing is opened before the deadline, {when}"
    if at < stand.deadline + DRAIN:
        return "Bids that arrived in time may still be on their way in: wait two minutes after the deadline"
    if not stand.closed or stand.stage != "closed":
        return "The tender has to be closed first: that fixes how many bids there are before anybody sees one"
    return ""


def _price_waits_for(stand: Stand) -> str:
    if not stand.price_apart:
        return "The prices of this tender are opened together with the bids"
    if "bid" not in stand.opened:
        return "The bids are opened first, their prices later"
    if not stand.quality_locked:
        return "The prices stay shut until the scores for quality are locked"
    return ""


def refusal(stand: Stand, kind: Kind, hand: Hand, at: datetime) -> str:
    """Say in a sentence why this hand may not act now; nothing where it may."""
    if why := waits_for(stand, kind, at):
        return why
    first = stand.first_of(kind)
    if first is None:
        return ""
    if first.person == hand.person:
        return "You have done your part: a second person, with another key, does the rest"
    if first.key is not None and first.key == hand.key:
        return f"{first.name or 'The first opener'} has used this key already: the second key must be another one"
    return ""


def acted(stand: Stand, kind: Kind, hand: Hand, at: datetime) -> Stand:
    """Return the stand after a hand has acted: the first layer is off, or, by the second, the envelopes are open."""
    if why := refusal(stand, kind, hand, at):
        raise OpeningError(why)
    if stand.first_of(kind) is None:
        return replace(stand, first=(*stand.first, (kind, hand)))
    kinds: frozenset[Kind] = frozenset({kind}) if stand.price_apart or kind == "price" else frozenset(KINDS)
    stage = "opened" if kind == "bid" else stand.stage
    return replace(stand, opened=stand.opened | kinds, stage=stage)


def set_aside(stand: Stand, kind: Kind) -> Stand:
    """Return the stand after the first opener's part was set aside, so that any two may begin anew."""
    if kind in stand.opened:
        raise OpeningError("These envelopes were opened already: what was done stands")
    if stand.first_of(kind) is None:
        raise OpeningError("Nobody has taken a layer off yet: there is nothing to set aside")
    return replace(stand, first=tuple(each for each in stand.first if each[0] != kind))


def envelopes_of(kind: Kind, *, price_apart: bool) -> frozenset[str]:
    """Name the kinds of envelope that an opening opens."""
    if kind == "price":
        return frozenset({"price"})
    return frozenset({"bid", "late"} if price_apart else {"bid", "price", "late"})
