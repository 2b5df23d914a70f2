"""JSON read strictly: UTF-8 only, no key twice, no ``NaN``, no bottomless nesting; problems are findings."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from lots.errors import Finding, Severity

LARGEST_FILE = 200_000_000  # bytes; a tender with 5,000 bids in full takes a tenth of that
DEEPEST = 64  # objects and lists inside one another; a tender file needs about ten
LARGEST_INTEGER = 2**63 - 1
MOST_FINDINGS = 200
At: TypeAlias = "tuple[At, str | int] | None"
BAD: Final = object()  # stands for a value that could not be built; the report says why

_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
_SYNTAX = {
    "Expecting value": "a value is missing or misspelt here (texts stand in double quotation marks)",
    "Expecting property name": "a key in double quotation marks belongs here (or is there a comma too many?)",
    "Expecting ':'": "a colon between a key and its value is missing here",
    "Expecting ','": "a comma or a closing bracket is missing here",
    "Illegal trailing comma": "there is a comma too many here",
    "Extra data": "something stands here after the end of the file's one object: take it out",
    "Unterminated string": "the text that begins here has no closing quotation mark",
    "Invalid control character": "a line end, tab or control character stands in a text: write \\n or \\t",
    "Invalid \\": "a backslash must be written twice (\\\\), unless it begins an escape such as \\n",
}


@dataclass(frozen=True)
class Unfit:
    """A number, as the file writes it, that no field takes: with decimals or exponent, ``NaN``, too large."""

    text: str


class Repeated(dict[str, object]):
    """A JSON object with keys that stand twice: ``keys_repeated`` names them, the last value is kept."""

    keys_repeated: tuple[str, ...] = ()


class Report:
    """Gathers findings: keeps the first ``most`` and counts the others, so that their memory is bounded."""

    def __init__(self, most: int = MOST_FINDINGS) -> None:
        self.most = most
        self.kept: list[Finding] = []
        self.left_out = 0

    def add(self, code: str, at: At, message: Callable[[], str]) -> object:
        """Add a finding, making its sentence only if it is kept; return BAD, for the reader to pass on."""
        if len(self.kept) < self.most:
            self.kept.append(Finding(code, message(), path(at)))
        else:
            self.left_out += 1
        return BAD

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, in the order of the file, and how many were left out."""
        return capped(tuple(self.kept), self.most, self.left_out)


SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def capped(findings: tuple[Finding, ...], most: int = MOST_FINDINGS, left_out: int = 0) -> tuple[Finding, ...]:
    """Return at most ``most`` findings (errors first where some must go) and one that counts the others.

    That one is as grave as the gravest of all: warnings alone, however many, stop nothing.
    """
    before = [finding for finding in findings if finding.code == "and_more"]
    left_out += sum(int(dict(finding.figures)["left out"]) for finding in before)
    findings = tuple(finding for finding in findings if finding.code != "and_more")
    left_out += max(0, len(findings) - most)
    if not left_out:
        return findings
    ranked = {finding.severity for finding in (*findings, *before)} or {"error"}
    gravest: Severity = next(level for level in SEVERITIES if level in ranked)
    if len(findings) > most:
        findings = tuple(sorted(findings, key=lambda finding: finding.severity != "error"))[:most]
    message = f"and {left_out} more: mend those above first, then check the file again"
    figures = (("left out", str(left_out)),)
    return (*findings, Finding("and_more", message, severity=gravest, figures=figures))


def path(at: At) -> str:
    """Write a place as ``bids[3].split.payments[0].amounts[2]``."""
    steps: list[str] = []
    while at is not None:
        at, step = at
        steps.append(f"[{step}]" if isinstance(step, int) else f".{shown(step)}")
    return "".join(reversed(steps)).removeprefix(".")


def shown(text: str) -> str:
    """Return the first 40 characters of a text for a sentence, with what does not print replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:40])


def parse(data: bytes) -> tuple[object, tuple[Finding, ...]]:
    """Read JSON into dict, list, str, int, bool and None, with ``Repeated`` and ``Unfit`` where they occur.

    Never raises for what the bytes hold: where they are no JSON the value is BAD and the finding says where.
    """
    if found := _not_text(data) or _too_deep(data):
        return BAD, (found,)
    try:
        return _DECODER.decode(data.decode("utf-8")), ()
    except UnicodeDecodeError as error:
        where = f"Byte {error.start + 1} (0x{data[error.start]:02X}, line {_line(data, error.start)})"
        message = f"{where} is not UTF-8 text: save the file again with the encoding UTF-8"
        return BAD, (Finding("not_utf8", message, figures=(("byte", str(error.start + 1)),)),)
    except json.JSONDecodeError as error:
        what = next((words for start, words in _SYNTAX.items() if error.msg.startswith(start)), error.msg)
        return BAD, (Finding("not_json", f"Line {error.lineno}, column {error.colno}: {what}"),)


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _not_text(data: bytes) -> Finding | None:
    """Find what makes a file no UTF-8 text from its first bytes or its size."""
    if not data.strip():
        return Finding("file_empty", "The file is empty: it should hold one JSON object")
    if len(data) > LARGEST_FILE:
        message = f"The file has {len(data):,} bytes, more than the {LARGEST_FILE:,} that are read: split it up"
        return Finding("file_too_large", message)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Finding("not_utf8", "The file is UTF-16 text: save it again with the encoding UTF-8")
    if data.startswith(b"\xef\xbb\xbf"):
        message = "The file begins with a byte order mark (EF BB BF): save it again as UTF-8 without one"
        return Finding("byte_order_mark", message)
    return None


def _too_deep(data: bytes) -> Finding | None:
    """Find nesting beyond ``DEEPEST`` before any parser recurses; stops at the first such bracket.

    A loop of ``match``, not ``finditer``: a text without its closing mark must end the scan, not restart it.
    """
    depth = position = 0
    while bracket := _BRACKET.match(data, position):
        position = bracket.end()
        depth += 1 if bracket[1] in b"[{" else -1
        if depth > DEEPEST:
            where = f"Byte {position} (line {_line(data, position)})"
            message = f"{where}: more than {DEEPEST} objects and lists stand inside one another; none need to"
            return Finding("too_deep", message, figures=(("byte", str(position)),))
    return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make a JSON object, remembering keys that stand twice."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeated = Repeated(found)
    repeated.keys_repeated = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    return repeated


def _integer(text: str) -> int | Unfit:
    """Read a whole number, unless it is too large (before Python's own limit of 4,300 digits raises)."""
    number = int(text) if len(text) <= len(str(LARGEST_INTEGER)) + 1 else None
    return Unfit(text) if number is None or abs(number) > LARGEST_INTEGER else number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Unfit, parse_int=_integer, parse_constant=Unfit, strict=True
)
