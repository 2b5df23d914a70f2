"""The worker of a demonstration: first it brings tenders to the stages beyond the opening, then it is a worker.

The pages are served meanwhile. Nothing else may touch the queue before, because what happened in the case happened in
2024. Its settings come from the environment, as any command's do.
"""

from __future__ import annotations

import os
import sys

from workbench.output import say


def main(parent: str) -> None:
    """Load what is later, then become the worker, until the process ``parent`` is gone."""
    load()
    os.execv(sys.executable, worker(parent))


def worker(parent: str) -> list[str]:
    """Return the command of a worker that ends with a process."""
    return [sys.executable, "-m", "workbench.cli", "worker", "--every", "1", "--until-gone", parent]


def load() -> None:
    """Load a tender in each stage beyond the opening, saying so as each is there."""
    from flask import url_for

    from workbench.app import create_app
    from workbench.config import Config
    from workbench.db import db
    from workbench.demo.cases import seed_later

    config = Config.from_environment()
    app = create_app(config)
    with app.app_context(), app.test_request_context(base_url=config.base_url):
        address = lambda it: url_for("public.notice", tender_id=it.id, _external=True)  # noqa: E731
        for stage, tender in seed_later(address=address, config=config):
            say(f"Ready, in stage {stage}: {config.base_url}/tenders/{tender.id}/")
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
