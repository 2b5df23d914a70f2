"""Recording what happens between the letters and the signature, and the signature: never before its earliest day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

from sqlalchemy import func, select

from lots.calendar import london
from workbench import audit, policies
from workbench.db import db
from workbench.models.awards import ContractSignatureRecord, StandstillEventRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.awards.standstill import position_of
from workbench.services.publishing import held_publication
from workbench.signing_rules import Event, Kind, SigningError, check_event, refusal, stage_after, stage_signed


def record(
    tender: TenderRecord, kind: str, day: date, *, lot: str = "", text: str = "", actor: Actor, at: datetime
) -> StandstillEventRecord:
    """Record something that happened; the notice (under the Act) or the end of the standstill makes the award."""
    held_publication(tender)
    policies.check(actor, Permission.STANDSTILL_RECORD, tender)
    today = london(at).date()
    found = position_of(tender, today)
    event = Event(cast(Kind, kind), day, lot)
    check_event(found.facts, event, text, [each.lot.lot.id for each in found.lots if not each.signed], today)
    made = StandstillEventRecord(
        tender_id=tender.id, number=_next(tender.id), lot=lot, kind=kind, day=day.isoformat(), text=text.strip(),
        made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(made)
    tender.stage = stage_after(found.facts, event, tender.stage)
    _done("standstill_recorded", tender, {"kind": kind, "day": made.day, "lot": lot, "text": made.text}, actor, at)
    return made


def sign(tender: TenderRecord, lot: str, signed_on: date, *, actor: Actor, at: datetime) -> ContractSignatureRecord:
    """Record that a lot's contract was signed; SigningError says from when it may be, or what stands against it."""
    held_publication(tender)
    policies.check(actor, Permission.CONTRACT_SIGN, tender)
    today = london(at).date()
    found = position_of(tender, today)
    awarded = found.lot(lot)
    if awarded is None:
        raise SigningError("This lot is not awarded, so there is no contract to sign")
    if awarded.signed is not None:
        raise SigningError("The signature of this contract is recorded already")
    if why := refusal(found.facts, lot, awarded.lot.lot.title, signed_on, today):
        raise SigningError(why)
    made = ContractSignatureRecord(
        tender_id=tender.id, lot=lot, bid_id=awarded.winner.bid.id, signed_on=signed_on.isoformat(),
        made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(made)
    signed = [lot, *(each.lot.lot.id for each in found.lots if each.signed)]
    tender.stage = stage_signed(signed, (each.lot.lot.id for each in found.lots))
    details = {"lot": lot, "bid": made.bid_id, "tenderer": awarded.winner.tenderer.name, "signed_on": made.signed_on}
    _done("contract_signed", tender, details, actor, at)
    return made


def _next(tender_id: str) -> int:
    """Return the number of the next event."""
    last = select(func.max(StandstillEventRecord.number)).where(StandstillEventRecord.tender_id == tender_id)
    return (db.session.scalar(last) or 0) + 1


def _done(action: str, tender: TenderRecord, details: Mapping[str, object], actor: Actor, at: datetime) -> None:
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)
