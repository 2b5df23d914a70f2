"""Receipts of bids: what was received when, an event of the bid's own log, and the signed checkpoint it lies under.

A receipt is one line of canonical JSON (``bid-receipt/1``). Everything it says stands in the event, whose hash is a
leaf of the log, whose root is signed; :func:`check` finds any change of any of it. What only the tenderer may know
(lot, names and digests of files) is the ``annex``; the event holds a salted digest of it, which tells nobody anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from exports.codec.strict_json import BAD, parse
from lots.errors import Finding, ProcurementError
from workbench.chain import UncanonicalError, canonical, leaf_of
from workbench.sealing import merkle
from workbench.sealing.notes import Checkpoint, NoteError, Signer, read_checkpoint, sign, verified

FORMAT = "bid-receipt/1"
CLOSING_FORMAT = "closing-proof/1"
ACTIONS: Mapping[str, str] = {"submitted": "bid_submitted", "withdrawn": "bid_withdrawn", "late": "bid_late"}
_KEYS = frozenset({"format", "facts", "event", "log", "checkpoint", "key"})
_EVENT = frozenset({"seq", "canon", "salt", "leaf"})
_LOG = frozenset({"leaves", "index", "path"})


class ReceiptError(ProcurementError):
    """Bytes that are no receipt."""


@dataclass(frozen=True)
class Annex:
    """What only the tenderer may know, and the salt under which the event holds its digest."""

    salt: str
    said: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Return what the event says of it."""
        return sha256(_raw(self.salt) + canonical(self.said)).hexdigest()

    def data(self) -> dict[str, Any]:
        """Turn it into JSON."""
        return {"salt": self.salt, "said": dict(self.said)}


@dataclass(frozen=True)
class Receipt:
    """A receipt: the ``facts``, the event that says them, its place in the bid's log, and the signed checkpoint.

    ``key`` is the public half of the signing key, as the public page of security shows it.
    """

    facts: Mapping[str, Any]
    seq: int
    canon: str
    salt: str
    leaf: str
    leaves: tuple[str, ...]
    index: int
    path: tuple[str, ...]
    checkpoint: str
    key: str
    annex: Annex | None = None


@dataclass(frozen=True)
class ClosingProof:
    """That the last act on a bid is in the closing checkpoint of its tender."""

    bid: str
    leaf: str
    index: int
    size: int
    path: tuple[str, ...]
    checkpoint: str
    key: str


def closing_leaf(bid_id: str, leaf: str) -> bytes:
    """Return the leaf that stands for a bid in the closing tree: its id and the leaf of the last act on it."""
    return merkle.leaf_hash(bid_id.encode() + _raw(leaf))


def bid_origin(facts: Mapping[str, Any]) -> str:
    """Name the log of a bid."""
    return f"{facts['authority']}/{facts['reference']}/bid/{facts['bid']}"


def closing_origin(authority: str, reference: str) -> str:
    """Name the log that a closing counts."""
    return f"{authority}/{reference}/closing"


def issue(facts: Mapping[str, Any], canon: str, salt: str, leaves: tuple[str, ...], by: Signer) -> Receipt:
    """Make the receipt of the last event of a bid's log, and sign that log as it now is."""
    hashes, index = [_raw(leaf) for leaf in leaves], len(leaves) - 1
    note = sign(str(Checkpoint(bid_origin(facts), len(leaves), merkle.root(hashes))), by)
    path = tuple(step.hex() for step in merkle.inclusion(hashes, index))
    return Receipt(facts, len(leaves), canon, salt, leaves[-1], leaves, index, path, note, by.public)


# --- in and out ---------------------------------------------------------------------------------------------


def write(receipt: Receipt) -> bytes:
    """Write a receipt as canonical JSON."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "facts": receipt.facts,
        "event": {"seq": receipt.seq, "canon": receipt.canon, "salt": receipt.salt, "leaf": receipt.leaf},
        "log": {"leaves": receipt.leaves, "index": receipt.index, "path": receipt.path},
        "checkpoint": receipt.checkpoint,
        "key": receipt.key,
    }
    return canonical(found | ({"annex": receipt.annex.data()} if receipt.annex else {}))


def read(data: bytes) -> Receipt:
    """Read a receipt; ReceiptError for anything that is not written as ``write`` writes one."""
    found = _object(data, FORMAT)
    if not _KEYS <= set(found) <= _KEYS | {"annex"}:
        raise ReceiptError("A receipt has other parts than these")
    event, log, annex = found["event"], found["log"], found.get("annex")
    try:
        if set(event) != _EVENT or set(log) != _LOG or (annex is not None and set(annex) != {"salt", "said"}):
            raise ReceiptError("A part of the receipt has other parts than these")
        return Receipt(
            facts=dict(found["facts"]), **event, leaves=tuple(log["leaves"]), index=log["index"],
            path=tuple(log["path"]), checkpoint=found["checkpoint"], key=found["key"],
            annex=Annex(annex["salt"], dict(annex["said"])) if annex else None,
        )  # fmt: skip
    except (TypeError, ValueError):
        raise ReceiptError("A part of the receipt is of another kind than it should be") from None


def write_closing(proof: ClosingProof) -> bytes:
    """Write the proof of a bid's place in the closing checkpoint as canonical JSON."""
    return canonical({"format": CLOSING_FORMAT, **vars(proof)})


