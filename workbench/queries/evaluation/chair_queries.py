"""Reads about what members ask the chair about an answer, and the chair's replies."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import PanelQueryRecord


def own_queries(tender_id: str, user_id: int, bid_id: str, criterion: str) -> Sequence[PanelQueryRecord]:
    """List what one member asked about one answer."""
    where = (
        PanelQueryRecord.tender_id == tender_id,
        PanelQueryRecord.asked_by == user_id,
        PanelQueryRecord.bid_id == bid_id,
        PanelQueryRecord.criterion == criterion,
    )
    return db.session.scalars(select(PanelQueryRecord).where(*where).order_by(PanelQueryRecord.number)).all()


def queries_to_chair(
    tender_id: str, hidden: Collection[str]
) -> Sequence[tuple[PanelQueryRecord, OpenedBidRecord, str]]:
    """List what was asked in a tender, unanswered first, each with its bid and who asked; nothing of hidden bids."""
    rows = db.session.execute(
        select(PanelQueryRecord, OpenedBidRecord, UserRecord.name)
        .join(OpenedBidRecord, OpenedBidRecord.id == PanelQueryRecord.bid_id)
        .join(UserRecord, UserRecord.id == PanelQueryRecord.asked_by)
        .where(PanelQueryRecord.tender_id == tender_id, PanelQueryRecord.bid_id.not_in(hidden))
        .order_by(PanelQueryRecord.replied_at.is_not(None), PanelQueryRecord.number)
    )
    return [(row, bid, name) for row, bid, name in rows]


def query_within(tender_id: str, query_id: str) -> PanelQueryRecord | None:
    """Find a question among those of one tender."""
    where = (PanelQueryRecord.tender_id == tender_id, PanelQueryRecord.id == query_id)
    return db.session.scalar(select(PanelQueryRecord).where(*where))
