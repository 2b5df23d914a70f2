"""What is asked of an office file before any library opens it: no bomb, no macro, no outside entity, no endless sheet.

An office file is a zip of XML. Each entry is unpacked here in small pieces, counted as it really is and not as it says
it is, and looked at; only then may a reader have the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from lots.errors import ProcurementError

_PIECE: Final = 64 * 1024
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,4})([0-9]{1,10})", re.ASCII)
_MACROS = re.compile(r"vbaproject|macrosheets|activex|\.bin$|\.exe$|\.dll$|\.js$", re.IGNORECASE)
_PRINTER = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
_NARROW = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Limits:
    """The most that a file may hold; a sheet of figures needs far less."""

    entries: int = 2_000
    unpacked: int = 20 * 1024 * 1024
    ratio: int = 100
    rows: int = 5_000
    columns: int = 300
    cells: int = 100_000


class UnsafeFile(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A file that is not opened; its text says why."""


def check_workbook(data: bytes, limits: Limits = Limits()) -> None:
    """Refuse (UnsafeFile) whatever is no plain xlsx workbook, or would cost far more to read than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _entries(archive, len(data), limits)
            total = 0
            for entry in archive.infolist():
                content = _unpacked(archive, entry, limits.unpacked - total)
                total += len(content)
                _look(entry.filename, content, limits)
            if total > limits.ratio * max(len(data), 1):
                raise UnsafeFile("This file unfolds into far more than it holds, so it is not opened.")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise UnsafeFile(
            "This file is damaged: save it again as an Excel workbook (.xlsx) and try once more."
        ) from error


def _entries(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    """Look at what the file says of itself."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > limits.entries or len(set(names)) != len(names):
        raise UnsafeFile("This file has too many parts, or a part twice, so it is not opened.")
    if "xl/workbook.xml" not in names or "content.xml" in names:
        raise UnsafeFile("This is not an Excel workbook (.xlsx): save your spreadsheet in that format.")
    if any(_MACROS.search(name) and not _PRINTER.search(name) for name in names):
        raise UnsafeFile("This workbook has macros or programs in it: save it as .xlsx without them.")
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
        raise UnsafeFile("This file has parts with forbidden names, so it is not opened.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnsafeFile("This workbook is protected by a password: save it without one.")
    if sum(entry.file_size for entry in entries) > min(limits.unpacked, limits.ratio * max(size, 1)):
        raise UnsafeFile("This file unfolds into far more than a split needs, so it is not opened.")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Unpack one entry, and stop as soon as it is more than may come."""
    pieces, size = list[bytes](), 0
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most:
                raise UnsafeFile("This file unfolds into far more than a split needs, so it is not opened.")
            pieces.append(piece)
    return b"".join(pieces)


def _look(name: str, content: bytes, limits: Limits) -> None:
    """Look at one part: XML in UTF-8 without a document type, and cells within bounds."""
    lower = name.lower()
    if not lower.endswith((".xml", ".rels", ".vml")):
        return
    if b"\0" in content[:200]:
        raise UnsafeFile("This workbook is written in an unusual way: save it again with Excel or LibreOffice.")
    if _DOCTYPE.search(content):
        raise UnsafeFile("This file refers to things outside itself (a document type), so it is not opened.")
    if lower == "[content_types].xml" and b"macroenabled" in content.lower():
        raise UnsafeFile("This workbook has macros in it: save it as .xlsx without them.")
    if lower.startswith("xl/worksheets/") and lower.endswith(".xml"):
        _Bounds(limits).check(content)


class _Bounds:
    """Walks through a sheet's XML and counts: a lone cell at the far end would make a reader fill everything before."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.cells = limits, 0
        self.row = self.column = 0

    def check(self, content: bytes) -> None:
        """Refuse a sheet with cells out of bounds, or one that is no XML."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        try:
            parser.Parse(content.removeprefix(_NARROW), True)
        except expat.ExpatError as error:
            raise UnsafeFile(
                "This file is damaged: a sheet cannot be read. Save it again and try once more."
            ) from error

    def _start(self, name: str, said: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag not in ("c", "row"):
            return
        self.cells += 1
        place = next((value for key, value in said.items() if key.rpartition(":")[2] == "r"), "")
        if tag == "row":
            known = place.isascii() and place.isdigit() and len(place) < 12
            self.row, self.column = (int(place) if known else self.row + 1), 0
        else:
            found = _CELL.fullmatch(place.strip().upper())
            self.row = int(found[2]) if found else self.row
            self.column = _column(found[1]) if found else self.column + 1
        if self.cells > self.limits.cells or self.row > self.limits.rows or self.column > self.limits.columns:
            raise UnsafeFile(
                f"A sheet of this workbook reaches beyond row {self.limits.rows} or column {self.limits.columns}: "
                "delete what is out there and save it again."
            )


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
