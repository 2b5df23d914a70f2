"""Agreed scores: put to signature with reasons that stand, signed by those present, taken up again with a reason.

What an evaluator submitted is never touched: an agreed score is a row of its own beside the sheets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from lots.calendar import london
from lots.errors import Finding, ProcurementError, errors_in
from lots.words import counted
from scoring.agreeing import AgreedDraft, agreed_score, agreeing_findings
from scoring.reasons import ReasonContext, sub_points
from workbench import policies
from workbench.cards import REOPENED, Texts, draft_of, merged
from workbench.db import db, new_id
from workbench.kept import digest, to_text
from workbench.models.evaluation import AgreedScoreRecord, CardSignatureRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation import moderation as reads
from workbench.queries.evaluation.access import access_of
from workbench.services import StageError, StaleError
from workbench.services.evaluation.cards import ModerationError, check_open, held, held_card, of, record, write
from workbench.services.publishing import hold

ABSENT: Final = "absent"
PRESENT: Final = "present"


class NotAgreed(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A card that cannot be put to signature; every finding names its field."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("This cannot be put to signature yet: the page says what is missing", findings)


def put_to_signature(
    tender: TenderRecord, card_id: str, typed: Texts, shown: Texts, *, confirmed: bool, actor: Actor, at: datetime
) -> AgreedScoreRecord:
    """Put the agreed score to those who are present; whoever puts it has signed with that, if they are one of them.

    NotAgreed names what is missing; warnings have to be ``confirmed``. StaleError where others changed the same words.
    """
    card, board = held(tender, card_id, Permission.MODERATION_CHAIR, actor)
    check_open(card)
    found = merged(card.texts, typed, shown)
    if found.conflicts:
        raise StaleError(*({name: pair[at_] for name, pair in found.conflicts.items()} for at_ in (0, 1)))
    texts = {**card.texts, **found.changes}
    draft, present = _checked(tender, card, board, texts, confirmed=confirmed)
    score = agreed_score(draft, card.item, london(at).date())
    row = _agreed_row(tender, card, to_text(score), present, texts, actor, at)
    db.session.add(row)
    db.session.flush()
    left = _sign_own(row, present, actor, at)
    state = {"state": "signing"} if left else {"state": "agreed", "agreed": row.number}
    write(card, {**texts, REOPENED: ""}, actor, at, **state)
    details = {"number": row.number, "sha256": row.sha256, "present": present, "reopened": row.reopened}
    record("score_put_to_signature", card.title, tender, actor, at, {**of(card), **details})
    return row


def _checked(
    tender: TenderRecord, card: reads.Card, board: reads.Board, texts: Texts, *, confirmed: bool
) -> tuple[AgreedDraft, list[int]]:
    draft = draft_of(texts, [name for name, _ in card.item.given])
    names = [member.name for member in board.file.panel]
    findings = [*agreeing_findings(draft, card.item, context_of(card, board), names)]
    table = {
        reads.number_of(it): it.id for it in reads.at_table(tender.id, board.file)[card.bid.id, card.row.criterion]
    }
    present = [number for number in table if str(number) in texts.get(PRESENT, "").split()]
    findings += _present_findings(present, table, card, texts.get(ABSENT, ""))
    if errors_in(findings) or (findings and not confirmed):
        raise NotAgreed(findings)
    return draft, present


def context_of(card: reads.Card, board: reads.Board) -> ReasonContext:
    """Gather what the outward reason is read against."""
    file, criterion = board.file, card.item.leaf.criterion
    known = {each.id: each.name for each in file.organisations}
    parties = {bid.id: tuple(known.get(it.organisation, "") for it in bid.parties) for bid in file.bids}
    own = (*parties[card.bid.id], f"Tenderer {card.bid.letter}")
    others = dict.fromkeys(name for bid, names in parties.items() if bid != card.bid.id for name in names)
    reasons = tuple(
        (f"bid {each.bid.letter}", each.last.score.reason)
        for each in board.cards
        if each.last and each.row.criterion == criterion.id and each.bid.tenderer != card.bid.tenderer
    )
    return ReasonContext(
        criterion.title, card.item.scale, criterion.question, own, tuple(name for name in others if name not in own),
        reasons, sub_points(criterion.question),
    )  # fmt: skip


def _present_findings(present: Sequence[int], table: Mapping[int, str], card: reads.Card, absent: str) -> list[Finding]:
    scored = {name for name, _ in card.item.given}
    away = [number for number, name in table.items() if name in scored and number not in present]
    found = []
    if len(present) < 2:
        found.append(
            Finding("too_few_present", "A score is agreed by at least two people: tick who is present", PRESENT)
        )
    if away and not absent.strip():
        message = f"{counted(len(away), 'evaluator')} scored this answer and is not ticked: say why they are not here"
        found.append(Finding("absence_unexplained", message, ABSENT))
    return found


def _agreed_row(
    tender: TenderRecord, card: reads.Card, text: str, present: Sequence[int], texts: Texts, actor: Actor, at: datetime
) -> AgreedScoreRecord:
    number = card.last.row.number + 1 if card.last else 1
    return AgreedScoreRecord(
        id=new_id(), tender_id=tender.id, card_id=card.row.id, bid_id=card.bid.id, criterion=card.row.criterion,
        number=number, content=text, sha256=digest(text), present=json.dumps(present),
        absent=texts.get(ABSENT, ""), reopened=texts.get(REOPENED, ""), made_by=actor.user_id, made_at=at,
    )  # fmt: skip


def _sign_own(row: AgreedScoreRecord, present: Sequence[int], actor: Actor, at: datetime) -> int:
    """Sign for whoever put it, if they are present; return how many others have still to sign."""
    if actor.user_id not in present:
        return len(present)
    db.session.add(CardSignatureRecord(id=new_id(), agreed_score_id=row.id, user_id=actor.user_id, signed_at=at))
    return len(present) - 1


def sign(tender: TenderRecord, agreed_ids: Sequence[str], *, actor: Actor, at: datetime) -> int:
    """Sign agreed scores of meetings that somebody was at; returns how many cards became green."""
    hold(tender)
    policies.check(actor, Permission.MODERATION_SIGN, tender)
    if tender.quality_locked_at is not None:
        raise StageError("Quality is locked, so the agreed scores stand as they are: nothing more is signed")
    board = reads.board_of(tender, access_of(tender, actor).may_read)
    cards = [card for card in board.cards if card.last and card.last.row.id in agreed_ids]
    if not agreed_ids or len(cards) != len(set(agreed_ids)) or not all(it.waits_for(actor.user_id) for it in cards):
        raise StageError("What you were about to sign has changed, or is signed already: read it as it is now")
    green = 0
    for card in cards:
        last = card.last
        assert last is not None
        db.session.add(
            CardSignatureRecord(id=new_id(), agreed_score_id=last.row.id, user_id=actor.user_id, signed_at=at)
        )
        if last.waits_for == (actor.user_id,):
            write(card, card.texts, actor, at, state="agreed", agreed=last.row.number)
            green += 1
    signed = [[card.bid.letter, card.row.criterion, card.last.row.sha256] for card in cards if card.last]
    record("scores_signed", tender.title, tender, actor, at, {"count": len(cards), "green": green, "signed": signed})
    return green


def take_up(tender: TenderRecord, card_id: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take a card up again that was agreed or put to signature, while quality is open; the reason stays on record."""
    card = held_card(tender, card_id, Permission.MODERATION_CHAIR, actor)
    reopen(tender, card, reason, "score_taken_up", actor, at)


def reopen(tender: TenderRecord, card: reads.Card, reason: str, action: str, actor: Actor, at: datetime) -> None:
    """Open a card again; of what was agreed nothing is removed."""
    if card.row.state not in ("signing", "agreed"):
        raise StageError("This card is open already")
    if not reason.strip():
        raise ModerationError("Say why this score is taken up again: every later paper shows it")
    before = card.texts.get(REOPENED, "")
    why = "; ".join(filter(None, (before, reason.strip())))
    state = "reopened" if card.row.agreed else "open"
    write(card, {**card.texts, REOPENED: why}, actor, at, state=state)
    details = {"reason": reason.strip(), "number": card.last.row.number if card.last else 0}
    record(action, card.title, tender, actor, at, {**of(card), **details})
