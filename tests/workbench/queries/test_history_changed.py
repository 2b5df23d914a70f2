"""The audit trail after somebody changed the database by other means: the page still comes, and names what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.factories import a_tender, a_user, an_actor, an_assignment, an_authority
from tests.workbench.signing import signed_in
from workbench import audit, clock
from workbench.app import Workbench
from workbench.db import db
from workbench.queries import history

CHANGES = (
    "UPDATE events SET canon = :bytes WHERE seq = 2",
    "UPDATE events SET canon = :empty",
    "UPDATE events SET leaf = 'zz' WHERE seq = 1",
    "UPDATE events SET salt = :bytes",
    "DELETE FROM events WHERE seq = 3",
    "DELETE FROM events WHERE seq = 1",
    "UPDATE chains SET length = 0, head = ''",
    "UPDATE chains SET length = 2, head = (SELECT head FROM events WHERE seq = 2)",
    "UPDATE chains SET head = '00'",
)


@pytest.fixture
def trail(app: Workbench) -> tuple[str, FlaskClient]:
    """A tender with three events, and its officer's browser."""
    with app.app_context():
        officer = a_user(an_authority(), "officer")
        tender = a_tender(officer.authority)
        an_assignment(tender, officer, "officer")
        for number in range(3):
            name, details = audit.tender_chain(tender.id), {"part": "lot", "key": str(number)}
            audit.record("part_saved", "lot", chain=name, actor=an_actor(officer), at=clock.now(), details=details)
        audit.recorded().clear()
        db.session.commit()
        return tender.id, signed_in(app, officer.fs_uniquifier)


def without_triggers(change: str) -> None:
    """Do what somebody with the whole database can: take the guard off first."""
    sqlite = db.engine.dialect.name == "sqlite"
    names = ("events_never_update", "events_never_delete") if sqlite else ("events_written_once",)
    for name in names:
        db.session.execute(text(f"DROP TRIGGER {name}" + ("" if sqlite else " ON events")))
    values = {"bytes": b"\xff\x00", "empty": b"{}"}
    db.session.execute(text(change), {name: value for name, value in values.items() if f":{name}" in change})
    db.session.commit()


@pytest.mark.parametrize("change", CHANGES)
def test_a_trail_that_was_changed_says_so_on_its_page_and_in_its_file(
    app: Workbench, trail: tuple[str, FlaskClient], change: str
) -> None:
    tender_id, client = trail
    with app.app_context():
        assert history.verified(tender_id) == ()
        without_triggers(change)
        assert history.verified(tender_id) != ()
    page = client.get(f"/tenders/{tender_id}/history")
    assert page.status_code == 200
    assert "The trail is whole" not in page.text
    assert client.get(f"/tenders/{tender_id}/history/export").status_code == 200


def test_no_event_is_replaced_by_another(sqlite_url: str, tmp_path: Path) -> None:
    with running(databases.a_config(sqlite_url, tmp_path)) as app, app.app_context():
        audit.record("part_saved", "lot", chain="tender:1", actor=None, at=clock.now(), details={})
        audit.recorded().clear()
        db.session.commit()
        with pytest.raises(DatabaseError, match="never removed"):
            db.session.execute(text("INSERT OR REPLACE INTO events SELECT * FROM events"))
