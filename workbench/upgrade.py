"""Bringing a database to the tables of this version: made new, or upgraded after a copy of it was put aside."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

from lots.errors import Finding, ProcurementError
from workbench.db import WRITE
from workbench.engine import check, engine_options, prepare

STEPS = Path(__file__).resolve().parent / "migrations"


class UpgradeError(ProcurementError):
    """A database that cannot be made or upgraded as asked."""


def open_database(url: str) -> Engine:
    """Open a database for a command: with the settings of the application and no pool."""
    engine = prepare(create_engine(url, poolclass=NullPool, **engine_options(url)))
    check(engine)
    return engine


def revision_of(engine: Engine) -> str | None:
    """Return the step a database stands at; None for one without tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the last step that this version has."""
    head = ScriptDirectory.from_config(settings()).get_current_head()
    if head is None:
        raise UpgradeError("This version has no steps for a database: install it again")
    return head


def is_current(engine: Engine) -> bool:
    """Say whether a database has the tables of this version."""
    return revision_of(engine) == newest()


def create(engine: Engine) -> str:
    """Make the tables in an empty database and return the step it stands at; refused where there are any."""
    with engine.connect() as connection:
        there = inspect(connection).get_table_names()
    if there:
        raise _refused("The database has tables already: upgrade it with workbench upgrade-db")
    _run(engine)
    return newest()


def upgrade(engine: Engine, backups: Path, *, at: datetime, copied: bool = False) -> Path | None:
    """Upgrade a database after copying it into ``backups``, and return the copy; None if there was nothing to do.

    ``copied`` says that somebody made a copy already.
    """
    now = revision_of(engine)
    if now is None:
        raise _refused("The database has no tables of the workbench: make them with workbench init-db")
    if now == newest():
        return None
    if now not in {step.revision for step in ScriptDirectory.from_config(settings()).walk_revisions()}:
        raise _refused(f"The database was made by a newer version of the workbench (step {now}): install that version")
    copy = None if copied else back_up(engine, backups, at=at, name=f"before-{newest()}")
    _run(engine)
    return copy


def back_up(engine: Engine, folder: Path, *, at: datetime, name: str) -> Path | None:
    """Copy a whole database into a folder while it is in use, and return the file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = f"{at:%Y%m%d-%H%M%S}-{name}"
    if engine.dialect.name == "sqlite":
        return _copy_sqlite(engine, folder / f"{stem}.sqlite")
    return _dump_postgresql(engine, folder / f"{stem}.dump")


def _copy_sqlite(engine: Engine, target: Path) -> Path:
    module = engine.dialect.dbapi
    assert module is not None
    raw = engine.raw_connection()
    copy = module.connect(str(target))
    try:
        raw.driver_connection.backup(copy)  # type: ignore[union-attr]
        sound = copy.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        copy.close()
        raw.close()
    target.chmod(0o600)
    if sound != "ok":
        raise _refused(f"The copy of the database is damaged ({sound[:80]}); nothing was upgraded")
    return target


def _dump_postgresql(engine: Engine, target: Path) -> Path:
    program = shutil.which("pg_dump")
    if program is None:
        raise _refused(
            "There is no pg_dump on this machine to copy the database with: install it, or copy the database yourself "
            "and say --copied"
        )
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run([program, "-Fc", "-f", str(target), url], capture_output=True, check=False)
    if done.returncode:
        raise _refused("pg_dump could not copy the database; nothing was upgraded")
    target.chmod(0o600)
    return target


def settings(connection: Connection | None = None) -> AlembicConfig:
    """Return Alembic's settings, with the connection its steps run on."""
    made = AlembicConfig()
    made.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def _run(engine: Engine) -> None:
    with writing(engine) as connection:
        command.upgrade(settings(connection), "head")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction that locks the database; all of it is kept or nothing.

    SQLite rebuilds a table to change it, which its foreign keys would stop: they are off meanwhile and checked after.
    """
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        _foreign_keys(connection, "off")
        try:
            with connection.begin():
                yield connection
                _check_references(connection)
        finally:
            _foreign_keys(connection, "on")


def _foreign_keys(connection: Connection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys = {state}")  # has no effect inside a transaction


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise _refused("After the step a row refers to one that is not there; nothing was upgraded")


def _refused(message: str) -> UpgradeError:
    return UpgradeError(message, [Finding("upgrade_refused", message, "the database")])
