"""Parts of the evaluation report about scores: given alone, agreed in moderation, turned into marks, with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from exports.notices.assessment import CriterionLine, Given, criterion_lines
from exports.reports.panel_matrix import Matrix, Row, matrix
from lots.bid import Commitment
from lots.errors import Finding
from lots.lot import Lot
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.moderation import CAUSES, AgreedScore
from scoring.recommendation import Evaluation
from scoring.scale import Scale
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Individual:
    """One lot's individual scores: the evaluators in the order of each cell, and the tables."""

    lot: Lot
    evaluators: tuple[str, ...]
    tables: tuple[Matrix, ...]


@dataclass(frozen=True)
class Change:
    """One evaluator's score that the panel did not agree with: old and new points, the coded cause, who said what."""

    tenderer: str
    criterion: str
    who: str
    old: str
    new: str
    cause: str
    explanation: str


@dataclass(frozen=True)
class Dissent:
    """What was noted where not everybody agreed."""

    tenderer: str
    criterion: str
    text: str


@dataclass(frozen=True)
class Moderation:
    """One lot's moderation: days, how many scores stood and moved, changes, dissent, why one was taken up again."""

    lot: Lot
    days: tuple[date, ...]
    scores: int
    unchanged: int
    unanimous: int
    answers: int
    changes: tuple[Change, ...]
    dissents: tuple[Dissent, ...]
    reopened: tuple[Dissent, ...] = ()


@dataclass(frozen=True)
class Reason:
    """The agreed score of one criterion with the reason the tenderer reads."""

    criterion: str
    top: Fraction
    given: Given


@dataclass(frozen=True)
class Reasons:
    """The agreed scores of one bid with their reasons."""

    tenderer: str
    rows: tuple[Reason, ...]


@dataclass(frozen=True)
class Agreed:
    """One lot's agreed scores turned into marks, and the reasons bid by bid."""

    lot: Lot
    tables: tuple[Matrix, ...]
    reasons: tuple[Reasons, ...]


@dataclass(frozen=True)
class Promises:
    """One bid's social value: its marks and its commitments."""

    tenderer: str
    marks: str
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True)
class SocialValue:
    """One lot's social value commitments."""

    lot: Lot
    bids: tuple[Promises, ...]


def individual(evaluation: Evaluation) -> tuple[Individual, ...]:
    """Set the evaluators' scores side by side, lot by lot."""
    return tuple(_individual(evaluation.file, lot) for lot in evaluation.lots)


def _individual(file: TenderFile, lot: LotEvaluation) -> Individual:
    scored = [result for result in lot.results if any(sheet.bid == result.bid.id for sheet in file.score_sheets)]
    people = _scorers(file, lot)
    given = {
        (sheet.evaluator, sheet.bid, score.criterion): "abst." if score.points is None else str(score.points)
        for sheet in file.score_sheets
        for score in sheet.scores
    }
    agreed = {(it.bid, it.criterion): it.points for it in file.agreed_scores}
    rows = []
    for leaf in lot.methodology.scored:
        name = leaf.criterion.id
        cells = []
        for result in scored:
            alone = "·".join(given.get((who.id, result.bid.id, name), "–") for who in people)
            settled = agreed.get((result.bid.id, name))
            cells.append(f"{alone} → {settled}" if settled is not None else alone)
        rows.append(Row(leaf.criterion.title, tuple(cells)))
    names = [result.tenderer.name for result in scored]
    tables = matrix("Scores given alone, then → the agreed score", "Criterion", names, rows)
    return Individual(lot.lot, tuple(f"{who.job_title} ({who.name})" for who in people), tables)


def _scorers(file: TenderFile, lot: LotEvaluation) -> list[PanelMember]:
    bids = {result.bid.id for result in lot.results}
    wrote = {sheet.evaluator for sheet in file.score_sheets if sheet.bid in bids}
    return [member for member in file.panel if member.id in wrote]


def moderation(evaluation: Evaluation) -> tuple[Moderation, ...]:
    """Say for every lot which scores moved in moderation, and why."""
    return tuple(_moderation(evaluation.file, lot) for lot in evaluation.lots)


