"""The evaluation record is recalculated by programs that know nothing of ours, and must come to the same results."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exports.spreadsheet import evaluation_workbook
from exports.workbook.book import Book
from exports.workbook.formulas import decimals_for
from exports.workbook.layout import plan_of
from exports.workbook.lot import write_prices, write_totals
from exports.workbook.text import number
from lots.bid import OtherCost
from lots.money import Money
from scoring.recommendation import Evaluation, evaluate
from tests import factories as make
from tests.exports.workbook.workbook_cases import (
    VARIANTS,
    by_name,
    crowded,
    evaluated,
    formula_cells,
    line,
    opened,
    whole,
    written,
)

# ------------------------------------------------------------------------------------------ two recalculations

WITH_EXCLUSIONS = ("lowest_relative", "relative_value_cost", "a minimum for all", "nobody left")
Values = dict[tuple[str, str], Any]


def totals_only(evaluation: Evaluation) -> bytes:
    """Write the lots' own sheets alone: the formulas package takes its time over every formula."""
    book = Book("", "", "", make.DEADLINE.replace(tzinfo=None))
    plan = plan_of(evaluation, book)
    for lot in plan.lots:
        write_totals(book, lot, plan)
        write_prices(book, lot)
    return book.finish()


def by_formulas(folder: Path, data: bytes, **given: Any) -> Values:
    """Recalculate with the formulas package, in Python; ``given`` replaces typed cells of the adult lot's totals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import formulas

        path = folder / "book.xlsx"
        path.write_bytes(data)
        names = {sheet: f"'[book.xlsx]{sheet.upper()}'!" for sheet in opened(data).sheetnames}
        typed = {names["Adult support totals"] + cell: value for cell, value in given.items()}
        found = formulas.ExcelModel().loads(str(path)).finish().calculate(inputs=typed or None)
        cells = formula_cells(data)
        return {(sheet, cell): found[names[sheet] + cell].value[0, 0] for sheet, cell, _ in cells}


PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.fixture(scope="module")
def by_office(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Have an office suite recalculate every variant and the whole file at once (it does not unless told to)."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("no office suite here")
    home, source, out = (tmp_path_factory.mktemp(name) for name in ("profile", "books", "recalculated"))
    (home / "user").mkdir()
    (home / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
    names = {
        "whole": whole(),
        "crowded": crowded(),
        "stale": stale(),
        **{name: totals_only(evaluated(name)) for name in VARIANTS},
    }
    for at, data in enumerate(names.values()):
        (source / f"book{at}.xlsx").write_bytes(data)
    books = [str(path) for path in source.iterdir()]
    command = [program, f"-env:UserInstallation=file://{home}", "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run([*command, str(out), *books], check=True, capture_output=True, timeout=180)
    return {name: opened((out / f"book{at}.xlsx").read_bytes(), True) for at, name in enumerate(names)}


def stale() -> bytes:
    """The whole file with a typed score changed from 5 to 1 behind the back of every value that was written with it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                text, times = re.subn(rb'(<c r="H7"[^>]*><v>)5</v>', rb"\g<1>1</v>", text)
                assert times == 1
            new.writestr(name, text)
    return out.getvalue()


def same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return str(one) == str(other)
    return bool(abs(float(one) - float(other)) <= 1e-9 * (1 + abs(float(one))))


def differing(data: bytes, values: Values) -> list[tuple[Any, ...]]:
    """Cells whose recalculated value is not the one written with them, or that say so themselves."""
    cached = opened(data, True)
    found = [
        (sheet, cell, text, cached[sheet][cell].value, values[sheet, cell])
        for sheet, cell, text in formula_cells(data)
        if not same(cached[sheet][cell].value, values[sheet, cell]) or values[sheet, cell] == "differs"
    ]
    assert values
    return found


