"""Documents of a decision made by workers that are killed again and again: each exactly once, and the right bytes.

    python -m tests.drills.notices --notices 200 --kills 50

A worker (``workbench worker``, as an operator starts it) is killed with SIGKILL at points spread over the run, its
printing process with it, while a second one works beside it; another is started, and so on to the end. Then the
database is asked: every document there once, its bytes those of its digest and those that the record gives, and one
end recorded.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from exports import tender_file
from lots.bid import Bid
from scoring.decision import LetterText, Signatory
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.workbench import databases
from tests.workbench import factories as rows
from tests.workbench.conftest import running
from workbench.config import Config
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.printing import print_document
from workbench.services.awards import making
from workbench.services.awards.packs import Planned, planned, title_of

HERE = Path(__file__).resolve().parents[2]
AT = datetime(2024, 11, 4, 9, 0, tzinfo=UTC)
PATIENCE = 4.0  # seconds until a document that a killed worker had taken is taken again
LONGEST = 3600  # seconds after which a run is given up


@dataclass(frozen=True)
class Figures:
    """What a run found; everything in ``wrong`` must be 0."""

    notices: int
    kills: int
    taken_twice: int
    seconds: float
    wrong: dict[str, int]

    def __str__(self) -> str:
        wrong = ", ".join(f"{name} {number}" for name, number in self.wrong.items())
        return (
            f"{self.notices:,} notices, {self.kills} kills in {self.seconds:.0f} s; {self.taken_twice} documents had "
            f"been taken by a worker that was killed; {wrong}"
        )


def a_record(notices: int) -> TenderFile:
    """Make a decided record whose one lot has a winner and so many unsuccessful tenderers."""
    base, like = factories.tender_file(("adult-harbour",)), factories.tender_file(("adult-quayside",))
    names = {f"bid-{number:04d}": f"trust{number}" for number in range(notices)}
    award = factories.award(
        signatories=(Signatory("A. Clerk", "Chief executive", date(2024, 11, 1)),), decided_on=date(2024, 11, 1),
        notices_sent=AT.date(), debrief_contact="pcc@westmere.example",
        letters=tuple(LetterText(bid, f"It names its rota ({bid}).", "Name who covers.") for bid in names),
    )  # fmt: skip
    return replace(
        base,
        tender=replace(base.tender, lots=(factories.lot("adult"),)),
        methodologies=(factories.methodology("adult"),),
        organisations=(*base.organisations, *map(factories.organisation, names.values())),
        bids=(*base.bids, *(_bid(like.bids[0], bid, name) for bid, name in names.items())),
        agreed_scores=(*base.agreed_scores, *(replace(it, bid=bid) for bid in names for it in like.agreed_scores)),
        score_sheets=(*base.score_sheets, *(replace(it, bid=bid) for bid in names for it in like.score_sheets)),
        award=award,
    )


def _bid(like: Bid, bid: str, name: str) -> Bid:
    """Make a bid like another one, of another tenderer."""
    parties = (replace(like.parties[0], organisation=name), *like.parties[1:])
    split = like.split
    if split is not None:
        split = replace(split, payments=tuple(replace(it, payer=name) for it in split.payments))
    return replace(like, id=bid, parties=parties, split=split)


def planted(config: Config, file: TenderFile) -> str:
    """Put an issue of a record's letters into a new database; return its id."""
    with running(config) as app, app.app_context():
        person = rows.a_user(rows.an_authority(), "officer")
        tender = rows.a_tender(person.authority, stage="approved")
        data = tender_file.write(file)
        issue = IssueRecord(
            tender_id=tender.id, number=1, kind="final", recommendation=1, file=data, made_by=person.id, made_at=AT,
            file_sha256=hashlib.sha256(data).hexdigest(),
        )  # fmt: skip
        db.session.add(issue)
        db.session.flush()
        db.session.add_all(
            DecisionPaperRecord(
                tender_id=tender.id, issue_id=issue.id, key=making.key_of(each), path=each.path, kind="letter",
                title=title_of(each.paper)[: making.LONGEST_TITLE],
            )
            for each in letters_of(file)
        )  # fmt: skip
        db.session.commit()
        return issue.id


