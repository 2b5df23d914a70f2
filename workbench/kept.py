"""Values kept in a column: one canonical text for each value of ``lots`` or ``scoring``, read back strictly."""

from __future__ import annotations

import hashlib
import json
from typing import TypeVar

from exports.codec import record
from exports.codec.strict_json import Report
from lots.errors import ProcurementError

T = TypeVar("T")


class ChangedValue(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A kept value that cannot be read: the database was changed by other means."""


def to_text(value: object) -> str:
    """Write a frozen dataclass as canonical JSON, fields at their defaults left out."""
    return json.dumps(record.write(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_text(cls: type[T], text: str) -> T:
    """Read a value back; ChangedValue where it is none of this class."""
    report = Report()
    try:
        value = record.read(cls, json.loads(text), report)
    except ValueError:
        value = None
    if value is None or report.findings():
        raise ChangedValue(f"A {cls.__name__} that was kept cannot be read: restore a copy of the database")
    return value


def digest(text: str) -> str:
    """Return the SHA-256 of a kept text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
