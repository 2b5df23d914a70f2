"""How long the answers of the opened bids are: counted once, because what was opened never changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import undefer

from lots.completeness import words_in
from scoring.reading import minutes_for
from workbench.db import db
from workbench.models.bids import OpenedBidRecord
from workbench.queries.bids.opened import read_submission

Pair = tuple[str, str]


def words_of(tender_id: str) -> Mapping[Pair, int]:
    """Count the words of every answer, by bid and award criterion."""
    opened = select(OpenedBidRecord.id).where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state == "opened")
    return _counted(tender_id, tuple(db.session.scalars(opened.order_by(OpenedBidRecord.id))))


def minutes_in(words: Mapping[Pair, int], pairs: frozenset[Pair]) -> int:
    """Estimate how long it takes to score some answers."""
    return sum(minutes_for(words.get(pair, 0)) for pair in pairs)


@lru_cache(maxsize=8)
def _counted(tender_id: str, bids: tuple[str, ...]) -> Mapping[Pair, int]:
    rows = db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.id.in_(bids))
        .options(undefer(OpenedBidRecord.submission))
    )
    return {
        (row.id, answer.criterion): words_in(answer.text) for row in rows for answer in read_submission(row).answers
    }
