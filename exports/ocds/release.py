"""A tender as an OCDS release (1.1.5): at publication, at each change, and when it is cancelled.

Used with these extensions: lots, awardCriteriaBreakdown, requirements, subcontracting, budget breakdown, enquiries,
legal basis, options and the UK's. What OCDS has no field for stands in fields that begin with ``x_``. The maximum
potential spend is the value of a lot ("maximum estimated value"), their sum that of the tender ("total upper estimated
value"), and the annual budgets the planned budget; ``maximumValue`` is for frameworks and never written on a tender.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exports.codec.plain_types import UnwritableError
from exports.ocds.lots import lot_objects, not_tendered
from exports.ocds.numbers import money
from exports.ocds.parties import buyer_party, funder_parties, reference
from exports.ocds.planning import planning
from exports.ocds.times import day_end, day_start, instant
from exports.rule_changes import RuleChange
from lots.lot import Lot
from lots.money import total
from lots.regime import Regime, rules_of
from lots.tender import Clarification, Milestone, Tender
from scoring.tender_file import TenderFile

VERSION: Final = "1.1"
EXTENSIONS: Final = tuple(
    f"https://raw.githubusercontent.com/{name}/extension.json"
    for name in (
        "open-contracting-extensions/ocds_lots_extension/v1.1.5",
        "open-contracting-extensions/ocds_awardCriteriaBreakdown_extension/master",
        "open-contracting-extensions/ocds_requirements_extension/master",
        "open-contracting-extensions/ocds_subcontracting_extension/master",
        "open-contracting-extensions/ocds_budget_breakdown_extension/master",
        "open-contracting-extensions/ocds_enquiry_extension/v1.1.5",
        "open-contracting-extensions/ocds_legalBasis_extension/master",
        "open-contracting-extensions/ocds_options_extension/master",
        "cabinetoffice/ocds_uk_extension/main",
    )
)
_ACT: Final = {"scheme": "UKPGA", "id": "2023/54", "uri": "https://www.legislation.gov.uk/ukpga/2023/54/contents"}
_PCR: Final = {"scheme": "UKSI", "id": "2015/102", "uri": "https://www.legislation.gov.uk/uksi/2015/102/contents"}
_MILESTONES: Final = {
    "engagement_closes": "engagement", "opening": "assessment", "evaluation_ends": "assessment", "decision": "approval",
    "contract_starts": "delivery",
}  # fmt: skip


@dataclass(frozen=True)
class ReleaseDocument:
    """A document that is published with a tender; ``kind`` is its OCDS document type."""

    id: str
    title: str
    url: str
    published_at: datetime
    kind: str = "biddingDocuments"
    format: str = "application/pdf"
    sha256: str = ""
    notice: str = ""


@dataclass(frozen=True)
class ChangeNotice:
    """One published change of a tender: its number (1 = the first), when, why, and what differs."""

    number: int
    at: datetime
    reason: str
    changes: tuple[RuleChange, ...] = ()


def tender_release(
    file: TenderFile,
    *,
    ocid: str,
    published_at: datetime,
    rule_set_digest: str,
    documents: Sequence[ReleaseDocument] = (),
    questions: Sequence[Clarification] = (),
) -> dict[str, Any]:
    """Make the release that opens a tender; ``exports.ocds.numbers.to_json`` writes it, as its numbers are exact."""
    tender = tender_object(file, published_at, rule_set_digest, documents, questions)
    return release_of(file, ocid, f"{ocid}-tender-1", published_at, "tender", tender)


def change_release(
    file: TenderFile,
    *,
    ocid: str,
    published_at: datetime,
    rule_set_digest: str,
    notices: Sequence[ChangeNotice],
    documents: Sequence[ReleaseDocument] = (),
    questions: Sequence[Clarification] = (),
) -> dict[str, Any]:
    """Make the release of the last of ``notices`` (every one so far, in order); the tender is that of the new rules.

    It is a ``tenderAmendment`` where a rule changed and a ``tenderUpdate`` where only documents or answers were added.
    """
    if not notices:
        raise UnwritableError("A release about a change needs the change notice it is about")
    last = notices[-1]
    tender = tender_object(file, published_at, rule_set_digest, documents, questions)
    tender["amendments"] = [_amendment(notice, ocid) for notice in notices]
    tag = "tenderAmendment" if last.changes else "tenderUpdate"
    return release_of(file, ocid, _change_id(ocid, last.number), last.at, tag, tender)


def cancellation_release(
    file: TenderFile,
    *,
    ocid: str,
    published_at: datetime,
    cancelled_at: datetime,
    reason: str,
    rule_set_digest: str,
    notices: Sequence[ChangeNotice] = (),
    documents: Sequence[ReleaseDocument] = (),
    questions: Sequence[Clarification] = (),
) -> dict[str, Any]:
    """Make the release that says a tender is cancelled, with the reason as its last amendment."""
    tender = tender_object(file, published_at, rule_set_digest, documents, questions, status="cancelled")
    number = notices[-1].number + 1 if notices else 1
    tender["amendments"] = [
        _amendment(notice, ocid) for notice in (*notices, ChangeNotice(number, cancelled_at, reason))
    ]
    tender["finalStatusDate"] = instant(cancelled_at)
    return release_of(file, ocid, _change_id(ocid, number), cancelled_at, "tenderCancellation", tender)


def release_package(
    releases: Iterable[dict[str, Any]],
    *,
    uri: str,
    published_at: datetime,
    publisher: str,
    extensions: Sequence[str] = EXTENSIONS,
) -> dict[str, Any]:
    """Put releases into a package, as they are published."""
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": instant(published_at),
        "publisher": {"name": publisher},
        "extensions": list(extensions),
        "releases": list(releases),
    }


# --- the release --------------------------------------------------------------------------------------------


def release_of(
    file: TenderFile, ocid: str, release_id: str, at: datetime, tag: str, tender: dict[str, Any]
) -> dict[str, Any]:
    """Write what every release says, whatever it is about."""
    buyer = file.tender.buyer
    return {
        "ocid": ocid,
        "id": release_id,
        "date": instant(at),
        "tag": [tag],
        "initiationType": "tender",
        "language": "en",
        "parties": [buyer_party(buyer), *funder_parties(file.tender.funding)],
        "buyer": reference(buyer),
        "planning": planning(file.tender),
        "tender": tender,
    }


def tender_object(
    file: TenderFile,
    published_at: datetime,
    digest: str,
    documents: Sequence[ReleaseDocument],
    questions: Sequence[Clarification],
    status: str = "active",
    of_lots: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write the tender of a release, with its status and that of the lots that have their own."""
    tender, rules = file.tender, rules_of(file.tender.regime)
    most = [value for lot in tender.contract_lots if (value := lot.maximum_potential_spend or lot.base_value)]
    found: dict[str, Any] = {
        "id": tender.reference,
        "title": tender.title,
        "description": tender.description,
        "status": status,
        "procuringEntity": reference(tender.buyer),
        "legalBasis": dict(_basis(tender)),
        "mainProcurementCategory": "services",
        "procurementMethod": "open",
        "procurementMethodDetails": rules.title,
        "specialRegime": ["lightTouch"] if "light_touch" in tender.regime else [],
        "value": money(total(most), tender.vat) if most else {},
        "items": list(items_of(tender.contract_lots)),
        "tenderPeriod": {"startDate": instant(published_at), "endDate": instant(tender.deadline)},
        "enquiryPeriod": _enquiry_period(tender, published_at),
        "hasEnquiries": bool(questions),
        "enquiries": [_enquiry(question) for question in questions],
        "awardCriteria": _basis_of_award(file),
        "awardCriteriaDetails": " ".join(_how_judged(file)),
        "lotDetails": _lot_details(file),
        "lots": lot_objects(file, status, of_lots),
        "criteria": list(_requirements(tender.contract_lots)),
        "documents": [release_document(document) for document in documents],
        "milestones": [_milestone(step, at) for at, step in enumerate(tender.timetable, 1)],
        "x_ruleSet": {"algorithm": "SHA-256", "digest": digest},
        "x_lotsNotTendered": [not_tendered(lot, tender.vat) for lot in tender.lots if not lot.is_contract],
    }
    return {key: value for key, value in found.items() if value not in ("", [], {})}


