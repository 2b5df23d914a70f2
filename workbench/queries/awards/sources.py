"""What the decision's documents are made from: the record that was recommended, with the decision paper about it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import undefer

from exports import tender_file
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.awards import RecommendationRecord
from workbench.models.tenders import TenderRecord


def latest_recommendation(tender_id: str) -> RecommendationRecord | None:
    """Find the recommendation in force, with its record."""
    return db.session.scalar(
        select(RecommendationRecord)
        .where(RecommendationRecord.tender_id == tender_id)
        .options(undefer(RecommendationRecord.snapshot))
        .order_by(RecommendationRecord.number.desc())
        .limit(1)
    )


def source_of(tender: TenderRecord) -> tuple[int, TenderFile] | None:
    """Return the number of the recommendation in force and its record with the decision; None where there is none."""
    row = latest_recommendation(tender.id)
    if row is None:
        return None
    file, _ = tender_file.read(row.snapshot)
    return (row.number, file) if file is not None else None
