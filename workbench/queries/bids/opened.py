"""Reads about opened bids: the list of a lot, one bid, and all of them together with the rules as one tender file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import undefer
from sqlalchemy.sql.base import ExecutableOption

from exports import submission as codec
from lots.calendar import london
from lots.errors import Finding, ProcurementError
from lots.submission import PriceEnvelope, Submission
from scoring.decision import AdmissionDecision
from scoring.received import Received, with_bids
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.bids import AdmissionRecord, OpenedBidRecord, OpeningRecord, SealedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries import publishing

T = TypeVar("T", Submission, PriceEnvelope)
PAGE: Final = 50  # bids on one page of the list
_SCORING = frozenset({"evaluator", "moderator"})


class ChangedBid(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """An opened bid whose kept content is no bid: the database was changed by other means."""


@dataclass(frozen=True)
class Assembled:
    """The rules in force with every opened bid, and what tenderers say differently of one another."""

    file: TenderFile
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class OpenedBid:
    """One opened bid: its row, the act that was opened, and what stood in its envelopes."""

    row: OpenedBidRecord
    sealed: SealedBidRecord
    submission: Submission
    price: PriceEnvelope | None


def sees_prices(actor: Actor, tender: TenderRecord) -> bool:
    """Say whether somebody may see prices now: nobody who scores or chairs the scoring, until quality is locked."""
    return tender.quality_locked_at is not None or not actor.roles_in(tender.id) & _SCORING


# --- lists ----------------------------------------------------------------------------------------------------


def counts_of(tender_id: str) -> dict[tuple[str, str], int]:
    """Count the bids by (lot, state)."""
    rows = db.session.execute(
        select(OpenedBidRecord.lot, OpenedBidRecord.state, func.count())
        .where(OpenedBidRecord.tender_id == tender_id)
        .group_by(OpenedBidRecord.lot, OpenedBidRecord.state)
    )
    return {(lot, state): count for lot, state, count in rows}


def page_of(tender_id: str, lot: str, page: int) -> Sequence[OpenedBidRecord]:
    """Return a page of the bids opened for a lot, by their letters."""
    return db.session.scalars(
        select(OpenedBidRecord)
        .where(
            OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.lot == lot, OpenedBidRecord.state == "opened"
        )
        .order_by(func.length(OpenedBidRecord.letter), OpenedBidRecord.letter)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()  # fmt: skip


def others_of(tender_id: str) -> Sequence[OpenedBidRecord]:
    """List what was not opened: failed, lapsed, withdrawn, late; 200 at most."""
    return db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state != "opened")
        .order_by(OpenedBidRecord.state, OpenedBidRecord.received_at)
        .limit(200)
    ).all()


def opened_bid(tender_id: str, bid_id: str) -> OpenedBid | None:
    """Find an opened bid with its content."""
    joined = select(OpenedBidRecord, SealedBidRecord).join(
        SealedBidRecord, SealedBidRecord.id == OpenedBidRecord.sealed_bid_id
    )
    where = (OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.id == bid_id, OpenedBidRecord.state == "opened")
    found = db.session.execute(joined.where(*where).options(*_whole())).one_or_none()
    if found is None:
        return None
    row, sealed = found
    return OpenedBid(row, sealed, read_submission(row), read_price(row))


def read_submission(row: OpenedBidRecord) -> Submission:
    """Read the first envelope of an opened bid."""
    return _read(Submission, row, row.submission)


def read_price(row: OpenedBidRecord) -> PriceEnvelope | None:
    """Read the price of an opened bid; None while it is shut."""
    return _read(PriceEnvelope, row, row.price) if row.price else None


def _read(cls: type[T], row: OpenedBidRecord, kept: str) -> T:
    try:
        value, _ = codec.read(cls, kept.encode())
    except codec.UnknownFormat:
        value = None
    if value is None:
        raise ChangedBid(f"The content of bid {row.id} was changed in the database by other means: restore a copy")
    return value


def _whole() -> tuple[ExecutableOption, ExecutableOption]:
    return undefer(OpenedBidRecord.submission), undefer(OpenedBidRecord.price)


# --- one file -------------------------------------------------------------------------------------------------


def file_with_bids(tender: TenderRecord) -> TenderFile:
    """Return the rules in force with every opened bid, its organisations, preferences and the decisions about it."""
    return assembled(tender).file


def assembled(tender: TenderRecord) -> Assembled:
    """Put all opened bids of a tender and the rules in force together."""
    publication = publishing.publication_of(tender.id)
    if publication is None:
        raise ChangedBid("This tender is not published, so it has no bids")
    rules = publishing.rules_in_force(publication)
    sealing = rules.tender.sealing
    shut = sealing is not None and sealing.price_apart and not _prices_opened(tender.id)
    found = _together(rules, _marks(tender.id), tender.id, shut)
    file = replace(found.file, admissions=admissions_of(tender.id))
    return replace(found, file=file)


def _prices_opened(tender_id: str) -> bool:
    """Say whether the envelopes with the prices were opened; a bid without one then has none."""
    opened = OpeningRecord.opened_at.is_not(None)
    query = select(OpeningRecord.kind).where(OpeningRecord.tender_id == tender_id, OpeningRecord.kind == "price")
    return db.session.scalar(query.where(opened)) is not None


def _marks(tender_id: str) -> tuple[tuple[str, bool], ...]:
    """Name every opened bid, and whether its price is open: what the gathered file depends on."""
    has_price = OpenedBidRecord.price != ""
    rows = db.session.execute(
        select(OpenedBidRecord.id, has_price)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state == "opened")
        .order_by(OpenedBidRecord.id)
    )
    return tuple((name, bool(priced)) for name, priced in rows)


@lru_cache(maxsize=4)
def _together(rules: TenderFile, marks: tuple[tuple[str, bool], ...], tender_id: str, shut: bool) -> Assembled:
    """Gather the bids once: what was opened never changes, so a second page need not read it again."""
    rows = db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state == "opened")
        .options(*_whole())
        .order_by(OpenedBidRecord.lot, OpenedBidRecord.received_at, OpenedBidRecord.id)
    )
    received = [Received(read_submission(row), read_price(row), row.received_at) for row in rows]
    return Assembled(*with_bids(rules, received, prices_shut=shut))


# --- decisions ------------------------------------------------------------------------------------------------


def decisions_on(tender_id: str, bid_id: str = "") -> Sequence[tuple[AdmissionRecord, str]]:
    """List the decisions about a tender's bids, or about one, in their order, each with the name of who made it."""
    query = select(AdmissionRecord, UserRecord.name).join(UserRecord, UserRecord.id == AdmissionRecord.decided_by)
    query = query.where(AdmissionRecord.tender_id == tender_id)
    if bid_id:
        query = query.where(AdmissionRecord.bid_id == bid_id)
    found = db.session.execute(query.order_by(AdmissionRecord.bid_id, AdmissionRecord.number)).all()
    return [(row, name) for row, name in found]


def admissions_of(tender_id: str) -> tuple[AdmissionDecision, ...]:
    """Return the decisions that hold: of several about one bid and step, the latest."""
    latest = {(row.bid_id, row.concerning): (row, name) for row, name in decisions_on(tender_id)}
    return tuple(
        AdmissionDecision(
            row.bid_id, cast(Literal["admit", "exclude"], row.decision), row.concerning, row.reason,
            london(row.decided_at).date(), name,
        )
        for row, name in latest.values()
    )  # fmt: skip


def rules_of(tender: TenderRecord) -> TenderFile | None:
    """Return the rules in force of a published tender."""
    publication = publishing.publication_of(tender.id)
    return publishing.rules_in_force(publication) if publication else None
