"""The self-check while somebody types, beside the least a reply of the same application can cost.

Run it with ``python -m tests.benchmarks.bench_check``: CPU in one process, every contender in turn, ratios of the same
run. Thirty organisations over ten years are sent as the page sends them; each time one figure is another one. ``ok`` is
the reply “ok” of the same application to GET, ``ok to POST`` the same to a POST that only checks; sent as JSON, that
opens no session. ``--parts`` shows what the time goes into.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from flask.testing import FlaskClient

from lots.money import Money
from lots.split.self_check import check_sheet
from lots.split.typed import TypedOrganisation, TypedSheet, read_sheet
from tests.benchmarks.timing import medians
from tests.workbench.showcase import NOBODY, Showcase, showcase
from workbench.db import db
from workbench.forms.bids.split import fields_of, typed_from
from workbench.queries.bids.published_lots import published_lot
from workbench.web.access import open_to_all
from workbench.web.bids.check_result import told
from workbench.web.bids.checking import _result
from workbench.web.writing import checks_only

ORGANISATIONS, YEARS, AIM = 30, 10, 1.8


def typed(years: int = YEARS) -> TypedSheet:
    """Type thirty organisations, every one with its own amount in every year; some rules are kept, some are not."""
    rows = [TypedOrganisation("o1", "Harbour Support Services", "1056789", role="lead")]
    rows += [
        TypedOrganisation(
            f"o{at}", f"Partner organisation {at}", f"{1_000_000 + at}", paid_by="o1", vcse=at % 2 == 0,
            by_and_for=at % 3 == 0, figures=tuple(f"{9_000 + 37 * at + year:,}" for year in range(years)),
            kept_back=("",) * years,
        )
        for at in range(2, ORGANISATIONS + 1)
    ]  # fmt: skip
    paid = [sum(Money.parse(row.figures[year]).pence for row in rows[1:]) for year in range(years)]
    prices = tuple(f"{720_000 + year:,}" for year in range(years))
    fee = ("41,000",) * years
    own = tuple(str(Money(Money.parse(price).pence - paid[year] - 4_100_000)) for year, price in enumerate(prices))
    return TypedSheet(years, "amounts", prices, own, fee, tuple(rows))


def prepared(made: Showcase) -> str:
    """Add the bare replies, and have the lot run for ten years; return the address of its check."""
    made.app.config["TESTING"] = False
    made.app._got_first_request = False
    made.app.add_url_rule("/bench/ok", "bench.ok", open_to_all(lambda: "ok"))
    made.app.add_url_rule("/bench/sent", "bench.sent", open_to_all(checks_only(lambda: "ok")), methods=["POST"])
    tender = made.tenders["open"]
    with made.app.app_context():
        from workbench.queries.bids import published_lots

        here = published_lot(tender, "adult")
        assert here is not None
        assert here.lot.term is not None
        lot = replace(here.lot, term=replace(here.lot.term, initial_years=YEARS, extension_years=0), base_value=None)
        published_lots._kept[here.digest].lots["adult"] = lot
        db.session.remove()
    return f"/notices/{tender}/check/adult"


def sender(client: FlaskClient, path: str, bodies: list[bytes], token: str) -> Callable[[], object]:
    """Return what sends the next body as the page does."""
    turns = count()

    def send() -> object:
        body = bodies[next(turns) % len(bodies)]
        answer = client.post(path, data=body, content_type="application/json", headers={"X-CSRFToken": token})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return answer.data

    return send


def bodies() -> list[bytes]:
    """Return what the page sends while somebody types one figure after another."""
    fields = {name: text for name, text in fields_of(typed()).items() if text}
    return [
        json.dumps(
            {**fields, f"organisations-{2 + turn % 20}-figures-3": f"{9_100 + turn:,}"}, separators=(",", ":")
        ).encode()
        for turn in range(200)
    ]


def main() -> None:
    """Print each reply's milliseconds and what it is a multiple of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", action="store_true", help="what the time goes into")
    wanted = parser.parse_args()
    structlog.configure(processors=[_silent])
    with tempfile.TemporaryDirectory() as folder, showcase(Path(folder)) as made:
        path, anybody = prepared(made), made.client(NOBODY)
        token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', anybody.get(path).text)
        assert token is not None
        sent = bodies()

        def ok() -> object:
            answer = anybody.get("/bench/ok")
            assert answer.status_code == 200
            return answer.data

        taken = medians(
            {
                "ok": ok,
                "ok to POST": sender(anybody, "/bench/sent", sent, token[1]),
                "self-check": sender(anybody, f"{path}/live", sent, token[1]),
            },
            rounds=9, least=0.3, clock=time.process_time,
        )  # fmt: skip
        _tell(taken, len(sent[0]), len(anybody.post(f"{path}/live", data=sent[0], content_type="application/json",
                                                    headers={"X-CSRFToken": token[1]}).data))  # fmt: skip
        if wanted.parts:
            _parts(made, path)


def _tell(taken: dict[str, float], size: int, answered: int) -> None:
    ratio, posted = taken["self-check"] / taken["ok"], taken["self-check"] / taken["ok to POST"]
    print(f"\nCPU of one request in process, {ORGANISATIONS} organisations × {YEARS} years, {size:,} bytes sent, "
          f"{answered:,} answered")  # fmt: skip
    for name, seconds in taken.items():
        print(f"  {name:<14}{seconds * 1e3:>9.3f} ms")
    print(f"  the self-check is {ratio:.2f}× “ok” (to reach ≤ {AIM}), {posted:.2f}× “ok to POST”")


def _parts(made: Showcase, path: str) -> None:
    """Time what a self-check is made of."""
    tender = path.split("/")[2]
    with made.app.test_request_context(path):
        here = published_lot(tender, "adult")
        assert here is not None
        body = bodies()[0]
        fields = json.loads(body)
        sheet_typed = typed_from(fields, YEARS)[0]
        reading = read_sheet(sheet_typed)
        assert reading.sheet is not None
        said = told(reading, here)
        parts: dict[str, Any] = {
            "rules in force": lambda: published_lot(tender, "adult"),
            "json": lambda: json.loads(body),
            "texts": lambda: typed_from(fields, YEARS),
            "sheet": lambda: read_sheet(sheet_typed),
            "check": lambda: check_sheet(reading.sheet, here.lot),  # type: ignore[arg-type]
            "check in words": lambda: told(reading, here),
            "the piece of the page": lambda: _result(said),
        }
        for name, seconds in medians(parts, clock=time.process_time).items():
            print(f"    {name:<24}{seconds * 1e3:>9.3f} ms")


def _silent(*_: Any) -> Any:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