def from_book(book: Any, data: bytes) -> Values:
    return {(sheet, cell): book[sheet][cell].value for sheet, cell, _ in formula_cells(data)}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_formulas_package_comes_to_every_value_that_was_written(name: str, tmp_path: Path) -> None:
    file = VARIANTS[name]
    fewer = file if name in WITH_EXCLUSIONS else replace(file, bids=file.bids[:3])
    data = totals_only(evaluate(fewer))
    assert differing(data, by_formulas(tmp_path, data)) == []


@pytest.mark.parametrize("name", VARIANTS)
def test_an_office_suite_comes_to_every_value_that_was_written(name: str, by_office: dict[str, Any]) -> None:
    data = totals_only(evaluated(name))
    assert differing(data, from_book(by_office[name], data)) == []


@pytest.mark.parametrize("name", VARIANTS)
def test_the_values_written_are_those_of_the_evaluation(name: str) -> None:
    lot = evaluated(name).lot("adult")
    sheet = opened(written(name), True)["Adult support totals"]
    if lot.round.prices:
        label = "Total" if lot.round.marks else "Method figure"
        exactly = {bid: pytest.approx(float(total), rel=1e-14) for bid, total in lot.round.totals.items()}
        assert line(sheet, label) == by_name(lot, exactly)
        assert line(sheet, "Rank") == by_name(lot, {bid: lot.ranking.rank_of(bid) for bid in lot.round.totals})
    assert {result.tenderer.name for result in lot.results if result.exclusion} == {
        name for name, standing in line(sheet, "Standing").items() if standing.startswith("excluded")
    }


# ----------------------------------------------------------------------------------------------- whole workbooks


@pytest.mark.parametrize("made", [whole, crowded], ids=["plain", "crowded"])
def test_every_sheet_of_a_whole_file_recalculates_to_what_was_written(made: Any, tmp_path: Path) -> None:
    assert differing(made(), by_formulas(tmp_path, made())) == []


@pytest.mark.parametrize(("name", "made"), [("whole", whole), ("crowded", crowded)])
def test_every_sheet_recalculates_in_an_office_suite(name: str, made: Any, by_office: dict[str, Any]) -> None:
    assert differing(made(), from_book(by_office[name], made())) == []


def test_a_changed_score_changes_marks_total_and_rank_and_no_longer_agrees(tmp_path: Path) -> None:
    values = by_formulas(tmp_path, whole(), H7=1)
    sheet = "Adult support totals"
    assert values[sheet, "H15"] == pytest.approx(7.2)  # weight 36 × 1 point of 5
    assert values[sheet, "H38"] == pytest.approx(34.4)  # 63.2 less four points of 7.2 marks
    assert [values[sheet, cell] for cell in ("H44", "I44", "J44")] == [3, 1, 2]
    assert values[sheet, "H51"] == "differs"
    assert "differs" in [values["Read me", cell] for name, cell, _ in formula_cells(whole()) if name == "Read me"]


def test_an_office_suite_sees_a_changed_score_too(by_office: dict[str, Any]) -> None:
    sheet = by_office["stale"]["Adult support totals"]
    assert line(sheet, "Rank") == {"Harbour Trust": 3, "Quayside Trust": 1, "Beacon Trust": 2}
    assert sheet["H51"].value == "differs"


# ------------------------------------------------------------------------------------------------ bytes and shape


def test_the_same_evaluation_gives_the_same_bytes() -> None:
    assert evaluation_workbook(evaluate(make.tender_file())) == whole()


def test_money_points_and_weights_are_written_with_every_digit() -> None:
    assert str(number(Money(123_456_789_012_345))) == "1234567890123.45"
    assert str(number(Decimal("33.3333"))) == "33.3333"
    assert number(Fraction(1, 3)) == Decimal("0.33333333333333333")
    sheet = opened(crowded())["Adult support totals"]
    assert [sheet["D7"].value, sheet["C7"].value, sheet["G7"].value] == ["=C7", 36.6, "36.6"]
    prices = opened(crowded())["Adult support prices"]
    assert [prices["D9"].number_format, prices["A9"].number_format] == ["£#,##0.00", "General"]


