"""Scores that pass the gate, for tests of sheets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from scoring.scoresheet import Score
from tests.workbench.evaluated import bid, the_case
from tests.workbench.published import World, done
from workbench.policies import Actor
from workbench.queries.evaluation.access import access_of
from workbench.queries.evaluation.sheets import Desk, desk_of
from workbench.services.evaluation import scoring


def desk(world: World, actor: Actor) -> Desk:
    """Return somebody's desk as it is now."""
    return desk_of(world.tender, actor, access_of(world.tender, actor))


def a_score(name: str, criterion: str, member: str = "ev-commissioning", **changes: Any) -> Score:
    """Return what a member of the case wrote about an answer."""
    return replace(_case_scores()[member, name, criterion], **changes)


def save(world: World, name: str, score: Score, actor: Actor, at: datetime, version: int | None = None) -> int:
    """Save a score of a bid of the case, at the version it has now unless told, and commit."""
    bid_id = bid(world, name)
    if version is None:
        version = desk(world, actor).draft(bid_id, score.criterion).version
    saved = scoring.save(world.tender, bid_id, score, version, actor=actor, at=at)
    done(world)
    return saved


def complete(world: World, name: str, actor: Actor, at: datetime, member: str = "ev-commissioning") -> str:
    """Score every answer of a bid as the case does, and return the bid's id."""
    bid_id = bid(world, name)
    for question in desk(world, actor).questions(bid_id):
        save(world, name, a_score(name, question.id, member), actor, at)
    return bid_id


POINTS = Decimal(4)


@lru_cache(maxsize=1)
def _case_scores() -> dict[tuple[str, str, str], Score]:
    return {
        (sheet.evaluator, sheet.bid, score.criterion): score
        for sheet in the_case().score_sheets
        for score in sheet.scores
    }
