"""Who had a hand in an award: whoever wrote, scored, chaired, advised on or recommended it does not decide on it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, exists, select

from workbench import audit
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.awards import AwardCommentRecord, AwardPaperRecord, RecommendationRecord
from workbench.models.bids import AdmissionRecord
from workbench.models.evaluation import (
    AgreedScoreRecord,
    CardSignatureRecord,
    InterestDecisionRecord,
    ScoreDraftRecord,
    ScoreSheetRecord,
    TendererLetterRecord,
)
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.evaluation.access import access_of
from workbench.queries.publishing import wrote_any

WRITING: Final = ("award_paper_saved", "award_paper_left_unfinished")
"""The acts by which somebody writes the decision paper."""


def hand_in(tender_id: str, user_id: int) -> str:
    """Say in a few words what somebody did that keeps them from deciding on the award; nothing where they did none."""
    if wrote_any(tender_id, user_id):
        return "You wrote part of this tender"
    found = db.session.execute(
        select(*(done.label(f"c{n}") for n, done in enumerate(_deeds(tender_id, user_id))))
    ).one()
    return next((words for words, did in zip(_WORDS, found, strict=True) if did), "")


def bar(tender: TenderRecord, actor: Actor) -> str:
    """Say what keeps somebody from deciding on the award: a hand in it, or an interest that is declared or unknown."""
    access = access_of(tender, actor)
    did = hand_in(tender.id, actor.user_id)
    if did or access.conflicted:
        why = did or "You declared an interest in a bid of this tender"
        return f"{why}, so somebody else must decide on the award: ask another approver"
    if not access.declared:
        return "Declare first whether you have an interest in any of the tenderers: you decide on the award after that"
    return ""


_WORDS: Final = (
    "You wrote part of the decision paper", "You wrote part of the decision paper", "You scored bids of this tender",
    "You scored bids of this tender", "You agreed scores of this tender", "You signed agreed scores of this tender",
    "You recommended this award", "You commented on this award", "You decided whether a bid stays in",
    "You decided on a low price", "You put a question to a tenderer about its bid",
    "You decided about an interest that somebody declared",
)  # fmt: skip


def _deeds(tender_id: str, user_id: int) -> tuple[ColumnElement[bool], ...]:
    """Ask the tables, in the order of the words above."""
    signed = select(CardSignatureRecord.id).join(AgreedScoreRecord).where(
        AgreedScoreRecord.tender_id == tender_id, CardSignatureRecord.user_id == user_id
    )  # fmt: skip
    wrote = (
        EventRecord.chain == audit.tender_chain(tender_id), EventRecord.actor_id == user_id,
        EventRecord.action.in_(WRITING),
    )  # fmt: skip
    return (
        exists().where(*wrote),
        exists().where(AwardPaperRecord.tender_id == tender_id, AwardPaperRecord.changed_by == user_id),
        exists().where(ScoreSheetRecord.tender_id == tender_id, ScoreSheetRecord.user_id == user_id),
        exists().where(ScoreDraftRecord.tender_id == tender_id, ScoreDraftRecord.user_id == user_id),
        exists().where(AgreedScoreRecord.tender_id == tender_id, AgreedScoreRecord.made_by == user_id),
        signed.exists(),
        exists().where(RecommendationRecord.tender_id == tender_id, RecommendationRecord.made_by == user_id),
        exists().where(AwardCommentRecord.tender_id == tender_id, AwardCommentRecord.made_by == user_id),
        exists().where(AdmissionRecord.tender_id == tender_id, AdmissionRecord.decided_by == user_id),
        exists().where(TendererLetterRecord.tender_id == tender_id, TendererLetterRecord.decided_by == user_id),
        exists().where(TendererLetterRecord.tender_id == tender_id, TendererLetterRecord.asked_by == user_id),
        exists().where(InterestDecisionRecord.tender_id == tender_id, InterestDecisionRecord.decided_by == user_id),
    )
