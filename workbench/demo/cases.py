"""The tenders of the demonstration: the published Avon and Somerset case, and a draft of the same services to try.

Both are loaded through the services that the pages use, by the people who would have done it, on the days they would.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from exports.codec import record
from exports.rule_changes import rule_set_digest
from lots.calendar import deadline, working_day_on_or_after
from lots.plan import plan
from lots.regime import Regime
from scoring.rule_set import rule_set
from scoring.scoresheet import PanelMember
from workbench.db import db
from workbench.demo.people import DemoPeople, seed_people
from workbench.forms.tenders.part import saved
from workbench.models.accounts import UserRecord
from workbench.models.tenders import TenderRecord
from workbench.parts import split
from workbench.paths import demo_file
from workbench.policies import Actor
from workbench.queries.accounts import actor_for
from workbench.queries.tenders import draft_of
from workbench.services import accounts, deadlines, publishing, questions, tenders

SIGNED_OFF = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
PUBLISHED = datetime(2024, 5, 15, 9, 0, tzinfo=UTC)
CLOSED = datetime(2024, 6, 28, 11, 30, tzinfo=UTC)
# Who asked the questions of the case: made up, as the case does not say.
ASKER = questions.Asked("Esther Vaughan-Lee", "A charity of the region", "office@charity.example", "")
FIRST_YEAR = 2025  # in which the contracts of the case start, on 1 April


_SPRING = re.compile(r"\b(March|April) (20\d\d)\b")
NOTICE = timedelta(days=21)  # from today to the day the draft would be published


@dataclass(frozen=True)
class Case:
    """The two tenders, and everybody in them; ``cast`` says who does what, in words."""

    people: DemoPeople
    published: TenderRecord
    draft: TenderRecord
    cast: tuple[tuple[str, str], ...] = ()


def seed(*, at: datetime, address: Callable[[TenderRecord], str]) -> Case:
    """Load the authority, its people and both tenders, committing each step; ``address`` gives a public page."""
    file = json.loads(demo_file().read_bytes())
    people = _people(file, at)
    cast = tuple((member["name"], ", ".join(member["roles"])) for member in file["panel"])
    others = tuple((person.name, ", ".join(role.name for role in person.roles)) for person in people.others)
    return Case(people, _published(file, people, address), _draft(file, people, at), (*cast, *others))


def _people(file: Mapping[str, Any], at: datetime) -> DemoPeople:
    buyer = file["tender"]["buyer"]
    panel = [saved(PanelMember, member) for member in file["panel"]]
    people = seed_people(
        buyer["name"], buyer["short_name"], buyer["email"], panel, at=at, address="\n".join(buyer["address"])
    )
    db.session.commit()
    return people


def _published(file: Mapping[str, Any], people: DemoPeople, address: Callable[[TenderRecord], str]) -> TenderRecord:
    """Publish the case as it was, answer its four questions, and close it after its deadline."""
    tender = _start(split(file), people, "the published strategy", SIGNED_OFF - timedelta(days=20))
    _assign(tender, file, people, SIGNED_OFF - timedelta(days=10))
    digest = _digest(tender)
    _done(publishing.sign_off, tender, digest=digest, actor=_actor(people, "approver"), at=SIGNED_OFF)
    _done(
        publishing.publish,
        tender,
        digest=digest,
        address=address(tender),
        actor=_actor(people, "officer"),
        at=PUBLISHED,
    )
    for asked in file["tender"]["clarifications"]:
        _answer(tender, asked, people)
    _done(deadlines.close_tender, tender, actor=_actor(people, "officer"), at=CLOSED)
    return tender


def _draft(file: Mapping[str, Any], people: DemoPeople, at: datetime) -> TenderRecord:
    """Start the same services again under today's law, ready but for what the task list names."""
    today = at.date()
    parts = [part for part in split(for_today(file, today)) if part.content]
    tender = _start(parts, people, f"a copy of {file['tender']['reference']}", at)
    _assign(tender, file, people, at)
    return tender


# --- steps --------------------------------------------------------------------------------------------------


def _start(parts: Any, people: DemoPeople, came_from: str, at: datetime) -> TenderRecord:
    started: TenderRecord = _done(
        tenders.start_tender, parts, came_from=came_from, actor=_actor(people, "officer"), at=at
    )
    return started


