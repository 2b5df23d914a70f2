"""Files as tenderers send them, sound and otherwise, for the tests of what is taken."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(40) + b"\xff\xd9"
TEXT = "A policy, in plain words: safeguarding £1,000.\n".encode()
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def package(entries: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip of entries."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return target.getvalue()


def docx(**more: bytes) -> bytes:
    """Make a Word file; ``more`` adds or replaces entries, slashes written as two underscores."""
    entries = {"[Content_Types].xml": TYPES, "word/document.xml": b"<w:document/>"}
    return package(entries | {name.replace("__", "/"): data for name, data in more.items()})


def xlsx(extra: Mapping[str, bytes] | None = None) -> bytes:
    """Make an Excel file."""
    return package({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>", **(extra or {})})


SOUND: tuple[tuple[str, bytes], ...] = (
    ("policy.pdf", PDF), ("plan.docx", docx()), ("prices.XLSX", xlsx()), ("list.csv", b"a,b\r\n1,2\r\n"),
    ("note.txt", TEXT), ("logo.png", PNG), ("photo.jpg", JPG), ("photo.JPEG", JPG),
)  # fmt: skip


def malformed(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield files that are wrong in some way: cut, flipped, renamed, repeated, glued together, or pure noise."""
    draw = random.Random(seed)
    for _ in range(count):
        name, data = draw.choice(SOUND)
        kind = draw.randrange(7)
        if kind == 0:
            data = data[: draw.randrange(len(data))]
        elif kind == 1:
            spoiled = bytearray(data)
            for _ in range(draw.randrange(1, 12)):
                spoiled[draw.randrange(len(spoiled))] = draw.randrange(256)
            data = bytes(spoiled)
        elif kind == 2:
            name = f"{name.rpartition('.')[0]}.{draw.choice(('pdf', 'docx', 'xlsx', 'csv', 'png', 'jpg', 'exe', ''))}"
        elif kind == 3:
            data = draw.choice(SOUND)[1] + data
        elif kind == 4:
            data = draw.randbytes(draw.randrange(0, 600))
        elif kind == 5:
            data = data + draw.choice(SOUND)[1]
        else:
            data = data[: len(data) // 2] + draw.randbytes(draw.randrange(1, 40)) + data[len(data) // 2 :]
        yield name, data


def lying_bomb() -> bytes:
    """Make a Word file with an entry that says it is small and unpacks to 60 MB."""
    made = bytearray(docx(word__media__big=bytes(60 * 1024 * 1024)))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = 0
        while (at := made.find(mark, at)) >= 0:
            if struct.unpack_from("<I", made, at + offset)[0] == 60 * 1024 * 1024:
                struct.pack_into("<I", made, at + offset, 1000)
            at += 4
    return bytes(made)
