"""A workbench with something on every page: the demonstration, and tenders in each stage that a page looks at.

Unique words stand in what few may read; :data:`SECRETS` names them, and who may.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from exports.rule_changes import rule_set_digest
from lots.regime import Regime
from scoring.conflicts import named_in
from scoring.rule_set import rule_set
from tests.workbench import databases
from tests.workbench.bidding import a_tenderer
from tests.workbench.conftest import running
from tests.workbench.published import World
from tests.workbench.signing import signed_in
from workbench import clock
from workbench.app import Workbench
from workbench.db import db
from workbench.demo import keys
from workbench.demo.cases import OPENERS, Case, seed, seed_later
from workbench.models.accounts import AssignmentRecord, AuthorityRecord, UserRecord
from workbench.models.tenders import TenderRecord
from workbench.parts import Part
from workbench.policies import Actor
from workbench.queries.accounts import actor_for, assignments_of
from workbench.queries.bids import opened as reads
from workbench.queries.evaluation.calibration import questions_in
from workbench.queries.tenders import draft_of
from workbench.services import accounts, deadlines, panel, publishing, questions, tenders
from workbench.services.bids import admissions, probes
from workbench.services.evaluation import interests, preparing
from workbench.services.evaluation.interests import Said

NOBODY = "nobody"
TENDERER = "tenderer"
"""Somebody without an account who has a code of the open tender, with a bid that was submitted."""
LATER = ("evaluation", "moderation", "recommended", "notified")
STATES = ("empty", "draft", "signed_off", "open", "closed", "opened", *LATER, "cancelled")
"""The tenders of the showcase, each by what it shows."""
TEAM = frozenset({"officer", "approver", "evaluator", "moderator", "finance", "legal", "opener", "auditor"})
"""Who may see a tender of the showcase: its panel, and the authority's auditor."""
READERS = frozenset({"officer", "approver", "finance", "auditor"})
"""Who may read opened bids."""
ASKER = questions.Asked(
    "Xanthe Querido-Blyth", "Quillfeather Trust", "xanthe@quillfeather.example", "May two charities bid as one?"
)
A_PAPER = b"%PDF-1.7\n% the documents of a decision are printed in other tests\n"
ANNEX = "http://localhost/notices/it/"


@dataclass(frozen=True)
class Secret:
    """Words that stand in one place of the database, and the roles that may ever read them."""

    words: str
    what: str
    readers: frozenset[str] = frozenset()


SECRETS = (
    Secret("Zaunkoenig-draft", "the description of a draft", TEAM),
    Secret("Zaunkoenig-copy", "a working copy that is not published", TEAM),
    Secret("Zaunkoenig-private", "an answer to the asker alone, and its reason", TEAM),
    Secret("Xanthe", "the name of who asked", frozenset({"officer", "auditor"})),
    Secret("Quillfeather", "the organisation of who asked", frozenset({"officer", "auditor"})),
    Secret("Zaunkoenig-decided", "why a bid was excluded", READERS),
    Secret("Zaunkoenig-foreign", "another authority, its people and its tender", frozenset({"stranger"})),
)


@dataclass
class Showcase:
    """The application with its people (by role) and its tenders (by state)."""

    app: Workbench
    file: Path
    tenders: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    code: str = ""

    def client(self, who: str) -> FlaskClient:
        """Return a browser of somebody by role; of nobody in particular where nobody is signed in."""
        if who == TENDERER:
            client = self.app.test_client()
            client.set_cookie(self.code_cookie, self.code)
            return client
        return self.app.test_client() if who == NOBODY else signed_in(self.app, self.people[who])

    @property
    def code_cookie(self) -> str:
        """Return the name of the cookie with a tenderer's code."""
        return f"bid_{self.tenders['open'][:8]}"

    def cookie(self, who: str) -> str:
        """Return the session's cookie of somebody, for a real browser; empty for nobody."""
        if who in (NOBODY, TENDERER):
            return ""
        found = self.client(who).get_cookie("session")
        return found.value if found else ""

    def keep(self) -> None:
        """Remember the database as it is."""
        self._close()
        shutil.copyfile(self.file, self.file.with_suffix(".copy"))

    def restore(self) -> None:
        """Put the database back to what was remembered."""
        self._close()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.file.with_suffix(".copy"), self.file)

    def _close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def showcase(folder: Path, **settings: object) -> Iterator[Showcase]:
    """Make the showcase in a folder, with the settings of an installation (``demo=True``: of a demonstration)."""
    url = databases.usual_url(folder)
    with running(databases.a_config(url, folder, **settings)) as app:
        made = Showcase(app, Path(url.removeprefix("sqlite:///")))
        app.config["WTF_CSRF_ENABLED"] = True
        with app.app_context():
            _fill(made)
        made.keep()
        yield made


