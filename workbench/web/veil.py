"""Whoever writes with a code instead of an account: told apart by it, and nothing of what they wrote is readable later.

A write is remembered so that a repetition changes nothing: who sent it where, its digest, what was answered. For a
tenderer or a partner each of these would tell a reader of the database too much, so it is kept under their own code.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256

from flask import g

from workbench.sealing import drafts

_LONGEST = 128  # characters of a code or secret that are looked at


@dataclass(frozen=True)
class Veil:
    """The code of who writes; ``kind`` is ``bid``, ``partner`` or ``decision`` (read by a link)."""

    kind: str
    code: str

    @property
    def actor(self) -> str:
        """Name who writes, as the table of answers does: two codes are two people."""
        return f"{self.kind}:{drafts.lookup_of(self.code)}"

    def blur(self, text: str) -> str:
        """Turn an address or a digest into one that only the code could have made."""
        return hmac.new(self.code.encode(), text.encode(), sha256).hexdigest()

    def hide(self, text: str, key: str) -> str:
        """Encrypt what was answered under a key of a form; nothing stays nothing."""
        if not text:
            return ""
        return base64.b64encode(drafts.encrypt(self.code, key, 1, text.encode(), "answer")).decode()

    def show(self, hidden: str, key: str) -> str:
        """Return what was answered."""
        return drafts.decrypt(self.code, key, 1, base64.b64decode(hidden), "answer").decode() if hidden else ""


def wear(kind: str, code: str) -> None:
    """Say for this request that it comes from whoever has a code."""
    g.veil = Veil(kind, code[:_LONGEST])


def worn() -> Veil | None:
    """Return the veil of this request; None for one that comes from somebody signed in, or from nobody."""
    found: Veil | None = g.get("veil")
    return found
