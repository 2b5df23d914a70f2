"""The pages of the decision's documents: made in the background, looked at, released, and on the register."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from tests.workbench.conftest import submit
from tests.workbench.evaluated import NOW, declared, evaluated
from tests.workbench.issued import LETTERS, NOTICES, approved, issued, only, rows_of
from tests.workbench.published import World, client_of
from workbench import clock, jobs
from workbench.app import Workbench
from workbench.db import db
from workbench.models.awards import IssueRecord
from workbench.services.awards import making


@dataclass
class Office:
    """An officer's browser, the tender, and where its documents are."""

    app: Workbench
    world: World
    client: FlaskClient

    @property
    def place(self) -> str:
        return f"/tenders/{self.world.tender.id}/award/papers/"

    def issue(self, number: int) -> IssueRecord:
        return db.session.query(IssueRecord).filter_by(number=number).populate_existing().one()

    def reads(self, role: str) -> FlaskClient:
        return client_of(self.app, self.world, role)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A morning on which documents are made as soon as they are wanted, each printed as its number."""
    only(monkeypatch, [NOTICES, LETTERS])
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr("workbench.web.access.password_is_fresh", lambda: True)
    monkeypatch.setattr("workbench.printing.job_of", lambda it: SimpleNamespace(run=lambda: it.head.number.encode()))
    with evaluated(tmp_path) as (app, world):
        making.forget()
        app.extensions[jobs.EXTENSION].huey.immediate = True
        yield Office(app, world, client_of(app, world, "officer"))


def test_drafts_are_had_made_then_final_documents_and_all_letters_are_released(office: Office) -> None:
    approved(office.world)
    answer = submit(office.client, office.place, {"kind": "drafts"})
    assert answer.location == f"{office.place}1/"
    submit(office.client, office.place, {"kind": "final"})
    page = office.client.get(f"{office.place}2/").text
    assert "documents are made" in page
    assert "Go on to the release of the letters" in page
    assert "Nothing can be sent yet" not in page
    before = office.client.get(f"{office.place}2/release").text
    assert "Release all letters now" in before
    refused = submit(office.client, f"{office.place}2/release")
    assert (refused.status_code, "tick this box" in refused.text) == (422, True)
    done = submit(office.client, f"{office.place}2/release", {"read": "yes"})
    assert done.location.endswith("/award/summaries")
    register = office.client.get(done.location).text
    rows = rows_of(office.issue(2))
    assert [row.sha256 in register for row in rows] == [True] * len(rows)
    assert [row.recipient in register for row in rows] == [True] * len(rows)
    for page in (office.place, f"{office.place}2/", f"/tenders/{office.world.tender.id}/"):
        assert office.client.get(page).status_code == 200
    again = submit(office.client, f"{office.place}2/release", {"read": "yes"})
    assert again.status_code == 409


def test_a_document_is_sent_exactly_as_it_is_kept_and_never_shown_as_a_page_of_ours(office: Office) -> None:
    approved(office.world)
    submit(office.client, office.place, {"kind": "drafts"})
    row = rows_of(office.issue(1))[0]
    answer = office.client.get(f"{office.place}1/{row.id}")
    assert answer.data == row.content
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert office.client.get(f"{office.place}2/{row.id}").status_code == 404
    issued(office.world)
    (queued, *_) = rows_of(office.issue(2))
    assert office.client.get(f"{office.place}2/{queued.id}").status_code == 404
    assert office.client.get(f"{office.place}1/{queued.id}").status_code == 404


def test_the_script_of_the_page_counts_what_the_page_counts(office: Office) -> None:
    approved(office.world)
    issue = issued(office.world)
    rows = rows_of(issue)
    making.make(rows[0].id, now=lambda: NOW, printed=lambda it: b"x")
    found = office.client.get(f"{office.place}1/progress.json").json
    assert found == {
        "state": "making", "made": 1, "wanted": len(rows), "failed": 0, "under_way": len(rows) - 1,
    }  # fmt: skip
    page = office.client.get(f"{office.place}1/").text
    assert f"<span data-papers-made>1</span> of {len(rows)}" in page
    assert "Look again" in page
    assert "Nothing can be sent yet" in page


def test_what_failed_says_why_and_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(office.world)
    issue = issued(office.world)
    (row, *_) = rows_of(issue)
    row.state, row.error = "failed", "It takes longer than 120 seconds; shorten its longest texts"
    db.session.commit()
    page = office.client.get(f"{office.place}1/").text
    assert "shorten its longest texts" in page
    (action,) = re.findall(r'action="([^"]+/retry)"', page)
    assert submit(office.client, action).status_code == 303
    assert {each.state for each in rows_of(issue)} == {"made"}


def test_what_a_document_lacks_stands_on_the_page_and_the_letters_wait(office: Office) -> None:
    approved(office.world, letters=())
    submit(office.client, office.place, {"kind": "final"})
    page = office.client.get(f"{office.place}1/").text
    assert "May not be made yet" in page
    assert "characteristics and relative advantages is missing" in page
    assert "Nothing can be sent yet" in page
    refused = submit(office.client, f"{office.place}1/release", {"read": "yes"})
    assert (refused.status_code, "may not be made yet" in refused.text) == (422, True)


def test_a_decision_that_nobody_signed_is_told_on_the_page(office: Office) -> None:
    approved(office.world, decided_on=None)
    refused = submit(office.client, office.place, {"kind": "final"})
    assert refused.status_code == 422
    assert "The decision is not signed yet" in refused.text


def test_who_reads_and_who_makes(office: Office) -> None:
    approved(office.world)
    submit(office.client, office.place, {"kind": "drafts"})
    readers = ("finance", "legal", "approver", "auditor")
    assert [office.reads(role).get(office.place).status_code for role in readers] == [200] * 4
    assert office.reads("moderator").get(office.place).status_code == 403
    assert "Have drafts made" not in office.reads("approver").get(office.place).text
    assert submit(office.reads("approver"), office.place, {"kind": "drafts"}).status_code == 403


def test_the_register_is_empty_before_the_release(office: Office) -> None:
    approved(office.world)
    assert (
        "No letters were released yet" in office.client.get(f"/tenders/{office.world.tender.id}/award/summaries").text
    )
    assert office.client.get(f"{office.place}9/").status_code == 404


def test_somebody_with_an_interest_gets_no_document_of_the_decision_by_its_address(office: Office) -> None:
    approved(office.world)
    submit(office.client, office.place, {"kind": "drafts"})
    paper = rows_of(office.issue(1))[0]
    declared(office.world, office.world.people["finance"][0], "mendip", "conflicted")
    summaries = f"/tenders/{office.world.tender.id}/award/summaries"
    addresses = (office.place, f"{office.place}1/", f"{office.place}1/progress.json", f"{office.place}1/{paper.id}",
                 summaries)  # fmt: skip
    reader = office.reads("finance")
    assert [reader.get(each).status_code for each in addresses] == [403] * len(addresses)
    declared(office.world, office.world.people["officer"][0], "mendip", "conflicted")
    assert submit(office.client, office.place, {"kind": "final"}).status_code == 403
    assert office.client.get(f"{office.place}1/release").status_code == 403
