"""The demonstration's case while its panel scores: bids opened, interests declared, nobody has scored anything.

``scoring(folder)`` yields the application and a :class:`World`; it is built once for a run and copied for each test.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.evaluated import ADDRESS, the_case
from tests.workbench.published import World
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.config import Config
from workbench.db import db
from workbench.demo.cases import opened_case
from workbench.demo.people import DemoPeople
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import DeclarationRecord
from workbench.models.tenders import TenderRecord

NOW = datetime(2024, 8, 1, 9, 0, tzinfo=UTC)
"""A morning on which the panel scores."""


@contextmanager
def scoring(folder: Path, **settings: object) -> Iterator[tuple[Workbench, World]]:
    """Yield an application of its own, in its context, with the case being scored."""
    if os.environ.get("WORKBENCH_TESTS_ON") == "postgresql":
        url, fresh = databases.usual_url(folder), True
    else:
        shutil.copytree(_template(), folder, dirs_exist_ok=True)
        url, fresh = f"sqlite:///{folder / 'workbench.sqlite'}", False
    with running(databases.a_config(url, folder, **settings)) as app, app.app_context():
        if fresh:
            _fill(app.config["WORKBENCH"])
        yield app, _found()


@lru_cache(maxsize=1)
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="workbench-scoring-"))
    with running(databases.a_config(databases.sqlite_url(folder), folder)) as app, app.app_context():
        _fill(app.config["WORKBENCH"])
    with closing(sqlite3.connect(folder / "workbench.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def _found() -> World:
    """Find the people again: by role, as the case lists them."""
    people = {member.name: member for member in db.session.query(UserRecord)}
    by_role: dict[str, list[UserRecord]] = {}
    for member in the_case().panel:
        for role in member.roles:
            by_role.setdefault(role, []).append(people[member.name])
    return World(db.session.query(TenderRecord).one(), by_role)


def _fill(config: Config) -> None:
    people, tender = opened_case(address=lambda _: ADDRESS, config=config)
    _declare(tender, people)
    tender.stage = "evaluation"
    db.session.commit()
    recorded().clear()


def _declare(tender: TenderRecord, people: DemoPeople) -> None:
    """Have everybody declare about everybody; what the case does not say is no interest."""
    case = the_case()
    said = {(it.member, it.organisation): it for it in case.declarations}
    for member in case.panel:
        for organisation in case.organisations:
            it = said.get((member.id, organisation.id))
            db.session.add(
                DeclarationRecord(
                    tender_id=tender.id, user_id=people.by_member[member.id].id, organisation=organisation.id,
                    name=organisation.name, number=1, interest=it.interest if it else "none",
                    detail=it.detail if it else "", declared_at=datetime.combine(NOW.date(), time(8), UTC),
                )
            )  # fmt: skip
