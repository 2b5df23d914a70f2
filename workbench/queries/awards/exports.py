"""What leaves the house about an award: the record it is told from, its open data, and the register of letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Select, select

from exports import tender_file
from exports.notices.standstill import UNDER_THE_ACT
from exports.ocds.awards import AWARD_EXTENSIONS, AwardFacts, award_release
from exports.ocds.numbers import to_json
from exports.ocds.release import release_package
from exports.reports.summary_register import SummaryLine, summary_register
from lots.calendar import london
from lots.tender import Clarification
from scoring.decision import AwardDecision
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.awards import ContractSignatureRecord, IssueRecord, StandstillEventRecord
from workbench.models.publishing import QuestionRecord
from workbench.models.tenders import TenderRecord
from workbench.permissions import STAGES
from workbench.queries.awards.decision import approved_file, approved_of, award_of, recommendation_of, recommended_file
from workbench.queries.awards.papers import letters_of, released_issue, untold
from workbench.queries.publishing import publication_of

TOLD: Final = frozenset(STAGES[STAGES.index("notified") :]) - {"cancelled"}
"""The stages in which every tenderer has been told."""


@dataclass(frozen=True)
class AwardData:
    """An award as it is exported: its evaluation, and what open data says beside it."""

    evaluation: Evaluation
    facts: AwardFacts


def award_file(tender: TenderRecord) -> TenderFile | None:
    """Return the record that an award is told from: what the letters follow from, else as approved or recommended."""
    issue = released_issue(tender.id)
    if issue is not None:
        kept = db.session.scalar(select(IssueRecord.file).where(IssueRecord.id == issue.id)) or b""
        file, _ = tender_file.read(kept)
        return file
    if recommendation_of(tender.id) is None:
        return None
    return approved_file(tender) if approved_of(tender.id) else recommended_file(tender)


def award_data(tender: TenderRecord) -> AwardData | None:
    """Gather what the open data of an award says; None before anything is recommended, or without a publication."""
    file, publication = award_file(tender), publication_of(tender.id)
    if file is None or publication is None:
        return None
    signed = {row.lot: row for row in db.session.scalars(_signatures(tender.id))}
    days = {lot: date.fromisoformat(row.signed_on) for lot, row in sorted(signed.items())}
    made = [_decided_at(tender.id), *(row.made_at for row in signed.values())]
    facts = AwardFacts(
        publication.ocid, publication.published_at, max(made), 1 + len(signed), days, questions=_answered(tender.id)
    )
    return AwardData(evaluate(file), facts)


def open_data(tender: TenderRecord, *, restricted: bool) -> bytes | None:
    """Write the release package of an award; None where there is none yet."""
    data = award_data(tender)
    if data is None:
        return None
    release = award_release(data.evaluation, data.facts, restricted=restricted)
    package = release_package(
        [release], uri=f"urn:ocds:{release['id']}", published_at=data.facts.released_at,
        publisher=data.evaluation.file.tender.buyer.name, extensions=AWARD_EXTENSIONS,
    )  # fmt: skip
    return to_json(package)


def is_public(tender: TenderRecord, today: date) -> bool:
    """Say whether anybody may have an award's open data: all are told, and under the Act its notice is out too."""
    if tender.stage not in TOLD or released_issue(tender.id) is None:
        return False
    if tender.regime not in UNDER_THE_ACT:
        return True
    published = select(StandstillEventRecord.day).where(
        StandstillEventRecord.tender_id == tender.id, StandstillEventRecord.kind == "notice_published"
    )
    return any(day <= today.isoformat() for day in db.session.scalars(published))


def decision_of(tender: TenderRecord) -> AwardDecision:
    """Return the decision paper as it stands: what was released, else as it is written."""
    file = award_file(tender) if released_issue(tender.id) is not None else None
    return file.award if file is not None and file.award is not None else award_of(tender)


def letters_register(tender: TenderRecord) -> bytes:
    """Write the register of letters and assessment summaries as CSV: every bid, told or not."""
    file, issue = award_file(tender), released_issue(tender.id)
    award = file.award if file is not None else None
    titles = {lot.id: lot.title for lot in file.tender.lots} if file is not None else {}
    assessed = {sheet.bid for sheet in file.score_sheets} if file is not None else set()
    told = [
        SummaryLine(
            titles.get(it.lot, it.lot), it.tenderer, it.paper.bid_id in assessed, it.paper.title, it.paper.recipient,
            issue.released_at if issue else None, it.mailed_at, it.paper.read_at, it.paper.sha256,
        )
        for it in letters_of(tender.id)
    ]  # fmt: skip
    rest = [
        SummaryLine(titles.get(row.lot, row.lot), row.tenderer, row.id in assessed)
        for row in (untold(tender.id) if issue else ())
    ]
    return summary_register([*told, *rest], award.notice_published if award else None, award.withheld if award else ())


# --- pieces -----------------------------------------------------------------------------------------------------


def _signatures(tender_id: str) -> Select[ContractSignatureRecord]:
    return select(ContractSignatureRecord).where(ContractSignatureRecord.tender_id == tender_id)


def _decided_at(tender_id: str) -> datetime:
    """Return when the award was last made known or decided: released, else approved, else recommended."""
    issue, approval, row = released_issue(tender_id), approved_of(tender_id), recommendation_of(tender_id)
    found = [each for each in (issue and issue.released_at, approval and approval.made_at, row and row.made_at) if each]
    return found[0] if found else datetime.min.replace(tzinfo=UTC)


def _answered(tender_id: str) -> tuple[Clarification, ...]:
    rows = select(QuestionRecord).where(QuestionRecord.tender_id == tender_id, QuestionRecord.state == "public")
    return tuple(
        Clarification(
            row.public_number or 0, london(row.asked_at).date(), row.published_text,
            london(row.answered_at or row.asked_at).date(), row.answer,
        )
        for row in db.session.scalars(rows.order_by(QuestionRecord.public_number))
    )  # fmt: skip
