"""How often an address may ask: generous for people, tight where secrets could be guessed."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(
    key_func=get_remote_address,
    default_limits=["1200 per minute"],
    headers_enabled=False,
    strategy="fixed-window",
)
GUESSING = "10 per minute; 60 per hour"
"""For pages where a password or a code is typed."""
