"""Beginning a bid, its code, its pages, and what happens between two browsers (T01, T03, T17, T31)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.workbench import databases
from tests.workbench.bidding import PRICE, Tenderer, a_tenderer
from tests.workbench.conftest import running
from tests.workbench.sealed import BEFORE, DEADLINE, a_sealed_world
from tests.workbench.web.bids.conftest import Market, at
from workbench.app import Workbench
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import DraftRecord
from workbench.models.idempotency import AnsweredRecord
from workbench.sealing import drafts

PAGES = (
    "", "code", "edit/lots", "edit/organisations", "edit/people", "edit/declarations", "documents", "receipts",
    "reminders", "lots/adult/edit/price", "lots/adult/edit/answers", "lots/adult/edit/requirements",
    "lots/adult/edit/social_value", "lots/adult/edit/costs", "lots/adult/partners", "lots/adult/check",
    "lots/adult/withdraw",
)  # fmt: skip


def test_a_bid_begins_with_a_code_in_a_cookie_no_script_can_read(market: Market) -> None:
    tenderer = market.stranger()
    assert "Start a bid" in tenderer.get().text
    answer = tenderer.post("start")
    assert (answer.status_code, answer.location) == (303, tenderer.address("code"))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert drafts.read_code(tenderer.code) == tenderer.code


def test_where_pages_travel_encrypted_only_this_very_site_can_set_the_cookie(market: Market) -> None:
    market.app.config["SESSION_COOKIE_SECURE"] = True
    try:
        cookie = market.stranger().post("start").headers["Set-Cookie"]
    finally:
        market.app.config["SESSION_COOKIE_SECURE"] = False
    assert cookie.startswith(f"__Host-bid_{market.world.tender.id[:8]}=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_the_code_is_shown_to_print_and_not_again_once_it_is_kept(market: Market) -> None:
    tenderer = market.tenderer()
    shown = drafts.grouped(tenderer.code)
    page = tenderer.get("code").text
    assert shown in page
    assert "<svg" in page
    assert tenderer.post("code", {}).status_code == 422
    assert tenderer.post("code", {"kept": "y"}).status_code == 303
    for name in PAGES:
        assert tenderer.code not in tenderer.get(name).text.replace("-", "")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_no_cache_keeps_it(market: Market, page: str) -> None:
    tenderer = market.tenderer()
    answer = tenderer.get(page)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "5 days left" in answer.text
    assert "BST" in answer.text


@pytest.mark.parametrize("page", PAGES[1:])
def test_without_a_code_every_page_leads_to_the_beginning(market: Market, page: str) -> None:
    stranger = market.stranger()
    answer = stranger.get(page)
    assert (answer.status_code, answer.location) == (303, stranger.address())


@pytest.mark.parametrize(
    "page", ["edit/nothing", "edit/price", "lots/adult/edit/people", "lots/other/edit/price", "lots/other/check"]
)
def test_a_part_or_lot_there_is_none_of_is_not_found(market: Market, page: str) -> None:
    assert market.tenderer().get(page).status_code == 404


def test_the_code_opens_the_bid_in_another_browser_however_it_is_typed(market: Market) -> None:
    one, other = market.tenderer().fill(), market.stranger()
    typed = drafts.grouped(one.code).lower().replace("-", " ")
    assert other.post("continue", {"code": typed}).status_code == 303
    assert "Harbour Trust" in other.get("edit/organisations").text


def test_a_code_of_another_tender_opens_nothing(market: Market) -> None:
    other = market.stranger()
    answer = other.post("continue", {"code": drafts.new_code()})
    assert answer.status_code == 422
    assert "No bid for this tender has that code" in answer.text
    assert "There is a slip in the code" in other.post("continue", {"code": "0" * 27 + "1"}).text


def test_leaving_takes_the_code_out_of_the_browser_and_keeps_the_bid(market: Market) -> None:
    tenderer = market.tenderer().fill()
    code = tenderer.code
    tenderer.post("code", {"kept": "y"})
    assert tenderer.post("leave").status_code == 303
    assert tenderer.client.get_cookie(tenderer.cookie) is None
    assert "forgotten your bid" in tenderer.get("?left=yes").text
    tenderer.post("continue", {"code": code})
    assert tenderer.code == code


def test_a_code_that_nobody_has_kept_is_not_lost_by_leaving_or_starting_again(market: Market) -> None:
    tenderer, other = market.tenderer(), market.tenderer()
    code = tenderer.code
    leaving = tenderer.post("leave")
    assert leaving.location == tenderer.address("code?leaving=yes")
    assert "You have not left yet" in tenderer.client.get(leaving.location).text
    assert tenderer.post("start").location == tenderer.address()
    assert "whose code nobody has kept yet" in tenderer.post("continue", {"code": other.code}).text
    assert tenderer.code == code
    tenderer.post("code", {"kept": "y"})
    assert tenderer.post("continue", {"code": other.code}).status_code == 303
    assert tenderer.code == other.code


def test_two_tenderers_see_nothing_of_each_other(market: Market) -> None:
    one, other = market.tenderer(), market.tenderer()
    one.save("edit/organisations", {"organisations-0-name": "Nachtigall-one"})
    other.save("edit/organisations", {"organisations-0-name": "Nachtigall-two"})
    for name in PAGES:
        assert "Nachtigall-one" not in other.get(name).text
        assert "Nachtigall-two" not in one.get(name).text


def test_what_is_saved_stands_on_its_page_again(market: Market) -> None:
    tenderer = market.tenderer().fill()
    assert 'value="290,000"' in tenderer.get("lots/adult/edit/price").text
    assert "We answer in a few words." in tenderer.get("lots/adult/edit/answers").text
    assert 'value="ada@harbour.example"' in tenderer.get("edit/people").text
    assert 'value="12"' in tenderer.get("lots/adult/edit/social_value").text


def test_what_cannot_be_read_is_kept_as_it_was_typed_and_named(market: Market) -> None:
    tenderer = market.tenderer()
    answer = tenderer.save("lots/adult/edit/price", {**PRICE, "prices-0": "a lot"})
    assert answer.status_code == 422
    assert "is not an amount in pounds" in answer.text
    assert 'value="a lot"' in tenderer.get("lots/adult/edit/price").text
    assert "To mend" in tenderer.get().text or "Not started" in tenderer.get().text
    tenderer.save("edit/organisations", {"organisations-0-name": "A", "organisations-0-charity": "12"})
    assert "which looks like 1234567" in tenderer.get("edit/organisations").text
    assert "To mend" in tenderer.get().text


def test_a_save_over_an_older_page_shows_both_texts_and_overwrites_nothing(market: Market) -> None:
    tenderer = market.tenderer()
    page = "lots/adult/edit/answers"
    assert tenderer.post(page, {"_version": "", "answer-delivery": "The first text."}).status_code == 303
    answer = tenderer.post(page, {"_version": "", "answer-delivery": "The second text."})
    assert answer.status_code == 409
    assert "The first text." in answer.text
    assert "The second text." in answer.text
    assert "The first text." in tenderer.get(page).text


def test_a_page_that_saves_itself_is_told_the_next_version_and_key(market: Market) -> None:
    tenderer = market.tenderer()
    headers = {"X-Autosave": "1"}
    first = tenderer.post("edit/people", {"people-0-name": "Ada"}, headers=headers).get_json()
    assert (first["saved"], first["version"]) == (True, 1)
    sent = {"_key": first["key"], "_version": "1", "people-0-name": "Ada", "people-0-email": "nobody"}
    wrong = tenderer.post("edit/people", sent, headers=headers)
    assert (wrong.status_code, wrong.get_json()["version"]) == (422, 2)
    assert "Enter an e-mail address in full" in str(wrong.get_json()["errors"])


def test_the_same_click_again_gets_the_same_answer_and_changes_nothing(market: Market) -> None:
    tenderer, key = market.tenderer(), str(uuid4())
    headers = {"X-Autosave": "1"}
    sent = {"_key": key, "people-0-name": "Ada", "people-0-email": "nobody"}
    answers = [tenderer.post("edit/people", sent, headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.text for answer in answers}) == 1
    assert tenderer.open().workspace.part("people").version == 1
    other = tenderer.post("edit/people", {**sent, "people-0-name": "Eve"}, headers=headers)
    assert other.status_code == 422
    assert "already sent with other content" in other.text


def test_the_key_of_one_tenderer_never_answers_another(market: Market) -> None:
    one, other, key = market.tenderer(), market.tenderer(), str(uuid4())
    for tenderer, name in ((one, "Ada"), (other, "Eve")):
        assert tenderer.post("edit/people", {"_key": key, "people-0-name": name}).status_code == 303
        assert tenderer.open().workspace.part("people").content == {"people": [{"name": name}]}


def test_what_is_remembered_of_a_write_tells_a_reader_of_the_database_nothing(market: Market) -> None:
    tenderer = market.tenderer()
    tenderer.post("lots/adult/edit/price", {**PRICE, "prices-0": "Rohrdommel"}, headers={"X-Autosave": "1"})
    rows = db.session.query(AnsweredRecord).filter_by(actor=f"bid:{drafts.lookup_of(tenderer.code)}").all()
    kept = repr([[row.route, row.location, row.body, row.digest] for row in rows])
    assert len(rows) == 1
    assert [word for word in ("adult", "price", "notices", "Rohrdommel", "saved") if word in kept] == []


def test_events_of_a_draft_say_that_something_was_done_and_not_what(market: Market) -> None:
    tenderer = market.tenderer().fill()
    chain = f"draft:{tenderer.open().id}"
    events = db.session.query(EventRecord).filter_by(chain=chain).order_by(EventRecord.seq).all()
    assert [event.action for event in events[:2]] == ["draft_started", "draft_saved"]
    assert {event.actor_id for event in events} == {None}
    assert {tuple(json.loads(event.canon)["details"]) for event in events} == {("version",)}
    assert [word for word in ("adult", "Harbour", "organisations") if word in repr([e.canon for e in events])] == []


def test_drafts_of_one_length_look_alike_whatever_is_in_them(market: Market) -> None:
    empty, little = market.tenderer(), market.tenderer()
    little.save("edit/people", {"people-0-name": "Ada Quill"})
    sizes = {len(db.session.get_one(DraftRecord, each.open().id).content) for each in (empty, little)}
    assert len(sizes) == 1


def test_after_the_deadline_everything_can_be_read_and_nothing_changed(market: Market) -> None:
    tenderer = market.tenderer().fill()
    with at(DEADLINE):
        page = tenderer.get("edit/people")
        assert page.status_code == 200
        assert "The deadline has passed" in page.text
        assert "data-autosave" not in page.text
        assert tenderer.save("edit/people", {"people-0-name": "Eve"}).status_code == 409
        assert "Bids can no longer be started" in market.stranger().get().text
        assert market.stranger().post("start").status_code == 409
    with at(DEADLINE - timedelta(microseconds=1)):
        assert tenderer.save("edit/people", {"people-0-name": "Eve"}).status_code == 303


def test_no_page_complains_before_anything_is_typed(market: Market) -> None:
    tenderer = market.tenderer()
    assert [page for page in PAGES if "There is a problem" in tenderer.get(page).text] == []


def test_the_split_starts_with_the_organisations_of_the_bid_and_the_other_way_round(market: Market) -> None:
    tenderer = market.tenderer()
    tenderer.save("edit/organisations", {"organisations-0-name": "Harbour Trust", "organisations-0-charity": "1234567"})
    assert 'value="Harbour Trust"' in tenderer.get("lots/adult/edit/price").text
    tenderer.save("lots/adult/edit/price", PRICE)
    assert 'value="Rowan Project"' in tenderer.get("edit/organisations").text


def test_the_buttons_of_the_split_change_the_page_and_save_nothing(market: Market) -> None:
    tenderer = market.tenderer()
    answer = tenderer.post("lots/adult/edit/price", {**PRICE, "do": "by_year"})
    assert answer.status_code == 200
    assert 'name="prices-2"' in answer.text
    assert tenderer.open().workspace.part("price", "adult").version == 0
    assert tenderer.post("lots/adult/edit/price", {**PRICE, "do": "nonsense"}).status_code == 400


def test_a_split_that_was_checked_begins_a_bid_and_asks_before_it_replaces_one(market: Market) -> None:
    stranger = market.stranger()
    assert stranger.post("lots/adult/take", PRICE).location == stranger.address("code")
    held = stranger.open().workspace
    assert (held.lots, held.part("price", "adult").content["prices"]) == (("adult",), ["290,000"])
    other = {**PRICE, "prices-0": "280,000", "delivery-0": "150000"}
    assert "Use the split you checked?" in stranger.post("lots/adult/take", other).text
    assert stranger.open().workspace.part("price", "adult").content["prices"] == ["290,000"]
    assert stranger.post("lots/adult/take", {**other, "replace": "yes"}).status_code == 303
    assert stranger.open().workspace.part("price", "adult").content["prices"] == ["280,000"]


def test_a_tender_that_takes_no_bids_here_has_no_such_pages(market: Market) -> None:
    nowhere = Tenderer(market.world, market.stranger().client)
    nowhere.address = lambda page="": f"/notices/{uuid4()}/bid/{page}"  # type: ignore[method-assign]
    assert {nowhere.get(page).status_code for page in PAGES} == {404}


@pytest.fixture
def counted(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[Workbench, Tenderer]]:
    """A tender where attempts are counted."""
    config = databases.a_config(sqlite_url, tmp_path, rate_limits=True)
    with running(config) as app, app.app_context(), at(BEFORE):
        yield app, a_tenderer(app, a_sealed_world())


def test_codes_are_guessed_ten_times_a_minute_and_no_more(counted: tuple[Workbench, Tenderer]) -> None:
    _, guesser = counted
    wrong = [guesser.post("continue", {"code": drafts.new_code()}).status_code for _ in range(12)]
    assert wrong == [422] * 10 + [429] * 2


def test_the_right_code_does_not_count_as_a_guess(counted: tuple[Workbench, Tenderer]) -> None:
    _, tenderer = counted
    code = tenderer.start().code
    assert [tenderer.post("continue", {"code": code}).status_code for _ in range(15)] == [303] * 15
