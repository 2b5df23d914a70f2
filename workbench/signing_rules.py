"""When a contract may be signed: after the standstill that the law or the notice gives, and not while suspended.

Pure: it knows dates and what was recorded, and neither tables nor a clock. PCR 2015 regs 86, 87 and 95; Procurement Act
2023 ss.50, 51 and 101. What was done counts, and what the letters said where that is later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, get_args

from exports.notices.standstill import UNDER_THE_ACT, Period, standstill_of
from lots.calendar import Standstill, say
from lots.errors import ProcurementError

Kind = Literal["started", "notice_published", "suspended", "challenge", "lifted", "ended", "note"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
TOLD: Final[dict[str, str]] = {
    "notice_published": "The contract award notice was published",
    "challenge": "Somebody challenged the decision",
    "suspended": "Signing is suspended, by us or by a court",
    "lifted": "The suspension was lifted",
    "ended": "The standstill is over, and the award is confirmed",
    "note": "Something else, to be kept on record",
}
"""What an officer records, in words; the start is recorded with the letters."""
NEEDS_WORDS: Final = frozenset({"challenge", "suspended", "lifted", "note"})


class SigningError(ProcurementError):
    """A signature, or an event of the standstill, that may not be recorded now; nothing was changed."""


@dataclass(frozen=True)
class Event:
    """Something that happened on a day; ``lot`` is empty where it concerns all of them."""

    kind: Kind
    day: date
    lot: str = ""


@dataclass(frozen=True)
class Facts:
    """What was done: the day the letters were released, and everything recorded since, in order.

    ``period`` is what the decision says its standstill is counted from.
    """

    period: Period
    released: date | None = None
    events: tuple[Event, ...] = ()

    @property
    def published(self) -> date | None:
        """Return the day the contract award notice was published, as recorded."""
        days = [event.day for event in self.events if event.kind == "notice_published"]
        return days[-1] if days else None

    def about(self, lot: str) -> tuple[Event, ...]:
        """Return the events that concern a lot."""
        return tuple(event for event in self.events if event.lot in ("", lot))


def waits_for(facts: Facts) -> str:
    """Say what has to happen before a standstill can be counted; nothing where it can."""
    if facts.released is None:
        return "The letters have not been released yet, so no contract may be signed"
    if facts.period.regime in UNDER_THE_ACT and facts.published is None:
        return "No contract may be signed before the contract award notice is published: record the day it was"
    return ""


def standstill(facts: Facts) -> Standstill | None:
    """Count the standstill from what was done, or from what the letters said where that is later."""
    if waits_for(facts):
        return None
    stated = facts.period
    return standstill_of(
        replace(
            stated, sent=_later(facts.released, stated.sent),
            published=_later(facts.published, stated.published) if stated.regime in UNDER_THE_ACT else None,
        )
    )  # fmt: skip


def suspension(facts: Facts, lot: str) -> Event | None:
    """Return what suspends the signature of a lot's contract; None where nothing does.

    A challenge suspends by itself: under the Regulations whenever the contract is not signed yet (reg 95), under the
    Act where it is notified during a standstill, mandatory or voluntary (s.101).
    """
    found: Event | None = None
    for event in facts.about(lot):
        if event.kind == "suspended" or (event.kind == "challenge" and suspends(facts, event)):
            found = event
        elif event.kind == "lifted":
            found = None
    return found


def suspends(facts: Facts, challenge: Event) -> bool:
    """Say whether a challenge suspends the signature by itself."""
    if facts.period.regime not in UNDER_THE_ACT:
        return True
    counted = standstill(facts)
    return counted is None or (counted.last_day is not None and challenge.day <= counted.last_day)


def refusal(facts: Facts, lot: str, title: str, signed_on: date, today: date) -> str:
    """Say in a sentence why a contract may not be signed on a day; nothing where it may."""
    if why := waits_for(facts):
        return why
    if event := suspension(facts, lot):
        what = "the decision was challenged" if event.kind == "challenge" else "signing was suspended"
        return f"The contract for {title} may not be signed: {what} on {say(event.day)}, and that is not lifted yet"
    counted = standstill(facts)
    assert counted is not None
    if signed_on < counted.earliest_contract or today < counted.earliest_contract:
        return f"The contract for {title} may not be signed before {say(counted.earliest_contract)}. {counted.basis}"
    if signed_on > today:
        return f"{say(signed_on)} is still to come: record the signature once the contract is signed"
    return ""


def check_event(facts: Facts, event: Event, text: str, lots: Sequence[str], today: date) -> None:
    """Refuse an event that cannot have happened, or that says too little."""
    if why := _event_fault(facts, event, text, lots, today):
        raise SigningError(why)


def _event_fault(facts: Facts, event: Event, text: str, lots: Sequence[str], today: date) -> str:
    if event.kind not in TOLD:
        return "Choose what happened"
    if facts.released is None or event.day < facts.released:
        return "That day lies before the letters were released"
    if event.day > today:
        return f"{say(event.day)} is still to come: record what happened once it has"
    if event.lot and event.lot not in lots:
        return "Choose a lot that is awarded"
    if event.kind in NEEDS_WORDS and len(text.split()) < 3:
        return "Say in a sentence what happened, who did it, and where it can be read"
    return _order_fault(facts, event, lots, today)


def _order_fault(facts: Facts, event: Event, lots: Sequence[str], today: date) -> str:
    concerned = [event.lot] if event.lot else lots
    if event.kind == "notice_published" and facts.published is not None:
        return f"The contract award notice was published on {say(facts.published)} already"
    if event.kind == "lifted" and not any(suspension(facts, lot) for lot in concerned):
        return "Nothing is suspended, so there is nothing to lift"
    if event.kind == "ended":
        return next((why for lot in lots if (why := refusal(facts, lot, f"lot {lot}", today, today))), "")
    return ""


def stage_after(facts: Facts, event: Event, stage: str) -> str:
    """Return the tender's stage after an event: under the Act the notice makes the award, else the standstill's end."""
    makes = "notice_published" if facts.period.regime in UNDER_THE_ACT else "ended"
    return "awarded" if stage == "notified" and event.kind == makes else stage


def stage_signed(signed: Iterable[str], awarded: Iterable[str]) -> str:
    """Return the stage once some lots are signed: ``contract`` when none of those awarded is left."""
    return "contract" if set(awarded) <= set(signed) else "awarded"


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)
