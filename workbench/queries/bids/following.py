"""Whom to tell what: followers that a notice or an answer has not reached, and the tenders whose dates come near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select

from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.bids import CustodianKeyRecord, FollowerRecord, MailRecord, OpeningRecord, PartnerLinkRecord
from workbench.models.publishing import NoticeRecord, PublicationRecord, QuestionRecord
from workbench.models.tenders import TenderRecord

AHEAD = timedelta(days=14)
"""How long before a deadline a tender is looked at: the first reminder comes three working days before it."""
BEHIND = timedelta(days=30)
"""How long after its deadline a tender that waits is still reminded of."""


def untold_notices() -> Sequence[tuple[NoticeRecord, FollowerRecord, TenderRecord]]:
    """List each notice with each follower who confirmed before it and was not mailed it."""
    query = select(NoticeRecord, FollowerRecord, TenderRecord).join(
        FollowerRecord, FollowerRecord.tender_id == NoticeRecord.tender_id
    )
    missing = query.where(FollowerRecord.confirmed_at <= NoticeRecord.at)
    return _unmailed(missing, "notice:", NoticeRecord.id, NoticeRecord.tender_id)


def untold_answers() -> Sequence[tuple[QuestionRecord, FollowerRecord, TenderRecord]]:
    """List each answer to everybody with each follower who confirmed before it and was not mailed it."""
    query = select(QuestionRecord, FollowerRecord, TenderRecord).join(
        FollowerRecord, FollowerRecord.tender_id == QuestionRecord.tender_id
    )
    public = (QuestionRecord.state == "public", FollowerRecord.confirmed_at <= QuestionRecord.answered_at)
    return _unmailed(query.where(*public), "answer:", QuestionRecord.id, QuestionRecord.tender_id)


def _unmailed(query: Any, prefix: str, subject: Any, tender: Any) -> Sequence[Any]:
    mailed = and_(MailRecord.about == literal(prefix) + subject, MailRecord.recipient == FollowerRecord.email)
    joined = query.join(TenderRecord, TenderRecord.id == tender).where(~exists().where(mailed))
    return [tuple(row) for row in db.session.execute(joined.order_by(tender, FollowerRecord.id))]


def open_tenders(at: datetime) -> Sequence[tuple[PublicationRecord, TenderRecord]]:
    """List the published tenders whose deadline comes near."""
    near: tuple[ColumnElement[bool], ...] = (
        TenderRecord.stage == "published", TenderRecord.deadline > at, TenderRecord.deadline <= at + AHEAD,
    )  # fmt: skip
    return _tenders(*near)


def waiting_tenders(at: datetime) -> Sequence[tuple[PublicationRecord, TenderRecord]]:
    """List the tenders whose deadline has passed and that wait to be closed or opened."""
    stage = or_(TenderRecord.stage == "published", TenderRecord.stage == "closed")
    return _tenders(stage, TenderRecord.deadline <= at, TenderRecord.deadline > at - BEHIND)


def tenders_with_questions(before: datetime) -> Sequence[TenderRecord]:
    """List the published tenders with a question that was asked before a moment and waits for its answer."""
    asked = exists().where(
        QuestionRecord.tender_id == TenderRecord.id, QuestionRecord.state == "open", QuestionRecord.asked_at < before
    )
    return db.session.scalars(select(TenderRecord).where(TenderRecord.stage == "published", asked)).all()


def followers_of(tender_id: str) -> Sequence[FollowerRecord]:
    """List who confirmed that they follow a tender, each address once."""
    rows = db.session.scalars(
        select(FollowerRecord)
        .where(FollowerRecord.tender_id == tender_id, FollowerRecord.confirmed_at.is_not(None))
        .order_by(FollowerRecord.email, FollowerRecord.id)
    )
    return list({row.email: row for row in rows}.values())


def followers_with_silent_partners(tender_id: str) -> Sequence[FollowerRecord]:
    """List the followers whose draft has a partner that has not answered to its present figures."""
    silent = exists().where(
        PartnerLinkRecord.draft_id == FollowerRecord.draft_id,
        PartnerLinkRecord.withdrawn_at.is_(None),
        or_(PartnerLinkRecord.replied_to.is_(None), PartnerLinkRecord.replied_to < PartnerLinkRecord.version),
    )
    return db.session.scalars(
        select(FollowerRecord).where(
            FollowerRecord.tender_id == tender_id, FollowerRecord.confirmed_at.is_not(None), silent
        )
    ).all()


def holders_of(tender_id: str, *roles: str, at: datetime | None = None) -> Sequence[UserRecord]:
    """List who holds one of some roles in a tender at a moment and can sign in; untold when, only lasting roles."""
    lasting = AssignmentRecord.until.is_(None)
    held = exists().where(
        lasting if at is None else lasting | (AssignmentRecord.until > at),
        AssignmentRecord.user_id == UserRecord.id,
        AssignmentRecord.tender_id == tender_id,
        AssignmentRecord.role.in_(roles),
    )
    return db.session.scalars(select(UserRecord).where(UserRecord.active, held).order_by(UserRecord.id)).all()


def key_holders(tender_id: str) -> Sequence[UserRecord]:
    """List the openers who hold a key of a tender."""
    held = exists().where(CustodianKeyRecord.tender_id == tender_id, CustodianKeyRecord.user_id == UserRecord.id)
    return db.session.scalars(select(UserRecord).where(UserRecord.active, held).order_by(UserRecord.id)).all()


def opening_begun(tender_id: str) -> OpeningRecord | None:
    """Find an opening that one opener began and that waits for the second."""
    return db.session.scalar(
        select(OpeningRecord).where(OpeningRecord.tender_id == tender_id, OpeningRecord.second_by.is_(None))
    )


def _tenders(*where: ColumnElement[bool]) -> Sequence[tuple[PublicationRecord, TenderRecord]]:
    joined = select(PublicationRecord, TenderRecord).join(TenderRecord, TenderRecord.id == PublicationRecord.tender_id)
    return [(row[0], row[1]) for row in db.session.execute(joined.where(*where).order_by(TenderRecord.id))]
