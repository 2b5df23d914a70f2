"""An award as an OCDS release (1.1.5): who won which lot, for how much, shared how, and when it may be signed.

The public build holds what may be published: the awards with their suppliers, counts of the bids, and who shares in the
money. No bid that lost, no score but the winner's own, no name of a panel member; what the decision withholds is left
out and named with its ground. The restricted build holds every bid, score, reason and interest.

Beside the extensions of :mod:`exports.ocds.release`: bids, and the scale of organisations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from exports.notices.standstill import UNDER_THE_ACT, missing_dates, period_of, standstill_of
from exports.ocds.award_parties import award_parties, organisation_ids, reference_to
from exports.ocds.bids import assessment, bids_of
from exports.ocds.lots import period
from exports.ocds.numbers import money
from exports.ocds.release import EXTENSIONS, ReleaseDocument, items_of, release_document, release_of, tender_object
from exports.ocds.sharing import shared, subcontracting
from exports.ocds.times import day_end, day_start
from exports.ocds.withholding import Disclosure, disclosure
from exports.rule_changes import rule_set_digest
from lots.calendar import Standstill
from lots.regime import Regime
from lots.tender import Clarification
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation, Recommendation

AWARD_EXTENSIONS: Final = (
    *EXTENSIONS,
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_partyDetails_scale_extension/master/extension.json",
)


@dataclass(frozen=True)
class AwardFacts:
    """What a release says beside the evaluation: its identifier, its dates, and which contracts were signed when.

    ``number`` counts the releases about the award (1 = the first); ``released_at`` is when this one is made.
    """

    ocid: str
    published_at: datetime
    released_at: datetime
    number: int = 1
    signed: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    documents: tuple[ReleaseDocument, ...] = ()
    award_documents: tuple[ReleaseDocument, ...] = ()
    questions: tuple[Clarification, ...] = ()


def award_release(evaluation: Evaluation, facts: AwardFacts, *, restricted: bool = False) -> dict[str, Any]:
    """Make the release about an award; it is a ``contract`` release once a contract is signed."""
    file = evaluation.file
    told, ids = disclosure(file.award, restricted=restricted), organisation_ids(file.organisations)
    statuses = {lot.lot.id: _lot_status(evaluation.recommendation(lot.lot.id)) for lot in evaluation.lots}
    tender = tender_object(
        file, facts.published_at, rule_set_digest(file), facts.documents, facts.questions, _whole(statuses), statuses
    )
    tag, build = ("contract" if facts.signed else "award"), "-restricted" if restricted else ""
    made = release_of(file, facts.ocid, f"{facts.ocid}-award-{facts.number}{build}", facts.released_at, tag, tender)
    made["parties"] = _merged([*made["parties"], *award_parties(evaluation, ids, told)])
    made["bids"] = bids_of(evaluation, ids, told)
    made["awards"] = [
        _award(evaluation, lot, ids, disclosure(file.award, restricted=restricted, lot=lot.lot.id), facts)
        for lot in evaluation.lots
        if _decided(evaluation, lot)
    ]
    if facts.signed:
        made["contracts"] = list(_contracts(evaluation, facts, restricted))
    return {**made, **(dict(_inside(evaluation, ids)) if restricted else {})}


def _merged(parties: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep every party once: an organisation may be buyer and tenderer, or stand in the file under two names."""
    found: dict[str, dict[str, Any]] = {}
    for party in parties:
        before = found.get(party["id"])
        roles = list(dict.fromkeys([*(before["roles"] if before else ()), *party["roles"]]))
        found[party["id"]] = {**party, **(before or {}), "roles": roles}
    return list(found.values())


def _lot_status(recommendation: Recommendation) -> str:
    """Say what became of a lot: awarded, without a bid that could win, or still open."""
    if recommendation.winner is not None:
        return "complete"
    return "unsuccessful" if [it.code for it in recommendation.open_points] == ["no_bid_left"] else "active"


def _whole(statuses: Mapping[str, str]) -> str:
    if "active" in statuses.values() or not statuses:
        return "active"
    return "complete" if "complete" in statuses.values() else "unsuccessful"


def _decided(evaluation: Evaluation, lot: LotEvaluation) -> bool:
    return _lot_status(evaluation.recommendation(lot.lot.id)) != "active"


# --- the award of one lot -----------------------------------------------------------------------------------


def _award(
    evaluation: Evaluation, lot: LotEvaluation, ids: Mapping[str, str], told: Disclosure, facts: AwardFacts
) -> dict[str, Any]:
    winner, award = evaluation.recommendation(lot.lot.id).winner, evaluation.file.award
    found: dict[str, Any] = {
        "id": f"award-{lot.lot.id}",
        "title": lot.lot.title,
        "status": _award_status(evaluation, lot, facts),
        "date": day_start(award.decided_on) if award and award.decided_on else "",
        "relatedLots": [lot.lot.id],
        "items": list(items_of([lot.lot])),
        "mainProcurementCategory": "services",
        **_above(evaluation.file.tender.regime),
        **_dates(evaluation),
    }
    if winner is not None:
        found |= _won(evaluation, lot, winner, ids, told)
        found["documents"] = [release_document(each) for each in facts.award_documents]
        found["x_withheld"] = list(told.told())
    return {key: value for key, value in found.items() if value not in ("", [], {})}


