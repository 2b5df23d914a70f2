"""The published rules of one lot, found fast: one small read says which rules hold, and read rules are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from lots.collaboration import CollaborationRules
from lots.lot import Lot
from lots.split.self_check import lot_to_check
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.publishing import publication_of, rules_in_force

_IN_FORCE = (
    select(
        PublicationRecord.sha256, PublicationRecord.rule_set, TenderRecord.stage, TenderRecord.deadline,
        TenderRecord.reference,
    )
    .join(TenderRecord, TenderRecord.id == PublicationRecord.tender_id)
    .where(PublicationRecord.tender_id == bindparam("id"))
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """A published rule set: its number and digest, and each lot as a self-check holds a split against it."""

    file: TenderFile
    lots: dict[str, Lot]


@dataclass(frozen=True)
class PublishedLot:
    """A lot of a published tender with the rules in force. ``lot`` leaves confirmations out, ``published`` does not."""

    tender_id: str
    reference: str
    stage: str
    deadline: datetime | None
    digest: str
    rule_set: int
    file: TenderFile
    lot: Lot

    @property
    def published(self) -> Lot:
        """Return the lot as it was published."""
        return self.file.tender.lot(self.lot.id)


def published_lot(tender_id: str, lot_id: str) -> PublishedLot | None:
    """Find a lot that can be bid for in a published tender, whatever became of the tender since."""
    with db.engine.connect() as connection:
        row = connection.execute(_IN_FORCE, {"id": tender_id}).one_or_none()
    if row is None:
        return None
    digest, rule_set, stage, deadline, reference = row
    rules = _kept.get(digest) or _read(tender_id, digest)
    lot = rules.lots.get(lot_id)
    if lot is None:
        return None
    return PublishedLot(tender_id, reference, stage, deadline, digest, rule_set, rules.file, lot)


def lots_to_check(file: TenderFile) -> tuple[Lot, ...]:
    """List the lots that are tendered for with collaboration rules, then those without."""
    lots = file.tender.contract_lots
    return (*filter(has_rules, lots), *(lot for lot in lots if not has_rules(lot)))


def has_rules(lot: Lot) -> bool:
    """Say whether a lot sets any rule about the split."""
    return lot.collaboration != CollaborationRules(consequence=lot.collaboration.consequence)


_MOST_KEPT = 32
_kept: dict[str, Rules] = {}


def _read(tender_id: str, digest: str) -> Rules:
    """Read the rules in force, and keep them by their digest."""
    publication = publication_of(tender_id)
    assert publication is not None
    file = rules_in_force(publication)
    rules = Rules(file, {lot.id: lot_to_check(lot) for lot in file.tender.contract_lots if lot.years})
    if publication.sha256 == digest:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[digest] = rules
    return rules


__all__ = ["PublishedLot", "has_rules", "lots_to_check", "published_lot"]
