"""Signed notes and checkpoints as C2SP has them: a text, and below it who signed it with Ed25519.

A checkpoint says of a log: its name (origin), how many entries it has, and the root over them.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lots.errors import ProcurementError

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = "\N{EM DASH} "


class NoteError(ProcurementError):
    """A signed note that is none, or that this key did not sign."""


@dataclass(frozen=True)
class Signer:
    """Who signs: a name without spaces, and the private key."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """Write the public half as notes name it: ``name+hash+key``."""
        raw = _ED25519 + self.key.public_key().public_bytes_raw()
        return f"{self.name}+{_key_hash(self.name, raw).hex()}+{_text(raw)}"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says; ``others`` are further lines of its text."""

    origin: str
    size: int
    root: bytes
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, _text(self.root), *self.others))


def signer(name: str, secret: str) -> Signer:
    """Make the signer that follows from a secret text of this installation."""
    if not _NAME.fullmatch(name):
        raise NoteError(f"“{name}” cannot name a signer: it has spaces or a plus, or is empty")
    seed = HKDF(SHA256(), 32, None, b"workbench receipts ed25519").derive(secret.encode())
    return Signer(name, Ed25519PrivateKey.from_private_bytes(seed))


def sign(text: str, by: Signer) -> str:
    """Sign a text whose last line is ended."""
    raw = _ED25519 + by.key.public_key().public_bytes_raw()
    signed = _key_hash(by.name, raw) + by.key.sign(text.encode())
    return f"{text}\n{_SIGNATURE}{by.name} {_text(signed)}\n"


def verified(note: str, public: str) -> str:
    """Return the text of a note that the key signed; NoteError otherwise."""
    name, key_hash, key = _read_key(public)
    text, blank, below = note.rpartition("\n\n")
    line = f"{_SIGNATURE}{name} "
    if not blank or not below.startswith(line) or not below.endswith("\n") or below.count("\n") != 1:
        raise NoteError("This is no text signed by the key that is named")
    found = _bytes(below[len(line) : -1])
    if found[:4] != key_hash:
        raise NoteError("The signature was made with another key")
    try:
        key.verify(found[4:], f"{text}\n".encode())
    except InvalidSignature:
        raise NoteError("The signature does not fit the text: one of the two was changed") from None
    return f"{text}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; NoteError for any other text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]*", lines[1], re.ASCII):
        raise NoteError("This text is no checkpoint of a log")
    return Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]), tuple(lines[3:-1]))


def _read_key(public: str) -> tuple[str, bytes, Ed25519PublicKey]:
    name, _, rest = public.partition("+")
    key_hash, _, key = rest.partition("+")
    raw = _bytes(key)
    if raw[:1] != _ED25519 or len(raw) != 33 or _key_hash(name, raw).hex() != key_hash:
        raise NoteError("This is no public key of signed notes: copy it again from where it is published")
    return name, _key_hash(name, raw), Ed25519PublicKey.from_public_bytes(raw[1:])


def _key_hash(name: str, raw: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + raw).digest()[:4]


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    """Read base64 in its one spelling: unused bits are zero, so that no changed character goes unseen."""
    try:
        data = b64decode(text, validate=True)
    except (Error, ValueError):
        raise NoteError("A part that should be base64 is not") from None
    if _text(data) != text:
        raise NoteError("A part that should be base64 is not written as it was")
    return data
