"""Writing a tenderer's draft: beginning one, saving its parts, keeping and removing its files.

What is kept is encrypted under the tenderer's code, and the events on the chain ``draft:<id>`` tell of the act and
nothing of its content: not even which part or lot it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

from workbench.db import db, new_id
from workbench.models.bids import DraftFileRecord, DraftRecord
from workbench.queries.bids.drafts import BidDraft, Invitation, sent_size
from workbench.sealing import drafts
from workbench.services import StaleError
from workbench.services.bids import partners
from workbench.services.bids.keeping import DraftError, check_open, keep, record, sealed
from workbench.services.tenders import flat
from workbench.uploads import LARGEST_BID, MOST_FILES
from workbench.workspace import Piece, SentFile, Workspace


def start(invitation: Invitation, *, at: datetime, fresh: Workspace | None = None) -> BidDraft:
    """Begin a draft, empty or with what is brought along; the code in what is returned exists nowhere else."""
    check_open(invitation, at)
    code, draft_id, fresh = drafts.new_code(), new_id(), fresh or Workspace()
    db.session.add(
        DraftRecord(
            id=draft_id, tender_id=invitation.tender.id, lookup=drafts.lookup_of(code), version=1,
            content=sealed(code, draft_id, 1, fresh), created_at=at, changed_at=at,
        )
    )  # fmt: skip
    db.session.flush()
    record("draft_started", draft_id, 1, at)
    return BidDraft(invitation, draft_id, 1, code, fresh, at)


def reopened(draft: BidDraft, *, at: datetime) -> None:
    """Keep an event that the code was typed in a browser, for the tenderer to see."""
    record("draft_continued", draft.id, draft.version, at)


def save_part(draft: BidDraft, name: str, lot: str, content: Any, *, version: int, at: datetime) -> BidDraft:
    """Save a part over the version it was edited from; StaleError with both texts where that is no longer the last."""
    check_open(draft.invitation, at)
    _check_version(draft, name, lot, content, version)
    piece = Piece(content=content, version=version + 1)
    changed = replace(draft, workspace=draft.workspace.with_part(name, lot, piece))
    partners.refresh(changed, at)
    return keep(draft, changed.workspace, "draft_saved", at=at)


def take_split(draft: BidDraft, lot: str, content: Any, *, at: datetime) -> BidDraft:
    """Put a split that was checked elsewhere in the place of the one there is, and choose its lot."""
    check_open(draft.invitation, at)
    changed = replace(draft, workspace=with_split(draft.workspace, lot, content))
    partners.refresh(changed, at)
    return keep(draft, changed.workspace, "draft_saved", at=at)


def with_split(held: Workspace, lot: str, content: Any) -> Workspace:
    """Return a workspace with a split for a lot, which is chosen with it."""
    piece, choice = held.part("price", lot), held.part("lots")
    chosen = dict(choice.content or {})
    if lot not in chosen.get("lots", ()):
        chosen["lots"] = [*chosen.get("lots", ()), lot]
        held = held.with_part("lots", "", Piece(chosen, choice.typed, choice.version + 1))
    return held.with_part("price", lot, Piece(content, version=piece.version + 1))


def leave_unfinished(
    draft: BidDraft, name: str, lot: str, typed: Mapping[str, Sequence[str]], *, version: int, at: datetime
) -> BidDraft:
    """Keep what was typed and cannot be read yet beside the content that stands."""
    check_open(draft.invitation, at)
    _check_version(draft, name, lot, typed, version)
    piece = replace(draft.workspace.part(name, lot), typed=dict(typed), version=version + 1)
    return keep(draft, draft.workspace.with_part(name, lot, piece), "draft_saved", at=at)


def mark(draft: BidDraft, *, at: datetime, **values: Any) -> BidDraft:
    """Remember something small of the tenderer's own: which notices were read, that the code is kept."""
    return keep(draft, replace(draft.workspace, **values), "draft_saved", at=at)


def add_file(draft: BidDraft, file: SentFile, sealed_size: int, *, at: datetime) -> tuple[BidDraft, bool]:
    """Add a file that lies sealed in the store; says whether it is new: the same content again is taken quietly."""
    check_open(draft.invitation, at)
    same = next((each for each in draft.workspace.files if _same(each, file)), None)
    if same is not None:
        return keep(draft, draft.workspace, "file_received", at=at), False
    count, size = sent_size(draft.id)
    if count >= MOST_FILES or size + sealed_size > LARGEST_BID:
        most = LARGEST_BID // 1024 // 1024
        raise DraftError(f"A bid holds at most {MOST_FILES} files and {most} MB: remove what is not needed, then send")
    db.session.add(
        DraftFileRecord(
            id=file.id, draft_id=draft.id, sealed_sha256=file.sealed_sha256, sealed_size=sealed_size, received_at=at
        )
    )
    files = (*draft.workspace.files, file)
    return keep(draft, replace(draft.workspace, files=files), "file_received", at=at), True


def remove_file(draft: BidDraft, file_id: str, *, at: datetime) -> BidDraft:
    """Take a file out of the draft; what was submitted with it stays as it was submitted."""
    check_open(draft.invitation, at)
    gone = update(DraftFileRecord).where(DraftFileRecord.id == file_id, DraftFileRecord.draft_id == draft.id)
    db.session.execute(gone.values(removed_at=at))
    files = tuple(each for each in draft.workspace.files if each.id != file_id)
    return keep(draft, replace(draft.workspace, files=files), "file_removed", at=at)


def _check_version(draft: BidDraft, name: str, lot: str, yours: Any, version: int) -> None:
    saved = draft.workspace.part(name, lot)
    if saved.version != version:
        raise StaleError(flat(yours), flat(dict(saved.typed) or saved.content))


def _same(one: SentFile, other: SentFile) -> bool:
    return (one.sha256, one.required, one.criterion, one.lot) == (
        other.sha256, other.required, other.criterion, other.lot,
    )  # fmt: skip