def _fill(made: Showcase) -> None:
    at = clock.now()
    case = seed(at=at, address=lambda _: ANNEX, config=made.app.config["WORKBENCH"])
    made.tenders |= {"draft": case.draft.id, "closed": case.published.id, "opened": case.opened.id}
    _name_people(made, case)
    officer, approver = (actor_for(case.people.by_member[name]) for name in ("officer", "approver"))
    later = seed_later(
        address=lambda _: ANNEX, config=made.app.config["WORKBENCH"], stages=LATER, printed=lambda _: A_PAPER
    )  # fmt: skip
    made.tenders |= {stage: tender.id for stage, tender in later}
    for state in ("open", "signed_off", "cancelled"):
        made.tenders[state] = _copy(case, state, officer, at).id
    made.tenders["empty"] = _empty(officer, at).id
    officer, approver = _again(officer), _again(approver)
    _take_bids(made, case, officer, at)
    _publish(db.session.get_one(TenderRecord, made.tenders["open"]), officer, approver, at)
    _busy(db.session.get_one(TenderRecord, made.tenders["open"]), officer, at)
    _signed(db.session.get_one(TenderRecord, made.tenders["signed_off"]), approver, at)
    _decide(case.opened, officer, at)
    _prepare(case.opened, at)
    gone = db.session.get_one(TenderRecord, made.tenders["cancelled"])
    _do(publishing.cancel, gone, reason="The grant did not come.", address=ANNEX, actor=officer, at=at)
    _write(case.draft, "basics", "", {"description": f"Help for victims of crime. {SECRETS[0].words}"}, officer, at)
    made.people["stranger"] = _another_authority(at).fs_uniquifier
    made.code = _a_bid(made)
    for yes in (True, False):
        probes.keep(made.tenders["open"], probes.Seen(yes, "" if yes else "it answered 503"), at=at)
        db.session.commit()


def _name_people(made: Showcase, case: Case) -> None:
    members = case.people.by_member
    chosen = {
        "officer": members["officer"], "approver": members["approver"], "evaluator": members["ev-lived"],
        "moderator": members["chair"], "finance": members["fin"], "opener": members["opener-1"],
        "legal": members["legal"], "administrator": case.people.others[0], "auditor": case.people.others[1],
    }  # fmt: skip
    made.people |= {role: row.fs_uniquifier for role, row in chosen.items()}
    made.names |= {role: row.name for role, row in chosen.items()}


# --- tenders ------------------------------------------------------------------------------------------------


def _copy(case: Case, state: str, officer: Actor, at: datetime) -> TenderRecord:
    """Copy the demonstration's draft with its panel, made ready for publication."""
    parts = [
        Part(each.kind, each.key, deepcopy(each.content), position=each.position) for each in draft_of(case.draft).parts
    ]
    basics = next(each.content for each in parts if each.kind == "basics")
    basics |= {"reference": f"AS-{state.upper()}", "title": f"Victim services, {state.replace('_', ' ')}"}
    tender: TenderRecord = _do(tenders.start_tender, parts, came_from="a copy", actor=officer, at=at)
    officer = _again(officer)
    for held in db.session.query(AssignmentRecord).filter_by(tender_id=case.draft.id).all():
        if held.role != "officer":
            _do(panel.assign, tender, _person(held.user_id), held.role, held.lot, actor=officer, at=at)
    make_ready(tender, officer, at)
    return tender


def _again(actor: Actor) -> Actor:
    """Return somebody with the roles they hold by now."""
    return actor_for(_person(actor.user_id))


def _person(user_id: int) -> UserRecord:
    return db.session.get_one(UserRecord, user_id)


def make_ready(tender: TenderRecord, officer: Actor, at: datetime) -> None:
    """Write what the demonstration's draft leaves unmet: a reference of the engagement, and a date of conflicts."""
    today = at.date().isoformat()
    _write(tender, "engagement", "", {"notice": "2026/S 000-012345"}, officer, at)
    _write(tender, "governance", "", {"conflicts_assessed_on": today}, officer, at)


def _take_bids(made: Showcase, case: Case, officer: Actor, at: datetime) -> None:
    """Let the open tender take bids, under custodians whose keys lie ready."""
    tender = db.session.get_one(TenderRecord, made.tenders["open"])
    _write(tender, "sealing", "", {"sealing": {"custody": "custodians"}}, officer, at)
    openers = [case.people.by_member[name] for name in OPENERS]
    keys.make_ready(tender, openers, config=made.app.config["WORKBENCH"], at=at)


def _a_bid(made: Showcase) -> str:
    """Make a bid as a tenderer would, submit it, and return its code."""
    tender = db.session.get_one(TenderRecord, made.tenders["open"])
    made.app.config["WTF_CSRF_ENABLED"] = False
    bidding = a_tenderer(made.app, World(tender, {})).start().fill("adult")
    assert bidding.submit("adult").status_code == 303
    made.app.config["WTF_CSRF_ENABLED"] = True
    return bidding.code


def _empty(officer: Actor, at: datetime) -> TenderRecord:
    """Start a tender of which nobody has written more than its name."""
    authority = db.session.get_one(AuthorityRecord, officer.authority_id)
    basics = {
        "reference": "AS-EMPTY", "title": "A tender just begun", "regime": Regime.PA2023_LIGHT_TOUCH.value,
        "buyer": {"name": authority.name, "short_name": authority.short_name, "address": [], "email": authority.email},
    }  # fmt: skip
    started: TenderRecord = _do(
        tenders.start_tender, [Part("basics", content=basics)], came_from="nothing", actor=officer, at=at
    )
    return started


