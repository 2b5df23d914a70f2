"""What a closing counts: the last act in time on every bid of a tender, as one root.

Nothing here may reach a page, an event or a log before the opening: it tells how many bids there are.
"""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from workbench.db import db
from workbench.models.bids import ClosingRecord, SealedBidRecord
from workbench.sealing import merkle
from workbench.sealing import receipt as receipts
from workbench.sealing.receipt import closing_leaf


def closing_of(tender_id: str) -> ClosingRecord | None:
    """Find the latest closing of a tender."""
    wanted = select(ClosingRecord).where(ClosingRecord.tender_id == tender_id)
    return db.session.scalar(wanted.order_by(ClosingRecord.at.desc()).limit(1))


def last_acts(tender_id: str) -> dict[str, SealedBidRecord]:
    """Map every bid of a tender to the last act on it that was in time: submitted, or withdrawn."""
    wanted = select(SealedBidRecord).where(SealedBidRecord.tender_id == tender_id, SealedBidRecord.act != "late")
    ordered = wanted.order_by(SealedBidRecord.bid_id, SealedBidRecord.version)
    return {row.bid_id: row for row in db.session.scalars(ordered)}


def signed_leaves(closing: ClosingRecord) -> dict[str, str]:
    """Map every bid of a tender to the leaf that a closing signed for it; none where that cannot be told any more.

    A bid that was signed as changed is found by trying: a second one, or a change since, leaves no proof to anybody.
    """
    leaves = {bid: _leaf(bid, row) for bid, row in last_acts(closing.tender_id).items()}
    tried = ({**leaves, bid: changed_leaf(bid)} for bid in leaves)
    return next((each for each in (leaves, *tried) if root_of(each) == closing.root), {})


def _leaf(bid: str, row: SealedBidRecord) -> str:
    try:
        return receipts.read(row.receipt).leaf
    except receipts.ReceiptError:
        return changed_leaf(bid)


def root_of(leaves: dict[str, str]) -> str:
    """Return the root over the last acts, in hexadecimal."""
    return merkle.root(sorted(closing_leaf(bid, leaf) for bid, leaf in leaves.items())).hex()


def changed_leaf(bid_id: str) -> str:
    """Return what stands for a bid at closing whose log was changed by other means: no act has that leaf."""
    return sha256(f"changed\n{bid_id}".encode()).hexdigest()
