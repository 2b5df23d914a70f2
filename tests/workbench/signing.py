"""Signed-in clients for tests that are about something else than signing in."""

from __future__ import annotations

import time

from flask.testing import FlaskClient

from workbench.app import Workbench


def signed_in(app: Workbench, uniquifier: str) -> FlaskClient:
    """Return a client of the person with this ``fs_uniquifier``, who gave their password a moment ago."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(
            {
                "_user_id": uniquifier,
                "_fresh": True,
                "fs_cc": "set",
                "fs_paa": time.time(),
                "fs_gexp": 0,
                "identity.id": uniquifier,
            }
        )
    return client
