"""Fifty writers at once: SQLite as this project opens it, beside PostgreSQL.

Run it with ``python -m tests.benchmarks.bench_writers [--writers 50] [--saves 400]``. Each writer is a process with a
connection of its own. A save is what a save of a page asks of the database: begin (on SQLite with the write lock, as a
unit of work does), read the version of a part, write the part over that version, count the tender's version up, add an
event, commit. It goes through the driver, on connections that the project's engine opened, so that the databases are
compared and not the program above them. Nothing is retried: an error counts.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from tests.workbench import databases
from workbench.engine import engine_options, prepare

TABLES = (
    "CREATE TABLE bench_tenders (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)",
    "CREATE TABLE bench_parts (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, content TEXT NOT NULL)",
    "CREATE TABLE bench_events (tender INTEGER NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, "
    "PRIMARY KEY (tender, number))",
)
CONTENT = '{"title":"Adult Service","annual_budget":"500000"}' * 8
AIM = 3
NORMAL = "#normal"
"""At the end of a SQLite address: commits wait for no disk, so that a power cut may take the last ones back."""


def engine_of(url: str) -> Any:
    """Make an engine as the application does, but that every connection is opened anew."""
    plain = url.removesuffix(NORMAL)
    engine = prepare(create_engine(plain, poolclass=NullPool, **engine_options(plain)))
    if plain != url:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = normal"))
    return engine


def prepare_tables(url: str, writers: int) -> None:
    """Make the tables, with a tender and a part for each writer."""
    with engine_of(url).begin() as connection:
        for table in TABLES:
            connection.exec_driver_sql(table)
        for writer in range(writers):
            connection.exec_driver_sql(f"INSERT INTO bench_tenders VALUES ({writer}, 0)")
            connection.exec_driver_sql(f"INSERT INTO bench_parts VALUES ({writer}, 0, '')")


def write(url: str, writer: int, saves: int, start: Any, told: Any) -> None:
    """Save so often, one after the other, and tell how long each took and what went wrong."""
    raw = engine_of(url).raw_connection()
    cursor, times, wrong = raw.cursor(), [], []
    start.wait()
    for number in range(saves):
        began = time.perf_counter()
        try:
            _save(cursor, raw, url.startswith("sqlite"), writer, number)
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}"[:100])
            raw.rollback()
        times.append(time.perf_counter() - began)
    told.put((times, wrong))
    raw.close()


def _save(cursor: Any, raw: Any, is_sqlite: bool, writer: int, number: int) -> None:
    mark = "?" if is_sqlite else "%s"
    if is_sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    cursor.execute(f"SELECT version FROM bench_parts WHERE id = {mark}", (writer,))
    version = cursor.fetchone()[0]
    change = f"UPDATE bench_parts SET version = {mark}, content = {mark} WHERE id = {mark} AND version = {mark}"
    cursor.execute(change, (version + 1, CONTENT, writer, version))
    if cursor.rowcount != 1:
        raise RuntimeError("somebody else saved this part")
    cursor.execute(f"UPDATE bench_tenders SET version = version + 1 WHERE id = {mark}", (writer,))
    cursor.execute(f"INSERT INTO bench_events VALUES ({mark}, {mark}, {mark})", (writer, number, CONTENT))
    if is_sqlite:
        cursor.execute("COMMIT")
    else:
        raw.commit()


def run(name: str, url: str, writers: int, saves: int) -> float:
    """Let all writers go at once, check that every save is there, print and return saves a second."""
    prepare_tables(url, writers)
    context = multiprocessing.get_context("fork")
    start, told = context.Barrier(writers + 1), context.Queue()
    team = [context.Process(target=write, args=(url, n, saves, start, told)) for n in range(writers)]
    for each in team:
        each.start()
    start.wait()
    began = time.perf_counter()
    answers = [told.get() for _ in team]
    taken = time.perf_counter() - began
    for each in team:
        each.join()
    times = sorted(one for found, _ in answers for one in found)
    wrong = [one for _, found in answers for one in found]
    kept = _kept(url)
    rate = kept / taken
    print(
        f"  {name:<20}{kept:>8,} of {writers * saves:,} saved, {len(wrong)} errors {sorted(set(wrong))[:2] or ''}  "
        f"{rate:>8,.0f} a second   p50 {statistics.median(times) * 1e3:.2f} ms, "
        f"p99 {times[int(len(times) * 0.99)] * 1e3:.0f} ms, longest {times[-1] * 1e3:,.0f} ms"
    )
    return rate


def _kept(url: str) -> int:
    """Count the events, and see that versions and events tell the same."""
    with engine_of(url).connect() as connection:
        events = connection.exec_driver_sql("SELECT count(*) FROM bench_events").scalar_one()
        versions = connection.exec_driver_sql("SELECT sum(version) FROM bench_parts").scalar_one()
    assert events == versions
    return int(events)


def main() -> None:
    """Print both databases, one after the other, and how they compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--saves", type=int, default=400)
    wanted = parser.parse_args()
    print(f"{wanted.writers} writers × {wanted.saves} saves a writer, with no time to think between them")
    with databases.postgresql_server() as server, databases.postgresql_url(server, empty=True) as postgresql:
        print(f"PostgreSQL with {_settings(postgresql)}; SQLite with WAL and IMMEDIATE")
        rates = {}
        with tempfile.TemporaryDirectory() as folder:
            for name, mark in (("SQLite, FULL (ours)", ""), ("SQLite, NORMAL", NORMAL)):
                path = Path(folder) / f"{len(rates)}.sqlite"
                rates[name] = run(name, f"sqlite:///{path}{mark}", wanted.writers, wanted.saves)
        other = run("PostgreSQL", postgresql, wanted.writers, wanted.saves)
    for name, rate in rates.items():
        print(f"  {name} saves {rate / other:.1f} times as often as PostgreSQL (to reach ≥ {AIM})")


def _settings(url: str) -> str:
    with engine_of(url).connect() as connection:
        names = ("fsync", "synchronous_commit", "wal_sync_method")
        return ", ".join(f"{name} {connection.exec_driver_sql(f'SHOW {name}').scalar_one()}" for name in names)


if __name__ == "__main__":
    main()
