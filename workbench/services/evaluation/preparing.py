"""What comes before scoring: the panel's note and who has read it, benchmark answers and how people scored them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from lots.errors import ProcurementError
from workbench import audit, policies
from workbench.db import db
from workbench.models.evaluation import BenchmarkRecord, BenchmarkScoreRecord, PanelNoteRecord, TrainingRecord
from workbench.models.tenders import TenderRecord
from workbench.permissions import PANEL_AT_WORK
from workbench.policies import Actor, Permission
from workbench.queries.bids import opened
from workbench.queries.evaluation import calibration as reads
from workbench.queries.evaluation.calibration import Benchmark


class PreparingError(ProcurementError):
    """A note or a benchmark that cannot be, or a score for one that cannot be given."""


def write_note(tender: TenderRecord, text: str, *, actor: Actor, at: datetime) -> PanelNoteRecord:
    """Write the panel's note anew; whoever read an earlier one reads this one too."""
    policies.check(actor, Permission.PANEL_PREPARE, tender)
    before = reads.note_of(tender.id)
    if before is not None and before.text == text.strip():
        raise PreparingError("This is the note as it stands: nothing was changed")
    number = before.number + 1 if before else 1
    made = PanelNoteRecord(
        tender_id=tender.id, number=number, text=text.strip(), made_by=actor.user_id, made_at=at
    )  # fmt: skip
    db.session.add(made)
    _record("panel_note_written", tender, actor, at, {"number": number})
    return made


def read_note(tender: TenderRecord, number: int, *, actor: Actor, at: datetime) -> None:
    """Say that one has read the note; an older one than the one that holds does not count."""
    policies.check(actor, Permission.SCORE_READ_OWN, tender)
    _check_stage(tender)
    note = reads.note_of(tender.id)
    if note is None or note.number != number:
        raise PreparingError("The note was written anew after you opened it: read it once more")
    done = select(TrainingRecord.id).where(
        TrainingRecord.tender_id == tender.id, TrainingRecord.user_id == actor.user_id, TrainingRecord.note == number
    )
    if db.session.scalar(done) is not None:
        raise PreparingError("You have said already that you read this note")
    db.session.add(TrainingRecord(tender_id=tender.id, user_id=actor.user_id, note=number, read_at=at))
    _record("panel_note_read", tender, actor, at, {"number": number})


def add_benchmark(
    tender: TenderRecord, criterion: str, *, title: str, answer: str, points: Decimal, reason: str, actor: Actor,
    at: datetime,
) -> BenchmarkRecord:  # fmt: skip
    """Add a made-up answer with the points it should get, and why."""
    policies.check(actor, Permission.PANEL_PREPARE, tender)
    rules = opened.rules_of(tender)
    asked = reads.questions_in(rules).get(criterion) if rules else None
    if asked is None:
        raise PreparingError("Choose a question that the panel scores")
    if asked[1].level(points) is None:
        raise PreparingError(f"{points} is no level of the scale of “{asked[0].title}”: choose {asked[1].words()}")
    made = BenchmarkRecord(
        tender_id=tender.id, criterion=criterion, title=title.strip(), answer=answer.strip(), points=str(points),
        reason=reason.strip(), made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(made)
    _record("benchmark_added", tender, actor, at, {"title": made.title, "criterion": asked[0].title})
    return made


def remove_benchmark(tender: TenderRecord, benchmark_id: str, *, actor: Actor, at: datetime) -> None:
    """Take a benchmark answer away; what people scored stays on record."""
    policies.check(actor, Permission.PANEL_PREPARE, tender)
    row = next((each for each in reads.benchmarks_in(tender.id) if each.id == benchmark_id), None)
    if row is None:
        raise PreparingError("There is no such benchmark answer any more")
    row.removed_at = at
    _record("benchmark_removed", tender, actor, at, {"title": row.title})


def score_benchmark(
    tender: TenderRecord, found: Benchmark, points: Decimal, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Score a benchmark answer, once; only then its right points are shown."""
    policies.check(actor, Permission.SCORE_READ_OWN, tender)
    _check_stage(tender)
    if found.score is not None:
        raise PreparingError("You have scored this answer: a second score would no longer be your own")
    if found.scale.level(points) is None:
        raise PreparingError(f"{points} is no level of the scale: choose {found.scale.words()}")
    db.session.add(
        BenchmarkScoreRecord(
            benchmark_id=found.row.id, user_id=actor.user_id, points=str(points), reason=reason.strip(), at=at
        )
    )
    _record("benchmark_scored", tender, actor, at, {"title": found.row.title})


def _check_stage(tender: TenderRecord) -> None:
    if tender.stage not in PANEL_AT_WORK:
        raise PreparingError("The panel of this tender has done its work: nothing is prepared any more")


def _record(action: str, tender: TenderRecord, actor: Actor, at: datetime, details: dict[str, object]) -> None:
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)
