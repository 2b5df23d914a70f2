"""Requests about parts of a tender that no page of ours sends, and removals that were overtaken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workbench.conftest import submit
from tests.workbench.web.tenders.money_case import Case, a_case
from workbench.app import Workbench
from workbench.db import db
from workbench.models.audit import EventRecord


@pytest.fixture
def case(lite_app: Workbench) -> Iterator[Case]:
    """The demonstration's draft, with its officer signed in."""
    return a_case(lite_app)


def events(case: Case) -> int:
    with case.app.app_context():
        return db.session.query(EventRecord).count()


@pytest.mark.parametrize("kind", ["lot", "scale", "methodology", "funding_source"])
def test_what_is_not_there_yet_is_neither_moved_nor_removed(case: Case, kind: str) -> None:
    before = events(case)
    address = f"/tenders/{case.tender_id}/{kind}/new"
    answers = [
        case.client.get(f"{address}/remove"),
        submit(case.client, f"{address}/remove"),
        submit(case.client, f"{address}/move", {"to": "down"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert events(case) == before


@pytest.mark.parametrize("version", ["", "99", "x"])
def test_a_part_that_somebody_saved_meanwhile_is_not_removed(case: Case, version: str) -> None:
    assert case.save(case.url("lot", "adult"), {"title": "A colleague's better title"}).status_code == 303
    answer = submit(case.client, f"/tenders/{case.tender_id}/lot/adult/remove", {"_version": version or "1"})
    assert answer.status_code == 409
    assert case.content("lot", "adult")["title"] == "A colleague's better title"


@pytest.mark.parametrize("place", ["0-0/edit", "0/add", "0/remove", "top/add"])
def test_an_overtaken_criterion_with_a_nameless_field_is_stale_and_no_fault(case: Case, place: str) -> None:
    address = f"/tenders/{case.tender_id}/methodology/adult-methodology/criteria/{place}"
    assert submit(case.client, address, {"_version": "99", "": "x"}).status_code == 409


@pytest.mark.parametrize("person", ["²", "１", "٣", "9" * 400, "9" * 15, "-1", "1.0", "nobody"])
def test_a_role_is_taken_back_from_people_by_their_number_only(case: Case, person: str) -> None:
    before = events(case)
    address = f"/tenders/{case.tender_id}/panel/take-back"
    assert submit(case.client, address, {"person": person, "role": "officer", "lot": ""}).status_code == 400
    assert events(case) == before
