"""What the audit trail of a publication holds, on both databases."""

from __future__ import annotations

import json

from sqlalchemy.orm import scoped_session

from tests.workbench.published import a_world, published
from workbench.queries import history
from workbench.queries import publishing as reads


def test_the_event_of_publication_holds_every_digest(db_session: scoped_session) -> None:
    world = published(a_world())
    lines = history.exported(world.tender.id).splitlines()
    details = json.loads(json.loads(lines[-1])["canon"])["details"]
    assert details["rules_sha256"] == world.digest
    assert details["files"] == {row.name: row.sha256 for row in reads.files_of(world.tender.id)}
