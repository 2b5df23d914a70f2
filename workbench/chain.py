"""The arithmetic of the audit trail, by itself: canonical bytes, leaves, heads, and the check of an exported chain.

``leaf = SHA-256(0x00 ‖ salt ‖ canon)`` and ``head = SHA-256(0x02 ‖ previous head ‖ seq as 8 bytes ‖ leaf)``; before the
first event the head is 32 zero bytes. ``canon`` is JSON as RFC 8785 writes it, for texts, whole numbers, true, false,
null, lists and objects; other numbers have no place in an audit trail and are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from lots.errors import ProcurementError

FORMAT = "audit-chain/1"
NO_HEAD = bytes(32).hex()
_LARGEST = 2**53 - 1  # whole numbers that every JSON reader holds exactly
_DEEPEST = 20


class UncanonicalError(ProcurementError):
    """A value that has no canonical form: a fraction, a number out of range, a text that is not Unicode."""


def canonical(value: object) -> bytes:
    """Write a value as its one canonical JSON text, in UTF-8; UncanonicalError for what has none."""
    plain = _plain(value, 0)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _plain(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        raise UncanonicalError(f"More than {_DEEPEST} levels of lists and objects have no place in an audit trail")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return [_plain(it, depth + 1) for it in value]
    if isinstance(value, Mapping):
        return _object(value, depth)
    raise UncanonicalError(f"A {type(value).__name__} has no canonical form: write it as a text")


def _object(value: Mapping[object, object], depth: int) -> dict[str, object]:
    for key in value:
        if not isinstance(key, str):
            raise UncanonicalError(f"{key!r} cannot name a value: names are texts")
    # RFC 8785 sorts by UTF-16 code units, which differs from Python's order outside the basic plane.
    names = sorted((_text(str(key)) for key in value), key=lambda name: name.encode("utf-16-be"))
    return {name: _plain(value[name], depth + 1) for name in names}


def _whole(value: int) -> int:
    if abs(value) > _LARGEST:
        raise UncanonicalError(f"{value} is too large to be read exactly everywhere: write it as a text")
    return int(value)


def _text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise UncanonicalError("A text with half a character (a lone surrogate) cannot be written") from None
    return str(value)


def leaf_of(salt: bytes, canon: bytes) -> str:
    """Return the leaf of an event, in hexadecimal."""
    return sha256(b"\x00" + salt + canon).hexdigest()


def head_of(previous: str, seq: int, leaf: str) -> str:
    """Return the head after event ``seq``, from the head before it (empty before the first) and the event's leaf."""
    before = bytes.fromhex(previous or NO_HEAD)
    return sha256(b"\x02" + before + seq.to_bytes(8, "big") + bytes.fromhex(leaf)).hexdigest()
