"""Reads of a tenderer's draft: only who has its code finds it, and only that code opens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select

from lots.lot import Lot
from lots.sealing import Sealing
from scoring.methodology import Methodology
from scoring.tender_file import TenderFile
from workbench import workspace
from workbench.db import db
from workbench.models.bids import DraftFileRecord, DraftRecord
from workbench.models.publishing import NoticeRecord, PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries import publishing as published
from workbench.sealing import drafts
from workbench.workspace import Workspace


@dataclass(frozen=True)
class Invitation:
    """A published tender that bids are received for: its rules in force and what was told since."""

    publication: PublicationRecord
    tender: TenderRecord
    file: TenderFile

    @property
    def sealing(self) -> Sealing | None:
        """Return how bids are received here; None where they are not."""
        return self.file.tender.sealing

    @property
    def lots(self) -> tuple[Lot, ...]:
        """List the lots there are bids for."""
        return self.file.tender.contract_lots

    @cached_property
    def notices(self) -> Sequence[NoticeRecord]:
        """List the notices in their order."""
        return published.notices_of(self.tender.id)

    @property
    def rules_needed(self) -> int:
        """Return the rule set that a bid must be confirmed under: that of the last change notice (1 at first)."""
        return max((each.rule_set for each in self.notices if each.kind == "change"), default=1)

    def is_open(self, at: datetime) -> bool:
        """Say whether bids are received at this moment; at the deadline itself they no longer are."""
        return self.tender.stage == "published" and at < self.deadline

    @property
    def deadline(self) -> datetime:
        """Return the deadline as the rules in force have it."""
        return self.file.tender.deadline

    def lot(self, lot_id: str) -> Lot | None:
        """Find a lot there are bids for."""
        return next((lot for lot in self.lots if lot.id == lot_id), None)

    def methodology(self, lot_id: str) -> Methodology | None:
        """Find how the bids for a lot are judged."""
        return self.file.methodology_for(lot_id)


@dataclass(frozen=True)
class BidDraft:
    """A draft that its code has opened, with the tender it is for."""

    invitation: Invitation
    id: str
    version: int
    code: str
    workspace: Workspace
    changed_at: datetime

    @property
    def file(self) -> TenderFile:
        """Return the rules in force."""
        return self.invitation.file

    @property
    def chosen(self) -> tuple[Lot, ...]:
        """List the lots the tenderer wants to bid for: the only one there is, or those chosen, as published."""
        lots = self.invitation.lots
        return lots if len(lots) == 1 else tuple(lot for lot in lots if lot.id in self.workspace.lots)

    @property
    def concerned(self) -> tuple[Lot, ...]:
        """List the lots that documents may be for: those chosen, or every one until some are."""
        return self.chosen or self.invitation.lots


def invitation_to(tender_id: str) -> Invitation | None:
    """Find a published tender that bids are received for here; None for every other."""
    found = published.published_tender(tender_id)
    if found is None:
        return None
    publication, tender = found
    file = published.rules_in_force(publication)
    return Invitation(publication, tender, file) if file.tender.sealing is not None else None


def draft_by(invitation: Invitation, code: str) -> BidDraft | None:
    """Open the draft of a code for a tender; None where there is none (of another tender is none)."""
    wanted = select(DraftRecord).where(
        DraftRecord.lookup == drafts.lookup_of(code), DraftRecord.tender_id == invitation.tender.id
    )
    row = db.session.scalar(wanted)
    if row is None:
        return None
    opened = workspace.read(drafts.decrypt(code, row.id, row.version, row.content))
    return BidDraft(invitation, row.id, row.version, code, opened, row.changed_at)


def sent_size(draft_id: str) -> tuple[int, int]:
    """Return how many files a draft holds and how many bytes they take, sealed."""
    held = select(func.count(), func.coalesce(func.sum(DraftFileRecord.sealed_size), 0)).where(
        DraftFileRecord.draft_id == draft_id, DraftFileRecord.removed_at.is_(None)
    )
    count, size = db.session.execute(held).one()
    return count, size
