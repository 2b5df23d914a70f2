"""The files of an opened bid: unsealed in memory, checked, and given on; nothing of them lands on a disk in plain."""

from __future__ import annotations

from hashlib import sha256

from lots.errors import ProcurementError
from lots.submission import Document
from workbench.sealing.age import SealError, unseal
from workbench.store import Store, StoreError


class DocumentError(ProcurementError):
    """A file of a bid that cannot be given on; the sentence says why."""


def document_of(document: Document, store: Store) -> bytes:
    """Return a document as the tenderer sent it; DocumentError where it is missing or not what it was."""
    try:
        data = unseal(store.read(document.sealed_sha256), document.key)[: document.size]
    except (StoreError, SealError) as error:
        raise DocumentError(f"“{document.name}” cannot be opened. {error}") from None
    if len(data) != document.size or sha256(data).hexdigest() != document.sha256:
        raise DocumentError(f"“{document.name}” is not what the tenderer sent: its digest is another one")
    return data
