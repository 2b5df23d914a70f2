"""Figures and log lines: they say how busy the service is, and never what tenderers do in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.workbench.conftest import submit
from workbench import audit
from workbench.app import Workbench
from workbench.db import db
from workbench.web.logs import PUBLIC


def figures(client: FlaskClient, start: str) -> list[str]:
    return [line for line in client.get("/metrics").text.splitlines() if line.startswith(start)]


@pytest.mark.parametrize("path", ["bid/start", "bid/lots/adult/submit", "bid/lots/adult/withdraw", "check/adult/live"])
def test_what_tenderers_send_is_counted_under_one_name_with_what_the_public_reads(
    lite_app: Workbench, path: str
) -> None:
    client = lite_app.test_client()
    client.get("/notices/it/")
    submit(client, f"/notices/it/{path}")
    found = figures(client, "workbench_requests_total")
    named = [line for line in found if "notices" in line]
    assert len(named) == 2
    assert all(f'route="{PUBLIC}"' in line for line in named)


def test_logs_of_bids_drafts_and_followers_are_not_counted(lite_app: Workbench) -> None:
    client = lite_app.test_client()
    before = figures(client, "workbench_events") + figures(client, "workbench_chains")
    with lite_app.app_context():
        for chain in ("bid:1", "draft:1", "follower:1"):
            audit.record("submitted", "x", chain=chain, actor=None, at=datetime(2026, 1, 1, tzinfo=UTC), details={})
        db.session.commit()
    assert figures(client, "workbench_events") + figures(client, "workbench_chains") == before
    with lite_app.app_context():
        audit.record("x", "x", chain="tender:1", actor=None, at=datetime(2026, 1, 1, tzinfo=UTC), details={})
        db.session.commit()
    assert figures(client, "workbench_events") + figures(client, "workbench_chains") != before
