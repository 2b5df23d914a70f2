"""The queue on each of its stores, worked in this thread and by a consumer in another, and what stands in it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workbench import databases
from tests.workbench.conftest import running
from workbench.config import Config, ConfigError
from workbench.jobs import EXTENSION, Jobs
from workbench.services.awards import making

IDS = [f"paper-{number}" for number in range(5)]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that were asked to be made, in order."""
    found: list[str] = []
    monkeypatch.setattr(making, "make", lambda paper_id, **_: found.append(paper_id))
    return found


@pytest.fixture
def queue(database_url: str, tmp_path: Path) -> Iterator[Jobs]:
    """A queue in a file of its own, or in PostgreSQL."""
    url = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'queue.sqlite'}"
    url = url.replace("postgresql+psycopg://", "postgresql://")
    config = replace(databases.a_config(database_url, tmp_path), queue_url=url)
    with running(config) as app:
        yield app.extensions[EXTENSION]
        app.extensions[EXTENSION].huey.storage.close()


def test_what_is_queued_is_done_once_in_its_order(queue: Jobs, made: list[str]) -> None:
    assert queue.queue(IDS) == 5
    assert queue.huey.pending_count() == 5
    assert queue.work_off() == 5
    assert (made, queue.work_off()) == (IDS, 0)


# The library leaves a thread's connection to PostgreSQL for the garbage collector to close.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_thread_of_any_process_works_the_queue_and_leaves_its_signals_alone(queue: Jobs, made: list[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    queue.queue(IDS)
    consumer = queue.start()
    until = time.monotonic() + 30
    while len(made) < 5 and time.monotonic() < until:
        time.sleep(0.02)
    consumer.stop(graceful=True)
    assert made == IDS
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_somebody_else_put_into_the_queue_is_never_run(queue: Jobs, made: list[str]) -> None:
    queue.queue(IDS[:1])
    signed = queue.huey.storage.dequeue()
    assert signed is not None
    queue.huey.storage.enqueue(bytes(signed).rpartition(b":")[0] + b":" + b"0" * 40)
    with pytest.raises(ValueError, match="mismatch"):
        queue.huey.dequeue()
    assert made == []


def test_the_queue_lies_in_the_data_folder_unless_the_settings_name_another(tmp_path: Path) -> None:
    def read(**values: Any) -> Config:
        return Config.from_environment({"WORKBENCH_DATA": str(tmp_path), **values})

    assert read().queue == f"sqlite:///{tmp_path / 'queue.sqlite'}"
    assert read(WORKBENCH_QUEUE_URL="redis://localhost/3").queue == "redis://localhost/3"
    assert read(WORKBENCH_QUEUE_URL="postgres://me@here/q").queue == "postgresql://me@here/q"
    with pytest.raises(ConfigError, match="WORKBENCH_QUEUE_URL cannot be used"):
        read(WORKBENCH_QUEUE_URL="amqp://localhost")
