"""The database under load: no update lost, no reader waiting, and nothing unsafe started with."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.workbench.factories import a_tender, an_authority
from workbench import engine
from workbench.app import Workbench
from workbench.config import Config
from workbench.db import begin_writing, db
from workbench.engine import DatabaseError
from workbench.models.tenders import TenderRecord

THREADS, ROUNDS = 8, 150


def test_of_1200_read_then_write_saves_by_eight_at_once_none_is_lost(lite_app: Workbench) -> None:
    with lite_app.app_context():
        tender_id = _committed_tender()

    def count() -> None:
        with lite_app.app_context():
            for _ in range(ROUNDS):
                begin_writing()
                tender = db.session.get_one(TenderRecord, tender_id)
                tender.version = tender.version + 1
                db.session.commit()
            db.session.remove()

    failures = _together([count] * THREADS)
    with lite_app.app_context():
        assert (failures, db.session.scalar(select(TenderRecord.version))) == ([], 1 + THREADS * ROUNDS)


def test_of_saves_that_test_the_version_none_overwrites_another_on_either_database(app: Workbench) -> None:
    won: list[int] = []
    with app.app_context():
        tender_id = _committed_tender()

    def save() -> None:
        with app.app_context():
            for _ in range(20):
                begin_writing()
                seen = db.session.scalars(select(TenderRecord.version)).one()
                mine = update(TenderRecord).where(TenderRecord.id == tender_id, TenderRecord.version == seen)
                done = db.session.execute(mine.values(version=seen + 1)).rowcount
                db.session.commit()
                won.append(done)
            db.session.remove()

    failures = _together([save] * 4)
    with app.app_context():
        assert failures == []
        assert db.session.scalar(select(TenderRecord.version)) == 1 + sum(won)
        assert len(won) == 80


def test_a_reader_neither_waits_for_a_writer_nor_makes_one_wait(lite_app: Workbench) -> None:
    with lite_app.app_context():
        _committed_tender()
        begin_writing()
        db.session.execute(update(TenderRecord).values(title="not yet committed"))
        seen: list[tuple[str, float]] = []

        def read() -> None:
            with lite_app.app_context():
                begun = time.perf_counter()
                title = db.session.scalars(select(TenderRecord.title)).one()
                seen.append((title, time.perf_counter() - begun))
                db.session.remove()

        assert _together([read] * 4) == []
        db.session.commit()
    assert [title for title, _ in seen] == ["Old"] * 4
    assert max(took for _, took in seen) < 5  # a reader that waited would wait 30 seconds


def test_a_unit_of_work_that_only_reads_takes_no_write_lock(lite_app: Workbench) -> None:
    with lite_app.app_context():
        _committed_tender()
        db.session.scalars(select(TenderRecord.title)).one()  # a transaction that stays open
        url = db.engine.url.render_as_string()
        other = engine.prepare(create_engine(url, poolclass=NullPool, **engine.engine_options(url)))
        with other.connect().execution_options(workbench_write=True) as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            connection.execute(update(TenderRecord).values(title="New"))
            connection.commit()
        assert db.session.scalars(select(TenderRecord.title)).one() == "Old"  # its snapshot stands
        db.session.rollback()
        assert db.session.scalars(select(TenderRecord.title)).one() == "New"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tenders (id, authority_id, reference, title, regime, stage, version, lots_count) SELECT 'x'",
        "UPDATE tenders SET authority_id = 'nobody'",
        "UPDATE tenders SET stage = 'awarded by hand'",
        "UPDATE tenders SET version = 'many'",
        "UPDATE tenders SET title = NULL",
    ],
)
def test_the_database_refuses_what_the_tables_do_not_allow(app: Workbench, statement: str) -> None:
    with app.app_context():
        _committed_tender()
        begin_writing()
        with pytest.raises(DBAPIError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_sqlite_is_opened_so_that_nothing_acknowledged_is_lost(lite_app: Workbench) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
    with lite_app.app_context(), db.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000, "trusted_schema": 0,
    }  # fmt: skip


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 40, 1), (3, 8, 0)])
def test_a_sqlite_that_can_corrupt_a_busy_database_is_refused(version: tuple[int, int, int]) -> None:
    with pytest.raises(DatabaseError, match=r"can corrupt a busy database; 3\.51\.3 or newer is needed"):
        engine.check_version(version)


def test_the_sqlite_in_use_is_new_enough() -> None:
    engine.check_version((3, 51, 3))
    assert engine.sqlite_module().sqlite_version_info >= (3, 51, 3)


@pytest.mark.parametrize(
    ("pragma", "why"),
    [("synchronous = normal", "synchronous is 1"), ("journal_mode = delete", "the journal is “delete”")],
)
def test_a_database_that_could_lose_what_it_acknowledged_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str, why: str
) -> None:
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, pragma))
    url = f"sqlite:///{tmp_path}/weak.sqlite"
    weak = engine.prepare(create_engine(url, poolclass=NullPool, **engine.engine_options(url)))
    with pytest.raises(DatabaseError, match=why):
        engine.check(weak)


def test_postgresql_speaks_utc_and_does_not_wait_for_ever(config: Config) -> None:
    if config.is_sqlite:
        pytest.skip("about PostgreSQL")
    made = create_engine(config.database_url, poolclass=NullPool, **engine.engine_options(config.database_url))
    with made.connect() as connection:
        settings = [connection.scalar(text(f"SHOW {name}")) for name in ("timezone", "lock_timeout")]
    assert settings == ["UTC", "30s"]


def _committed_tender() -> str:
    tender = a_tender(an_authority(), title="Old")
    db.session.commit()
    return str(tender.id)


def _together(works: list) -> list[BaseException]:
    """Run functions at once and return what they raised."""
    failures: list[BaseException] = []

    def guarded(work) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures
