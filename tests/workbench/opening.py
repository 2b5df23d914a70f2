"""Bids that were closed and opened by two custodians, for tests of openings and of what follows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from tests.workbench.published import World, done
from tests.workbench.sealed import DEADLINE, KEYS, committed
from workbench.arrival_rules import DRAIN
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import EnvelopeRecord, OpenedBidRecord, OpeningRecord, SealedBidRecord
from workbench.opening_rules import Kind
from workbench.services import deadlines
from workbench.services.bids import openings
from workbench.services.bids.openings import Offer

AFTER = DEADLINE + DRAIN
LATER = AFTER + timedelta(minutes=10)


def closed(world: World, at: datetime = AFTER) -> World:
    """Close the tender, which fixes what is there."""
    deadlines.close_tender(world.tender, actor=world.actor("opener"), at=at)
    return done(world)


def part(
    world: World, step: int, key: int | None, person: int, *, kind: Kind = "bid", at: datetime = LATER, **offer: Any
) -> OpeningRecord:
    """Have an opener do a part with one of the keys, and commit."""
    given = {"secret": KEYS[key][0] if key is not None else "", **offer}
    row = openings.take_part(
        world.tender, kind, step, Offer(**given), actor=world.actor("opener", person), at=at, has=lambda _: True
    )
    committed()
    return row


def opened(world: World, keys: Sequence[int] = (0, 1), *, kind: Kind = "bid", **offer: Any) -> OpeningRecord:
    """Have two openers open the envelopes with two keys."""
    part(world, 1, keys[0], 0, kind=kind)
    return part(world, 2, keys[1], 1, kind=kind, **offer)


def rows(world: World) -> dict[str, OpenedBidRecord]:
    """Return what became of each bid, by its id."""
    found = db.session.query(OpenedBidRecord).filter_by(tender_id=world.tender.id).all()
    return {row.id: row for row in found}


def details(world: World, action: str) -> Any:
    """Return what the tender's log says of its last act of a kind."""
    canon = db.session.scalars(
        select(EventRecord.canon)
        .where(EventRecord.chain == f"tender:{world.tender.id}", EventRecord.action == action)
        .order_by(EventRecord.seq.desc())
    ).first()
    assert canon is not None
    return json.loads(canon)["details"]


def tamper(statement: str, **values: Any) -> None:
    """Change the database as somebody would who owns it: past the triggers."""
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET session_replication_role = replica"))
    else:
        for (name,) in db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.execute(text(statement), values)
    db.session.commit()
    db.session.expire_all()


def envelope_of(row: SealedBidRecord, kind: str = "bid") -> EnvelopeRecord:
    """Find an envelope of an act."""
    return db.session.query(EnvelopeRecord).filter_by(sealed_bid_id=row.id, kind=kind).one()
