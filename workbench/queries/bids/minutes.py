"""The record of an opening, put together from what was written down when it happened."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select

from exports.reports.opening_record import (
    Closing,
    Holder,
    Line,
    Opener,
    OpeningMinutes,
    opening_minutes,
)
from lots.recipients import fingerprint
from lots.sealing import Sealing
from workbench.db import db
from workbench.models.bids import EnvelopeRecord, OpenedBidRecord, OpeningRecord, SealedBidRecord
from workbench.models.tenders import TenderRecord
from workbench.opening_rules import Kind
from workbench.queries import publishing
from workbench.queries.bids.openings import closing_of, opened_rows, openings_of

PRICE_FAULT = "Price envelope: "
SERVER_KEY = "The server’s key"


def minutes_of(tender: TenderRecord, kind: Kind) -> OpeningMinutes | None:
    """Put the record of an opening together; None before it."""
    row, closing = openings_of(tender.id).get(kind), closing_of(tender)
    publication = publishing.publication_of(tender.id)
    if row is None or row.opened_at is None or closing is None or publication is None:
        return None
    rules = publishing.rules_in_force(publication)
    sealing, kept = rules.tender.sealing or Sealing(), json.loads(row.layers)
    told = Closing(
        closing.deadline, closing.at, closing.size, closing.root, int(kept["found"]), tuple(map(str, kept["wrong"]))
    )
    holders = [Holder(each.title, fingerprint(each.recipient)) for each in sealing.custodians]
    return opening_minutes(rules, kind, _openers(row, sealing), holders, told, tuple(_lines(tender.id, kind, sealing)))


def _openers(row: OpeningRecord, sealing: Sealing) -> tuple[Opener, Opener]:
    first = Opener(row.first_name, *_key(sealing, row.first_key), row.first_at)
    return first, Opener(row.second_name, *_key(sealing, row.second_key or 0), row.opened_at or row.first_at)


def _key(sealing: Sealing, place: int) -> tuple[str, str]:
    if sealing.custody == "server":
        return SERVER_KEY, fingerprint(sealing.server_recipient) if sealing.server_recipient else ""
    custodian = sealing.custodians[place]
    return custodian.title, fingerprint(custodian.recipient)


def _lines(tender_id: str, kind: Kind, sealing: Sealing) -> Iterator[Line]:
    versions, digests = _versions(tender_id), _digests(tender_id)
    for row in opened_rows(tender_id):
        if kind == "price" and row.state != "opened":
            continue
        state, words = _said(row, kind)
        yield Line(
            bid=row.id, state=state, received_at=row.received_at, lot=row.lot, tenderer=row.tenderer,  # type: ignore[arg-type]
            letter=row.letter, version=versions.get(row.sealed_bid_id, 0), words=words,
            digests=tuple(_shown(digests.get(row.sealed_bid_id, {}), kind, sealing)),
        )  # fmt: skip


def _said(row: OpenedBidRecord, kind: Kind) -> tuple[str, str]:
    """Return state and words for one kind of envelope: what the price says later does not change the first record."""
    about_price = [text.removeprefix(PRICE_FAULT) for text in row.fault.split("\n") if text.startswith(PRICE_FAULT)]
    others = [text for text in row.fault.split("\n") if not text.startswith(PRICE_FAULT)]
    if kind == "price":
        return ("failed" if about_price else "opened"), " ".join(about_price)
    return row.state, " ".join(others)


def _shown(digests: dict[str, str], kind: Kind, sealing: Sealing) -> Iterator[tuple[str, str]]:
    for name in ("bid", "price", "late"):
        if name in digests and (kind == "bid" or name == "price"):
            shut = name == "price" and kind == "bid" and sealing.price_apart
            yield f"{name} (shut)" if shut else name, digests[name]


def _versions(tender_id: str) -> dict[str, int]:
    query = select(SealedBidRecord.id, SealedBidRecord.version).where(SealedBidRecord.tender_id == tender_id)
    return {row.id: row.version for row in db.session.execute(query)}


def _digests(tender_id: str) -> dict[str, dict[str, str]]:
    query = select(EnvelopeRecord.sealed_bid_id, EnvelopeRecord.kind, EnvelopeRecord.sha256).join(SealedBidRecord)
    found: dict[str, dict[str, str]] = {}
    for name, kind, digest in db.session.execute(query.where(SealedBidRecord.tender_id == tender_id)):
        found.setdefault(name, {})[kind] = digest
    return found
