"""The tender file: one procurement as one JSON document, read strictly, written in one way only, and checked.

``{"format": "tender-file/1", "tender": …}`` and then the fields of :class:`scoring.tender_file.TenderFile`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Final

from exports.codec import record
from exports.codec.plain_types import UnwritableError
from exports.codec.strict_json import BAD, MOST_FINDINGS, Report, capped, parse
from lots.errors import Finding
from scoring.checks.file import check as meaning
from scoring.tender_file import TenderFile

FORMAT: Final = "tender-file/1"
FORMAT_KEY: Final = "format"
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, indent=1)


def read(data: bytes) -> tuple[TenderFile | None, tuple[Finding, ...]]:
    """Read a tender file; every problem of its form is a finding with its path, and nothing in it raises.

    The value is None where a part is missing or bad. Unknown keys are findings too, but leave the value whole. At
    most 200 findings are listed, then how many more there are.
    """
    found, problems = parse(data)
    if found is BAD:
        return None, problems
    report = Report()
    if not isinstance(found, dict):
        report.add("not_an_object", None, lambda: "The file must hold one JSON object, in braces: { … }")
        return None, report.findings()
    right = _check_format(found, report)
    value = record.read(TenderFile, found, report)
    return (value if right else None), report.findings()


def _check_format(found: dict[str, object], report: Report) -> bool:
    """Take the format's name out of the object, reporting one that is missing or different."""
    missing = FORMAT_KEY not in found
    name = found.pop(FORMAT_KEY, None)
    if name == FORMAT:
        return True
    asked = f"write “{FORMAT_KEY}”: “{FORMAT}”, which is what is read here"
    report.add("format", (None, FORMAT_KEY), lambda: f"missing: {asked}" if missing else f"unknown: {asked}")
    return False


def check(data: bytes) -> tuple[TenderFile | None, tuple[Finding, ...]]:
    """Read a tender file and check what it says: the findings of its form, then of its meaning, at most 200."""
    value, form = read(data)
    return value, form if value is None else together(form, meaning(value))


def together(*groups: Iterable[Finding]) -> tuple[Finding, ...]:
    """Join groups of findings and list at most 200 of them, errors first where some are left out."""
    return capped(tuple(finding for group in groups for finding in group), MOST_FINDINGS)


def write(value: TenderFile) -> bytes:
    """Write a tender file in its one canonical form; UnwritableError where a value has no way to be written."""
    out = io.BytesIO()
    text = io.TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=False)
    text.writelines(_ENCODER.iterencode({FORMAT_KEY: FORMAT, **record.write(value)}))
    text.write("\n")
    text.flush()
    return out.getvalue()


def canonical(data: bytes) -> bool:
    """Say whether a file is written exactly as ``write`` writes what it holds."""
    value, problems = read(data)
    if value is None or problems:
        return False
    try:
        return write(value) == data
    except UnwritableError:
        return False
