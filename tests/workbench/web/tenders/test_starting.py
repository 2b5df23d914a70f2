"""Starting a tender: from nothing, our template, another tender, a tender file and an OCDS release."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from exports import tender_file
from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.factories import NOW, a_user, an_actor, an_authority
from tests.workbench.web.tenders.money_case import Case, a_case, demo_parts
from workbench.app import Workbench
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.paths import demo_file, template_file
from workbench.queries.tenders import draft_of
from workbench.services.tenders import start_tender

RELEASE = Path(__file__).parents[4] / "docs" / "example-release.json"
TYPED: dict[str, Any] = {
    "title": "Victim services from 2027",
    "reference": "VS-2027",
    "regime": "pa2023_light_touch",
    "commenced_on": ["1", "3", "2026"],
}


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One application for all these tests: each has an authority of its own in it."""
    folder = tmp_path_factory.mktemp("starting")
    with running(databases.a_config(databases.usual_url(folder), folder)) as app:
        yield app


@pytest.fixture
def case(shared_app: Workbench) -> Case:
    """An officer with a tender, the demonstration's."""
    return a_case(shared_app)


def start(case: Case, way: str, typed: dict[str, Any] | None = None, file: bytes | None = None) -> TestResponse:
    """Send the form of one way to begin."""
    upload = {"upload": (io.BytesIO(file), "notice.json")} if file is not None else {}
    data = {**(TYPED if typed is None else typed), **upload}
    return submit(case.client, f"/tenders/new/{way}", data, content_type="multipart/form-data")


def parts_of(case: Case, answer: TestResponse) -> dict[tuple[str, str], Any]:
    """Return the parts of the tender that an answer leads to, by kind and key."""
    assert answer.status_code == 303, re.findall(r"error-summary__list.*?</ul>", answer.text, re.S)
    tender_id = answer.headers["Location"].split("/")[2]
    assert case.client.get(answer.headers["Location"]).status_code == 200
    assert case.client.get(f"/tenders/{tender_id}/").status_code == 200
    with case.app.app_context():
        rows = db.session.query(PartRecord).filter_by(tender_id=tender_id)
        return {(row.kind, row.key): row.value for row in rows}


def test_every_way_to_begin_is_offered_with_its_form(case: Case) -> None:
    ways = re.findall(r'href="(/tenders/new/\w+)"', case.client.get("/tenders/new").text)
    assert set(ways) == {f"/tenders/new/{w}" for w in ("template", "copy", "release", "file", "blank", "regime")}
    assert {case.client.get(way).status_code for way in ways} == {200}
    assert case.client.get("/tenders/new/otherwise").status_code == 404


def test_a_tender_from_nothing_has_its_nine_deliverables_and_its_buyer(case: Case) -> None:
    parts = parts_of(case, start(case, "blank"))
    assert set(parts) == {("basics", ""), ("governance", "")}
    assert len(parts["governance", ""]["deliverables"]) == 9
    basics = parts["basics", ""]
    # under the Procurement Act thresholds and notices hold VAT
    assert (basics["regime"], basics["vat"], basics["commenced_on"]) == (
        "pa2023_light_touch",
        "inclusive",
        "2026-03-01",
    )
    assert basics["buyer"]["name"].startswith("Authority")


def test_suggestions_are_taken_only_if_asked_for(case: Case) -> None:
    parts = parts_of(case, start(case, "blank", {**TYPED, "tree": "y", "publish_on": ["1", "6", "2027"]}))
    method = parts["methodology", "methodology"]
    assert [(each["title"], each["weight"]) for each in method["criteria"]] == [
        ("Quality", "60"), ("Social value", "15"), ("Price", "25"),
    ]  # fmt: skip
    assert [level["points"] for level in parts["scale", "evidence"]["levels"]] == ["0", "1", "2", "3", "4", "5"]
    # 30 days from 1 June 2027 are 1 July, a Thursday; noon in London is 11:00 UTC
    assert parts["timetable", ""]["deadline"] == "2027-07-01T11:00:00Z"


def test_the_template_is_a_tender_file_without_figures() -> None:
    data = template_file().read_bytes()
    assert tender_file.canonical(data)
    lots = json.loads(data)["tender"]["lots"]
    assert [lot["annual_budget"] for lot in lots] == ["0.00"] * 3
    assert {name for lot in lots for name in lot} & {
        "base_value",
        "maximum_potential_spend",
        "term",
        "uplifts",
    } == set()


