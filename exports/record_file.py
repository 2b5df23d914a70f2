"""The file of record (``record/1``): one zip with everything about a procurement, for a check without any database.

Nothing in it is compressed, entries stand in the order of their names, every time is the same and the manifest comes
last: the same record gives the same bytes, and no entry can unfold into more than it holds. ``manifest.json`` lists
every entry with its size, digest and leaf; a leaf is a salted digest of name and content. The public build leaves out
what is withheld and keeps its leaf, so that both builds have the same ``root``: who is shown the whole record later can
tell that it is the one that was published.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any, Final, cast

from lots.errors import ProcurementError

FORMAT: Final = "record/1"
MANIFEST: Final = "manifest.json"
EVENTS: Final = "events.jsonl"
NAME: Final = re.compile(r"(?!.*(?:^|/)\.)[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)
LONGEST_NAME: Final = 300
_SALT: Final = 16  # bytes
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


class RecordNameError(ProcurementError):
    """An entry of a record whose name no file of it may have."""


@dataclass(frozen=True)
class Entry:
    """One file of a record: its name, what it is in a few words, how to get its bytes, and whether the public may."""

    name: str
    what: str
    read: Callable[[], bytes]
    public: bool = False


@dataclass(frozen=True)
class Trail:
    """The audit trail of a record: as a whole, as the public reads it, its length and its head."""

    whole: bytes
    public: bytes
    length: int
    head: str

    def of(self, *, restricted: bool) -> bytes:
        """Return the trail as a build holds it."""
        return self.whole if restricted else self.public


@dataclass(frozen=True)
class Record:
    """A record to be written: what it is about, its trail, its entries, and what their salts are made from.

    ``seed`` is known to nobody who has the public build only: it comes from the salts of the whole trail.
    """

    about: Mapping[str, str]
    trail: Trail
    entries: tuple[Entry, ...]
    seed: bytes


class Sink:
    """Where a zip is written to piece by piece: it cannot be sought in, so its bytes can be sent as they come."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: what was taken is handed over by ``take``."""

    def take(self) -> bytes:
        """Hand over what came since the last time."""
        data, self._held = b"".join(self._held), []
        return data


def pieces(record: Record, *, restricted: bool) -> Iterator[bytes]:
    """Write a build of a record, entry by entry; each entry's content is held only while it is written."""
    listed, withheld = list[dict[str, Any]](), list[dict[str, Any]]()
    trail = record.trail.of(restricted=restricted)

    def contents() -> Iterator[tuple[str, bytes]]:
        for name, entry in sorted({EVENTS: None, **{it.name: it for it in record.entries}}.items()):
            if entry is None:
                yield name, trail
                continue
            content, salt = entry.read(), salt_of(record.seed, name)
            leaf = leaf_of(salt, name, content)
            if restricted or entry.public:
                listed.append(described(entry.name, entry.what, content) | {"salt": salt.hex(), "leaf": leaf})
                yield name, content
            else:
                withheld.append({"what": entry.what, "leaf": leaf})
        yield MANIFEST, manifest(record, restricted, trail, listed, withheld)

    _check_names(record.entries)
    yield from zipped(contents())


def manifest(
    record: Record, restricted: bool, trail: bytes, listed: list[dict[str, Any]], withheld: list[dict[str, Any]]
) -> bytes:
    """Write the manifest: what the record is, its entries, and a digest of all that it says itself."""
    leaves = [each["leaf"] for each in (*listed, *withheld)]
    said: dict[str, Any] = {
        "format": FORMAT,
        "build": "restricted" if restricted else "public",
        "about": dict(record.about),
        "events": described(EVENTS, "the audit trail", trail)
        | {"length": record.trail.length, "head": record.trail.head},
        "entries": listed,
        "withheld": sorted(withheld, key=lambda each: str(each["leaf"])),
        "root": root_of(leaves),
    }
    return canonical(said | {"seal": seal_of(said)})


def described(name: str, what: str, content: bytes) -> dict[str, Any]:
    """Say of a file what a manifest says."""
    return {"name": name, "what": what, "size": len(content), "sha256": sha256(content).hexdigest()}


def zipped(contents: Iterator[tuple[str, bytes]]) -> Iterator[bytes]:
    """Write named contents as a zip, in the order they come: nothing compressed, one time, one mode."""
    sink = Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents:
            info = zipfile.ZipInfo(name, _TIME)
            info.external_attr, info.create_system = _MODE, _UNIX
            with archive.open(info, "w", force_zip64=len(content) >= 2**31) as entry:
                entry.write(content)
            yield sink.take()
    yield sink.take()


def leaf_of(salt: bytes, name: str, content: bytes) -> str:
    """Return the leaf of an entry: a digest that tells nothing to whoever lacks the salt."""
    return sha256(b"\x04" + salt + name.encode() + b"\0" + content).hexdigest()


def salt_of(seed: bytes, name: str) -> bytes:
    """Return the salt of an entry."""
    return sha256(b"\x05" + seed + name.encode()).digest()[:_SALT]


def root_of(leaves: list[str]) -> str:
    """Return the digest over all leaves, whichever of their entries a build holds."""
    return sha256(b"\x06" + b"".join(bytes.fromhex(leaf) for leaf in sorted(leaves))).hexdigest()


def seal_of(said: Mapping[str, Any]) -> str:
    """Return the digest of a manifest without its own."""
    return sha256(canonical({key: value for key, value in said.items() if key != "seal"})).hexdigest()


def canonical(value: object) -> bytes:
    """Write JSON in one way only."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def _check_names(entries: tuple[Entry, ...]) -> None:
    names = [entry.name for entry in entries]
    wrong = [name for name in names if not is_name(name) or name in (MANIFEST, EVENTS) or names.count(name) > 1]
    if wrong:
        raise RecordNameError(f"No entry of a record can be called “{wrong[0]}”")


def is_name(name: str) -> bool:
    """Say whether an entry may have a name: letters, digits, dots and hyphens, in folders that lead nowhere else."""
    return len(name) <= LONGEST_NAME and NAME.fullmatch(name) is not None
