"""Putting a draft back: encrypted under its code, over the version that was read; its event tells no content."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from lots.errors import ProcurementError
from workbench import audit, workspace
from workbench.countdown import left
from workbench.db import db
from workbench.models.bids import DraftRecord
from workbench.queries.bids.drafts import BidDraft, Invitation
from workbench.sealing import drafts
from workbench.services import StageError, StaleError
from workbench.workspace import Workspace

LARGEST_DRAFT = 4 * 1024 * 1024
"""Bytes of a draft's texts: far above what any tender asks for."""
FLOOR = 4096  # bytes that the smallest draft takes, so that an empty one tells nothing


class DraftError(ProcurementError):
    """A draft that cannot take what was sent."""


def draft_chain(draft_id: str) -> str:
    """Name the chain of a draft."""
    return f"draft:{draft_id}"


def check_open(invitation: Invitation, at: datetime) -> None:
    """Refuse to change a draft once no bid can be sent any more (StageError); it can still be read."""
    if invitation.is_open(at):
        return
    over = at >= invitation.deadline
    why = left(invitation.deadline, at) if over else "This tender takes no bids at present"
    raise StageError(f"{why}, so nothing can be changed any more. What you have can still be read here")


def keep(draft: BidDraft, changed: Workspace, action: str, *, at: datetime) -> BidDraft:
    """Write a draft and one event of it."""
    kept = put(draft, changed, at)
    record(action, draft.id, kept.version, at)
    return kept


def put(draft: BidDraft, changed: Workspace, at: datetime) -> BidDraft:
    """Write a draft over the version that was read, without an event: for acts that leave one elsewhere."""
    version = draft.version + 1
    content = sealed(draft.code, draft.id, version, changed)
    done = db.session.execute(
        update(DraftRecord)
        .where(DraftRecord.id == draft.id, DraftRecord.version == draft.version)
        .values(version=version, content=content, changed_at=at)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleError({}, {})
    return replace(draft, version=version, workspace=changed, changed_at=at)


def sealed(code: str, draft_id: str, version: int, held: Workspace) -> bytes:
    """Encrypt a draft for one version of its row; DraftError for one beyond all measure."""
    data = workspace.write(held)
    if len(data) > LARGEST_DRAFT:
        raise DraftError("This draft is larger than any bid needs to be: put long texts into documents")
    return drafts.encrypt(code, draft_id, version, data, floor=FLOOR)


def record(action: str, draft_id: str, version: int, at: datetime) -> None:
    """Keep an event of a draft: that it happened, and nothing of what was in it."""
    audit.record(action, "Draft", chain=draft_chain(draft_id), actor=None, at=at, details={"version": version})
