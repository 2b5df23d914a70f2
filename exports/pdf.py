"""HTML into a tagged PDF that a machine can check: PDF/UA-1, embedded static font, the same bytes every time.

How to use it: ``from_html(html, css=text, attachments=[Attached("claim.json", data, "…")], created=day)`` returns the
bytes; ``attached(pdf, "claim.json")`` reads an attachment back. The HTML brings ``lang`` and ``<title>``; the CSS text
brings the looks and should name the family ``Notice`` (weights 400, 600, 700 and italic 400), which is declared here.
Nothing is ever fetched: whatever the HTML or the CSS refers to, only the four font files below are read.

Set times, file order and static fonts make the bytes equal across processes and machines. WeasyPrint leaves two gaps
that matter to screen readers: header cells without a scope and links without the print flag; both are mended here.
"""

from __future__ import annotations

import gc
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

import font_source_sans_pro
import pikepdf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from lots.errors import ProcurementError

FAMILY = "Notice"
FACES = (
    ("Regular", 400, "normal"),
    ("It", 400, "italic"),
    ("Semibold", 600, "normal"),
    ("Bold", 700, "normal"),
)
LONGEST_HTML = 8_000_000  # characters; the thickest panel report tried has a tenth of it

_FONTS = Path(font_source_sans_pro.__file__).parent / "files"
_LOCK = RLock()  # Pango's font map is not made to be shared by threads
_PRINT = 4  # the bit of an annotation's flags that lets it print

logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class PdfError(ProcurementError):
    """A document that cannot be made into a PDF, or a PDF that does not hold what is asked of it."""


@dataclass(frozen=True)
class Attached:
    """A file that travels inside a PDF: its name, its bytes and what it is."""

    name: str
    data: bytes
    description: str = ""


class OnlyFonts(URLFetcher):  # type: ignore[misc] # the library has no types
    """A fetcher that reads the static font files and refuses every other address."""

    allowed = frozenset((_FONTS / f"SourceSansPro-{face}.ttf").as_uri() for face, _, _ in FACES)

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return a font file; ValueError for anything else, which WeasyPrint leaves out of the page."""
        if url not in self.allowed:
            raise ValueError(f"Nothing is fetched for a document; asked for {url[:80]}")
        return super().fetch(url, headers)


def from_html(
    html: str,
    *,
    css: str = "",
    attachments: Sequence[Attached] = (),
    created: date | datetime,
    lean: bool = False,
) -> bytes:
    """Print HTML as PDF/UA-1 with the ``attachments`` inside, dated ``created`` (a date means midnight UTC).

    ``css`` is parsed once for each text. ``lean`` frees the laid-out pages at once by sweeping the whole heap, which a
    process that does nothing but print can afford. PdfError when the HTML is longer than 8 million characters.
    """
    if len(html) > LONGEST_HTML:
        raise PdfError(f"The document has {len(html)} characters; at most {LONGEST_HTML} can be printed")
    with _LOCK:
        raw = _laid_out(html, css, attachments, _moment(created))
    if lean:
        gc.collect()  # pages hold one another in cycles; left alone, two documents' worth of them pile up
    return _mended(raw)


def _laid_out(html: str, css: str, attachments: Sequence[Attached], moment: datetime) -> bytes:
    """Lay the pages out and write them; nothing of the layout outlives this call but its garbage."""
    styles, fonts = _styles(css)
    source = weasyprint.HTML(string=html, url_fetcher=OnlyFonts(), base_url=None)
    page = source.render(font_config=fonts, stylesheets=[styles], pdf_variant="pdf/ua-1")
    page.metadata.created = page.metadata.modified = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    page.metadata.attachments = [_attachment(item, moment) for item in attachments]
    return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))


def attached(data: bytes, name: str) -> bytes:
    """Read the attachment ``name`` out of a PDF; PdfError says what is there instead, or that it is no PDF."""
    found = attachments_of(data)
    if name not in found:
        there = f"it holds {', '.join(found)}" if found else "it holds no attachment"
        raise PdfError(f"This PDF has no attachment “{name}”: {there}")
    return found[name]


def attachments_of(data: bytes) -> dict[str, bytes]:
    """Read every attachment of a PDF by name; PdfError when the bytes are no readable PDF."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return {name: spec.get_file().read_bytes() for name, spec in sorted(pdf.attachments.items())}
    except pikepdf.PasswordError as error:
        raise PdfError("This PDF is locked with a password: ask for it without one") from error
    except (pikepdf.PdfError, ValueError) as error:
        raise PdfError("This file cannot be read as a PDF: it may be damaged or cut short") from error


def _moment(created: date | datetime) -> datetime:
    if isinstance(created, datetime):
        return created.astimezone(UTC)
    return datetime.combine(created, time(), UTC)


@lru_cache(maxsize=8)
def _styles(css: str) -> tuple[Any, Any]:
    """Parse the fonts and a style sheet once; both are then shared by every document of the process."""
    fonts = FontConfiguration()
    text = f"{font_faces()}\n{css}"
    return weasyprint.CSS(string=text, font_config=fonts, url_fetcher=OnlyFonts()), fonts


def font_faces() -> str:
    """Declare the family ``Notice`` as CSS, from the static files of the font package."""
    return "\n".join(_face(*face) for face in FACES)


def _face(file: str, weight: int, style: str) -> str:
    address = (_FONTS / f"SourceSansPro-{file}.ttf").as_uri()
    return (
        f"@font-face {{ font-family: {FAMILY}; font-weight: {weight}; font-style: {style}; "
        f'src: url("{address}") format("truetype") }}'
    )


def _attachment(item: Attached, moment: datetime) -> Any:
    return weasyprint.Attachment(
        string=item.data,
        name=item.name,
        description=item.description or item.name,
        created=moment,
        modified=moment,
        relationship="Data",
        url_fetcher=OnlyFonts(),
    )


def _mended(raw: bytes) -> bytes:
    """Give header cells their scope, links their print flag, attachments their purpose; write with a settled id."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        for page in pdf.pages:
            for note in page.obj.get("/Annots", ()):
                if note.get("/Subtype") == "/Link":
                    note["/F"] = int(note.get("/F", 0)) | _PRINT
        for spec in pdf.attachments.values():
            spec.obj["/AFRelationship"] = pikepdf.Name.Data
        if pdf.attachments:
            pdf.Root["/AF"] = pikepdf.Array([spec.obj for _, spec in sorted(pdf.attachments.items())])
        root = pdf.Root.get("/StructTreeRoot")
        if root is not None:
            _scope_headers(root)
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _scope_headers(root: Any) -> None:
    """Mark each TH of the structure tree: Column inside a THead, Row elsewhere."""
    todo: list[tuple[Any, bool]] = [(root, False)]
    while todo:
        element, in_head = todo.pop()
        kind = element.get("/S")
        if kind == "/TH":
            shape = element.get("/A", pikepdf.Dictionary(O=pikepdf.Name.Table))
            shape["/Scope"] = pikepdf.Name.Column if in_head else pikepdf.Name.Row
            element["/A"] = shape
            continue
        within = in_head or kind == "/THead"
        todo += [(child, within) for child in _children(element)]


def _children(element: Any) -> list[Any]:
    """List the structure elements directly below one; marked content and object references have no kind."""
    below = element.get("/K")
    if below is None:
        return []
    items = list(below) if isinstance(below, pikepdf.Array) else [below]
    return [item for item in items if isinstance(item, pikepdf.Dictionary) and "/S" in item]
