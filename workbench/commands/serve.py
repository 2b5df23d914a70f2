"""``workbench serve``: the pages, by gunicorn, one request at a time in each worker."""

from __future__ import annotations

import os
from typing import Any

import click

from workbench.commands.common import Command
from workbench.output import say


@click.command("serve", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="How many processes; as many as processors by default.")
@click.option("--jobs/--no-jobs", default=True, help="Make documents here too; without, a worker has to run.")
def serve(host: str, port: int, workers: int | None, jobs: bool) -> None:
    """Serve the pages, until stopped with Ctrl+C.

    Settings are read from the environment: WORKBENCH_DATA, WORKBENCH_DATABASE_URL, WORKBENCH_BASE_URL and
    WORKBENCH_PROXIES; docs/operator.md explains them.
    """
    from workbench.config import Config

    os.environ.setdefault("WORKBENCH_BASE_URL", f"http://localhost:{port}")
    config = Config.from_environment()
    run(config, host=host, port=port, workers=workers or os.cpu_count() or 1, jobs=jobs)


def run(config: Any, *, host: str, port: int, workers: int, jobs: bool) -> None:
    """Serve an installation until it is stopped; refused where its database is not ready for this version."""
    from workbench.server import Server, check_ready

    check_ready(config, host)
    say(f"The workbench is at {config.base_url} (stop it with Ctrl+C).")
    Server(config, bind=f"[{host}]:{port}" if ":" in host else f"{host}:{port}", workers=workers, jobs=jobs).run()
