"""The result of a tender from its live record: worked out once for each state, and only when quality is locked."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import func, select

from exports.award_snapshot import digest_of, result_of
from scoring.recommendation import Evaluation, evaluate
from workbench.db import db
from workbench.models.bids import AdmissionRecord, OpeningRecord
from workbench.models.evaluation import AgreedScoreRecord, CardRecord, CardSignatureRecord, TendererLetterRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import NotNow
from workbench.queries.evaluation.record import live_file

NOT_LOCKED = (
    "There is no result yet: it is worked out once the panel has agreed every score and its chair has locked quality. "
    "Until then nobody sees a total or a rank"
)


def evaluated(tender: TenderRecord) -> Evaluation:
    """Return the result as the record gives it now; NotNow while quality is not locked."""
    return _worked_out(tender)[0]


def result_digest(tender: TenderRecord) -> str:
    """Return the digest of the result: the same figures have the same, whoever works them out."""
    return _worked_out(tender)[1]


class State(NamedTuple):
    """What a result depends on, without working it out: the same state gives the same result."""

    tender: str
    version: int
    marks: tuple[int, ...]


def state_of(tender: TenderRecord) -> State:
    """Return the state that a tender is in, in one statement; an unchanged page is known by it."""
    return State(tender.id, tender.version, _marks(tender.id))


def result_in(state: State) -> Evaluation:
    """Return the result of a state that the tender is in now."""
    return _once(state)[0]


def lots_shown(evaluation: Evaluation, hidden: Collection[str]) -> tuple[str, ...]:
    """List the lots whose result may be read by somebody from whom some bids are hidden.

    A lot with one of those bids is hidden whole: every rank and relative mark in it was worked out over that bid. Under
    a limit on lots each lot decides the others, so one hidden lot hides them all.
    """
    theirs = {bid.lot for bid in evaluation.file.bids if bid.id in hidden}
    if theirs and evaluation.file.lot_limit is not None:
        return ()
    return tuple(lot.lot.id for lot in evaluation.lots if lot.lot.id not in theirs)


def _worked_out(tender: TenderRecord) -> tuple[Evaluation, str]:
    if tender.quality_locked_at is None:
        raise NotNow(NOT_LOCKED)
    return _once(state_of(tender))


@lru_cache(maxsize=4)
def _once(state: State) -> tuple[Evaluation, str]:
    tender = db.session.get_one(TenderRecord, state.tender)
    evaluation = evaluate(live_file(tender))
    return evaluation, digest_of(result_of(evaluation))


def _marks(tender_id: str) -> tuple[int, ...]:
    """Count, in one statement, what the result follows from beside the tender's version."""
    agreed = (CardRecord.tender_id == tender_id, CardRecord.state == "agreed")
    of_scores = select(func.count()).select_from(AgreedScoreRecord).where(AgreedScoreRecord.tender_id == tender_id)
    signed = (
        select(func.count())
        .select_from(CardSignatureRecord)
        .join(AgreedScoreRecord, AgreedScoreRecord.id == CardSignatureRecord.agreed_score_id)
        .where(AgreedScoreRecord.tender_id == tender_id)
    )
    decided = (TendererLetterRecord.tender_id == tender_id, TendererLetterRecord.decided_at.is_not(None))
    opened = (OpeningRecord.tender_id == tender_id, OpeningRecord.opened_at.is_not(None))
    row = db.session.execute(
        select(
            of_scores.scalar_subquery(),
            signed.scalar_subquery(),
            select(func.count()).select_from(CardRecord).where(*agreed).scalar_subquery(),
            select(func.count()).select_from(TendererLetterRecord).where(*decided).scalar_subquery(),
            select(func.count()).where(AdmissionRecord.tender_id == tender_id).scalar_subquery(),
            select(func.count()).select_from(OpeningRecord).where(*opened).scalar_subquery(),
        )
    ).one()
    return tuple(int(each) for each in row)
