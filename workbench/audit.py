"""The audit trail: one event for each change, in the same transaction as the change, chained by hashes.

A chain belongs to one tender (``tender:<id>``) or one authority (``authority:<id>``). Events are never changed or
removed: the database refuses it. :mod:`workbench.chain` has the arithmetic.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from lots.errors import ProcurementError
from workbench import chain as arithmetic
from workbench.db import db
from workbench.models.audit import ChainRecord, EventRecord

if TYPE_CHECKING:
    from workbench.policies import Actor

EVENT = "event/1"
RECORDED = "recorded_events"
"""The key in the session's ``info`` under which the events of this unit of work are kept."""
_CLOCK_SLACK = timedelta(seconds=2)
_SALT = 16  # bytes
_SUBJECT = 300  # characters that the column for lists holds


class ClockError(ProcurementError):
    """An event that would be earlier than the one before it: the clock of this machine was set back."""


def tender_chain(tender_id: str) -> str:
    """Name the chain of a tender."""
    return f"tender:{tender_id}"


def authority_chain(authority_id: str) -> str:
    """Name the chain of an authority: its people, its settings, tenders started."""
    return f"authority:{authority_id}"


def record(
    action: str,
    subject: str,
    *,
    chain: str,
    actor: Actor | None,
    at: datetime,
    details: Mapping[str, object],
) -> EventRecord:
    """Add an event to a chain; it is kept or forgotten together with the change it tells of.

    ``details`` hold texts, whole numbers, true, false, null, lists and objects. ClockError where ``at`` lies more
    than two seconds before the last event.
    """
    end = _end_of(chain)
    _check_clock(end, at)
    seq, salt = end.length + 1, secrets.token_bytes(_SALT)
    canon = arithmetic.canonical(_said(action, subject, chain, seq, actor, at, details))
    leaf = arithmetic.leaf_of(salt, canon)
    head = arithmetic.head_of(end.head, seq, leaf)
    event = EventRecord(
        chain=chain, seq=seq, at=at, action=action, subject=_shortened(subject), canon=canon, salt=salt,
        leaf=leaf, head=head, actor_id=actor.user_id if actor else None, actor=actor.name if actor else "",
    )  # fmt: skip
    end.length, end.head, end.last_at = seq, head, at
    db.session.add(event)
    db.session.flush()
    recorded().append(event)
    return event


def _shortened(subject: str) -> str:
    """Cut what lists show of a long subject; the canonical bytes hold all of it."""
    return subject if len(subject) <= _SUBJECT else f"{subject[: _SUBJECT - 1]}…"


def recorded() -> list[EventRecord]:
    """Return the events of this unit of work so far; whoever begins or ends one clears the list."""
    events: list[EventRecord] = db.session().info.setdefault(RECORDED, [])
    return events


def _said(
    action: str, subject: str, chain: str, seq: int, actor: Actor | None, at: datetime, details: Mapping[str, object]
) -> dict[str, Any]:
    if at.utcoffset() != timedelta(0):
        raise ValueError(f"{at!r} is not in UTC: events are written in UTC")
    who = {"id": actor.user_id, "name": actor.name, "job_title": actor.job_title} if actor else None
    return {
        "format": EVENT,
        "chain": chain,
        "seq": seq,
        "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "actor": who,
        "action": action,
        "subject": subject,
        "details": dict(details),
    }


def _end_of(chain: str) -> ChainRecord:
    """Return the locked end of a chain, begun now if there is none."""
    wanted = select(ChainRecord).where(ChainRecord.name == chain).with_for_update()
    fresh = wanted.execution_options(populate_existing=True)
    found = db.session.scalars(fresh).one_or_none()
    if found is not None:
        return found
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(ChainRecord).values(name=chain, length=0, head="")
    db.session.execute(row.on_conflict_do_nothing())  # somebody else may begin it at this very moment
    return db.session.scalars(fresh).one()


def _check_clock(end: ChainRecord, at: datetime) -> None:
    if end.last_at is not None and at < end.last_at - _CLOCK_SLACK:
        now, last = (f"{it:%H:%M:%S on %Y-%m-%d} (UTC)" for it in (at, end.last_at))
        raise ClockError(
            f"This would be recorded at {now}, before the last event at {last}: the clock of the server was set back. "
            "Nothing was changed; set the clock right and try again"
        )
