"""Envelopes: a bid sealed in two of them, each with a key of its own, and opened again, checked against its place.

Sealed bytes know nothing of where they lie. The content says what it belongs to (:class:`lots.submission.Binding`);
opening compares that with the row it was found in, so that a copied or moved envelope fails by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from exports import submission as codec
from exports.submission import Content
from lots.errors import ProcurementError
from lots.sealing import Sealing
from lots.submission import Binding, LateArrival, PriceEnvelope, Submission
from workbench.sealing.age import SealError, content_length, new_identity, seal, unseal
from workbench.sealing.custody import wraps_for
from workbench.sealing.padding import PaddingError, pad, padded_length, unpad

KINDS: Mapping[str, type[Submission] | type[PriceEnvelope] | type[LateArrival]] = {
    "bid": Submission,
    "price": PriceEnvelope,
    "late": LateArrival,
}
FLOOR = 4096
"""Bytes that every content is padded to at least: a lone tenderer's prices are as long as a consortium's."""


@dataclass(frozen=True)
class SealedEnvelope:
    """An envelope as it is kept: which one, the digest of its sealed content, that content, and its key wrapped."""

    kind: str
    sha256: str
    content: bytes
    wraps: Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """Where an envelope was found: what its row, its digest and the published rules say it must be."""

    tender: str
    bid: str
    version: int
    rule_set: int
    rules_sha256: str
    lots: tuple[str, ...]
    sha256: str = ""


class OpenFault(ProcurementError):  # noqa: N818 - it names what was found
    """An envelope that cannot be opened as what it should be: ``code`` names why, the text says it in a sentence.

    Codes: cut, damaged, wrong_key, unknown_format, unreadable, other_tender, other_bid, other_version, other_lot,
    other_rules, lots_differ.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# --- sealing ------------------------------------------------------------------------------------------------


def seal_bid(submission: Submission, price: PriceEnvelope, sealing: Sealing) -> tuple[SealedEnvelope, ...]:
    """Seal a bid in its two envelopes for those who hold the keys; each has a fresh key, forgotten at once."""
    return seal_content("bid", submission, sealing), seal_content("price", price, sealing)


def seal_late(arrival: LateArrival, sealing: Sealing) -> SealedEnvelope:
    """Seal what is kept of a bid that came too late."""
    return seal_content("late", arrival, sealing)


def seal_content(kind: str, value: Content, sealing: Sealing) -> SealedEnvelope:
    """Seal one content."""
    secret, recipient = new_identity()
    sealed = seal(pad(codec.write(value), FLOOR), recipient)
    return SealedEnvelope(kind, sha256(sealed).hexdigest(), sealed, wraps_for(sealing, secret))


# --- opening ------------------------------------------------------------------------------------------------


def open_envelope(kind: str, content: bytes, secret: str, place: Place) -> Submission | PriceEnvelope | LateArrival:
    """Open an envelope and check that it belongs where it was found; OpenFault says why not."""
    value = _read(kind, _unsealed(content, secret, place.sha256))
    for code, message in _misplaced(value.binding, place):
        raise OpenFault(code, message)
    return value


def check_together(submission: Submission, price: PriceEnvelope) -> None:
    """Check that two opened envelopes are of one bid; OpenFault otherwise."""
    if submission.binding != price.binding:
        raise OpenFault("lots_differ", "The two envelopes of this bid name different lots, versions or rules")


def _unsealed(content: bytes, secret: str, digest: str) -> bytes:
    whole = content_length(content)
    if whole is None or padded_length(whole) != whole:
        raise OpenFault("cut", "The envelope is not whole: part of it was cut off, or something was added")
    if digest and sha256(content).hexdigest() != digest:
        raise OpenFault("damaged", "The envelope is not as it was received: its digest is another one")
    try:
        return unpad(unseal(content, secret))
    except PaddingError:
        raise OpenFault("unreadable", "The envelope opens, but what is in it does not end as bids do") from None
    except SealError:
        raise OpenFault("wrong_key", "The key that was wrapped for this envelope does not open it") from None


def _read(kind: str, data: bytes) -> Content:
    try:
        value, findings = codec.read(KINDS[kind], data)
    except codec.UnknownFormat as error:
        raise OpenFault("unknown_format", f"The envelope opens, but it holds something else: {error}") from None
    if value is None:
        first = findings[0] if findings else "it is empty"
        raise OpenFault("unreadable", f"The envelope opens, but what is in it cannot be read: {first}")
    return value


def _misplaced(found: Binding, place: Place) -> Iterator[tuple[str, str]]:
    if found.tender != place.tender:
        yield "other_tender", "The envelope was made for another tender and was copied here"
    if found.bid != place.bid:
        yield "other_bid", "The envelope was copied from another bid"
    if found.version != place.version:
        yield "other_version", f"The envelope belongs to version {found.version} of this bid, not to {place.version}"
    if found.lot not in place.lots:
        yield "other_lot", f"The envelope is for a lot that this tender does not have (“{found.lot[:80]}”)"
    if (found.rule_set, found.rules_sha256) != (place.rule_set, place.rules_sha256):
        yield "other_rules", "The envelope was made under other rules than those that its receipt names"
