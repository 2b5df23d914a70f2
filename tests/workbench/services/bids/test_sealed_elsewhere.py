"""Bids that were sealed on the tenderer's own device: kept as they came, or refused by what can be seen of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import scoped_session

from tests.workbench.published import World
from tests.workbench.sealed import FOUR, a_bid, a_sealed_world, committed, publication, times
from tests.workbench.services.bids.test_submissions import opened
from workbench.sealing.envelope import SealedEnvelope, seal_bid
from workbench.services.bids import submissions
from workbench.services.bids.submissions import BidError


def browser_world() -> World:
    """Publish a tender that lets browsers seal."""
    return a_sealed_world(replace(FOUR, browser_sealing=True))


def sealed_elsewhere(world: World) -> tuple[Any, tuple[SealedEnvelope, ...]]:
    """Seal a bid as a browser does; the server hears the binding without its lot."""
    submission, price = a_bid(world)
    return replace(submission.binding, lot=""), seal_bid(submission, price, FOUR)


def test_a_bid_that_was_sealed_elsewhere_is_kept_as_it_came(db_session: scoped_session) -> None:
    world = browser_world()
    bound, made = sealed_elsewhere(world)
    row = submissions.submit_sealed(world.tender, publication(world), bound, made, **times())
    committed()
    assert row.mode == "browser"
    assert opened(row).binding == replace(bound, lot="adult")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda it: it[:1], "one envelope for the bid and one for the price"),
        (lambda it: (it[0], replace(it[0], kind="price")), "a copy of one of its envelopes"),
        (lambda it: (it[0], replace(it[1], sha256="0" * 64)), "another digest"),
        (lambda it: (it[0], replace(it[1], content=it[1].content[:-1])), "not whole"),
        (lambda it: (it[0], replace(it[1], content=bytes(5 << 20))), "longer than"),
        (lambda it: (it[0], replace(it[1], wraps={"server": it[1].wraps["0,1"]})), "not sealed for the custodians"),
        (lambda it: (it[0], replace(it[1], wraps={**it[1].wraps, "4,0": it[1].wraps["0,1"]})), "not sealed for"),
    ],
)
def test_what_was_sealed_elsewhere_must_look_sealed(db_session: scoped_session, spoil: Any, words: str) -> None:
    world = browser_world()
    bound, made = sealed_elsewhere(world)
    with pytest.raises(BidError, match=words):
        submissions.submit_sealed(world.tender, publication(world), bound, spoil(made), **times())


def test_an_envelope_copied_from_another_bid_is_refused(db_session: scoped_session) -> None:
    world = browser_world()
    bound, made = sealed_elsewhere(world)
    submissions.submit_sealed(world.tender, publication(world), bound, made, **times())
    committed()
    own, others = sealed_elsewhere(world)
    with pytest.raises(BidError, match="a copy of one of its envelopes is here already"):
        submissions.submit_sealed(world.tender, publication(world), own, (made[0], others[1]), **times())


def test_only_a_tender_that_says_so_takes_what_was_sealed_elsewhere(db_session: scoped_session) -> None:
    world = a_sealed_world()
    bound, made = sealed_elsewhere(world)
    with pytest.raises(BidError, match="sealed here only"):
        submissions.submit_sealed(world.tender, publication(world), bound, made, **times())
