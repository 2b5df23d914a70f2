"""A self-check as a file to go on with later, and as text that fits into a link; read strictly, tolerant of nothing.

The file is JSON in the format ``split-check/1``: what was typed, word for word, and which tender, lot and rules it was
typed for. A link holds the very same file, compressed.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Final

from exports.codec import record
from exports.codec.strict_json import BAD, Report, parse
from lots.errors import Finding, ProcurementError
from lots.split.typed import TypedSheet

FORMAT: Final = "split-check/1"
LARGEST_FILE = 1_000_000
"""Bytes of a file, also of one that a link unfolds into."""
LONGEST_LINK = 4_000
"""Characters of what a link holds: mail programs and chats cut longer ones."""
_UNREADABLE = (
    "This file cannot be read. Choose a spreadsheet saved as .xlsx, or a check that was saved here as a file (.json)."
)


class SplitCheckError(ProcurementError):
    """A file or a link that is no self-check; findings name every problem by its path."""


@dataclass(frozen=True)
class SplitCheck:
    """What was typed for a lot of a tender, and the digest of the rules it was checked against."""

    tender: str
    lot: str
    rules: str
    sheet: TypedSheet


def write(check: SplitCheck) -> bytes:
    """Write a check as its file."""
    return json.dumps({"format": FORMAT, **record.write(check)}, ensure_ascii=False, indent=1).encode() + b"\n"


def read(data: bytes) -> SplitCheck:
    """Read a file; SplitCheckError says what is wrong with it."""
    if len(data) > LARGEST_FILE:
        raise SplitCheckError(f"This file is larger than a saved check is: the most is {LARGEST_FILE // 1000} kB.")
    found, problems = parse(data)
    if found is BAD or not isinstance(found, dict):
        meant = data.lstrip().startswith(b"{")  # else no place in it helps anybody to mend it
        raise SplitCheckError(_UNREADABLE, problems if meant else ())
    if found.pop("format", None) != FORMAT:
        raise SplitCheckError(f"This is not a saved check: its format is not {FORMAT}.")
    report = Report()
    check = record.read(SplitCheck, found, report)
    wrong: tuple[Finding, ...] = report.findings()
    if check is None or wrong:
        named = "; ".join(map(str, wrong[:3]))
        raise SplitCheckError(f"This saved check cannot be read: {named}.", wrong)
    return check


def link_of(check: SplitCheck) -> str:
    """Write a check as text for a link; empty where it would be longer than links may be."""
    data = json.dumps({"format": FORMAT, **record.write(check)}, ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")
    return text if len(text) <= LONGEST_LINK else ""


def of_link(text: str) -> SplitCheck:
    """Read what a link holds; SplitCheckError where it was cut short, changed, or unfolds into too much."""
    broken = "This link is not whole: copy it again to its very end, or use the saved file."
    if len(text) > LONGEST_LINK or not text.isascii():
        raise SplitCheckError(broken)
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unfolding = zlib.decompressobj()
        data = unfolding.decompress(packed, LARGEST_FILE)
    except (binascii.Error, ValueError, zlib.error):
        raise SplitCheckError(broken) from None
    if not unfolding.eof or unfolding.unused_data:
        raise SplitCheckError(broken)
    return read(data)
