"""The demonstration's case as its panel leaves it: scored, agreed and signed, quality locked, nothing recommended yet.

``evaluated(folder)`` yields the application and a :class:`World` (people by role; ``bid(world, "adult-mendip")`` gives
the id of a bid of the case). It is built once for a run and copied for each test.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from exports import tender_file
from exports.award_snapshot import digest_of, result_of, snapshot_of
from scoring.decision import AwardDecision, EnquiryOutcome
from scoring.moderation import AgreedScore
from scoring.recommendation import evaluate
from scoring.scoresheet import ScoreSheet
from scoring.tender_file import TenderFile
from tests.workbench import databases
from tests.workbench import factories as rows
from tests.workbench.conftest import running
from tests.workbench.published import World, done
from workbench import policies
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.config import Config
from workbench.db import db, new_id
from workbench.demo import bids as demo
from workbench.demo.cases import opened_case
from workbench.demo.people import DemoPeople
from workbench.kept import digest, to_text
from workbench.models.accounts import UserRecord
from workbench.models.awards import AwardPaperRecord, IssueRecord
from workbench.models.bids import AdmissionRecord
from workbench.models.evaluation import (
    AgreedScoreRecord,
    CardRecord,
    CardSignatureRecord,
    DeclarationRecord,
    ScoreSheetRecord,
    TendererLetterRecord,
)
from workbench.models.tenders import TenderRecord
from workbench.paths import demo_file
from workbench.policies import Permission
from workbench.queries.awards.decision import approved_file, award_digest, award_of
from workbench.queries.awards.paper import PAGES
from workbench.queries.evaluation.record import live_file, member_id
from workbench.services.awards import approving, recommending

SCORED = datetime(2024, 8, 9, 16, 0, tzinfo=UTC)
LOCKED = datetime(2024, 9, 9, 16, 0, tzinfo=UTC)
NOW = datetime(2024, 9, 10, 9, 0, tzinfo=UTC)
"""A morning on which the award can be recommended."""
ADDRESS = "http://localhost/notices/it/"


@contextmanager
def evaluated(folder: Path, **settings: object) -> Iterator[tuple[Workbench, World]]:
    """Yield an application of its own, in its context, with the case evaluated."""
    if os.environ.get("WORKBENCH_TESTS_ON") == "postgresql":
        url, fresh = databases.usual_url(folder), True
    else:
        shutil.copytree(_template(), folder, dirs_exist_ok=True)
        url, fresh = f"sqlite:///{folder / 'workbench.sqlite'}", False
    with running(databases.a_config(url, folder, **settings)) as app, app.app_context():
        yield app, _fill(app.config["WORKBENCH"]) if fresh else _found()


@contextmanager
def afresh(config: Config) -> Iterator[tuple[Workbench, World]]:
    """Yield the same in a database of either kind, made anew."""
    with running(config) as app, app.app_context():
        yield app, _fill(config)


def bid(world: World, name: str) -> str:
    """Return the id of a bid of the case."""
    return demo.bid_id(world.tender, name)


def the_case() -> TenderFile:
    """Return the case as a tender file, which the filled database must agree with."""
    case, _ = tender_file.read(demo_file().read_bytes())
    assert case is not None
    return case


def its_award(world: World, **values: object) -> AwardDecision:
    """Return the case's decision, its letters about the bids of this world; what was never opened has no letter."""
    award = the_case().award
    assert award is not None
    late = {each.id for each in the_case().bids if each.received_at >= the_case().tender.deadline}
    letters = tuple(replace(it, bid=bid(world, it.bid)) for it in award.letters if it.bid not in late)
    return replace(award, letters=letters, **values)  # type: ignore[arg-type]


def with_paper(world: World, award: AwardDecision | None = None) -> World:
    """Write the case's decision paper, or another, as its officer would have."""
    content = json.loads(to_text(award or its_award(world)))
    letters = {f"letter:{each['bid']}": each for each in content.pop("letters", [])}
    pages = {name: {key: content[key] for key in keys if key in content} for name, keys in PAGES.items()}
    officer = world.people["officer"][0].id
    for name, part in (pages | letters).items():
        db.session.merge(
            AwardPaperRecord(
                tender_id=world.tender.id, part=name, version=1, content=json.dumps(part, ensure_ascii=False), typed="",
                changed_at=NOW, changed_by=officer,
            )
        )  # fmt: skip
    db.session.commit()
    return world


