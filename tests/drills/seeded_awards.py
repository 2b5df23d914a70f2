"""Made-up awards kept in a database and worked out again by a process that knows nothing but that database.

    python -m tests.drills.seeded_awards --awards 1000

Each award is a whole procurement made up from a number (:mod:`tests.seeded`). Its record and its result are written as
JSON, kept as a recommendation on SQLite and on PostgreSQL, read back and evaluated again, here and in a fresh process
whose hashes are salted otherwise. Then inputs are changed, one at a time: every change has to give another digest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import undefer

from exports import tender_file
from exports.award_snapshot import digest_of, result_of, snapshot_of
from lots.errors import errors_in
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests.seeded import a_penny_more, seeded_file
from tests.workbench import databases, factories
from tests.workbench.conftest import running
from workbench.app import Workbench
from workbench.db import db
from workbench.models.awards import RecommendationRecord

AT = datetime(2024, 10, 21, 9, 0, tzinfo=UTC)
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figures:
    """What a drill found; everything in ``wrong`` must be empty."""

    awards: int
    lots: int
    awarded: int
    changes: int
    seconds: float
    databases: tuple[str, ...]
    wrong: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        wrong = ", ".join(f"{name} {len(seeds)}" for name, seeds in self.wrong.items())
        return (
            f"{self.awards:,} awards ({self.lots:,} lots, {self.awarded:,} awarded) on {' and '.join(self.databases)}, "
            f"{self.changes:,} inputs changed, {self.seconds:.0f} s; {wrong}"
        )


def drill(
    folder: Path, urls: Mapping[str, str], awards: int, *, first: int = 0, changes: int = 100, fresh: bool = True
) -> Figures:
    """Make up awards, keep them in each database, read them back, and have fresh processes work them out again."""
    begun, seeds = time.monotonic(), range(first, first + awards)
    made = {seed: _made(seed) for seed in seeds}
    wrong: dict[str, tuple[int, ...]] = {
        "not valid": tuple(seed for seed in seeds if not made[seed].valid),
        "other after JSON": tuple(seed for seed in seeds if made[seed].again != made[seed].digests),
    }
    for name, url in urls.items():
        with _application(url, folder) as _:
            kept = _keep(made)
            found = {"from": {seed: (digest_of(one), digest_of(two)) for seed, one, two in _read(kept)}}
            db.session.remove()  # a transaction that waits for the other process would be ended for it
            if fresh:
                found["in a fresh process on"] = _in_a_fresh_process(url, folder, kept)
        for how, digests in found.items():
            wrong[f"other {how} {name}"] = tuple(seed for seed in seeds if digests.get(seed) != made[seed].digests)
    tried = [seed for seed in seeds if seed % max(1, awards // changes) == 0]
    wrong["change unseen"] = tuple(seed for seed in tried if not _changes_are_seen(seed, made[seed].snapshot))
    lots, awarded = (sum(each) for each in zip(*((it.lots, it.awarded) for it in made.values()), strict=True))
    seconds = time.monotonic() - begun
    return Figures(awards, lots, awarded, 3 * len(tried), seconds, tuple(urls), wrong)


@dataclass(frozen=True)
class _Made:
    snapshot: bytes
    result: bytes
    digests: tuple[str, str]
    again: tuple[str, str]
    valid: bool
    lots: int
    awarded: int


def _made(seed: int) -> _Made:
    """Make an award up, work it out, and do so again from its JSON."""
    file = seeded_file(seed)
    evaluation = evaluate(file)
    snapshot, result = snapshot_of(file), result_of(evaluation)
    _, findings = tender_file.check(snapshot)
    awarded = sum(each.winner is not None for each in evaluation.recommendations)
    digests = (digest_of(snapshot), digest_of(result))
    return _Made(snapshot, result, digests, _digests(snapshot), not errors_in(findings), len(evaluation.lots), awarded)


def _digests(snapshot: bytes) -> tuple[str, str]:
    file = _file(snapshot)
    return digest_of(snapshot_of(file)), digest_of(result_of(evaluate(file)))


def _file(snapshot: bytes) -> TenderFile:
    file, _ = tender_file.read(snapshot)
    assert file is not None
    return file


# --- the database -----------------------------------------------------------------------------------------------


@contextmanager
def _application(url: str, folder: Path) -> Iterator[Workbench]:
    with running(databases.a_config(url, folder)) as app, app.app_context():
        yield app


def _keep(made: Mapping[int, _Made]) -> str:
    """Keep every award as a recommendation of one tender, numbered by its seed; returns the tender's id."""
    authority = factories.an_authority()
    tender, person = factories.a_tender(authority).id, factories.a_user(authority).id
    for seed, each in made.items():
        db.session.add(
            RecommendationRecord(
                tender_id=tender, number=seed + 1, snapshot=each.snapshot, snapshot_sha256=each.digests[0],
                result=each.result, result_sha256=each.digests[1], engine="drill", made_by=person, made_at=AT,
            )
        )  # fmt: skip
    db.session.commit()
    db.session.remove()
    return tender