def test_the_template_gives_three_lots_with_rules_requirements_and_criteria(case: Case) -> None:
    parts = parts_of(case, start(case, "template"))
    keys = {kind: {key for found, key in parts if found == kind} for kind, _ in parts}
    lots = {"adult", "children", "isva"}
    assert (keys["lot"], keys["requirements"], keys["collaboration"]) == (lots, lots, lots)
    assert keys["methodology"] == {f"{lot}_methodology" for lot in lots}
    assert parts["basics", ""]["title"] == "Victim services from 2027"


def test_a_copy_leaves_dates_and_signatures_behind_and_says_so(case: Case) -> None:
    parts = parts_of(case, start(case, "copy", {**TYPED, "copy_of": case.tender_id}))
    expected = {(part.kind, part.key) for part in demo_parts()} - {("engagement", ""), ("timetable", "")}
    assert set(parts) == expected | {("takeover", "")}
    assert not any("signed_off_on" in each for each in parts["governance", ""]["deliverables"])
    assert {"engagement", "timetable", "panel"} <= {line[0] for line in parts["takeover", ""]["left"]}


def test_a_tender_of_another_authority_cannot_be_copied(case: Case, shared_app: Workbench) -> None:
    other = a_case(shared_app)
    answer = start(case, "copy", {**TYPED, "copy_of": other.tender_id})
    assert answer.status_code == 422
    assert "Choose one of the answers that are offered" in answer.text
    assert other.tender_id not in case.client.get("/tenders/new/copy").text


def test_a_tender_file_is_taken_over_without_what_followed_the_tender(case: Case) -> None:
    parts = parts_of(case, start(case, "file", {"reference": "AS-NEW"}, demo_file().read_bytes()))
    assert parts["basics", ""]["title"] == json.loads(demo_file().read_bytes())["tender"]["title"]
    assert parts["basics", ""]["reference"] == "AS-NEW"
    for part in demo_parts():
        if part.kind != "basics":
            assert parts[part.kind, part.key] == part.content
    assert {"bids", "score_sheets", "award"} <= {line[0] for line in parts["takeover", ""]["left"]}


def test_a_release_is_taken_over_with_a_line_for_every_field(case: Case) -> None:
    answer = start(case, "release", {}, RELEASE.read_bytes())
    parts = parts_of(case, answer)
    assert parts["basics", ""]["reference"] == json.loads(RELEASE.read_bytes())["releases"][0]["tender"]["id"]
    report = case.read(answer.headers["Location"])
    assert "it stands at £0.00 until you enter it" in report
    assert "“lowest price relative” stands until you choose one" in report
    with case.app.app_context():
        tender_id = answer.headers["Location"].split("/")[2]
        assert answer.headers["Location"] in case.read(f"/tenders/{tender_id}/basics/edit")
        tender = db.session.get_one(TenderRecord, tender_id)
        assert draft_of(tender).file is not None


def test_starting_is_one_event_that_says_where_the_tender_came_from(case: Case) -> None:
    answer = start(case, "template")
    with case.app.app_context():
        chain = f"tender:{answer.headers['Location'].split('/')[2]}"
        (event,) = db.session.query(EventRecord).filter_by(chain=chain)
        assert b"victim services, 3 lots" in bytes(event.canon)


