"""``remind``, ``probe`` and ``worker``: as their operator calls them, and killed in the middle again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.published import AT, a_world, published
from tests.workbench.running import run_json
from tests.workbench.web.test_mailing import Postbox
from workbench.app import Workbench
from workbench.config import Config
from workbench.db import db
from workbench.models.bids import FollowerRecord, MailRecord, ProbeRecord

FOLLOWERS = 40
KILLS = 4


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An installation in a folder of its own."""
    values = {
        "WORKBENCH_DATA": str(tmp_path), "WORKBENCH_DATABASE_URL": databases.sqlite_url(tmp_path),
        "WORKBENCH_BASE_URL": "http://localhost:9",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **values}


@pytest.fixture
def installed(environment: dict[str, str]) -> Iterator[Workbench]:
    """It has a published tender with followers, one hour before its deadline."""
    with running(Config.from_environment()) as app, app.app_context():
        world = published(a_world())
        world.tender.deadline = datetime.now(UTC) + timedelta(hours=1)
        for number in range(FOLLOWERS):
            email = f"a{number}@harbour.example"
            db.session.add(FollowerRecord(tender_id=world.tender.id, email=email, asked_at=AT, confirmed_at=AT))
        db.session.commit()
        yield app


def test_reminders_are_sent_by_hand_once(installed: Workbench, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = run_json("remind"), run_json("remind")
    assert first == {"new": FOLLOWERS, "sent": FOLLOWERS, "failed": 0, "given_up": 0}
    assert second == {"new": 0, "sent": 0, "failed": 0, "given_up": 0}


def test_a_service_that_is_down_is_said_to_be(installed: Workbench) -> None:
    found = run_json("probe")
    assert (found["accepting"], found["tenders"]) == (False, 0)
    assert found["words"].startswith("no connection")


@pytest.mark.slow
def test_a_worker_that_is_killed_again_and_again_mails_everybody_once(
    installed: Workbench, environment: dict[str, str]
) -> None:
    """A mail under way at the moment of the kill may come twice, under one number: a mailbox shows it once."""
    box = Postbox()
    box.start()
    mail = {"WORKBENCH_MAIL_URL": f"smtp://127.0.0.1:{box.port}", "WORKBENCH_MAIL_FROM": "tenders@westmere.example"}
    chance = random.Random(4)
    for _ in range(KILLS):
        worker, seen = _worker({**environment, **mail}), len(box.mails)
        _wait_for(partial(_more, box, seen), worker)
        time.sleep(chance.uniform(0, 0.05))
        worker.kill()
        worker.wait()
        with installed.app_context():
            _let_claims_run_out()
    worker = _worker({**environment, **mail})
    _wait_for(lambda: _unsent() == 0, worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    box.listener.close()
    numbers = Counter(str(it["Message-ID"]) for it in box.mails)
    assert len({str(it["To"]) for it in box.mails}) == len(numbers) == FOLLOWERS
    assert sum(numbers.values()) - FOLLOWERS <= KILLS
    assert db.session.scalar(select(func.count()).select_from(MailRecord)) == FOLLOWERS


def _worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "workbench.cli", "worker", "--every", "0.2"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _more(box: Postbox, than: int) -> bool:
    return len(box.mails) > than


def _wait_for(reached: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if reached() or _unsent() == 0:
            return
        assert worker.poll() is None, "the worker ended by itself"
        time.sleep(0.05)
    raise AssertionError("the worker did nothing for half a minute")


def _unsent() -> int:
    db.session.rollback()
    wanted = db.session.scalar(select(func.count()).select_from(MailRecord)) or 0
    waiting = select(func.count()).select_from(MailRecord).where(MailRecord.sent_at.is_(None))
    return (db.session.scalar(waiting) or 0) if wanted else -1


def _let_claims_run_out() -> None:
    """Make a mail that a killed worker had in its hands due again at once, as two minutes would."""
    from sqlalchemy import update

    db.session.rollback()
    db.session.execute(update(MailRecord).where(MailRecord.sent_at.is_(None)).values(try_at=AT, tries=0))
    db.session.commit()


def test_a_worker_keeps_the_ledger_and_stops_when_told(installed: Workbench, environment: dict[str, str]) -> None:
    worker = _worker(environment)
    _wait_for(lambda: _unsent() == 0, worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert db.session.scalar(select(func.count()).select_from(ProbeRecord)) == 0, "this tender takes no bids here"
