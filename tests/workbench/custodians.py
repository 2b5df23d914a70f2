"""A tender whose bids are sealed for custodians, with the keys in hand, for tests of what follows."""

from __future__ import annotations

from datetime import datetime

from tests.workbench.published import AT, World, done
from workbench.models.bids import CustodianKeyRecord
from workbench.policies import Actor
from workbench.queries.bids import keys as reads
from workbench.queries.tenders import draft_of
from workbench.sealing.key_files import KeyPair, answer, new_key
from workbench.services import tenders
from workbench.services.bids import keys


def choose(world: World, at: datetime = AT, **values: object) -> None:
    """Have the officer choose how bids are received; ``custody="custodians"`` unless told."""
    part = draft_of(world.tender).part("sealing")
    content = {"sealing": {"custody": "custodians", **values}}
    tenders.save_part(world.tender, part, content, actor=world.actor("officer"), at=at)
    done(world)


def register(
    world: World, pair: KeyPair, title: str, actor: Actor, at: datetime = AT, *, paper: bool = False
) -> CustodianKeyRecord:
    """Register a key."""
    row = keys.register_key(world.tender, pair.recipient, title=title, paper=paper, actor=actor, at=at)
    done(world)
    return row


def prove(world: World, pair: KeyPair, actor: Actor, at: datetime = AT) -> None:
    """Prove a key with its secret half."""
    row = next(row for row in reads.rows_of(world.tender.id) if row.recipient == pair.recipient)
    assert keys.prove_key(world.tender, row, answer(pair, row.challenge.encode()), actor=actor, at=at)
    done(world)


def with_keys(world: World, at: datetime = AT, **values: object) -> list[KeyPair]:
    """Choose custodians and give them three proved keys: both openers', and the paper one."""
    choose(world, at, **values)
    pairs = [new_key() for _ in range(3)]
    first, second = world.actor("opener"), world.actor("opener", 1)
    for pair, title, actor, paper in zip(
        pairs, ("Monitoring officer", "Internal audit", "Paper key"), (first, second, first), (False, False, True),
        strict=True,
    ):  # fmt: skip
        register(world, pair, title, actor, at, paper=paper)
        prove(world, pair, actor, at)
    return pairs
