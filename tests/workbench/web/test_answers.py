"""What every answer has in common: headers, refusals as page or problem details, health, figures, log lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.factories import a_tender, an_authority
from tests.workbench.web.notebook import add_notebook
from workbench.app import Workbench
from workbench.config import secrets_in
from workbench.db import db
from workbench.web import logs
from workbench.web.headers import HEADERS, POLICY

TOKEN = "metrics-0123456789-abcdefghijklmnop-QRSTUVWXYZ"


def test_every_page_without_arguments_answers_with_every_header_and_never_with_a_fault(lite_app: Workbench) -> None:
    client = lite_app.test_client()
    rules = [rule for rule in lite_app.url_map.iter_rules() if not rule.arguments]
    for rule in rules:
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            answer = client.open(rule.rule, method=method)
            assert answer.status_code < 500 or rule.rule == "/readyz", (method, rule.rule)
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, (method, rule.rule)
    assert len(rules) > 3


def test_the_policy_of_contents_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "default-src 'none'" in POLICY


def test_a_page_that_is_not_there_says_so_with_the_same_headers(lite_app: Workbench) -> None:
    answer = lite_app.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_encrypted_installation_asks_to_stay_encrypted_and_knows_its_name(sqlite_url: str, tmp_path: Path) -> None:
    config = databases.a_config(sqlite_url, tmp_path, base_url="https://tenders.example.org")
    with running(config) as app:
        client = app.test_client()
        good = client.get("/livez", base_url="https://tenders.example.org")
        assert good.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert client.get("/livez", base_url="https://evil.example").status_code == 400


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/livez?x=%00", 400)])
def test_a_program_gets_problem_details(lite_app: Workbench, path: str, status: int) -> None:
    # RFC 9457, section 3: type, title, status, detail.
    answer = lite_app.test_client().get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None
    assert answer.json["status"] == status
    assert answer.json["type"] == "about:blank"


def test_a_method_that_a_page_does_not_have_is_named_with_those_it_has(lite_app: Workbench) -> None:
    answer = lite_app.test_client().delete("/livez")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_fault_is_told_without_its_inside_and_logged_without_what_was_typed(
    lite_app: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    lite_app.config.update(TESTING=False, PROPAGATE_FAULTS=False)

    def fault() -> str:
        raise ValueError("the typed canary-4711 is in here")

    lite_app.add_url_rule("/fault", "fault", fault)
    with logging_to_output():
        answer = lite_app.test_client().get("/fault?typed=canary-4711", headers={"X-Request-Id": "number-of-this-one"})
    written = capsys.readouterr().out
    assert answer.status_code == 500
    assert "number-of-this-one" in answer.text
    assert "canary-4711" not in answer.text + written
    lines = [json.loads(line) for line in written.splitlines()]
    assert [(it["event"], it["request_id"]) for it in lines] == [
        ("fault", "number-of-this-one"),
        ("request", "number-of-this-one"),
    ]
    assert lines[0]["exception"][0]["kind"] == "ValueError"


def test_a_database_that_is_locked_is_no_fault_but_a_reason_to_try_again(lite_app: Workbench) -> None:
    def locked() -> str:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    lite_app.add_url_rule("/locked", "locked", locked)
    answer = lite_app.test_client().get("/locked")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


class logging_to_output:  # noqa: N801 - reads as what it does
    """Log as a server does, for a while."""

    def __enter__(self) -> None:
        self.before = structlog.get_config()
        logs.configure()

    def __exit__(self, *_: Any) -> None:
        structlog.configure(**self.before)


def test_log_lines_hold_the_route_and_never_what_was_typed(
    lite_app: Workbench, capsys: pytest.CaptureFixture[str]
) -> None:
    add_notebook(lite_app)
    with lite_app.app_context():
        tender_id = a_tender(an_authority()).id
        db.session.commit()
    with logging_to_output():
        submit(lite_app.test_client(), f"/notes/{tender_id}?typed=canary-4711", {"title": "canary-4712\nforged: line"})
    [line] = capsys.readouterr().out.splitlines()
    assert "canary" not in line
    assert json.loads(line)["route"] == "/notes/<tender_id>"


@pytest.mark.parametrize("number", ["short", "x" * 65, "with space in it", "forged\tline-12345"])
def test_a_request_number_that_could_forge_a_log_is_replaced(lite_app: Workbench, number: str) -> None:
    answer = lite_app.test_client().get("/livez", headers={"X-Request-Id": number})
    assert answer.headers["X-Request-Id"] != number


def test_a_field_that_is_not_on_the_list_is_not_logged() -> None:
    assert logs.only_allowed(None, "", {"event": "x", "price": "1000000"}) == {"event": "x"}


# --- health ----------------------------------------------------------------------------------------------------


def test_the_process_says_that_it_lives_without_asking_the_database(
    lite_app: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.session, "scalars", lambda *_: 1 / 0)
    answer = lite_app.test_client().get("/livez")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_an_installation_is_ready_once_everything_it_needs_is_there(tmp_path: Path) -> None:
    from workbench import upgrade

    url = f"sqlite:///{tmp_path}/workbench.sqlite"
    config = databases.a_config(url, tmp_path, secrets=secrets_in(tmp_path))
    with running(config) as app:
        client = app.test_client()
        missing = client.get("/readyz")
        upgrade.create(upgrade.open_database(url))
        ready = client.get("/readyz")
        (tmp_path / "keys/session.key").chmod(0o644)
        exposed = client.get("/readyz")
    assert missing.json is not None
    assert exposed.json is not None
    assert (missing.status_code, missing.json["checks"]["tables"], missing.json["checks"]["database"]) == (
        503,
        False,
        True,
    )
    assert ready.json is not None
    assert {name: ready.json["checks"][name] for name in ("database", "tables", "clock", "keys")} == dict.fromkeys(
        ("database", "tables", "clock", "keys"), True
    )
    assert (exposed.status_code, exposed.json["checks"]["keys"]) == (503, False)


def test_the_figures_are_for_this_machine_and_name_no_tender(app: Workbench, client: FlaskClient) -> None:
    client.get("/livez")
    text = client.get("/metrics").text
    assert 'workbench_requests_total{method="GET",route="/livez",status="200"} 1.0' in text
    assert "workbench_events 0" in text


@pytest.mark.parametrize(
    "asker", [{"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}]
)
def test_for_others_there_is_no_page_of_figures(lite_app: Workbench, asker: dict[str, str]) -> None:
    assert lite_app.test_client().get("/metrics", environ_base=asker).status_code == 404


def test_a_token_opens_the_figures_to_who_holds_it(sqlite_url: str, tmp_path: Path) -> None:
    with running(databases.a_config(sqlite_url, tmp_path, metrics_token=TOKEN)) as app:
        client = app.test_client()
        asked = [client.get("/metrics", headers={"Authorization": it}) for it in (f"Bearer {TOKEN}", "Bearer x", "")]
    assert [it.status_code for it in asked] == [200, 404, 404]


def test_proxies_are_believed_only_as_many_as_there_are(sqlite_url: str, tmp_path: Path) -> None:
    seen = []
    for proxies in (0, 1):
        with running(databases.a_config(sqlite_url, tmp_path, proxies=proxies)) as app:
            from flask import request

            app.add_url_rule("/who", "who", lambda: str(request.remote_addr))
            headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
            seen.append(app.test_client().get("/who", headers=headers).text)
    assert seen == ["127.0.0.1", "203.0.113.9"]
