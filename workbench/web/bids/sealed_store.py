"""Where the pages find the store of sealed files."""

from __future__ import annotations

from flask import current_app

from workbench.store import Store


def store() -> Store:
    """Return the store in the data folder of this installation."""
    return Store(current_app.config["WORKBENCH"].data / "store")
