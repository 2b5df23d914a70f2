"""A bid as a file that a tenderer takes home: what its draft holds, with an empty place for all that is asked."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from exports import submission as codec
from exports.codec import record
from lots.bid import Party, RequirementResponse
from lots.lot import Lot
from lots.money import ZERO
from lots.organisation import Organisation
from lots.submission import Answer, Binding
from workbench.queries.bids.building import Built, asked_of, build
from workbench.queries.bids.drafts import BidDraft
from workbench.workspace import LotBid

FORMAT = "bid-file/1"
_LEAD = "lead"


@dataclass(frozen=True)
class HomeLot:
    """A lot for which a bid may be sealed at home: what its file must be bound to, and whether a bid stands."""

    lot: Lot
    binding: Binding
    stands: bool

    @property
    def binding_json(self) -> str:
        """Write the binding for the page that compares it."""
        return json.dumps(record.write(self.binding))


def lots_at_home(draft: BidDraft) -> tuple[HomeLot, ...]:
    """List the lots with what their next bids must be bound to."""
    return tuple(_at_home(draft, lot) for lot in draft.invitation.lots)


def next_bid(draft: BidDraft, lot: Lot) -> LotBid:
    """Return the bid of a lot; one that was never sent has the id that follows from the tenderer's code."""
    found = draft.workspace.bids.get(lot.id)
    return found or LotBid(_id_from(draft.code, draft.invitation.tender.id, lot.id))


def _id_from(code: str, tender_id: str, lot_id: str) -> str:
    made = hmac.new(code.encode(), f"bid\0{tender_id}\0{lot_id}".encode(), sha256).digest()
    return str(UUID(bytes=made[:16], version=4))


def _at_home(draft: BidDraft, lot: Lot) -> HomeLot:
    bid, publication = next_bid(draft, lot), draft.invitation.publication
    tender = draft.invitation.tender.id
    bound = Binding(tender, lot.id, bid.id, bid.version + 1, publication.rule_set, publication.sha256)
    return HomeLot(lot, bound, bid.stands)


def bid_file(draft: BidDraft, lot: Lot) -> bytes:
    """Write the file of a lot, readable for people; documents are left out, as they are sealed with it."""
    bid = next_bid(draft, lot)
    built = _with_places(build(draft, lot, bid.id, bid.version + 1), draft, lot)
    submission, price = (_open(each) for each in (built.submission, built.price))
    told = {"format": FORMAT, "bid": submission, "price": price}
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def _open(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(codec.write(value))
    return found


def _with_places(built: Built, draft: BidDraft, lot: Lot) -> Built:
    """Put an empty place where the draft says nothing yet."""
    it, asked = built.submission, asked_of(draft, lot)
    answered, responded = {each.criterion for each in it.answers}, {each.requirement for each in it.responses}
    organisations = it.organisations or (Organisation(_LEAD, "The name of your organisation"),)
    unanswered = (Answer(each.criterion, "") for each in asked.questions if each.criterion not in answered)
    open_ones = (RequirementResponse(each.id, False) for each in lot.requirements if each.id not in responded)
    submission = replace(
        it,
        organisations=organisations,
        parties=it.parties or (Party(organisations[0].id, "lead"),),
        answers=(*it.answers, *unanswered),
        responses=(*it.responses, *open_ones),
        documents=(),
    )
    prices = built.price.prices or (ZERO,) * lot.years
    return Built(submission, replace(built.price, prices=prices))
