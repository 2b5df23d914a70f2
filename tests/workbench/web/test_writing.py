"""Writes on both databases: whole, from our own pages, once only, with exactly one event, and never over another's."""

from __future__ import annotations

import re
import threading
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.workbench.conftest import submit
from tests.workbench.factories import a_tender, an_authority
from tests.workbench.web.notebook import add_notebook
from workbench.app import Workbench
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.idempotency import AnsweredRecord
from workbench.models.tenders import TenderRecord


@pytest.fixture
def url(app: Workbench) -> str:
    """The address of a note called Old."""
    add_notebook(app)
    with app.app_context():
        tender = a_tender(an_authority(), title="Old")
        db.session.commit()
        return f"/notes/{tender.id}"


def kept(app: Workbench) -> tuple[str, int, int]:
    """Return the title, how many events and how many answers there are."""
    with app.app_context():
        title = db.session.query(TenderRecord.title).scalar()
        return title, db.session.query(EventRecord).count(), db.session.query(AnsweredRecord).count()


def test_a_save_is_kept_with_one_event_and_the_answer_that_was_given(
    app: Workbench, client: FlaskClient, url: str
) -> None:
    answer = submit(client, url, {"title": "New"})
    assert (answer.status_code, answer.location) == (303, url)
    assert kept(app) == ("New", 1, 1)


def test_the_same_form_sent_again_is_answered_again_and_changes_nothing(
    app: Workbench, client: FlaskClient, url: str
) -> None:
    form = {"_key": str(uuid4()), "title": "New", "price": "1"}
    answers = [client.post(url, data=form) for _ in range(5)]
    assert {(it.status_code, it.location) for it in answers} == {(303, url)}
    assert kept(app) == ("New", 1, 1)


def test_an_autosave_sent_again_gets_the_very_same_answer(app: Workbench, client: FlaskClient, url: str) -> None:
    form = {"_key": str(uuid4()), "title": "New"}
    answers = [client.post(url, data=form, headers={"X-Autosave": "1"}) for _ in range(3)]
    assert answers[0].json is not None
    assert (answers[0].json["saved"], answers[0].json["version"]) == (True, 2)
    assert len({it.data for it in answers}) == 1
    assert kept(app) == ("New", 1, 1)


def test_a_key_used_for_something_else_is_refused_and_nothing_changes(
    app: Workbench, client: FlaskClient, url: str
) -> None:
    key = str(uuid4())
    client.post(url, data={"_key": key, "title": "New"})
    answer = client.post(url, data={"_key": key, "title": "Newer"})
    assert answer.status_code == 422
    assert "already sent with other content" in answer.text
    assert kept(app) == ("New", 1, 1)


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "ключ-ключ-ключ", "line\nbreak-in-it"])
def test_a_form_without_a_sound_key_is_refused(app: Workbench, client: FlaskClient, url: str, key: str) -> None:
    answer = client.post(url, data={"_key": key, "title": "New"})
    assert answer.status_code == 400
    assert kept(app) == ("Old", 0, 0)


def test_two_events_for_one_write_are_a_fault_of_the_program(app: Workbench, client: FlaskClient, url: str) -> None:
    with pytest.raises(RuntimeError, match="recorded 2 events for one write"):
        submit(client, f"{url}?events=2", {"title": "New"})
    assert kept(app) == ("Old", 0, 0)


def test_a_view_that_records_nothing_changes_nothing(app: Workbench, client: FlaskClient, url: str) -> None:
    assert submit(client, url.replace("notes", "careless")).status_code == 303
    assert kept(app) == ("Old", 0, 0)


def test_a_form_that_needs_mending_is_shown_again_and_keeps_nothing(
    app: Workbench, client: FlaskClient, url: str
) -> None:
    answer = submit(client, url, {"title": "New", "price": "1e5"})
    assert answer.status_code == 422
    assert "“1e5” is not an amount in pounds: write it like 1234.50 or £1,234.50" in answer.text
    assert kept(app) == ("Old", 0, 0)


