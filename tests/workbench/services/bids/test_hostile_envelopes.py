"""Bids whose tenderer sealed them at home and wrote into them what no page of ours would: they hold up no other."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import scoped_session

from lots.bid import Party
from lots.submission import Binding, Document
from tests.workbench.opening import LATER, closed, part, rows
from tests.workbench.published import World, address, client_of
from tests.workbench.sealed import FOUR, KEYS, a_bid, a_sealed_world, committed, publication, submitted, times
from workbench import clock
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.models.bids import SealedBidRecord
from workbench.opening_rules import OpeningError
from workbench.queries.bids.openings import case_of
from workbench.sealing.envelope import SealedEnvelope, seal_bid
from workbench.sealing.opening_files import peel_file, write_layers
from workbench.services.bids import openings, submissions
from workbench.services.bids.openings import Offer, SomeKeysMissing
from workbench.store import Store

DOCUMENT = Document("d", "Plan.pdf", "application/pdf", 3, "b" * 64, "c" * 64, "key")


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A published tender that takes bids sealed at home."""
    yield a_sealed_world(replace(FOUR, browser_sealing=True))
    recorded().clear()


def sent(world: World, envelopes: tuple[SealedEnvelope, ...], binding: Binding) -> SealedBidRecord:
    """Send a bid that was sealed at home."""
    bound = replace(binding, lot="")
    row = submissions.submit_sealed(world.tender, publication(world), bound, envelopes, **times())
    committed()
    return row


def with_documents(world: World, *documents: Document) -> SealedBidRecord:
    """Send a bid with documents as somebody wrote them."""
    submission, price = a_bid(world)
    return sent(world, seal_bid(replace(submission, documents=documents), price, FOUR), submission.binding)


def sealed_for_nobody(world: World) -> SealedBidRecord:
    """Send a bid whose wraps look sealed and hold nothing."""
    submission, price = a_bid(world)
    nothing = b64encode(b"age-encryption.org/v1\nnothing").decode()
    made = (replace(it, wraps=dict.fromkeys(it.wraps, nothing)) for it in seal_bid(submission, price, FOUR))
    return sent(world, tuple(made), submission.binding)


def opened(world: World, store: Store) -> None:
    """Have two openers open the bids, with the store that a server looks into."""
    for step, person in ((1, 0), (2, 1)):
        who, offer = world.actor("opener", person), Offer(KEYS[person][0])
        openings.take_part(world.tender, "bid", step, offer, actor=who, at=LATER, has=store.has)
        committed()


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "x" * 64])
def test_a_document_whose_digest_is_none_is_named_and_every_bid_opens(
    world: World, tmp_path: Path, digest: str
) -> None:
    good = submitted(world)
    bad = with_documents(world, replace(DOCUMENT, sealed_sha256=digest))
    closed(world)
    opened(world, Store(tmp_path))
    found = rows(world)
    assert [found[it.bid_id].state for it in (good, bad)] == ["opened", "opened"]
    assert found[bad.bid_id].fault == "The file “Plan.pdf” is not in the store: put it back from a copy."


def test_names_of_missing_documents_stay_short_and_few_in_the_record(world: World, tmp_path: Path) -> None:
    long = replace(DOCUMENT, name="Plan\nPrice envelope: " + "x" * 90_000)
    bad = with_documents(world, *(replace(long, id=str(number)) for number in range(22)))
    closed(world)
    opened(world, Store(tmp_path))
    fault = rows(world)[bad.bid_id].fault
    assert (len(fault) < 3000, "\n" in fault, fault.endswith("And 2 more files of it.")) == (True, False, True)


def test_where_every_bid_was_sealed_for_nobody_the_opening_still_comes_to_its_end(world: World) -> None:
    bad = sealed_for_nobody(world)
    closed(world)
    with pytest.raises(SomeKeysMissing, match="Let two other custodians try"):
        part(world, 1, 0, 0)
    part(world, 1, 0, 0, despite=True)
    with pytest.raises(SomeKeysMissing):
        part(world, 2, 1, 1)
    row = part(world, 2, 1, 1, despite=True)
    assert (row.opened, row.failed, rows(world)[bad.bid_id].state) == (0, 1, "failed")
    assert world.tender.stage == "opened"


def test_a_file_in_which_nothing_opened_proves_no_key_and_is_refused_even_then(world: World) -> None:
    submitted(world)
    closed(world)
    case = case_of(world.tender, "bid")
    assert case is not None
    peeled = peel_file(openings.opening_file(case), KEYS[0][0])
    nothing = replace(peeled, layers=(), failed=tuple(each.sha256 for each in case.shut))
    with pytest.raises(OpeningError, match="Give the key itself"):
        part(world, 1, None, 0, file=write_layers(nothing), despite=True)


def test_the_page_of_a_bid_that_names_somebody_it_does_not_know_is_there(
    app: Workbench, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission, price = a_bid(world)
    stranger = replace(submission, parties=(*submission.parties, Party("nobody", "partner")))
    bad = sent(world, seal_bid(stranger, price, FOUR), submission.binding)
    closed(world)
    for step, person in ((1, 0), (2, 1)):
        part(world, step, person, person)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    page = client_of(app, world, "officer").get(address(world, f"bids/{bad.bid_id}/"))
    assert (page.status_code, "nobody (the bid does not say who that is)" in page.text) == (200, True)