def test_both_databases_hold_what_the_template_gives(app: Workbench) -> None:
    case = a_case(app)
    assert parts_of(case, start(case, "template"))["lot", "isva"]["annual_budget"] == "0.00"


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said", "box"),
    [
        ({"title": ""}, "Enter what the tender is called", "title"),
        ({"reference": " "}, "Enter a reference", "reference"),
        ({"reference": "r" * 81}, "the most is 80", "reference"),
        ({"regime": ""}, "Choose the law the tender is run under", "regime"),
        ({"commenced_on": ["31", "2", "2026"]}, "There is no 31/2/2026 in the calendar", "commenced_on-day"),
        ({"publish_on": ["1", "1", "1999"]}, "outside the calendar", "publish_on-day"),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_names_the_field(
    case: Case, changes: dict[str, Any], said: str, box: str
) -> None:
    answer = start(case, "blank", {**TYPED, "scale": "y", **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{box}"' in answer.text
    assert ('value="VS-2027"' in answer.text) == ("reference" not in changes)
    assert re.search(r'name="scale"[^>]*checked', answer.text)


def test_a_reference_is_used_once(case: Case) -> None:
    assert start(case, "blank").status_code == 303
    answer = start(case, "template")
    assert answer.status_code == 422
    assert "You have a tender with the reference “VS-2027” already: enter another" in answer.text


@pytest.mark.parametrize("way", ["file", "release"])
@pytest.mark.parametrize(
    "file",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"tender": 5}', b'{"format": "tender-file/1"}', b"[" * 5000,
     b'{"tender": {"lots": [{"id": 1}, 2, null], "title": ["x"]}}', b'{"a": 1e999999}'],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(case: Case, way: str, file: bytes) -> None:
    answer = start(case, way, file=file)
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:  # a release may be little more than a title
        parts_of(case, answer)
    else:
        assert "There is a problem" in answer.text
        assert 'value="VS-2027"' in answer.text


def test_a_file_with_ids_that_no_address_can_hold_is_refused(case: Case) -> None:
    file = json.loads(template_file().read_bytes())
    for wanted in ("new", "a/b", "x" * 81):
        changed = json.dumps(file).replace('"id": "adult"', f'"id": "{wanted}"').replace('["adult"]', f'["{wanted}"]')
        answer = start(case, "file", file=changed.encode())
        assert answer.status_code == 422
        assert "cannot be used" in answer.text


def test_what_the_file_does_not_say_must_be_typed(case: Case) -> None:
    answer = start(case, "release", {}, b'{"tender": {"title": "Support"}}')
    assert answer.status_code == 422
    assert "The file does not say the reference or the regime or the day it commenced" in answer.text


def test_only_officers_start_tenders(case: Case, shared_app: Workbench) -> None:
    with shared_app.test_request_context():
        auditor = a_user(an_authority(), "auditor")
        db.session.commit()
        mark = auditor.fs_uniquifier
    client = shared_app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = mark, True
    assert client.get("/tenders/new").status_code == 403
    assert submit(client, "/tenders/new/blank", TYPED).status_code == 403


def test_a_tender_that_began_with_nothing_has_no_report(case: Case) -> None:
    tender_id = start(case, "blank").headers["Location"].split("/")[2]
    assert case.client.get(f"/tenders/{tender_id}/takeover").status_code == 404


# --- which law ----------------------------------------------------------------------------------------------


def ask(case: Case, **asked: Any) -> TestResponse:
    """Ask which law applies."""
    return case.client.get("/tenders/new/regime", query_string={"way": "blank", **asked})


@pytest.mark.parametrize(
    ("asked", "law"),
    [
        # PA 2023 in force from 24 February 2025; the light-touch threshold is £663,540 with VAT
        ({"commenced": ["23", "2", "2025"], "value": "663,540", "light_touch": "yes"}, "pcr2015_light_touch"),
        ({"commenced": ["24", "2", "2025"], "value": "663540", "light_touch": "yes"}, "pa2023_light_touch"),
        ({"commenced": ["24", "2", "2025"], "value": "663539.99", "light_touch": "yes"}, "below_threshold"),
        # sub-central authorities, from 1 January 2026: £207,720
        ({"commenced": ["1", "1", "2026"], "value": "207720", "light_touch": "no"}, "pa2023_full"),
        ({"commenced": ["", "", ""], "grant": "y"}, "grant"),
    ],
)
def test_date_and_value_decide_the_law_with_reasons(case: Case, asked: dict[str, Any], law: str) -> None:
    answer = ask(case, **asked)
    assert answer.status_code == 200
    assert f'href="/tenders/new/blank?regime={law}"' in answer.text
    onward = case.client.get(f"/tenders/new/blank?regime={law}").text
    assert re.search(rf'value="{law}"[^>]*checked', onward)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"commenced": ["1", "1", "2024"], "value": "5000000", "light_touch": "no"}, "which this workbench does not"),
        ({"commenced": ["1", "1", "2024"], "value": "x", "light_touch": "no"}, "value"),
        ({"commenced": ["1", "1", "2090"], "value": "1", "light_touch": "yes"}, "No light-touch services threshold"),
        ({"commenced": ["1"]}, "The date must have a month and a year"),
    ],
)
def test_a_question_without_an_answer_says_why(case: Case, asked: dict[str, Any], said: str) -> None:
    answer = ask(case, **asked)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_part_that_can_be_read_in_part_shows_what_it_can(shared_app: Workbench) -> None:
    parts = [part for part in demo_parts() if part.kind == "basics"]
    with shared_app.test_request_context():
        officer = a_user(an_authority(), "officer")
        tender = start_tender(parts, came_from="test", actor=an_actor(officer), at=NOW)
        tender_id = tender.id
        row = PartRecord(tender_id=tender_id, kind="lot", key="half", content='{"id": "half", "title": "Half a lot"}',
                         changed_at=NOW)  # fmt: skip
        db.session.add(row)
        db.session.commit()
        mark = officer.fs_uniquifier
    client = shared_app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = mark, True
    assert "Half a lot" in client.get(f"/tenders/{tender_id}/lot/half/edit").text
    assert client.get(f"/tenders/{tender_id}/timetable/edit").status_code == 200
