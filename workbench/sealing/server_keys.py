"""The key that a server holds for a tender in the lighter custody: a file of its own beside the other keys."""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from lots.errors import ProcurementError
from workbench.sealing.key_files import KeyPair, keep, new_key, read_key, written

_NAME = re.compile(r"[0-9a-zA-Z-]{1,64}")


class ServerKeyError(ProcurementError):
    """The key of the server for a tender is not there, is another one, or lies open to others."""


def path_of(data: Path, tender_id: str) -> Path:
    """Say where the key of a tender lies in a data folder."""
    if _NAME.fullmatch(tender_id) is None:
        raise ServerKeyError("This is no tender's identifier")
    return data / "keys" / f"bids-{tender_id}.key"


def make(data: Path, tender_id: str) -> str:
    """Return the public half of the server's key for a tender, made now if there is none."""
    path = path_of(data, tender_id)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        keep(draft, written(new_key()))
        try:
            os.link(draft, path)  # of two processes that start together one makes it
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read(data, tender_id).recipient


def read(data: Path, tender_id: str) -> KeyPair:
    """Read both halves; ServerKeyError where the file is missing, damaged or open to others."""
    path = path_of(data, tender_id)
    try:
        found, mode = path.read_bytes(), stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise ServerKeyError(
            f"The server's key for this tender is not in its data folder ({path.name}): put it back from a copy, for "
            "without it no bid can be opened"
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise ServerKeyError(f"Others can read the server's key {path.name}: type chmod 600 and its name")
    return read_key(found, lambda: "")


def check(data: Path, tender_id: str, recipient: str) -> None:
    """Refuse to go on where the key in the data folder is not the one whose public half is published."""
    if read(data, tender_id).recipient != recipient:
        raise ServerKeyError(
            "The server's key for this tender is another one than its rules name: save “Receiving bids” once more"
        )