def read_closing(data: bytes) -> ClosingProof:
    """Read such a proof; ReceiptError for anything else."""
    found = _object(data, CLOSING_FORMAT)
    if set(found) != {"format", *ClosingProof.__dataclass_fields__}:
        raise ReceiptError("A closing proof has other parts than these")
    try:
        return ClosingProof(
            **{**{name: it for name, it in found.items() if name != "format"}, "path": tuple(found["path"])}
        )
    except TypeError:
        raise ReceiptError("A part of the closing proof is of another kind than it should be") from None


def is_one(data: bytes) -> bool:
    """Say whether a file claims to be a receipt."""
    return data[:1] == b"{" and f'"format":"{FORMAT}"'.encode() in data


def _object(data: bytes, form: str) -> dict[str, Any]:
    found, _ = parse(data)
    if found is BAD or not isinstance(found, dict) or found.get("format") != form:
        raise ReceiptError(f"This is no file of the format {form}")
    try:
        if canonical(found) != data:
            raise ReceiptError("The file is not written as it was given: something in it was changed, even if a space")
    except UncanonicalError as error:
        raise ReceiptError(f"The file is not written as it was given: {error}") from None
    return found


# --- the check ----------------------------------------------------------------------------------------------


def check(receipt: Receipt, key: str = "") -> tuple[Finding, ...]:
    """Find everything in a receipt that does not follow from the rest; ``key`` is the published one, where known."""
    try:
        return tuple(_event(receipt)) + tuple(_log(receipt, key)) + tuple(_annex(receipt))
    except (TypeError, ValueError, AttributeError, KeyError):
        return (_wrong("not_readable", "A part of the receipt is of another kind than it should be"),)


def _event(receipt: Receipt) -> Iterator[Finding]:
    said, facts = json.loads(receipt.canon), receipt.facts
    if canonical(said).decode() != receipt.canon:
        yield _wrong("event_spelling", "The event is not written as events are")
    if said["details"] != facts:
        yield _wrong("facts_differ", "The receipt says something else than the event it stands on")
    expected = (f"bid:{facts['bid']}", receipt.seq, ACTIONS.get(facts["act"]), facts["committed_at"], None)
    if (said["chain"], said["seq"], said["action"], said["at"], said["actor"]) != expected:
        yield _wrong("event_differs", "The event is about another bid, another act or another time")
    if leaf_of(_raw(receipt.salt), receipt.canon.encode()) != receipt.leaf:
        yield _wrong("leaf_differs", "The event was changed after it was recorded: its hash is another one")


def _log(receipt: Receipt, key: str) -> Iterator[Finding]:
    leaves = [_raw(leaf) for leaf in receipt.leaves]
    if (receipt.seq, receipt.leaves[receipt.seq - 1 :][:1]) != (receipt.index + 1, (receipt.leaf,)):
        yield _wrong("place_differs", "The event does not stand where the receipt says in the log of the bid")
    path = [_raw(step) for step in receipt.path]
    root = merkle.root_from(_raw(receipt.leaf), receipt.index, len(leaves), path)
    if root is None or root != merkle.root(leaves):
        yield _wrong("path_differs", "The proof does not lead from the event to the root of the log")
    yield from _signed(receipt.checkpoint, receipt.key, key, bid_origin(receipt.facts), len(leaves), root)


def _signed(note: str, key: str, published: str, origin: str, size: int, root: bytes | None) -> Iterator[Finding]:
    if published and key != published:
        yield _wrong("other_key", "The receipt names another signing key than the published one")
    try:
        found = read_checkpoint(verified(note, key))
    except NoteError as error:
        yield _wrong("not_signed", f"The checkpoint does not hold: {error}")
        return
    if (found.origin, found.size, found.root) != (origin, size, root):
        yield _wrong("checkpoint_differs", "What was signed is about another log, or about other entries of it")


def _annex(receipt: Receipt) -> Iterator[Finding]:
    said = receipt.facts["annex_sha256"]
    if receipt.annex is not None and receipt.annex.digest != said:
        yield _wrong("annex_differs", "What the receipt says of lot and files is not what was recorded")


def check_closing(proof: ClosingProof, receipt: Receipt, key: str = "") -> tuple[Finding, ...]:
    """Find what keeps a proof from showing that the act of a receipt is in the closing of its tender."""
    facts = receipt.facts
    if (proof.bid, proof.leaf) != (facts["bid"], receipt.leaf):
        return (_wrong("closing_other_act", "The closing counted another act on this bid than this receipt's"),)
    path = [_raw(step) for step in proof.path]
    root = merkle.root_from(closing_leaf(proof.bid, proof.leaf), proof.index, proof.size, path)
    origin = closing_origin(facts["authority"], facts["reference"])
    return tuple(_signed(proof.checkpoint, proof.key, key or receipt.key, origin, proof.size, root))


def _raw(text: str) -> bytes:
    """Read hexadecimal in its one spelling, so that no changed character goes unseen; ValueError for another."""
    data = bytes.fromhex(text)
    if data.hex() != text:
        raise ValueError(f"{text[:20]} is not written as digests are")
    return data


def _wrong(code: str, message: str) -> Finding:
    return Finding(code, message, "receipt")