def test_a_script_that_saves_is_told_which_field_needs_mending(client: FlaskClient, url: str) -> None:
    answer = submit(client, url, {"title": ""}, headers={"X-Autosave": "1"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert (answer.json["saved"], answer.json["errors"]) == (False, {"title": ["Enter a title"]})


@pytest.mark.parametrize("extra", ["stage", "id", "authority_id", "version", "created_by", "title_", "_method"])
def test_a_field_that_the_form_does_not_have_is_refused_by_name(
    app: Workbench, client: FlaskClient, url: str, extra: str
) -> None:
    answer = submit(client, url, {"title": "New", extra: "published"})
    assert answer.status_code == 400
    assert f"“{extra}”" in answer.text
    assert kept(app) == ("Old", 0, 0)


def test_a_field_sent_twice_is_refused(app: Workbench, client: FlaskClient, url: str) -> None:
    answer = submit(client, url, {"title": ["New", "Newer"]})
    assert answer.status_code == 400
    assert kept(app) == ("Old", 0, 0)


def test_fields_that_no_form_asked_about_are_refused_too(client: FlaskClient, url: str) -> None:
    assert submit(client, url.replace("notes", "careless"), {"title": "x"}).status_code == 400


def test_a_save_over_somebody_elses_shows_both_texts(app: Workbench, client: FlaskClient, url: str) -> None:
    submit(client, url, {"title": "Theirs", "_version": "1"})
    answer = submit(client, url, {"title": "Mine", "_version": "1"})
    assert answer.status_code == 409
    assert {"Theirs", "Mine"} <= set(re.findall(r"Theirs|Mine", answer.text))
    assert kept(app) == ("Theirs", 1, 1)


def test_a_stale_save_tells_a_program_both_texts(client: FlaskClient, url: str) -> None:
    submit(client, url, {"title": "Theirs", "_version": "1"})
    answer = submit(client, url, {"title": "Mine", "_version": "1"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json is not None
    assert answer.json["texts"] == [{"name": "Title", "yours": "Mine", "saved": "Theirs"}]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_a_write_that_another_site_asked_for_is_refused(
    app: Workbench, client: FlaskClient, url: str, headers: dict[str, str]
) -> None:
    assert submit(client, url, {"title": "New"}, headers=headers).status_code == 400
    assert kept(app) == ("Old", 0, 0)


def test_a_write_without_its_token_is_refused_where_tokens_are_on(
    app: Workbench, client: FlaskClient, url: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = submit(client, url, {"title": "New"})
    assert answer.status_code == 400
    assert "open it again and send it once more" in answer.text
    assert kept(app) == ("Old", 0, 0)


@pytest.mark.parametrize("typed", ["%00", "a%00b", "%EF%BF%BF", "%E2%80%AE", "%1B"])
def test_text_that_no_database_keeps_or_that_deceives_is_refused(
    app: Workbench, client: FlaskClient, url: str, typed: str
) -> None:
    answer = client.post(url, data=f"_key={uuid4()}&title={typed}", content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 422}
    assert kept(app) == ("Old", 0, 0)


@pytest.mark.parametrize("typed", ["%ED%A0%80", "caf%E9", "%FF", "%F4%90%80%80"])
def test_bytes_that_are_no_text_are_kept_as_the_escapes_they_came_as(
    app: Workbench, client: FlaskClient, url: str, typed: str
) -> None:
    answer = client.post(url, data=f"_key={uuid4()}&title={typed}", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303
    assert kept(app) == (typed, 1, 1)


@pytest.mark.parametrize("version", ["0", "-1", "99999999999999999999", "1e3", "１", "x", " ", "2147483648"])
def test_a_version_that_is_none_counts_as_not_given(client: FlaskClient, url: str, version: str) -> None:
    assert submit(client, url, {"title": "New", "_version": version}).status_code == 303


@pytest.mark.parametrize("number", [2**63, 2**64, 10**400])
def test_a_number_in_an_address_that_no_database_holds_is_no_page(client: FlaskClient, url: str, number: int) -> None:
    assert client.get(f"/numbers/{number}").status_code == 404


def test_a_body_that_is_too_large_is_refused_in_words(app: Workbench, client: FlaskClient, url: str) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = submit(client, url, {"title": "x" * 1000})
    assert answer.status_code == 413
    assert kept(app) == ("Old", 0, 0)


def test_a_multipart_form_with_too_many_parts_is_refused(app: Workbench, client: FlaskClient, url: str) -> None:
    app.config["MAX_FORM_PARTS"] = 10
    parts = {f"f{n}": "x" for n in range(11)}
    assert submit(client, url, parts, content_type="multipart/form-data").status_code == 413


def test_of_eight_senders_of_one_form_at_once_one_saves_and_all_get_its_answer(app: Workbench, url: str) -> None:
    form = {"_key": str(uuid4()), "title": "New"}
    answers: list[tuple[int, str | None]] = []

    def send() -> None:
        answer = app.test_client().post(url, data=form)
        answers.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(303, url)] * 8
    assert kept(app) == ("New", 1, 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"title": 1}', "application/json"),
        ('["title"]', "application/json"),
        ("[" * 5000, "application/json"),
        ("title=New", "text/plain"),
        ("title=New", "application/problem+json"),
        ("<title/>", "text/xml"),
    ],
)
def test_only_forms_are_taken(app: Workbench, client: FlaskClient, url: str, body: str, kind: str) -> None:
    answer = client.post(url, data=body, content_type=kind, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 415
    assert kept(app) == ("Old", 0, 0)


# --- views that only check --------------------------------------------------------------------------------------


def test_a_view_that_only_checks_never_begins_to_write(
    client: FlaskClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr("workbench.web.writing.begin_writing", lambda: begun.append("begun"))
    answer = client.post(url.replace("notes", "looks"), data={"title": "Typed"})  # without a key, too
    assert (answer.status_code, answer.text, begun) == (200, "Typed", [])


@pytest.mark.parametrize("act", ["change", "record"])
def test_a_view_marked_as_only_checking_that_changes_something_is_a_fault(
    app: Workbench, client: FlaskClient, url: str, act: str
) -> None:
    with pytest.raises(RuntimeError, match="is marked as only checking"):
        client.post(f"{url.replace('notes', 'looks')}?act={act}", data={"title": "Typed"})
    assert kept(app) == ("Old", 0, 0)


def test_a_view_that_only_checks_refuses_other_sites_and_unknown_fields(client: FlaskClient, url: str) -> None:
    look = url.replace("notes", "looks")
    assert client.post(look, data={"title": "x"}, headers={"Origin": "https://evil.example"}).status_code == 400
    assert client.post(look, data={"title": "x", "stage": "published"}).status_code == 400
    assert client.post(look, data="title=x", content_type="text/plain").status_code == 415
