"""Test texts for a custodian's key: sealed so that only who has the other half can say what stands in them."""

from __future__ import annotations

import pyrage

from lots.errors import ProcurementError


class RecipientError(ProcurementError):
    """A public key that nothing can be sealed for."""


def sealed_for(recipient: str, text: str) -> str:
    """Seal a text for a public key, as lines that can be copied."""
    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise RecipientError("This public key cannot be used: copy it again") from None
    return bytes(pyrage.encrypt(text.encode(), [key], armored=True)).decode("ascii")
