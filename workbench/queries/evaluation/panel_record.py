"""What an installation knows of a panel's work beside its result: how often scores were saved, who signed what."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Select, select

from exports.workbook.changes import Cell, PanelRecord, Saves, Signed
from scoring.moderation import AgreedScore
from workbench.db import db
from workbench.kept import from_text
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import AgreedScoreRecord, CardRecord, CardSignatureRecord, ScoreDraftRecord
from workbench.queries.evaluation.record import member_id


def panel_record(tender_id: str) -> PanelRecord:
    """Gather it for a tender."""
    return PanelRecord(_saves(tender_id), _signed(tender_id))


def _saves(tender_id: str) -> Mapping[Cell, Saves]:
    """Count the saves of every score; what was written in between is nobody's but its author's."""
    row = ScoreDraftRecord
    columns = (row.bid_id, row.criterion, row.user_id, row.version, row.begun_at, row.changed_at)
    rows = db.session.execute(select(*columns).where(row.tender_id == tender_id)).all()
    return {
        (bid, criterion, member_id(user)): Saves(count, begun, changed)
        for bid, criterion, user, count, begun, changed in rows
    }


def _signed(tender_id: str) -> tuple[Signed, ...]:
    """List every agreed score that was put to signature, in the order of bids, criteria and numbers."""
    names = _names(tender_id)
    signatures: dict[str, list[CardSignatureRecord]] = {}
    for each in db.session.scalars(_signatures(tender_id)):
        signatures.setdefault(each.agreed_score_id, []).append(each)
    rows = db.session.execute(
        select(AgreedScoreRecord, CardRecord.agreed, CardRecord.state)
        .join(CardRecord, CardRecord.id == AgreedScoreRecord.card_id)
        .where(AgreedScoreRecord.tender_id == tender_id)
        .order_by(AgreedScoreRecord.bid_id, AgreedScoreRecord.criterion, AgreedScoreRecord.number)
    ).all()
    return tuple(
        Signed(
            row.bid_id, row.criterion, row.number, str(from_text(AgreedScore, row.content).points),
            state == "agreed" and agreed == row.number,
            tuple(names.get(int(user), f"person {user}") for user in json.loads(row.present)),
            tuple((names.get(it.user_id, ""), it.signed_at) for it in signatures.get(row.id, ())), row.reopened,
        )
        for row, agreed, state in rows
    )  # fmt: skip


def _signatures(tender_id: str) -> Select[CardSignatureRecord]:
    return (
        select(CardSignatureRecord)
        .join(AgreedScoreRecord, AgreedScoreRecord.id == CardSignatureRecord.agreed_score_id)
        .where(AgreedScoreRecord.tender_id == tender_id)
        .order_by(CardSignatureRecord.signed_at, CardSignatureRecord.id)
    )


def _names(tender_id: str) -> dict[int, str]:
    """Name the people who signed or were to sign."""
    tender_people = select(AgreedScoreRecord.present).where(AgreedScoreRecord.tender_id == tender_id)
    ids = {int(user) for text in db.session.scalars(tender_people) for user in json.loads(text)}
    rows = db.session.execute(select(UserRecord.id, UserRecord.name).where(UserRecord.id.in_(ids))).all()
    return {row.id: row.name for row in rows}
