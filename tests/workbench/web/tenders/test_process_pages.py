"""The pages of basics, engagement, timetable, governance, social value, requirements and documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.web.tenders.money_case import Case, a_case, demo_parts, fields
from workbench.app import Workbench
from workbench.parts import Part
from workbench.tasks import Where, where

KINDS = ("basics", "engagement", "timetable", "governance", "social_value", "documents", "requirements")
DEMO = demo_parts()
OWN_PARTS = [part for part in DEMO if part.kind in KINDS]
HOSTILE = (
    "\u202egnp", "\x07", "😀" * 700, "' OR 1=1 --", "<script>alert(1)</script>", "9" * 20, "-1", "%00",
)  # fmt: skip


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One application for all these tests: each of them has a tender and an authority of its own in it."""
    folder = tmp_path_factory.mktemp("process")
    with running(databases.a_config(databases.usual_url(folder), folder)) as app:
        yield app


@pytest.fixture
def case(shared_app: Workbench) -> Case:
    """The demonstration's tender as a draft, and its officer's browser."""
    return a_case(shared_app)


def in_other_words(kind: str, **changes: Any) -> list[Part]:
    """Return the demonstration's parts with some fields of one of them changed."""
    return [Part(p.kind, p.key, p.content | changes, position=p.position) if p.kind == kind else p for p in DEMO]


def ids(page: str) -> list[str]:
    """List the ids of a page."""
    return re.findall(r'\bid="([^"]+)"', page)


def test_the_demonstration_holds_a_part_of_every_kind_tested_here() -> None:
    assert {part.kind for part in OWN_PARTS} == set(KINDS)


@pytest.mark.parametrize("part", OWN_PARTS, ids=lambda part: f"{part.kind}-{part.key}")
def test_a_page_sent_back_as_it_stands_changes_nothing(case: Case, part: Part) -> None:
    answer = case.save(case.url(part.kind, part.key))
    assert answer.status_code == 303, answer.text
    assert case.content(part.kind, part.key) == part.content


@pytest.mark.parametrize("part", OWN_PARTS, ids=lambda part: f"{part.kind}-{part.key}")
def test_no_id_stands_twice_on_a_page(case: Case, part: Part) -> None:
    found = ids(case.client.get(case.url(part.kind, part.key)).text)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("part", OWN_PARTS, ids=lambda part: f"{part.kind}-{part.key}")
def test_nothing_that_is_typed_breaks_a_page(case: Case, part: Part) -> None:
    address = case.url(part.kind, part.key)
    for text in HOSTILE:
        held = fields(case.client.get(address).text)
        hidden = {name: held.pop(name) for name in ("_version", "csrf_token") if name in held}
        sent = {name: [text] * len(old) if isinstance(old, list) else text for name, old in held.items()}
        answer = submit(case.client, address, {**sent, **hidden})
        assert answer.status_code in (303, 400, 422)
        assert case.client.get(address).status_code == 200


