"""How many questions are taken from one address, and that slips of the pen are not among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.published import AT, a_world, published, without_memory

ASKED = {"name": "A", "organisation": "B", "email": "a@example.org", "question": "When?"}


@pytest.fixture
def asking(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[FlaskClient, str]]:
    """A reader where questions are counted, and the address they are sent to."""
    config = databases.a_config(sqlite_url, tmp_path, rate_limits=True)
    with running(config) as app, app.app_context(), time_machine.travel(AT, tick=False):
        world = published(a_world())
        yield without_memory(app.test_client()), f"/notices/{world.tender.id}/ask"


def test_six_questions_an_hour_are_taken_whatever_address_is_claimed(asking: tuple[FlaskClient, str]) -> None:
    client, url = asking
    answers = [submit(client, url, dict(ASKED), headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(8)]
    assert [answer.status_code for answer in answers] == [303] * 6 + [429] * 2


def test_a_question_with_a_slip_does_not_count(asking: tuple[FlaskClient, str]) -> None:
    client, url = asking
    slips = [submit(client, url, {**ASKED, "email": "nobody"}) for _ in range(10)]
    assert {answer.status_code for answer in slips} == {422}
    assert submit(client, url, dict(ASKED)).status_code == 303
