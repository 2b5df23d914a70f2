"""Writes: each service is one use case, told who acts and when, and leaves exactly one entry in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping

from lots.errors import ProcurementError


class StaleError(ProcurementError):
    """A save of something that somebody else has changed since the page was opened; both texts are kept.

    ``yours`` and ``theirs`` map a field's place to its text.
    """

    def __init__(self, yours: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        super().__init__(
            "Somebody else saved this page after you opened it. Nothing of theirs was overwritten, and nothing of "
            "yours is lost: compare the two, then save again what should stand."
        )
        self.yours = dict(yours)
        self.theirs = dict(theirs)


class StageError(ProcurementError):
    """An act that the tender's stage does not allow; the sentence says what does."""
