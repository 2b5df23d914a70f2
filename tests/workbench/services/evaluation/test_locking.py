"""Quality locked once every card is green, and the late way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.workbench import evaluated
from tests.workbench import moderated as m
from tests.workbench.published import World, done
from workbench.audit import recorded
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.policies import NotForYou
from workbench.queries.bids.opened import sees_prices
from workbench.queries.evaluation.record import live_file
from workbench.services import StageError
from workbench.services.evaluation import agreeing, locking
from workbench.services.evaluation.cards import ModerationError

LATER = m.AT + timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The case with every sheet submitted, moderation begun."""
    with m.scored(tmp_path) as (_, made):
        m.begun(made)
        yield made
        db.session.rollback()
        recorded().clear()


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[World]:
    """The case with every card agreed and signed, and quality locked."""
    with evaluated.evaluated(tmp_path) as (_, made):
        m.declare_the_rest(made.tender)
        yield made
        db.session.rollback()
        recorded().clear()


def lock(world: World, reason: str = "") -> None:
    locking.lock(world.tender, reason=reason, actor=world.actor("moderator"), at=LATER)
    done(world)


def test_a_card_that_is_not_green_keeps_quality_open(world: World) -> None:
    with pytest.raises(ModerationError, match="87 cards of 87 are not green"):
        lock(world)
    assert world.tender.quality_locked_at is None
    card = m.board(world).cards[0]
    m.put(world, card)
    with pytest.raises(ModerationError, match="87 cards of 87 are not green"):  # put to signature is not signed
        lock(world)
    m.signed_by_all(world, card.row.id)
    with pytest.raises(ModerationError, match="86 cards of 87 are not green"):
        lock(world)


def test_all_green_locks_and_only_then_does_the_chair_see_prices(locked: World) -> None:
    locked.tender.quality_locked_at = None
    db.session.commit()
    assert not sees_prices(locked.actor("moderator"), locked.tender)
    lock(locked)
    assert locked.tender.quality_locked_at == LATER
    assert sees_prices(locked.actor("moderator"), locked.tender)
    with pytest.raises(StageError, match="Quality was locked"):
        lock(locked)


def test_locked_cards_are_taken_up_by_an_approver_only_and_every_later_paper_says_so(locked: World) -> None:
    card = m.board(locked).cards[0]
    with pytest.raises(StageError, match="an approver"):
        agreeing.take_up(locked.tender, card.row.id, reason="A slip", actor=locked.actor("moderator"), at=LATER)
    with pytest.raises(NotForYou):
        locking.reopen_late(locked.tender, card.row.id, reason="A slip", actor=locked.actor("moderator"), at=LATER)
    with pytest.raises(ModerationError, match="Say why"):
        locking.reopen_late(locked.tender, card.row.id, reason=" ", actor=locked.actor("approver"), at=LATER)
    count = len(live_file(locked.tender).agreed_scores)
    locking.reopen_late(locked.tender, card.row.id, reason="A slip", actor=locked.actor("approver"), at=LATER)
    done(locked)
    assert (locked.tender.quality_locked_at, len(live_file(locked.tender).agreed_scores)) == (None, count - 1)
    with pytest.raises(ModerationError, match="1 card of"):
        lock(locked)
    m.put(locked, m.board(locked).cards[0], at=LATER)
    m.signed_by_all(locked, card.row.id, LATER)
    lock(locked)
    again = next(it for it in live_file(locked.tender).agreed_scores
                 if (it.bid, it.criterion) == (card.bid.id, card.row.criterion))  # fmt: skip
    assert again.reopened == "After quality had been locked (17:00 BST on Monday 9 September 2024): A slip"


def test_the_late_way_is_for_what_is_locked(world: World) -> None:
    card = m.board(world).cards[0]
    with pytest.raises(StageError, match="the moderator can"):
        locking.reopen_late(world.tender, card.row.id, reason="A slip", actor=world.actor("approver"), at=LATER)


def test_nothing_is_signed_once_quality_is_locked(world: World) -> None:
    card = m.board(world).cards[0]
    m.put(world, card)
    put = m.board(world).card(card.row.id)
    assert put is not None
    assert put.last is not None
    waits = db.session.get_one(UserRecord, put.last.waits_for[0])
    world.tender.quality_locked_at = LATER
    with pytest.raises(StageError, match="nothing more is signed"):
        agreeing.sign(world.tender, [put.last.row.id], actor=evaluated.rows.an_actor(waits), at=LATER)
