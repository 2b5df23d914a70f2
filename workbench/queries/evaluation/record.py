"""The live record of one procurement as a tender file: what everything about the result is a function of.

It holds the rules in force, the bids, and what the panel declared, submitted, agreed and decided so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

from sqlalchemy import select

from lots.calendar import london
from scoring.decision import AwardDecision, EnquiryOutcome
from scoring.moderation import AgreedScore
from scoring.scoresheet import Declaration, Interest, PanelMember, PanelRole, ScoreSheet
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.kept import from_text
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.evaluation import (
    AgreedScoreRecord,
    CardRecord,
    DeclarationRecord,
    InterestDecisionRecord,
    ScoreSheetRecord,
    TendererLetterRecord,
)
from workbench.models.tenders import TenderRecord
from workbench.policies import TENDER_ROLES
from workbench.queries.bids.opened import file_with_bids

ACTIONS = {
    "none": "No further step was needed: {reason}",
    "mitigated": "Mitigated: {reason}",
    "recused": "Took no part in the bids concerned: {reason}",
}


def member_id(user_id: int) -> str:
    """Name a person as a panel member of a tender file."""
    return f"person-{user_id}"


def live_file(tender: TenderRecord, award: AwardDecision | None = None) -> TenderFile:
    """Return the whole record so far, with a decision paper where one is given."""
    return replace(
        file_with_bids(tender),
        panel=panel_of(tender.id),
        declarations=declarations_of(tender.id),
        score_sheets=sheets_of(tender.id),
        agreed_scores=agreed_of(tender.id),
        enquiries=enquiries_of(tender.id),
        award=award,
    )


def panel_of(tender_id: str) -> tuple[PanelMember, ...]:
    """List the panel: everybody with a role, their roles in the order of the table, their lots and criteria."""
    rows = db.session.execute(
        select(AssignmentRecord, UserRecord)
        .join(UserRecord, UserRecord.id == AssignmentRecord.user_id)
        .where(AssignmentRecord.tender_id == tender_id)
        .order_by(UserRecord.id, AssignmentRecord.lot)
    ).all()
    held: dict[int, list[AssignmentRecord]] = {}
    people = {user.id: user for _, user in rows}
    for assignment, user in rows:
        held.setdefault(user.id, []).append(assignment)
    return tuple(_member(people[user_id], assigned) for user_id, assigned in held.items())


def _member(person: UserRecord, assigned: Sequence[AssignmentRecord]) -> PanelMember:
    roles = {each.role for each in assigned}
    limited = [each for each in assigned if each.role in ("evaluator", "moderator")] or list(assigned)
    lots = () if any(not each.lot for each in limited) else tuple(dict.fromkeys(each.lot for each in limited))
    criteria = () if any(not each.criteria for each in limited) else tuple(
        dict.fromkeys(name for each in limited for name in each.criteria.split())
    )  # fmt: skip
    ordered = cast(tuple[PanelRole, ...], tuple(role for role in TENDER_ROLES if role in roles))
    return PanelMember(member_id(person.id), person.name, person.job_title, ordered, lots, criteria)


def declarations_of(tender_id: str) -> tuple[Declaration, ...]:
    """Return each person's latest declaration about each organisation, with what was done about it."""
    rows = db.session.scalars(
        select(DeclarationRecord).where(DeclarationRecord.tender_id == tender_id).order_by(DeclarationRecord.number)
    )
    latest = {(row.user_id, row.organisation): row for row in rows}
    actions = _actions(tender_id)
    return tuple(
        Declaration(
            member_id(row.user_id), row.organisation, cast(Interest, row.interest), london(row.declared_at).date(),
            row.detail, actions.get(row.id, ""),
        )
        for _, row in sorted(latest.items())
    )  # fmt: skip


def _actions(tender_id: str) -> dict[str, str]:
    rows = db.session.scalars(
        select(InterestDecisionRecord)
        .where(InterestDecisionRecord.tender_id == tender_id)
        .order_by(InterestDecisionRecord.number)
    )
    return {row.declaration_id: ACTIONS[row.action].format(reason=row.reason) for row in rows}


def sheets_of(tender_id: str) -> tuple[ScoreSheet, ...]:
    """Return every submitted score sheet, by bid and member."""
    texts = db.session.scalars(
        select(ScoreSheetRecord.content)
        .where(ScoreSheetRecord.tender_id == tender_id)
        .order_by(ScoreSheetRecord.bid_id, ScoreSheetRecord.user_id)
    )
    return tuple(from_text(ScoreSheet, text) for text in texts)


def agreed_of(tender_id: str) -> tuple[AgreedScore, ...]:
    """Return the agreed scores that stand: signed by everybody who was present, and not taken up again."""
    texts = db.session.scalars(
        select(AgreedScoreRecord.content)
        .join(
            CardRecord, (CardRecord.id == AgreedScoreRecord.card_id) & (CardRecord.agreed == AgreedScoreRecord.number)
        )
        .where(CardRecord.tender_id == tender_id, CardRecord.state == "agreed")
        .order_by(AgreedScoreRecord.bid_id, AgreedScoreRecord.criterion)
    )
    return tuple(from_text(AgreedScore, text) for text in texts)


def enquiries_of(tender_id: str) -> tuple[EnquiryOutcome, ...]:
    """Return the enquiries into low prices that were decided; of several about one bid the latest."""
    rows = db.session.execute(
        select(TendererLetterRecord, UserRecord.name)
        .join(UserRecord, UserRecord.id == TendererLetterRecord.decided_by)
        .where(TendererLetterRecord.tender_id == tender_id, TendererLetterRecord.kind == "low_price")
        .order_by(TendererLetterRecord.number)
    ).all()
    latest = {row.bid_id: (row, name) for row, name in rows}
    return tuple(_enquiry(row, name) for _, (row, name) in sorted(latest.items()))


def _enquiry(row: TendererLetterRecord, name: str) -> EnquiryOutcome:
    assert row.decided_at is not None
    replied = london(row.replied_at).date() if row.replied_at else None
    return EnquiryOutcome(
        row.bid_id, london(row.asked_at).date(), row.question, replied, row.reply,
        cast(Literal["explained", "rejected"], row.decision), row.reason, london(row.decided_at).date(), name,
    )  # fmt: skip