def _basis(tender: Tender) -> dict[str, str]:
    if tender.regime is Regime.GRANT:
        return {}
    return _PCR if tender.regime is Regime.PCR2015_LIGHT_TOUCH else _ACT


def _basis_of_award(file: TenderFile) -> str:
    formulas = {methodology.price.formula for methodology in file.methodologies}
    return "qualityOnly" if formulas == {"fixed_price"} else "ratedCriteria"


def _how_judged(file: TenderFile) -> Iterable[str]:
    """Say the basis of the award and, once for all criteria, what each level of a scale stands for."""
    basis = rules_of(file.tender.regime).words.award_basis_name
    yield f"{basis[:1].upper()}{basis[1:]}: each lot is judged by its own published methodology."
    for scale in file.scales:
        levels = " ".join(f"{level.points} ({level.title}): {level.anchor}" for level in scale.levels)
        yield f"“{scale.title}”: {levels}"


def items_of(lots: Sequence[Lot]) -> Iterable[dict[str, Any]]:
    """List every CPV code of every lot as an item; OCDS has no other place for them in 1.1."""
    for lot in lots:
        for at, code in enumerate(lot.cpv, 1):
            classification = {"scheme": "CPV", "id": code.partition("-")[0]}
            yield {"id": f"{lot.id}-{at}", "classification": classification, "relatedLot": lot.id, "x_cpv": code}


