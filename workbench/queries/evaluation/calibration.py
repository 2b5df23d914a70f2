"""Reads about what the panel does before it scores: the note, the benchmark answers, and how people scored those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from scoring.calibration import explained, levels_apart
from scoring.criteria import Criterion
from scoring.scale import Scale
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.evaluation import BenchmarkRecord, BenchmarkScoreRecord, PanelNoteRecord, TrainingRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.evaluation.access import criteria_within, limits_of


@dataclass(frozen=True)
class Benchmark:
    """A benchmark answer as its scorer meets it; ``right`` and ``said`` are there once it is scored."""

    row: BenchmarkRecord
    criterion: Criterion
    scale: Scale
    score: BenchmarkScoreRecord | None = None

    @property
    def said(self) -> str:
        """Explain how far the scorer's points are from the right ones."""
        return explained(Decimal(self.score.points), Decimal(self.row.points), self.scale) if self.score else ""


@dataclass(frozen=True)
class Calibrated:
    """How one member of the panel scored the benchmarks: the levels apart, by benchmark."""

    name: str
    note_read: bool
    apart: tuple[int | None, ...]


def note_of(tender_id: str) -> PanelNoteRecord | None:
    """Return the note that holds."""
    return db.session.scalar(
        select(PanelNoteRecord)
        .where(PanelNoteRecord.tender_id == tender_id)
        .order_by(PanelNoteRecord.number.desc())
        .limit(1)
    )


def benchmarks_in(tender_id: str) -> Sequence[BenchmarkRecord]:
    """List the benchmark answers of a tender in the order they were written, without those taken away."""
    query = select(BenchmarkRecord).where(BenchmarkRecord.tender_id == tender_id, BenchmarkRecord.removed_at.is_(None))
    return db.session.scalars(query.order_by(BenchmarkRecord.made_at, BenchmarkRecord.id)).all()


def questions_in(rules: TenderFile) -> Mapping[str, tuple[Criterion, Scale]]:
    """Return every criterion that a panel scores, with its scale, by id; of two of one id the first."""
    scales = {scale.id: scale for scale in rules.scales}
    found: dict[str, tuple[Criterion, Scale]] = {}
    for methodology in rules.methodologies:
        for leaf in methodology.scored:
            if leaf.criterion.scale in scales:
                found.setdefault(leaf.criterion.id, (leaf.criterion, scales[leaf.criterion.scale]))
    return found


def own_benchmarks(tender: TenderRecord, actor: Actor, rules: TenderFile) -> tuple[Benchmark, ...]:
    """List the benchmark answers that somebody is to score, with their scores."""
    mine, asked = criteria_within(rules, limits_of(tender.id, actor)), questions_in(rules)
    scores = {row.benchmark_id: row for row in _scores(tender.id) if row.user_id == actor.user_id}
    return tuple(
        Benchmark(row, *asked[row.criterion], scores.get(row.id))
        for row in benchmarks_in(tender.id)
        if row.criterion in mine and row.criterion in asked
    )


def calibrated(tender: TenderRecord, rules: TenderFile, evaluators: Sequence[UserRecord]) -> tuple[Calibrated, ...]:
    """Say of each evaluator whether they read the note, and how far their points for the benchmarks were off."""
    asked, rows = questions_in(rules), benchmarks_in(tender.id)
    points = {(row.benchmark_id, row.user_id): Decimal(row.points) for row in _scores(tender.id)}
    note = note_of(tender.id)
    readers = _readers(tender.id, note.number) if note else set()

    def apart(person: UserRecord) -> Iterator[int | None]:
        for row in rows:
            own = points.get((row.id, person.id))
            yield None if own is None else levels_apart(own, Decimal(row.points), asked[row.criterion][1])

    return tuple(Calibrated(it.name, note is None or it.id in readers, tuple(apart(it))) for it in evaluators)


def _scores(tender_id: str) -> Sequence[BenchmarkScoreRecord]:
    query = select(BenchmarkScoreRecord).join(BenchmarkRecord, BenchmarkRecord.id == BenchmarkScoreRecord.benchmark_id)
    return db.session.scalars(query.where(BenchmarkRecord.tender_id == tender_id)).all()


def _readers(tender_id: str, number: int) -> set[int]:
    query = select(TrainingRecord.user_id).where(TrainingRecord.tender_id == tender_id, TrainingRecord.note == number)
    return set(db.session.scalars(query))


def has_read(tender_id: str, user_id: int, number: int) -> bool:
    """Say whether somebody has read a note."""
    return user_id in _readers(tender_id, number)
