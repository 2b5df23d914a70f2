"""What lies in a sealed envelope, as JSON: read strictly, written in one way only, byte for byte the same again.

``{"format": "sealed-bid/1", "binding": …}`` and then the fields of the value, as :mod:`exports.codec` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from exports.codec import record
from exports.codec.schema import document
from exports.codec.strict_json import BAD, Report, parse
from lots.errors import Finding, ProcurementError
from lots.submission import LateArrival, PriceEnvelope, Submission

Content: TypeAlias = Submission | PriceEnvelope | LateArrival
T = TypeVar("T", bound=Content)
FORMATS: Final[Mapping[type, str]] = MappingProxyType(
    {Submission: "sealed-bid/1", PriceEnvelope: "price-envelope/1", LateArrival: "late-arrival/1"}
)
_FORMAT_KEY = "format"


class UnknownFormat(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """Content that does not say it is what was asked for."""


def write(value: Content) -> bytes:
    """Write the content of an envelope in its one canonical form; UnwritableError where a value has none."""
    found = {_FORMAT_KEY: FORMATS[type(value)], **record.write(value)}
    return json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def read(cls: type[T], data: bytes) -> tuple[T | None, tuple[Finding, ...]]:
    """Read the content of an envelope; every problem of its form is a finding with its path.

    The value is None where there is any finding: nothing half understood counts as a bid. UnknownFormat where the
    content says it is something else.
    """
    found, problems = parse(data)
    if found is BAD:
        return None, problems
    if not isinstance(found, dict) or found.pop(_FORMAT_KEY, None) != FORMATS[cls]:
        raise UnknownFormat(f"The content does not say that its format is {FORMATS[cls]}")
    report = Report()
    value = record.read(cls, found, report)
    wrong = (*problems, *report.findings())
    return (None if wrong else value), wrong


def schema(cls: type[T]) -> dict[str, object]:
    """Return the JSON Schema of an envelope's content."""
    return document(cls, FORMATS[cls])
