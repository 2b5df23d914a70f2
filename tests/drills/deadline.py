"""The last minute before a deadline: many bidders at once, a real server, and somebody who kills it again and again.

    python -m tests.drills.deadline --bidders 1000 --seconds 60 --kills 500

Each bidder has a draft and sends it from the real page, at a moment of its own, with one key; where no answer comes it
sends the same again, as browsers and people do. Nine kills in ten hit a worker, one the whole server. Afterwards the
database is asked: what was acknowledged is there, nothing late counts, nothing stands twice, every log verifies.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from tests.workbench import databases
from tests.workbench.bidding import Tenderer, a_tenderer
from tests.workbench.conftest import running
from tests.workbench.sealed import BEFORE, DEADLINE, committed
from tests.workbench.serving import Desk
from workbench import chain_export, clock
from workbench.app import Workbench
from workbench.arrival_rules import DRAIN
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import SealedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.bids import receipts as reads
from workbench.queries.bids.closings import closing_of
from workbench.queries.bids.drafts import draft_by, invitation_to
from workbench.receipts_key import public_key
from workbench.sealing import receipt
from workbench.services import deadlines

PATIENCE = 90
"""Seconds after the deadline in which a bidder without an answer goes on trying."""


KILLING = 5
"""Seconds after the deadline in which the server is still killed; then everybody gets an answer."""


@dataclass
class Bidder:
    """Somebody with a draft, a moment to send it at (seconds before the deadline), and what came of it."""

    code: str
    request: bytes
    before: float
    tries: int = 0
    told: str = ""
    seconds: float = 0.0
    sent_in_time: bool = False  # a whole request had left before the deadline


@dataclass(frozen=True)
class Figures:
    """What a drill found; everything in ``wrong`` must be empty."""

    bidders: int
    told: dict[str, int]
    held_up: int
    tries: int
    kills: int
    median: float
    slowest_hundredth: float
    slowest: float
    wrong: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {number:,}" for name, number in sorted(self.told.items()))
        wrong = ", ".join(f"{name} {number}" for name, number in self.wrong.items())
        return (
            f"{self.bidders:,} bidders, {self.tries:,} requests, {self.kills} kills; told: {told} "
            f"({self.held_up} of these had sent before the deadline and got no answer till then); "
            f"answered in {self.median:.3f} s (median), {self.slowest_hundredth:.2f} s (99 of 100), "
            f"{self.slowest:.2f} s (slowest); {wrong}"
        )


def drill(folder: Path, bidders: int, seconds: float, kills: int, *, seed: int = 1, workers: int = 3) -> Figures:
    """Run a drill and return its figures."""
    draw = random.Random(seed)
    desk = Desk(folder, 3600, workers)
    crowd = prepared(desk, bidders, seconds, draw)
    killed = 0
    with desk:
        desk.set_clock(seconds)
        ends = time.monotonic() + seconds
        threads = [threading.Thread(target=send, args=(desk, each, ends)) for each in crowd]
        for thread in threads:
            thread.start()
        while killed < kills and any(
            thread.is_alive() for thread in threads
        ):  # kills that hit nobody count for nothing
            time.sleep(max(0.0, min(seconds / kills, 1.0) * draw.uniform(0.5, 1.5)))
            kill(desk, whole=killed % 10 == 9)
            killed += 1
        for thread in threads:
            thread.join()
    return figures(desk, crowd, killed)


@contextmanager
def at_the_desk(desk: Desk, moment: object) -> Iterator[Workbench]:
    """Make the application in this process, its clock standing still."""
    real = clock.now
    clock.now = lambda: moment  # type: ignore[assignment,return-value]
    try:
        with running(databases.a_config(desk.url, desk.folder)) as app, app.app_context():
            yield app
    finally:
        clock.now = real


def prepared(desk: Desk, bidders: int, seconds: float, draw: random.Random) -> list[Bidder]:
    """Have every bidder begin a draft and look at the page that submits it; one in twenty will come too late."""
    made = []
    with at_the_desk(desk, BEFORE) as app:
        for _ in range(bidders):
            tenderer = a_tenderer(app, desk.world).start()
            before = draw.uniform(0, seconds) if draw.random() < 0.95 else -draw.uniform(0.2, 5)
            made.append(Bidder(tenderer.code, _request(desk, tenderer), before))
    return made


def _request(desk: Desk, tenderer: Tenderer) -> bytes:
    body = f"_key={uuid4()}&digest={tenderer.digest()}&_end=1"
    head = (
        f"POST {tenderer.address('lots/adult/submit')} HTTP/1.1\r\nHost: localhost:{desk.port}\r\n"
        f"Cookie: {tenderer.cookie}={tenderer.code}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return (head + body).encode()


def send(desk: Desk, bidder: Bidder, ends: float) -> None:
    """Send at the bidder's moment, and again until there is an answer."""
    time.sleep(max(0.0, ends - bidder.before - time.monotonic()))
    while not bidder.told and time.monotonic() < ends + PATIENCE:
        began = time.monotonic()
        status, answer = desk.send(bidder.request)
        bidder.tries += 1
        bidder.sent_in_time |= began < ends - 0.05 and (status > 0 or bool(answer))
        if status == 303:
            bidder.told = "in time" if b"now=submitted" in answer else "late"
            bidder.seconds = time.monotonic() - began
        elif status:
            bidder.told = f"status {status}" if status < 500 else ""
        if not bidder.told:
            time.sleep(0.2)


