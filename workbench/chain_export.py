"""An audit trail as a file, and its check without the database that it came from.

The file is lines of JSON: first what it is (``format``, ``chain``, ``length``, ``head``), then each event with
the text that was hashed (``canon``), its salt, leaf and head. Whoever wrote down the head on the day, or has a document
that prints it, need trust nobody: a chain that was rewritten or cut off cannot end in it.

What an event says may be withheld from a copy: its line then has its leaf and head only, the first line says how many
events are (``withheld``), and the chain verifies all the same, because a head covers leaves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lots.errors import Finding
from workbench.chain import FORMAT, UncanonicalError, canonical, head_of, leaf_of

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SALT = re.compile(r"[0-9a-f]{32}", re.ASCII)
_HEADER = frozenset({"format", "chain", "length", "head"})
_LINE = frozenset({"seq", "canon", "salt", "leaf", "head"})
_WITHHELD = frozenset({"seq", "leaf", "head"})
_COUNT = "withheld"


@dataclass(frozen=True)
class Link:
    """One event as it is exported."""

    seq: int
    canon: bytes
    salt: bytes
    leaf: str
    head: str


def export(chain: str, links: Iterable[Link], withheld: Container[int] = ()) -> bytes:
    """Write a chain as lines of JSON, without what the events numbered in ``withheld`` say.

    Bytes that are no text any more come so that the check names them.
    """
    rows = [_line(it, it.seq not in withheld) for it in links]
    first: dict[str, object] = {"format": FORMAT, "chain": chain, "length": len(rows)}
    first["head"] = rows[-1]["head"] if rows else ""
    if count := sum("canon" not in row for row in rows):
        first[_COUNT] = count
    return b"".join(canonical(row) + b"\n" for row in (first, *rows))


def _line(it: Link, told: bool) -> dict[str, object]:
    said = {"canon": it.canon.decode("utf-8", "replace"), "salt": it.salt.hex()} if told else {}
    return {"seq": it.seq, **said, "leaf": it.leaf, "head": it.head}


def is_export(data: bytes) -> bool:
    """Say whether a file claims to be an exported chain."""
    return f'"format":"{FORMAT}"'.encode() in data.split(b"\n", 1)[0]


def length_of(data: bytes) -> int:
    """Return how many events the file holds."""
    return max(0, len(data.splitlines()) - 1)


def withheld_in(data: bytes) -> int:
    """Return of how many events the file keeps back what they say; 0 for what is no export."""
    first = _parsed(data.split(b"\n", 1)[0], _HEADER, _HEADER | {_COUNT})
    count = first.get(_COUNT, 0) if first else 0
    return count if type(count) is int else 0


def events_in(data: bytes) -> Iterator[Mapping[str, Any]]:
    """Yield what each event says, as far as it is told and can be read."""
    for line in data.splitlines()[1:]:
        row = _parsed(line, _LINE)
        if row is not None and isinstance(row["canon"], str):
            yield _said(row["canon"])


def verify(data: bytes, head: str = "") -> tuple[Finding, ...]:
    """Check an exported chain; every finding names the event. ``head`` is the one written down elsewhere, if any is."""
    lines = data.splitlines()
    first = _parsed(lines[0], _HEADER, _HEADER | {_COUNT}) if lines else None
    if first is None or first["format"] != FORMAT:
        return (_wrong("not_an_export", "The first line does not say that this is an exported audit trail", "line 1"),)
    rows = [_parsed(line, _LINE, _WITHHELD) for line in lines[1:]]
    found = [*_whole(first, rows), *_links(str(first["chain"]), rows)]
    ends = [row["head"] for row in rows if row is not None]
    if head and head.lower() not in ends:
        message = "No event of this audit trail ends in the head you gave: it was rewritten, or cut off before it"
        found.append(_wrong("other_head", message, "head"))
    return tuple(found)


def _whole(first: Mapping[str, Any], rows: list[dict[str, Any] | None]) -> Iterator[Finding]:
    if first["length"] != len(rows):
        message = f"The file should hold {first['length']} events and holds {len(rows)}: some were removed or added"
        yield _wrong("other_length", message, "line 1")
    if (count := sum(row is not None and "canon" not in row for row in rows)) != first.get(_COUNT, 0):
        message = (
            f"What {count} events say is missing, and the first line says that {first.get(_COUNT, 0)} are withheld"
        )
        yield _wrong("other_withheld", message, "line 1")
    last = rows[-1] if rows else None
    if rows and last is not None and first["head"] != last["head"]:
        yield _wrong("other_end", "The last event does not end in the head that the first line names", "line 1")


def _links(chain: str, rows: list[dict[str, Any] | None]) -> Iterator[Finding]:
    before, instant = "", ""
    for seq, row in enumerate(rows, 1):
        if row is None or not _is_sound(row):
            yield _wrong("unreadable_event", "This line is not an event as it was exported", f"event {seq}")
            before = ""
            continue
        yield from _link(chain, seq, row, before)
        if "canon" not in row:
            before = row["head"]
            continue
        at = str(_said(row["canon"]).get("at", ""))
        if at[:19] < instant[:19]:  # within the second a clock may be corrected
            yield _wrong("went_back", f"The event is dated {at}, before the one before it ({instant})", f"event {seq}")
        before, instant = row["head"], max(at, instant)


def _link(chain: str, seq: int, row: Mapping[str, Any], before: str) -> Iterator[Finding]:
    place = f"event {seq}"
    if "canon" in row:
        yield from _content(chain, seq, row)
    elif row["seq"] != seq:
        yield _wrong("out_of_place", f"The event is number {row['seq']} and stands at {seq}: one was moved", place)
    if head_of(before, seq, row["leaf"]) != row["head"]:
        yield _wrong("broken", "The event does not follow from the one before it", place)


def _content(chain: str, seq: int, row: Mapping[str, Any]) -> Iterator[Finding]:
    place = f"event {seq}"
    canon, said = row["canon"].encode("utf-8"), _said(row["canon"])
    if row["seq"] != seq or said.get("seq") != seq:
        message = f"The event is number {said.get('seq')} and stands at {seq}: one was removed, added or moved"
        yield _wrong("out_of_place", message, place)
    if said.get("chain") != chain:
        yield _wrong("other_chain", "The event belongs to another audit trail", place)
    if leaf_of(bytes.fromhex(row["salt"]), canon) != row["leaf"]:
        yield _wrong("changed", "What the event says was changed after it was recorded", place)


def _is_sound(row: Mapping[str, Any]) -> bool:
    texts = all(isinstance(value, str) for name, value in row.items() if name != "seq")
    return (
        texts
        and type(row["seq"]) is int
        and bool(_HASH.fullmatch(row["leaf"]) and _HASH.fullmatch(row["head"]))
        and ("salt" not in row or bool(_SALT.fullmatch(row["salt"])))
    )


def _said(canon: str) -> Mapping[str, Any]:
    try:
        said = json.loads(canon)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _parsed(line: bytes, *names: frozenset[str]) -> dict[str, Any] | None:
    """Read a line with exactly one of these sets of names; None for any other, or one not written as exported."""
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.keys() not in names:
        return None
    try:
        return found if canonical(found) == line else None
    except UncanonicalError:
        return None


def _wrong(code: str, message: str, place: str) -> Finding:
    return Finding(code, message, place)
