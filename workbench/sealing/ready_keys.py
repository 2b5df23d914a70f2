"""Custodians' keys that lie ready in the data folder: in a demonstration only, so that one click opens the bids."""

from __future__ import annotations

from collections.abc import Mapping

from lots.errors import ProcurementError
from workbench.config import Config
from workbench.sealing.key_files import KeyPair, keep, new_key, read_key, written

FOLDER = "demo-keys"


class NotADemonstrationError(ProcurementError):
    """Keys asked to lie ready where real bids may be."""


def make(config: Config, tender_id: str) -> KeyPair:
    """Make a key and keep it ready; refused outside a demonstration (and the tests of one)."""
    if not (config.demo or config.testing):
        raise NotADemonstrationError("Only a demonstration keeps custodians' keys: make yours on the page of keys")
    folder = config.data / FOLDER / tender_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = new_key()
    keep(folder / f"{made.recipient}.key", written(made))
    return made


def lying_ready(config: Config, tender_id: str) -> Mapping[str, KeyPair]:
    """Return the keys of a tender that lie ready, by their public halves; none outside a demonstration."""
    if not config.demo:
        return {}
    files = sorted((config.data / FOLDER / tender_id).glob("age1*.key"))
    keys = (read_key(path.read_bytes(), lambda: "") for path in files)
    return {key.recipient: key for key in keys}
