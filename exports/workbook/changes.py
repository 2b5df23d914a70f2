"""The sheet of changes: every individual score that moderation moved, by how much, its coded cause and the reason.

With the panel's own record (:class:`PanelRecord`, from an installation) the sheet of signatures follows: each agreed
score that was put to signature, who was present, who signed when, and why one was taken up again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType

from exports.workbook.book import Book, Sheet
from exports.workbook.layout import SCORES_POINTS, SCORES_TOP, Plan
from exports.workbook.text import cell, elsewhere
from lots.calendar import london
from scoring.criteria import walk
from scoring.figures import plain
from scoring.moderation import CAUSES, AgreedScore, ScoreChange
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile

_HEADS = (
    "Lot", "Id in the tender file", "Tenderer", "Criterion id", "Criterion", "Evaluator", "Role", "Given", "Agreed",
    "Moved by", "As recorded", "Cause", "Cause in words", "Explanation", "Dissent",
)  # fmt: skip
_SIGNED = (
    "Lot", "Id in the tender file", "Tenderer", "Criterion id", "Criterion", "Put to signature", "Points", "State",
    "Present", "Signed by", "Taken up again because",
)  # fmt: skip
_GIVEN, _AGREED, _MOVED, _CHECK = 7, 8, 9, 10
AGREED_TOP, AGREED_POINTS = 3, 5  # on the sheet of agreed scores: the first row, and the column of points

Cell = tuple[str, str, str]
"""A bid, a criterion and an evaluator."""


@dataclass(frozen=True)
class Saves:
    """How often a score was saved before it was submitted, when it was begun and when it was last changed."""

    count: int
    begun_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Signed:
    """One agreed score as it was put to signature: number, points, whether it stands, who was there and who signed."""

    bid: str
    criterion: str
    number: int
    points: str
    stands: bool
    present: tuple[str, ...]
    signed: tuple[tuple[str, datetime], ...]
    reopened: str = ""


@dataclass(frozen=True)
class PanelRecord:
    """What an installation knows of a panel's work beside the tender file."""

    saves: Mapping[Cell, Saves] = field(default_factory=lambda: MappingProxyType({}))
    signed: tuple[Signed, ...] = ()


def write_changes(book: Book, name: str, agreed: str, whole: Plan) -> None:
    """Write every score that differs from the agreed one, and every change that was recorded, with live differences."""
    sheet = book.sheet(name, (22, 20, 26, 16, 28, 14, 24, 8, 8, 9, 12, 22, 34, 60, 30))
    sheet.text(0, 0, "What moderation changed", "title")
    sheet.text(1, 0, "A line for each individual score that differs from the agreed one; all others agree.", "note")
    sheet.heads(2, _HEADS)
    sheet.freeze(3, 3)
    panel, cells = {member.id: member for member in whole.evaluation.file.panel}, _cells(whole.evaluation.file)
    rows, compared = 0, list[int]()
    for row, (at, score, change, evaluator) in enumerate(_changed(whole.evaluation.file), 3):
        rows += 1
        words = [*place(whole, score.bid, score.criterion), evaluator, _role(panel.get(evaluator))]
        sheet.row(row, [*words, *[""] * 4, *_told(change, score)], "text")
        agreed_cell = elsewhere(agreed, cell(AGREED_TOP + at, AGREED_POINTS))
        if _figures(sheet, row, cells.get((score.bid, score.criterion, evaluator)), agreed_cell, score):
            compared.append(row)
    sheet.count_checks_in(_CHECK, compared)
    sheet.raw.autofilter(2, 0, 2 + max(1, rows), len(_HEADS) - 1)


def _figures(sheet: Sheet, row: int, given: tuple[str, Fraction] | None, agreed: str, score: AgreedScore) -> bool:
    """Write what was given, what was agreed and the difference; say whether there was a score to compare."""
    to = sheet.formula(row, _AGREED, agreed, Fraction(score.points))
    if given is None:
        return False
    at, points = given
    own = sheet.formula(row, _GIVEN, at, points)
    moved = Fraction(score.points) - points
    by = sheet.formula(row, _MOVED, f"{to}-{own}", moved)
    sheet.check(row, _CHECK, f"ROUND({by}-({plain(moved)}),9)=0")
    return True


def _told(change: ScoreChange | None, score: AgreedScore) -> list[str]:
    if change is None:
        return ["", "no cause recorded", "", score.dissent]
    return [change.cause, CAUSES[change.cause], change.explanation, score.dissent]


def _changed(file: TenderFile) -> Iterator[tuple[int, AgreedScore, ScoreChange | None, str]]:
    """Yield each agreed score with everybody whose own score it moved, or for whom a change was recorded."""
    given: dict[tuple[str, str], dict[str, Fraction]] = {}
    for (bid, criterion, evaluator), (_, points) in _cells(file).items():
        given.setdefault((bid, criterion), {})[evaluator] = points
    for at, score in enumerate(file.agreed_scores):
        recorded = {change.evaluator: change for change in score.changes}
        own = given.get((score.bid, score.criterion), {})
        moved = [evaluator for evaluator, points in own.items() if points != score.points]
        for evaluator in dict.fromkeys((*moved, *recorded)):
            yield at, score, recorded.get(evaluator), evaluator


def _cells(file: TenderFile) -> dict[Cell, tuple[str, Fraction]]:
    """Map every score to its cell on the sheet of scores, and its points."""
    found, row = dict[Cell, tuple[str, Fraction]](), SCORES_TOP
    for sheet in file.score_sheets:
        for score in sheet.scores:
            if score.points is not None:
                at = elsewhere("Scores", cell(row, SCORES_POINTS))
                found[sheet.bid, score.criterion, sheet.evaluator] = (at, Fraction(score.points))
            row += 1
    return found


def place(whole: Plan, bid: str, criterion: str) -> list[str]:
    """Return the lot, the bid's id, its tenderer, the criterion's id and its title."""
    plan = whole.of_bid(bid)
    if plan is None:
        return ["", bid, "", criterion, ""]
    titles = {each.id: each.title for each, _ in walk(plan.lot.methodology.criteria)}
    return [plan.lot.lot.title, bid, plan.by_id[bid].tenderer.name, criterion, titles.get(criterion, "")]


def _role(member: PanelMember | None) -> str:
    return f"{member.job_title} ({', '.join(member.roles)})" if member else ""


def write_signatures(book: Book, name: str, panel: PanelRecord, whole: Plan) -> None:
    """Write every agreed score that was put to signature, those taken up again included."""
    sheet = book.sheet(name, (22, 20, 26, 16, 28, 10, 8, 14, 34, 44, 60))
    sheet.text(0, 0, "Agreed scores as they were put to signature", "title")
    sheet.text(1, 0, "One that was taken up again keeps its line; the one that stands follows it.", "note")
    sheet.heads(2, _SIGNED)
    sheet.freeze(3, 3)
    for row, it in enumerate(panel.signed, 3):
        sheet.row(row, place(whole, it.bid, it.criterion), "text")
        sheet.typed(row, 5, it.number)
        sheet.typed(row, 6, Fraction(it.points))
        state = "stands" if it.stands else "taken up again" if it.signed else "not signed"
        signed = "\n".join(f"{who}, {london(at):%-d %B %Y %H:%M}" for who, at in it.signed)
        sheet.row(row, [state, ", ".join(it.present), signed, it.reopened], "text", 7)
    sheet.raw.autofilter(2, 0, 2 + max(1, len(panel.signed)), len(_SIGNED) - 1)
