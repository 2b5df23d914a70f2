"""Checking and submitting a bid lot by lot, replacing, withdrawing, coming late, and change notices (T15–T17, §4.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from sqlalchemy import select

from tests.workbench.bidding import PRICE, Tenderer, a_tenderer
from tests.workbench.office_files import PDF
from tests.workbench.published import ADDRESS, AT, done
from tests.workbench.sealed import DEADLINE, KEYS, a_sealed_world
from tests.workbench.web.bids.conftest import Market, at
from workbench.app import Workbench
from workbench.db import Base, db
from workbench.models.bids import EnvelopeRecord, SealedBidRecord
from workbench.queries.publishing import notices_of
from workbench.queries.tenders import draft_of
from workbench.sealing import age, custody
from workbench.services import publishing, tenders

EARLY = AT + timedelta(days=3)
"""Early enough for the rules to change."""


@pytest.fixture
def alone(lite_app: Workbench) -> Iterator[Tenderer]:
    """A tenderer in a tender of its own, whose rules the test changes or whose deadline it lets pass."""
    with lite_app.app_context(), at(EARLY):
        yield a_tenderer(lite_app, a_sealed_world()).start().fill()


def acts(tenderer: Tenderer, lot: str = "adult") -> list[tuple[int, str]]:
    """List the acts on the bid for a lot."""
    held = tenderer.open().workspace.bids.get(lot)
    return [(version, act) for version, act, _ in held.acts] if held else []


def opened(bid_id: str, version: int, kind: str) -> str:
    """Open an envelope as two custodians would."""
    row = db.session.scalars(select(SealedBidRecord).filter_by(bid_id=bid_id, version=version)).one()
    envelope = db.session.scalars(select(EnvelopeRecord).filter_by(sealed_bid_id=row.id, kind=kind)).one()
    secret = custody.peel(custody.peel(json.loads(envelope.wraps)["0,1"], KEYS[0][0]), KEYS[1][0])
    return age.unseal(envelope.content, secret).decode()


def test_an_empty_bid_is_warned_and_never_trapped(market: Market) -> None:
    tenderer = market.tenderer()
    page = tenderer.get("lots/adult/check").text
    for said in ("There is no price yet", "is not answered", "Nothing here stops you", "the bid is rejected"):
        assert said in page
    assert tenderer.submit().status_code == 303
    assert acts(tenderer) == [(1, "submitted")]


def test_what_is_submitted_is_what_was_typed_sealed_in_two_envelopes(market: Market) -> None:
    tenderer = market.tenderer().fill()
    form = {"place": "required::insurance", "file": (BytesIO(PDF), "policy.pdf")}
    tenderer.post("documents", form, content_type="multipart/form-data")
    assert tenderer.submit().status_code == 303
    bid = tenderer.open().workspace.bids["adult"]
    first, second = opened(bid.id, 1, "bid"), opened(bid.id, 1, "price")
    for said in ("Harbour Trust", "01234567", "We answer in a few words.", "policy.pdf", "Ada Quill", "conflict"):
        assert said in first
    assert "290000" not in first
    assert "290000.00" in second
    assert "Harbour" not in second


def test_each_lot_is_submitted_by_itself(market: Market) -> None:
    tenderer = market.tenderer().fill("children")
    tenderer.save("edit/lots", {"lots": ["adult", "children"]})
    tenderer.submit("children")
    assert (acts(tenderer, "adult"), acts(tenderer, "children")) == ([], [(1, "submitted")])
    tenderer.submit("adult")
    bids = tenderer.open().workspace.bids
    assert bids["adult"].id != bids["children"].id


def test_the_page_says_what_is_replaced_and_when_nothing_changed(market: Market) -> None:
    tenderer = market.tenderer().fill()
    assert "version 1</strong>" in tenderer.get("lots/adult/check").text
    tenderer.submit()
    page = tenderer.get("lots/adult/check").text
    assert "This very content is in already, as version 1" in page
    assert "It replaces version 1" in page
    tenderer.save("lots/adult/edit/requirements", {"met-safeguarding": "no"})
    assert "you have changed something since" in tenderer.get().text
    tenderer.submit()
    assert acts(tenderer) == [(1, "submitted"), (2, "submitted")]


def test_what_was_changed_after_the_page_was_opened_is_not_submitted_unseen(market: Market) -> None:
    tenderer = market.tenderer().fill()
    seen = tenderer.digest()
    tenderer.save("lots/adult/edit/requirements", {"met-safeguarding": "no"})
    answer = tenderer.post("lots/adult/submit", {"digest": seen})
    assert answer.status_code == 409
    assert "was changed after this page was opened" in answer.text
    assert acts(tenderer) == []


def test_a_double_click_makes_one_bid(market: Market) -> None:
    tenderer, key = market.tenderer().fill(), str(uuid4())
    sent = {"_key": key, "digest": tenderer.digest()}
    answers = [tenderer.post("lots/adult/submit", sent) for _ in range(5)]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, tenderer.address("receipts?now=submitted"))
    }
    assert acts(tenderer) == [(1, "submitted")]


def test_a_bid_is_withdrawn_only_on_purpose_and_may_be_submitted_again(market: Market) -> None:
    tenderer = market.tenderer().fill()
    tenderer.submit()
    assert tenderer.post("lots/adult/withdraw", {}).status_code == 422
    assert tenderer.post("lots/adult/withdraw", {"sure": "y"}).status_code == 303
    assert "Your bid is withdrawn" in tenderer.get("receipts?now=withdrawn").text
    assert tenderer.post("lots/adult/withdraw", {"sure": "y"}).status_code == 409
    tenderer.submit()
    assert acts(tenderer) == [(1, "submitted"), (2, "withdrawn"), (3, "submitted")]


def test_exactly_at_the_deadline_is_late_and_told_so_in_plain_words(alone: Tenderer) -> None:
    tenderer = alone
    tenderer.submit()
    with at(DEADLINE - timedelta(microseconds=1)):
        tenderer.submit()
    with at(DEADLINE):
        answer = tenderer.submit()
        assert answer.location == tenderer.address("receipts?now=late")
        page = tenderer.get("receipts?now=late").text
        assert "Your bid came too late" in page
        assert "is late and is not opened" in page
        assert "Version 2 is in" in tenderer.get().text
    assert acts(tenderer) == [(1, "submitted"), (2, "submitted"), (3, "late")]


def test_a_first_bid_that_comes_late_is_not_in(alone: Tenderer) -> None:
    tenderer = alone
    with at(DEADLINE + timedelta(seconds=5)):
        tenderer.submit()
        assert "Not submitted" in tenderer.get().text
    assert acts(tenderer) == [(1, "late")]


def test_receipts_are_for_their_tenderer_alone(market: Market) -> None:
    one, other = market.tenderer().fill(), market.tenderer().fill()
    one.submit()
    other.submit()
    bid = one.open().workspace.bids["adult"]
    page = one.get(f"receipts/{bid.id}/1")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Receipt: bid received" in page.text
    assert "Head of procurement; Monitoring officer" in page.text
    assert "Harbour Trust" in page.text
    for place in (f"receipts/{bid.id}/1", f"receipts/{bid.id}/1.json", f"receipts/{bid.id}/1.pdf"):
        assert other.get(place).status_code == 404
    assert one.get(f"receipts/{bid.id}/2").status_code == 404


def test_the_receipt_as_a_file_is_an_attachment_that_cannot_run(market: Market) -> None:
    tenderer = market.tenderer().fill()
    tenderer.submit()
    bid = tenderer.open().workspace.bids["adult"]
    answer = tenderer.get(f"receipts/{bid.id}/1.json")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert json.loads(answer.text)["format"] == "bid-receipt/1"


def test_nothing_kept_links_a_draft_with_its_bids_by_an_id(market: Market) -> None:
    tenderer = market.tenderer().fill()
    tenderer.submit()
    draft = tenderer.open()
    bid = draft.workspace.bids["adult"].id
    told = [row for row in everything_kept() if bid in row]
    assert told
    assert [row for row in told if draft.id in row] == []


def everything_kept() -> list[str]:
    """Return every row of every table as a text."""
    return [repr(tuple(row)) for table in Base.metadata.sorted_tables for row in db.session.execute(table.select())]


@pytest.mark.slow
def test_the_receipt_on_paper_has_the_file_inside(market: Market) -> None:
    tenderer = market.tenderer().fill()
    tenderer.submit()
    bid = tenderer.open().workspace.bids["adult"]
    answer = tenderer.get(f"receipts/{bid.id}/1.pdf")
    with pikepdf.open(BytesIO(answer.data)) as paper:
        inside = paper.attachments["receipt.json"].get_file().read_bytes()
    assert inside == tenderer.get(f"receipts/{bid.id}/1.json").data


# --- change notices -----------------------------------------------------------------------------------------


def change(tenderer: Tenderer) -> None:
    """Publish a change of the rules."""
    world = tenderer.world
    part = draft_of(world.tender).part("basics")
    content = {**part.content, "description": "Support for victims of crime, with one more promise."}
    tenders.save_part(world.tender, part, content, actor=world.actor("officer"), at=EARLY)
    done(world)
    actor = world.actor("officer")
    publishing.publish_change(
        world.tender, reason="A sentence was missing.", digest=world.digest, address=ADDRESS, actor=actor, at=EARLY
    )
    done(world)


def test_after_a_change_a_submitted_bid_is_confirmed_with_one_click(alone: Tenderer) -> None:
    alone.submit()
    change(alone)
    home = alone.get().text
    assert "New since you last looked" in home
    assert "Confirm it again before the deadline, or it lapses" in home
    page = alone.get("lots/adult/check").text
    assert "A sentence was missing." in page
    assert "with one more promise" in page
    assert "Confirm the bid under the new rules" in page
    alone.submit()
    assert "or it lapses" not in alone.get().text
    rows = db.session.scalars(select(SealedBidRecord).order_by(SealedBidRecord.version)).all()
    assert [row.rule_set for row in rows] == [1, notices_of(alone.world.tender.id)[-1].rule_set]


def test_a_bid_that_was_not_confirmed_again_has_lapsed_and_says_so(alone: Tenderer) -> None:
    alone.submit()
    change(alone)
    with at(DEADLINE):
        assert "so it has lapsed" in alone.get().text


def test_notices_read_are_not_shown_again(alone: Tenderer) -> None:
    change(alone)
    assert alone.post("seen").status_code == 303
    assert "New since you last looked" not in alone.get().text
    assert alone.open().workspace.seen == 1


def test_a_page_opened_before_a_change_submits_nothing_under_the_new_rules_unseen(alone: Tenderer) -> None:
    alone.save("lots/adult/edit/price", {**PRICE, "delivery-0": "150000"})
    digest = alone.digest()
    change(alone)
    answer = alone.post("lots/adult/submit", {"digest": digest})
    assert answer.status_code in (303, 409)
