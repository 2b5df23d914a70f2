"""Twin worlds: two installations alike but for a rival's draft or bid answer everybody alike, until bids are opened.

And canaries: before the opening no word of a bid stands in any file of an installation, nor in what it mails or logs.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from lots.bid import Commitment, Party, Split
from lots.money import Money
from lots.organisation import Organisation
from lots.sealing import Sealing
from lots.submission import Answer, Binding, Contact, PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from tests.scoring.checks import ready
from tests.workbench import databases
from tests.workbench.bidding import Tenderer, a_tenderer
from tests.workbench.conftest import running
from tests.workbench.published import AT, World, a_world, published, without_memory
from tests.workbench.signing import signed_in
from workbench import upgrade
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import db, new_id
from workbench.models.bids import DraftFileRecord, DraftRecord, FollowerRecord, PartnerLinkRecord
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.sealing import drafts
from workbench.sealing.age import new_identity
from workbench.services import deadlines, mails
from workbench.services.bids import followers, submissions
from workbench.services.bids.reminders import remind
from workbench.store import Store
from workbench.web.mailing import send_mail

CANARIES = ("Zaunkoenigstift", "Wiedehopf answers", "4242424.42", "Kiebitz commitment", "kiebitz@harbour.example")
"""What stands in the rival's bid: its name, an answer, a price, a promise, an address."""
LATER = AT + timedelta(days=1)
RIVALS = ("draft", "partner", "file", "submitted", "replaced", "withdrawn")
TENDERER = "tenderer"
READERS = (
    TENDERER,
    "officer",
    "approver",
    "evaluator",
    "moderator",
    "finance",
    "opener",
    "auditor",
    "administrator",
    "nobody",
)


@dataclass
class Twin:
    """One of the two installations."""

    app: Workbench
    folder: Path
    tender_id: str
    people: dict[str, str]
    code: str = ""

    def client(self, who: str) -> FlaskClient:
        if who == TENDERER:
            return self.tenderer.client
        client = self.app.test_client() if who == "nobody" else signed_in(self.app, self.people[who])
        return without_memory(client)

    @property
    def tenderer(self) -> Tenderer:
        """Return the browser of the tenderer who is there in both worlds."""
        client = without_memory(self.app.test_client())
        client.set_cookie(f"bid_{self.tender_id[:8]}", self.code)
        return Tenderer(World(self.tender, {}), client)

    @property
    def tender(self) -> TenderRecord:
        return db.session.get_one(TenderRecord, self.tender_id)

    @property
    def publication(self) -> PublicationRecord:
        return db.session.get_one(PublicationRecord, self.tender_id)


# --- the base of both ---------------------------------------------------------------------------------------


