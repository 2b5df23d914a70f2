"""A folder that a program owns file by file: it replaces and removes what it wrote itself, and nothing else.

The manifest lists every file with its SHA-256. A file that somebody changed since, or that was never ours, is never
overwritten. Files appear whole or not at all; a stop half-way leaves a folder that the next run can complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from lots.errors import Finding, ProcurementError

FORMAT = "decision-pack/1"
MANIFEST = "manifest.json"
_STAGE = ".writing-"


class FolderError(ProcurementError):
    """A folder that cannot take the files, because something in it is not ours or has been changed."""


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, replacing an ordinary file of that name; other things are refused."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise FolderError(f"“{path}” is not an ordinary file: choose another name")
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, frozenset[str]] | None:
    """Return the digests that each file listed may have; None where there is no manifest of ours.

    A file has two while a pack is being replaced. Paths that lead out of the folder make a manifest none of ours.
    """
    try:
        held = json.loads((folder / MANIFEST).read_bytes())
        if held["format"] != FORMAT:
            return None
        found: dict[str, set[str]] = {}
        for part in ("files", "replacing"):
            for name, digests in held.get(part, {}).items():
                found.setdefault(name, set()).update([digests] if isinstance(digests, str) else map(str, digests))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return {name: frozenset(digests) for name, digests in found.items()} if all(map(_inside, found)) else None


def _inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    plain = bool(parts) and not name.startswith("/") and "\\" not in name and "\0" not in name
    return plain and not {"..", "."} & set(parts) and parts != (MANIFEST,)


class Folder:
    """A folder for a pack: new, empty, or holding a former pack."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_dir():
            raise FolderError(f"“{path}” is a file: name a folder")
        self.former = read_manifest(path) or {}
        if not self.former and path.is_dir() and self._foreign():
            said = f"“{path}” holds files that are not a decision pack: name a new or an empty folder"
            raise FolderError(said, [Finding("folder_not_empty", said, str(path))])

    def _foreign(self) -> list[str]:
        return [entry.name for entry in self.path.iterdir() if not entry.name.startswith(_STAGE)]

    def _leads_away(self, inner: Path) -> bool:
        """Say whether a folder inside this one is a link to somewhere else, or no folder."""
        while inner != self.path:
            if inner.is_symlink() or (inner.exists() and not inner.is_dir()):
                return True
            inner = inner.parent
        return False

    @contextmanager
    def staging(self) -> Iterator[Stage]:
        """Open a hidden folder inside this one to write into; it is gone afterwards whatever happens."""
        self.refuse_changed(self.former)
        self.path.mkdir(parents=True, exist_ok=True)
        hidden = self.path / f"{_STAGE}{secrets.token_hex(8)}"
        hidden.mkdir()
        try:
            yield Stage(self, hidden)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)

    def refuse_changed(self, names: Mapping[str, object]) -> None:
        """Refuse (FolderError) to replace a file that is not as we wrote it, or that we never wrote."""
        wrong = []
        for name in names:
            path = self.path / name
            if self._leads_away(path.parent) or path.is_symlink() or (path.exists() and not path.is_file()):
                wrong.append(Finding("file_not_ours", "this is no file that was written here: move it away", name))
            elif path.exists() and name not in self.former:
                wrong.append(Finding("file_not_ours", "this file is not from a former pack: move it away", name))
            elif path.exists() and digest(path) not in self.former[name]:
                wrong.append(Finding("file_changed", "this file was changed since it was written: move it away", name))
        if wrong:
            raise FolderError(f"Nothing was written to “{self.path}”, because files there would be lost", wrong)


class Stage:
    """The hidden folder while a pack is written."""

    def __init__(self, folder: Folder, hidden: Path) -> None:
        self.folder, self.hidden = folder, hidden

    def put(self, name: str, data: bytes) -> None:
        """Write one file of the pack to the side."""
        if not _inside(name):
            raise FolderError(f"“{name}” is no name for a file of a pack")
        target = self.hidden / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def commit(self, files: Mapping[str, str], about: Mapping[str, object]) -> None:
        """Put every file in place and remove those of the former pack that are not among them; the manifest is last.

        ``files`` maps names to digests. The manifest first lists old and new digests together, so that a stop in
        between leaves nothing that the next run would take for somebody else's.
        """
        top, former = self.folder.path, self.folder.former
        self.folder.refuse_changed({**former, **files})
        old = {name: sorted(digests) for name, digests in former.items()}
        whole = {"format": FORMAT, **about, "files": dict(files)}
        write_atomically(top / MANIFEST, _text({**whole, "replacing": old} if old else whole))
        for name in files:
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (self.hidden / name).replace(top / name)
        for name in former.keys() - files.keys():
            (top / name).unlink(missing_ok=True)
            with suppress(OSError):
                (top / name).parent.rmdir()
        write_atomically(top / MANIFEST, _text(whole))


def _text(manifest: Mapping[str, object]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
