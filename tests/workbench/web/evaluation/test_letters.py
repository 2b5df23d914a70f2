"""The officers' page of questions to tenderers, and the page that a tenderer opens by its link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.workbench.evaluated import bid
from tests.workbench.published import World, client_of, without_memory
from tests.workbench.scoring import NOW, scoring
from workbench.app import Workbench
from workbench.db import db
from workbench.models.bids import MailRecord
from workbench.models.idempotency import AnsweredRecord

Made = tuple[Workbench, World]
TEXT = "Zaunkoenig-reply: the second figure, 14 posts."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with time_machine.travel(NOW, tick=False), scoring(tmp_path_factory.mktemp("letters")) as found:
        yield found


def person(made: Made, role: str) -> FlaskClient:
    return client_of(*made, role)


def send(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"_key": str(uuid4()), **fields})


def ask(made: Made, **changed: object) -> TestResponse:
    _, world = made
    path = f"/tenders/{world.tender.id}/bids/{bid(world, 'adult-mendip')}/ask"
    to = re.search(r'<option value="([^"]+@[^"]+)"', person(made, "officer").get(path).text)
    assert to is not None
    fields = {"recipient": to[1], "criterion": "q_outcomes", "question": "Which figure?",
              "reply_by": ["9", "8", "2024", "12:00"]}  # fmt: skip
    return send(person(made, "officer"), path, **{**fields, **changed})


@pytest.fixture(scope="module")
def link(made: Made) -> str:
    """The link of a question that an officer put."""
    assert ask(made).status_code == 303
    mail = db.session.query(MailRecord).filter(MailRecord.about.like("letter:%")).first()
    assert mail is not None
    found = re.search(r"(/letters/\S+)", mail.text)
    assert found is not None
    return found[1]


def test_a_question_that_lacks_something_comes_back_with_its_words(made: Made) -> None:
    answer = ask(made, question="", reply_by=["", "", "", ""])
    assert answer.status_code == 422
    assert "Say until when the tenderer may reply" in answer.text


def test_opening_the_link_changes_nothing_and_is_kept_nowhere(made: Made, link: str) -> None:
    browser = without_memory(made[0].test_client())
    assert browser.head(link).status_code == 200
    page = browser.get(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Which figure?" in page.text
    assert "Send the reply" in page.text


def test_a_wrong_link_is_a_page_that_is_not_there(made: Made) -> None:
    browser = without_memory(made[0].test_client())
    assert browser.get("/letters/" + "x" * 43).status_code == 404
    assert send(browser, "/letters/" + "x" * 43, text="Hello").status_code == 404


def test_a_reply_is_read_beside_the_question_and_taken_once(made: Made, link: str) -> None:
    browser = without_memory(made[0].test_client())
    assert send(browser, link, text="").status_code == 422
    answer = send(browser, link, text=TEXT)
    assert answer.status_code == 303
    assert link not in answer.headers["Location"]
    assert "Your reply is sent" in browser.get(f"{link}?replied=yes").text
    assert send(browser, link, text="Another").status_code == 409
    assert TEXT in person(made, "officer").get(f"/tenders/{made[1].tender.id}/letters/").text
    kept = [
        row for row in db.session.query(AnsweredRecord) if "letters/" in row.route + row.location or TEXT in row.body
    ]
    assert [row.route for row in kept if link.rpartition("/")[2] in row.route + row.location] == []


def test_who_only_scores_has_no_list_of_questions(made: Made, link: str) -> None:
    assert person(made, "evaluator").get(f"/tenders/{made[1].tender.id}/letters/").status_code in (403, 404)
    assert person(made, "moderator").get(f"/tenders/{made[1].tender.id}/letters/").status_code == 200


def test_after_its_time_the_page_says_so(made: Made) -> None:
    assert ask(made, question="Late?").status_code == 303
    mail = db.session.query(MailRecord).filter(MailRecord.about.like("letter:%"), MailRecord.text.like("%letters%"))
    links = {re.search(r"(/letters/\S+)", each.text)[1] for each in mail}  # type: ignore[index]
    with time_machine.travel("2024-08-20T09:00:00Z", tick=False):
        pages = [without_memory(made[0].test_client()).get(each).text for each in links]
    assert any("The time to reply is over" in page for page in pages)
