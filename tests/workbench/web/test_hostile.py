"""Requests that no page of ours sends: addresses that are none, names of other sites, numbers that no column holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.factories import a_tender, a_user, an_assignment, an_authority
from tests.workbench.signing import signed_in
from tests.workbench.web.notebook import add_notebook
from workbench.app import Workbench
from workbench.db import db

NO_ADDRESS = ["http://[", "http://[::1", "//[x]y/", "http://[v1.x"]


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_an_origin_that_is_no_address_is_a_foreign_one(lite_app: Workbench, address: str) -> None:
    add_notebook(lite_app)
    with lite_app.app_context():
        tender = a_tender(an_authority(), title="Old")
        db.session.commit()
        url = f"/notes/{tender.id}"
    answer = submit(lite_app.test_client(), url, {"title": "New"}, headers={"Origin": address})
    assert answer.status_code == 400
    assert "Another site" in answer.text


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_a_referrer_that_is_no_address_leads_nowhere_and_breaks_nothing(lite_app: Workbench, address: str) -> None:
    answer = lite_app.test_client().get("/nowhere", headers={"Referer": address})
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("page", ["9" * 30, "-" + "9" * 30, "0", "nan", "１２", "1e9"])
def test_a_list_has_no_page_of_any_number(lite_app: Workbench, page: str) -> None:
    with lite_app.app_context():
        officer = a_user(an_authority(), "officer")
        an_assignment(a_tender(officer.authority), officer, "officer")
        db.session.commit()
        mark = officer.fs_uniquifier
    client = signed_in(lite_app, mark)
    assert client.get("/tenders/", query_string={"page": page}).status_code == 200
    assert client.get("/notices/", query_string={"page": page}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", "192.0.2.1"])
def test_a_trial_is_not_served_under_the_name_of_another_site(lite_app: Workbench, host: str) -> None:
    client = lite_app.test_client()
    for address in ("/", "/notices", "/sign-in"):
        answer = client.get(address, headers={"Host": host})
        assert (answer.status_code, host in answer.text) == (400, False)
    assert client.get("/livez", headers={"Host": "localhost:8000"}).status_code == 200
    assert client.get("/livez", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_methods_that_somebody_made_up_are_counted_as_one(sqlite_url: str, tmp_path: Path) -> None:
    with running(databases.a_config(sqlite_url, tmp_path)) as app:
        client = app.test_client()
        for number in range(20):
            assert client.open("/livez", method=f"MADEUP{number}").status_code == 405
        figures = client.get("/metrics").text
    assert "MADEUP" not in figures
    assert 'method="other"' in figures