# --- mending ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field", "typed", "said", "box"),
    [
        ("basics", "title", "", "Enter what the tender is called", "title"),
        ("basics", "buyer-name", "", "Enter the buyer’s name", "buyer-name"),
        ("engagement", "closed_on", ["31", "2", "2024"], "There is no 31/2/2024 in the calendar", "closed_on-day"),
        ("timetable", "timetable-0-title", "", "Enter what happens", "timetable-0-title"),
        ("governance", "deliverables-0-signed_off_on", ["1", "", "2024"], "The date must have a month",
         "deliverables-0-signed_off_on-day"),
        ("social_value", "social_value-0-deadweight", "101", "This must be 100 or less", "social_value-0-deadweight"),
        ("documents", "documents-0-title", "", "Enter what the document is", "documents-0-title"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_stays_and_its_field_says_how_to_mend_it(
    case: Case, kind: str, field: str, typed: Any, said: str, box: str
) -> None:
    address, before = case.url(kind), case.content(kind)
    answer = case.save(address, {field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{box}"' in answer.text
    assert box in ids(answer.text)
    assert case.content(kind) == before
    assert fields(case.client.get(address).text)[field] == typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["28", "6", "2026", "00:00"], "midnight"),
        (["29", "3", "2026", "01:30"], "01:30"),  # the hour that the clocks leave out
        (["28", "6", "2026", ""], "The date must have a time"),
        (["28", "6", "2026", "noon"], "is not a time"),
    ],
)
def test_a_deadline_that_misleads_is_refused(case: Case, typed: list[str], said: str) -> None:
    answer = case.save(case.url("timetable"), {"deadline": typed})
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("tender.buyer.email", Where("basics", "basics", "", "buyer-email")),
        ("tender.engagement.closed_on", Where("engagement", "engagement", "", "closed_on")),
        ("tender.deadline", Where("timetable", "timetable", "", "deadline")),
        ("tender.timetable[2].planned", Where("timetable", "timetable", "", "timetable-2-planned")),
        ("tender.deliverables[0].signed_off_on", Where("governance", "governance", "", "deliverables-0-signed_off_on")),
        ("tender.standards[3].note", Where("governance", "governance", "", "standards-3-note")),
        ("tender.conflicts_assessed_on", Where("governance", "governance", "", "conflicts_assessed_on")),
        ("tender.social_value[0].evidence", Where("social_value", "social_value", "", "social_value-0-evidence")),
        ("tender.indicators", Where("social_value", "social_value", "", "indicators")),
        ("tender.lots[1].requirements[0].title", Where("requirements", "requirements", "cyp", "requirements-0-title")),
        ("tender.lots", Where("lots")),
    ],
)
def test_a_finding_leads_to_a_field_that_its_page_has(case: Case, place: str, found: Where) -> None:
    lead = where(place, DEMO)
    assert lead == found
    if lead.field:
        assert lead.field in ids(case.client.get(case.url(lead.kind, lead.key)).text)


# --- the law ------------------------------------------------------------------------------------------------


def test_basics_say_what_the_law_asks_for_and_why_it_is_this_law(case: Case) -> None:
    page = case.read(case.url("basics"))
    assert "Public Contracts Regulations 2015, light touch</strong>: the date and the value fit." in page
    assert "It commenced on Wednesday 15 May 2024, before Monday 24 February 2025" in page
    assert "Standstill before the contract is signed (PCR 2015 regs 86-87)" in page
    assert "Bank holidays that count" in page


def test_basics_name_the_law_that_date_and_value_lead_to_where_another_is_chosen(shared_app: Workbench) -> None:
    case = a_case(shared_app, in_other_words("basics", commenced_on="2026-03-01"))
    page = case.read(case.url("basics"))
    assert "By its date and value this is “Procurement Act 2023, light touch”." in page


def test_basics_name_no_law_by_value_before_the_lots_have_one(shared_app: Workbench) -> None:
    basics = in_other_words("basics", regime="pa2023_light_touch", commenced_on="2026-03-01")
    parts = [replace(it, content=_worthless(it.content)) if it.kind == "lot" else it for it in basics]
    case = a_case(shared_app, parts)
    page = case.read(case.url("basics"))
    assert "By its date and value" not in page
    assert "Not every lot has its base value yet" in page


def _worthless(content: Any) -> Any:
    left = {name: value for name, value in content.items() if name not in ("base_value", "maximum_potential_spend")}
    return left | {"annual_budget": "0.00"}


def test_a_grant_is_asked_for_nothing_that_only_procurement_needs(shared_app: Workbench) -> None:
    case = a_case(shared_app, in_other_words("basics", regime="grant"))
    assert "Why the tender is not divided into lots" not in case.read(case.url("basics"))
    assert "conflicts_assessed_on" not in case.read(case.url("governance"))
    timetable = case.read(case.url("timetable"))
    assert "Deadline for applications, London time" in timetable
    assert "Grant agreement signed" in timetable
    assert case.save(case.url("basics")).status_code == 303
    assert case.save(case.url("governance")).status_code == 303


def test_the_time_between_steps_stands_in_days_and_working_days_with_the_least(case: Case) -> None:
    case.save(case.url("timetable"), {"timetable-2-kind": "tender_published"})
    page = case.read(case.url("timetable"))
    row = re.search(r"Time to tender</th>(.*?)</tr>", page)
    assert row is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[1])
    # 15 May to 28 June 2024: 44 days; 31 of them working (27 May is the Spring bank holiday)
    assert [cell.strip() for cell in cells[:4]] == ["Wednesday 15 May 2024", "Friday 28 June 2024", "44", "31"]
    assert "no minimum by law; 25 days are good practice (PCR 2015 reg 76(6))" in cells[4]