def _enquiry_period(tender: Tender, published_at: datetime) -> dict[str, str]:
    until = next((step.planned for step in tender.timetable if step.kind == "questions_until"), None)
    return {"startDate": instant(published_at), "endDate": day_end(until)} if until else {}


def _enquiry(question: Clarification) -> dict[str, Any]:
    """Write a question without its asker, as it was answered to everybody."""
    return {
        "id": str(question.number),
        "date": day_start(question.asked_on),
        "title": f"Question {question.number}",
        "description": question.question,
        "answer": question.answer,
        "dateAnswered": day_start(question.answered_on),
    }


def _lot_details(file: TenderFile) -> dict[str, Any]:
    limit, reasons = file.lot_limit, file.tender.no_lots_reasons
    found: dict[str, Any] = {"noLotsDivisionRationale": reasons} if reasons else {}
    if limit is None:
        return found
    if limit.maximum_lots is not None:
        found["maximumLotsAwardedPerSupplier"] = limit.maximum_lots
    if limit.maximum_spend is not None:
        found["x_maximumSpendAwardedPerSupplier"] = money(limit.maximum_spend, file.tender.vat)
    return {**found, "awardCriteriaDetails": limit.words(), "x_rule": limit.rule, "x_lotOrder": list(limit.lot_order)}


def _requirements(lots: Sequence[Lot]) -> Iterable[dict[str, Any]]:
    for lot in lots:
        for requirement in lot.requirements:
            asked: dict[str, Any] = {"id": requirement.id, "title": requirement.title, "dataType": "boolean"}
            if requirement.mandatory:
                asked["expectedValue"] = True
            yield {
                "id": f"{lot.id}-{requirement.id}",
                "title": requirement.title,
                "source": "tenderer",
                "relatesTo": "lot",
                "relatedItem": lot.id,
                "requirementGroups": [{"id": "1", "requirements": [asked]}],
            }


def release_document(document: ReleaseDocument) -> dict[str, Any]:
    """Write a document as releases list it."""
    found = {
        "id": document.id,
        "documentType": document.kind,
        "title": document.title,
        "url": document.url,
        "datePublished": instant(document.published_at),
        "format": document.format,
        "language": "en",
        "noticeType": document.notice,
        "x_sha256": document.sha256,
    }
    return {key: value for key, value in found.items() if value}


def _milestone(step: Milestone, at: int) -> dict[str, Any]:
    found = {"id": str(at), "title": step.title, "dueDate": day_end(step.planned), "status": "scheduled"}
    if step.kind:
        found["code"] = step.kind
    if step.kind in _MILESTONES:
        found["type"] = _MILESTONES[step.kind]
    if step.actual:
        found |= {"status": "met", "dateMet": day_end(step.actual)}
    return found


def _amendment(notice: ChangeNotice, ocid: str) -> dict[str, Any]:
    said = "; ".join(f"{it.label}: {it.before or 'nothing'} → {it.after or 'nothing'}" for it in notice.changes)
    found = {
        "id": str(notice.number),
        "date": instant(notice.at),
        "rationale": notice.reason,
        "description": said,
        "amendsReleaseID": _change_id(ocid, notice.number - 1),
        "releaseID": _change_id(ocid, notice.number),
    }
    return {key: value for key, value in found.items() if value}


def _change_id(ocid: str, number: int) -> str:
    return f"{ocid}-tender-{number + 1}"
