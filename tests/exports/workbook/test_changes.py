"""What moderation changed, as rows that calculate: each moved score with its cause, its saves and who signed."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import formulas
import openpyxl
import pytest

from exports.spreadsheet import evaluation_workbook
from exports.workbook.book import Book
from exports.workbook.changes import PanelRecord, Saves, Signed, write_changes
from exports.workbook.layout import plan_of
from exports.workbook.lot import write_prices, write_totals
from exports.workbook.scores import write_agreed, write_scores
from scoring.moderation import CAUSES
from scoring.recommendation import evaluate
from scoring.scoresheet import Score
from tests import factories as make

BEGUN, CHANGED = datetime(2024, 10, 7, 9, 5, tzinfo=UTC), datetime(2024, 10, 7, 15, 59, tzinfo=UTC)
RECORD = PanelRecord(
    {("adult-harbour", "delivery", "mei"): Saves(17, BEGUN, CHANGED)},
    (
        Signed("adult-harbour", "delivery", 1, "4", False, ("Ruth", "Mei"), (("Ruth", BEGUN), ("Mei", BEGUN))),
        Signed("adult-harbour", "delivery", 2, "5", True, ("Ruth",), (("Ruth", CHANGED),), "=Page 9 was overlooked"),
    ),
)


def rows(data: bytes, name: str, head: int = 3) -> list[dict[str, Any]]:
    """Read a sheet's rows under its heads, with the values that stand in the file."""
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[name]
    lines = list(sheet.iter_rows(min_row=head, values_only=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if any(it is not None for it in line)]


@pytest.fixture(scope="module")
def whole() -> bytes:
    return evaluation_workbook(evaluate(make.tender_file()), RECORD)


def test_every_score_that_was_moved_has_a_line_with_its_cause(whole: bytes) -> None:
    found = rows(whole, "Changes")
    file = make.tender_file()
    assert len(found) == sum(len(score.changes) for score in file.agreed_scores) == 5
    assert {(it["Evaluator"], it["Cause"], it["Cause in words"], it["Moved by"]) for it in found} == {
        ("mei", "evidence_missed", CAUSES["evidence_missed"], 1)
    }
    assert {it["Explanation"] for it in found} == {"The rota on page 9 had been overlooked."}
    assert [it["Agreed"] - it["Given"] for it in found] == [1] * 5


def test_a_score_moved_without_a_cause_and_a_change_without_a_score_have_lines_too() -> None:
    file = make.tender_file()
    first, *others = file.agreed_scores
    silent = replace(first, changes=())
    ill = Score("delivery", abstained="Ill")
    sheets = [
        replace(it, scores=(ill, *it.scores[1:])) if (it.evaluator, it.bid) == ("mei", "adult-quayside") else it
        for it in file.score_sheets
    ]
    data = evaluation_workbook(evaluate(replace(file, agreed_scores=(silent, *others), score_sheets=tuple(sheets))))
    found = {it["Id in the tender file"]: it for it in rows(data, "Changes")}
    assert (found["adult-harbour"]["Cause in words"], found["adult-harbour"]["Moved by"]) == ("no cause recorded", 1)
    assert (found["adult-quayside"]["Given"], found["adult-quayside"]["Moved by"]) == (None, None)
    assert found["adult-quayside"]["Cause"] == "evidence_missed"


def test_the_differences_are_live_and_recalculate_to_what_was_found(tmp_path: Path) -> None:
    """Another program reads the formulas: a score that is typed anew moves its difference, and its check alarms."""
    evaluation = evaluate(make.tender_file(("adult-harbour", "adult-beacon")))
    book = Book("", "", "", make.DEADLINE.replace(tzinfo=None))
    names = {name: book.reserve(name) for name in ("Scores", "Agreed", "Changes")}
    plan = plan_of(evaluation, book)
    for lot in plan.lots:
        write_totals(book, lot, plan)
        write_prices(book, lot)
    write_scores(book, names["Scores"], plan)
    write_agreed(book, names["Agreed"], plan)
    write_changes(book, names["Changes"], names["Agreed"], plan)
    path = tmp_path / "changes.xlsx"
    path.write_bytes(book.finish())
    assert calculated(path) == {("J4", 1.0), ("K4", "agrees"), ("J5", 1.0), ("K5", "agrees")}
    typed = openpyxl.load_workbook(path)
    sheet = typed["Scores"]
    mei = next(
        row
        for row in range(4, sheet.max_row + 1)
        if (sheet.cell(row, 4).value, sheet.cell(row, 6).value) == ("mei", "delivery")
    )
    sheet.cell(mei, 8).value = 2
    typed.save(path)
    assert calculated(path) >= {("J4", 3.0), ("K4", "differs"), ("J5", 1.0), ("K5", "agrees")}


def calculated(path: Path) -> set[tuple[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solved = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found = set()
    for name, value in solved.items():
        at = re.fullmatch(r"'\[.*\]CHANGES'!([JK][4-9])", str(name))
        if at and hasattr(value, "value"):
            found.add((at[1], value.value[0, 0]))
    return found


def test_the_panel_s_own_record_says_how_often_a_score_was_saved_and_who_signed(whole: bytes) -> None:
    (saved,) = [it for it in rows(whole, "Scores") if it["Times saved"] is not None]
    assert (saved["Evaluator"], saved["Times saved"], saved["Begun"], saved["Last changed"]) == (
        "mei", 17, "7 October 2024 10:05", "7 October 2024 16:59",
    )  # fmt: skip
    first, second = rows(whole, "Signatures")
    assert (first["State"], first["Signed by"]) == (
        "taken up again",
        "Ruth, 7 October 2024 10:05\nMei, 7 October 2024 10:05",
    )
    assert (second["State"], second["Points"], second["Taken up again because"]) == (
        "stands",
        5,
        "=Page 9 was overlooked",
    )


def test_without_it_the_workbook_has_neither() -> None:
    book = openpyxl.load_workbook(io.BytesIO(evaluation_workbook(evaluate(make.tender_file()))))
    assert "Signatures" not in book.sheetnames
    assert "Times saved" not in [each.value for each in book["Scores"][3]]


def test_nothing_is_hidden_and_the_file_says_nothing_of_who_made_it(whole: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(whole))
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    assert [(sheet.title, at) for sheet in book for at, it in sheet.column_dimensions.items() if it.hidden] == []
    assert [(sheet.title, at) for sheet in book for at, it in sheet.row_dimensions.items() if it.hidden] == []
    told = book.properties
    assert (told.creator, told.lastModifiedBy, told.description, told.keywords) == (
        make.tender().buyer.name, make.tender().buyer.name, None, None,
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = archive.namelist()
        xml = b"".join(archive.read(name) for name in names)
    assert [name for name in names if "comment" in name or "vba" in name or "external" in name.casefold()] == []
    assert b"<f>Page 9" not in xml


def test_the_same_record_gives_the_same_bytes(whole: bytes) -> None:
    assert evaluation_workbook(evaluate(make.tender_file()), RECORD) == whole


def test_points_between_levels_are_compared_exactly() -> None:
    file = make.tender_file(("adult-harbour", "adult-beacon"))
    agreed = tuple(replace(it, points=Decimal("3.1"), changes=()) for it in file.agreed_scores[:1])
    data = evaluation_workbook(evaluate(replace(file, agreed_scores=(*agreed, *file.agreed_scores[1:]))))
    assert {it["As recorded"] for it in rows(data, "Changes")} == {"agrees"}
