"""The server: gunicorn with workers of one thread each, settings handed over and not read again."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from lots.errors import ProcurementError
from workbench import upgrade
from workbench.app import create_app
from workbench.config import LOOPBACK, Config
from workbench.jobs import EXTENSION
from workbench.web import logs

PATIENCE = 60
"""Seconds a request may take: longer than a writer waits for the database."""


class NotReady(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """An installation that must not serve yet; the sentence says what to do first."""


class Server(BaseApplication):
    """Gunicorn around the application; each worker makes its own, after it was forked.

    With ``jobs`` each of them also works the queue, in a thread: one command is then enough for a small installation.
    """

    def __init__(self, config: Config, *, bind: str, workers: int, jobs: bool = False) -> None:
        self.config, self.jobs = config, jobs
        self.options: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "worker_class": "sync",  # more threads in a worker make pages slower, not faster
            "timeout": PATIENCE,
            "graceful_timeout": PATIENCE,
            "accesslog": None,  # our own lines say as much, and no addresses of pages with tokens
            "loglevel": "warning",
            "forwarded_allow_ips": "",  # proxies are counted by the application
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "worker_tmp_dir": None,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; those an older one does not know are left out."""
        for name, value in self.options.items():
            if name in self.cfg.settings and value is not None:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application of one worker; a demonstration leaves the terminal to what it told, and to mails."""
        logs.configure(logging.WARNING if self.config.demo else logging.INFO)
        app = create_app(self.config)
        if self.jobs:
            app.extensions[EXTENSION].start()
        return app


def check_ready(config: Config, host: str) -> None:
    """Refuse to serve a database of another version, or a demonstration to other machines."""
    if config.demo and host not in LOOPBACK:
        raise NotReady("The demonstration lets anybody sign in: it is served on 127.0.0.1 only")
    at = upgrade.revision_of(upgrade.open_database(config.database_url))
    if at is None:
        raise NotReady("The database has no tables yet: make them with workbench init-db")
    if at != upgrade.newest():
        raise NotReady(f"The database is at step {at} and this version needs {upgrade.newest()}: workbench upgrade-db")
