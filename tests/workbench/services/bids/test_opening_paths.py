"""The application beside the rules of opening: the same steps, in sampled orders, are taken or refused by both."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import scoped_session

from lots.errors import ProcurementError
from tests.workbench.opening import part
from tests.workbench.published import World
from tests.workbench.sealed import DEADLINE, FOUR, a_sealed_world, submitted
from workbench.arrival_rules import DRAIN
from workbench.audit import recorded
from workbench.db import db
from workbench.opening_rules import Hand, Kind, OpeningError, Stand, acted
from workbench.queries.bids.openings import case_of
from workbench.services import deadlines

TIMES = (DEADLINE - timedelta(minutes=1), DEADLINE + timedelta(seconds=1), DEADLINE + DRAIN)
KINDS: tuple[Kind, ...] = ("bid", "price")
STEPS = 40


class Both:
    """The rules and the application, taken through the same steps."""

    def __init__(self, world: World) -> None:
        self.world, self.time, self.seconds = world, 0, 0
        self.stand = Stand("published", DEADLINE, closed=False, price_apart=True)
        self.people = [world.people["opener"][number].id for number in (0, 1)]

    def close(self) -> None:
        wanted = self.stand.stage == "published" and self.time == 2
        assert self._done(lambda: deadlines.close_tender(
            self.world.tender, actor=self.world.actor("opener"), at=self._at())) == wanted  # fmt: skip
        if wanted:
            self.stand = replace(self.stand, stage="closed", closed=True)

    def lock(self) -> None:
        if self.stand.stage == "opened":
            self.world.tender.stage, self.world.tender.quality_locked_at = "moderation", self._at()
            db.session.commit()
            self.stand = replace(self.stand, stage="moderation", quality_locked=True)

    def open(self, kind: Kind, person: int, key: int) -> None:
        at, step = self._at(), 1 if self.stand.first_of(kind) is None else 2
        try:
            after = acted(self.stand, kind, Hand(self.people[person], key), at)
        except OpeningError:
            after = None
        done = self._done(lambda: part(self.world, step, key, person, kind=kind, at=at))
        assert done == (after is not None), (kind, person, key, self.stand)
        self.stand = after or self.stand

    def agree(self) -> None:
        """Expect the application to stand where the rules do."""
        case = case_of(self.world.tender, "bid")
        assert case is not None
        assert (case.stand.stage, case.stand.opened) == (self.stand.stage, self.stand.opened)

    def _at(self):  # type: ignore[no-untyped-def]
        self.seconds += 1 if self.time == 2 else 0
        return TIMES[self.time] + timedelta(seconds=self.seconds)

    def _done(self, act) -> bool:  # type: ignore[no-untyped-def]
        try:
            act()
        except ProcurementError:
            db.session.rollback()
            recorded().clear()
            return False
        recorded().clear()
        db.session.commit()
        return True


@pytest.mark.parametrize("seed", range(12))
def test_the_application_takes_and_refuses_what_the_rules_do(db_session: scoped_session, seed: int) -> None:
    world = a_sealed_world(replace(FOUR, price_apart=True))
    submitted(world)
    both, chance = Both(world), random.Random(seed)
    for _ in range(STEPS):
        what = chance.choices(("later", "close", "lock", "open"), (2, 2, 1, 5))[0]
        if what == "later":
            both.time = min(2, both.time + 1)
        elif what == "open":
            both.open(chance.choice(KINDS), chance.randrange(2), chance.randrange(4))
        else:
            getattr(both, what)()
        both.agree()
    recorded().clear()