def _read(tender_id: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield every award's number with its record and its result, as they were kept."""
    row = RecommendationRecord
    wanted = select(row).where(row.tender_id == tender_id).options(undefer(row.snapshot), undefer(row.result))
    for it in db.session.scalars(wanted.order_by(row.number).execution_options(yield_per=50)):
        yield it.number - 1, it.snapshot, it.result


def _in_a_fresh_process(url: str, folder: Path, tender_id: str) -> dict[int, tuple[str, str]]:
    """Have another interpreter read the database and work every award out."""
    words = [sys.executable, "-m", "tests.drills.seeded_awards", "--read", url, str(folder), tender_id]
    salt = {**os.environ, "PYTHONHASHSEED": "4242"}
    done = subprocess.run(words, cwd=_ROOT, env=salt, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    found = json.loads(done.stdout.splitlines()[-1])
    return {int(seed): (digests[0], digests[1]) for seed, digests in found.items()}


def _print_digests(url: str, folder: Path, tender_id: str) -> None:
    with _application(url, folder):
        print(json.dumps({seed: _digests(snapshot) for seed, snapshot, _ in _read(tender_id)}))


# --- changes ----------------------------------------------------------------------------------------------------


def _changes_are_seen(seed: int, snapshot: bytes) -> bool:
    """Say whether a penny, a point and a flipped bit each give another digest."""
    draw, file = Random(seed), _file(snapshot)
    before = digest_of(result_of(evaluate(file)))
    changed = [_a_penny(file, draw), _a_point(file, draw)]
    at = draw.randrange(len(snapshot))
    flipped = snapshot[:at] + bytes([snapshot[at] ^ 1 << draw.randrange(8)]) + snapshot[at + 1 :]
    seen = [digest_of(result_of(evaluate(each))) != before for each in changed if each is not None]
    return all(seen) and digest_of(flipped) != digest_of(snapshot)


def _a_penny(file: TenderFile, draw: Random) -> TenderFile | None:
    """Make one bid that was priced a penny dearer; None where no bid was."""
    priced = [it.bid for lot in evaluate(file).lots for it in lot.results if it.price is not None]
    if not priced:
        return None
    bid = draw.choice(priced)
    return replace(file, bids=tuple(a_penny_more(it) if it.id == bid.id else it for it in file.bids))


def _a_point(file: TenderFile, draw: Random) -> TenderFile | None:
    """Agree one point more or less for a bid whose marks count."""
    marked = {it.bid.id for lot in evaluate(file).lots for it in lot.results if it.rows}
    scores = [at for at, it in enumerate(file.agreed_scores) if it.bid in marked]
    if not scores:
        return None
    at = draw.choice(scores)
    score = file.agreed_scores[at]
    other = replace(score, points=score.points + (1 if score.points < 5 else Decimal(-1)))
    return replace(file, agreed_scores=(*file.agreed_scores[:at], other, *file.agreed_scores[at + 1 :]))


def main() -> None:
    """Run a drill on both databases and print its figures; exit status 1 where anything is wrong."""
    words = argparse.ArgumentParser(description="Awards made up, kept and worked out again.")
    words.add_argument("--awards", type=int, default=1000)
    words.add_argument("--read", nargs=3, metavar=("URL", "FOLDER", "TENDER"))
    given = words.parse_args()
    if given.read:
        _print_digests(given.read[0], Path(given.read[1]), given.read[2])
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        databases.postgresql_server() as server,
        databases.postgresql_url(server) as url,
    ):
        urls = {"SQLite": databases.sqlite_url(Path(folder)), "PostgreSQL": url}
        found = drill(Path(folder), urls, given.awards)
    print(found)
    sys.exit(any(found.wrong.values()))


if __name__ == "__main__":
    main()
