"""Which files are taken with a bid: told by what is in them, checked against their name, before anything is kept.

Nothing here trusts a name, a declared type or a declared size. A file that is refused is refused with a sentence that
says how to send it all the same.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType

import puremagic

from lots.errors import ProcurementError

LARGEST = 50 * 1024 * 1024
"""Bytes of one file."""
LARGEST_BID = 500 * 1024 * 1024
MOST_FILES = 200
LONGEST_NAME = 200
_ENTRIES, _UNPACKED, _RATIO, _PIECE = 2_000, 200 * 1024 * 1024, 100, 1 << 16
_SMALL = 1024 * 1024  # bytes unpacked below which a ratio means nothing
_END_OF_ZIP, _ZIP = b"PK\x05\x06", b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_MARKUP = re.compile(
    rb"(?i)\s*(?:<\?xml|<!doctype|<html|<svg|<script|<head|<body|<iframe|%pdf-|#!|\{\\rtf|mz\x90)", re.DOTALL
)
_DTD = re.compile(rb"(?i)<!\s*(?:doctype|entity)")
_OUTSIDE = re.compile(
    rb"(?i)<relationship\b[^>]*(?:attachedtemplate|oleobject|frame|subdocument)[^>]*targetmode\s*=\s*[\"']external"
    rb"|<relationship\b[^>]*targetmode\s*=\s*[\"']external[^>]*(?:attachedtemplate|oleobject|/frame|subdocument)"
)
_ACTIVE = re.compile(r"(?i)(vbaproject|vbadata|macrosheets?/|activex/|customui/|\.(exe|dll|js|vbs|bat|cmd|ps1|scr)$)")


class UploadError(ProcurementError):
    """A file that is not taken."""


@dataclass(frozen=True)
class Taken:
    """A file that is taken: the name it is shown under and what it is."""

    name: str
    media_type: str


def judge(name: str, data: bytes) -> Taken:
    """Say what a file is; UploadError where its content is not what its name says, or not one that is taken."""
    shown = shown_name(name)
    extension = shown.rpartition(".")[2].lower() if "." in shown else ""
    kind = KINDS.get(extension)
    if kind is None:
        raise UploadError(f"{_quoted(shown)} is of a kind that is not taken: send {_TAKEN}")
    if not data:
        raise UploadError(f"{_quoted(shown)} is empty: look whether it is the right file, and send it again")
    if len(data) > LARGEST:
        raise too_large(shown)
    media_type, check = kind
    check(data, shown, extension)
    return Taken(shown, media_type)


def too_large(name: str) -> UploadError:
    """Make the refusal of a file above the limit."""
    most = LARGEST // 1024 // 1024
    return UploadError(f"{_quoted(shown_name(name))} is larger than {most} MB: make it smaller, or send it in parts")


def shown_name(name: str) -> str:
    """Return the name a file is kept and shown under: no folders, nothing unprintable, nothing that turns the text."""
    last = re.split(r"[/\\]", name)[-1]
    composed = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
    plain = "".join("_" if _unfit(character) else character for character in composed)
    plain = plain.strip(" .") or "_"
    if _DEVICE.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, extension = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        room = LONGEST_NAME - len(dot + extension)
        plain = f"{stem[:room].rstrip()}{dot}{extension}" if stem and room > 0 else plain[:LONGEST_NAME]
    return plain


def _unfit(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" or bool(_BIDI.match(character)) or character in '<>:"|?*'


def _quoted(name: str) -> str:
    return f"“{name[:60]}{'…' if len(name) > 60 else ''}”"


# --- kinds --------------------------------------------------------------------------------------------------


def _pdf(data: bytes, name: str, _: str) -> None:
    if not data.startswith(b"%PDF-"):
        raise _not_what_it_says(data, name, "a PDF")
    if b"%%EOF" not in data[-2048:]:
        raise UploadError(f"The end of {_quoted(name)} is missing: export it again as PDF and send it once more")
    _no_zip_behind(data, name)


def _png(data: bytes, name: str, _: str) -> None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise _not_what_it_says(data, name, "a PNG picture")
    if data[12:16] != b"IHDR" or not data.endswith(b"IEND\xaeB`\x82"):
        raise UploadError(f"{_quoted(name)} is cut short or has something behind the picture: save it again as PNG")


def _jpg(data: bytes, name: str, _: str) -> None:
    if not data.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in data[2:]:
        raise _not_what_it_says(data, name, "a JPEG picture")
    _no_zip_behind(data, name)


def _text(data: bytes, name: str, _: str) -> None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UploadError(f"{_quoted(name)} is UTF-16 text: save it as UTF-8 (in Excel: “CSV UTF-8”) and send it again")
    bare = data.removeprefix(codecs.BOM_UTF8)
    if _MARKUP.match(bare):
        raise _not_what_it_says(data, name, "plain text")
    if any(byte < 32 and byte not in (9, 10, 12, 13) for byte in set(bare)) or _ZIP in bare:
        raise _not_what_it_says(data, name, "plain text")


def _office(data: bytes, name: str, extension: str) -> None:
    if data.startswith(_OLE):
        raise UploadError(
            f"{_quoted(name)} is an old or a password-protected Office file: save it without a password as {extension}"
        )
    if not data.startswith(_ZIP):
        raise _not_what_it_says(data, name, f"a {extension} file")
    try:
        _unpack(data, name, _MAIN[extension])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, zlib.error):
        raise UploadError(f"{_quoted(name)} is damaged: open it, save it again as {extension}, and send that") from None


def _unpack(data: bytes, name: str, main: str) -> None:
    """Walk through a package without ever holding it unpacked: counted as it streams, because declared sizes lie."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        entries = package.infolist()
        _check_entries(entries, name, main)
        budget = _UNPACKED
        for entry in entries:
            budget = _stream(package, entry, budget, name)


