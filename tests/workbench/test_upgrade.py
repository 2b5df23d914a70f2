"""The tables' history: the steps end where the models are, on both databases, and rows survive an upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.factories import NOW, a_tender, an_authority
from workbench import audit, upgrade
from workbench.append_only import PROTECTED
from workbench.db import Base, begin_writing, db
from workbench.upgrade import UpgradeError


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite"
        return
    with databases.postgresql_url(request.getfixturevalue("postgresql_server"), empty=True) as url:
        yield url


@pytest.fixture
def engine(empty_url: str) -> Engine:
    """The empty database, opened as a command opens it."""
    return upgrade.open_database(empty_url)


def test_the_steps_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    assert upgrade.create(engine) == upgrade.newest()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": engine.dialect.name == "postgresql"})
        assert compare_metadata(context, Base.metadata) == []


def test_the_steps_protect_every_table_that_is_written_once(engine: Engine) -> None:
    upgrade.create(engine)
    with engine.connect() as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "postgresql":
            names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        found = {str(name) for name in connection.scalars(text(names))}
    suffixes = (
        ("never_update", "never_delete") if engine.dialect.name == "sqlite" else ("written_once", "never_emptied")
    )
    assert found == {f"{table}_{suffix}" for table in PROTECTED for suffix in suffixes}


def test_every_table_of_a_sqlite_database_is_strict(tmp_path: Path) -> None:
    engine = upgrade.open_database(f"sqlite:///{tmp_path}/empty.sqlite")
    upgrade.create(engine)
    with engine.connect() as connection:
        loose = connection.scalars(
            text("SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main'")
        ).all()
    assert {name for name in loose if not name.startswith("sqlite_")} == {"alembic_version"}


def test_tables_are_not_made_twice(engine: Engine) -> None:
    upgrade.create(engine)
    with pytest.raises(UpgradeError, match="has tables already"):
        upgrade.create(engine)


def test_a_database_of_another_program_is_not_upgraded(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UpgradeError, match="no tables of the workbench"):
        upgrade.upgrade(engine, tmp_path, at=NOW)


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    upgrade.create(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UpgradeError, match="made by a newer version"):
        upgrade.upgrade(engine, tmp_path, at=NOW)


def populate(url: str, folder: Path) -> None:
    """Put an authority, a tender and two events into a database."""
    with running(databases.a_config(url, folder)) as app, app.app_context():
        begin_writing()
        tender = a_tender(an_authority("Avon"), title="Adult ISVA")
        for n in range(2):
            audit.record("lot.saved", f"Lot {n}", chain=f"tender:{tender.id}", actor=None, at=NOW, details={"n": n})
        db.session.commit()


def facts(engine: Engine) -> list[object]:
    """Return what must survive: the tender, and every byte of the chain."""
    with Session(engine) as session:
        titles = session.scalars(text("SELECT title FROM tenders")).all()
        names = session.scalars(text("SELECT name FROM authorities")).all()
        chain = session.execute(text("SELECT seq, canon, salt, leaf, head FROM events ORDER BY seq")).all()
    return [*titles, *names, *((seq, bytes(canon), bytes(salt), *ends) for seq, canon, salt, *ends in chain)]


def a_step(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Give the installation one step more than it has."""
    steps = folder / "migrations"
    (steps / "versions").mkdir(parents=True)
    for path in upgrade.STEPS.rglob("*"):
        if path.suffix in {".py", ".mako"}:
            (steps / path.relative_to(upgrade.STEPS)).write_bytes(path.read_bytes())
    head = upgrade.newest()
    (steps / "versions" / "9000_next.py").write_text(
        f'revision = "9000"\ndown_revision = "{head}"\n'
        f"import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n    {body}\n"
    )
    monkeypatch.setattr(upgrade, "STEPS", steps)


REBUILD = 'with op.batch_alter_table("tenders", recreate="auto") as t: t.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False)); t.alter_column("title", type_=sa.String(length=400))'  # noqa: E501


def test_an_upgrade_keeps_every_row_and_every_byte_of_the_chain(
    engine: Engine, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade.create(engine)
    populate(empty_url, tmp_path)
    before = facts(engine)
    a_step(monkeypatch, tmp_path, REBUILD)
    postgresql = engine.dialect.name == "postgresql"
    copy = upgrade.upgrade(engine, tmp_path / "backups", at=NOW, copied=postgresql)
    assert upgrade.revision_of(engine) == "9000"
    assert facts(engine) == before
    assert len(before) == 4
    if not postgresql:
        assert copy == tmp_path / "backups" / "20260706-090000-before-9000.sqlite"
        old = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
        assert facts(old) == before


def test_a_step_that_fails_half_way_leaves_the_database_as_it_was(
    engine: Engine, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade.create(engine)
    populate(empty_url, tmp_path)
    before, head = facts(engine), upgrade.revision_of(engine)
    a_step(monkeypatch, tmp_path, 'op.execute("UPDATE tenders SET title = \'lost\'"); op.execute("DELETE FROM events")')
    with pytest.raises(DBAPIError, match="are written once"):
        upgrade.upgrade(engine, tmp_path / "backups", at=NOW, copied=True)
    assert (facts(engine), upgrade.revision_of(engine)) == (before, head)
