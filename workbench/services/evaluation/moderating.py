"""Moderation begins: individual scoring ends, and there is a card for each answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lots.words import counted, listed
from scoring.tender_file import TenderFile
from workbench import policies
from workbench.db import db, new_id
from workbench.models.evaluation import CardRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation import moderation as reads
from workbench.queries.evaluation.record import live_file
from workbench.services.evaluation.cards import ModerationError, record
from workbench.services.publishing import hold


def begin(tender: TenderRecord, *, reason: str, actor: Actor, at: datetime) -> None:
    """End individual scoring and lay out a card for each answer.

    Refused while a sheet is missing, by name, unless the quorum is met without it and a reason is given.
    """
    hold(tender)
    policies.check(actor, Permission.MODERATION_BEGIN, tender)
    file = live_file(tender)
    left = reads.outstanding(tender, file)
    if left.short:
        raise ModerationError(
            f"{counted(len(left.short), 'answer')} would have fewer scores than the published rules ask for. Missing: "
            f"{_names(left)}"
        )
    if (left.sheets or left.waiting) and not reason.strip():
        missing = _names(left) if left.sheets else "no sheet, but some answers have too few evaluators"
        raise ModerationError(f"Say why moderation begins although something is missing: {missing}")
    tender.stage, tender.scores_locked_at = "moderation", at
    cards = list(_new_cards(tender, file, actor, at))
    db.session.add_all(cards)
    details = {
        "sheets": len(file.score_sheets), "cards": len(cards), "reason": reason.strip(),
        "missing": [[member.id, count] for member, count, _ in left.sheets],
    }  # fmt: skip
    record("moderation_begun", tender.title, tender, actor, at, details)


def _names(left: reads.Outstanding) -> str:
    return listed(f"{member.name} ({counted(count, 'sheet')} of {of})" for member, count, of in left.sheets)


def _new_cards(tender: TenderRecord, file: TenderFile, actor: Actor, at: datetime) -> Iterator[CardRecord]:
    """Lay out a card for every answer in the lots that are moderated, of bids that are out too: they may come back."""
    for bid in file.bids:
        how = file.methodology_for(bid.lot)
        for leaf in how.scored if how and how.score_rule == "consensus" else ():
            yield CardRecord(
                id=new_id(), tender_id=tender.id, lot=bid.lot, bid_id=bid.id, criterion=leaf.criterion.id,
                changed_at=at, changed_by=actor.user_id,
            )  # fmt: skip
