"""Quality locked: every card is green, so the agreed scores stand and prices may be seen; and the late way back."""

from __future__ import annotations

from datetime import datetime

from lots.calendar import say_instant
from lots.words import counted, listed
from workbench import policies
from workbench.kept import digest
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation import moderation as reads
from workbench.services import StageError
from workbench.services.evaluation.agreeing import reopen
from workbench.services.evaluation.cards import ModerationError, record
from workbench.services.publishing import hold


def lock(tender: TenderRecord, *, reason: str = "", actor: Actor, at: datetime) -> None:
    """Lock quality once every card of every bid that is still in is green.

    Lots whose answers lack their quorum wait, as the published rules say; going on without them needs a ``reason``.
    """
    hold(tender)
    policies.check(actor, Permission.MODERATION_CHAIR, tender)
    if tender.quality_locked_at is not None:
        raise StageError(f"Quality was locked {say_instant(tender.quality_locked_at)}")
    board = reads.board_of(tender, lambda _: True)
    if board.missing:
        raise ModerationError(
            f"{counted(len(board.missing), 'card')} of {len(board.cards)} are not green yet, so quality stays open"
        )
    lots = sorted({card.row.lot for card in board.waiting})
    if lots and not reason.strip():
        raise ModerationError(f"Say why quality is locked although {listed(lots)} must wait for want of scores")
    tender.quality_locked_at = at
    agreed = sorted(card.last.row.sha256 for card in board.in_state("agreed") if card.last)
    details = {"cards": len(agreed), "sha256": digest("".join(agreed)), "waiting": lots, "reason": reason.strip()}
    record("quality_locked", tender.title, tender, actor, at, details)


def reopen_late(tender: TenderRecord, card_id: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Have an agreed score taken up again once quality is locked, which unlocks it; every later paper says so."""
    hold(tender)
    policies.check(actor, Permission.MODERATION_REOPEN_LATE, tender)
    if tender.quality_locked_at is None:
        raise StageError("Quality is not locked: the moderator can take a score up again")
    card = reads.board_of(tender, lambda _: True).card(card_id)
    if card is None:
        raise ModerationError("Choose the agreed score that is to be taken up again")
    if not reason.strip():
        raise ModerationError("Say why this score is taken up again: every later paper shows it")
    why = f"After quality had been locked ({say_instant(tender.quality_locked_at)}): {reason.strip()}"
    tender.quality_locked_at = None
    reopen(tender, card, why, "score_taken_up_late", actor, at)
