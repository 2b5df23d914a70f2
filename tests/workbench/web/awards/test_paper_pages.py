"""The pages of the decision paper: drafts from the record, saves, both texts of two people, and what is missing."""

from __future__ import annotations

import json
from html import unescape

from flask.testing import FlaskClient

from tests.workbench.conftest import submit
from tests.workbench.evaluated import approved, bid, declared, recommended, with_paper
from tests.workbench.published import World, address, client_of
from tests.workbench.web.awards.conftest import Running
from workbench.db import db
from workbench.queries.awards.decision import award_of
from workbench.queries.awards.paper import parts_of

PAGES = ("decision", "background", "advice", "people", "publication", "conditions", "days", "notice")


def text_of(client: FlaskClient, world: World, page: str) -> str:
    """Return a page as a reader would copy it."""
    answer = client.get(address(world, page))
    assert answer.status_code == 200, (page, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def test_every_page_opens_for_its_readers_before_anything_is_written(running: Running) -> None:
    app, world = running
    for role in ("officer", "moderator", "finance", "legal", "approver", "auditor"):
        client = client_of(app, world, role)
        for page in ("", "preview", "letters/", "standstill", "notice", *(f"paper/{name}" for name in PAGES)):
            assert client.get(address(world, f"award/{page}")).status_code == 200, (role, page)
        assert client.get(address(world, f"award/letters/{bid(world, 'adult-mendip')}")).status_code == 200


def test_nobody_sees_the_decision_before_quality_is_locked(running: Running) -> None:
    app, world = running
    world.tender.quality_locked_at = None
    db.session.commit()
    for page in ("", "preview", "letters/", "standstill", "notice", "paper/decision"):
        assert client_of(app, world, "moderator").get(address(world, f"award/{page}")).status_code == 409


def test_an_empty_page_begins_with_what_the_record_knows_and_saves_nothing(running: Running) -> None:
    app, world = running
    page = text_of(client_of(app, world, "officer"), world, "award/paper/background")
    assert "13 tenders came in time" in page
    assert "Adult Service: 5 tenders; excluded: 1 at the step minimum scores, 2 at the step collaboration rules" in page
    assert parts_of(world.tender.id) == {}
    assert award_of(world.tender).process == ""


def test_a_page_is_saved_and_shown_again(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    typed = {"reference": "2024-041", "title": "Award", "decision_maker": "The Commissioner", "power": "Section 143",
             "summary": "To award.\r\n\r\nAll of it."}  # fmt: skip
    answer = submit(client, address(world, "award/paper/decision"), typed)
    assert answer.status_code == 303
    award = award_of(world.tender)
    assert (award.reference, award.summary) == ("2024-041", "To award.\n\nAll of it.")
    assert 'value="2024-041"' in text_of(client, world, "award/paper/decision")


def test_two_people_on_one_page_see_both_texts(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    first = {"equality": "The first text.", "_version": "1"}
    assert submit(client, address(world, "award/paper/people"), {**first, "_version": ""}).status_code == 303
    assert submit(client, address(world, "award/paper/people"), {**first, "equality": "Changed."}).status_code == 303
    late = submit(client, address(world, "award/paper/people"), {**first, "equality": "From an old page."})
    assert late.status_code == 409
    page = unescape(late.get_data(as_text=True))
    assert "From an old page." in page
    assert "Changed." in page
    saved = submit(
        client, address(world, "award/paper/people"), {**first, "equality": "By script."}, headers={"X-Autosave": "1"}
    )
    assert saved.status_code == 409
    assert saved.get_json()["texts"] == [{"name": "equality", "yours": "By script.", "saved": "Changed."}]


def test_what_cannot_be_read_is_kept_as_it_was_typed(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    typed = {"means": "electronic", "notices_sent": ["31", "2", "2024"]}
    answer = submit(client, address(world, "award/paper/days"), typed)
    assert answer.status_code == 422
    assert "There is no 31/2/2024 in the calendar" in answer.get_data(as_text=True)
    page = text_of(client, world, "award/paper/days")
    assert 'value="31"' in page
    assert award_of(world.tender).notices_sent is None


def test_who_withholds_something_and_when_is_noted_and_stays(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    row = {"withheld-0-topic": "Hourly rates", "withheld-0-ground": "Regulation 86(6): commercial interests",
           "withheld-0-field": "price", "withheld-0-lot": "adult", "withheld-0-criterion": ""}  # fmt: skip
    assert submit(client, address(world, "award/paper/publication"), row).status_code == 303
    item = award_of(world.tender).withheld[0]
    assert (item.decided_by, item.field, item.lot) == ("Senior Procurement Officer", "price", "adult")
    before = item.decided_on
    more = {**row, "significance": "Yes, it is.", "_version": "1"}
    assert submit(client, address(world, "award/paper/publication"), more).status_code == 303
    assert award_of(world.tender).withheld[0].decided_on == before


def test_a_letter_stands_beside_the_scores_it_is_about(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    place = f"award/letters/{bid(world, 'adult-mendip')}"
    page = text_of(client, world, place)
    assert "You might begin: “On " in page
    assert "Severnside Recovery Trust was agreed at 4 and your tender at 3: …" in page
    assert submit(client, address(world, place), {"advantages": "Its plan."}).status_code == 303
    assert award_of(world.tender).letters[0].advantages == "Its plan."


def test_the_winner_and_other_peoples_bids_have_no_letter_to_write(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    for name in (bid(world, "adult-severnside"), "b" * 36):
        assert client.get(address(world, f"award/letters/{name}")).status_code == 404


def test_each_thing_missing_leads_to_its_field(running: Running) -> None:
    app, world = running
    client = client_of(app, world, "officer")
    page = text_of(client, world, "award/")
    assert f'href="{address(world, "award/paper/people")}#equality"' in page
    assert f'href="{address(world, "award/letters/" + bid(world, "isva-sabrina"))}#advantages"' in page
    assert 'id="advantages"' in text_of(client, world, f"award/letters/{bid(world, 'isva-sabrina')}")
    with_paper(world)
    assert "Yes: nothing is missing." in text_of(client, world, "award/")


def test_only_officers_write_and_after_the_approval_only_days(running: Running) -> None:
    app, world = running
    officer = client_of(app, world, "officer")
    for role in ("moderator", "finance", "legal", "approver", "auditor"):
        answer = submit(client_of(app, world, role), address(world, "award/paper/decision"), {"title": "Mine"})
        assert answer.status_code == 403
    approved(world)
    late = {"title": "Another title", "_version": "1"}
    assert submit(officer, address(world, "award/paper/decision"), late).status_code == 409
    days = {"means": "electronic", "notices_sent": ["25", "9", "2024"], "_version": "1"}
    assert submit(officer, address(world, "award/paper/days"), days).status_code == 303
    award = award_of(world.tender)
    assert award.notices_sent is not None
    assert (award.notices_sent.day, award.title[:18]) == (25, "Award of contracts")


def test_a_member_with_an_interest_has_no_decision_to_read(running: Running) -> None:
    app, world = running
    declared(world, world.people["finance"][0], "mendip", "conflicted")
    answer = client_of(app, world, "finance").get(address(world, "award/"))
    assert answer.status_code == 403
    assert "Severnside" not in answer.get_data(as_text=True)


def test_the_preview_parts_public_from_exempt(running: Running) -> None:
    app, world = running
    recommended(world)
    words = "Counsel advises, in confidence, that the exclusion of a tender may be challenged."
    answer = submit(client_of(app, world, "legal"), address(world, "award/comment"), {"text": words, "exempt": "y"})
    assert answer.status_code == 303
    page = text_of(client_of(app, world, "approver"), world, "award/preview")
    public, _, exempt = page.partition("Exempt: read only by those who decide")
    assert words in exempt
    assert words not in public
    assert words not in json.dumps(award_of(world.tender).legal.text)


def test_the_history_is_kept_from_who_has_an_interest_in_a_bid(running: Running) -> None:
    app, world = running
    reader = client_of(app, world, "approver")
    pages = ("history", "history/export")
    assert [reader.get(address(world, page)).status_code for page in pages] == [200, 200]
    declared(world, world.people["approver"][0], "mendip", "conflicted")
    assert [reader.get(address(world, page)).status_code for page in pages] == [403, 403]


def test_public_files_wait_for_their_day_where_there_is_an_interest(running: Running) -> None:
    app, world = running
    recommended(world)
    reader = client_of(app, world, "finance")
    names = ("award.json", "decision.csv")
    assert [reader.get(address(world, f"award/exports/{name}")).status_code for name in names] == [200, 200]
    declared(world, world.people["finance"][0], "mendip", "conflicted")
    assert [reader.get(address(world, f"award/exports/{name}")).status_code for name in names] == [403, 403]
    assert "award.json" not in reader.get(address(world, "award/exports/")).text


def test_the_file_of_all_bids_is_kept_from_who_has_an_interest_in_one(running: Running) -> None:
    app, world = running
    reader, page = client_of(app, world, "officer"), address(world, "bids/tender-file.json")
    before = reader.get(page).status_code
    declared(world, world.people["officer"][0], "mendip", "conflicted")
    assert (before, reader.get(page).status_code) == (200, 403)
