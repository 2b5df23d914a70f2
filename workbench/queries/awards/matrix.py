"""Bids by criteria at any size: the agreed points of a whole lot in one statement, a row of text for each bid.

The database puts each bid's points into one text, so that neither an object nor a row is made for a cell: 200 bids by
60 criteria are 200 rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import func, select, text

from workbench.db import db
from workbench.models.evaluation import DeclarationRecord, InterestDecisionRecord

NOT_AGREED = "–"
_POINTS = {"sqlite": "json_extract(a.content, '$.points')", "postgresql": "a.content::jsonb ->> 'points'"}
_ROWS = """
SELECT b.id, b.letter, b.tenderer, s.names, s.points
FROM opened_bids b
LEFT JOIN (
    SELECT a.bid_id AS bid_id, string_agg(a.criterion, '|' ORDER BY a.criterion) AS names,
           string_agg({points}, '|' ORDER BY a.criterion) AS points
    FROM cards c JOIN agreed_scores a ON a.card_id = c.id AND a.number = c.agreed
    WHERE c.tender_id = :tender AND c.lot = :lot AND c.state = 'agreed'
    GROUP BY a.bid_id
) s ON s.bid_id = b.id
WHERE b.tender_id = :tender AND b.lot = :lot AND b.state = 'opened'
ORDER BY length(b.letter), b.letter, b.id
"""


@dataclass(frozen=True)
class BidRow:
    """One bid and its agreed points, in the order of the criteria asked for."""

    bid: str
    letter: str
    tenderer: str
    points: tuple[str, ...]


def matrix_of(tender_id: str, lot: str, criteria: Sequence[str]) -> tuple[BidRow, ...]:
    """Return every opened bid of a lot with its agreed points, by letter."""
    statement = text(_ROWS.format(points=_POINTS[db.engine.dialect.name]))
    found = db.session.execute(statement, {"tender": tender_id, "lot": lot}).all()
    sorted_names = sorted(criteria)
    whole = "|".join(sorted_names)
    order = _picker([sorted_names.index(name) for name in criteria])
    return tuple(
        BidRow(bid, letter, tenderer, order(points.split("|")) if names == whole else _some(names, points, criteria))
        for bid, letter, tenderer, names, points in found
    )


def _picker(places: Sequence[int]) -> itemgetter:
    """Return what puts a row's points into the order of the criteria; a slice keeps one criterion a tuple."""
    return itemgetter(*places) if len(places) > 1 else itemgetter(slice(len(places)))


def _some(names: str | None, points: str | None, criteria: Sequence[str]) -> tuple[str, ...]:
    """Fill in a row of which some points are not agreed."""
    given = dict(zip((names or "").split("|"), (points or "").split("|"), strict=False))
    return tuple(given.get(name, NOT_AGREED) for name in criteria)


def interests_declared(tender_id: str, user_id: int) -> tuple[int, int]:
    """Count what decides which bids somebody sees: what they declared, and what was decided about interests."""
    mine = select(func.count()).where(DeclarationRecord.tender_id == tender_id, DeclarationRecord.user_id == user_id)
    decided = select(func.count()).where(InterestDecisionRecord.tender_id == tender_id)
    row = db.session.execute(select(mine.scalar_subquery(), decided.scalar_subquery())).one()
    return int(row[0]), int(row[1])
