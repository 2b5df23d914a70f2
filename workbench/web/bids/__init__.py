"""The pages of bids: the self-check, the tenderer's bid, its partners, keys and opening.

Each module adds its routes to ``pages``; what tenderers see needs no account, what the buyer's people see names a
permission.
"""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("bids", __name__)

from workbench.web.bids import (  # noqa: E402, F401 - they add their routes
    availability,
    bid,
    bid_files,
    bid_partners,
    bid_parts,
    bid_sending,
    bid_taking,
    checking,
    following,
    keys,
    opened,
    opening,
    sealed,
)
