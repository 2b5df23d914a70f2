"""Signing in: one test for each way in which accounts are taken over, and what slows guessing down."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from argon2 import extract_parameters
from flask.testing import FlaskClient

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.web.people import (
    PASSWORD,
    a_person,
    code_for,
    come_in,
    cookie,
    is_in,
    sessions,
    sign_in,
)
from workbench.app import Workbench
from workbench.db import WRITE, db
from workbench.models.accounts import UserRecord
from workbench.models.audit import EventRecord
from workbench.web.mailing import MAILS

NEW = "violin harbour moss"


@pytest.fixture
def mails(lite_app: Workbench) -> list[tuple[str, str, str]]:
    """The mails that were sent."""
    sent: list[tuple[str, str, str]] = []
    lite_app.extensions[MAILS] = lambda *mail: sent.append(mail)
    return sent


def events(app: Workbench) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(EventRecord.action).order_by(EventRecord.at)))


def test_password_and_code_let_somebody_in_and_leave_one_event(app: Workbench) -> None:
    person = a_person(app)
    client = come_in(app, person)
    assert is_in(client)
    assert events(app) == ["signed_in"]


def test_the_password_alone_lets_nobody_in(app: Workbench) -> None:
    client = app.test_client()
    sign_in(client, a_person(app))
    assert not is_in(client)


def test_somebody_without_a_second_step_must_set_one_up_before_anything_else(lite_app: Workbench) -> None:
    client = lite_app.test_client()
    assert sign_in(client, a_person(lite_app, second_step=False)).location == "/account/second-step"
    page = client.post("/account/second-step", data={"setup": "authenticator"})
    assert "<svg" in page.text
    assert "data:image" not in page.text
    key = re.search(r"<code>([A-Z2-7 -]+)</code>", page.text)
    assert key is not None
    from passlib.totp import TOTP

    code = TOTP(key=key[1].replace("-", "").replace(" ", "")).generate().token
    assert not is_in(client)
    assert client.post("/sign-in/code", data={"code": code}).location == "/tenders/"
    assert is_in(client)
    assert events(lite_app) == ["signed_in"]


def test_passwords_are_kept_as_argon2id_with_19_mib_two_passes_and_one_lane(tmp_path: Path, sqlite_url: str) -> None:
    config = databases.a_config(sqlite_url, tmp_path, testing=False)
    with running(config) as app, app.app_context():
        from flask_security import hash_password

        found = extract_parameters(hash_password(PASSWORD))
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19 * 1024, 2, 1)


# --- T20, clause by clause --------------------------------------------------------------------------------------


def test_a_session_from_before_signing_in_is_worth_nothing_afterwards(app: Workbench) -> None:
    person, client = a_person(app), app.test_client()
    client.get("/sign-in")
    planted = cookie(client)
    sign_in(client, person)
    half_way = cookie(client)
    client.post("/sign-in/code", data={"code": code_for(app, person)})
    assert len({planted, half_way, cookie(client)}) == 3
    for old in (planted, half_way):
        other = app.test_client()
        other.set_cookie("session", old)
        assert not is_in(other)


def test_another_site_cannot_sign_a_browser_in(lite_app: Workbench) -> None:
    lite_app.config["WTF_CSRF_ENABLED"] = True
    person, client = a_person(lite_app, second_step=False), lite_app.test_client()
    assert sign_in(client, person).status_code == 400
    lite_app.config["WTF_CSRF_ENABLED"] = False
    foreign = sign_in(client, person, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 400
    assert sessions(lite_app, person) == []


def test_the_link_in_a_mail_leads_here_whatever_host_the_request_named(
    lite_app: Workbench, mails: list[tuple[str, str, str]]
) -> None:
    person = a_person(lite_app)
    client, asked = lite_app.test_client(), {"email": person.email}
    assert client.post("/forgotten-password", data=asked, headers={"Host": "evil.example"}).status_code == 400
    assert mails == []
    client.post("/forgotten-password", data=asked, headers={"Host": "127.0.0.1:1234"})
    assert len(mails) == 1
    assert re.findall(r"https?://[^/\s]+", mails[0][2]) == ["http://localhost:8000"]


def test_the_second_step_cannot_be_removed_while_it_is_required(app: Workbench) -> None:
    person = a_person(app)
    client = come_in(app, person)
    assert "disable" not in client.get("/account/second-step").text
    client.post("/account/second-step", data={"setup": "disable"})
    with app.app_context():
        assert db.session.get_one(UserRecord, person.id).tf_totp_secret == person.secret


def test_another_second_step_needs_the_password_given_lately(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    client = come_in(lite_app, person)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        answer = client.post("/account/second-step", data={"setup": "authenticator"})
        assert (answer.status_code, answer.location) == (303, "/account/confirm?next=/account/second-step")


SPELLINGS = (
    "{0}", " {0}", "{0} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}", "{0}\t"
)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_code_works_once_however_it_is_spelt_the_second_time(lite_app: Workbench, spelling: str) -> None:
    person, client = a_person(lite_app), lite_app.test_client()
    with time_machine.travel(datetime(2026, 7, 6, 9, 0, 10, tzinfo=UTC), tick=False):
        sign_in(client, person)
        code = code_for(lite_app, person)
        assert client.post("/sign-in/code", data={"code": code}).location == "/tenders/"
        thief = lite_app.test_client()
        sign_in(thief, person)
        answer = thief.post("/sign-in/code", data={"code": spelling.format(code)})
        assert answer.status_code == 200
        assert "was used already" in answer.text
        assert not is_in(thief)


def test_asking_for_a_new_password_tells_nobody_who_works_here(
    lite_app: Workbench, mails: list[tuple[str, str, str]]
) -> None:
    person, client = a_person(lite_app), lite_app.test_client()
    known = client.post("/forgotten-password", data={"email": person.email}, follow_redirects=True)
    unknown = client.post("/forgotten-password", data={"email": "nobody@example.org"}, follow_redirects=True)
    assert len(mails) == 1
    assert (known.status_code, known.text.replace(person.email, "")) == (
        unknown.status_code,
        unknown.text.replace("nobody@example.org", ""),
    )


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(lite_app: Workbench) -> None:
    person, client = a_person(lite_app), lite_app.test_client()
    answers = [
        client.post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        for email in (person.email, "nobody@example.org")
    ]
    texts = [it.text.replace(person.email, "*").replace("nobody@example.org", "*") for it in answers]
    assert texts[0] == texts[1]
    assert "The e-mail address or the password is not right" in texts[0]
    assert answers[0].status_code == answers[1].status_code


# --- beside the clauses -----------------------------------------------------------------------------------------


def test_no_token_beside_the_session_lets_anybody_in(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    with lite_app.test_request_context():
        token = lite_app.extensions["security"].datastore.find_user(id=person.id).get_auth_token()
    answer = lite_app.test_client().get("/account/", headers={"Authentication-Token": token})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account/")


def test_nobody_is_remembered_beyond_the_session(lite_app: Workbench) -> None:
    person, client = a_person(lite_app), lite_app.test_client()
    client.post("/sign-in", data={"email": person.email, "password": PASSWORD, "remember": "y"})
    client.post("/sign-in/code", data={"code": code_for(lite_app, person)})
    assert is_in(client)
    assert client.get_cookie("remember_token") is None


def test_a_password_is_changed_with_the_old_one_and_ends_the_other_sessions(app: Workbench) -> None:
    person = a_person(app)
    here, elsewhere = come_in(app, person), come_in(app, person)
    form = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert here.post("/account/password", data={**form, "password": "not this one"}).status_code == 200
    assert here.post("/account/password", data=form).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert events(app).count("password_changed") == 1
    assert len(events(app)) == 3


@pytest.mark.parametrize("weak", ["short", "password1234", "aaaaaaaaaaaa", "qwertyuiopas"])
def test_a_weak_password_is_refused_with_what_would_be_better(lite_app: Workbench, weak: str) -> None:
    client = come_in(lite_app, a_person(lite_app))
    form = {"password": PASSWORD, "new_password": weak, "new_password_confirm": weak}
    page = client.post("/account/password", data=form)
    assert "use three or four words that do not belong together" in page.text
    assert weak not in page.text or weak == "short"


def test_a_reset_link_works_once_and_signs_out_whoever_was_in(
    lite_app: Workbench, mails: list[tuple[str, str, str]]
) -> None:
    person = a_person(lite_app)
    thief = come_in(lite_app, person)
    client = lite_app.test_client()
    client.post("/forgotten-password", data={"email": person.email})
    link = re.search(r"http://localhost:8000(\S+)", mails[0][2])
    assert link is not None
    form = {"password": NEW, "password_confirm": NEW}
    assert client.post(link[1], data=form).status_code == 302
    assert not is_in(thief)
    assert "not valid, or was used" in client.post(link[1], data=form, follow_redirects=True).text
    assert urlsplit(sign_in(client, person, NEW).location).path == "/sign-in/code"


def test_a_recovery_code_takes_the_place_of_the_app_once(app: Workbench) -> None:
    person = a_person(app)
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", come_in(app, person).post(
        "/account/recovery-codes", data={"generate_new_codes": "1"}).text)  # fmt: skip
    assert len(set(codes)) == 8
    answers = []
    for _ in range(2):
        client = app.test_client()
        sign_in(client, person)
        client.post("/sign-in/recovery-code", data={"code": codes[0]})
        answers.append(is_in(client))
    assert answers == [True, False]
    assert "recovery_codes_made" in events(app)


def test_guessing_is_slowed_down_for_each_address(tmp_path: Path, sqlite_url: str) -> None:
    config = databases.a_config(sqlite_url, tmp_path, rate_limits=True)
    with running(config) as app:
        person, client = a_person(app), app.test_client()
        statuses = [sign_in(client, person, "wrong wrong wrong").status_code for _ in range(12)]
        assert statuses == [200] * 10 + [429] * 2
        spoofed = sign_in(client, person, headers={"X-Forwarded-For": "203.0.113.9"})
        assert spoofed.status_code == 429


def test_an_account_is_guessed_at_slowly_from_many_addresses_too(tmp_path: Path, sqlite_url: str) -> None:
    config = databases.a_config(sqlite_url, tmp_path, rate_limits=True)
    with running(config) as app:
        person = a_person(app)
        statuses = [
            sign_in(app.test_client(), person, "wrong wrong wrong", environ_base={"REMOTE_ADDR": f"198.51.100.{n}"})
            for n in range(1, 23)
        ]
        assert [it.status_code for it in statuses] == [200] * 20 + [429] * 2


def test_checking_a_password_waits_for_nobody_s_write(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    with lite_app.app_context(), db.engine.connect().execution_options(**{WRITE: True}) as busy, busy.begin():
        assert sign_in(lite_app.test_client(), person, "wrong wrong wrong").status_code == 200


def test_a_sign_in_without_a_second_step_leaves_its_event_too(tmp_path: Path, sqlite_url: str) -> None:
    with running(databases.a_config(sqlite_url, tmp_path, demo=True)) as app:
        person, client = a_person(app, second_step=False), app.test_client()
        assert urlsplit(sign_in(client, person).location).path == "/tenders/"
        assert is_in(client)
        assert events(app) == ["signed_in"]


def test_a_demonstration_says_so_and_signs_in_with_one_click(tmp_path: Path, sqlite_url: str) -> None:
    with running(databases.a_config(sqlite_url, tmp_path, demo=True)) as app:
        person, client = a_person(app, second_step=False), app.test_client()
        assert "one click signs you in as any of them" in client.get("/sign-in").text
        assert one_click(client, person.id).location == "/tenders/"
        assert is_in(client)


def test_outside_a_demonstration_nobody_signs_in_with_one_click(lite_app: Workbench) -> None:
    person, client = a_person(lite_app), lite_app.test_client()
    assert one_click(client, person.id).status_code == 404
    assert not is_in(client)
    assert "one click" not in client.get("/sign-in").text


@pytest.mark.parametrize("aim", ["//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example"])
def test_no_sign_in_leads_to_another_site(tmp_path: Path, sqlite_url: str, aim: str) -> None:
    with running(databases.a_config(sqlite_url, tmp_path, demo=True)) as app:
        person, client = a_person(app, second_step=False), app.test_client()
        assert one_click(client, person.id, {"next": aim}).location == "/tenders/"
        other = app.test_client()
        by_password = other.post(
            "/sign-in", query_string={"next": aim}, data={"email": person.email, "password": PASSWORD}
        )
        assert urlsplit(urljoin("http://localhost/sign-in", by_password.location)).netloc == "localhost"


def one_click(client: FlaskClient, person_id: int, query: dict[str, str] | None = None) -> object:
    from tests.workbench.conftest import submit

    return submit(client, f"/sign-in/as/{person_id}", query_string=query or {})
