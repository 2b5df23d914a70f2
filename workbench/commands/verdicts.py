"""What came of checking something again: verdicts, the numbers that differ, and where two attached files do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from exports.claims.claim import Difference
from lots.errors import Finding, errors_in

_SHOWN = 40  # characters of a differing text that a line shows


@dataclass(frozen=True)
class Verdict:
    """What came of one check: how many numbers were worked out again, and those that differ."""

    what: str
    recomputed: int
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def match(self) -> bool:
        """Say whether everything came out as printed."""
        return not self.differences and not errors_in(self.findings)


def differing(held: bytes, expected: bytes, place: str) -> Iterator[Difference]:
    """Yield where two attached files differ: key by key if both are JSON."""
    if held == expected:
        return
    try:
        yield from _apart(json.loads(held), json.loads(expected), place)
    except (ValueError, RecursionError):
        yield Difference(place, f"{len(held)} bytes", f"{len(expected)} other bytes")


def _apart(one: object, other: object, place: str) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            yield from _apart(one.get(key), other.get(key), f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _apart(left, right, f"{place}[{at}]")
    elif one != other:
        yield Difference(place, _text(one), _text(other))


def _text(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
