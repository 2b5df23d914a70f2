"""Receipts and acts of one bid, for whoever knows its id; and the proof that the closing counted it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from exports.codec.strict_json import parse
from workbench import chain_export
from workbench.chain_export import Link
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import SealedBidRecord
from workbench.queries.bids.closings import closing_of, signed_leaves
from workbench.sealing import drafts, merkle
from workbench.sealing import receipt as receipts
from workbench.sealing.notes import verified
from workbench.sealing.receipt import Annex, ClosingProof, Receipt, closing_leaf


def acts_of(bid_id: str) -> Sequence[SealedBidRecord]:
    """List the acts on a bid in their order."""
    return db.session.scalars(
        select(SealedBidRecord).where(SealedBidRecord.bid_id == bid_id).order_by(SealedBidRecord.version)
    ).all()


def receipt_of(bid_id: str, version: int, code: str = "") -> Receipt | None:
    """Find the receipt of an act; with the tenderer's code its annex too. None where there was no such act."""
    row = db.session.scalar(
        select(SealedBidRecord).where(SealedBidRecord.bid_id == bid_id, SealedBidRecord.version == version)
    )
    if row is None:
        return None
    found = receipts.read(row.receipt)
    return replace(found, annex=_annex(row, code)) if code and row.annex else found


def _annex(row: SealedBidRecord, code: str) -> Annex:
    data, _ = parse(drafts.decrypt(code, row.id, row.version, row.annex, "receipt"))
    assert isinstance(data, dict)
    return Annex(data["salt"], data["said"])


def log_of(bid_id: str) -> bytes:
    """Export the log of a bid, for its tenderer: every event of it, as a file that anybody can check."""
    chain = f"bid:{bid_id}"
    events = db.session.scalars(select(EventRecord).where(EventRecord.chain == chain).order_by(EventRecord.seq))
    links = [Link(it.seq, it.canon, it.salt, it.leaf, it.head) for it in events]
    return chain_export.export(chain, links)


def closing_proof_of(tender_id: str, bid_id: str) -> ClosingProof | None:
    """Prove that the closing counted the last act on a bid. To be shown after the opening only: it tells how many."""
    closing = closing_of(tender_id)
    leaves = signed_leaves(closing) if closing else {}
    if closing is None or bid_id not in leaves:
        return None
    hashes = sorted(closing_leaf(bid, leaf) for bid, leaf in leaves.items())
    index = hashes.index(closing_leaf(bid_id, leaves[bid_id]))
    path = tuple(step.hex() for step in merkle.inclusion(hashes, index))
    note, key = closing.checkpoint, closing.key
    assert verified(note, key)
    return ClosingProof(bid_id, leaves[bid_id], index, len(hashes), path, note, key)