def recommended(world: World, at: datetime = NOW) -> World:
    """Have the paper written and the result recommended by the chair of the panel."""
    with_paper(world)
    digest = digest_of(result_of(evaluate(live_file(world.tender))))
    recommending.recommend(world.tender, digest=digest, note="", actor=world.actor("moderator"), at=at)
    return done(world)


def approved(world: World, at: datetime = NOW + timedelta(hours=2)) -> World:
    """Have it recommended, and approved by the approver."""
    recommended(world)
    digest = award_digest(award_of(world.tender))
    approving.approve(world.tender, digest=digest, actor=world.actor("approver"), at=at)
    return done(world)


def release_now(world: World, at: datetime, role: str = "officer") -> None:
    """Release the letters of an approved award without making them: what follows needs only that they are out."""
    policies.check(world.actor(role), Permission.NOTICES_RELEASE, world.tender)
    person, file = world.people[role][0].id, snapshot_of(approved_file(world.tender))
    db.session.add(
        IssueRecord(
            tender_id=world.tender.id, number=1, kind="final", state="released", recommendation=1, file=file,
            file_sha256=digest_of(file), made_by=person, made_at=at, released_by=person, released_at=at,
        )
    )  # fmt: skip
    world.tender.stage = "notified"
    db.session.flush()


def released(world: World, at: datetime) -> World:
    """Release the letters, and commit."""
    release_now(world, at)
    db.session.commit()
    return world


def declared(world: World, person: UserRecord, organisation: str, interest: str) -> None:
    """Have somebody declare anew about an organisation."""
    of = {"tender_id": world.tender.id, "user_id": person.id, "organisation": organisation}
    number = db.session.query(DeclarationRecord).filter_by(**of).count() + 1
    db.session.add(
        DeclarationRecord(**of, name=organisation, number=number, interest=interest, round="change", declared_at=NOW)
    )
    db.session.commit()


