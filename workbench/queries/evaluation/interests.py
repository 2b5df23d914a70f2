"""Reads about interests: who stands how to which organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import select

from scoring.conflicts import Declared, Outcome, Standing, standing
from scoring.scoresheet import Interest
from workbench.db import db
from workbench.models.evaluation import DeclarationRecord, InterestDecisionRecord

Standings = Mapping[str, Standing]


def declarations_in(tender_id: str, user_id: int | None = None) -> Sequence[DeclarationRecord]:
    """List what was declared in a tender, by everybody or by one person, in its order."""
    query = select(DeclarationRecord).where(DeclarationRecord.tender_id == tender_id)
    if user_id is not None:
        query = query.where(DeclarationRecord.user_id == user_id)
    ordered = query.order_by(DeclarationRecord.user_id, DeclarationRecord.organisation, DeclarationRecord.number)
    return db.session.scalars(ordered).all()


def decisions_in(tender_id: str) -> dict[str, InterestDecisionRecord]:
    """Return the decision that holds about each declaration that has one."""
    rows = db.session.scalars(
        select(InterestDecisionRecord)
        .where(InterestDecisionRecord.tender_id == tender_id)
        .order_by(InterestDecisionRecord.number)
    )
    return {row.declaration_id: row for row in rows}


def standings_in(tender_id: str, user_id: int | None = None) -> dict[int, dict[str, Standing]]:
    """Say for each person, or for one, how they stand to each organisation they declared about."""
    decided = decisions_in(tender_id)
    said: dict[tuple[int, str], list[Declared]] = {}
    for row in declarations_in(tender_id, user_id):
        outcome = cast(Outcome, decided[row.id].action if row.id in decided else "")
        said.setdefault((row.user_id, row.organisation), []).append(Declared(cast(Interest, row.interest), outcome))
    found: dict[int, dict[str, Standing]] = {}
    for (person, organisation), history in said.items():
        found.setdefault(person, {})[organisation] = standing(history)
    return found


def standings_of(tender_id: str, user_id: int) -> Standings:
    """Say how one person stands to each organisation they declared about."""
    return standings_in(tender_id, user_id).get(user_id, {})
