"""Receipts of a made-up bid, honest ones, and the two checks that they must pass."""

from __future__ import annotations

import importlib.util
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.chain import canonical, head_of, leaf_of
from workbench.chain_export import Link
from workbench.sealing import merkle, receipt
from workbench.sealing.notes import Checkpoint, sign, signer
from workbench.sealing.receipt import Annex, Receipt, ReceiptError

HERE = Path(__file__).resolve().parents[3] / "workbench" / "static" / "verify_receipt.py"
SIGNER = signer("tenders.example.org", "a secret text of this installation")
STRANGER = signer("tenders.example.org", "a secret text of somebody else")
SEEDS = 60
BID = "5b0f6a52-6f0e-4c55-9c0e-0f8a9d1b2c3d"


def verifier() -> Any:
    """Load the file that is handed to strangers."""
    spec = importlib.util.spec_from_file_location("verify_receipt", HERE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = verifier()


def facts(draw: random.Random, version: int, annex: Annex) -> dict[str, Any]:
    """Make up what happened."""
    moment = f"2026-07-06T10:{draw.randrange(10, 59)}:{draw.randrange(10, 59)}.{draw.randrange(10**6):06d}Z"
    return {
        "authority": "Wessex PCC", "tender": "t-1", "reference": "OPCC-1", "title": "Care – “Hafan” £",
        "deadline": "2026-07-06T11:00:00.000000Z", "bid": BID, "version": version, "act": "submitted", "mode": "server",
        "rule_set": 1, "rules_sha256": "a" * 64, "first_byte_at": moment, "last_byte_at": moment,
        "committed_at": moment, "envelopes": [{"kind": "bid", "sha256": f"{draw.getrandbits(256):064x}", "size": 4321}],
        "annex_sha256": annex.digest, "custody": "custodians", "keys": [{"title": "Finance", "recipient": "age1q"}],
        "software": "workbench",
    }  # fmt: skip


def history(seed: int, acts: int = 3) -> tuple[list[Receipt], list[Link]]:
    """Make the receipts of a bid's acts, and its log."""
    draw = random.Random(seed)
    made: list[Receipt] = []
    links: list[Link] = []
    leaves: tuple[str, ...] = ()
    for version in range(1, acts + 1):
        documents = [{"name": "Policy.pdf", "size": 9, "sha256": "b" * 64, "sealed_sha256": "c" * 64}]
        annex = Annex(f"{draw.getrandbits(256):064x}", {"lot": "adult", "tenderer": "Harbour", "documents": documents})
        told = facts(draw, version, annex)
        event = {
            "format": "event/1", "chain": f"bid:{BID}", "seq": version, "at": told["committed_at"], "actor": None,
            "action": "bid_submitted", "subject": told["title"], "details": told,
        }  # fmt: skip
        canon, salt = canonical(event), draw.randbytes(16)
        leaf = leaf_of(salt, canon)
        leaves = (*leaves, leaf)
        head = head_of(links[-1].head if links else "", version, leaf)
        links.append(Link(version, canon, salt, leaf, head))
        made.append(replace(receipt.issue(told, canon.decode(), salt.hex(), leaves, SIGNER), annex=annex))
    return made, links


def problems(data: bytes, key: str = SIGNER.public) -> list[str]:
    """Return what our own check finds."""
    try:
        return [it.code for it in receipt.check(receipt.read(data), key)]
    except ReceiptError:
        return ["unreadable"]


def verdict(folder: Path, data: bytes, *more: str) -> int:
    """Return the exit status of the file for strangers."""
    (folder / "receipt.json").write_bytes(data)
    return int(VERIFIER.main([str(folder / "receipt.json"), "--key", SIGNER.public, *more]))


def again(found: dict[str, Any], by: Any = None) -> None:
    """Make everything that follows from the event fit it again; signed by ``by``, else with the old signature."""
    said = json.loads(found["event"]["canon"])
    said["details"] = found["facts"]
    found["event"]["canon"] = canonical(said).decode()
    leaf = leaf_of(bytes.fromhex(found["event"]["salt"]), found["event"]["canon"].encode())
    found["event"]["leaf"] = leaf
    found["log"]["leaves"][found["log"]["index"]] = leaf
    hashes = [bytes.fromhex(it) for it in found["log"]["leaves"]]
    found["log"]["path"] = [step.hex() for step in merkle.inclusion(hashes, found["log"]["index"])]
    if by is not None:
        found["checkpoint"] = sign(
            str(Checkpoint(receipt.bid_origin(found["facts"]), len(hashes), merkle.root(hashes))), by
        )
        found["key"] = by.public