@lru_cache(maxsize=1)
def _template() -> Path:
    """Fill a database once for the whole run, and everything that lies beside it."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-evaluated-"))
    with running(databases.a_config(databases.sqlite_url(folder), folder)) as app, app.app_context():
        _fill(app.config["WORKBENCH"])
    with closing(sqlite3.connect(folder / "workbench.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def _found() -> World:
    """Find the people of a copy again."""
    tender = db.session.query(TenderRecord).one()
    people = {member.name: member for member in db.session.query(UserRecord)}
    return _world(tender, people)


def _world(tender: TenderRecord, people: dict[str, UserRecord]) -> World:
    by_role: dict[str, list[UserRecord]] = {}
    for member in the_case().panel:
        for role in member.roles:
            by_role.setdefault(role, []).append(people[member.name])
    by_role["legal"] = [people["Lena Solicitor"]]
    by_role["auditor"] = [people["Miriam Okonedo-Vale"]]
    return World(tender, by_role)


def _fill(config: Config) -> World:
    people, tender = opened_case(address=lambda _: ADDRESS, config=config)
    legal = rows.a_user(people.authority, name="Lena Solicitor", job_title="Solicitor")
    rows.an_assignment(tender, legal, "legal")
    case = the_case()
    _declare(tender, people, case, legal)
    _score(tender, people, case)
    _agree(tender, people, case)
    _decide(tender, people, case)
    tender.stage, tender.scores_locked_at, tender.quality_locked_at = "moderation", SCORED, LOCKED
    db.session.commit()
    recorded().clear()
    known = {row.name: row for row in (*people.by_member.values(), *people.others, legal)}
    return _world(tender, known)


def _declare(tender: TenderRecord, people: DemoPeople, case: TenderFile, legal: UserRecord) -> None:
    """Declare as the case does; everybody else of the panel has no interest in anybody."""
    names = {each.id: each.name for each in case.organisations}
    said = {(people.by_member[it.member].id, it.organisation): it for it in case.declarations}
    for person in (*people.by_member.values(), legal):
        for organisation, name in names.items():
            it = said.get((person.id, organisation))
            db.session.add(
                DeclarationRecord(
                    tender_id=tender.id, user_id=person.id, organisation=organisation, name=name, number=1,
                    interest=it.interest if it else "none", detail=it.detail if it else "",
                    declared_at=_at(it.declared_on) if it else SCORED,
                )
            )  # fmt: skip


def _score(tender: TenderRecord, people: DemoPeople, case: TenderFile) -> None:
    lots = {each.id: each.lot for each in case.bids}
    for sheet in case.score_sheets:
        person = people.by_member[sheet.evaluator]
        row = _sheet(tender, sheet, person)
        text = to_text(row)
        db.session.add(
            ScoreSheetRecord(
                tender_id=tender.id, lot=lots[sheet.bid], user_id=person.id, bid_id=row.bid, content=text,
                sha256=digest(text), submitted_at=sheet.submitted_at,
            )
        )  # fmt: skip


def _sheet(tender: TenderRecord, sheet: ScoreSheet, person: UserRecord) -> ScoreSheet:
    return replace(sheet, evaluator=member_id(person.id), bid=demo.bid_id(tender, sheet.bid))


def _agree(tender: TenderRecord, people: DemoPeople, case: TenderFile) -> None:
    lots = {each.id: each.lot for each in case.bids}
    chair = people.by_member["chair"].id
    for agreed in case.agreed_scores:
        changes = tuple(
            replace(each, evaluator=member_id(people.by_member[each.evaluator].id)) for each in agreed.changes
        )
        value = replace(agreed, bid=demo.bid_id(tender, agreed.bid), changes=changes)
        _card(tender, value, lots[agreed.bid], chair)


def _card(tender: TenderRecord, value: AgreedScore, lot: str, chair: int) -> None:
    at, text = _at(value.agreed_on), to_text(value)
    of = {"tender_id": tender.id, "bid_id": value.bid, "criterion": value.criterion}
    written = json.dumps({"points": str(value.points), "reason": value.reason})
    card = CardRecord(id=new_id(), **of, lot=lot, state="agreed", agreed=1, content=written, changed_at=at,
                      changed_by=chair)  # fmt: skip
    db.session.add(card)
    db.session.flush()
    row = AgreedScoreRecord(
        id=new_id(), **of, card_id=card.id, number=1, content=text, sha256=digest(text), present=json.dumps([chair]),
        made_by=chair, made_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(CardSignatureRecord(agreed_score_id=row.id, user_id=chair, signed_at=at))


def _decide(tender: TenderRecord, people: DemoPeople, case: TenderFile) -> None:
    officer = people.by_member["officer"].id
    for it in case.admissions:
        db.session.add(
            AdmissionRecord(
                tender_id=tender.id, bid_id=demo.bid_id(tender, it.bid), number=1, decision=it.decision,
                concerning=it.concerning, reason=it.reason, decided_at=_at(it.decided_on), decided_by=officer,
            )
        )  # fmt: skip
    for number, enquiry in enumerate(case.enquiries, 1):
        db.session.add(_letter(tender, enquiry, number, officer))


def _letter(tender: TenderRecord, it: EnquiryOutcome, number: int, officer: int) -> TendererLetterRecord:
    assert it.replied_on is not None
    return TendererLetterRecord(
        tender_id=tender.id, bid_id=demo.bid_id(tender, it.bid), kind="low_price", number=number, question=it.question,
        recipient="tenders@example.org", secret_sha256=digest(f"{tender.id}/{number}"),
        reply_by=_at(it.replied_on) + timedelta(days=1), asked_by=officer, asked_at=_at(it.asked_on), reply=it.reply,
        replied_at=_at(it.replied_on), decision=it.decision, reason=it.reason, decided_by=officer,
        decided_at=_at(it.decided_on),
    )  # fmt: skip


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10, 0), UTC)
