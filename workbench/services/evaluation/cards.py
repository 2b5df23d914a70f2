"""Cards of moderation, written by several people at once: saved field by field, so that nobody's words are lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from lots.errors import ProcurementError
from scoring.scoresheet import Score
from workbench import audit, policies
from workbench.cards import WORDS, Texts, merged, started
from workbench.db import db
from workbench.kept import digest
from workbench.models.evaluation import CardRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, NotForYou, Permission
from workbench.queries.evaluation import moderation as reads
from workbench.queries.evaluation.access import access_of
from workbench.services import StageError, StaleError
from workbench.services.publishing import hold


class ModerationError(ProcurementError):
    """A step of moderation that cannot be taken yet; the sentence says what is missing."""


@dataclass(frozen=True)
class Saved:
    """What came of a save: the card's version now, its texts, which were taken, and where both changed one field."""

    version: int
    texts: Texts
    taken: frozenset[str]
    conflicts: Mapping[str, tuple[str, str]]


def save(
    tender: TenderRecord, card_id: str, typed: Texts, shown: Texts, *, start: str = "", actor: Actor, at: datetime
) -> Saved:
    """Save what somebody typed on a card, field by field; ``shown`` are the marks of what their page showed.

    Where somebody else changed the same field, theirs stays and both texts are returned; the rest is saved. With
    ``start`` what that evaluator wrote is copied below what stands there: the event alone says from whom.
    """
    card, board = held(tender, card_id, Permission.MODERATION_SIGN, actor)
    found = merged(card.texts, typed, shown)
    changes = dict(found.changes)
    if start:
        changes |= started({**card.texts, **changes}, _written(board, card, start))
    _check_chair(changes, tender, actor)
    texts = {**card.texts, **changes}
    if changes or found.conflicts:
        check_open(card)
    if changes:
        write(card, texts, actor, at)
        details = {"fields": sorted(changes), "version": card.row.version, "sha256": _words_digest(texts)}
        more = {"started_from": start} if start else {}
        record("card_saved", card.title, tender, actor, at, {**of(card), **details, **more})
    return Saved(card.row.version, texts, frozenset(changes), found.conflicts)


def _words_digest(texts: Texts) -> str:
    """Digest the words alone: of a level, which nobody but the panel knows yet, a digest would be guessed at once."""
    return digest(json.dumps({name: texts.get(name, "") for name in WORDS}, ensure_ascii=False, sort_keys=True))


def _written(board: reads.Board, card: reads.Card, evaluator: str) -> Score:
    scores = {member.id: score for member, score in reads.scores_of(board.file, card.bid.id, card.row.criterion)}
    if evaluator not in scores:
        raise ModerationError("That evaluator wrote nothing about this answer")
    return scores[evaluator]


def _check_chair(changes: Texts, tender: TenderRecord, actor: Actor) -> None:
    if set(changes) - set(WORDS) and not policies.may(actor, Permission.MODERATION_CHAIR, tender):
        raise NotForYou("Everybody at the table may write the words; the level and the causes are the chair's to set")


def check_open(card: reads.Card) -> None:
    """Refuse to change what people are signing or have signed."""
    if card.row.state not in ("open", "reopened"):
        raise StageError("This card was put to signature: take it up again, with a reason, to change it")


def write(card: reads.Card, texts: Texts, actor: Actor, at: datetime, **values: object) -> None:
    """Write a card over the version that was read."""
    before = card.row.version
    kept = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    done = db.session.execute(
        update(CardRecord)
        .where(CardRecord.id == card.row.id, CardRecord.version == before)
        .values(version=before + 1, content=kept, changed_at=at, changed_by=actor.user_id, **values)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleError(dict(texts), dict(card.texts))
    db.session.refresh(card.row)


# --- pieces -----------------------------------------------------------------------------------------------------


def held_card(tender: TenderRecord, card_id: str, permission: Permission, actor: Actor) -> reads.Card:
    """Take the tender's row and find a card that somebody may act on while quality is open."""
    return held(tender, card_id, permission, actor)[0]


def held(tender: TenderRecord, card_id: str, permission: Permission, actor: Actor) -> tuple[reads.Card, reads.Board]:
    """Do the same, and return with it every card that they may read."""
    hold(tender)
    policies.check(actor, permission, tender)
    if tender.quality_locked_at is not None:
        raise StageError("Quality is locked: an approver of the tender can have an agreed score taken up again")
    board = reads.board_of(tender, access_of(tender, actor).may_read)
    card = board.card(card_id)
    if card is None:
        raise NotForYou("There is no such page.", status=404)
    return card, board


def of(card: reads.Card) -> dict[str, object]:
    """Name a card in an event; the letter stands for the tenderer."""
    return {"lot": card.row.lot, "bid": card.bid.letter, "criterion": card.row.criterion}


def record(
    action: str, subject: str, tender: TenderRecord, actor: Actor, at: datetime, details: Mapping[str, object]
) -> None:
    """Count the change of the tender and record its event."""
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    audit.record(action, subject, chain=audit.tender_chain(tender.id), actor=actor, at=at, details=details)
