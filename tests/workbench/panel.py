"""A tender whose five bids were opened, and what its panel declared, for tests of all that follows.

The bids are those of ``tests.factories``: harbour, quayside and beacon lead, rowan is everybody's partner but that of
beacon's bid for children, whose partner is quayside. Every answer holds :func:`canary`, a word found nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask.testing import FlaskClient

from lots.sealing import Sealing
from lots.submission import Answer, Binding
from scoring.conflicts import named_in
from scoring.tender_file import TenderFile
from tests import factories
from tests.scoring.test_received import apart
from tests.workbench import databases
from tests.workbench import factories as rows
from tests.workbench.conftest import running
from tests.workbench.opening import closed, opened
from tests.workbench.published import World, without_memory
from tests.workbench.sealed import DEADLINE, FOUR, a_file, a_sealed_world, committed, publication, times
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import DeclarationRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.bids.opened import file_with_bids
from workbench.services.bids import submissions
from workbench.services.evaluation import interests as interest_services
from workbench.services.evaluation.interests import Said

OPENED = DEADLINE + timedelta(days=3)
CRITERIA = ("delivery", "workforce", "social")
ORGANISATIONS = ("beacon", "harbour", "quayside", "rowan")
SCORERS = ("evaluator", "moderator")


def canary(bid: str, criterion: str) -> str:
    """Give the word that only one answer holds."""
    return f"Kanari{bid.replace('-', '')}{criterion}"


def an_opened_world(
    bids: TenderFile | None = None, *, sealing: Sealing = FOUR, stage: str = "opened",
    more: Callable[[str], str] = lambda bid: "", **tender: Any,
) -> World:  # fmt: skip
    """Publish a tender, have its bids sealed and opened, and put it in a stage; ``tender`` changes its rules.

    ``more`` says what else stands in every answer of a bid.
    """
    file = a_file(sealing)
    world = a_sealed_world(sealing, replace(file, tender=replace(file.tender, **tender)))
    held = publication(world)
    for sent in apart(bids or factories.tender_file()):
        name, lot = sent.submission.binding.bid, sent.submission.binding.lot
        bound = Binding(world.tender.id, lot, name, 1, held.rule_set, held.sha256)
        answers = tuple(Answer(each, f"{canary(name, each)} and so we answer.{more(name)}") for each in CRITERIA)
        assert sent.price is not None
        submission = replace(sent.submission, binding=bound, answers=answers)
        price = replace(sent.price, binding=bound)
        submissions.submit(world.tender, held, submission, price, **times(sent.received_at))
        committed()
    opened(closed(world))
    world.tender.stage = stage
    db.session.commit()
    return world


def declared(world: World, person: UserRecord, /, **interests: str) -> None:
    """Have somebody declare about every organisation: none, but for those named (``quayside="conflicted"``)."""
    for name in ORGANISATIONS:
        db.session.add(a_declaration(world.tender, person, name, interests.get(name, "none")))
    db.session.commit()


@dataclass
class Case:
    """A tender for many tests: each brings people of its own, whom no other test knows."""

    app: Workbench
    world: World
    people: dict[str, list[UserRecord]] = field(default_factory=dict)

    def anew(self) -> Case:
        """Return the same tender without any of the people."""
        return Case(self.app, self.world)

    def person(self, role: str, number: int = 0, lot: str = "", criteria: str = "") -> UserRecord:
        """Return somebody new with a role, the same for the same number."""
        held = self.people.setdefault(role, [])
        while len(held) <= number:
            held.append(rows.a_user(self.world.tender.authority, name=f"New {role}"))
            given = rows.an_assignment(self.world.tender, held[-1], role, lot)
            given.criteria = criteria
            db.session.commit()
        return held[number]

    def client(self, role: str, number: int = 0) -> FlaskClient:
        """Sign them in."""
        return without_memory(signed_in(self.app, self.person(role, number).fs_uniquifier))

    def url(self, page: str) -> str:
        """Give the address of a page of the tender."""
        return f"/tenders/{self.world.tender.id}/{page}"

    def page(self, role: str, page: str, number: int = 0) -> str:
        """Return the text of a page as somebody reads it."""
        answer = self.client(role, number).get(self.url(page))
        assert answer.status_code == 200, answer.status_code
        return answer.text


@contextmanager
def a_case(folder: Path, **world: Any) -> Iterator[Case]:
    """Make an opened tender in a folder, at the time after its opening."""
    config = databases.a_config(databases.usual_url(folder), folder)
    with running(config) as app, app.app_context(), time_machine.travel(OPENED, tick=False):
        yield Case(app, an_opened_world(**world))


def a_declaration(
    tender: TenderRecord, person: UserRecord, organisation: str, interest: str, number: int = 1
) -> DeclarationRecord:
    """Make one declaration of a person about one organisation."""
    return DeclarationRecord(
        tender_id=tender.id, user_id=person.id, organisation=organisation, name=f"{organisation.title()} Trust",
        number=number, interest=interest, detail="" if interest == "none" else "My brother works there.",
        declared_at=OPENED,
    )  # fmt: skip


def declares(tender: TenderRecord, actor: Actor, at: datetime = OPENED, /, **interests: str) -> None:
    """Have somebody declare by the service, about the organisations of whatever bids there are; commits nothing."""
    said = {name: interests.get(name, "none") for name in named_in(file_with_bids(tender).bids)}
    told = {name: Said(each, "" if each == "none" else "My brother works there.") for name, each in said.items()}
    interest_services.declare(tender, told, actor=actor, at=at)


def all_declared(world: World, *roles: str) -> World:
    """Have everybody with one of some roles (who scores or chairs, unless told) declare that they have no interest."""
    for role in roles or SCORERS:
        for person in world.people[role]:
            declared(world, person)
    return world
