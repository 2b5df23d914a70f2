"""Public halves of keys as age writes them (``age1…``): whether one is well formed, and the fingerprint people compare.

Bech32 of BIP 173, without its limit of 90 characters, as the age format takes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

PREFIX = "age"
LENGTH = 62  # characters: "age1", 52 for 32 bytes, 6 that check them
SHAPE = "it begins with age1 and has 62 small letters and figures"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_GROUPS = 8  # of four characters in a fingerprint


def fault_of(recipient: str) -> str:
    """Say what is wrong with a public key, in words that follow “this is no public key:”; nothing where it is one."""
    if recipient.upper().startswith("AGE-SECRET-KEY"):
        return "it is the secret half, which nobody else may ever see: make a new key and keep this one out of use"
    if not recipient.startswith(f"{PREFIX}1") or len(recipient) != LENGTH:
        return f"{SHAPE}, and this has {len(recipient)}"
    values = [_LETTERS.find(letter) for letter in recipient[len(PREFIX) + 1 :]]
    if min(values) < 0:
        return "it holds a character that no key has"
    if _checksum((*_prefix_values(), *values)) != 1:
        return "a character in it is wrong or missing (its last six check the others): copy it again"
    return ""


def fingerprint(recipient: str) -> str:
    """Write the fingerprint of a public key: half of its SHA-256, in eight groups of four, to be compared by eye."""
    digest = sha256(recipient.encode()).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, 4 * _GROUPS, 4))


def _prefix_values() -> tuple[int, ...]:
    return (*(ord(letter) >> 5 for letter in PREFIX), 0, *(ord(letter) & 31 for letter in PREFIX))


def _checksum(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check
