"""Submitting what a draft holds for one lot, withdrawing it, and entering what came too late.

The act itself, its seal and its event are :mod:`workbench.services.bids.submissions`; here the draft is read and
remembers, encrypted, what was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lots.lot import Lot
from lots.submission import Binding
from workbench.db import db, new_id
from workbench.models.bids import DraftFileRecord
from workbench.queries.bids.building import Built, build
from workbench.queries.bids.drafts import BidDraft
from workbench.queries.bids.partners import confirmations
from workbench.sealing.envelope import SealedEnvelope
from workbench.services import StageError
from workbench.services.bids import submissions
from workbench.services.bids.keeping import put
from workbench.store import Store
from workbench.workspace import SEALED_AT_HOME, LotBid


@dataclass(frozen=True)
class Arrival:
    """When a request began to arrive, when all of it was here, and what time it is now."""

    first_byte_at: datetime
    last_byte_at: datetime
    at: datetime


def send(draft: BidDraft, lot: Lot, *, digest: str, arrival: Arrival, store: Store) -> BidDraft:
    """Submit the bid for a lot as the page showed it; LateError where it came too late, with nothing kept yet.

    ``digest`` is that of what the page showed; StageError where the draft holds something else by now.
    """
    bid = draft.workspace.bids.get(lot.id) or LotBid(new_id())
    built = _built(draft, lot, bid)
    if built.digest != digest and draft.invitation.is_open(arrival.last_byte_at):
        raise StageError("The bid was changed after this page was opened: look at it as it is now, then submit it")
    row = submissions.submit(
        draft.invitation.tender, draft.invitation.publication, built.submission, built.price, mode="server",
        first_byte_at=arrival.first_byte_at, last_byte_at=arrival.last_byte_at, at=arrival.at, code=draft.code,
        store=store,
    )  # fmt: skip
    done = replace(bid, digest=built.digest, rule_set=row.rule_set)
    return _remember(draft, lot, done, row.version, "submitted", arrival.at)


def send_sealed(
    draft: BidDraft,
    bid: LotBid,
    lot: Lot,
    envelopes: Sequence[SealedEnvelope],
    files: Sequence[tuple[str, int]],
    *,
    arrival: Arrival,
) -> BidDraft:
    """Keep a bid that the tenderer's device sealed, with its sealed documents (digest, size), which lie in the store.

    LateError where it came too late, with nothing kept yet.
    """
    publication = draft.invitation.publication
    bound = Binding(draft.invitation.tender.id, "", bid.id, bid.version + 1, publication.rule_set, publication.sha256)
    row = submissions.submit_sealed(
        draft.invitation.tender, publication, bound, envelopes, first_byte_at=arrival.first_byte_at,
        last_byte_at=arrival.last_byte_at, at=arrival.at,
    )  # fmt: skip
    db.session.add_all(
        DraftFileRecord(draft_id=draft.id, sealed_sha256=digest, sealed_size=size, received_at=arrival.at)
        for digest, size in files
    )
    done = replace(bid, digest=SEALED_AT_HOME, rule_set=row.rule_set)
    return _remember(draft, lot, done, row.version, "submitted", arrival.at)


def withdraw(draft: BidDraft, lot: Lot, *, arrival: Arrival) -> BidDraft:
    """Take the bid for a lot back."""
    bid = draft.workspace.bids.get(lot.id)
    if bid is None or not bid.stands:
        raise StageError("There is no bid for this lot that could be withdrawn")
    row = submissions.withdraw(
        draft.invitation.tender, draft.invitation.publication, bid.id,
        first_byte_at=arrival.first_byte_at, last_byte_at=arrival.last_byte_at, at=arrival.at,
    )  # fmt: skip
    return _remember(draft, lot, bid, row.version, "withdrawn", arrival.at)


def enter_late(draft: BidDraft, lot: Lot, *, arrival: Arrival) -> BidDraft:
    """Enter that a bid came too late: who, which lot, when; never the bid itself."""
    bid = draft.workspace.bids.get(lot.id) or LotBid(new_id())
    built = _built(draft, lot, bid)
    row = submissions.record_late(
        draft.invitation.tender, draft.invitation.publication, built.submission.binding, tenderer_of(built),
        first_byte_at=arrival.first_byte_at, last_byte_at=arrival.last_byte_at, at=arrival.at,
    )  # fmt: skip
    return _remember(draft, lot, bid, row.version, "late", arrival.at)


def tenderer_of(built: Built) -> str:
    """Name who leads a bid, as far as it says."""
    names = {each.id: each.name for each in built.submission.organisations}
    lead = next((each.organisation for each in built.submission.parties if each.role == "lead"), "")
    return names.get(lead, "") or next(iter(names.values()), "")


def _built(draft: BidDraft, lot: Lot, bid: LotBid) -> Built:
    return build(draft, lot, bid.id, bid.version + 1, confirmations(draft, lot))


def _remember(draft: BidDraft, lot: Lot, bid: LotBid, version: int, act: str, at: datetime) -> BidDraft:
    told = (version, act, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}")
    done = replace(bid, version=version, acts=(*bid.acts, told))
    return put(draft, replace(draft.workspace, bids={**draft.workspace.bids, lot.id: done}), at)
