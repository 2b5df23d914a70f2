"""The decision's page: recommending, commenting, approving and returning by form, differences, standstill, sheet."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from io import BytesIO

import pikepdf
import pytest
import time_machine

from tests.workbench.conftest import submit
from tests.workbench.evaluated import approved, recommended, released, with_paper
from tests.workbench.published import address, client_of
from tests.workbench.web.awards.conftest import Running
from workbench.queries.awards.decision import award_of, recommendation_of

WORDS = "The prices were checked against the funding of every year, and each is covered."


def page_of(running: Running, role: str, page: str = "award/") -> str:
    """Return a page as a reader would copy it."""
    app, world = running
    return unescape(client_of(app, world, role).get(address(world, page)).get_data(as_text=True))


def digest_in(page: str, action: str) -> str:
    """Return the digest that a form of a page holds."""
    form = page[page.index(f'action="{action}"') :]
    found = re.search(r'name="digest"[^>]*value="([0-9a-f]{64})"', form)
    assert found is not None
    return found[1]


def test_the_whole_way_by_form(running: Running) -> None:
    app, world = running
    with_paper(world)
    place = address(world, "award/")
    page = page_of(running, "moderator")
    assert "Kingfisher Young People's Trust" in page
    sent = {"digest": digest_in(page, f"{place}recommend"), "note": "As the rules give it."}
    assert submit(client_of(app, world, "moderator"), f"{place}recommend", sent).status_code == 303
    assert submit(client_of(app, world, "finance"), f"{place}comment", {"text": WORDS}).status_code == 303
    page = page_of(running, "approver")
    assert WORDS in page
    assert "What changed in the paper since it was recommended" in page
    sent = {"digest": digest_in(page, f"{place}approve"), "read": "y"}
    assert submit(client_of(app, world, "approver"), f"{place}approve", sent).status_code == 303
    assert world.tender.stage == "approved"
    assert award_of(world.tender).finance.text == WORDS


def test_what_is_approved_was_read(running: Running) -> None:
    app, world = running
    recommended(world)
    place = address(world, "award/")
    client = client_of(app, world, "approver")
    digest = digest_in(page_of(running, "approver"), f"{place}approve")
    unread = submit(client, f"{place}approve", {"digest": digest})
    other = submit(client, f"{place}approve", {"digest": "0" * 64, "read": "y"})
    assert (unread.status_code, other.status_code) == (422, 422)
    assert "Say that you have read what you approve" in unescape(unread.get_data(as_text=True))
    assert "was changed after you opened this page" in unescape(other.get_data(as_text=True))
    assert world.tender.stage == "recommended"


def test_a_returned_award_shows_its_reason_and_then_what_changed(running: Running) -> None:
    app, world = running
    recommended(world)
    place = address(world, "award/")
    reason = "The paper does not say what happens to the open cases of the present provider."
    assert submit(client_of(app, world, "approver"), f"{place}return", {"reason": reason}).status_code == 303
    assert reason in page_of(running, "officer")
    typed = {"equality": "Open cases go over in order of risk.", "_version": "1"}
    assert submit(client_of(app, world, "officer"), f"{place}paper/people", typed).status_code == 303
    page = page_of(running, "moderator")
    sent = {"digest": digest_in(page, f"{place}recommend")}
    assert submit(client_of(app, world, "moderator"), f"{place}recommend", sent).status_code == 303
    page = page_of(running, "approver")
    assert "What changed since recommendation 1" in page
    assert "The result is the same in every figure." in page
    assert '<ins class="tw-inserted"><span class="govuk-visually-hidden">inserted: </span>Open cases go over' in page
    frozen = page_of(running, "auditor", "award/recommendations/1")
    row = recommendation_of(world.tender.id, 1)
    assert row is not None
    assert row.result_sha256 in frozen
    assert "Returned by Helena Mostyn-Reed" in frozen


def test_each_sees_only_what_is_theirs_to_do(running: Running) -> None:
    app, world = running
    recommended(world)
    shown = {
        role: page_of(running, role) for role in ("officer", "moderator", "finance", "legal", "approver", "auditor")
    }
    assert {role for role, page in shown.items() if "Approve the award</button>" in page} == {"approver"}
    assert {role for role, page in shown.items() if "Add the comment</button>" in page} == {"finance", "legal"}
    assert {role for role, page in shown.items() if "Recommend the award</button>" in page} == set()
    for role in ("evaluator", "opener"):
        assert client_of(app, world, role).get(address(world, "award/")).status_code == 403


def test_the_standstill_is_counted_and_a_signature_taken_when_it_may_be(running: Running) -> None:
    app, world = running
    released(approved(world), datetime(2024, 9, 24, 9, 0, tzinfo=UTC))
    client, place = client_of(app, world, "officer"), address(world, "award/")
    sent = {"lot": "adult", "signed_on": ["4", "10", "2024"]}
    with time_machine.travel(datetime(2024, 10, 4, 12, 0, tzinfo=UTC), tick=False):
        page = page_of(running, "officer", "award/standstill")
        refused = submit(client, f"{place}sign", sent)
    assert "Saturday 5 October 2024" in page
    assert "may not be signed before Saturday 5 October 2024" in unescape(refused.get_data(as_text=True))
    with time_machine.travel(datetime(2024, 10, 7, 12, 0, tzinfo=UTC), tick=False):
        client = client_of(app, world, "officer")
        assert submit(client, f"{place}sign", {**sent, "signed_on": ["7", "10", "2024"]}).status_code == 303
        noted = {"kind": "challenge", "day": ["7", "10", "2024"], "lot": "isva", "text": "A claim form was issued."}
        assert submit(client, f"{place}standstill", noted).status_code == 303
        page = page_of(running, "officer", "award/standstill")
    assert "Signed Monday 7 October 2024" in page
    assert "Suspended" in page
    assert world.tender.stage == "awarded"


@pytest.mark.slow
def test_the_award_notice_has_a_sheet_on_a_page_and_as_pdf(running: Running) -> None:
    app, world = running
    client, place = client_of(app, world, "officer"), address(world, "award/notice")
    assert "The sheet cannot be made yet" in page_of(running, "officer", "award/notice")
    assert client.get(f"{place}.pdf").status_code == 409
    approved(world)
    assert "Lot 2: Adult Service" in page_of(running, "officer", "award/notice")
    with pikepdf.open(BytesIO(client.get(f"{place}.pdf").data)) as pdf:
        assert "tender-file.json" in pdf.attachments


def test_the_trail_tells_the_decision_in_words(running: Running) -> None:
    _, world = running
    approved(world)
    page = page_of(running, "auditor", "history")
    assert "Approved the award (recommendation 1)" in page
    assert "Recommended the award (recommendation 1): lot cyp to Kingfisher Young People's Trust" in page
