"""Enquiries into low prices, bid by bid: what prompts them, what was asked, replied and decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.queries.awards.lot_page import named


@dataclass(frozen=True)
class AskedPrice:
    """One bid whose price is asked about, or should be; ``letters`` oldest first, each with who decided on it."""

    lot: str
    lot_title: str
    result: BidResult
    tests: tuple[str, ...]
    letters: tuple[tuple[TendererLetterRecord, str], ...]

    @property
    def waiting(self) -> TendererLetterRecord | None:
        """Return the enquiry that is not decided yet."""
        return next((row for row, _ in self.letters if not row.decision), None)

    @property
    def decided(self) -> TendererLetterRecord | None:
        """Return the decision that holds."""
        return next((row for row, _ in reversed(self.letters) if row.decision), None)

    @property
    def due(self) -> bool:
        """Say whether the lot waits for this enquiry."""
        return bool(self.tests) and self.decided is None


def asked_prices(evaluation: Evaluation, lots: Sequence[str], tender_id: str) -> tuple[AskedPrice, ...]:
    """List the prices that look low or were asked about, in the lots given."""
    kept = letters_by_bid(tender_id)
    return tuple(
        asked_price(lot, result, kept)
        for lot in evaluation.lots
        if lot.lot.id in lots
        for result in lot.results
        if result.bid.id in kept or any(each.bid == result.bid.id for each in lot.enquiries)
    )


def asked_price(
    lot: LotEvaluation, result: BidResult, kept: Mapping[str, list[tuple[TendererLetterRecord, str]]]
) -> AskedPrice:
    """Gather what there is about the price of one bid."""
    name = {result.bid.id: result.tenderer.name}
    tests = (test.sentence for each in lot.enquiries if each.bid == result.bid.id for test in each.tests)
    said = tuple(named(text, name) for text in tests)
    return AskedPrice(lot.lot.id, lot.lot.title, result, said, tuple(kept.get(result.bid.id, ())))


def letters_by_bid(tender_id: str) -> dict[str, list[tuple[TendererLetterRecord, str]]]:
    """Return a tender's enquiries into low prices by bid, each with who decided on it."""
    found: dict[str, list[tuple[TendererLetterRecord, str]]] = {}
    rows = db.session.execute(
        select(TendererLetterRecord, UserRecord.name)
        .outerjoin(UserRecord, UserRecord.id == TendererLetterRecord.decided_by)
        .where(TendererLetterRecord.tender_id == tender_id, TendererLetterRecord.kind == "low_price")
        .order_by(TendererLetterRecord.number)
    )
    for row, name in rows:
        found.setdefault(row.bid_id, []).append((row, name or ""))
    return found


def bid_row(tender_id: str, bid_id: str) -> OpenedBidRecord | None:
    """Find the row of an opened bid."""
    row = db.session.get(OpenedBidRecord, bid_id)
    return row if row is not None and row.tender_id == tender_id and row.state == "opened" else None
