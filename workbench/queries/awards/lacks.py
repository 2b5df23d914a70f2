"""What the decision's documents still lack: each is built as it would be for printing, and names its empty fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from exports.notices.award_notice import award_notices
from exports.notices.letters import letters
from exports.reports.award_notice_sheet import award_notice_sheet
from exports.reports.decision_record import decision_record
from lots.errors import Finding, ProcurementError
from scoring.decision import AwardDecision
from scoring.recommendation import Evaluation, evaluate
from workbench.models.tenders import TenderRecord
from workbench.queries.awards.decision import frozen_file, recommendation_of
from workbench.queries.evaluation.record import live_file

_LATER: Final = date(2000, 1, 3)
"""Stands in for a day that is only known after the approval, where a document is tried without it."""


@dataclass(frozen=True)
class Paper:
    """A document of the decision: its title, and everything that keeps it from being made."""

    title: str
    lacks: tuple[Finding, ...]


def evaluation_of(tender: TenderRecord, award: AwardDecision) -> Evaluation:
    """Evaluate the frozen record where the award is recommended, else the live one, with a decision paper in it."""
    row = recommendation_of(tender.id) if tender.quality_locked_at and tender.stage != "moderation" else None
    file = replace(frozen_file(row), award=award) if row else live_file(tender, award)
    return evaluate(file)


def papers_of(evaluation: Evaluation) -> tuple[Paper, ...]:
    """List the outward documents of the decision, each with what it lacks."""
    return tuple(_papers(evaluation))


def lacking(tender: TenderRecord, award: AwardDecision) -> tuple[Finding, ...]:
    """Name everything that the outward documents lack, the days aside that are only known once it is approved."""
    day = award.decided_on or _LATER
    tried = replace(
        award, decided_on=day, notices_sent=award.notices_sent or day, notice_published=award.notice_published or day
    )
    found = (finding for paper in papers_of(evaluation_of(tender, tried)) for finding in paper.lacks)
    return tuple(dict.fromkeys(found))


def _papers(evaluation: Evaluation) -> Iterator[Paper]:
    yield Paper("Decision record", _try(decision_record, evaluation))
    for lot in evaluation.lots:
        if evaluation.recommendation(lot.lot.id).winner is None:
            continue
        of = lot.lot.title
        yield Paper(f"Notice to the successful tenderer, {of}", _try(award_notices, evaluation, lot.lot.id))
        yield Paper(f"Letters to unsuccessful tenderers, {of}", _try(letters, evaluation, lot.lot.id))


def later_of(evaluation: Evaluation) -> tuple[Paper, ...]:
    """List what is made of the decision and does not wait for, or hold up, its approval."""
    return (Paper("Contract award notice, data sheet", _try(award_notice_sheet, evaluation)),)


def _try(make: Callable[..., object], *given: object) -> tuple[Finding, ...]:
    """Make a document's value and throw it away; what it refuses to be made for is returned."""
    try:
        make(*given)
    except ProcurementError as refused:
        return refused.findings or (Finding("document_refused", str(refused)),)
    return ()
