"""The pages of an opening and of what was opened, as the people of the tender meet them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from exports import tender_file
from exports.pdf import attached
from lots.submission import Document
from tests import factories
from tests.scoring.test_received import apart
from tests.workbench import factories as rows
from tests.workbench.opening import LATER, closed, opened, part
from tests.workbench.panel import declares
from tests.workbench.published import World, client_of
from tests.workbench.sealed import (
    FOUR,
    KEYS,
    LIGHT,
    SERVER_KEY,
    a_bid,
    a_file,
    a_sealed_world,
    committed,
    publication,
    submitted,
    times,
)
from workbench import clock
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import OpenedBidRecord
from workbench.sealing import server_keys
from workbench.sealing.age import new_identity
from workbench.sealing.key_files import KeyPair, keep, written
from workbench.sealing.opening_files import peel_file, read_opening, write_layers
from workbench.services.bids import submissions
from workbench.store import Store

REASON = "The certificate of insurance is dated 2022 and was not renewed."


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a quarter of an hour after the deadline."""
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes sealed bids."""
    yield a_sealed_world()
    recorded().clear()


def page(client: FlaskClient, world: World, path: str = "opening/bid/") -> TestResponse:
    return client.get(f"/tenders/{world.tender.id}/{path}")


def send(client: FlaskClient, world: World, path: str, **fields: Any) -> TestResponse:
    fields = {"_key": str(uuid4()), **fields}
    return client.post(f"/tenders/{world.tender.id}/{path}", data=fields, content_type="multipart/form-data")


def do_part(client: FlaskClient, world: World, step: int, **fields: Any) -> TestResponse:
    return send(client, world, "opening/bid/part", step=str(step), **fields)


def file_made_with(client: FlaskClient, world: World, key: int) -> tuple[io.BytesIO, str]:
    """Take the opening file from its page and do with it what a custodian does on their own computer."""
    taken = page(client, world, "opening/bid/file")
    assert taken.headers["Content-Disposition"].startswith("attachment")
    return io.BytesIO(write_layers(peel_file(read_opening(taken.data), KEYS[key][0]))), "opening-layers.json"


# --- the opening ----------------------------------------------------------------------------------------------


def test_two_openers_open_with_files_made_on_their_own_computers(app: Workbench, world: World) -> None:
    submitted(world)
    closed(world)
    first, second = (client_of(app, world, "opener", number) for number in (0, 1))
    assert "Do the first part" in page(first, world).text
    assert do_part(first, world, 1, layers=file_made_with(first, world, 0)).status_code == 303
    assert "You have done your part" in page(first, world).text
    assert "Do the second part" in page(second, world).text
    assert do_part(second, world, 2, layers=file_made_with(second, world, 3)).status_code == 303
    text = page(second, world).text
    assert "<strong>1 bid</strong> was opened" in text
    assert "Paper key in the safe" in text


def test_a_wrong_key_is_refused_on_the_page_which_never_shows_the_key(app: Workbench, world: World) -> None:
    submitted(world)
    closed(world)
    secret = new_identity()[0]
    answer = do_part(client_of(app, world, "opener"), world, 1, secret=secret)
    assert answer.status_code == 422
    assert "none of the tender&#39;s custodians" in answer.text
    assert secret not in answer.text


def test_a_page_that_somebody_overtook_says_who(app: Workbench, world: World) -> None:
    submitted(world)
    closed(world)
    part(world, 1, 0, 0)
    answer = do_part(client_of(app, world, "opener", 1), world, 1, secret=KEYS[1][0])
    assert answer.status_code == 422
    assert "took the first layer off a moment before you" in answer.text
    assert db.session.query(OpenedBidRecord).count() == 0


def test_with_the_server_s_key_two_people_press_one_button_each(app: Workbench, db_session: scoped_session) -> None:
    world = a_sealed_world(LIGHT)
    path = server_keys.path_of(app.config["WORKBENCH"].data, world.tender.id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep(path, written(KeyPair(*SERVER_KEY)))
    submitted(world)
    closed(world)
    for number, step in ((0, 1), (1, 2)):
        client = client_of(app, world, "opener", number)
        assert "The server holds the key" in page(client, world).text
        assert do_part(client, world, step).status_code == 303
    assert db.session.query(OpenedBidRecord).one().state == "opened"


def test_whoever_does_not_open_sees_how_far_it_is_and_no_button(app: Workbench, world: World) -> None:
    submitted(world)
    closed(world)
    for role in ("officer", "evaluator", "auditor"):
        text = page(client_of(app, world, role), world).text
        assert "Openers of the tender do this" in text
        assert "opening/bid/part" not in text


def test_nothing_on_the_page_tells_how_many_bids_there_are(app: Workbench, world: World) -> None:
    closed(world)
    without = page(client_of(app, world, "opener"), world).text
    db.session.rollback()
    assert not any(word in without for word in ("0 bids", "no bids", "No bid"))


def test_the_first_part_is_set_aside_with_a_reason(app: Workbench, world: World) -> None:
    closed(world)
    part(world, 1, 0, 0)
    client = client_of(app, world, "opener", 1)
    assert send(client, world, "opening/bid/set-aside", reason="").status_code == 422
    assert send(client, world, "opening/bid/set-aside", reason="It was the old key.").status_code == 303
    assert "Do the first part" in page(client, world).text


def test_an_opening_without_bids_says_so_and_leads_on(app: Workbench, world: World) -> None:
    closed(world)
    opened(world)
    text = page(client_of(app, world, "officer"), world).text
    assert "No bid was opened." in text
    assert "cancelled, and begun anew from a copy" in text


def test_the_record_is_a_pdf_with_the_opening_as_data(app: Workbench, world: World) -> None:
    bid = submitted(world)
    closed(world)
    opened(world)
    answer = page(client_of(app, world, "finance"), world, "opening/bid/record.pdf")
    assert answer.mimetype == "application/pdf"
    data = json.loads(attached(answer.data, "opening-record.json"))
    assert [each["bid"] for each in data["bids"]] == [bid.bid_id]
    assert [each["key"] for each in data["openers"]] == ["Head of procurement", "Monitoring officer"]


@pytest.mark.parametrize("path", ["opening/price/record.pdf", "opening/lot/", "opening/bid/record.pdf"])
def test_what_is_not_there_is_not_found(app: Workbench, world: World, path: str) -> None:
    closed(world)
    assert page(client_of(app, world, "opener"), world, path).status_code == 404


# --- the bids -------------------------------------------------------------------------------------------------


@pytest.fixture
def bid(app: Workbench, world: World) -> str:
    """A bid with a document whose price keeps every rule, opened."""
    store = Store(app.config["WORKBENCH"].data / "store")
    secret, recipient = new_identity()
    data = b"<script>alert(1)</script>"
    kept = store.seal(io.BytesIO(data), recipient)
    document = Document("doc-1", "Über uns.html", "text/html", kept.size, kept.sha256, kept.sealed_sha256, secret)
    bound = a_bid(world, bid="bid-1")[0].binding
    sent = next(each for each in apart(_with_bids()) if each.submission.binding.bid == "adult-harbour")
    assert sent.price is not None
    submission = replace(a_bid(world)[0], binding=bound, organisations=sent.submission.organisations,
                         parties=sent.submission.parties, responses=sent.submission.responses,
                         documents=(document,))  # fmt: skip
    submissions.submit(world.tender, publication(world), submission, replace(sent.price, binding=bound), **times())
    committed()
    closed(world)
    opened(world)
    return bound.bid


def _with_bids() -> Any:
    return replace(factories.tender_file(), tender=a_file().tender)


def test_the_list_leads_to_a_bid_with_its_organisations_money_and_rules(app: Workbench, world: World, bid: str) -> None:
    client = client_of(app, world, "officer")
    listed = page(client, world, "bids/").text
    assert f"/bids/{bid}/" in listed
    text = page(client, world, f"bids/{bid}/").text
    for words in ("Harbour Trust", "£290,000", "The rules, one by one", "What each organisation holds"):
        assert words in text


def test_a_document_is_given_as_it_was_sent_and_never_as_a_page_of_ours(app: Workbench, world: World, bid: str) -> None:
    answer = page(client_of(app, world, "officer"), world, f"bids/{bid}/documents/doc-1")
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_document_that_is_not_in_the_store_any_more_is_a_sentence(app: Workbench, world: World, bid: str) -> None:
    for path in (app.config["WORKBENCH"].data / "store").glob("??/*"):
        path.unlink()
    answer = page(client_of(app, world, "officer"), world, f"bids/{bid}/documents/doc-1")
    assert answer.status_code == 422
    assert "cannot be opened" in answer.text


def test_the_certificate_is_the_one_that_is_made_everywhere(app: Workbench, world: World, bid: str) -> None:
    answer = page(client_of(app, world, "finance"), world, f"bids/{bid}/certificate.pdf")
    claim = json.loads(attached(answer.data, "claim.json"))
    assert (answer.mimetype, claim["bid"]["id"]) == ("application/pdf", bid)


def test_the_tender_file_with_bids_is_read_again(app: Workbench, world: World, bid: str) -> None:
    answer = page(client_of(app, world, "officer"), world, "bids/tender-file.json")
    file, _ = tender_file.read(answer.data)
    assert file is not None
    assert [each.id for each in file.bids] == [bid]


def test_the_fact_sheet_of_overlaps_says_that_it_is_no_penalty(app: Workbench, world: World, bid: str) -> None:
    text = page(client_of(app, world, "officer"), world, "bids/overlaps").text
    assert "A fact sheet, not a penalty" in text


def test_a_decision_needs_a_reason_that_says_something(app: Workbench, world: World, bid: str) -> None:
    client = client_of(app, world, "officer")
    fields = {"concerning": "admission", "decision": "exclude"}
    answer = send(client, world, f"bids/{bid}/decide", **fields, reason="ok")
    assert answer.status_code == 422
    assert "says too little" in answer.text
    assert send(client, world, f"bids/{bid}/decide", **fields, reason=REASON).status_code == 303
    text = page(client, world, f"bids/{bid}/").text
    assert "Decision 1: excluded" in text
    assert REASON in text
    assert "Excluded" in page(client, world, "bids/").text


def test_what_a_bid_does_not_leave_to_decide_is_not_offered(app: Workbench, world: World, bid: str) -> None:
    client = client_of(app, world, "officer")
    answer = send(client, world, f"bids/{bid}/decide", concerning="split", decision="admit", reason=REASON)
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["evaluator", "moderator", "opener"])
@pytest.mark.parametrize(
    "path", ["bids/", "bids/{bid}/", "bids/{bid}/certificate.pdf", "bids/overlaps", "bids/tender-file.json"]
)
def test_nobody_who_scores_or_opens_reads_bids_here(
    app: Workbench, world: World, bid: str, role: str, path: str
) -> None:
    assert page(client_of(app, world, role), world, path.format(bid=bid)).status_code == 403


def test_an_officer_who_chairs_the_scoring_sees_no_price(app: Workbench, world: World, bid: str) -> None:
    rows.an_assignment(world.tender, world.people["officer"][0], "moderator")
    db.session.commit()
    client = client_of(app, world, "officer")
    assert page(client, world, "bids/").status_code == 303
    declares(world.tender, world.actor("officer"), LATER)
    committed()
    for path in ("bids/", f"bids/{bid}/", "bids/overlaps"):
        answer = page(client, world, path)
        assert (answer.status_code, "£" in answer.text) == (200, False)
    for path in (f"bids/{bid}/certificate.pdf", "bids/tender-file.json"):
        assert page(client, world, path).status_code == 403


def test_while_the_price_is_shut_the_bid_s_page_says_so(app: Workbench, db_session: scoped_session) -> None:
    world = a_sealed_world(replace(FOUR, price_apart=True))
    bid = submitted(world)
    closed(world)
    opened(world)
    text = page(client_of(app, world, "officer"), world, f"bids/{bid.bid_id}/").text
    assert "The envelope with the price is shut." in text
    assert "£" not in text
    assert (
        "stay shut until the scores for quality are locked"
        in page(client_of(app, world, "opener"), world, "opening/price/").text
    )
