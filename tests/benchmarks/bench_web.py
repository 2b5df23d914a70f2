"""The pages beside the least a page can cost: CPU in one process, every contender in turn, ratios of the same run.

Run it with ``python -m tests.benchmarks.bench_web``. The list of tenders stands beside its own template with rows that
are there already (nobody signed in, nothing asked of a database); the unchanged public page, answered by its tag,
beside the reply “ok” of the same application. ``--long`` also opens the longest pages, one by one.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import structlog
from flask import Flask, render_template
from flask.testing import FlaskClient

from tests.benchmarks.timing import medians
from tests.workbench.large import add_tender, ask_many
from tests.workbench.showcase import NOBODY, Showcase, showcase
from workbench.db import db
from workbench.models.tenders import TenderRecord
from workbench.web.access import open_to_all

LISTED = 20  # tenders in the list, as many as were measured when the aim was set
AIMS = {"list": 2.4, "unchanged": 2.2}


def bare_routes(made: Showcase) -> None:
    """Add the replies that the pages are compared with: “ok”, and the list's template with rows made beforehand."""
    kept: list[SimpleNamespace] = []

    def ok() -> str:
        return "ok"

    def template() -> str:
        viewer = SimpleNamespace(name="Bronwen Stallard", authority="A&S")
        told = {"viewer": viewer, "navigation": [], "can": lambda *_: True, "new_key": lambda: "k" * 32}
        return render_template("tenders/index.html", tenders=kept, count=len(kept), number=1, last=1, words="", **told)

    made.app.config["TESTING"] = False  # tests keep no pages
    made.app._got_first_request = False  # the showcase's people were signed in already
    made.app.add_url_rule("/bench/ok", "bench.ok", open_to_all(ok))
    made.app.add_url_rule("/bench/list", "bench.list", open_to_all(template))
    with made.app.app_context():
        names = ("id", "title", "reference", "stage", "deadline", "lots_count", "annual_budget",
                 "maximum_potential_spend")  # fmt: skip
        rows = db.session.query(TenderRecord).filter(TenderRecord.reference.like("LIST-%")).all()
        kept += [SimpleNamespace(**{name: getattr(row, name) for name in names}) for row in rows]


def getter(client: FlaskClient, path: str, status: int = 200, **headers: str) -> Callable[[], object]:
    """Return what asks for a page and checks that it came."""

    def ask() -> object:
        answer = client.get(path, headers=headers)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.data

    return ask


def floor() -> FlaskClient:
    """Return a browser of the smallest application there is."""
    app = Flask("floor")
    app.add_url_rule("/", "ok", lambda: "ok")
    return app.test_client()


def main() -> None:
    """Print each page's milliseconds and what it is a multiple of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="also the longest pages")
    wanted = parser.parse_args()
    structlog.configure(processors=[_silent])
    with tempfile.TemporaryDirectory() as folder, showcase(Path(folder)) as made:
        for number in range(LISTED):
            add_tender(made, f"LIST-{number}")
        bare_routes(made)
        officer, anybody = made.client("officer"), made.client(NOBODY)
        notice = f"/notices/{made.tenders['open']}/"
        tag = anybody.get(notice).headers["ETag"]
        taken = medians(
            {
                "a bare Flask": getter(floor(), "/"),
                "“ok” of this application": getter(anybody, "/bench/ok"),
                "the list's template alone": getter(anybody, "/bench/list"),
                "list of tenders": getter(officer, "/tenders/?words=LIST"),
                "public page, unchanged (304)": getter(anybody, notice, 304, **{"If-None-Match": tag}),
                "public page, kept": getter(anybody, notice),
            },
            rounds=9, least=0.2, clock=time.process_time,
        )  # fmt: skip
        _tell(taken)
        if wanted.long:
            _long_pages(made, officer, anybody)


def _tell(taken: dict[str, float]) -> None:
    ok, template = taken["“ok” of this application"], taken["the list's template alone"]
    ratios = {
        "list of tenders": f"{taken['list of tenders'] / template:.2f}× its template alone (to reach ≤ {AIMS['list']})",
        "public page, unchanged (304)": (
            f"{taken['public page, unchanged (304)'] / ok:.2f}× “ok” (to reach ≤ {AIMS['unchanged']})"
        ),
    }
    print(f"\nCPU of one request in process, {LISTED} tenders in the list, SQLite")
    for name, seconds in taken.items():
        print(f"  {name:<32}{seconds * 1e3:>9.3f} ms   {ratios.get(name, '')}")


def _long_pages(made: Showcase, officer: FlaskClient, anybody: FlaskClient) -> None:
    """Print CPU of the longest pages: the median of five."""
    lots, criteria = add_tender(made, "MANY-LOTS", lots=100), add_tender(made, "MANY-CRITERIA", criteria=500)
    ask_many(made, 5000)
    published = made.tenders["open"]
    pages = {
        "task list, 100 lots": (officer, f"/tenders/{lots}/"),
        "lots, 100 of them": (officer, f"/tenders/{lots}/tasks/lots/"),
        "collaboration, 100 lots": (officer, f"/tenders/{lots}/tasks/collaboration/"),
        "methodology, 500 criteria": (officer, f"/tenders/{criteria}/methodology/cyp-methodology/edit"),
        "sign-off page, 500 criteria": (officer, f"/tenders/{criteria}/publish"),
        "questions, 5,000 of them": (officer, f"/tenders/{published}/questions/"),
        "public log, 5,000 questions": (anybody, f"/notices/{published}/questions"),
    }
    print("\nCPU of one request, median of five")
    for name, (client, path) in pages.items():
        ask, times = getter(client, path), []
        ask()
        for _ in range(5):
            start = time.process_time()
            size = len(ask())  # type: ignore[arg-type]
            times.append(time.process_time() - start)
        print(f"  {name:<32}{sorted(times)[2] * 1e3:>9.1f} ms   {size / 1024:,.0f} kB")


def _silent(*_: Any) -> Any:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
