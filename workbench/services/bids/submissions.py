"""Submitting a bid, replacing and withdrawing it, until the deadline; and what becomes of one that comes too late.

Everything is decided inside the write lock: the tender is published, the last byte was here before the deadline
(exactly at it is late), the version follows the one before, the keys are those of the rules in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import exists, func, select

from lots.calendar import say_instant
from lots.errors import ProcurementError
from lots.sealing import Sealing
from lots.submission import Binding, LateArrival, PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from workbench import audit
from workbench.arrival_rules import Arrival, may_accept
from workbench.db import db
from workbench.models.audit import ChainRecord
from workbench.models.bids import EnvelopeRecord, SealedBidRecord
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries import publishing as reads
from workbench.sealing.age import content_length
from workbench.sealing.custody import fits
from workbench.sealing.envelope import FLOOR, SealedEnvelope, seal_bid, seal_late
from workbench.sealing.padding import padded_length
from workbench.services import StageError
from workbench.services.bids.receiving import Act, Times, annex_of, keep
from workbench.services.publishing import hold
from workbench.store import Store

LONGEST_ENVELOPE = 4 << 20
"""Bytes of a sealed envelope: texts and figures; files lie in the store."""
_SLACK = timedelta(seconds=2)


class BidError(ProcurementError):
    """An act on a bid that cannot be carried out; nothing was kept."""


class LateError(BidError):
    """A bid that came after the deadline, or exactly at it: it does not count, and another act enters it as late."""


class StaleBidError(BidError):
    """A bid that was submitted or withdrawn meanwhile, or under rules that are no longer those in force."""


def submit(
    tender: TenderRecord,
    publication: PublicationRecord,
    submission: Submission,
    price: PriceEnvelope,
    *,
    mode: str = "server",
    first_byte_at: datetime,
    last_byte_at: datetime,
    at: datetime,
    code: str = "",
    store: Store | None = None,
) -> SealedBidRecord:
    """Seal a bid for one lot and keep it: the first version, or the next, which replaces the one before.

    LateError where it came too late (then call :func:`record_late`). With the tenderer's ``code`` the receipt has an
    annex that only the code opens; with a ``store`` every file named must lie in it.
    """
    times = Times(first_byte_at, last_byte_at, at)
    rules, sealing = _open_rules(tender, publication, times)
    if submission.binding != price.binding:
        raise BidError("The price belongs to another lot, version or bid than the rest: open the page again")
    _check_binding(submission.binding, tender, publication, rules)
    _check_files(submission, store)
    annex = annex_of(submission, price) if code else None
    bound = submission.binding
    act = Act(bound.bid, bound.version, "submitted", mode, seal_bid(submission, price, sealing), annex, code)
    return keep(tender, publication, rules, act, times)


def submit_sealed(
    tender: TenderRecord,
    publication: PublicationRecord,
    binding: Binding,
    envelopes: Sequence[SealedEnvelope],
    *,
    first_byte_at: datetime,
    last_byte_at: datetime,
    at: datetime,
) -> SealedBidRecord:
    """Keep a bid that the tenderer's own device sealed; ``binding`` has no lot, as nobody here may know it."""
    times = Times(first_byte_at, last_byte_at, at)
    rules, sealing = _open_rules(tender, publication, times)
    if not sealing.browser_sealing:
        raise BidError("This tender takes bids that are sealed here only: submit it from its page")
    _check_binding(binding, tender, publication, rules)
    for why in _unfit(envelopes, sealing):
        raise BidError(f"The sealed bid cannot be kept: {why}")
    act = Act(binding.bid, binding.version, "submitted", "browser", tuple(envelopes))
    return keep(tender, publication, rules, act, times)


def withdraw(
    tender: TenderRecord,
    publication: PublicationRecord,
    bid_id: str,
    *,
    first_byte_at: datetime,
    last_byte_at: datetime,
    at: datetime,
) -> SealedBidRecord:
    """Withdraw a bid; until the deadline another version may still be submitted."""
    times = Times(first_byte_at, last_byte_at, at)
    rules, _ = _open_rules(tender, publication, times)
    last, standing = _last(tender, bid_id), _last(tender, bid_id, in_time=True)
    if last is None or standing is None or standing.act != "submitted":
        raise BidError("There is no submitted bid to withdraw: it was withdrawn already, or never submitted")
    return keep(tender, publication, rules, Act(bid_id, last.version + 1, "withdrawn", standing.mode), times)


def record_late(
    tender: TenderRecord,
    publication: PublicationRecord,
    binding: Binding,
    tenderer: str,
    *,
    first_byte_at: datetime,
    last_byte_at: datetime,
    at: datetime,
) -> SealedBidRecord:
    """Enter a bid that came too late: that it came, sealed with who sent it; never the bid itself."""
    times = Times(first_byte_at, last_byte_at, at)
    rules, sealing, arrival = _rules(tender, publication, times)
    if arrival != "late":
        raise StageError(_WAYS[arrival])
    last = _last(tender, binding.bid)
    bound = Binding(
        tender.id, binding.lot, binding.bid, last.version + 1 if last else 1, publication.rule_set, publication.sha256
    )
    envelope = seal_late(LateArrival(bound, tenderer, first_byte_at, last_byte_at), sealing)
    return keep(tender, publication, rules, Act(bound.bid, bound.version, "late", "server", (envelope,)), times)


