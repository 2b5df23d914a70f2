"""Bids sealed on the tenderer's own device: the file to fill in, what is taken and refused, late ones, replacing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from exports import submission as codec
from lots.submission import PriceEnvelope, Submission
from tests.workbench.bidding import Tenderer, a_tenderer
from tests.workbench.sealed import BEFORE, DEADLINE, FOUR, KEYS, a_sealed_world
from tests.workbench.web.bids.conftest import at
from workbench.app import Workbench
from workbench.db import db
from workbench.models.bids import DraftFileRecord, SealedBidRecord
from workbench.sealing import age
from workbench.sealing.envelope import SealedEnvelope, seal_content


@pytest.fixture
def tenderer(lite_app: Workbench) -> Iterator[Tenderer]:
    """A tenderer of a tender that takes bids sealed elsewhere, an hour before the deadline."""
    with lite_app.app_context(), at(BEFORE):
        yield a_tenderer(lite_app, a_sealed_world(replace(FOUR, browser_sealing=True))).start()


def file_of(tenderer: Tenderer, lot: str = "adult") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tenderer.get(f"lots/{lot}/bid.json").data)
    return found


def sealed(file: dict[str, Any]) -> list[SealedEnvelope]:
    """Seal a file as a browser does; here with our own library."""
    bid, _ = codec.read(Submission, json.dumps(file["bid"]).encode())
    price, _ = codec.read(PriceEnvelope, json.dumps(file["price"]).encode())
    assert bid is not None
    assert price is not None
    return [seal_content(kind, value, FOUR) for kind, value in (("bid", bid), ("price", price))]


def as_sent(envelopes: list[SealedEnvelope]) -> str:
    told = [{**asdict(it), "content": base64.b64encode(it.content).decode()} for it in envelopes]
    return json.dumps(told)


def send(tenderer: Tenderer, file: dict[str, Any], **changes: Any) -> Any:
    data = {"bid": file["bid"]["binding"]["bid"], "envelopes": as_sent(sealed(file)), **changes}
    return tenderer.post("sealed", data)


def rows() -> list[tuple[int, str, str]]:
    found = db.session.scalars(select(SealedBidRecord).order_by(SealedBidRecord.version))
    return [(row.version, row.act, row.mode) for row in found]


def test_the_empty_file_has_a_place_for_all_that_is_asked_and_can_be_read(tenderer: Tenderer) -> None:
    file = file_of(tenderer)
    assert file["format"] == "bid-file/1"
    assert [each["criterion"] for each in file["bid"]["answers"]] == ["delivery", "workforce", "social"]
    assert file["bid"]["parties"] == [{"organisation": "lead", "role": "lead"}]
    assert set(file["price"]["prices"]) == {"0.00"}
    assert [each.kind for each in sealed(file)] == ["bid", "price"]


def test_the_file_of_a_draft_holds_what_was_written(tenderer: Tenderer) -> None:
    file = file_of(tenderer.fill())
    assert file["bid"]["organisations"][0]["name"] == "Harbour Trust"
    assert file["bid"]["answers"][0]["text"] == "We answer in a few words."


def test_the_file_names_the_same_bid_until_it_is_sent_and_the_next_version_after(tenderer: Tenderer) -> None:
    bindings = [file_of(tenderer)["bid"]["binding"] for _ in range(2)]
    assert bindings[0] == bindings[1]
    send(tenderer, file_of(tenderer))
    later = file_of(tenderer)["bid"]["binding"]
    assert (later["bid"], later["version"]) == (bindings[0]["bid"], 2)


def test_a_bid_sealed_elsewhere_is_kept_and_gets_a_receipt(tenderer: Tenderer) -> None:
    assert send(tenderer, file_of(tenderer)).headers["Location"].endswith("receipts?now=submitted")
    assert rows() == [(1, "submitted", "browser")]
    assert "sealed on your own device" in tenderer.save("edit/lots", {"lots": "adult"}).text + tenderer.get().text


def test_it_is_replaced_by_the_next_version_and_withdrawn_like_any(tenderer: Tenderer) -> None:
    for _ in range(2):
        send(tenderer, file_of(tenderer))
    tenderer.post("lots/adult/withdraw", {"sure": "y"})
    assert [(version, act) for version, act, _ in rows()] == [(1, "submitted"), (2, "submitted"), (3, "withdrawn")]


def test_sealed_documents_go_to_the_store_as_they_came(tenderer: Tenderer) -> None:
    data = age.seal(b"a plan", KEYS[0][1])
    send(tenderer, file_of(tenderer), files=[(BytesIO(data), "plan.age")])
    kept = db.session.scalars(select(DraftFileRecord)).one()
    assert (kept.sealed_sha256, kept.sealed_size) == (sha256(data).hexdigest(), len(data))


def test_a_bid_that_comes_at_the_deadline_is_entered_as_late(tenderer: Tenderer) -> None:
    file = file_of(tenderer)
    with at(DEADLINE):
        assert send(tenderer, file).headers["Location"].endswith("receipts?now=late")
    assert [act for _, act, _ in rows()] == ["late"]


@pytest.mark.parametrize(
    "change",
    [
        {"envelopes": ""}, {"envelopes": "[]"}, {"envelopes": "{}"}, {"envelopes": "["}, {"envelopes": "[null, 5]"},
        {"envelopes": '[{"kind": "bid", "sha256": "", "content": "?", "wraps": {}}]'}, {"bid": ""}, {"bid": "x" * 36},
    ],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused_in_words_and_keeps_nothing(
    tenderer: Tenderer, change: dict[str, str]
) -> None:
    answer = send(tenderer, file_of(tenderer), **change)
    assert (answer.status_code, rows()) == (422, [])
    assert "There is a problem" in answer.text


def test_wraps_for_other_keys_or_an_envelope_too_few_are_refused(tenderer: Tenderer) -> None:
    file = file_of(tenderer)
    good = sealed(file)
    fewer = [replace(good[0], wraps={"0,1": good[0].wraps["0,1"]}), good[1]]
    for wrong in (fewer, good[:1], [good[0], replace(good[1], content=good[1].content[:-1])]):
        assert send(tenderer, file, envelopes=as_sent(wrong)).status_code == 422
    assert rows() == []


def test_a_tender_that_does_not_allow_it_has_no_such_page(lite_app: Workbench) -> None:
    with lite_app.app_context(), at(BEFORE):
        other = a_tenderer(lite_app, a_sealed_world()).start()
        assert [other.get("sealed").status_code, other.post("sealed").status_code] == [404, 404]
        assert "On your own device" not in other.get().text
