"""The tenders of the demonstration: the Avon and Somerset case closed and opened, the same services open and in draft.

All are loaded through the services that the pages use, by the people who would have done it, on the days they would.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from exports import tender_file
from exports.rule_changes import rule_set_digest
from scoring.rule_set import rule_set
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile
from workbench.config import Config
from workbench.db import db
from workbench.demo.bids import Round, receive
from workbench.demo.dates import for_today, open_today
from workbench.demo.keys import make_ready
from workbench.demo.later import LATER, advance
from workbench.demo.panel import Panel
from workbench.demo.people import DemoPeople, people_again, seed_people
from workbench.forms.tenders.part import saved
from workbench.models.tenders import TenderRecord
from workbench.parts import split
from workbench.paths import demo_file
from workbench.policies import Actor
from workbench.printing import print_document
from workbench.queries.accounts import actor_for
from workbench.queries.tenders import draft_of
from workbench.sealing.key_files import KeyPair
from workbench.services import deadlines, panel, publishing, questions, tenders
from workbench.services.awards.making import Print
from workbench.services.bids import openings
from workbench.services.bids.followers import Links
from workbench.services.bids.openings import Offer
from workbench.store import Store

SIGNED_OFF = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
PUBLISHED = datetime(2024, 5, 15, 9, 0, tzinfo=UTC)
CLOSED = datetime(2024, 6, 28, 11, 30, tzinfo=UTC)
OPENED = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)
KEYS_MADE = datetime(2024, 5, 13, 10, 0, tzinfo=UTC)
OPENERS = ("opener-1", "opener-2")
OPENED_NAME = {
    "reference": "AS-VS-2025-OPENED", "title": "Victim services from April 2025: the bids opened (to read)",
}  # fmt: skip
CUSTODIANS = {"sealing": {"custody": "custodians"}}
TO_TRY = {
    "officer": "change the draft; read, compare and admit the bids that are opened",
    "opener": "open the bids of the closed tender: two clicks, one of each opener",
    "evaluator": "score the answers of the tender in evaluation, Marian Fenwright first of all",
    "moderator": "agree the scores of the tender in moderation, card by card",
    "approver": "approve the award of the tender that is recommended, or return it",
    "auditor": "read everything, and check that it is whole",
    "administrator": "invite people; see no bid",
}
"""What to do first as somebody of a role."""
# Who asked the questions of the case: made up, as the case does not say.
ASKER = questions.Asked("Esther Vaughan-Lee", "A charity of the region", "office@charity.example", "")


@dataclass(frozen=True)
class Case:
    """The tenders by how far they are, and everybody in them; ``cast`` says who does what, in words.

    ``published`` is closed: its bids wait to be opened. ``open`` takes bids, those of ``opened`` can be read.
    """

    people: DemoPeople
    published: TenderRecord
    draft: TenderRecord
    open: TenderRecord
    opened: TenderRecord
    cast: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Stage:
    """What every step needs: the case, its people, this installation, and where a public page is."""

    file: Mapping[str, Any]
    people: DemoPeople
    config: Config
    address: Callable[[TenderRecord], str]

    def actor(self, member: str) -> Actor:
        """Return somebody of the panel with the roles they hold by now."""
        return actor_for(self.people.by_member[member])


def seed(*, at: datetime, address: Callable[[TenderRecord], str], config: Config) -> Case:
    """Load the authority, its people and the tenders, committing each step; ``address`` gives a public page."""
    file = json.loads(demo_file().read_bytes())
    stage = _Stage(file, _people(file, at), config, address)
    closed, _ = _closed(stage, file)
    draft = _start(stage, for_today(file, at.date()), f"a copy of {file['tender']['reference']}", at)
    _assign(stage, draft, at)
    return Case(stage.people, closed, draft, _open(stage, at), _opened(stage), tuple(_cast(stage)))


def seed_later(
    *,
    address: Callable[[TenderRecord], str],
    config: Config,
    stages: Sequence[str] = tuple(LATER),
    printed: Print = print_document,
) -> Iterator[tuple[str, TenderRecord]]:
    """Load, one after the other, a tender in each stage beyond the opening, once :func:`seed` is done."""
    file = json.loads(demo_file().read_bytes())
    stage = _Stage(file, people_again(file["panel"]), config, address)
    for name in stages:
        yield name, _later(stage, name, printed)


def opened_case(
    *, address: Callable[[TenderRecord], str], config: Config, at: datetime = KEYS_MADE, lots: Sequence[str] = ()
) -> tuple[DemoPeople, TenderRecord]:
    """Load the people and the tender whose bids are opened alone, for whoever goes on from there.

    ``lots`` are those that anybody bids for, all of them unless told.
    """
    file = json.loads(demo_file().read_bytes())
    people = _people(file, at)
    return people, _opened(_Stage(file, people, config, address), lots=lots)


def _cast(stage: _Stage) -> Iterator[tuple[str, str]]:
    """Say who does what here, and as whom to begin."""
    others = {person.name: [role.name for role in person.roles] for person in stage.people.others}
    members = {member["name"]: member["roles"] for member in stage.file["panel"]}
    members[stage.people.by_member["legal"].name] = ["legal"]
    for name, roles in (members | others).items():
        words = ", ".join(roles)
        yield name, f"{words}: {TO_TRY[words]}" if words in TO_TRY else words


def _people(file: Mapping[str, Any], at: datetime) -> DemoPeople:
    buyer = file["tender"]["buyer"]
    panel = [saved(PanelMember, member) for member in file["panel"]]
    people = seed_people(
        buyer["name"], buyer["short_name"], buyer["email"], panel, at=at, address="\n".join(buyer["address"])
    )
    db.session.commit()
    return people


def _closed(
    stage: _Stage, file: Mapping[str, Any], lots: Sequence[str] = ()
) -> tuple[TenderRecord, tuple[KeyPair, ...]]:
    """Publish the case as it was, answer its questions, receive its bids, and close it after its deadline.

    Returns it with the keys that open its bids, in the order of the openers. ``lots`` are those that anybody bids for.
    """
    received = {**file, "tender": {**file["tender"], **CUSTODIANS}}
    tender = _start(stage, received, "the published strategy", SIGNED_OFF - timedelta(days=20))
    _assign(stage, tender, SIGNED_OFF - timedelta(days=10))
    keys = _publish(stage, tender, KEYS_MADE, SIGNED_OFF, PUBLISHED)
    for asked in file["tender"]["clarifications"]:
        _answer(stage, tender, asked)
    case = the_case()
    bids = tuple(bid for bid in case.bids if not lots or bid.lot in lots)
    receive(Round(tender, publishing.held_publication(tender), replace(case, bids=bids), _store(stage)))
    _done(deadlines.close_tender, tender, actor=stage.actor("officer"), at=CLOSED)
    return tender, keys


def the_case() -> TenderFile:
    """Return the case itself."""
    case, _ = tender_file.read(demo_file().read_bytes())
    assert case is not None
    return case


def _opened(stage: _Stage, named: Mapping[str, str] = OPENED_NAME, lots: Sequence[str] = ()) -> TenderRecord:
    """Do the same again under another name, and let both openers open the bids."""
    tender, keys = _closed(stage, {**stage.file, "tender": {**stage.file["tender"], **named}}, lots)
    for step, (opener, pair) in enumerate(zip(OPENERS, keys, strict=False), 1):
        _done(
            openings.take_part, tender, "bid", step, Offer(pair.secret), actor=stage.actor(opener),
            at=OPENED + timedelta(minutes=step), has=_store(stage).has,
        )  # fmt: skip
    return tender


def _later(stage: _Stage, name: str, printed: Print) -> TenderRecord:
    """Do the same again, and let the panel and the decision get as far as a stage."""
    told = LATER[name]
    named = {"reference": f"AS-VS-2025-{name.upper()}", "title": f"Victim services from April 2025: {told.title}"}
    tender = _opened(stage, named, told.lots)
    advance(Panel(tender, the_case(), stage.people, told.lots), name, Links(stage.config.base_url, ()), printed=printed)
    return tender


def _open(stage: _Stage, at: datetime) -> TenderRecord:
    """Publish the same services today, under today's law, for anybody to bid."""
    file = open_today(stage.file, at.date())
    tender = _start(
        stage,
        {**file, "tender": {**file["tender"], **CUSTODIANS}},
        f"a copy of {stage.file['tender']['reference']}",
        at,
    )
    _assign(stage, tender, at)
    _publish(stage, tender, at, at, at)
    return tender


