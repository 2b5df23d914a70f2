"""``workbench check-store``: what is missing or changed is named, how much there is never."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.running import run, run_json
from tests.workbench.sealed import CODE, LIGHT, SERVER_KEY, a_sealed_world, submitted
from workbench.db import db
from workbench.engine import engine_options, prepare
from workbench.models.bids import DraftFileRecord, DraftRecord
from workbench.sealing.age import new_identity
from workbench.store import Store


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a sealed bid and a sealed file; returns the file's digest."""
    url = databases.sqlite_url(tmp_path)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", url)
    kept = Store(tmp_path / "store").keep(b"sealed")
    with running(databases.a_config(url, tmp_path)) as app, app.app_context():
        world = a_sealed_world()
        at = submitted(world).committed_at
        draft = DraftRecord(tender_id=world.tender.id, lookup="x", content=b"", created_at=at, changed_at=at)
        db.session.add(draft)
        db.session.flush()
        db.session.add(DraftFileRecord(draft_id=draft.id, sealed_sha256=kept, sealed_size=6, received_at=at))
        db.session.commit()
    return kept


def test_a_sound_store_is_said_to_be_sound_without_a_number(digest: str, tmp_path: Path) -> None:
    old = tmp_path / "store" / "unfinished" / "half"
    old.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    told = run("check-store").output
    assert told.startswith("Everything sealed that the database names is there")
    assert not any(letter.isdigit() for letter in told)
    assert not old.exists()


def test_a_missing_and_a_changed_file_are_named(digest: str, tmp_path: Path) -> None:
    path = Store(tmp_path / "store").path(digest)
    path.write_bytes(b"seaLed")
    assert [(it["code"], it["place"]) for it in run_json("check-store", status=1)["findings"]] == [
        ("file_changed", digest)
    ]
    path.unlink()
    assert [it["code"] for it in run_json("check-store", status=1)["findings"]] == ["file_missing"]


def test_a_changed_envelope_is_named(digest: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/workbench.sqlite"
    engine = prepare(create_engine(url, poolclass=NullPool, **engine_options(url)))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER envelopes_never_update"))
        connection.execute(text("UPDATE envelopes SET content = zeroblob(9) WHERE kind = 'price'"))
    assert [it["code"] for it in run_json("check-store", status=1)["findings"]] == ["envelope_changed"]


def test_a_copy_of_everything_but_the_keys_opens_no_bid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reliability goals T47 and T56: no byte of a bid in database, log, store or copy."""
    url = databases.sqlite_url(tmp_path)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", url)
    secret, recipient = new_identity()
    stored = Store(tmp_path / "store").seal(io.BytesIO(b"a canary in a file" * 99), recipient)
    with running(databases.a_config(url, tmp_path)) as app, app.app_context():
        submitted(a_sealed_world(LIGHT))
        assert run("backup-db").exit_code == 0
        kept = b"".join(
            path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "keys" not in path.parts
        )
    assert stored.sealed_size > 0
    secrets = (CODE.encode(), secret.encode(), SERVER_KEY[0].encode())
    for canary in (b"Harbour Trust", b"ten years", b"60000.00", b"canary", *secrets):
        assert canary not in kept
    assert kept.count(b"SQLite format 3") >= 2
