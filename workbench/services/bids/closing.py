"""Closing the register of bids: one signed checkpoint over the last act in time on every bid of a tender.

Before it is signed, every log is read back from the database and worked out again. A bid whose log was changed by other
means is signed as changed and holds up no other: the opening names it. The number of bids stands in the checkpoint and
nowhere else until then.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from scoring.tender_file import TenderFile
from workbench import chain_export
from workbench.db import db
from workbench.models.bids import ClosingRecord, SealedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.bids.closings import changed_leaf, last_acts, root_of
from workbench.queries.bids.receipts import log_of
from workbench.receipts_key import current_signer
from workbench.sealing import receipt as receipts
from workbench.sealing.notes import Checkpoint, read_checkpoint, sign, verified
from workbench.sealing.receipt import closing_origin
from workbench.services.bids.receiving import authority_of, instant


def close_register(tender: TenderRecord, rules: TenderFile, at: datetime) -> dict[str, object]:
    """Sign and keep the closing checkpoint; returns what the event of the closing says of it: a digest, no number.

    Where the log of any bid was changed by other means, it says that too (``logs_changed``).
    """
    db.session.flush()
    acts = last_acts(tender.id)
    sound = {bid: leaf for bid, act in acts.items() if (leaf := _leaf(act))}
    leaves = {bid: sound.get(bid) or changed_leaf(bid) for bid in acts}
    signer, deadline = current_signer(), rules.tender.deadline
    origin = closing_origin(authority_of(tender), rules.tender.reference)
    root = root_of(leaves)
    note = sign(str(Checkpoint(origin, len(leaves), bytes.fromhex(root), (f"deadline {instant(deadline)}",))), signer)
    row = ClosingRecord(
        tender_id=tender.id, deadline=deadline, at=at, size=len(leaves), root=root, checkpoint=note, key=signer.public
    )
    db.session.add(row)
    db.session.flush()
    _read_back(row)
    said: dict[str, object] = {"closing_sha256": sha256(note.encode()).hexdigest()}
    return said if len(sound) == len(acts) else {**said, "logs_changed": True}


def _leaf(act: SealedBidRecord) -> str:
    """Return the leaf of an act after its bid's log and its receipt were checked; nothing where they are wrong."""
    try:
        receipt = receipts.read(act.receipt)
    except receipts.ReceiptError:
        return ""
    wrong = [*chain_export.verify(log_of(act.bid_id)), *receipts.check(receipt)]
    same = (receipt.facts["bid"], receipt.facts["version"]) == (act.bid_id, act.version)
    return "" if wrong or not same else receipt.leaf


def _read_back(row: ClosingRecord) -> None:
    db.session.refresh(row)
    found = read_checkpoint(verified(row.checkpoint, row.key))
    if (found.size, found.root.hex()) != (row.size, row.root):
        raise RuntimeError("The closing checkpoint is not what was kept")