def _write(tender: TenderRecord, kind: str, key: str, changes: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    part = draft_of(tender).part(kind, key)  # type: ignore[arg-type]
    _do(tenders.save_part, tender, part, {**(part.content or {}), **changes}, actor=actor, at=at)


def _signed(tender: TenderRecord, approver: Actor, at: datetime) -> str:
    file = draft_of(tender).file
    assert file is not None
    digest = rule_set_digest(rule_set(file))
    _do(publishing.sign_off, tender, digest=digest, actor=approver, at=at)
    return digest


def _publish(tender: TenderRecord, officer: Actor, approver: Actor, at: datetime) -> None:
    digest = _signed(tender, approver, at)
    _do(publishing.publish, tender, digest=digest, address=ANNEX, actor=officer, at=at)


def _busy(tender: TenderRecord, officer: Actor, at: datetime) -> None:
    """Let life go on after publication: three questions, a change, a later deadline, and a change not yet told."""
    for state in ("open", "public", "private"):
        publication = publishing.held_publication(tender)
        row = _do(questions.ask, publication, tender, ASKER, at=at)
        if state == "public":
            told = {"text": "May charities bid together?", "answer": "Yes, as a group with one lead."}
            _do(questions.answer_all, tender, row, **told, version=row.version, actor=officer, at=at)
        if state == "private":
            told = {"answer": f"No: {SECRETS[2].words}.", "reason": f"It is your price. {SECRETS[2].words}"}
            _do(questions.answer_privately, tender, row, **told, version=row.version, actor=officer, at=at)
    _write(tender, "basics", "", {"description": "Help for victims of crime, in four lots."}, officer, at)
    file = draft_of(tender).file
    assert file is not None
    digest = rule_set_digest(rule_set(file))
    _do(
        publishing.publish_change,
        tender,
        reason="A lot was missing.",
        digest=digest,
        address=ANNEX,
        actor=officer,
        at=at,
    )
    wanted = file.tender.deadline + timedelta(hours=3)
    _do(
        deadlines.move_deadline,
        tender,
        wanted,
        reason="A local holiday.",
        address=ANNEX,
        actor=officer,
        at=at,
    )
    _write(tender, "basics", "", {"description": f"Help for victims. {SECRETS[1].words}"}, officer, at)


def _decide(tender: TenderRecord, officer: Actor, at: datetime) -> None:
    """Exclude one of the opened bids, so that a decision stands on its page."""
    first = reads.file_with_bids(tender).tender.contract_lots[0]
    bid = reads.page_of(tender.id, first.id, 1)[0]
    reason = f"The certificate of insurance was never renewed. {SECRETS[-2].words}"
    _do(admissions.decide, tender, bid.id, "exclude", concerning="admission", reason=reason, actor=officer, at=at)


def _prepare(tender: TenderRecord, at: datetime) -> None:
    """Have officer, evaluators and moderator declare, one with a possible interest, and the panel be prepared."""
    file = reads.file_with_bids(tender)
    names = named_in(file.bids)
    roles = ("officer", "evaluator", "moderator")
    people = {row.user_id: row for row in assignments_of(tender.id) if row.role in roles}
    for row in people.values():
        said = {name: Said("none") for name in names}
        if row.role == "evaluator":
            said[names[0]] = Said("possible", "I volunteered there years ago.")
        _do(interests.declare, tender, said, actor=actor_for(row.user), at=at)
    chair = next(actor_for(row.user) for row in people.values() if row.role == "moderator")
    _do(preparing.write_note, tender, "Score what is written, and nothing that you know besides.", actor=chair, at=at)
    question, (_, scale) = next(iter(questions_in(file).items()))
    answer = {"title": "A fair answer", "answer": "We see everybody within a week.", "points": scale.levels[1].points,
              "reason": "A time is named; who does it is not."}  # fmt: skip
    _do(preparing.add_benchmark, tender, question, **answer, actor=chair, at=at)


def _another_authority(at: datetime) -> UserRecord:
    """Add an authority with an officer of its own and a draft, of which nobody here may know."""
    name = SECRETS[-1].words
    authority = accounts.create_authority(f"{name} authority", name, at=at, address="", email="office@other.example")
    person = accounts.create_person(
        authority, name=f"{name} person", email="officer@other.example", job_title="Officer", roles=("officer",), at=at
    )
    db.session.commit()
    basics = {"reference": name, "title": f"{name} tender", "regime": Regime.PA2023_LIGHT_TOUCH.value,
              "buyer": {"name": name, "short_name": name, "address": [], "email": ""}}  # fmt: skip
    _do(tenders.start_tender, [Part("basics", content=basics)], came_from="nothing", actor=actor_for(person), at=at)
    return person


def _do(service: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a service and commit what it did."""
    found = service(*args, **options)
    db.session.commit()
    return found