# --- steps --------------------------------------------------------------------------------------------------


def _start(stage: _Stage, file: Mapping[str, Any], came_from: str, at: datetime) -> TenderRecord:
    parts = [part for part in split(file) if part.content]
    started: TenderRecord = _done(tenders.start_tender, parts, came_from=came_from, actor=stage.actor("officer"), at=at)
    return started


def _assign(stage: _Stage, tender: TenderRecord, at: datetime) -> None:
    """Give everybody of the panel their roles, in the lots the case names."""
    officer = stage.actor("officer")
    contract = {lot["id"] for lot in stage.file["tender"]["lots"] if lot.get("route", "contract") == "contract"}
    for member in stage.file["panel"]:
        for role in (each for each in member["roles"] if each != "officer"):
            for lot in ("",) if set(member["lots"]) == contract else member["lots"]:
                person = stage.people.by_member[member["id"]]
                _done(panel.assign, tender, person, role, lot, actor=officer, at=at)
    _done(panel.assign, tender, stage.people.by_member["legal"], "legal", "", actor=officer, at=at)


def _publish(
    stage: _Stage, tender: TenderRecord, keys_made: datetime, signed: datetime, published: datetime
) -> tuple[KeyPair, ...]:
    """Let the openers make their keys, the approver sign off, and the officer publish; returns the keys."""
    openers = [stage.people.by_member[opener] for opener in OPENERS]
    keys = make_ready(tender, openers, config=stage.config, at=keys_made)
    digest = _digest(tender)
    _done(publishing.sign_off, tender, digest=digest, actor=stage.actor("approver"), at=signed)
    address = stage.address(tender)
    _done(publishing.publish, tender, digest=digest, address=address, actor=stage.actor("officer"), at=published)
    return keys


def _answer(stage: _Stage, tender: TenderRecord, asked: Mapping[str, Any]) -> None:
    publication = publishing.held_publication(tender)
    when, answered = (_morning(asked[name]) for name in ("asked_on", "answered_on"))
    row = _done(questions.ask, publication, tender, replace(ASKER, question=asked["question"]), at=when)
    _done(
        questions.answer_all, tender, row, text=asked["question"], answer=asked["answer"], version=row.version,
        actor=stage.actor("officer"), at=answered,
    )  # fmt: skip


def _done(service: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a service and commit what it did."""
    found = service(*args, **options)
    db.session.commit()
    return found


def _store(stage: _Stage) -> Store:
    return Store(stage.config.data / "store")


def _digest(tender: TenderRecord) -> str:
    file = draft_of(tender).file
    if file is None:
        raise RuntimeError("The demonstration case does not read as a tender file")
    return rule_set_digest(rule_set(file))


def _morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(10, 0), UTC)
