"""File names of documents: short, safe on every system, and sorted as they are read."""

from __future__ import annotations

import re
import unicodedata

from exports.documents import Printable

LONGEST_PART = 32


def file_name(document: Printable) -> str:
    """Name a document's file after its lot, number, kind and whom it is for: ``adult-02-letter-mendip.pdf``."""
    head = document.head
    parts = [head.lot_id or "all", f"{head.order:02d}", head.kind or "document", head.about]
    return "-".join(filter(None, map(safe, parts))) + ".pdf"


def safe(text: str) -> str:
    """Keep ASCII letters and digits, small; everything else becomes single hyphens; at most 32 characters."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare.casefold())[:LONGEST_PART].strip("-")
