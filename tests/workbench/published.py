"""A tender in the database that is ready to be published, with its people, for tests of what follows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import g
from flask.testing import FlaskClient

from exports import tender_file
from exports.rule_changes import rule_set_digest
from scoring.tender_file import TenderFile
from tests.scoring.checks import ready
from tests.workbench import factories as rows
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.parts import Part, split
from workbench.policies import Actor
from workbench.queries.publishing import publication_of
from workbench.queries.tenders import draft_of
from workbench.services import publishing

AT = datetime(2024, 8, 1, 9, 0, tzinfo=UTC)
ADDRESS = "http://localhost/notices/it/"
ROLES = ("officer", "officer", "approver", "approver", "evaluator", "evaluator", "evaluator", "moderator", "finance",
         "opener", "opener", "auditor")  # fmt: skip


@dataclass
class World:
    """A tender and the people who hold a role in it, as ``people["officer"][0]``."""

    tender: TenderRecord
    people: dict[str, list[UserRecord]]

    def actor(self, role: str, number: int = 0) -> Actor:
        """Return somebody with a role as who acts."""
        return rows.an_actor(self.people[role][number])

    @property
    def digest(self) -> str:
        """Return the digest of the draft's rules as they are now."""
        file = draft_of(self.tender).file
        assert file is not None
        return rule_set_digest(file)


def a_world(file: TenderFile | None = None, **values: Any) -> World:
    """Add a tender whose parts are those of a file (one that is ready in every point, unless told)."""
    data = json.loads(tender_file.write(file or ready.file()))
    authority = rows.an_authority()
    tender = rows.a_tender(
        authority, title=data["tender"]["title"], reference=data["tender"]["reference"],
        regime=data["tender"]["regime"], **{"created_at": AT, "changed_at": AT, **values},
    )  # fmt: skip
    for part in split(data):
        db.session.add(_row(tender, part))
    people: dict[str, list[UserRecord]] = {}
    for number, role in enumerate(ROLES):
        person = rows.a_user(authority, name=f"{role.title()} {number}", job_title="Manager")
        rows.an_assignment(tender, person, role)
        people.setdefault(role, []).append(person)
    db.session.commit()
    return World(tender, people)


def _row(tender: TenderRecord, part: Part) -> PartRecord:
    return PartRecord(
        tender_id=tender.id, kind=part.kind, key=part.key, position=part.position, version=1,
        content=json.dumps(part.content, ensure_ascii=False), changed_at=AT,
    )  # fmt: skip


def signed_off(world: World, at: datetime = AT) -> World:
    """Have the tender signed off."""
    publishing.sign_off(world.tender, digest=world.digest, actor=world.actor("approver"), at=at)
    return done(world)


def published(world: World, at: datetime = AT) -> World:
    """Have the tender signed off and published."""
    signed_off(world, at)
    publishing.publish(world.tender, digest=world.digest, address=ADDRESS, actor=world.actor("officer"), at=at)
    return done(world)


def without_memory(client: FlaskClient) -> FlaskClient:
    """Make a client whose requests know nothing of each other, though the test holds the application's context open."""
    opened = client.open

    def open_fresh(*arguments: Any, **values: Any) -> Any:
        for name in list(g):
            g.pop(name)
        return opened(*arguments, **values)

    client.open = open_fresh  # type: ignore[method-assign]
    return client


def client_of(app: Workbench, world: World, role: str, number: int = 0) -> FlaskClient:
    """Sign somebody in who holds a role in the tender."""
    return without_memory(signed_in(app, world.people[role][number].fs_uniquifier))


def address(world: World, page: str = "") -> str:
    """Give the address of a page of the tender."""
    return f"/tenders/{world.tender.id}/{page}"


def done(world: World) -> World:
    """Commit, as the end of a page does: exactly one event must have been recorded."""
    assert len(recorded()) == 1
    recorded().clear()
    db.session.commit()
    return world


def content_of(world: World, kind: str, key: str = "") -> Any:
    """Return the content of a part as it is saved."""
    return draft_of(world.tender).part(kind, key).content  # type: ignore[arg-type]


def version_of(world: World, kind: str, key: str = "") -> int:
    """Return the version of a part."""
    return draft_of(world.tender).part(kind, key).version  # type: ignore[arg-type]


__all__ = ["ADDRESS", "AT", "World", "a_world", "content_of", "done", "publication_of", "published", "signed_off"]
