"""A tenderer's code, and what is encrypted under it: drafts, receipts, and what goes between lead and partner.

A code is 26 random characters (130 bits) and two that check them: any one or two mistyped characters, and any two
swapped, are told. From it follow where the row is found (``lookup_of``) and the key; the code itself is kept nowhere.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lots.errors import ProcurementError
from workbench.sealing.padding import PaddingError, pad, unpad

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2013": None, "\xa0": None})
_RANDOM, _CHECKS, _GROUP = 26, 2, 4
_FORMAT, _NONCE = b"\x01", 12
_FIELD = 0b100101  # x^5 + x^2 + 1, which makes a field of 32 elements


class CodeError(ProcurementError):
    """A code that cannot be one, or was mistyped."""


class UnreadableDraft(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """Ciphertext that this code does not open at this place."""


# --- codes --------------------------------------------------------------------------------------------------


def new_code() -> str:
    """Make a tenderer's code: 28 characters, without the dashes that :func:`grouped` prints."""
    drawn = [secrets.randbelow(32) for _ in range(_RANDOM)]
    rest = _rest([*drawn, 0, 0])
    return "".join(ALPHABET[it] for it in (*drawn, rest >> 5, rest & 31))


def new_secret() -> str:
    """Make the secret of a partner's link: 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def grouped(code: str) -> str:
    """Write a code as people copy it: in groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read_code(typed: str) -> str:
    """Return the code that was typed or pasted; CodeError says what is wrong with it."""
    code = "".join(typed.upper().split()).translate(_READ_AS)
    if foreign := [it for it in code if it not in ALPHABET]:
        raise CodeError(f"A code has no “{foreign[0]}”: it is made of digits and of letters other than I, L, O and U")
    if len(code) != _RANDOM + _CHECKS:
        raise CodeError(
            f"A code has {_RANDOM + _CHECKS} characters and this has {len(code)}: compare it with the print"
        )
    if _rest([ALPHABET.index(it) for it in code]):
        raise CodeError("There is a slip in the code: compare it with the print, group by group")
    return code


def _rest(values: list[int]) -> int:
    """Divide by (x - 1)(x - 2) over the field of 32 elements: a Reed-Solomon code with two checks."""
    rest = 0
    for value in values:
        top, rest = rest >> 5, (rest & 31) << 5 | value
        rest ^= _times(top, 3) << 5 | _times(top, 2)
    return rest


def _times(one: int, other: int) -> int:
    total = 0
    while other:
        total ^= one if other & 1 else 0
        one = one << 1 ^ (_FIELD if one & 16 else 0)
        other >>= 1
    return total


# --- what is encrypted under them ---------------------------------------------------------------------------


def lookup_of(code: str) -> str:
    """Return under what a code's row is found; it leads back to the code no more than to the key."""
    return sha256(b"lookup" + code.encode()).hexdigest()


def encrypt(code: str, row_id: str, version: int, data: bytes, purpose: str = "draft", *, floor: int = 0) -> bytes:
    """Encrypt, padded, for one version of one row; the same bytes under another row or version do not open.

    ``purpose`` names what it is (``draft``, ``offer``, ``reply``, ``receipt``): each has a key of its own.
    """
    nonce = secrets.token_bytes(_NONCE)
    cipher = ChaCha20Poly1305(_key(code, purpose))
    return _FORMAT + nonce + cipher.encrypt(nonce, pad(data, floor), _place(row_id, version))


def decrypt(code: str, row_id: str, version: int, data: bytes, purpose: str = "draft") -> bytes:
    """Open what ``encrypt`` made; UnreadableDraft for another code, row, version or purpose, and for damage."""
    nonce, sealed = data[1 : 1 + _NONCE], data[1 + _NONCE :]
    try:
        if data[:1] != _FORMAT or len(nonce) != _NONCE:
            raise InvalidTag
        return unpad(ChaCha20Poly1305(_key(code, purpose)).decrypt(nonce, sealed, _place(row_id, version)))
    except (InvalidTag, PaddingError):
        raise UnreadableDraft("This code does not open what is kept here: it was changed by other means") from None


def _key(code: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"workbench {purpose}".encode()).derive(code.encode())


def _place(row_id: str, version: int) -> bytes:
    return f"{row_id}\n{version}".encode()
