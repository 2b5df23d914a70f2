"""The bids found at an opening beside those that the closing counted and that the bids' own logs tell of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from lots.words import counted
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import ClosingRecord, SealedBidRecord
from workbench.queries.bids.closings import changed_leaf, root_of
from workbench.queries.bids.openings import Case
from workbench.sealing import receipt as receipts
from workbench.sealing.notes import NoteError, read_checkpoint, verified

_MOST = 60  # sentences; beyond them a number says how many more
_IN_TIME = ("bid_submitted", "bid_withdrawn")


def compared(case: Case) -> tuple[int, tuple[str, ...]]:
    """Return how many bids were found, and everything that is not as it was at closing, each in a sentence."""
    rows = {act.row.bid_id: act.row for act in case.acts if act.row.act != "late"}
    wrong = [*_at_closing(case.closing, rows), *_in_the_logs(case.tender.id, rows)]
    more = len(wrong) - _MOST
    return len(rows), (*wrong[:_MOST], *([f"and {counted(more, 'more thing')} of this kind"] if more > 0 else []))


def _at_closing(closing: ClosingRecord | None, rows: dict[str, SealedBidRecord]) -> Iterator[str]:
    if closing is None:  # never: nothing is opened before the closing
        return
    yield from _checkpoint(closing)
    leaves = {bid: leaf for bid, row in rows.items() if (leaf := _leaf(row))}
    yield from (f"The receipt of bid {bid} was changed in the database" for bid in sorted(rows.keys() - leaves.keys()))
    if len(rows) != closing.size:
        yield f"The closing counted {counted(closing.size, 'bid')}; found at the opening: {len(rows)}"
    elif root_of(leaves) != closing.root:
        yield from _changed(closing, leaves)


def _changed(closing: ClosingRecord, leaves: dict[str, str]) -> Iterator[str]:
    """Name the one bid that was signed as changed; where it is not that simple, say what is known."""
    for bid in leaves:
        if root_of({**leaves, bid: changed_leaf(bid)}) == closing.root:
            yield f"The log of bid {bid} had been changed by other means when the tender was closed"
            return
    yield "The fingerprint over all bids is not the one that was signed at closing: at least one was changed"


def _checkpoint(closing: ClosingRecord) -> Iterator[str]:
    try:
        said = read_checkpoint(verified(closing.checkpoint, closing.key))
    except NoteError:
        yield "The signature of the closing checkpoint does not hold"
        return
    if (said.size, said.root.hex()) != (closing.size, closing.root):
        yield "The closing on record is not what its signed checkpoint says"


def _leaf(row: SealedBidRecord) -> str:
    try:
        return receipts.read(row.receipt).leaf
    except receipts.ReceiptError:
        return ""


def _in_the_logs(tender_id: str, rows: dict[str, SealedBidRecord]) -> Iterator[str]:
    """Name bids whose own log tells another story than the rows: removed, put in, or set back to an earlier act."""
    logged = _logged(tender_id)
    for bid in sorted(logged.keys() | rows.keys()):
        row, (version, leaf) = rows.get(bid), logged.get(bid, (0, ""))
        if row is None:
            yield f"Bid {bid} is in its log and not among the bids: its row was removed by other means"
        elif not version:
            yield f"Bid {bid} is among the bids and in no log: its row was put in by other means"
        elif row.version != version:
            yield f"Of bid {bid} the log tells {version} versions, and the last row is version {row.version}"
        elif _leaf(row) != leaf:
            yield f"The receipt of bid {bid} is not the one that its log tells of"


def _logged(tender_id: str) -> dict[str, tuple[int, str]]:
    """Map every bid that the logs tell of to the version and the leaf of its last act in time."""
    query = select(EventRecord.canon, EventRecord.leaf).where(
        EventRecord.chain.like("bid:%"), EventRecord.action.in_(_IN_TIME)
    )
    found: dict[str, tuple[int, str]] = {}
    for canon, leaf in db.session.execute(query.order_by(EventRecord.chain, EventRecord.seq)):
        if (details := _details(canon)).get("tender") == tender_id:
            found[str(details["bid"])] = (int(details["version"]), leaf)
    return found


def _details(canon: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(canon)["details"])
    except (ValueError, KeyError, TypeError):
        return {}
