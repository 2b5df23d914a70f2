"""Many windows of one evaluator saving at once through the real server: nothing acknowledged is lost or overwritten.

    python -m tests.drills.scores --windows 50 --saves 10000

The windows share ten answers. Each saves its own words on top of what it last saw; one that is told that another was
faster looks at the page again and saves once more, as people do. Afterwards the database is asked: every version is
somebody's acknowledged save, what stands is the last of them, and the author's own log has one event for each.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import select

from tests.workbench.own_scores import desk
from tests.workbench.scoring import scoring
from tests.workbench.signing import signed_in
from workbench import chain_export
from workbench.db import db
from workbench.models.audit import ChainRecord, EventRecord
from workbench.models.evaluation import ScoreDraftRecord
from workbench.services.evaluation.scoring import chain_of

HERE = Path(__file__).resolve().parents[2]
ANSWERS = 10
PROGRAM = """
import sys
from pathlib import Path
from tests.workbench import databases
import workbench.server as server
url, folder, bind, workers = sys.argv[1:5]
make = server.create_app
def without_tokens(config):
    app = make(config)
    app.config["WTF_CSRF_ENABLED"] = False
    return app
server.create_app = without_tokens
server.Server(databases.a_config(url, Path(folder)), bind=bind, workers=int(workers)).run()
"""


@dataclass
class Figures:
    """What a drill found; everything in ``wrong`` must be nought."""

    saves: int = 0
    stale: int = 0
    unanswered: int = 0
    seconds: float = 0.0
    wrong: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        wrong = ", ".join(f"{name} {number}" for name, number in self.wrong.items())
        return (
            f"{self.saves:,} saves acknowledged, {self.stale:,} refused because another window was faster, "
            f"{self.unanswered} without an answer, in {self.seconds:.0f} s "
            f"({self.saves / max(self.seconds, 1):.0f} a second); {wrong}"
        )


@dataclass
class Window:
    """One browser window with one answer open."""

    port: int
    path: str
    cookie: str
    number: int
    version: int = 0
    taken: dict[int, str] = field(default_factory=dict)
    stale: int = 0
    unanswered: int = 0

    def save(self) -> None:
        """Save once more, whatever it takes."""
        while True:
            words = f"Window {self.number} says {uuid4()} about the rota in paragraph 3."
            status, told = self._send(words)
            if status == 200 and told.get("saved"):
                self.version = int(str(told["version"]))
                self.taken[self.version] = words
                return
            self.stale += status == 409
            self.unanswered += status != 409
            self._look()

    def _send(self, words: str) -> tuple[int, dict[str, object]]:
        body = urlencode({"_key": str(uuid4()), "_version": self.version or "", "points": "3", "strengths": words})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Autosave": "1"}
        status, text = self._ask("POST", body, headers)
        return status, json.loads(text) if status in (200, 409, 422) else {}

    def _look(self) -> None:
        """Open the page again, and see which version it shows."""
        found = re.search(r'name="_version"[^>]*value="(\d*)"', self._ask("GET", "", {})[1])
        self.version = int(found[1] or 0) if found else self.version

    def _ask(self, method: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as line:
                line.request(method, self.path, body or None, {**headers, "Cookie": f"session={self.cookie}"})
                answer = line.getresponse()
                return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""


def drill(folder: Path, windows: int, saves: int, *, workers: int = 3) -> Figures:
    """Run a drill and return its figures."""
    with scoring(folder) as (app, world):
        evaluator = world.actor("evaluator", 0)
        own = desk(world, evaluator)
        answers = [(bid_id, each.id) for bid_id in own.bids for each in own.questions(bid_id)][:ANSWERS]
        found = signed_in(app, world.people["evaluator"][0].fs_uniquifier).get_cookie("session")
        assert found is not None
        tender, user, url = world.tender.id, evaluator.user_id, str(db.engine.url)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        with _server(url, folder, workers) as port:
            paths = [f"/tenders/{tender}/sheets/{bid_id}/{criterion}" for bid_id, criterion in answers]
            crowd = [Window(port, paths[n % len(paths)], found.value, n) for n in range(windows)]
            figures = _run(crowd, saves)
        figures.wrong = _wrong(crowd, answers, tender, user)
        return figures


def _run(crowd: list[Window], saves: int) -> Figures:
    began, shares = time.monotonic(), [saves // len(crowd) + (n < saves % len(crowd)) for n in range(len(crowd))]
    threads = [
        threading.Thread(target=lambda it=window, turns=share: [it.save() for _ in range(turns)])  # type: ignore[misc]
        for window, share in zip(crowd, shares, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figures(
        sum(len(each.taken) for each in crowd), sum(each.stale for each in crowd),
        sum(each.unanswered for each in crowd), time.monotonic() - began,
    )  # fmt: skip


def _wrong(crowd: list[Window], answers: list[tuple[str, str]], tender: str, user: int) -> dict[str, int]:
    """Compare what the windows were told with what the database holds."""
    lost = doubled = other = 0
    for at, (bid_id, criterion) in enumerate(answers):
        told = [pair for n, window in enumerate(crowd) if n % len(answers) == at for pair in window.taken.items()]
        row = db.session.scalars(
            select(ScoreDraftRecord).filter_by(user_id=user, bid_id=bid_id, criterion=criterion)
        ).one_or_none()
        held = row.version if row else 0
        doubled += len(told) - len({version for version, _ in told})
        lost += len(set(range(1, held + 1)) ^ {version for version, _ in told})
        other += bool(row) and dict(told)[held] not in row.content  # type: ignore[union-attr]
    chain = chain_of(tender, user)
    end = db.session.get(ChainRecord, chain)
    saves = sum(len(window.taken) for window in crowd)
    return {
        "versions nobody was told of, or lost": lost, "versions told twice": doubled, "other words at the end": other,
        "events too many or too few": abs((end.length if end else 0) - saves), "broken logs": _broken(chain, end),
    }  # fmt: skip


def _broken(chain: str, end: ChainRecord | None) -> int:
    columns = (EventRecord.seq, EventRecord.canon, EventRecord.salt, EventRecord.leaf, EventRecord.head)
    rows = db.session.execute(select(*columns).where(EventRecord.chain == chain).order_by(EventRecord.seq))
    data = chain_export.export(chain, (chain_export.Link(*row) for row in rows))
    return len(chain_export.verify(data, end.head if end else ""))


@contextmanager
def _server(url: str, folder: Path, workers: int) -> Iterator[int]:
    """Run the real server, and yield its port once it answers."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", PROGRAM, url, str(folder), f"127.0.0.1:{port}", str(workers)]
    process = subprocess.Popen(
        command, cwd=HERE, env={**os.environ, "PYTHONPATH": str(HERE)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _wait(port: int) -> None:
    for _ in range(1200):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
                line.request("GET", "/livez")
                if line.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start in a minute")


def main() -> None:
    """Run the drill in a folder of its own; a figure that is wrong ends with status 1."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--windows", type=int, default=50)
    words.add_argument("--saves", type=int, default=10_000)
    told = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-scores-") as folder:
        found = drill(Path(folder), told.windows, told.saves)
    print(found)
    if found.saves != told.saves or any(found.wrong.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
