"""Reading a file of record that anybody may have written: what it is, whether its entries are what its manifest says.

It may be hostile: nothing is unpacked into more than it takes up in the file, no name leads anywhere, and nothing is
read before it was measured. Every byte of a record counts: once all entries are found as listed, the archive is
written again, piece by piece, and has to be the same.
"""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from exports.record_file import EVENTS, FORMAT, MANIFEST, canonical, is_name, leaf_of, root_of, seal_of, zipped
from lots.errors import Finding, ProcurementError

MOST_ENTRIES: Final = 50_000
LARGEST_MANIFEST: Final = 50_000_000  # bytes
LARGEST_ENTRY: Final = 250_000_000  # bytes: no document or snapshot is as large
_MAGIC: Final = b"PK\x03\x04"
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
_MARK: Final = frozenset({"name", "what", "size", "sha256", "salt", "leaf"})
_KEYS: Final = frozenset({"format", "build", "about", "events", "entries", "withheld", "root", "seal"})


class NotARecord(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A file that is no file of record, or not one that can be opened safely; its text says why."""


def may_be_record(head: bytes) -> bool:
    """Say whether a file begins as a zip does."""
    return head.startswith(_MAGIC)


@dataclass
class RecordReader:
    """A record that is open: its manifest, and its entries one at a time."""

    archive: zipfile.ZipFile
    stream: BinaryIO
    manifest: Mapping[str, Any]
    names: tuple[str, ...]
    _sound: dict[str, bool] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.archive.close()
        self.stream.close()

    @property
    def restricted(self) -> bool:
        """Say whether this is the whole record."""
        return self.manifest.get("build") == "restricted"

    def has(self, name: str) -> bool:
        """Say whether there is an entry of this name."""
        return name in self.names

    def under(self, folder: str) -> tuple[str, ...]:
        """List the entries of a folder, in order."""
        return tuple(name for name in self.names if name.startswith(folder))

    def read(self, name: str) -> bytes:
        """Return the bytes of an entry; NotARecord where they cannot be read."""
        try:
            return self.archive.read(name)
        except (*_BROKEN, KeyError) as error:
            raise NotARecord(f"“{name}” cannot be read: its bytes were changed") from error


def open_record(path: Path) -> RecordReader:
    """Open a record; NotARecord for anything else, or for one that is built to do harm."""
    stream = path.open("rb")
    try:
        archive = zipfile.ZipFile(stream)
        try:
            infos = archive.infolist()
            _measure(infos, path.stat().st_size)
            held = _manifest(archive)
            return RecordReader(archive, stream, held, tuple(info.filename for info in infos))
        except BaseException:
            archive.close()
            raise
    except _BROKEN as error:
        stream.close()
        raise NotARecord("This is no file of record: it is a damaged archive, or its list of contents is") from error
    except BaseException:
        stream.close()
        raise


def _measure(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what no record has, before a byte of an entry is read."""
    names = [info.filename for info in infos]
    if len(names) > MOST_ENTRIES:
        raise NotARecord(f"This is no file of record: it has more than {MOST_ENTRIES:,} entries")
    if len(set(names)) != len(names) or not all(map(is_name, names)):
        raise NotARecord("This is no file of record: it has an entry twice, or one whose name leads elsewhere")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
        raise NotARecord("This is no file of record: nothing in a record is compressed or protected by a password")
    if any(info.file_size != info.compress_size or info.file_size > LARGEST_ENTRY for info in infos):
        raise NotARecord("This is no file of record: an entry says that it is larger than it can be")
    if sum(info.file_size for info in infos) > size:
        raise NotARecord("This is no file of record: its entries claim more bytes than the file has")
    if MANIFEST not in names:
        raise NotARecord(f"This is no file of record: it has no {MANIFEST}")


def _manifest(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise NotARecord(f"This is no file of record: its {MANIFEST} is far too large")
    try:
        data = archive.read(MANIFEST)
        found = json.loads(data)
    except (*_BROKEN, RecursionError) as error:
        raise NotARecord(f"The {MANIFEST} cannot be read: its bytes were changed") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotARecord(f"This is no file of record that is known here: its {MANIFEST} does not say “{FORMAT}”")
    if not _has_shape(found):
        raise NotARecord(f"The {MANIFEST} does not say what a manifest says: it was changed")
    if canonical(found) != data or seal_of(found) != found["seal"]:
        raise NotARecord(f"The {MANIFEST} was changed after it was made: its own digest differs")
    return found


def _has_shape(found: Mapping[str, Any]) -> bool:
    """Say whether a manifest has its parts, each of the kind it should be."""
    if found.keys() != _KEYS or found["build"] not in ("public", "restricted") or not isinstance(found["about"], dict):
        return False
    if not isinstance(found["events"], dict) or not {"sha256", "size", "head", "length"} <= found["events"].keys():
        return False
    lists = found["entries"], found["withheld"]
    return all(isinstance(each, list) for each in lists) and (
        all(isinstance(it, dict) and it.keys() == _MARK for it in found["entries"])
        and all(isinstance(it, dict) and it.keys() == {"what", "leaf"} for it in found["withheld"])
        and all(_is_hex(it["leaf"], 64) for it in (*found["entries"], *found["withheld"]))
        and all(_is_hex(it["salt"], 32) for it in found["entries"])
    )


def _is_hex(value: object, length: int) -> bool:
    return isinstance(value, str) and len(value) == length and not set(value) - set("0123456789abcdef")


# --- whether it holds what it says --------------------------------------------------------------------------


def check_entries(record: RecordReader) -> Iterator[Finding]:
    """Find every entry that is missing, foreign or changed; then whatever else a record as written would not have."""
    said = record.manifest
    listed = {it["name"]: it for it in said["entries"]}
    found = list(_names(record, listed))
    for name in record.names:
        if name in listed or name == EVENTS:
            found += _entry(record, name, listed.get(name) or said["events"])
    leaves = [it["leaf"] for it in (*said["entries"], *said["withheld"])]
    if root_of(leaves) != said["root"]:
        found.append(Finding("other_root", "The root over all entries is not the one the manifest names", MANIFEST))
    yield from found
    if not found and _written_again(record) != _digest(record.stream):
        message = "The archive has bytes that no record has, beside or between its entries: it was changed"
        yield Finding("archive_altered", message, "the archive itself")


def _names(record: RecordReader, listed: Mapping[str, Any]) -> Iterator[Finding]:
    expected = {*listed, EVENTS, MANIFEST}
    for name in sorted(expected - set(record.names)):
        yield Finding("entry_missing", "This entry is listed and is not there: it was taken out", name)
    for name in sorted(set(record.names) - expected):
        yield Finding("entry_foreign", "This entry is there and is not listed: it was put in afterwards", name)


def _entry(record: RecordReader, name: str, said: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        content = record.read(name)
    except NotARecord:
        yield Finding("entry_changed", "This entry cannot be read: its bytes were changed", name)
        return
    same = (len(content), sha256(content).hexdigest()) == (said["size"], said["sha256"])
    if same and "leaf" in said:
        same = leaf_of(bytes.fromhex(said["salt"]), name, content) == said["leaf"]
    if not same:
        yield Finding("entry_changed", "This entry is not what the manifest lists: it was changed", name)


def _written_again(record: RecordReader) -> str:
    order = [name for name in sorted(record.names) if name != MANIFEST]
    found = sha256()
    for piece in zipped((name, record.read(name)) for name in (*order, MANIFEST)):
        found.update(piece)
    return found.hexdigest()


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    found = sha256()
    while piece := stream.read(1 << 20):
        found.update(piece)
    return found.hexdigest()
