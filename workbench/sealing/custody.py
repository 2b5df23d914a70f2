"""Who can open a bid: its secret wrapped for every ordered pair of custodians, or for the server's key.

A wrap is ``age_outer(age_inner(secret))``: the outer custodian takes a layer off first, the inner one the rest. Both
orders are there, so that either of two may begin. The secret is itself an age identity, so age alone undoes it all.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from itertools import permutations

from lots.sealing import NEEDED, Sealing
from workbench.sealing.age import MARK, SealError, seal, unseal

SERVER = "server"
"""The name of the one wrap where the server holds the key."""

_LONGEST = 4096  # characters of a wrap: two layers have about 1,000


def pairs(sealing: Sealing) -> tuple[str, ...]:
    """Name every wrap that an envelope has: ``"0,1"`` is for custodian 0 first, then 1."""
    if sealing.custody == SERVER:
        return (SERVER,)
    return tuple(f"{outer},{inner}" for outer, inner in permutations(range(len(sealing.custodians)), NEEDED))


def wraps_for(sealing: Sealing, secret: str) -> dict[str, str]:
    """Wrap a secret for those who hold the keys of a tender; SealError where there are too few of them."""
    if sealing.custody == SERVER:
        return {SERVER: _text(seal(secret.encode(), sealing.server_recipient))}
    return wraps(secret, [each.recipient for each in sealing.custodians])


def wraps(secret: str, recipients: Sequence[str]) -> dict[str, str]:
    """Wrap a secret for every ordered pair of recipients: any two open it, and no one alone."""
    if len(set(recipients)) != len(recipients) or len(recipients) < NEEDED:
        raise SealError(f"A bid is sealed for {NEEDED} or more custodians, each with a key of their own")
    inner = [seal(secret.encode(), each) for each in recipients]
    found = permutations(range(len(recipients)), NEEDED)
    return {f"{one},{two}": _text(seal(inner[two], recipients[one])) for one, two in found}


def peel(wrap: str, identity_secret: str) -> str:
    """Take one layer off: what is left is a wrap again (base64), or, under the last layer, the secret itself."""
    try:
        sealed = b64decode(wrap, validate=True)
    except (Error, ValueError):
        raise SealError("This wrap is not as it was kept: it is no base64") from None
    left = unseal(sealed, identity_secret)
    if left.startswith(MARK):
        return _text(left)
    try:
        return left.decode("ascii")
    except UnicodeDecodeError:
        raise SealError("What lay in this wrap is no key") from None


def fits(found: Mapping[str, str], sealing: Sealing) -> bool:
    """Say whether these look like the wraps of one envelope: the right names, each a sealed text of a likely length."""
    return set(found) == set(pairs(sealing)) and all(map(_is_sealed, found.values()))


def _is_sealed(text: str) -> bool:
    try:
        return len(text) <= _LONGEST and b64decode(text, validate=True).startswith(MARK)
    except (Error, ValueError):
        return False


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
