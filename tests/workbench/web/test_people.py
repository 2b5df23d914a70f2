"""The pages of people, from an invitation to the first sign-in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.workbench.conftest import submit
from tests.workbench.web.people import Person, a_person, come_in, sign_in
from workbench.app import Workbench
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.audit import EventRecord
from workbench.web.mailing import MAILS, send_mail

ANN = {"name": "Ann Other", "job_title": "Evaluator", "email": "ann@example.org"}


@pytest.fixture
def mails(lite_app: Workbench) -> list[tuple[str, str, str]]:
    sent: list[tuple[str, str, str]] = []
    lite_app.extensions[MAILS] = lambda *mail: sent.append(mail)
    return sent


@pytest.fixture
def boss(lite_app: Workbench) -> Person:
    return a_person(lite_app, "administrator")


@pytest.fixture
def office(lite_app: Workbench, boss: Person) -> FlaskClient:
    """The administrator's browser."""
    return come_in(lite_app, boss)


def test_an_invitation_leads_to_a_password_and_a_sign_in(
    lite_app: Workbench, office: FlaskClient, mails: list[tuple[str, str, str]]
) -> None:
    assert submit(office, "/people/invite", {**ANN, "roles": ["officer"]}).status_code == 303
    assert "Ann Other" in office.get("/people/").text
    [(to, _, text)] = mails
    link = re.search(r"http://localhost:8000(/invitation/\S+)", text)
    assert to == "ann@example.org"
    assert link is not None
    client = lite_app.test_client()
    assert "Ann Other, you sign in with ann@example.org" in client.get(link[1]).text
    weak = submit(client, link[1], {"password": "Ann.Other.2026", "again": "Ann.Other.2026"})
    assert (weak.status_code, "words that are tried first" in weak.text, "Ann.Other.2026" in weak.text) == (
        422,
        True,
        False,
    )
    good = {"password": "violin harbour moss", "again": "violin harbour moss"}
    assert submit(client, link[1], {**good, "again": "violin harbour most"}).status_code == 422
    assert submit(client, link[1], good).location == "/sign-in"
    assert client.get(link[1]).status_code == 404
    ann = Person(0, "ann@example.org", "", "", "")
    assert sign_in(client, ann, "violin harbour moss").location == "/account/second-step"


def test_what_is_wrong_with_an_invitation_is_said_and_nothing_typed_is_lost(office: FlaskClient) -> None:
    answer = submit(office, "/people/invite", {**ANN, "email": "ann at example"})
    assert answer.status_code == 422
    assert "“ann at example” is not an e-mail address: write it like name@example.org" in answer.text
    assert 'value="Ann Other"' in answer.text
    assert 'value="ann at example"' in answer.text


def test_an_address_that_signs_in_already_is_not_invited_again(office: FlaskClient, boss: Person) -> None:
    answer = submit(office, "/people/invite", {**ANN, "email": boss.email})
    assert (answer.status_code, f"Somebody signs in with {boss.email} already" in answer.text) == (422, True)


def test_a_field_that_the_form_does_not_have_is_refused(lite_app: Workbench, office: FlaskClient) -> None:
    for field in ("active", "authority_id", "password", "fs_uniquifier", "tf_totp_secret", "id", "is_admin"):
        assert submit(office, "/people/invite", {**ANN, field: "1"}).status_code == 400
    with lite_app.app_context():
        assert db.session.query(UserRecord).count() == 1


def test_a_role_that_does_not_exist_or_clashes_is_refused(
    lite_app: Workbench, office: FlaskClient, boss: Person
) -> None:
    person = a_person(lite_app, authority_id=boss.authority_id)
    assert submit(office, f"/people/{person.id}", {"roles": ["king"]}).status_code == 422
    assert submit(office, f"/people/{person.id}", {"roles": ["auditor", "officer"]}).status_code == 422
    assert submit(office, f"/people/{boss.id}", {"roles": ["administrator", "officer"]}).status_code == 422
    with lite_app.app_context():
        assert [row.roles for row in db.session.query(UserRecord).filter(UserRecord.id == person.id)] == [[]]


def test_every_act_on_a_person_leaves_one_event(lite_app: Workbench, office: FlaskClient, boss: Person) -> None:
    person = a_person(lite_app, authority_id=boss.authority_id)
    for act in ("second-step", "deactivate", "activate", "invite"):
        assert submit(office, f"/people/{person.id}/{act}").status_code == 303
    with lite_app.app_context():
        events = db.session.query(EventRecord).order_by(EventRecord.seq)
        assert [it.action for it in events] == [
            "signed_in", "second_step_reset", "person_deactivated", "person_activated", "person_invited",
        ]  # fmt: skip


@pytest.mark.parametrize("state", ["new", "used", "replaced", "late", "made up"])
def test_an_invitation_shows_nothing_but_the_name_of_who_is_invited(
    lite_app: Workbench, office: FlaskClient, mails: list[tuple[str, str, str]], state: str
) -> None:
    submit(office, "/people/invite", ANN)
    link = mails[0][2].split("http://localhost:8000")[1].split()[0]
    client = lite_app.test_client()
    at = datetime.now(UTC)
    if state == "used":
        submit(client, link, {"password": "violin harbour moss", "again": "violin harbour moss"})
    if state == "replaced":
        with lite_app.app_context():
            ann = db.session.query(UserRecord).filter_by(email="ann@example.org").one().id
        submit(office, f"/people/{ann}/invite")
    if state == "late":
        at += timedelta(days=8)
    if state == "made up":
        link = "/invitation/" + "x" * 43
    with time_machine.travel(at):
        answer = client.get(link)
    assert (answer.status_code, "Ann Other" in answer.text) == ((200, True) if state == "new" else (404, False))


@pytest.mark.parametrize("line", ["a@b.example\r\nBcc: c@d.example", "a@b.example\n", "a\0@b.example"])
def test_a_mail_has_no_header_that_somebody_typed(lite_app: Workbench, line: str) -> None:
    with lite_app.app_context(), pytest.raises(ValueError, match="one line each"):
        send_mail(line, "Hello", "")


def test_names_are_text_and_never_markup(lite_app: Workbench, office: FlaskClient, mails: list[object]) -> None:
    submit(office, "/people/invite", {**ANN, "name": "<script>alert(1)</script>"})
    page = office.get("/people/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert mails
