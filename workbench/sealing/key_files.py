"""A custodian's key as a file: as ``age-keygen`` writes it, or that wrapped with a passphrase (age's scrypt)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyrage

from lots.errors import ProcurementError

LARGEST = 10_000  # bytes; a wrapped key has about 500
SHORTEST_PASSPHRASE = 12  # characters
_SECRET = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{58}")
_WRAPPED = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/v1")


class KeyFileError(ProcurementError):
    """A file that holds no key, a passphrase that does not open it, or a text that is not for it."""


@dataclass(frozen=True)
class KeyPair:
    """Both halves of a key; ``recipient`` is the public one."""

    secret: str
    recipient: str

    def __repr__(self) -> str:  # the secret half never reaches a log
        return f"KeyPair({self.recipient})"


def new_key() -> KeyPair:
    """Make a new key."""
    identity = pyrage.x25519.Identity.generate()
    return KeyPair(str(identity), str(identity.to_public()))


def key_of(secret: str) -> KeyPair:
    """Find the public half of a secret one."""
    try:
        return KeyPair(secret, str(pyrage.x25519.Identity.from_str(secret).to_public()))
    except pyrage.IdentityError:
        raise KeyFileError("A character of the secret key is wrong or missing: copy it again") from None


def written(key: KeyPair, passphrase: str = "") -> bytes:
    """Write a key as a file; with a passphrase it opens by that only."""
    plain = f"# public key: {key.recipient}\n{key.secret}\n".encode()
    return pyrage.passphrase.encrypt(plain, passphrase, armored=True) if passphrase else plain


def read_key(data: bytes, passphrase: Callable[[], str]) -> KeyPair:
    """Read the one key in a file, asking for the passphrase where it is wrapped; KeyFileError says what is wrong."""
    if len(data) > LARGEST:
        raise KeyFileError("This file is too large for a key: name the file of your secret key")
    if data.lstrip().startswith(_WRAPPED):
        data = _unwrapped(data, passphrase())
    found = set(_SECRET.findall(data.decode("utf-8", "replace")))
    if len(found) != 1:
        many = "several secret keys: leave one in it" if found else "no secret key: one begins with AGE-SECRET-KEY-1"
        raise KeyFileError(f"This file holds {many}")
    return key_of(found.pop())


def _unwrapped(data: bytes, passphrase: str) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(data, passphrase))
    except pyrage.DecryptError:
        raise KeyFileError("The passphrase does not open this key, or the file is damaged") from None


def answer(key: KeyPair, challenge: bytes) -> str:
    """Open the text by which a key is proved; KeyFileError where it is for another key."""
    text = challenge.strip() + b"\n" if challenge.lstrip().startswith(_WRAPPED[0]) else challenge
    try:
        return bytes(pyrage.decrypt(text, [pyrage.x25519.Identity.from_str(key.secret)])).decode()
    except (pyrage.DecryptError, UnicodeDecodeError):
        raise KeyFileError("This is not for this key, or was not copied whole: take it from the page again") from None


def keep(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, never over one that is there; it is on the disk when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