def _check_entries(entries: list[zipfile.ZipInfo], name: str, main: str) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED:
        raise _bomb(name)
    if any(each.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", each) or ":" in each for each in names):
        raise UploadError(f"{_quoted(name)} holds a file with a path that leads out of it: save it again and send that")
    if len({each.lower() for each in names}) != len(names):
        raise UploadError(f"{_quoted(name)} holds two files of one name: save it again and send that")
    if any(_ACTIVE.search(each) for each in names):
        raise UploadError(f"{_quoted(name)} holds macros or programs: save it without them and send that")
    if "[Content_Types].xml" not in names or main not in names or min(entry.header_offset for entry in entries):
        raise UploadError(f"{_quoted(name)} is not what its name says: save it again from Office and send that")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise UploadError(f"{_quoted(name)} is packed in a way that Office does not use: save it again and send that")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadError(f"{_quoted(name)} is protected by a password: save it without one and send that")


def _stream(package: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int, name: str) -> int:
    """Read one entry piece by piece; returns what is left of the budget."""
    size, tail, is_xml = 0, b"", entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    with package.open(entry) as packed:
        while piece := packed.read(_PIECE):
            size += len(piece)
            if size > budget or (size > _SMALL and size > _RATIO * max(1, entry.compress_size)):
                raise _bomb(name)
            seen = tail + piece
            if is_xml:
                _check_xml(seen, entry.filename, name)
            tail = seen[-1024:]
    return budget - size


def _check_xml(piece: bytes, entry: str, name: str) -> None:
    bare = piece.replace(b"\0", b"") if b"\0" in piece else piece  # UTF-16 hides nothing
    if _DTD.search(bare):
        raise UploadError(f"{_quoted(name)} holds a document type that no office program writes: save it again")
    if entry == "[Content_Types].xml" and b"macroenabled" in bare.lower():
        raise UploadError(f"{_quoted(name)} holds macros: save it without them and send that")
    if entry.endswith(".rels") and _OUTSIDE.search(bare):
        raise UploadError(f"{_quoted(name)} loads a part of itself from elsewhere: save it with everything in it")


def _bomb(name: str) -> UploadError:
    return UploadError(f"{_quoted(name)} unpacks to far more than it should: save it again, or send it as PDF")


def _no_zip_behind(data: bytes, name: str) -> None:
    """Refuse a file that another program would take for an archive."""
    if _END_OF_ZIP in data[-66_000:]:
        raise UploadError(f"{_quoted(name)} is two kinds of file in one: export it again and send that")


def _not_what_it_says(data: bytes, name: str, wanted: str) -> UploadError:
    found = _guess(data)
    seems = f"it seems to be {found}" if found else "its content says otherwise"
    return UploadError(f"{_quoted(name)} is not {wanted}: {seems}. Save it as what it should be and send that")


def _guess(data: bytes) -> str:
    """Name what a content looks like, for the sentence of a refusal; nothing where nobody can tell."""
    try:
        found = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return ""
    named = sorted((each for each in found if each.name), key=lambda each: -each.confidence)
    return str(named[0].name)[:60] if named else ""


_MAIN: Mapping[str, str] = MappingProxyType({"docx": "word/document.xml", "xlsx": "xl/workbook.xml"})
_TAKEN = "PDF, Word (docx), Excel (xlsx), CSV, plain text, PNG or JPEG"
_OFFICE = "application/vnd.openxmlformats-officedocument"
Check = Callable[[bytes, str, str], None]
KINDS: Mapping[str, tuple[str, Check]] = MappingProxyType(
    {
        "pdf": ("application/pdf", _pdf),
        "docx": (f"{_OFFICE}.wordprocessingml.document", _office),
        "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _office),
        "csv": ("text/csv", _text),
        "txt": ("text/plain", _text),
        "png": ("image/png", _png),
        "jpg": ("image/jpeg", _jpg),
        "jpeg": ("image/jpeg", _jpg),
    }
)
