"""Sessions that the server can end, and that end by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import request, session

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.web.people import PASSWORD, a_person, come_in, cookie, is_in, sessions
from workbench.app import Workbench
from workbench.config import Config
from workbench.db import db
from workbench.models.accounts import SessionRecord
from workbench.web.sessions import digest

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)


def test_deactivating_somebody_ends_what_they_are_in_the_middle_of(app: Workbench) -> None:
    boss = a_person(app, "administrator")
    person = a_person(app, authority_id=boss.authority_id)
    theirs, administrator = come_in(app, person), come_in(app, boss)
    assert is_in(theirs)
    assert submit(administrator, f"/people/{person.id}/deactivate").status_code == 303
    assert not is_in(theirs)
    assert sessions(app, person) == []
    refused = app.test_client().post("/sign-in", data={"email": person.email, "password": PASSWORD})
    assert refused.status_code == 200


def test_signing_out_ends_the_session_and_not_only_its_cookie(app: Workbench) -> None:
    person = a_person(app)
    client = come_in(app, person)
    kept = cookie(client)
    assert client.post("/sign-out").location == "/sign-in"
    thief = app.test_client()
    thief.set_cookie("session", kept)
    assert not is_in(thief)
    assert sessions(app, person) == []


def test_somebody_ends_all_their_other_sessions(app: Workbench) -> None:
    person = a_person(app)
    here, elsewhere, phone = (come_in(app, person) for _ in range(3))
    assert here.get("/account/").text.count("This one") == 1
    assert submit(here, "/account/sessions/end").status_code == 303
    assert [is_in(client) for client in (here, elsewhere, phone)] == [True, False, False]


def test_somebody_ends_one_of_their_sessions_and_nobody_else_s(lite_app: Workbench) -> None:
    person, other = a_person(lite_app), a_person(lite_app)
    here, there, stranger = come_in(lite_app, person), come_in(lite_app, person), come_in(lite_app, other)
    mine = digest(cookie(there).removeprefix("s."))
    assert submit(here, f"/account/sessions/{sessions(lite_app, other)[0]}/end").status_code == 404
    assert submit(here, f"/account/sessions/{mine}/end").status_code == 303
    assert [is_in(client) for client in (here, there, stranger)] == [True, False, True]


def test_a_session_ends_after_half_an_hour_without_a_page(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    with time_machine.travel(NOW, tick=False) as clock:
        client = come_in(lite_app, person)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert is_in(client)
        clock.shift(timedelta(minutes=31))
        assert not is_in(client)


def test_a_session_ends_after_twelve_hours_however_busy(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    with time_machine.travel(NOW, tick=False) as clock:
        client = come_in(lite_app, person)
        answers = []
        for _ in range(37):
            clock.shift(timedelta(minutes=20))
            answers.append(is_in(client))
        assert answers == [True] * 35 + [False] * 2


def test_a_page_within_the_minute_writes_nothing(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    with time_machine.travel(NOW, tick=False) as clock:
        client = come_in(lite_app, person)
        is_in(client)
        before = seen(lite_app)
        clock.shift(timedelta(seconds=50))
        is_in(client)
        assert seen(lite_app) == before
        clock.shift(timedelta(seconds=20))
        is_in(client)
        assert seen(lite_app) == [NOW + timedelta(seconds=70)]


def test_the_table_holds_no_secret_that_a_cookie_holds(app: Workbench) -> None:
    client = come_in(app, a_person(app))
    secret = cookie(client).removeprefix("s.")
    with app.app_context():
        rows = db.session.query(SessionRecord).all()
        assert [row.id for row in rows] == [digest(secret)]
        assert all(secret not in row.data for row in rows)


def test_a_visitor_leaves_no_row(app: Workbench) -> None:
    client = app.test_client()
    client.get("/sign-in")
    assert cookie(client)
    assert seen(app) == []


def test_a_signed_cookie_cannot_sign_anybody_in(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    light = lite_app.session_interface.light.get_signing_serializer(lite_app)  # type: ignore[attr-defined]
    client = lite_app.test_client()
    client.set_cookie("session", light.dumps({"_user_id": person.uniquifier, "_fresh": True}))
    assert not is_in(client)


def test_a_session_ended_while_a_page_is_made_stays_ended(lite_app: Workbench) -> None:
    @lite_app.before_request
    def end_it_meanwhile() -> None:
        if request.headers.get("X-End-It"):
            session["touched"] = True
            with db.engine.begin() as connection:
                connection.execute(db.delete(SessionRecord))

    person = a_person(lite_app)
    client = come_in(lite_app, person)
    assert client.get("/account/", headers={"X-End-It": "1"}).status_code == 200
    assert sessions(lite_app, person) == []
    assert not is_in(client)


def test_proving_again_who_one_is_replaces_the_secret(lite_app: Workbench) -> None:
    person = a_person(lite_app)
    client = come_in(lite_app, person)
    before = cookie(client)
    assert client.post("/account/confirm", data={"password": PASSWORD}).status_code == 302
    assert cookie(client) != before
    assert len(sessions(lite_app, person)) == 1


def test_new_roles_replace_the_secret_of_every_session(lite_app: Workbench) -> None:
    boss = a_person(lite_app, "administrator")
    person = a_person(lite_app, authority_id=boss.authority_id)
    theirs, administrator = come_in(lite_app, person), come_in(lite_app, boss)
    before = cookie(theirs)
    assert submit(administrator, f"/people/{person.id}", {"roles": "officer"}).status_code == 303
    assert is_in(theirs)
    assert cookie(theirs) != before


@pytest.mark.parametrize(("url", "name", "secure"), [
    ("http://localhost:8000", "session", False), ("https://tenders.example.org", "__Host-session", True),
])  # fmt: skip
def test_the_cookie_belongs_to_this_host_and_to_no_script(
    config: Config, tmp_path: object, url: str, name: str, secure: bool
) -> None:
    settings = databases.a_config(config.database_url, config.data, base_url=url)
    with running(settings) as app:
        answer = app.test_client().get("/sign-in", base_url=url)
        made = answer.headers["Set-Cookie"]
    assert made.startswith(f"{name}=")
    assert ("; Secure" in made, "; HttpOnly" in made, "; SameSite=Lax" in made) == (secure, True, True)
    assert "; Path=/" in made
    assert "Domain=" not in made


def seen(app: Workbench) -> list[datetime]:
    with app.app_context():
        return list(db.session.scalars(db.select(SessionRecord.seen_at)))


def test_a_visitor_who_reads_page_after_page_gets_no_row(lite_app: Workbench) -> None:
    lite_app.config["WTF_CSRF_ENABLED"] = True
    visitor = lite_app.test_client()
    for _ in range(3):
        assert visitor.get("/sign-in").status_code == 200
    with lite_app.app_context():
        assert db.session.query(SessionRecord).count() == 0