def _won(
    evaluation: Evaluation, lot: LotEvaluation, winner: BidResult, ids: Mapping[str, str], told: Disclosure
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": money(winner.bid.price, evaluation.file.tender.vat) if told.price else {},
        "suppliers": [reference_to(evaluation, ids, winner.tenderer.id)],
        "contractPeriod": period(lot.lot.term) if lot.lot.term else {},
        **subcontracting(evaluation, ids, winner, told),
        "x_collaboration": shared(evaluation, ids, lot, winner, told),
    }
    if told.restricted:
        found |= {"relatedBid": winner.bid.id, "relatedBids": [winner.bid.id]}
        found["x_reasons"] = list(evaluation.recommendation(lot.lot.id).reasons)
    if told.marks and told.price:
        found["x_assessment"] = assessment(lot, winner)
    return found


def _award_status(evaluation: Evaluation, lot: LotEvaluation, facts: AwardFacts) -> str:
    """An award is pending until its contract is signed: it may still be challenged, suspended or not be signed."""
    if evaluation.recommendation(lot.lot.id).winner is None:
        return "unsuccessful"
    return "active" if lot.lot.id in facts.signed else "pending"


def _above(regime: Regime) -> dict[str, bool]:
    return {} if regime is Regime.GRANT else {"aboveThreshold": regime is not Regime.BELOW_THRESHOLD}


def _dates(evaluation: Evaluation) -> dict[str, Any]:
    """Write when summaries or letters were sent, and the standstill, as far as it is known."""
    award, tender = evaluation.file.award, evaluation.file.tender
    if award is None:
        return {}
    under_the_act = tender.regime in UNDER_THE_ACT
    name = "assessmentSummariesDateSent" if under_the_act else "x_standstillLettersDateSent"
    found: dict[str, Any] = {name: day_start(award.notices_sent)} if award.notices_sent else {}
    counted_from = period_of(award, tender)
    if list(missing_dates(counted_from)):
        return found
    return {**found, **_standstill(standstill_of(counted_from))}


def _standstill(counted: Standstill) -> dict[str, Any]:
    earliest = {"x_earliestSignature": day_start(counted.earliest_contract)}
    if counted.first_day is None or counted.last_day is None:
        return earliest
    return {
        "standstillPeriod": {"startDate": day_start(counted.first_day), "endDate": day_end(counted.last_day)},
        **earliest,
    }


def _contracts(evaluation: Evaluation, facts: AwardFacts, restricted: bool) -> Iterator[dict[str, Any]]:
    for lot in evaluation.lots:
        winner, signed = evaluation.recommendation(lot.lot.id).winner, facts.signed.get(lot.lot.id)
        if winner is None or signed is None:
            continue
        told = disclosure(evaluation.file.award, restricted=restricted, lot=lot.lot.id)
        found: dict[str, Any] = {
            "id": f"contract-{lot.lot.id}",
            "awardID": f"award-{lot.lot.id}",
            "title": lot.lot.title,
            "status": "active",
            "period": period(lot.lot.term) if lot.lot.term else {},
            "value": money(winner.bid.price, evaluation.file.tender.vat) if told.price else {},
            "items": list(items_of([lot.lot])),
            "dateSigned": day_start(signed),
            "relatedBids": [winner.bid.id] if told.restricted else [],
            **_above(evaluation.file.tender.regime),
        }
        yield {key: value for key, value in found.items() if value not in ("", [], {})}


# --- what only the restricted build holds -------------------------------------------------------------------


def _inside(evaluation: Evaluation, ids: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Yield the panel, its interests, and the enquiries into low prices."""
    file = evaluation.file
    yield (
        "x_panel",
        [{"id": it.id, "name": it.name, "jobTitle": it.job_title, "roles": list(it.roles)} for it in file.panel],
    )
    yield "x_interests", [
        {
            "member": it.member, "organisation": {"id": ids.get(it.organisation, it.organisation)},
            "interest": it.interest, "declaredOn": it.declared_on.isoformat(), "detail": it.detail, "action": it.action,
        }
        for it in file.declarations
    ]  # fmt: skip
    yield "x_priceEnquiries", [
        {
            "relatedBid": it.bid, "asked": it.asked_on.isoformat(), "decision": it.decision, "reason": it.reason,
            "decided": it.decided_on.isoformat(), "decidedBy": it.decided_by,
        }
        for it in file.enquiries
    ]  # fmt: skip


def released_on(evaluation: Evaluation) -> datetime | None:
    """Return the first moment of the day an award was made known: published, else sent, else decided."""
    award = evaluation.file.award
    day = (award.notice_published or award.notices_sent or award.decided_on) if award else None
    return None if day is None else datetime.fromisoformat(day_start(day))
