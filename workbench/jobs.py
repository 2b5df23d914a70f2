"""Work outside of requests: documents are made by whoever works the queue, a worker or the server of the pages.

The queue (huey: SQLite, PostgreSQL or Redis) carries ids only and forgets one as soon as it is taken; what is to be
done stands in rows, and :meth:`Jobs.resume` puts into the queue again whatever nobody does. So a queue that is lost,
or a worker that is killed, costs time and nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from workbench import clock
from workbench.db import db
from workbench.services.awards import making

if TYPE_CHECKING:
    from exports.documents import Printable
    from exports.pdf_worker import PrinterProcess
    from workbench.config import Config

EXTENSION = "jobs"
_NAME = "workbench"
_PATIENCE = 30  # seconds to wait for the lock of a queue in SQLite
LOOK_EVERY = 10.0
"""Seconds between two looks for what nobody is making."""
_SHUTDOWN = 10  # seconds that a document under way has when its process is asked to end
_SLOWEST = 2.0  # seconds between two looks at an empty queue


def init_jobs(app: Flask) -> None:
    """Give the application its queue; it is opened when it is first used."""
    app.extensions[EXTENSION] = Jobs(app)


def jobs() -> Jobs:
    """Return the queue of the application at hand."""
    found: Jobs = current_app.extensions[EXTENSION]
    return found


def open_queue(config: Config) -> Huey:
    """Open the queue that the settings name; what stands in it is signed, because reading it runs what it says."""
    url = config.queue
    shared: dict[str, Any] = {
        "results": False, "serializer": SignedSerializer(config.secrets.session_key, salt="jobs"),
    }  # fmt: skip
    if url.startswith("sqlite:"):
        return SqliteHuey(_NAME, filename=url.removeprefix("sqlite:///"), timeout=_PATIENCE, **shared)
    if url.startswith("postgresql:"):
        return PostgresHuey(_NAME, dsn=url, **shared)
    if url.startswith("redis"):
        return RedisHuey(_NAME, url=url, **shared)
    return MemoryHuey(_NAME, **shared)


class Jobs:
    """The queue of an application, and the one thing that is done from it: making a document."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.patience = making.PATIENCE
        self.look_every = LOOK_EVERY
        self._own = threading.local()

    @cached_property
    def huey(self) -> Huey:
        """The queue itself."""
        return open_queue(self.app.config["WORKBENCH"])

    @cached_property
    def _make(self) -> Any:
        return self.huey.task(name="make_document")(self.make)

    def queue(self, paper_ids: Iterable[str]) -> int:
        """Put documents into the queue; say how many."""
        ids = list(paper_ids)
        for paper_id in ids:
            self._make(paper_id)
        return len(ids)

    def resume(self, at: datetime) -> int:
        """Queue again what nobody is making, once the queue is empty; needs the application's context."""
        found = making.waiting(at, self.patience)
        if not found or self.huey.pending_count():
            return 0
        return self.queue(found)

    def try_to_queue(self, issue_id: str) -> None:
        """Queue an issue's documents, after a request; where the queue does not answer, a later look does it."""
        try:
            self.queue(making.waiting(clock.now(), self.patience, issue_id))
        except Exception:
            structlog.get_logger("workbench").exception("jobs not queued", action="queue")

    def make(self, paper_id: str) -> None:
        """Make one document, in a context of its own."""
        with self.app.app_context():
            try:
                making.make(paper_id, now=clock.now, printed=self._printed, patience=self.patience)
            finally:
                db.session.rollback()
                db.session.remove()
        if not self.huey.pending_count():
            self.rest()

    def work_off(self) -> int:
        """Do everything that is in the queue in this thread, and say how much it was."""
        done = 0
        self._make  # noqa: B018 - the queue has to know what its jobs are
        while (task := self.huey.dequeue()) is not None:
            self.huey.execute(task)
            done += 1
        return done

    def rest(self) -> None:
        """Give back what was held for the next document: the printing process and the evaluated record."""
        printer: PrinterProcess | None = getattr(self._own, "printer", None)
        if printer is not None:
            printer.close()
            self._own.printer = None
        making.forget()

    def start(self, workers: int = 1) -> Consumer:
        """Work the queue in threads of this process until they are stopped; signals stay with the process."""
        self._make  # noqa: B018 - as above
        consumer = QuietConsumer(
            self.huey, workers=workers, periodic=False, max_delay=_SLOWEST, scheduler_interval=60,
            check_worker_health=False, shutdown_timeout=_SHUTDOWN,
        )  # fmt: skip
        consumer.start()
        threading.Thread(target=self._look_again, args=(consumer.stop_flag,), name="resume", daemon=True).start()
        return consumer

    def _look_again(self, stopped: threading.Event) -> None:
        """Queue again what nobody does, every few seconds."""
        while not stopped.is_set():
            with self.app.app_context():
                try:
                    self.resume(clock.now())
                except Exception:
                    structlog.get_logger("workbench").exception("jobs not resumed", action="resume")
                finally:
                    db.session.remove()
            stopped.wait(self.look_every)

    def _printed(self, document: Printable) -> bytes:
        """Print in a confined process of this thread's own (a test prints in its own process, which is quicker)."""
        from exports.pdf_worker import PrinterProcess
        from workbench.printing import job_of

        if self.app.testing:
            return job_of(document).run()
        if getattr(self._own, "printer", None) is None:
            self._own.printer = PrinterProcess()
        printed: bytes = self._own.printer.run(job_of(document))
        return printed


class QuietConsumer(Consumer):
    """A consumer in threads that leaves the signals of its process alone."""

    def _set_signal_handlers(self) -> None:
        pass
