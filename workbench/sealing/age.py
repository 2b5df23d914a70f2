"""Sealing with age (X25519): fresh identities, bytes and streams sealed to one recipient, opened with its secret.

What is made here is ordinary age: ``age -d -i KEY FILE`` opens it, wherever age is installed.
"""

from __future__ import annotations

from hashlib import sha256
from typing import BinaryIO

import pyrage

from lots.errors import ProcurementError
from workbench.sealing.padding import padded_length

Identity = tuple[str, str]
"""A secret (``AGE-SECRET-KEY-1…``) and its recipient, the public half (``age1…``)."""
MARK = b"age-encryption.org/v1\n"
_CHUNK, _NONCE, _TAG = 1 << 16, 16, 16  # of the format age, in bytes


class SealError(ProcurementError):
    """Something that cannot be sealed, or not be opened with the key given."""


def new_identity() -> Identity:
    """Make a fresh identity: its secret and its recipient."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def recipient_of(secret: str) -> str:
    """Return the public half of a secret; SealError for a text that is none."""
    return str(_identity(secret).to_public())


def is_recipient(text: str) -> bool:
    """Say whether a text is the public half of an age identity, typed without a slip."""
    try:
        return str(pyrage.x25519.Recipient.from_str(text)) == text
    except pyrage.RecipientError:
        return False


def payload_length(sealed: bytes) -> int | None:
    """Return how many bytes follow the header, which is of random length; None where the header is not whole."""
    start = sealed.find(b"\n--- ")
    end = sealed.find(b"\n", start + 1) if start > 0 else -1
    return len(sealed) - end - 1 if sealed.startswith(MARK) and end > 0 else None


def content_length(sealed: bytes) -> int | None:
    """Return how many bytes were sealed, as the length says; None for a length that no sealed bytes have."""
    payload = payload_length(sealed)
    if payload is None or payload < _NONCE + _TAG:
        return None
    chunks = -(-(payload - _NONCE) // (_CHUNK + _TAG))
    return payload - _NONCE - chunks * _TAG


def seal(data: bytes, recipient: str) -> bytes:
    """Seal bytes to a recipient."""
    return pyrage.encrypt(data, [_recipient(recipient)])


def unseal(data: bytes, secret: str) -> bytes:
    """Open sealed bytes; SealError where they are damaged, cut short, or sealed to another key."""
    try:
        return pyrage.decrypt(data, [_identity(secret)])
    except pyrage.DecryptError:
        raise SealError("This key does not open it: it is another key's, or damaged") from None


class Counted:
    """A source as the sealer reads it: counted and digested, followed by what pads it to a length that tells little."""

    def __init__(self, source: BinaryIO, most: int | None = None) -> None:
        self.source, self.most = source, most
        self.size = 0
        self.fault: Exception | None = None
        self._digest = sha256()
        self._left: int | None = None  # bytes of padding still to come, once the source has ended

    @property
    def sha256(self) -> str:
        """Return the digest of what was read so far, without the padding."""
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """Read the next bytes: the source's own, then the padding."""
        wanted = _CHUNK if size < 0 else min(size, _CHUNK)
        if self._left is None:
            if found := self._next(wanted):
                return found
            self._left = padded_length(self.size) - self.size
        give = min(wanted, self._left)
        self._left -= give
        return bytes(give)

    def _next(self, wanted: int) -> bytes:
        try:
            return self._took(self.source.read(wanted))
        except Exception as error:  # the sealer would tell of it in words of its own
            self.fault = error
            raise

    def _took(self, found: bytes) -> bytes:
        self.size += len(found)
        if self.most is not None and self.size > self.most:
            raise TooLong(f"The file is longer than the {self.most} bytes that are taken")
        self._digest.update(found)
        return found


class TooLong(SealError):  # noqa: N818 - it names a state, not a slip
    """A stream that is longer than was allowed."""


def seal_stream(source: BinaryIO, target: BinaryIO, recipient: str, *, most: int | None = None) -> Counted:
    """Seal a stream, padded with zeros, in bounded memory; returns its own ``size`` and ``sha256``.

    TooLong as soon as more than ``most`` bytes came; what was written to ``target`` by then is worth nothing.
    """
    counted = Counted(source, most)
    try:
        pyrage.encrypt_io(counted, target, [_recipient(recipient)])
    except pyrage.EncryptError as error:
        raise counted.fault or OSError(f"The sealed file could not be written: {error}") from None
    return counted


def unseal_stream(source: BinaryIO, target: BinaryIO, secret: str) -> None:
    """Open a sealed stream with its padding (the caller knows the size); SealError where it does not open."""
    try:
        pyrage.decrypt_io(source, target, [_identity(secret)])
    except pyrage.DecryptError:
        raise SealError("This key does not open the file: it is another key's, or the file is damaged") from None


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise SealError(f"“{text[:80]}” is no public key of age: one begins with age1 and has 62 characters") from None


def _identity(text: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError:
        raise SealError("This is no secret key of age: one begins with AGE-SECRET-KEY-1") from None
