"""The availability ledger as officers and auditors read it, and as files that anybody can check."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine

from tests.workbench.published import AT, World, a_world, address, client_of, published
from workbench.app import Workbench
from workbench.db import db
from workbench.services.bids import probes


@pytest.fixture
def world(lite_app: Workbench) -> Iterator[World]:
    with lite_app.app_context(), time_machine.travel(AT + timedelta(hours=1), tick=False):
        made = published(a_world())
        for number, yes in enumerate((True, False, False, True)):
            seen = probes.Seen(yes, "" if yes else "it answered 503")
            probes.keep(made.tender.id, seen, at=AT + number * timedelta(seconds=10))
            db.session.commit()
        yield made


def body(app: Workbench, world: World, role: str, page: str) -> str:
    answer = client_of(app, world, role).get(address(world, page))
    return answer.text if answer.status_code == 200 else str(answer.status_code)


def test_the_page_of_the_deadline_says_figures_and_outages(lite_app: Workbench, world: World) -> None:
    shown = " ".join(body(lite_app, world, "officer", "deadline").split())
    assert "it was asked 4 times and said no 2 times" in shown
    assert "It took no bids: it answered 503" in shown
    assert ">20</td>" in shown


def test_only_readers_of_the_trail_read_the_ledger(lite_app: Workbench, world: World) -> None:
    files = {role: body(lite_app, world, role, "availability.csv")[:6] for role in world.people}
    assert {role for role, start in files.items() if start == "number"} == {"officer", "approver", "auditor"}
    shown = {role for role in world.people if 'id="availability"' in body(lite_app, world, role, "deadline")}
    assert shown == {"officer", "approver", "auditor"}


def test_the_table_has_a_line_for_each_time(lite_app: Workbench, world: World) -> None:
    rows = list(csv.DictReader(io.StringIO(body(lite_app, world, "auditor", "availability.csv"))))
    assert [(row["number"], row["accepting"]) for row in rows] == [
        ("1", "True"), ("2", "False"), ("3", "False"), ("4", "True"),
    ]  # fmt: skip


def test_anybody_checks_the_file_with_a_few_lines_of_their_own(lite_app: Workbench, world: World) -> None:
    data = json.loads(body(lite_app, world, "auditor", "availability.json"))
    head = ""
    for line in data["lines"]:
        said = {"tender": data["tender"], **{name: line[name] for name in ("number", "at", "accepting", "words")}}
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        head = sha256(f"{head}\n{text}".encode()).hexdigest()
        assert line["head"] == head
    assert (data["format"], data["head"]) == ("availability/1", head)


def test_before_anything_was_asked_the_page_says_so(lite_app: Workbench) -> None:
    with lite_app.app_context(), time_machine.travel(AT, tick=False):
        world = published(a_world())
        assert "Nothing is on record yet" in body(lite_app, world, "officer", "deadline")
