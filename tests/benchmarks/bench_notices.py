"""1,000 letters of a decision by the job queue: letters a second, and the memory of the processes that make them.

Run ``python tests/benchmarks/bench_notices.py [--notices 1000] [--makers 2]``. One ``workbench worker`` works the queue
with two printing processes, as an operator starts it; the same letters printed one by one in the plain way beside it
give the measure. The number to reach is for a process that prints: it must stay flat, however many letters there are.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sqlalchemy import func, select

from exports.notices.letters import letters
from scoring.recommendation import evaluate
from tests.benchmarks.bench_letters import naive
from tests.drills.notices import a_record, a_worker, kill, planted
from tests.workbench import databases
from tests.workbench.conftest import running
from workbench.db import db
from workbench.models.awards import DecisionPaperRecord

TO_REACH = 80  # MiB for each process that prints


@dataclass
class Peaks:
    """The most resident memory seen, in MiB: of the worker that fills the pages, and of each printing process."""

    worker: float = 0.0
    printer: float = 0.0

    def look(self, worker: subprocess.Popen[bytes]) -> None:
        """Look at the worker and its children now."""
        self.worker = max(self.worker, resident(worker.pid))
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
        threads = Path(f"/proc/{worker.pid}/task").glob("*/children")
        found = {pid for each in (children, *threads) if each.exists() for pid in each.read_text().split()}
        self.printer = max([self.printer, *(resident(int(pid)) for pid in found if _prints(int(pid)))])


def _prints(pid: int) -> bool:
    """Say whether a child has become a printing process; for a moment it is still a copy of its parent."""
    try:
        return b"exports.pdf_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB; 0 where it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def measured(folder: Path, notices: int, makers: int) -> tuple[float, Peaks]:
    """Make so many letters by a worker; return letters a second, from the first one that is made, and the peaks."""
    config = databases.a_config(databases.sqlite_url(folder), folder)
    issue_id = planted(config, a_record(notices))
    made = select(func.count()).where(DecisionPaperRecord.issue_id == issue_id, DecisionPaperRecord.state == "made")
    peaks, began, first = Peaks(), 0.0, 0
    with running(config) as app, app.app_context():
        worker = a_worker(config, makers)
        try:
            while (count := db.session.scalar(made) or 0) < notices:
                db.session.rollback()
                if count and not began:
                    began, first = time.perf_counter(), count
                peaks.look(worker)
                time.sleep(0.1)
            return (notices - first) / (time.perf_counter() - began), peaks
        finally:
            kill(worker)


def beside(few: int) -> float:
    """Print some of the same letters in the plain way, one by one; return letters a second."""
    made = letters(evaluate(a_record(few)))
    naive(made[0])
    began = time.perf_counter()
    for letter in made:
        naive(letter)
    return len(made) / (time.perf_counter() - began)


def main() -> None:
    """Measure and print a table, with the number to reach beside each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=1000)
    parser.add_argument("--makers", type=int, default=2)
    asked = parser.parse_args()
    plain = beside(12)
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        rate, peaks = measured(Path(folder), asked.notices, asked.makers)
    plain = (plain + beside(12)) / 2
    print(f"naive WeasyPrint, one process            {plain:6.1f} letters/s")
    what = f"{asked.notices:,} letters, {asked.makers} makers, from the queue"
    print(f"{what:<40} {rate:6.1f} letters/s  {rate / plain:.2f} × naive")
    print(f"peak of a process that prints            {peaks.printer:6.0f} MiB        (to reach: {TO_REACH})")
    print(f"peak of the worker that fills the pages  {peaks.worker:6.0f} MiB")


if __name__ == "__main__":
    main()
