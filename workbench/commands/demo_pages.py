"""The end of ``workbench demo``: the case served on this machine, with a sign-in for each role and nothing kept."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import clock
from workbench.output import heading, print_table, say

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.demo.cases import Case

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 8000, 8019
WORKERS = 2


def serve_case(port: int | None = None) -> None:
    """Load the case into a database of its own and serve it until Ctrl+C; what was tried out is then forgotten."""
    folder = Path(tempfile.mkdtemp(prefix="tender-workbench-"))
    try:
        config = _config(folder, port or free_port())
        heading("8. The case in the browser")
        show(prepare(config), config)
        _serve(config)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(config: Config) -> Case:
    """Make the database of a demonstration and load the case into it."""
    from flask import url_for

    from workbench import upgrade
    from workbench.app import create_app
    from workbench.db import db
    from workbench.demo.cases import seed

    upgrade.create(upgrade.open_database(config.database_url))
    app = create_app(config)
    with app.app_context(), app.test_request_context(base_url=config.base_url):
        address = lambda it: url_for("public.notice", tender_id=it.id, _external=True)  # noqa: E731
        case = seed(at=clock.now(), address=address, config=config)
        for tender in (case.open, case.published):
            db.session.refresh(tender)  # their addresses are told after the session has gone
        db.session.expunge_all()
        db.session.remove()
        db.engine.dispose()
    return case


def show(case: Case, config: Config) -> None:
    """Say where the pages are and as whom one can look at them."""
    say(f"Open {config.base_url}/ and choose a person to sign in as; no password is asked here.")
    print_table(("Person", "What they do"), [(who, words) for who, words in case.cast], "ll")
    say(f"What anybody can read: {config.base_url}/notices/")
    say(f"Check a split and make a bid, without signing in: {config.base_url}/notices/{case.open.id}/")
    say(f"Bids that wait for two openers: {config.base_url}/tenders/{case.published.id}/opening/")
    say(
        "Tenders that a panel judges and decides on follow within a minute or two; each is named here when it is there."
    )
    say("Mails that the workbench would send are printed here.")
    say("Everything tried out is forgotten when the server stops (Ctrl+C). For real use: workbench serve.")


def free_port() -> int:
    """Find a free port on this machine, 8000 if it can be had."""
    for port in (*range(FIRST_PORT, LAST_PORT + 1), 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise OSError("No port is free on this machine")


def _config(folder: Path, port: int) -> Config:
    from workbench.config import Config, secrets_in

    url = f"sqlite:///{folder / 'workbench.sqlite'}"
    return Config(folder, url, secrets_in(folder), base_url=f"http://localhost:{port}", demo=True)


def _serve(config: Config) -> None:
    from workbench.server import Server

    port = config.base_url.rsplit(":", 1)[1]
    with _worker(config):
        Server(config, bind=f"{HOST}:{port}", workers=WORKERS).run()


@contextmanager
def _worker(config: Config) -> Iterator[None]:
    """Run the worker beside the pages: it loads the later tenders, then sends mails and makes documents."""
    settings = {
        "WORKBENCH_DATA": str(config.data),
        "WORKBENCH_DATABASE_URL": config.database_url,
        "WORKBENCH_BASE_URL": config.base_url,
        "WORKBENCH_DEMO": "yes",
    }
    command = (sys.executable, "-m", "workbench.commands.demo_worker", str(os.getpid()))
    process = subprocess.Popen(command, env={**os.environ, **settings}, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