def test_digits_for_comparing_follow_the_largest_figure() -> None:
    figures = ("0", "0.00012", "9.99", "10", "870000", "0.1")
    assert [decimals_for([Fraction(figure)]) for figure in figures] == [12, 15, 11, 10, 6, 12]


def test_typed_cells_are_white_and_formulas_shaded() -> None:
    sheet = opened(whole())["Adult support totals"]
    assert sheet["H7"].fill.fill_type is None
    assert sheet["H15"].fill.fgColor.rgb == "FFEAF1F8"


def test_excluded_bids_stand_to_the_right_of_the_ranges_with_their_reason() -> None:
    sheet = opened(written("lowest_relative"))["Adult support totals"]
    rows = {str(cells[0].value): [cell.value for cell in cells] for cells in sheet.iter_rows()}
    assert [rows["Standing"][column] for column in (7, 10)] == ["ranked", "excluded: minimum scores"]
    price = next(row[0].row for row in sheet.iter_rows() if str(row[0].value).startswith("Evaluated price"))
    out = evaluated("lowest_relative").lot("adult").result("rowan").exclusion
    assert out is not None
    assert rows["Rowan Trust"][2] == out.sentence
    lowest = [row[3].value for row in sheet.iter_rows() if str(row[0].value).startswith("Lowest price")]
    assert lowest == [f"=MIN($H${price}:$J${price})", f"=MIN($H${price}:$K${price})"]


@pytest.mark.parametrize("stated", [True, False], ids=["the file has its figures", "the file has none"])
def test_nothing_that_stands_in_a_late_bid_is_written(stated: bool) -> None:
    odd = Money(123_456_78)
    file = make.tender_file()
    late = make.bid("adult-beacon", received_at=make.DEADLINE, other_costs=(OtherCost("Van", odd),))
    late = replace(late, prices=(odd,) * 3) if stated else replace(late, prices=(), split=None, other_costs=())
    scored = tuple(it for it in file.score_sheets if it.bid != late.id)
    agreed = tuple(it for it in file.agreed_scores if it.bid != late.id)
    bids = tuple(late if bid.id == late.id else bid for bid in file.bids)
    data = evaluation_workbook(evaluate(replace(file, bids=bids, score_sheets=scored, agreed_scores=agreed)))
    book = opened(data, True)
    written_ = [cell.value for sheet in book for cells in sheet.iter_rows() for cell in cells]
    assert not [
        value for value in written_ if isinstance(value, float | int) and float(value) in (123456.78, 370370.34)
    ]
    prices = book["Adult support prices"]
    (row,) = [[cell.value for cell in cells] for cells in prices.iter_rows() if cells[0].value == "Beacon Trust"]
    assert row[2] == "late: not opened"
    assert not any(row[3:])
    said = [str(cells[0].value) for cells in book["Splits"].iter_rows()]
    assert said[said.index("Adult support: Beacon Trust") + 1] == "Not checked: late: not opened."
    assert not any("Van" in str(value) for value in written_)


def test_a_lot_that_waits_shows_its_marks_and_what_is_missing_and_no_rank() -> None:
    file = make.tender_file()
    evaluation = evaluate(replace(file, agreed_scores=file.agreed_scores[1:]))
    sheet = opened(evaluation_workbook(evaluation))["Adult support totals"]
    said = [str(cells[0].value) for cells in sheet.iter_rows()]
    assert any("has no agreed score yet" in text for text in said)
    assert "Rank" not in said
    assert set(line(sheet, "Standing").values()) == {"waiting"}


def test_a_tie_that_decides_an_award_leaves_the_sheet_of_awards_open() -> None:
    sheet = opened(written("a tie nothing settles"))["Lot limit"]
    said = " ".join(str(cell.value) for cells in sheet.iter_rows() for cell in cells)
    assert "tie" in said