def _assign(tender: TenderRecord, file: Mapping[str, Any], people: DemoPeople, at: datetime) -> None:
    """Give everybody of the panel their roles, in the lots the case names."""
    officer = _actor(people, "officer")
    contract = {lot["id"] for lot in file["tender"]["lots"] if lot.get("route", "contract") == "contract"}
    for member in file["panel"]:
        for role in (each for each in member["roles"] if each != "officer"):
            for lot in ("",) if set(member["lots"]) == contract else member["lots"]:
                _done(accounts.assign, tender, people.by_member[member["id"]], role, lot, actor=officer, at=at)


def _answer(tender: TenderRecord, asked: Mapping[str, Any], people: DemoPeople) -> None:
    publication = publishing.held_publication(tender)
    when, answered = (_morning(asked[name]) for name in ("asked_on", "answered_on"))
    row = _done(questions.ask, publication, tender, replace(ASKER, question=asked["question"]), at=when)
    _done(
        questions.answer_all, tender, row, text=asked["question"], answer=asked["answer"], version=row.version,
        actor=_actor(people, "officer"), at=answered,
    )  # fmt: skip


def _done(service: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a service and commit what it did."""
    found = service(*args, **options)
    db.session.commit()
    return found


def _actor(people: DemoPeople, member: str) -> Actor:
    person: UserRecord = people.by_member[member]
    return actor_for(person)


def _digest(tender: TenderRecord) -> str:
    file = draft_of(tender).file
    if file is None:
        raise RuntimeError("The demonstration case does not read as a tender file")
    return rule_set_digest(rule_set(file))


def _morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(10, 0), UTC)


# --- the case in other dates --------------------------------------------------------------------------------


def for_today(file: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Move the case to today's law and coming dates; what a board has yet to sign off is open."""
    tender = dict(file["tender"])
    tender |= {
        "reference": f"AS-VS-{today.year + 1}", "title": "Victim services: the next contracts (a draft to try out)",
        "regime": Regime.PA2023_LIGHT_TOUCH.value, "vat": "inclusive", "commenced_on": today.isoformat(),
    }  # fmt: skip
    start = _first_april(today)
    years = start.year - FIRST_YEAR
    tender["lots"] = [_later_lot(lot, years) for lot in _later_words(tender["lots"], years)]
    sources = [_later_source(each, years) for each in _later_words(tender["funding"]["sources"], years)]
    tender["funding"] = {**tender["funding"], "sources": sources}
    tender["deliverables"] = [
        _open(each) if each["title"] == "Tender documents" else each for each in tender["deliverables"]
    ]
    publish_on = working_day_on_or_after(today + NOTICE)
    lines = plan(publish_on, Regime.PA2023_LIGHT_TOUCH, starts_on=start)
    due = next(line.planned for line in lines if line.kind == "tenders_due")
    tender["timetable"] = [record.write(line) for line in lines]
    tender["deadline"] = deadline(due, time(12, 0)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**file, "tender": tender, "methodologies": _later_words(file["methodologies"], years)}


def _first_april(today: date) -> date:
    """Return the first 1 April that leaves time to tender and to mobilise."""
    soonest = plan(today + NOTICE, Regime.PA2023_LIGHT_TOUCH)[-1].planned
    april = date(soonest.year, 4, 1)
    return april if soonest <= april else date(soonest.year + 1, 4, 1)


def _later_lot(lot: Mapping[str, Any], years: int) -> dict[str, Any]:
    if "term" not in lot:
        return dict(lot)
    return {**lot, "term": {**lot["term"], "start": _later(lot["term"]["start"], years)}}


def _later_source(source: Mapping[str, Any], years: int) -> dict[str, Any]:
    return {**source, "expires": _later(source["expires"], years)} if "expires" in source else dict(source)


def _open(deliverable: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in deliverable.items() if name != "signed_off_on"}


def _later_words(value: Any, years: int) -> Any:
    """Move the springs that texts name, such as “in force by 1 April 2025”, with the contracts."""
    if isinstance(value, str):
        return _SPRING.sub(lambda found: f"{found[1]} {int(found[2]) + years}", value)
    if isinstance(value, Mapping):
        return {name: _later_words(inner, years) for name, inner in value.items()}
    return [_later_words(inner, years) for inner in value] if isinstance(value, list) else value


def _later(day: str, years: int) -> str:
    return f"{int(day[:4]) + years}{day[4:]}"
