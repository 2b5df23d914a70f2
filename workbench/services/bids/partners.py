"""Asking partners to confirm their own figures, asking again when those change, and taking their answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from lots.lot import Lot
from workbench.db import db, new_id
from workbench.models.bids import PartnerLinkRecord
from workbench.queries.bids import partners as reads
from workbench.queries.bids.drafts import BidDraft
from workbench.queries.bids.partners import Offer, PartnerPage, Reply
from workbench.sealing import drafts
from workbench.services import StageError, StaleError
from workbench.services.bids.keeping import DraftError, check_open, keep, record
from workbench.workspace import PartnerKey, partner_key

FLOOR = 1024  # bytes that the shortest offer or answer takes


def ask(draft: BidDraft, lot: Lot, organisation: str, *, at: datetime) -> BidDraft:
    """Make a link by which a partner sees and confirms its own figures; a link there was before ends."""
    check_open(draft.invitation, at)
    offer = reads.offers(draft, lot).get(organisation)
    if offer is None:
        raise DraftError("That organisation takes no part in the split of this lot as it stands: save the split first")
    _end(draft, lot, organisation, at)
    secret, link = drafts.new_secret(), new_id()
    db.session.add(
        PartnerLinkRecord(
            id=link, draft_id=draft.id, lookup=drafts.lookup_of(secret), version=1,
            offer=_sealed(secret, link, 1, offer, "offer"), offered_at=at,
        )
    )  # fmt: skip
    db.session.flush()
    keys = {**draft.workspace.partners, partner_key(lot.id, organisation): PartnerKey(link, secret)}
    return keep(draft, replace(draft.workspace, partners=keys), "partner_asked", at=at)


def withdraw(draft: BidDraft, lot: Lot, organisation: str, *, at: datetime) -> BidDraft:
    """End a partner's link; whoever opens it is told."""
    check_open(draft.invitation, at)
    _end(draft, lot, organisation, at)
    return keep(draft, draft.workspace, "partner_link_withdrawn", at=at)


def refresh(draft: BidDraft, at: datetime) -> None:
    """Bring every link up to what the draft says now; only what a partner would see anew is asked again."""
    if not draft.workspace.partners:
        return
    rows = reads.rows_of(draft.id)
    now = {lot.id: reads.offers(draft, lot) for lot in draft.invitation.lots}
    for place, key in draft.workspace.partners.items():
        lot, _, organisation = place.partition("/")
        row, offer = rows.get(key.link), now.get(lot, {}).get(organisation)
        if row is None or row.withdrawn_at is not None:
            continue
        if offer is None:
            offer = _left_out(reads.offer_in(row, key.secret))
        if offer != reads.offer_in(row, key.secret):
            version = row.version + 1
            row.offer, row.version, row.offered_at = _sealed(key.secret, row.id, version, offer, "offer"), version, at
    db.session.flush()


def _left_out(offer: Offer) -> Offer:
    """Say that the bid gives a partner nothing any more: its figures are gone until it is named again."""
    return replace(offer, allocated=(), kept_back=(), passed_on=(), share="")


def answer(page: PartnerPage, secret: str, reply: Reply, *, version: int, at: datetime) -> None:
    """Take a partner's answer to the figures of a version; StaleError where they changed while it read them."""
    if page.link.withdrawn_at is not None:
        raise StageError("This link was withdrawn by the lead: ask it for a new one")
    check_open(page.invitation, at)
    if version != page.link.version:
        raise StaleError({"your answer": reply.words}, {"your answer": "The figures changed while you read them"})
    done = db.session.execute(
        update(PartnerLinkRecord)
        .where(PartnerLinkRecord.id == page.link.id, PartnerLinkRecord.version == version)
        .values(reply=_sealed(secret, page.link.id, version, reply, "reply"), replied_to=version, replied_at=at)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleError({"your answer": reply.words}, {})
    record("partner_answered", page.link.draft_id, version, at)


def _end(draft: BidDraft, lot: Lot, organisation: str, at: datetime) -> None:
    key = draft.workspace.partners.get(partner_key(lot.id, organisation))
    if key is not None:
        ended = update(PartnerLinkRecord).where(PartnerLinkRecord.id == key.link)
        db.session.execute(ended.where(PartnerLinkRecord.withdrawn_at.is_(None)).values(withdrawn_at=at))


def _sealed(secret: str, link: str, version: int, value: Offer | Reply, purpose: str) -> bytes:
    return drafts.encrypt(secret, link, version, reads.written(value), purpose, floor=FLOOR)
