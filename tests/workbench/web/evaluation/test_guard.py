"""What pages of the panel ask first: hidden bids are pages that are not there, for whoever they are hidden from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import g
from werkzeug.exceptions import NotFound

from tests.workbench.conftest import running
from tests.workbench.databases import a_config, usual_url
from tests.workbench.panel import World, an_opened_world, declared
from workbench.app import Workbench
from workbench.db import db
from workbench.queries.accounts import actor_for
from workbench.web.evaluation import guard

Case = tuple[Workbench, World]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """An opened tender of which one of each role has declared an interest in quayside."""
    folder = tmp_path_factory.mktemp("guard")
    with running(a_config(usual_url(folder), folder)) as app, app.app_context():
        world = an_opened_world()
        for role in ("evaluator", "moderator", "officer"):
            declared(world, world.people[role][0], quayside="conflicted")
        yield app, world


def reads(case: Case, role: str, bid: str, number: int = 0) -> bool:
    app, world = case
    with app.test_request_context("/"):
        g.tender, g.actor = world.tender, actor_for(world.people[role][number])
        try:
            guard.readable(bid)
        except NotFound:
            return False
        return True


@pytest.mark.parametrize("role", ["evaluator", "moderator", "officer"])
def test_a_bid_with_an_interest_is_hidden_whatever_the_role(case: Case, role: str) -> None:
    assert reads(case, role, "adult-harbour")
    assert not reads(case, role, "adult-quayside")


def test_an_officer_who_has_not_declared_yet_reads_on(case: Case) -> None:
    assert reads(case, "officer", "adult-quayside", 1)


def test_access_is_worked_out_once_for_each_request(case: Case) -> None:
    app, world = case
    with app.test_request_context("/"):
        g.tender, g.actor = world.tender, actor_for(world.people["evaluator"][0])
        assert guard.access() is guard.access()
        g.actor = actor_for(world.people["officer"][1])
        assert guard.access().missing
    db.session.rollback()
