"""How files come in: held in memory as far as a page allows, never spooled to a disk.

The library would write parts of more than 500 kB to the temporary folder. Here every part stays in memory, and a page
that takes large ones says so before the body is read (:func:`expect`): its files are then counted, digested, judged
and sealed while no lock is held.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO, RawIOBase
from typing import IO, Any

from flask import Request, g
from flask import request as current

Finish = Callable[["Receiver"], None]
_FORM = 256 * 1024  # bytes for the fields beside a file


class Receiver(RawIOBase):
    """One file as it comes in; what is beyond ``most`` bytes is counted and dropped.

    ``finish`` runs once, before the unit of work begins, and leaves what came of the file in ``result``.
    """

    def __init__(self, filename: str, most: int, finish: Finish) -> None:
        self.filename, self.most, self._finish = filename, most, finish
        self.size = 0
        self.result: Any = None
        self._digest = sha256()
        self._held: list[bytes] = []
        self._done = False

    def write(self, piece: Any) -> int:
        """Take the next bytes."""
        data = bytes(piece)
        self.size += len(data)
        self._digest.update(data)
        if self.size <= self.most:
            self._held.append(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Be told that the end was reached."""
        return 0

    @property
    def too_large(self) -> bool:
        """Say whether there was more than is taken."""
        return self.size > self.most

    @property
    def sha256(self) -> str:
        """Return the digest of everything that came."""
        return self._digest.hexdigest()

    def data(self) -> bytes:
        """Give the content away: the receiver holds nothing any more."""
        held, self._held = b"".join(self._held), []
        return held

    def finish(self) -> bytes:
        """Have the file judged and sealed, once; returns its digest."""
        if not self._done:
            self._done = True
            self._finish(self)
        return self._digest.digest()


class InMemory(Request):
    """A request whose files never touch a disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        expected = g.get("expected_files")
        if expected is None or not filename:
            return BytesIO()
        most, finish = expected
        receiver: Any = Receiver(filename, most, finish)
        return receiver


def expect(most: int, finish: Finish) -> None:
    """Say before the body of this request is read that files of so many bytes are taken, and what becomes of them."""
    g.expected_files = (most, finish)
    current.max_content_length = most + _FORM
