"""The one reading of the clock; routes, commands and the job loop read it and pass it on as ``at``."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)
