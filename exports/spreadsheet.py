"""The evaluation record as a spreadsheet with live formulas: finance and auditors can add it up again.

Typed figures are white, formulas shaded; beside every result stands what the workbench found, exactly, and a cell that
says whether the two agree. It holds individual scores: a restricted document.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from exports.documents import award_date, digests
from exports.workbook.awards import write_awards
from exports.workbook.book import AGREES, DIFFERS, Book, Sheet
from exports.workbook.changes import PanelRecord, write_changes, write_signatures
from exports.workbook.layout import Plan, plan_of
from exports.workbook.lot import write_prices, write_totals
from exports.workbook.money import write_funding
from exports.workbook.scores import write_agreed, write_scores
from exports.workbook.splits import write_splits
from exports.workbook.text import cell
from scoring.recommendation import Evaluation
from scoring.tender_file import TenderFile

_FIXED = {
    "Read me": "this sheet",
    "Splits": "how each bid's money is shared, who holds what, and every collaboration rule tested",
    "Scores": "every evaluator's score with its strengths, weaknesses, evidence and reasons",
    "Agreed": "every agreed score with its reason, and what moved from the individual scores and why",
    "Changes": "every individual score that moderation moved, by how much, its coded cause and the reason",
    "Funding": "money by source and year, printed totals against sums, and the lots against the income",
    "Lot limit": "the recommendations, the published limit on lots, and what it changed",
}
_SIGNATURES = "Signatures"
_SIGNED = "every agreed score as it was put to signature: who was there, who signed when, and what was taken up again"
_WIDTHS = (30, 60, 16, 16, 16)
_HOW = (
    "Every white cell with a number is typed data; every shaded cell is a formula that you can follow and recalculate. "
    "Change a white cell and everything that depends on it changes; nothing here changes the tender file.",
    "The result is worked out in exact fractions from the tender file, and not from this spreadsheet. Spreadsheet "
    "programs keep about 15 to 17 digits: a weight, points or marks whose decimals do not end are shown as near as a "
    "cell can, with the exact figure as text beside them. Figures are compared for ranks and ties after rounding to 9 "
    "decimals (method figures: to 12 significant digits), because binary fractions split exact ties.",
    "Excluded bids stand to the right of the bids still in, and outside the ranges from which the lowest, highest and "
    "mean prices are taken. Part 8 of a lot's totals shows each exclusion's price marks, totals and ranks as they were "
    "before it, for the record.",
    "This workbook holds individual scores and every bid's prices: it is restricted. Letters and public documents name "
    "no evaluator and tell a tenderer only what the law says it is told.",
)


def evaluation_workbook(evaluation: Evaluation, panel: PanelRecord | None = None) -> bytes:
    """Return the evaluation record of a whole procurement as an xlsx file, the same bytes for the same evaluation.

    ``panel`` adds what an installation knows beside it: how often scores were saved, and who signed what.
    """
    file = evaluation.file
    subject = f"{file.tender.reference}: {file.tender.title}"
    created = datetime.combine(_dated(file), time())
    book = Book("Evaluation record", subject, file.tender.buyer.name, created)
    held = {**_FIXED, **({_SIGNATURES: _SIGNED} if panel else {})}
    names = {wanted: book.reserve(wanted) for wanted in held}
    plan = plan_of(evaluation, book)
    first = book.sheet(names["Read me"], _WIDTHS)
    for lot in plan.lots:
        write_totals(book, lot, plan)
        write_prices(book, lot)
    write_splits(book, names["Splits"], plan)
    write_scores(book, names["Scores"], plan, panel)
    write_agreed(book, names["Agreed"], plan)
    write_changes(book, names["Changes"], names["Agreed"], plan)
    if panel:
        write_signatures(book, names[_SIGNATURES], panel, plan)
    write_funding(book, names["Funding"], plan)
    write_awards(book, names["Lot limit"], plan)
    _read_me(first, plan, held)
    return book.finish()


def _dated(file: TenderFile) -> date:
    """Return the day the record bears: of the award, else of the last agreed score, else of the deadline."""
    award = award_date(file.award) if file.award else None
    agreed = max((score.agreed_on for score in file.agreed_scores), default=file.tender.deadline.date())
    return award or agreed


def _read_me(sheet: Sheet, plan: Plan, fixed: Mapping[str, str]) -> None:
    file = plan.evaluation.file
    sheet.text(0, 0, "Evaluation record", "title")
    rules, whole = digests(file)
    facts = [
        ("Tender", f"{file.tender.reference}: {file.tender.title}"),
        ("Buyer", file.tender.buyer.name),
        ("Published rules, SHA-256", rules),
        ("Tender file, SHA-256", whole),
        *((f"Rounding: {method.title}", method.rounding.words()) for method in file.methodologies),
        ("Invented for illustration", ", ".join(file.tender.illustrative) or "nothing"),
    ]
    row = 2
    for name, fact in facts:
        sheet.text(row, 0, name, "strong")
        sheet.wide(row, fact, 1, len(_WIDTHS) - 1, 105)
        row += 1
    for paragraph in _HOW:
        sheet.wide(row + 1, paragraph, 0, len(_WIDTHS) - 1, 135)
        row += 1
    row = _checks(sheet, plan, row + 2)
    _contents(sheet, plan, fixed, row + 1)


def _checks(sheet: Sheet, plan: Plan, row: int) -> int:
    """Count the cells that compare this workbook with what was found, sheet by sheet, live."""
    sheet.heads(row, ["Sheet and workbench compared", "", "Checks", "Agree", "Result"])
    by_sheet: dict[str, list[tuple[str, int]]] = {}
    for check in sheet.book.checks:
        by_sheet.setdefault(check.sheet, []).append((check.cells, check.count))
    first = row + 1
    for name, ranges in by_sheet.items():
        row += 1
        count = sum(number for _, number in ranges)
        sheet.text(row, 0, name)
        asked = sheet.typed(row, 2, count)
        formula = "+".join(f'COUNTIF({cells},"{AGREES}")' for cells, _ in ranges)
        got = sheet.formula(row, 3, formula, count)
        sheet.check(row, 4, f"{got}={asked}")
    sheet.text(row + 1, 0, "All of them", "strong")
    if row >= first:
        same = f'COUNTIF({cell(first, 4)}:{cell(row, 4)},"{AGREES}")={row - first + 1}'
        sheet.formula(row + 1, 4, f'IF({same},"{AGREES}","{DIFFERS}")', AGREES, style="sum")
    return row + 2


def _contents(sheet: Sheet, plan: Plan, fixed: Mapping[str, str], row: int) -> None:
    sheet.heads(row, ["Sheet", "What it holds", "", "", ""])
    held = {"Read me": _FIXED["Read me"]}
    for lot in plan.lots:
        title = lot.lot.lot.title
        held[lot.totals] = f"{title}: criteria, agreed points, marks, price, totals, ranks, exclusions"
        held[lot.prices] = f"{title}: every price as typed, beside budget and ceilings"
    for at, (name, words) in enumerate({**held, **fixed}.items(), row + 1):
        sheet.text(at, 0, name)
        sheet.wide(at, words, 1, len(_WIDTHS) - 1, 105)
