"""Reads about the time between the letters and the signature: the count, what was recorded, lot by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import func, select

from exports.notices.standstill import period_of
from lots.calendar import Standstill, london
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import evaluate
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.awards import ContractSignatureRecord, IssueRecord, StandstillEventRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.awards.decision import approved_file
from workbench.signing_rules import Event, Facts, Kind, refusal, standstill, suspension, waits_for


@dataclass(frozen=True)
class Awarded:
    """A lot that is awarded: the successful bid, and its contract as far as it is."""

    lot: LotEvaluation
    winner: BidResult
    signed: ContractSignatureRecord | None
    suspended: Event | None
    refused: str


@dataclass(frozen=True)
class Position:
    """Where the award stands on a day: what was done, the standstill counted from it, and every awarded lot."""

    facts: Facts
    counted: Standstill | None
    waits: str
    lots: tuple[Awarded, ...]
    unawarded: tuple[LotEvaluation, ...]

    def lot(self, lot_id: str) -> Awarded | None:
        """Find an awarded lot."""
        return next((each for each in self.lots if each.lot.lot.id == lot_id), None)


def position_of(tender: TenderRecord, today: date) -> Position:
    """Return where the award stands on a day; NotApproved before there is one."""
    file = approved_file(tender)
    assert file.award is not None
    found = evaluate(file)
    facts = Facts(period_of(file.award, file.tender), released_on(tender.id), events_of(tender.id))
    signed = signatures_of(tender.id)
    awarded = [(lot, winner) for lot in found.lots if (winner := found.recommendation(lot.lot.id).winner)]
    taken = {lot.lot.id for lot, _ in awarded}
    return Position(
        facts, standstill(facts), waits_for(facts),
        tuple(
            Awarded(
                lot, winner, signed.get(lot.lot.id), suspension(facts, lot.lot.id),
                refusal(facts, lot.lot.id, lot.lot.title, today, today),
            )
            for lot, winner in awarded
        ),
        tuple(lot for lot in found.lots if lot.lot.id not in taken),
    )  # fmt: skip


def released_on(tender_id: str) -> date | None:
    """Return the day on which the letters were released to everybody."""
    at = db.session.scalar(select(func.max(IssueRecord.released_at)).where(
        IssueRecord.tender_id == tender_id, IssueRecord.state == "released"
    ))  # fmt: skip
    return london(at).date() if at else None


def rows_of(tender_id: str) -> Sequence[tuple[StandstillEventRecord, str]]:
    """List what was recorded in the standstill, in order, each with who recorded it."""
    rows = db.session.execute(
        select(StandstillEventRecord, UserRecord.name)
        .join(UserRecord, UserRecord.id == StandstillEventRecord.made_by)
        .where(StandstillEventRecord.tender_id == tender_id)
        .order_by(StandstillEventRecord.number)
    ).all()
    return [(row, name) for row, name in rows]


def events_of(tender_id: str) -> tuple[Event, ...]:
    """Return what was recorded, as the rules see it."""
    return tuple(Event(cast(Kind, row.kind), date.fromisoformat(row.day), row.lot) for row, _ in rows_of(tender_id))


def signatures_of(tender_id: str) -> dict[str, ContractSignatureRecord]:
    """Map the lots whose contracts are signed to their signatures."""
    rows = db.session.scalars(select(ContractSignatureRecord).where(ContractSignatureRecord.tender_id == tender_id))
    return {row.lot: row for row in rows}
