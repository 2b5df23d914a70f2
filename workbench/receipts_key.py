"""The key that signs receipts and closings: it follows from a file of this installation, outside the database."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from workbench.config import Config
from workbench.sealing.notes import Signer, signer


def signer_of(config: Config) -> Signer:
    """Return who signs for an installation, named by the host it is served under."""
    return signer(urlsplit(config.base_url).hostname or "workbench", config.secrets.receipts_key)


def current_signer() -> Signer:
    """Return who signs for the application at work."""
    return signer_of(current_app.config["WORKBENCH"])


def public_key() -> str:
    """Return the public half, as the page of security and every receipt show it."""
    return current_signer().public
