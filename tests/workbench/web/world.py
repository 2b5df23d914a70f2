"""Two authorities with people in every role and tenders in every stage, for the tests that try all on all."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.factories import a_tender, a_user, an_actor, an_assignment, an_authority
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db
from workbench.policies import AUTHORITY_ROLES, STAGES, TENDER_ROLES, Actor

CANARY = "Kanarienvogel"
NOBODY = "nobody"
STRANGER = "stranger"


@dataclass(frozen=True)
class ATender:
    """What the policy table needs to know of a tender, and the words that only those who may see it may read."""

    id: str
    authority_id: str
    stage: str
    canary: str


@dataclass
class World:
    """Everything the matrix needs: clients and actors by name, tenders by stage, and a copy of the database."""

    app: Workbench
    file: Path
    people: dict[str, Actor] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    tenders: dict[str, ATender] = field(default_factory=dict)
    foreign: ATender | None = None

    @property
    def samples(self) -> Mapping[str, object]:
        """Return an argument for every name that a route may have; a new name needs a line here."""
        return {
            "user_id": self.people["evaluator"].user_id, "way": "blank",
            "session_id": "0" * 64, "secret": "s" * 43, "token": "t" * 43,
            "kind": "lot", "key": "adult", "place": "0", "task_id": "lots",
            "digest": "d" * 16, "name": "app.js", "number": 1,
            "question_id": "q" * 36, "notice": 1, "document": "annex", "reference": "T-0", "code": "c" * 8,
            "bid_id": "b" * 36, "part": "decision",
            "key_id": "k" * 36, "criterion": "c", "lot": "adult", "issue": 1, "recommendation": 1,
            **{f"{name}_id": name[0] * 36 for name in (
                "declaration", "benchmark", "query", "letter", "card", "paper", "member",
            )},
        }  # fmt: skip

    def digest(self) -> str:
        """Digest every table but the sessions, whose last page is kept whoever asks for what."""
        with closing(sqlite3.connect(self.file)) as connection:
            lines = (line for line in connection.iterdump() if 'INTO "sessions"' not in line)
            return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def restore(self) -> None:
        """Put the database back to what it was at first."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.file.with_suffix(".copy"), self.file)

    def keep(self) -> None:
        """Remember the database as it is."""
        with self.app.app_context():
            db.session.remove()
            with closing(sqlite3.connect(self.file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
        shutil.copyfile(self.file, self.file.with_suffix(".copy"))


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """Make the world in a folder."""
    url = databases.usual_url(folder)
    with running(databases.a_config(url, folder)) as app:
        world = World(app, Path(url.removeprefix("sqlite:///")))
        app.config["PROPAGATE_FAULTS"] = False
        with app.app_context():
            marks = _populate(world)
        world.clients = {name: signed_in(app, mark) for name, mark in marks.items()} | {NOBODY: app.test_client()}
        world.keep()
        yield world


def _populate(world: World) -> dict[str, str]:
    ours, theirs = an_authority("Ours"), an_authority(f"{CANARY}-authority")
    people = {role: a_user(ours) for role in TENDER_ROLES}
    people |= {f"{role} of the authority": a_user(ours, role) for role in AUTHORITY_ROLES}
    people |= {"colleague": a_user(ours)}
    people |= {STRANGER: a_user(theirs, "officer", "administrator", name=f"{CANARY}-stranger")}
    for stage in STAGES:
        tender = a_tender(ours, stage=stage, title=f"{CANARY}-{stage}-here")
        world.tenders[stage] = ATender(tender.id, ours.id, stage, tender.title)
        for role in TENDER_ROLES:
            an_assignment(tender, people[role], role)
    foreign = a_tender(theirs, title=f"{CANARY}-foreign-here")
    an_assignment(foreign, people[STRANGER], "officer")
    world.foreign = ATender(foreign.id, theirs.id, "draft", foreign.title)
    db.session.commit()
    world.people = {name: an_actor(row) for name, row in people.items()}
    return {name: row.fs_uniquifier for name, row in people.items()}
