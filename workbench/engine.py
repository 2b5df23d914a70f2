"""How a database is opened: SQLite so that nothing acknowledged is lost and readers never wait, PostgreSQL in UTC.

On SQLite, ``BEGIN IMMEDIATE`` takes the write lock before anything is read, which is what makes read-then-write safe; a
unit of work asks for it with the execution option ``workbench.db.WRITE``. Reads begin plainly and take no lock.
"""

from __future__ import annotations

import sqlite3
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, event

from lots.errors import Finding, ProcurementError
from workbench.db import WRITE

OLDEST_SQLITE = (3, 51, 3)
"""The first release in which a checkpoint beside a writer cannot corrupt the write-ahead log."""
_PRAGMAS = (
    "journal_mode = wal",
    "synchronous = full",
    "foreign_keys = on",
    "busy_timeout = 30000",
    "trusted_schema = off",
    "recursive_triggers = on",  # else INSERT OR REPLACE removes a row without asking the triggers
)
_FULL = 2
_POSTGRESQL = "-c timezone=UTC -c lock_timeout=30000 -c idle_in_transaction_session_timeout=60000"


class DatabaseError(ProcurementError):
    """A database the application must not start with."""


def sqlite_module() -> ModuleType:
    """Return Python's own SQLite where it is new enough, else the one that comes with the application."""
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return sqlite3
    import pysqlite3

    return pysqlite3


def engine_options(url: str) -> dict[str, Any]:
    """Return the options an engine for ``url`` is made with."""
    if url.startswith("sqlite:"):
        return {"module": sqlite_module(), "connect_args": {"timeout": 30}}
    return {"pool_pre_ping": True, "connect_args": {"options": _POSTGRESQL}}


def prepare(engine: Engine) -> Engine:
    """Set up how connections of a SQLite engine open and begin; other engines need nothing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _opened)
        event.listen(engine, "begin", _began)
    return engine


def _opened(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _began does
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _began(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def check(engine: Engine) -> None:
    """Refuse a database that could lose or corrupt what it acknowledged: DatabaseError says why."""
    if engine.dialect.name != "sqlite":
        return
    check_version(engine.dialect.dbapi.sqlite_version_info)  # type: ignore[union-attr]
    with engine.connect() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        mapped = connection.exec_driver_sql("PRAGMA mmap_size").scalar()
    if synchronous != _FULL:
        raise _refused(f"synchronous is {synchronous} and must be {_FULL} (FULL)")
    if journal != "wal":
        raise _refused(f"the journal is “{journal}” and must be “wal”: put the file on a local disk")
    if mapped:
        raise _refused(f"memory-mapped reading is on ({mapped} bytes) and must be off")


def check_version(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that is older than the fix of its worst fault."""
    if version < OLDEST_SQLITE:
        has, needs = (".".join(map(str, it)) for it in (version, OLDEST_SQLITE))
        raise _refused(f"SQLite {has} can corrupt a busy database; {needs} or newer is needed: install pysqlite3")


def _refused(why: str) -> DatabaseError:
    message = f"The database cannot be used: {why}"
    return DatabaseError(message, [Finding("database_refused", message, "WORKBENCH_DATABASE_URL")])
