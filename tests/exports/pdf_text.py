"""Reading PDFs back in tests: their words, their structure and their tags."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pdfminer.high_level import extract_text


def words_of(data: bytes) -> str:
    """Read all the text of a PDF with its white space evened out."""
    return " ".join(extract_text(io.BytesIO(data)).replace("\u00a0", " ").split())


def tags_of(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """List every structure element with its kind, the scope of its attributes and its alternative text."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return list(_walk(pdf.Root.StructTreeRoot))


def _walk(element: Any) -> Iterator[tuple[str, dict[str, str]]]:
    if "/S" in element:
        shape = element.get("/A")
        scope = str(shape["/Scope"]) if isinstance(shape, pikepdf.Dictionary) and "/Scope" in shape else ""
        yield str(element["/S"]), {"scope": scope, "alt": str(element.get("/Alt", ""))}
    below = element.get("/K")
    items = list(below) if isinstance(below, pikepdf.Array) else [below]
    for item in items:
        if isinstance(item, pikepdf.Dictionary) and ("/S" in item or "/K" in item):
            yield from _walk(item)
