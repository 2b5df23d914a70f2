"""Reads about an opening: how far it is, whose keys there are, and every sealed bid with its last act.

Nothing here counts bids for a page: before the opening only the opening itself, inside its unit of work, looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from lots.sealing import Sealing
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.bids import ClosingRecord, EnvelopeRecord, OpenedBidRecord, OpeningRecord, SealedBidRecord
from workbench.models.publishing import NoticeRecord
from workbench.models.tenders import TenderRecord
from workbench.opening_rules import KINDS, Hand, Kind, Stand, envelopes_of
from workbench.queries import publishing


@dataclass(frozen=True)
class Act:
    """A tenderer's act on a bid as it is kept: the row, and its envelopes by kind."""

    row: SealedBidRecord
    envelopes: Mapping[str, EnvelopeRecord] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Everything an opening of one kind of envelope needs to know of a tender."""

    tender: TenderRecord
    rules: TenderFile
    kind: Kind
    stand: Stand
    closing: ClosingRecord | None
    begun: OpeningRecord | None

    @property
    def sealing(self) -> Sealing:
        """Return how the bids are sealed."""
        return self.rules.tender.sealing or Sealing()

    @property
    def layers(self) -> Mapping[str, Mapping[str, str]]:
        """Return what the first custodian left: by envelope, by the custodian who goes on, in base64."""
        found: Mapping[str, Mapping[str, str]] = json.loads(self.begun.layers)["layers"] if self.begun else {}
        return found

    @property
    def root(self) -> str:
        """Return the root of the closing checkpoint that the opening goes by."""
        return self.closing.root if self.closing else ""

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """List the last act before the deadline on every bid, and every late arrival."""
        return acts_of(self.tender.id)

    @cached_property
    def shut(self) -> tuple[EnvelopeRecord, ...]:
        """List the envelopes that this opening opens, in the order of their digests."""
        wanted = envelopes_of(self.kind, price_apart=self.stand.price_apart)
        found = [each for act in self.acts for kind, each in act.envelopes.items() if kind in wanted]
        if self.kind == "price":
            opened = set(db.session.scalars(_opened_ids(self.tender.id)))
            found = [act.envelopes["price"] for act in self.acts
                     if act.row.bid_id in opened and "price" in act.envelopes]  # fmt: skip
        return tuple(sorted(found, key=lambda each: each.sha256))


def case_of(tender: TenderRecord, kind: Kind) -> Case | None:
    """Gather what an opening needs; None where the tender is not published or takes no bids here."""
    publication = publishing.publication_of(tender.id)
    if publication is None:
        return None
    rules = publishing.rules_in_force(publication)
    if rules.tender.sealing is None:
        return None
    closing = closing_of(tender)
    openings = openings_of(tender.id)
    begun = openings.get(kind)
    current = begun if begun is not None and _is_current(begun, closing) else None
    return Case(tender, rules, kind, _stand(tender, rules.tender.sealing, closing, openings), closing, current)


def openings_of(tender_id: str) -> dict[str, OpeningRecord]:
    """Return what was begun or done, by kind of envelope."""
    rows = db.session.scalars(select(OpeningRecord).where(OpeningRecord.tender_id == tender_id))
    return {row.kind: row for row in rows}


def closing_of(tender: TenderRecord) -> ClosingRecord | None:
    """Find the closing of a tender for the deadline that it has now."""
    found = db.session.scalars(
        select(ClosingRecord).where(ClosingRecord.tender_id == tender.id).order_by(ClosingRecord.at.desc()).limit(1)
    ).one_or_none()
    return found if found is not None and found.deadline == tender.deadline else None


def _stand(
    tender: TenderRecord, sealing: Sealing, closing: ClosingRecord | None, openings: Mapping[str, OpeningRecord]
) -> Stand:
    opened = frozenset(kind for kind in KINDS if (row := openings.get(kind)) and row.opened_at is not None)
    if "bid" in opened and not sealing.price_apart:
        opened = frozenset(KINDS)
    by_key = sealing.custody == "custodians"
    first = tuple(
        (kind, Hand(row.first_by, row.first_key if by_key else None, row.first_name))
        for kind in KINDS
        if (row := openings.get(kind)) and row.opened_at is None and _is_current(row, closing)
    )
    locked = tender.quality_locked_at is not None
    return Stand(tender.stage, tender.deadline, closing is not None, sealing.price_apart, first, opened, locked)


def _is_current(row: OpeningRecord, closing: ClosingRecord | None) -> bool:
    """Say whether a first part belongs to the closing that holds; a later deadline undoes it."""
    return row.opened_at is not None or (
        closing is not None and bool(json.loads(row.layers).get("closing") == closing.root)
    )


# --- sealed bids --------------------------------------------------------------------------------------------


def acts_of(tender_id: str, *, contents: bool = False) -> tuple[Act, ...]:
    """List the last act in time on every bid, and every late arrival; with ``contents`` the sealed bytes too."""
    rows = db.session.scalars(
        select(SealedBidRecord)
        .where(SealedBidRecord.tender_id == tender_id)
        .order_by(SealedBidRecord.bid_id, SealedBidRecord.version)
    ).all()
    last = {row.bid_id: row for row in rows if row.act != "late"}
    kept = [*last.values(), *(row for row in rows if row.act == "late")]
    envelopes = _envelopes(tender_id, {row.id for row in kept}, contents)
    return tuple(Act(row, envelopes.get(row.id, {})) for row in kept)


def _envelopes(tender_id: str, wanted: set[str], contents: bool) -> dict[str, dict[str, EnvelopeRecord]]:
    query = select(EnvelopeRecord).join(SealedBidRecord).where(SealedBidRecord.tender_id == tender_id)
    if contents:
        query = query.options(undefer(EnvelopeRecord.content)).execution_options(populate_existing=True)
    found: dict[str, dict[str, EnvelopeRecord]] = {}
    for each in db.session.scalars(query):
        if each.sealed_bid_id in wanted:
            found.setdefault(each.sealed_bid_id, {})[each.kind] = each
    return found


def last_change(tender_id: str) -> int:
    """Return the number of the rules that the last change notice brought, which every bid must be confirmed under."""
    changes = select(func.max(NoticeRecord.rule_set)).where(NoticeRecord.kind == "change")
    return db.session.scalar(changes.where(NoticeRecord.tender_id == tender_id)) or 1


def rules_digests(tender_id: str, numbers: Iterable[int]) -> dict[int, str]:
    """Return the digests of some of a tender's rule sets."""
    found = ((number, publishing.rule_set_of(tender_id, number)) for number in sorted(set(numbers)))
    return {number: row.sha256 for number, row in found if row is not None}


# --- opened bids --------------------------------------------------------------------------------------------


def _opened_ids(tender_id: str) -> Select[str]:
    return select(OpenedBidRecord.id).where(OpenedBidRecord.tender_id == tender_id, OpenedBidRecord.state == "opened")


def opened_rows(tender_id: str) -> Sequence[OpenedBidRecord]:
    """List every bid of a tender after its opening, without contents."""
    return db.session.scalars(
        select(OpenedBidRecord)
        .where(OpenedBidRecord.tender_id == tender_id)
        .order_by(OpenedBidRecord.lot, func.length(OpenedBidRecord.letter), OpenedBidRecord.letter, OpenedBidRecord.id)
    ).all()
