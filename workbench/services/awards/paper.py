"""Writing the decision paper: each page over the version it was opened at, and what cannot be read yet is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from workbench import audit, policies
from workbench.db import db
from workbench.models.awards import AwardPaperRecord
from workbench.models.bids import OpenedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.awards.paper import LETTER, PaperPart, parts_of
from workbench.services import StageError, StaleError
from workbench.services.publishing import hold
from workbench.services.tenders import difference, flat

_LATE: Final = {
    "approved": ("days", "notice"), "notified": ("notice",), "awarded": ("notice",),
}  # fmt: skip
"""What may still be written once the award is approved."""


def save(tender: TenderRecord, part: PaperPart, content: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Save a page over the version it was opened at; StaleError with both texts where somebody saved it since."""
    before = _begin(tender, part, actor)
    _put(tender, part, {"content": _json(content), "typed": ""}, content, actor, at)
    _done("award_paper_saved", tender, part, difference(before, content), actor, at)


def leave_unfinished(
    tender: TenderRecord, part: PaperPart, typed: Mapping[str, Sequence[str]], *, actor: Actor, at: datetime
) -> None:
    """Keep what was typed and cannot be read yet beside the content that stands."""
    _begin(tender, part, actor)
    _put(tender, part, {"typed": _json(typed)}, typed, actor, at)
    said = {"sha256": hashlib.sha256(_json(typed).encode()).hexdigest()}
    _done("award_paper_left_unfinished", tender, part, said, actor, at)


def may_write(stage: str, part: str) -> bool:
    """Say whether a page may still be written in a stage: after the approval only what happens later."""
    return part in _LATE[stage] if stage in _LATE else True


def _begin(tender: TenderRecord, part: PaperPart, actor: Actor) -> Any:
    """Check that the page may be written now, and return what is saved on it."""
    hold(tender)
    policies.check(actor, Permission.AWARD_WRITE, tender)
    if tender.quality_locked_at is None:
        raise StageError("The decision paper is written once the agreed scores for quality are locked")
    if not may_write(tender.stage, part.name):
        raise StageError(
            "The award is approved, so its paper stands as it was approved: only days may still be filled in"
        )
    saved = parts_of(tender.id).get(part.name)
    return saved.content if saved else None


def _put(
    tender: TenderRecord, part: PaperPart, values: Mapping[str, str], yours: Any, actor: Actor, at: datetime
) -> None:
    """Write a page's row; the version test stands in the UPDATE itself, so that no two saves can both pass it."""
    stamp = {"changed_at": at, "changed_by": actor.user_id}
    if part.version:
        change = update(AwardPaperRecord).where(
            AwardPaperRecord.tender_id == tender.id, AwardPaperRecord.part == part.name,
            AwardPaperRecord.version == part.version,
        )  # fmt: skip
        done = db.session.execute(change.values(version=part.version + 1, **stamp, **values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise StaleError(flat(yours), _theirs(tender, part))
    else:
        try:
            with db.session.begin_nested():
                db.session.add(
                    AwardPaperRecord(tender_id=tender.id, part=part.name, version=1,
                                     **{"content": "", "typed": "", **values}, **stamp)
                )  # fmt: skip
        except IntegrityError as error:
            raise StaleError(flat(yours), _theirs(tender, part)) from error


def _theirs(tender: TenderRecord, part: PaperPart) -> dict[str, str]:
    saved = parts_of(tender.id).get(part.name)
    return flat(saved.content) if saved else {}


def _done(
    action: str, tender: TenderRecord, part: PaperPart, said: Mapping[str, object], actor: Actor, at: datetime
) -> None:
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    bid = db.session.get(OpenedBidRecord, part.name.removeprefix(LETTER)) if part.name.startswith(LETTER) else None
    details = {"part": part.name, "version": part.version + 1, **({"letter": bid.letter} if bid else {}), **said}
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
