"""How an act of a tenderer on a bid is kept: the row, its envelopes, one event of the bid's own log, and the receipt.

The tender's own log hears nothing of it, so that neither history nor numbers tell anybody how many bids there are.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from exports import submission as codec
from lots.sealing import Sealing
from lots.submission import PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from workbench import __version__, audit
from workbench.chain import canonical
from workbench.db import db, new_id
from workbench.models.audit import EventRecord
from workbench.models.bids import EnvelopeRecord, SealedBidRecord
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.receipts_key import current_signer
from workbench.sealing import drafts
from workbench.sealing import receipt as receipts
from workbench.sealing.envelope import SealedEnvelope
from workbench.sealing.receipt import Annex, Receipt

_SALT = 32  # bytes
_ANNEX_FLOOR = 2048


@dataclass(frozen=True)
class Times:
    """When a request began, when all of it was here, and when it is committed: one clock."""

    first_byte_at: datetime
    last_byte_at: datetime
    at: datetime


@dataclass(frozen=True)
class Act:
    """What a tenderer does with a bid: the version it makes, in which way, sealed by whom; ``code`` is theirs."""

    bid: str
    version: int
    act: str
    mode: str
    envelopes: tuple[SealedEnvelope, ...] = ()
    annex: Annex | None = None
    code: str = ""


def bid_chain(bid_id: str) -> str:
    """Name the log of a bid."""
    return f"bid:{bid_id}"


def authority_of(tender: TenderRecord) -> str:
    """Name the authority as logs do: in one line."""
    return " ".join(tender.authority.short_name.split())


def annex_of(submission: Submission, price: PriceEnvelope) -> Annex:
    """Gather what only the tenderer may know of what they sent: lot, name, files, digests of what was sealed."""
    names = {each.id: each.name for each in submission.organisations}
    lead = next((each.organisation for each in submission.parties if each.role == "lead"), "")
    documents = [
        {"name": it.name, "size": it.size, "sha256": it.sha256, "sealed_sha256": it.sealed_sha256}
        for it in submission.documents
    ]
    contents = {
        "bid": sha256(codec.write(submission)).hexdigest(),
        "price": sha256(codec.write(price)).hexdigest(),
    }
    said = {"lot": submission.binding.lot, "tenderer": names.get(lead, lead), "documents": documents}
    return Annex(secrets.token_hex(_SALT), {**said, "contents": contents})


def keep(
    tender: TenderRecord, publication: PublicationRecord, rules: TenderFile, act: Act, times: Times
) -> SealedBidRecord:
    """Keep an act: row, envelopes, event, receipt."""
    facts = _facts(tender, publication, rules, act, times)
    event = audit.record(
        receipts.ACTIONS[act.act], tender.title, chain=bid_chain(act.bid), actor=None, at=times.at, details=facts
    )
    receipt = receipts.write(_receipt(facts, event))
    row = SealedBidRecord(
        id=new_id(), tender_id=tender.id, bid_id=act.bid, version=act.version, act=act.act, mode=act.mode,
        rule_set=publication.rule_set, rules_sha256=publication.sha256, first_byte_at=times.first_byte_at,
        last_byte_at=times.last_byte_at, committed_at=times.at, receipt=receipt, annex=b"",
    )  # fmt: skip
    if act.annex is not None:
        row.annex = seal_annex(act.annex, row.id, act.version, act.code)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_envelope_row(row.id, each) for each in act.envelopes)
    db.session.flush()
    return row


def seal_annex(annex: Annex, row_id: str, version: int, code: str) -> bytes:
    """Encrypt an annex under the tenderer's code."""
    return drafts.encrypt(code, row_id, version, canonical(annex.data()), "receipt", floor=_ANNEX_FLOOR)


def _envelope_row(row_id: str, envelope: SealedEnvelope) -> EnvelopeRecord:
    wraps = canonical(dict(envelope.wraps)).decode()
    return EnvelopeRecord(
        sealed_bid_id=row_id, kind=envelope.kind, sha256=envelope.sha256, wraps=wraps, content=envelope.content
    )


def _facts(
    tender: TenderRecord, publication: PublicationRecord, rules: TenderFile, act: Act, times: Times
) -> dict[str, Any]:
    """Say everything that a receipt says, for the event to hold."""
    plan = rules.tender
    return {
        "authority": authority_of(tender),
        "tender": tender.id,
        "reference": plan.reference,
        "title": plan.title,
        "deadline": instant(plan.deadline),
        "bid": act.bid,
        "version": act.version,
        "act": act.act,
        "mode": act.mode,
        "rule_set": publication.rule_set,
        "rules_sha256": publication.sha256,
        "first_byte_at": instant(times.first_byte_at),
        "last_byte_at": instant(times.last_byte_at),
        "committed_at": instant(times.at),
        "envelopes": [_told(each) for each in act.envelopes],
        "annex_sha256": act.annex.digest if act.annex else "",
        **_custody(plan.sealing or Sealing()),
        "software": f"tender-evaluation-workbench {__version__}",
    }


def _told(envelope: SealedEnvelope) -> Mapping[str, Any]:
    return {"kind": envelope.kind, "sha256": envelope.sha256, "size": len(envelope.content)}


def _custody(sealing: Sealing) -> dict[str, Any]:
    keys = [{"title": each.title, "recipient": each.recipient} for each in sealing.custodians]
    if sealing.custody == "server":
        keys = [{"title": "The server", "recipient": sealing.server_recipient}]
    return {"custody": sealing.custody, "keys": keys}


def _receipt(facts: Mapping[str, Any], event: EventRecord) -> Receipt:
    """Make the receipt of an event: its place in the bid's log, and that log's checkpoint, signed."""
    wanted = select(EventRecord.leaf).where(EventRecord.chain == event.chain).order_by(EventRecord.seq)
    leaves, signer = tuple(db.session.scalars(wanted)), current_signer()
    made = receipts.issue(facts, event.canon.decode(), event.salt.hex(), leaves, signer)
    if (made.seq, made.leaf) != (event.seq, event.leaf) or receipts.check(made, signer.public):
        raise RuntimeError("The receipt does not hold as it was made: the log of the bid is not whole")
    return made


def instant(moment: datetime) -> str:
    """Write a moment as events do: UTC, to the microsecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
