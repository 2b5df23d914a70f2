"""A tender whose five bids were opened, and what its panel declared, for tests of all that follows.

The bids are those of ``tests.factories``: harbour, quayside and beacon lead, rowan is everybody's partner but that of
beacon's bid for children, whose partner is quayside. Every answer holds :func:`canary`, a word found nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lots.sealing import Sealing
from lots.submission import Answer, Binding
from scoring.conflicts import named_in
from scoring.tender_file import TenderFile
from tests import factories
from tests.scoring.test_received import apart
from tests.workbench.opening import closed, opened
from tests.workbench.published import World
from tests.workbench.sealed import DEADLINE, FOUR, a_file, a_sealed_world, committed, publication, times
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
    bids: TenderFile | None = None, *, sealing: Sealing = FOUR, stage: str = "opened", **tender: Any
) -> World:
    """Publish a tender, have its bids sealed and opened, and put it in a stage; ``tender`` changes its rules."""
    file = a_file(sealing)
    world = a_sealed_world(sealing, replace(file, tender=replace(file.tender, **tender)))
    held = publication(world)
    for sent in apart(bids or factories.tender_file()):
        name, lot = sent.submission.binding.bid, sent.submission.binding.lot
        bound = Binding(world.tender.id, lot, name, 1, held.rule_set, held.sha256)
        answers = tuple(Answer(each, f"{canary(name, each)} and so we answer.") for each in CRITERIA)
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


__all__ = ["CRITERIA", "OPENED", "World", "a_declaration", "all_declared", "an_opened_world", "canary", "declared"]
