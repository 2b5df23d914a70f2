"""The application on both databases, a client, a session and a browser, for every test that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from tests.workbench import databases
from workbench.app import Workbench, create_app
from workbench.config import Config
from workbench.db import db

structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with databases.postgresql_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own with every table, once of each kind."""
    if request.param == "sqlite":
        yield databases.sqlite_url(tmp_path)
        return
    with databases.postgresql_url(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database of its own with every table, for what both databases do alike."""
    return databases.sqlite_url(tmp_path)


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings of an installation for tests."""
    return databases.a_config(database_url, tmp_path)


@contextmanager
def running(config: Config) -> Iterator[Workbench]:
    """Make the application with forms that need no token, and close its database at the end."""
    made = create_app(config)
    made.config["WTF_CSRF_ENABLED"] = False
    try:
        yield made
    finally:
        with made.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(config: Config) -> Iterator[Workbench]:
    """The application, on each database; forms need no token (the tests of tokens switch them on)."""
    with running(config) as made:
        yield made


@pytest.fixture
def lite_app(tmp_path: Path) -> Iterator[Workbench]:
    """The application on SQLite (PostgreSQL in its drill), for pages that both databases serve alike."""
    with running(databases.a_config(databases.usual_url(tmp_path), tmp_path)) as made:
        yield made


@pytest.fixture
def client(app: Workbench) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def db_session(app: Workbench) -> Iterator[scoped_session]:
    """The database session, inside the application; what a test adds it commits itself."""
    with app.app_context():
        yield db.session


def submit(client: FlaskClient, url: str, data: dict[str, object] | None = None, **options: object) -> TestResponse:
    """Send a form as a page of ours would: with a fresh key."""
    return client.post(url, data={"_key": str(uuid4()), **(data or {})}, **options)
