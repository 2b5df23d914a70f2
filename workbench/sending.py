"""What every form of ours carries besides what is typed, and what is refused about it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from lots.errors import Finding, ProcurementError

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ONLY_CHECKED = "application/json"
"""What is sent as JSON is worked out and answered and never kept; such a request knows nobody, and opens no session."""
OWN_FIELDS = frozenset({"csrf_token", "_key", "_version", "_end"})
"""What every form of ours carries beside its own fields."""


class UnknownFields(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """Fields that the form does not have."""

    def __init__(self, names: Iterable[str]) -> None:
        named = ", ".join(f"“{name[:40]}”" for name in sorted(names)[:5])
        message = (
            f"The form was sent with fields it does not have or with one of them twice: {named}. Nothing was saved"
        )
        super().__init__(message, [Finding("unknown_fields", message, named)])


def new_key() -> str:
    """Make the key of a form that is about to be shown."""
    return str(uuid4())