def _moderation(file: TenderFile, lot: LotEvaluation) -> Moderation:
    agreed = _agreed_of(file, lot)
    pairs = [(it, who, old) for it in agreed for who, old in _scores_of(file, it)]
    moved = [(it, who, old) for it, who, old in pairs if old != it.points]
    names = {result.bid.id: result.tenderer.name for result in lot.results}
    titles = {leaf.criterion.id: leaf.criterion.title for leaf in lot.methodology.scored}
    people = {member.id: member.job_title for member in file.panel}
    changes = []
    for it, who, old in moved:
        why = next((change for change in it.changes if change.evaluator == who), None)
        cause = CAUSES[why.cause] if why else ""
        told = why.explanation if why else ""
        place = (names[it.bid], titles.get(it.criterion, it.criterion), people.get(who, who))
        changes.append(Change(*place, plain(Fraction(old)), plain(Fraction(it.points)), cause, told))
    untouched = {(it.bid, it.criterion) for it in agreed} - {(it.bid, it.criterion) for it, _, _ in moved}

    def noted(texts: Sequence[str]) -> tuple[Dissent, ...]:
        named = zip(agreed, texts, strict=True)
        return tuple(Dissent(names[it.bid], titles.get(it.criterion, it.criterion), text) for it, text in named if text)

    days = tuple(sorted({it.agreed_on for it in agreed}))
    counts = (len(pairs), len(pairs) - len(moved), len(untouched), len(agreed))
    dissents, reopened = noted([it.dissent for it in agreed]), noted([it.reopened for it in agreed])
    return Moderation(lot.lot, days, *counts, tuple(changes), dissents, reopened)


def _agreed_of(file: TenderFile, lot: LotEvaluation) -> list[AgreedScore]:
    bids = [result.bid.id for result in lot.results]
    order = {leaf.criterion.id: at for at, leaf in enumerate(lot.methodology.scored)}
    own = [it for it in file.agreed_scores if it.bid in bids]
    return sorted(own, key=lambda it: (bids.index(it.bid), order.get(it.criterion, len(order))))


def _scores_of(file: TenderFile, agreed: AgreedScore) -> Iterator[tuple[str, Decimal]]:
    for sheet in file.score_sheets:
        score = sheet.score(agreed.criterion) if sheet.bid == agreed.bid else None
        if score is not None and score.points is not None:
            yield sheet.evaluator, score.points


def unexplained(file: TenderFile) -> Iterator[Finding]:
    """Name every agreed score without its reason, and every moved score without a cause in words."""
    for at, it in enumerate(file.agreed_scores):
        place = f"agreed_scores[{at}]"
        if not it.reason.strip():
            yield Finding(
                "document_field_empty", "The reason for an agreed score is missing: write it", f"{place}.reason"
            )
        said = {change.evaluator for change in it.changes if change.explanation.strip()}
        for who, old in _scores_of(file, it):
            if old != it.points and who not in said:
                message = f"“{it.criterion}” of {it.bid} moved from {old} to {it.points}: say why, for evaluator {who}"
                yield Finding("document_field_empty", message, f"{place}.changes")


def agreed(evaluation: Evaluation) -> tuple[Agreed, ...]:
    """Turn agreed scores into marks and subtotals, with every reason, lot by lot."""
    return tuple(_agreed(evaluation.file.scales, lot) for lot in evaluation.lots)


def _agreed(scales: Sequence[Scale], lot: LotEvaluation) -> Agreed:
    shown = [result for result in lot.results if result.rows]
    lines = [criterion_lines(lot, scales, result, None) for result in shown]
    say = lot.methodology.rounding.text
    rows = []
    for at, line in enumerate(lines[0] if lines else ()):
        if line.kind == "price":
            continue
        cells = []
        for column in lines:
            own, marks = column[at].own, column[at].own_marks
            worked = f"{plain(own.points)} → " if own and line.top is not None else ""
            cells.append(f"{worked}{say(marks)}" if marks is not None else "–")
        rows.append(
            Row(
                line.title, tuple(cells), f"weight {plain(line.weight)}", "group" if line.is_heading else "", line.depth
            )
        )
    sums = tuple(say(result.scored or Fraction(0)) for result in shown)
    rows.append(Row("Quality and social value", sums, style="sum"))
    names = [result.tenderer.name for result in shown]
    tables = matrix("Agreed points → marks, for each criterion", "Criterion", names, rows)
    return Agreed(lot.lot, tables, tuple(_reasons(result, column) for result, column in zip(shown, lines, strict=True)))


def _reasons(result: BidResult, lines: Sequence[CriterionLine]) -> Reasons:
    scored = [(line, line.own, line.top) for line in lines]
    rows = tuple(Reason(line.title, top, own) for line, own, top in scored if own is not None and top is not None)
    return Reasons(result.tenderer.name, rows)


def social_value(evaluation: Evaluation) -> tuple[SocialValue, ...]:
    """List the social value commitments of every bid that was scored, with the marks they stand behind."""
    found = []
    for lot in evaluation.lots:
        say = lot.methodology.rounding.text
        bids = tuple(
            Promises(result.tenderer.name, say(result.marks_of("social_value")), result.bid.commitments)
            for result in lot.results
            if result.rows
        )
        found.append(SocialValue(lot.lot, bids))
    return tuple(found)