def letters_of(file: TenderFile) -> list[Planned]:
    """List the letters that a record gives."""
    found = [each for each in planned(evaluate(file)) if isinstance(each, Planned)]
    return [each for each in found if "-letter-" in each.path]


def a_worker(config: Config, makers: int) -> subprocess.Popen[bytes]:
    """Start a worker as its operator does, in a session of its own."""
    settings = {
        "WORKBENCH_DATA": str(config.data), "WORKBENCH_DATABASE_URL": config.database_url,
        "WORKBENCH_BASE_URL": "http://localhost:9", "PYTHONPATH": str(HERE),
    }  # fmt: skip
    words = ("worker", "--every", "1", "--makers", str(makers), "--patience", str(PATIENCE))
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.cli", *words], cwd=HERE, env={**os.environ, **settings},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def kill(worker: subprocess.Popen[bytes]) -> None:
    """End a worker and its printing processes at once, whatever they are doing."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(60)


def drill(folder: Path, notices: int, kills: int, *, seed: int = 1, makers: int = 1) -> Figures:
    """Make so many letters with workers that are killed so many times."""
    draw, began = random.Random(seed), time.monotonic()
    config = databases.a_config(databases.sqlite_url(folder), folder)
    file = a_record(notices)
    issue_id = planted(config, file)
    points = sorted(draw.sample(range(notices), kills))
    workers = deque(a_worker(config, makers) for _ in range(2))  # one makes while the next one still starts
    try:
        with running(config) as app, app.app_context():
            for point in points:
                wait_until(issue_id, point, began)
                time.sleep(draw.uniform(0, 0.3))
                kill(workers.popleft())
                workers.append(a_worker(config, makers))
            wait_until(issue_id, notices, began)
            return figures(issue_id, file, kills, time.monotonic() - began)
    finally:
        for worker in workers:
            kill(worker)


def wait_until(issue_id: str, made: int, began: float) -> None:
    """Wait until so many documents are made."""
    wanted = select(func.count()).where(DecisionPaperRecord.issue_id == issue_id, DecisionPaperRecord.state == "made")
    while (db.session.scalar(wanted) or 0) < made:
        db.session.rollback()
        if time.monotonic() - began > LONGEST:
            raise AssertionError(f"The run was given up after {LONGEST} seconds")
        time.sleep(0.05)
    db.session.rollback()


def figures(issue_id: str, file: TenderFile, kills: int, seconds: float) -> Figures:
    """Ask the database what became of every document, and print each again."""
    expected = {making.key_of(each): each.paper for each in letters_of(file)}
    found = db.session.query(DecisionPaperRecord).filter_by(issue_id=issue_id)
    names = ("missing", "twice", "other bytes", "not as printed again", "ends recorded but one")
    wrong, seen, twice = Counter(dict.fromkeys(names, 0)), Counter[str](), 0
    for row in found.options(undefer(DecisionPaperRecord.content)):
        seen[row.key] += 1
        twice += row.tries > 1
        data = row.content or b""
        wrong["other bytes"] += hashlib.sha256(data).hexdigest() != row.sha256
        wrong["not as printed again"] += data != print_document(expected[row.key])  # type: ignore[arg-type]
    wrong["missing"] = len(set(expected) - set(seen))
    wrong["twice"] = sum(count > 1 for count in seen.values())
    ends = db.session.scalar(select(func.count()).where(EventRecord.action == "papers_made")) or 0
    wrong["ends recorded but one"] = abs(ends - 1)
    return Figures(len(expected), kills, twice, seconds, dict(wrong))


def main() -> None:
    """Run a drill of the size that was asked for and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notices", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--makers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    call = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-drill-") as folder:
        found = drill(Path(folder), call.notices, call.kills, seed=call.seed, makers=call.makers)
    print(found)
    if any(found.wrong.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