# --- the rules, in the lock ---------------------------------------------------------------------------------

_WAYS: Mapping[Arrival, str] = {
    "in_time": "The deadline has not passed: submit the bid instead",
    "closed": "This tender takes no bids any more: it was closed or cancelled",
}


def _open_rules(tender: TenderRecord, publication: PublicationRecord, times: Times) -> tuple[TenderFile, Sealing]:
    """Return the rules in force where bids are taken at this moment; LateError or StageError otherwise."""
    rules, sealing, arrival = _rules(tender, publication, times)
    if arrival == "late":
        deadline = say_instant(rules.tender.deadline)
        raise LateError(f"This came after the deadline, {deadline}, or exactly at it, so it does not count")
    if arrival == "closed":
        raise StageError(_WAYS[arrival])
    return rules, sealing


def _rules(tender: TenderRecord, publication: PublicationRecord, times: Times) -> tuple[TenderFile, Sealing, Arrival]:
    """Take the tender's row and judge the arrival by the frozen rules, never by what a column says."""
    hold(tender)
    db.session.refresh(publication)
    rules = reads.rules_in_force(publication)
    sealing = rules.tender.sealing
    if sealing is None:
        raise StageError("The bids of this tender are not received here")
    _check_clock(tender, times)
    return rules, sealing, may_accept(tender.stage, rules.tender.deadline, times.last_byte_at)


def _check_clock(tender: TenderRecord, times: Times) -> None:
    """Refuse times that cannot be: the clock of the server was set back, while this came in or before."""
    ended = db.session.scalar(select(ChainRecord.last_at).where(ChainRecord.name == audit.tender_chain(tender.id)))
    kept = db.session.scalar(
        select(func.max(SealedBidRecord.committed_at)).where(SealedBidRecord.tender_id == tender.id)
    )
    before = [moment for moment in (ended, kept) if moment is not None]
    in_order = times.first_byte_at <= times.last_byte_at <= times.at
    if not in_order or any(times.at < moment - _SLACK for moment in before):
        raise audit.ClockError(
            "The clock of the server was set back, so the time of this bid cannot be told. Nothing was kept: set the "
            "clock right and try again"
        )


def _check_binding(binding: Binding, tender: TenderRecord, publication: PublicationRecord, rules: TenderFile) -> None:
    if binding.tender != tender.id:
        raise BidError("This bid was made for another tender")
    if binding.lot and binding.lot not in {lot.id for lot in rules.tender.contract_lots}:
        raise BidError("This bid is for a lot that the tender does not have")
    if (binding.rule_set, binding.rules_sha256) != (publication.rule_set, publication.sha256):
        raise StaleBidError("The rules were changed meanwhile: read what changed, confirm it, then submit again")
    last = _last(tender, binding.bid)
    if binding.version != (last.version + 1 if last else 1):
        raise StaleBidError("This bid was submitted or withdrawn meanwhile: open its page again before you go on")


def _last(tender: TenderRecord, bid_id: str, *, in_time: bool = False) -> SealedBidRecord | None:
    """Find the last act on a bid, or the last that came in time; BidError for a bid of another tender."""
    wanted = select(SealedBidRecord).where(SealedBidRecord.bid_id == bid_id)
    if in_time:
        wanted = wanted.where(SealedBidRecord.act != "late")
    last = db.session.scalar(wanted.order_by(SealedBidRecord.version.desc()).limit(1))
    if last is not None and last.tender_id != tender.id:
        raise BidError("This bid belongs to another tender")
    return last


def _check_files(submission: Submission, store: Store | None) -> None:
    for document in submission.documents if store else ():
        if not store.has(document.sealed_sha256):  # type: ignore[union-attr]
            raise BidError(f"The file “{document.name}” is not here any more: send it again")


def _unfit(envelopes: Sequence[SealedEnvelope], sealing: Sealing) -> Iterator[str]:
    """Say what keeps envelopes sealed elsewhere from being kept; what is inside them nobody here can see."""
    if sorted(each.kind for each in envelopes) != ["bid", "price"]:
        yield "it must have one envelope for the bid and one for the price"
    for each in envelopes:
        size = content_length(each.content)
        if len(each.content) > LONGEST_ENVELOPE:
            yield f"the envelope “{each.kind}” is longer than {LONGEST_ENVELOPE} bytes"
        if size is None or size < FLOOR or padded_length(size) != size:
            yield f"the envelope “{each.kind}” is not whole, or not padded"
        if sha256(each.content).hexdigest() != each.sha256:
            yield f"the envelope “{each.kind}” has another digest than it says"
        if not fits(each.wraps, sealing):
            yield f"the envelope “{each.kind}” is not sealed for the custodians of this tender"
    digests = {each.sha256 for each in envelopes}
    if len(digests) < len(envelopes) or db.session.scalar(select(exists().where(EnvelopeRecord.sha256.in_(digests)))):
        yield "a copy of one of its envelopes is here already"
