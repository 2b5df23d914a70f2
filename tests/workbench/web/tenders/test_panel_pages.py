"""The page of the panel: roles for a lot, some questions, until a day, and an invitation, as an officer gives them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.workbench import factories as rows
from tests.workbench.conftest import submit
from tests.workbench.published import AT, World, a_world, address, client_of
from workbench.app import Workbench
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.bids import MailRecord


@pytest.fixture
def world(lite_app: Workbench) -> Iterator[World]:
    """A tender that is ready to be signed off, at that moment."""
    with lite_app.app_context(), time_machine.travel(AT, tick=False):
        yield a_world()


@pytest.fixture
def officer(lite_app: Workbench, world: World) -> FlaskClient:
    return client_of(lite_app, world, "officer")


def test_a_role_is_given_for_some_questions_of_a_lot_until_a_day(officer: FlaskClient, world: World) -> None:
    person = rows.a_user(world.tender.authority, name="Ines Marlow")
    db.session.commit()
    sent = {"person": str(person.id), "role": "evaluator", "lot": "adult", "criteria": ["delivery", "social"],
            "until": ["31", "10", "2024"]}  # fmt: skip
    assert submit(officer, address(world, "panel/"), sent).status_code == 303
    page = officer.get(address(world, "panel/")).text
    assert "How the service is delivered, Social value" in page
    assert "Until 31 October 2024" in page.replace("Thursday ", "")
    assert db.session.query(MailRecord).filter_by(recipient=person.email).count() == 1


def test_somebody_new_is_invited_and_what_is_wrong_is_said_at_the_form(officer: FlaskClient, world: World) -> None:
    page = address(world, "panel/invite")
    sent = {
        "name": "Ada Quill",
        "email": "ada@elsewhere.example",
        "role": "finance",
        "lot": "*",
        "criteria": ["social"],
    }
    refused = submit(officer, page, sent)
    assert (refused.status_code, "Only an evaluator is limited to some questions" in refused.text) == (422, True)
    assert db.session.query(UserRecord).filter_by(name="Ada Quill").count() == 0
    assert submit(officer, page, {**sent, "role": "evaluator"}).status_code == 303
    person = db.session.query(UserRecord).filter_by(name="Ada Quill").one()
    held = db.session.query(AssignmentRecord).filter_by(user_id=person.id).one()
    assert (held.role, held.lot, held.criteria, held.until) == ("evaluator", "", "social", None)
    assert f"{person.name} is invited by mail" in officer.get(address(world, "panel/")).text
