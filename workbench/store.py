"""The store of sealed files: each lies under the digest of its sealed bytes, and is there for good before it is named.

A file is written beside its place, flushed to disk, renamed into its place, and its folder flushed; only then may a row
that names it be committed. So no power cut leaves a row without its file; a file without a row does no harm.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest, sha256
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO

from lots.errors import Finding, ProcurementError
from workbench.sealing.age import seal_stream

UNFINISHED = timedelta(hours=24)
"""How old an unfinished file must be before it is swept away: nobody writes for so long."""
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEMPORARY = "unfinished"


class StoreError(ProcurementError):
    """A file that is not in the store, or is not what it was."""


@dataclass(frozen=True)
class Stored:
    """A file that was sealed into the store: its own size and digest, and those of its sealed bytes."""

    size: int
    sha256: str
    sealed_size: int
    sealed_sha256: str


class Store:
    """A folder of sealed files, two letters of the digest deep."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Return where a file lies; StoreError for what is no digest, so that no name leads elsewhere."""
        if not _DIGEST.fullmatch(digest):
            raise StoreError("What names a file in the store is its digest: 64 letters and digits")
        return self.root / digest[:2] / digest

    def has(self, digest: str) -> bool:
        """Say whether a file is there."""
        return self.path(digest).is_file()

    def seal(self, source: BinaryIO, recipient: str, *, most: int | None = None) -> Stored:
        """Seal a stream into the store, its plaintext never on disk; TooLong beyond ``most`` bytes, nothing kept."""
        with self._unfinished() as (file, path):
            sealed = seal_stream(source, file, recipient, most=most)
            digest, size = self._finish(file, path)
        return Stored(sealed.size, sealed.sha256, size, digest)

    def keep(self, data: bytes) -> str:
        """Keep bytes that are sealed already; returns their digest."""
        with self._unfinished() as (file, path):
            file.write(data)
            return self._finish(file, path)[0]

    def read(self, digest: str) -> bytes:
        """Read a file whole and checked; StoreError where it is not there or not what it was."""
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise StoreError(f"The sealed file {digest[:16]}… is not in the store: put it back from a copy") from None
        if sha256(data).hexdigest() != digest:
            raise StoreError(f"The sealed file {digest[:16]}… was changed on disk: put it back from a copy")
        return data

    def digests(self) -> Iterator[str]:
        """Name every file there is."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            yield path.name

    def scrub(self, wanted: Iterable[str]) -> Iterator[Finding]:
        """Read every file that rows name and find those that are missing or changed."""
        for digest in wanted:
            if not self.has(digest):
                yield Finding("file_missing", "A sealed file is missing: put it back from a copy", digest)
            elif self._digest_on_disk(digest) != digest:
                yield Finding("file_changed", "A sealed file was changed on disk: put it back from a copy", digest)

    def sweep(self, at: datetime) -> int:
        """Remove what was never finished and is older than a day; says how many. Finished files always stay."""
        removed = 0
        for path in self._folder(_TEMPORARY).iterdir():
            if path.stat().st_mtime < (at - UNFINISHED).timestamp():
                path.unlink()
                removed += 1
        return removed

    # --- the steps, in the order that makes them safe ---------------------------------------------------------

    @contextmanager
    def _unfinished(self) -> Iterator[tuple[BufferedRandom, Path]]:
        path = self._folder(_TEMPORARY) / secrets.token_hex(16)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file, path
        finally:
            path.unlink(missing_ok=True)

    def _finish(self, file: BufferedRandom, path: Path) -> tuple[str, int]:
        """Flush, digest what the disk has, rename into place, flush the folder; returns digest and size."""
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
        place = self.path(digest)
        folder = self._folder(digest[:2])
        os.replace(path, place)
        _flush(folder)
        return digest, size

    def _folder(self, name: str) -> Path:
        """Return a folder of the store, made now if need be, its name flushed with it."""
        folder = self.root / name
        if not folder.is_dir():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            _flush(self.root)
            _flush(self.root.parent)
        return folder

    def _digest_on_disk(self, digest: str) -> str:
        with self.path(digest).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    """Have a folder's names on disk; where a system cannot flush folders there is nothing to do."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