def kill(desk: Desk, *, whole: bool) -> None:
    """Kill a worker, or the whole server, which is then started again."""
    if whole:
        desk.kill()
        desk.start()
    else:
        desk.kill_worker()


# --- what the database says ---------------------------------------------------------------------------------


def figures(desk: Desk, crowd: list[Bidder], kills: int) -> Figures:
    """Compare what bidders were told with what is kept."""
    times = sorted(each.seconds for each in crowd if each.seconds)
    wrong = Counter({"acknowledged and lost": 0, "late and counted": 0, "twice": 0, "not sound": 0, "unanswered": 0})
    with at_the_desk(desk, DEADLINE + DRAIN + timedelta(hours=1)):
        for bidder in crowd:
            wrong += faults_of(desk, bidder)
        wrong["not sound"] = unsound(desk)
    names = ("acknowledged and lost", "late and counted", "twice", "not sound", "unanswered")
    return Figures(
        len(crowd), dict(Counter(each.told for each in crowd)),
        sum(each.told == "late" and each.sent_in_time for each in crowd), sum(each.tries for each in crowd), kills,
        times[len(times) // 2], times[len(times) * 99 // 100], times[-1], {name: wrong[name] for name in names},
    )  # fmt: skip


def faults_of(desk: Desk, bidder: Bidder) -> Counter[str]:
    """Count what is wrong with one bidder's acts."""
    invitation = invitation_to(desk.tender)
    assert invitation is not None
    draft = draft_by(invitation, bidder.code)
    assert draft is not None
    bid = draft.workspace.bids.get("adult")
    acts = reads.acts_of(bid.id) if bid else []
    counted = [act for act in acts if act.act == "submitted"]
    return Counter({
        "acknowledged and lost": int(bidder.told == "in time" and not counted)
        + int(bidder.told == "late" and not any(act.act == "late" for act in acts)),
        "late and counted": sum(act.last_byte_at >= DEADLINE for act in counted),
        "twice": int(len(acts) > 1),
        "unanswered": int(not bidder.told.startswith(("in time", "late"))),
    })  # fmt: skip


def unsound(desk: Desk) -> int:
    """Count what does not verify: the database, the logs, the receipts, and the closing over all of them."""
    found = int(desk.rows("PRAGMA integrity_check") != [("ok",)])
    for row in db.session.query(SealedBidRecord):
        held = receipt.read(row.receipt)
        found += bool(receipt.check(held, public_key())) + bool(chain_export.verify(reads.log_of(row.bid_id)))
    return found + not_closed(desk)


def not_closed(desk: Desk) -> int:
    """Close the tender and count the bids that the closing does not prove."""
    tender = db.session.get(TenderRecord, desk.tender)
    assert tender is not None
    recorded().clear()
    deadlines.close_tender(tender, actor=desk.officer, at=DEADLINE + DRAIN + timedelta(hours=1))
    committed()
    closing, found = closing_of(tender.id), 0
    rows = db.session.query(SealedBidRecord).filter_by(act="submitted").all()
    assert closing is not None
    for row in rows:
        proof = reads.closing_proof_of(tender.id, row.bid_id) if len(rows) <= 200 else None
        found += bool(proof and receipt.check_closing(proof, receipt.read(row.receipt), public_key()))
    return found + int(closing.size != len(rows))


def main() -> None:
    """Run a drill of the size that was asked for and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bidders", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    call = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="workbench-drill-") as folder:
        found = drill(
            Path(folder), call.bidders, call.seconds, call.kills, seed=call.seed, workers=call.workers
        )  # fmt: skip
    print(found)
    if any(found.wrong.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
