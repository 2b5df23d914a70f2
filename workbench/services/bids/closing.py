"""Closing the register of bids: one signed checkpoint over the last act in time on every bid of a tender.

Before it is signed, every log is read back from the database and worked out again: nothing that was changed by other
means gets our signature. The number of bids stands in the checkpoint and nowhere else until the opening.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from lots.errors import ProcurementError
from scoring.tender_file import TenderFile
from workbench import chain_export
from workbench.db import db
from workbench.models.bids import ClosingRecord, SealedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.bids.closings import last_acts, root_of
from workbench.queries.bids.receipts import log_of
from workbench.receipts_key import current_signer
from workbench.sealing import receipt as receipts
from workbench.sealing.notes import Checkpoint, read_checkpoint, sign, verified
from workbench.sealing.receipt import closing_origin
from workbench.services.bids.receiving import authority_of, instant


class ChangedLogError(ProcurementError):
    """A bid whose log is not as it was written."""


def close_register(tender: TenderRecord, rules: TenderFile, at: datetime) -> dict[str, object]:
    """Sign and keep the closing checkpoint; returns what the event of the closing says of it: a digest, no number."""
    db.session.flush()
    leaves = {bid: _leaf(act) for bid, act in last_acts(tender.id).items()}
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
    return {"closing_sha256": sha256(note.encode()).hexdigest()}


def _leaf(act: SealedBidRecord) -> str:
    """Return the leaf of an act after its bid's whole log and its receipt were checked."""
    receipt = receipts.read(act.receipt)
    wrong = [*chain_export.verify(log_of(act.bid_id)), *receipts.check(receipt)]
    if wrong or (receipt.facts["bid"], receipt.facts["version"]) != (act.bid_id, act.version):
        raise ChangedLogError(
            "The log of a bid was changed in the database by other means, so the closing is not signed: restore the "
            "database from a copy, then close again"
        )
    return receipt.leaf


def _read_back(row: ClosingRecord) -> None:
    db.session.refresh(row)
    found = read_checkpoint(verified(row.checkpoint, row.key))
    if (found.size, found.root.hex()) != (row.size, row.root):
        raise RuntimeError("The closing checkpoint is not what was kept")
