"""The sheets of scores: every evaluator's score with its reasons, and every agreed score with what moved and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from exports.workbook.book import MARKS, Book, Sheet
from exports.workbook.changes import PanelRecord, Saves
from exports.workbook.layout import SCORES_POINTS, SCORES_TOP, LotPlan, Plan
from lots.calendar import london
from scoring.criteria import Criterion, walk
from scoring.figures import plain
from scoring.moderation import CAUSES, AgreedScore
from scoring.scoresheet import Evidence, PanelMember, Score, ScoreSheet
from scoring.tender_file import TenderFile

_SCORE_HEADS = (
    "Lot", "Id in the tender file", "Tenderer",
    "Evaluator", "Role", "Criterion id", "Criterion", "Points", "Top points",
    "Strengths", "Weaknesses", "Evidence", "Why not higher", "Why not lower", "Abstained because", "Submitted",
)  # fmt: skip
_SAVED_HEADS = ("Times saved", "Begun", "Last changed")
_AGREED_HEADS = (
    "Lot", "Id in the tender file", "Tenderer",
    "Criterion id", "Criterion", "Agreed points", "Scores given", "Lowest", "Highest", "Mean",
    "Same as in the totals", "Reason", "Evidence", "Why not higher", "Why not lower", "What moved, and why", "Dissent",
    "Agreed on",
)  # fmt: skip
_COUNT, _CHECK = 6, 10  # columns of the agreed sheet where its formulas begin and where its check stands


def write_scores(book: Book, name: str, whole: Plan, panel_record: PanelRecord | None = None) -> None:
    """Write every individual score, abstentions included, with a filter; evaluators stand under their ids and roles.

    With the panel's own record each line says how often the score was saved, and between when and when.
    """
    saves = panel_record.saves if panel_record else None
    heads = (*_SCORE_HEADS, *(_SAVED_HEADS if saves is not None else ()))
    sheet = book.sheet(name, (22, 20, 26, 14, 24, 16, 28, 8, 8, 40, 40, 30, 30, 30, 30, 18, 8, 18, 18)[: len(heads)])
    sheet.text(0, 0, "Individual scores, as submitted", "title")
    sheet.text(
        1, 0, "Submitted score sheets are never changed; what the panel agreed stands on the next sheet.", "note"
    )
    sheet.heads(SCORES_TOP - 1, heads)
    sheet.freeze(SCORES_TOP, 3)
    panel = {member.id: member for member in whole.evaluation.file.panel}
    row = SCORES_TOP
    for score_sheet in whole.evaluation.file.score_sheets:
        for score in score_sheet.scores:
            _score(sheet, row, score_sheet, score, whole, panel)
            _saved(sheet, row, (saves or {}).get((score_sheet.bid, score.criterion, score_sheet.evaluator)))
            row += 1
    sheet.raw.autofilter(SCORES_TOP - 1, 0, max(SCORES_TOP, row - 1), len(heads) - 1)


def _saved(sheet: Sheet, row: int, saves: Saves | None) -> None:
    if saves is None:
        return
    sheet.typed(row, len(_SCORE_HEADS), saves.count)
    days = [f"{london(at):%-d %B %Y %H:%M}" for at in (saves.begun_at, saves.changed_at)]
    sheet.row(row, days, "text", len(_SCORE_HEADS) + 1)


def _score(sheet: Sheet, row: int, of: ScoreSheet, score: Score, whole: Plan, panel: Mapping[str, PanelMember]) -> None:
    member = panel.get(of.evaluator)
    role = f"{member.job_title} ({', '.join(member.roles)})" if member else ""
    criterion = _criterion(whole, of.bid, score.criterion)
    title = criterion.title if criterion else ""
    sheet.row(row, [*_bid(whole, of.bid), of.evaluator, role, score.criterion, title], "text")
    if score.points is not None:
        sheet.typed(row, SCORES_POINTS, score.points)
    top = _top(whole.evaluation.file, criterion)
    if top is not None:
        sheet.typed(row, SCORES_POINTS + 1, top)
    words = [score.strengths, score.weaknesses, _cited(score.evidence), score.why_not_higher, score.why_not_lower]
    at = f"{london(of.submitted_at):%-d %B %Y %H:%M}"
    sheet.row(row, [*words, score.abstained, at], "text", SCORES_POINTS + 2)


def _bid(whole: Plan, bid: str) -> list[str]:
    """Return the lot, the bid's id and its tenderer's name."""
    plan = whole.of_bid(bid)
    return [plan.lot.lot.title, bid, plan.by_id[bid].tenderer.name] if plan else ["", bid, ""]


def _criterion(whole: Plan, bid: str, criterion: str) -> Criterion | None:
    plan = whole.of_bid(bid)
    found = walk(plan.lot.methodology.criteria) if plan else ()
    return next((each for each, _ in found if each.id == criterion), None)


def _top(file: TenderFile, criterion: Criterion | None) -> Fraction | None:
    scale = next((scale for scale in file.scales if criterion and scale.id == criterion.scale), None)
    return Fraction(scale.maximum) if scale else None


def _cited(evidence: Iterable[Evidence]) -> str:
    lines = (f"{cited.document}, {cited.reference}{f': “{cited.quote}”' if cited.quote else ''}" for cited in evidence)
    return "\n".join(lines)


def write_agreed(book: Book, name: str, whole: Plan) -> None:
    """Write every agreed score beside the spread behind it, its reason, and each change with its cause."""
    sheet = book.sheet(name, (22, 20, 26, 16, 28, 9, 9, 9, 9, 9, 12, 50, 30, 30, 30, 50, 30, 16))
    sheet.text(0, 0, "Agreed scores", "title")
    sheet.text(1, 0, "Lowest, highest and mean are of the individual scores; the agreed score is no average.", "note")
    sheet.heads(2, _AGREED_HEADS)
    sheet.freeze(3, 3)
    given = _given(whole.evaluation.file)
    rows = []
    for row, agreed in enumerate(whole.evaluation.file.agreed_scores, 3):
        if _agreed(sheet, row, agreed, whole, given):
            rows.append(row)
    sheet.count_checks_in(_CHECK, rows)
    last = 2 + max(1, len(whole.evaluation.file.agreed_scores))
    sheet.raw.autofilter(2, 0, last, len(_AGREED_HEADS) - 1)


def _given(file: TenderFile) -> dict[tuple[str, str], dict[str, Fraction]]:
    """Collect what evaluators gave, by bid and criterion."""
    found: dict[tuple[str, str], dict[str, Fraction]] = {}
    for sheet in file.score_sheets:
        for score in sheet.scores:
            if score.points is not None:
                found.setdefault((sheet.bid, score.criterion), {})[sheet.evaluator] = Fraction(score.points)
    return found


def _agreed(
    sheet: Sheet, row: int, agreed: AgreedScore, whole: Plan, given: Mapping[tuple[str, str], Mapping[str, Fraction]]
) -> bool:
    """Write one agreed score; say whether it could be compared with the totals."""
    key = (agreed.bid, agreed.criterion)
    criterion = _criterion(whole, *key)
    title = criterion.title if criterion else ""
    sheet.row(row, [*_bid(whole, agreed.bid), agreed.criterion, title], "text")
    points = sheet.typed(row, _COUNT - 1, agreed.points)
    own = given.get(key, {})
    _spread(sheet, row, whole.scores.get(key, ()), list(own.values()))
    moved = "\n".join(_moved(agreed, own))
    words = [agreed.reason, _cited(agreed.evidence), agreed.why_not_higher, agreed.why_not_lower, moved, agreed.dissent]
    sheet.row(row, [*words, f"{agreed.agreed_on:%-d %B %Y}"], "text", _CHECK + 1)
    at, plan = whole.points.get(key), whole.of_bid(agreed.bid)
    if at is None or not _by_consensus(plan):
        return False
    sheet.check(row, _CHECK, f"{points}={at}")
    return True


def _by_consensus(plan: LotPlan | None) -> bool:
    return plan is not None and plan.lot.methodology.score_rule == "consensus"


def _spread(sheet: Sheet, row: int, cells: tuple[str, ...], points: list[Fraction]) -> None:
    """Write how many scores there were, the lowest, the highest and the mean."""
    if not cells:
        return
    listed, mean = ",".join(cells), sum(points, Fraction(0)) / len(points)
    figures = {"COUNT": Fraction(len(points)), "MIN": min(points), "MAX": max(points), "AVERAGE": mean}
    for column, (function, value) in enumerate(figures.items(), _COUNT):
        sheet.formula(row, column, f"{function}({listed})", value, MARKS if function == "AVERAGE" else "General")


def _moved(agreed: AgreedScore, own: Mapping[str, Fraction]) -> Iterable[str]:
    """Yield a line for each change with its coded cause, and for each score that differs without one."""
    to, explained = plain(Fraction(agreed.points)), set()
    for change in agreed.changes:
        explained.add(change.evaluator)
        old = plain(own[change.evaluator]) if change.evaluator in own else "no score"
        cause = f"{change.cause} ({CAUSES[change.cause]})"
        yield f"{change.evaluator}: {old} → {to}, {cause}: {change.explanation}"
    for evaluator, points in own.items():
        if points != agreed.points and evaluator not in explained:
            yield f"{evaluator}: {plain(points)} → {to}, no cause recorded"
