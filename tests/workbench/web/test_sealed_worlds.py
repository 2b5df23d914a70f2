"""Twin worlds: two installations alike but for a rival's draft or bid answer everybody alike, until bids are opened.

And canaries: before the opening no word of a bid stands in any file of an installation, nor in what it mails or logs.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.workbench import databases
from tests.workbench.bidding import a_tenderer
from tests.workbench.published import AT, a_world, published
from tests.workbench.twins import (
    CANARIES,
    LATER,
    READERS,
    RIVALS,
    TENDERER,
    Twin,
    an_administrator,
    commit,
    installation,
    rival_acts,
    sealed_file,
)
from workbench import upgrade
from workbench.db import db
from workbench.models.bids import FollowerRecord
from workbench.services import deadlines, mails
from workbench.services.bids import followers
from workbench.services.bids.reminders import remind
from workbench.web.mailing import send_mail


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
        people["administrator"] = an_administrator(world)
        db.session.commit()
        tender_id = world.tender.id
    with closing(sqlite3.connect(folder / "workbench.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Twin(app, folder, tender_id, people, code)


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
    "issue": 1, "recommendation": 1,
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
                commit()
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
