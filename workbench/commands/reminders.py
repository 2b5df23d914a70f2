"""``workbench remind``, ``probe`` and ``worker``: mails, reminders, the availability ledger, documents, for ever."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import click

from workbench import clock
from workbench.commands.common import Command, json_option
from workbench.output import emit, say

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.jobs import Jobs
    from workbench.services.mails import Sent

URL = click.option("--url", default="", help="Where to ask the service, instead of WORKBENCH_BASE_URL.")
REMIND_EVERY, PROBE_EVERY = 60, 10  # seconds


@click.command("remind", cls=Command)
@json_option
def remind(as_json: bool) -> None:
    """Put the mails and reminders that are due into the outbox, and send what waits there.

    The worker does this every minute; by hand it does no harm: nothing is sent twice.
    """
    from workbench.app import create_app

    app = create_app()
    with app.app_context():
        wanted, sent = _remind(app.config["WORKBENCH"], clock.now()), _send()
    if as_json:
        emit({"new": wanted, "sent": sent.sent, "failed": sent.failed, "given_up": sent.given_up})
    else:
        say(f"{wanted} new, {sent.sent} sent, {sent.failed} to be tried again, {sent.given_up} given up.")


@click.command("probe", cls=Command)
@URL
@json_option
def probe(url: str, as_json: bool) -> None:
    """Ask the running service whether it takes bids, and keep the answer for each tender due within a day.

    The worker does this every ten seconds.
    """
    from workbench.app import create_app

    app = create_app()
    with app.app_context():
        words, tenders = _probe(app.config["WORKBENCH"], url, always=True)
    if as_json:
        emit({"accepting": not words, "words": words, "tenders": tenders})
    else:
        say(f"It takes no bids: {words}." if words else "It takes bids.")
        say(f"Kept for {tenders} tender{'' if tenders == 1 else 's'} due within a day.")


@click.command("worker", cls=Command)
@URL
@click.option("--every", default=5.0, show_default=True, type=click.FloatRange(0.2, 60), help="Seconds between looks.")
@click.option("--makers", default=1, show_default=True, type=click.IntRange(0, 16), help="Documents made at a time.")
@click.option("--patience", type=click.FloatRange(min=0), hidden=True, help="Seconds until a document is taken again.")
@click.option("--until-gone", type=int, hidden=True, help="Stop when this process has ended.")
def worker(url: str, every: float, makers: int, patience: float | None, until_gone: int | None) -> None:
    """Make documents, send mails, remind people and keep the availability ledger, until stopped with Ctrl+C.

    Runs beside ``serve``, with the same settings; a second one does no harm.
    """
    from workbench.app import create_app
    from workbench.jobs import EXTENSION
    from workbench.web import logs

    app = create_app()
    config: Config = app.config["WORKBENCH"]
    logs.configure(logging.WARNING if config.demo else logging.INFO)
    stop = _stopped_by_signals()
    jobs = (
        Job("remind", REMIND_EVERY, lambda: _remind(config, clock.now())),
        Job("probe", PROBE_EVERY, lambda: _probe(config, url)),
        Job("send", 0, _send),
    )
    if not config.demo:
        say("The worker runs (stop it with Ctrl+C).")
    queue: Jobs = app.extensions[EXTENSION]
    if patience is not None:
        queue.patience, queue.look_every = timedelta(seconds=patience), every
    consumer = queue.start(makers) if makers else None
    with app.app_context():
        while not stop.is_set() and not _is_gone(until_gone):
            for job in jobs:
                job.run_if_due()
            stop.wait(every)
    if consumer is not None:
        consumer.stop(graceful=True)


class Job:
    """Something the worker does every so many seconds; what fails is noted and tried again the next time."""

    def __init__(self, name: str, every: float, work: Callable[[], object]) -> None:
        self.name, self.every, self.work = name, every, work
        self.next = 0.0

    def run_if_due(self) -> None:
        """Do the work if its time has come."""
        import structlog
        from sqlalchemy.exc import SQLAlchemyError

        from lots.errors import ProcurementError
        from workbench.db import db

        if monotonic() < self.next:
            return
        self.next = monotonic() + self.every
        try:
            self.work()
        except (ProcurementError, SQLAlchemyError, OSError):
            structlog.get_logger("workbench").exception("job failed", action=self.name)
        finally:
            db.session.rollback()
            db.session.remove()


def _remind(config: Config, at: datetime) -> int:
    from workbench.db import begin_writing, db
    from workbench.services.bids import reminders
    from workbench.services.bids.followers import links_of

    begin_writing()
    wanted = reminders.remind(links_of(config), at=at)
    db.session.commit()
    return wanted


def _send() -> Sent:
    from workbench.services import mails
    from workbench.web.mailing import send_mail

    return mails.send_waiting(send_mail, now=clock.now)


def _probe(config: Config, url: str, *, always: bool = False) -> tuple[str, int]:
    """Ask the service if a tender is due within a day, and keep what it said; return that and for how many."""
    from workbench import probing
    from workbench.audit import recorded
    from workbench.db import begin_writing, db
    from workbench.services.bids import probes

    due = probes.watched(clock.now())
    words = probing.ask(url or config.base_url, config.base_url) if due or always else ""
    for tender_id in due:
        begin_writing()
        probes.keep(tender_id, probes.Seen(not words, words), at=clock.now())
        db.session.commit()
    begin_writing()
    if (tender := probes.next_to_anchor(clock.now())) is not None:
        probes.anchor(tender, at=clock.now())
        db.session.commit()
    recorded().clear()
    return words, len(due)


def _stopped_by_signals() -> Event:
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    return stop


def _is_gone(process: int | None) -> bool:
    """Say whether the process that this one belongs to has ended; on Linux its child is then somebody else's."""
    return process is not None and os.getppid() != process