def sealed_file() -> tuple[TenderFile, str]:
    """Make a file whose bids are received here, and the secret that opens them."""
    secret, recipient = new_identity()
    file = ready.file()
    return replace(file, tender=replace(file.tender, sealing=Sealing("server", server_recipient=recipient))), secret


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """A published tender with its people and a follower, in a folder to copy."""
    folder = tmp_path_factory.mktemp("base")
    with (
        time_machine.travel(AT + timedelta(hours=1), tick=False),
        installation(folder, databases.sqlite_url(folder)) as app,
        app.app_context(),
    ):
        world = published(a_world(sealed_file()[0]))
        code = a_tenderer(app, world).start().fill().code
        db.session.add(
            FollowerRecord(tender_id=world.tender.id, email="reader@other.example", asked_at=AT, confirmed_at=AT)
        )
        people = {role: rows[0].fs_uniquifier for role, rows in world.people.items()}
        people["administrator"] = _administrator(world)
        db.session.commit()
        tender_id = world.tender.id
    with closing(sqlite3.connect(folder / "workbench.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Twin(app, folder, tender_id, people, code)


def _administrator(world: World) -> str:
    from tests.workbench import factories as rows

    return rows.a_user(world.tender.authority, "administrator", name="Gareth").fs_uniquifier


@contextmanager
def installation(folder: Path, url: str) -> Iterator[Workbench]:
    with running(databases.a_config(url, folder)) as app:
        yield app


@pytest.fixture
def twins(base: Twin, tmp_path: Path) -> Iterator[tuple[Twin, Twin]]:
    """Two copies of the base, at one frozen moment a day after publication."""
    with ExitStack() as stack:
        stack.enter_context(time_machine.travel(LATER, tick=False))
        made = []
        for name in ("alone", "rival"):
            folder = tmp_path / name
            shutil.copytree(base.folder, folder)
            app = stack.enter_context(installation(folder, f"sqlite:///{folder / 'workbench.sqlite'}"))
            made.append(Twin(app, folder, base.tender_id, base.people, base.code))
        yield made[0], made[1]


# --- what the rival does ------------------------------------------------------------------------------------


def rival_acts(twin: Twin, upto: str, at: datetime) -> None:
    """Let a rival go as far as a state, by the services that its pages use, with words that nobody may find."""
    with twin.app.app_context():
        code, bid = drafts.new_code(), new_id()
        draft = _draft(twin, code, at)
        if upto == "partner":
            _partner(draft, at)
        if upto == "file":
            _file(twin, draft, at)
        if upto in ("submitted", "replaced", "withdrawn"):
            _submit(twin, bid, 1, at)
        if upto == "replaced":
            _submit(twin, bid, 2, at)
        if upto == "withdrawn":
            submissions.withdraw(twin.tender, twin.publication, bid, first_byte_at=at, last_byte_at=at, at=at)
            _commit()


def _draft(twin: Twin, code: str, at: datetime) -> DraftRecord:
    draft_id = new_id()
    content = drafts.encrypt(code, draft_id, 1, " ".join(CANARIES).encode())
    row = DraftRecord(
        id=draft_id, tender_id=twin.tender_id, lookup=drafts.lookup_of(code), content=content, created_at=at,
        changed_at=at,
    )  # fmt: skip
    db.session.add(row)
    _commit()
    return row


def _partner(draft: DraftRecord, at: datetime) -> None:
    secret = drafts.new_code()
    offer = drafts.encrypt(secret, draft.id, 1, CANARIES[2].encode())
    db.session.add(PartnerLinkRecord(draft_id=draft.id, lookup=drafts.lookup_of(secret), offer=offer, offered_at=at))
    _commit()


def _file(twin: Twin, draft: DraftRecord, at: datetime) -> None:
    from io import BytesIO

    stored = Store(twin.folder / "store").seal(BytesIO(CANARIES[1].encode() * 99), new_identity()[1])
    db.session.add(
        DraftFileRecord(
            draft_id=draft.id, sealed_sha256=stored.sealed_sha256, sealed_size=stored.sealed_size, received_at=at
        )
    )
    _commit()


def _submit(twin: Twin, bid: str, version: int, at: datetime) -> None:
    rules = twin.publication
    lot = next(iter(twin_file(rules).tender.contract_lots))
    bound = Binding(twin.tender_id, lot.id, bid, version, rules.rule_set, rules.sha256)
    name, words, price, promise, email = CANARIES
    years = lot.term.years if lot.term else 1
    submission = Submission(
        bound,
        organisations=(Organisation("rival", name),),
        parties=(Party("rival", "lead", work=words),),
        contacts=(Contact(name, "rival", email=email),),
        answers=(Answer("delivery", words * 40),),
        commitments=(Commitment("Work", promise, "people", _decimal("7")),),
    )
    prices = (Money.parse(price),) * years
    money = PriceEnvelope(bound, prices, Split(prices, tuple(Money(0) for _ in prices)))
    submissions.submit(
        twin.tender, rules, submission, money, first_byte_at=at, last_byte_at=at, at=at, code=drafts.new_code()
    )
    _commit()


def twin_file(publication: PublicationRecord) -> TenderFile:
    from workbench.queries.publishing import rules_in_force

    return rules_in_force(publication)


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _commit() -> None:
    recorded().clear()
    db.session.commit()


# --- what everybody sees ------------------------------------------------------------------------------------

_MASKS = (
    (re.compile(r'name="csrf_token"[^>]*value="[^"]+"'), "csrf"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "uuid"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "digest"),
    (re.compile(r"[A-Za-z0-9+/=]{40,}"), "signature"),
)
UNSTEADY = frozenset({"X-Request-Id", "Set-Cookie", "Content-Length", "ETag", "Date"})


def seen(twin: Twin, who: str) -> dict[str, tuple[int, str, tuple[tuple[str, str], ...]]]:
    """Return what somebody is answered at every address they can type, with what changes by chance masked."""
    client, found = twin.client(who), {}
    for url in addresses(twin):
        answer = client.get(url)
        kept = sorted((name, value) for name, value in answer.headers if name not in UNSTEADY)
        found[url] = (answer.status_code, masked(answer.get_data().decode("utf-8", "replace")), tuple(kept))
        answer.close()
    return found


def masked(text: str) -> str:
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    if "workbench_requests_total" in text:  # figures of this process: what itself was asked, and when it began
        text = "\n".join(
            line for line in text.splitlines() if not re.match(r"(# )?.*(seconds_|_created|requests)", line)
        )
        text = re.sub(r"workbench_wal_bytes \d+", "wal", text)
    return text


SAMPLES: dict[str, object] = {
    "user_id": 1, "way": "blank", "session_id": "0" * 64, "secret": "s" * 43, "token": "t" * 43, "kind": "lot",
    "key": "adult", "place": "0", "task_id": "lots", "digest": "d" * 16, "name": "app.js", "number": 1,
    "question_id": "q" * 36, "notice": 1, "document": "annex", "reference": "T-0", "code": "c" * 8, "lot": "adult",
}  # fmt: skip


BID_PAGES = (
    "lots/adult/edit/price", "lots/adult/edit/answers", "lots/adult/check", "lots/adult/partners", "edit/organisations",
    "edit/lots", "documents", "receipts",
)  # fmt: skip


def addresses(twin: Twin) -> list[str]:
    """List an address for every page there is, with the tender in it where one is asked for."""
    found = [f"/notices/{twin.tender_id}/bid/{page}" for page in BID_PAGES]
    with twin.app.test_request_context():
        for rule in twin.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()):
                values = {name: SAMPLES.get(name, "x") for name in rule.arguments} | {"tender_id": twin.tender_id}
                given = {name: values[name] for name in rule.arguments}
                found.append(str(twin.app.url_for(rule.endpoint, **given)))
    return sorted({url for url in found if not url.startswith("/sign-")})  # those would sign the reader out


def test_the_readers_reach_the_pages_that_they_may_read(twins: tuple[Twin, Twin]) -> None:
    alone, _ = twins
    with alone.app.app_context():
        reached = {who: seen(alone, who).values() for who in (TENDERER, "evaluator", "nobody")}
    pages = {who: sum(answer[0] == 200 for answer in answers) for who, answers in reached.items()}
    assert pages["evaluator"] > pages["nobody"] + 5
    assert pages[TENDERER] > pages["nobody"] + len(BID_PAGES)


def differences(alone: Twin, rival: Twin, readers: tuple[str, ...] = READERS) -> list[str]:
    """Name every address that answers somebody differently in the two worlds."""
    found = []
    for who in readers:
        with alone.app.app_context():
            one = seen(alone, who)
        with rival.app.app_context():
            other = seen(rival, who)
        found += [f"{who} {url}" for url in one if one[url] != other[url]]
    return found


def test_nobody_can_tell_whether_there_is_a_rival_nor_how_far_it_is(twins: tuple[Twin, Twin]) -> None:
    alone, rival = twins
    for upto in RIVALS:
        rival_acts(rival, upto, LATER)
    assert differences(alone, rival) == []


def test_a_tenderer_who_submits_cannot_tell_whether_there_is_a_rival(twins: tuple[Twin, Twin]) -> None:
    alone, rival = twins
    for upto in RIVALS:
        rival_acts(rival, upto, LATER)
    found = []
    for twin in twins:
        with twin.app.app_context():
            sent = [twin.tenderer.submit() for _ in range(2)]
            pages = [twin.tenderer.client.get(answer.headers["Location"]) for answer in sent]
            found.append([(answer.status_code, masked(answer.text)) for answer in (*sent, *pages)])
            assert [answer.status_code for answer in (*sent, *pages)] == [303, 303, 200, 200]
    assert found[0] == found[1]
    assert differences(alone, rival, (TENDERER, "administrator")) == []


def test_nobody_can_tell_after_the_closing_either(twins: tuple[Twin, Twin]) -> None:
    alone, rival = twins
    rival_acts(rival, "submitted", LATER)
    for twin in twins:
        with twin.app.app_context():
            due = twin.tender.deadline
    assert due is not None
    with time_machine.travel(due + timedelta(hours=1), tick=False):
        for twin in twins:
            with twin.app.app_context():
                deadlines.close_tender(twin.tender, actor=_officer(twin), at=due + timedelta(hours=1))
                _commit()
        assert differences(alone, rival, (TENDERER, "officer", "opener", "administrator", "nobody")) == []


def test_the_comparison_sees_a_difference(twins: tuple[Twin, Twin]) -> None:
    alone, rival = twins
    with rival.app.app_context():
        rival.tender.title = "Another title"
        db.session.commit()
    assert f"officer /tenders/{alone.tender_id}/" in differences(alone, rival, ("officer",))


def test_reminders_are_the_same_with_and_without_a_rival(twins: tuple[Twin, Twin]) -> None:
    rival_acts(twins[1], "replaced", LATER)
    told = []
    for twin in twins:
        with twin.app.app_context():
            due = twin.tender.deadline
            assert due is not None
            links = followers.links_of(twin.app.config["WORKBENCH"])
            sent: list[tuple[str, ...]] = []
            for at in (
                due - timedelta(days=3),
                due - timedelta(days=2),
                due - timedelta(hours=2),
                due + timedelta(hours=1),
            ):
                remind(links, at=at)
                db.session.commit()
                mails.send_waiting(lambda *mail, to=sent: to.append(mail[:3]), now=lambda at=at: at)
            told.append(sorted(sent))
    assert told[0] == told[1]
    assert len(told[0]) > 4


def _officer(twin: Twin) -> Any:
    from workbench.models.accounts import UserRecord
    from workbench.queries.accounts import actor_for

    row = db.session.query(UserRecord).filter_by(fs_uniquifier=twin.people["officer"]).one()
    return actor_for(row)


# --- canaries -----------------------------------------------------------------------------------------------


def canaries_in(data: bytes) -> list[str]:
    """Name the words of a bid that stand in some bytes, in the ways in which texts are commonly written down."""
    found = []
    for word in CANARIES:
        ways = {word.encode(), word.encode("utf-16-le"), json.dumps(word).strip('"').encode(), word[:12].encode()}
        found += [word] if any(way in data for way in ways) else []
    return found


def test_before_the_opening_no_word_of_a_bid_stands_in_any_file(
    twins: tuple[Twin, Twin], capfd: pytest.CaptureFixture[str]
) -> None:
    _, rival = twins
    for upto in ("partner", "file", "replaced", "withdrawn"):
        rival_acts(rival, upto, LATER)
    for who in ("officer", "nobody"):
        with rival.app.app_context():
            seen(rival, who)
    with rival.app.app_context():
        remind(followers.links_of(rival.app.config["WORKBENCH"]), at=LATER)
        db.session.commit()
        mails.send_waiting(send_mail, now=lambda: LATER)
        copy = upgrade.back_up(db.engine, rival.folder / "backups", at=LATER, name="backup")
    assert copy is not None
    files = [path for path in rival.folder.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in files} | {path.parent.name for path in files}
    assert {".sqlite", ".sqlite-wal", ".sqlite-shm", "backups"} <= kinds
    assert any(path.parent.parent.name == "store" for path in files)
    assert {str(path): canaries_in(path.read_bytes()) for path in files if canaries_in(path.read_bytes())} == {}
    printed = capfd.readouterr()
    assert canaries_in((printed.out + printed.err).encode()) == []


def test_the_search_for_canaries_finds_one(twins: tuple[Twin, Twin]) -> None:
    _, rival = twins
    with rival.app.app_context():
        db.session.add(FollowerRecord(tender_id=rival.tender_id, email=CANARIES[4], asked_at=LATER))
        db.session.commit()
    found = [canaries_in(path.read_bytes()) for path in rival.folder.glob("workbench.sqlite*")]
    assert [CANARIES[4]] in found