def test_a_tender_without_engagement_leaves_the_page_empty(shared_app: Workbench) -> None:
    case = a_case(shared_app, [part for part in DEMO if part.kind != "engagement"])
    assert case.save(case.url("engagement")).status_code == 303
    assert case.content("engagement") == {}
    assert case.save(case.url("engagement"), {"source": "A paper"}).status_code == 422
    assert case.save(case.url("engagement"), {"source": ""}).status_code == 303


def test_rows_get_ids_of_their_own_and_keep_those_they_have(case: Case) -> None:
    address = case.url("requirements", "cyp")
    before = case.content("requirements", "cyp")
    at = len(before)
    case.save(address, {"requirements-0-title": "Changed", f"requirements-{at}-title": "Insurance",
                        "requirements-1-id": before[0]["id"]})  # fmt: skip
    after = case.content("requirements", "cyp")
    assert after[0] == {"id": before[0]["id"], "title": "Changed"}
    assert len({each["id"] for each in after}) == at + 1


def test_a_row_that_is_saved_while_it_is_typed_keeps_the_id_of_its_title(case: Case) -> None:
    address = case.url("requirements", "cyp")
    held = fields(case.client.get(address).text)
    at, ids_seen = len(case.content("requirements", "cyp")), []
    for _ in range(3):
        answer = submit(case.client, address, {**held, f"requirements-{at}-title": "Insurance of staff"},
                        headers={"X-Autosave": "1"})  # fmt: skip
        held["_version"] = str(answer.get_json()["version"])
        ids_seen.append(case.content("requirements", "cyp")[at]["id"])
    assert ids_seen == ["insurance_of_staff"] * 3


def test_the_nine_deliverables_are_offered_where_there_are_none(shared_app: Workbench) -> None:
    case = a_case(shared_app, [part for part in DEMO if part.kind != "governance"])
    page = fields(case.client.get(case.url("governance")).text)
    assert [page[f"deliverables-{n}-title"] for n in (0, 8, 9)] == ["Needs assessment", "Mobilisation plans", ""]


def test_an_answer_to_a_standard_is_kept_and_an_unknown_standard_is_not(case: Case) -> None:
    case.save(
        case.url("governance"), {"standards-0-met": "no", "standards-0-note": "By May", "standards-1-standard": "x"}
    )
    standards = case.content("governance")["standards"]
    assert (standards[0]["met"], standards[0]["note"]) == (False, "By May")
    assert "x" not in {each["standard"] for each in standards}


# --- suggested dates ----------------------------------------------------------------------------------------

DAY = {"publish_on": ["1", "6", "2027"]}
SUGGESTION = "publish_on=1&publish_on=6&publish_on=2027"


def test_suggested_dates_are_shown_before_and_taken_over_on_request(case: Case) -> None:
    address = f"/tenders/{case.tender_id}/timetable/suggestion"
    before = case.content("timetable")
    assert "Tuesday 1 June 2027" in case.read(f"{address}?{SUGGESTION}")
    assert case.content("timetable") == before
    version = re.search(r'name="_version"[^>]*value="(\d+)"', case.client.get(f"{address}?{SUGGESTION}").text)
    assert version is not None
    answer = submit(case.client, address, {**DAY, "_version": version[1]})
    assert answer.status_code == 303
    after = case.content("timetable")
    # 1 June 2027 and 30 days are Thursday 1 July, at the time of day that the deadline had: 12:00 in London
    assert after["deadline"] == "2027-07-01T11:00:00Z"
    assert {"tender_published", "answers_by", "standstill_ends"} <= {each.get("kind") for each in after["timetable"]}
    stays = [line for line in before["timetable"] if not line.get("kind") or "actual" in line]
    assert stays != []
    assert all(line in after["timetable"] for line in stays)
    assert submit(case.client, address, {**DAY, "_version": version[1]}).status_code == 409


@pytest.mark.parametrize("day", [["31", "2", "2027"], ["", "", ""], ["1", "1", "2999"]])
def test_a_day_that_cannot_be_suggested_from_is_said_at_its_field(case: Case, day: list[str]) -> None:
    address = f"/tenders/{case.tender_id}/timetable/suggestion"
    asked = case.client.get(address, query_string={"publish_on": day})
    sent = submit(case.client, address, {"publish_on": day, "_version": "1"})
    assert (asked.status_code, sent.status_code) == (422, 422)
    assert 'href="#publish_on-day"' in asked.text
