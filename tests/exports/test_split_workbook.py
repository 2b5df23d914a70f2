"""A split typed in a spreadsheet: there and back, however its rows and columns were moved, and refused by cell."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings

from exports.split_template import split_template
from exports.split_workbook import WorkbookError, read
from exports.zip_guard import Limits, UnsafeFile, check_workbook
from lots.calendar import date
from lots.collaboration import CollaborationRules
from lots.errors import ProcurementError
from lots.lot import Lot, Term
from lots.money import Money
from lots.split.editing import year_by_year
from lots.split.sheet import SplitSheet
from lots.split.typed import TypedPayment, TypedSheet, read_sheet, typed_of
from tests.lots.split.test_sheet import sheets
from tests.lots.split.test_typed import TYPED

RULES = CollaborationRules(
    lead_retention_maximum=Decimal(60), provider_maximum=Decimal(70), management_fee_maximum=Decimal(6),
    subcontract_minimum=Decimal(10), vcse_minimum=Decimal(10), by_and_for_minimum=Decimal(10), no_top_slice=True,
    no_money_back=True,
)  # fmt: skip
HEAD = 5  # the row of the heads, counted from 1


def lot(years: int = 7) -> Lot:
    return Lot("adult", "Adult support", Money.pounds(738_000), term=Term(date(2027, 4, 1), years), collaboration=RULES)


def book(typed: TypedSheet | None = None, years: int = 7) -> bytes:
    return split_template(lot(years), "AS-1: Victim services", "The Office", typed)


def parts(typed: TypedSheet) -> Any:
    sheet = read_sheet(typed).sheet
    assert sheet is not None
    return sheet.to_bid_parts().split


def changed(content: bytes, change: Callable[[Any], None], sheet: str = "Split") -> bytes:
    """Change a workbook as somebody would in a spreadsheet program."""
    opened = openpyxl.load_workbook(io.BytesIO(content))
    change(opened[sheet])
    saved = io.BytesIO()
    opened.save(saved)
    return saved.getvalue()


def problems(content: bytes) -> list[str]:
    with pytest.raises(WorkbookError) as refused:
        read(content, 7)
    return [str(each) for each in refused.value.findings]


# --- there and back ---------------------------------------------------------------------------------------------


def test_what_was_typed_comes_back_from_its_workbook() -> None:
    assert parts(read(book(TYPED), 7)) == parts(TYPED)
    years = year_by_year(TYPED)
    differing = replace(years, prices=(*years.prices[:6], "729,999.99"))
    assert parts(read(book(differing), 7)) == parts(differing)


def test_deductions_sub_contractors_and_further_payments_come_back() -> None:
    rows = list(TYPED.organisations)
    rows[2] = replace(rows[2], role="sub_contractor", paid_by="o2", kept_back=("1.5",))
    typed = replace(TYPED, organisations=tuple(rows), payments=(TypedPayment("o2", "o1", ("2",), ("0.5",)),))
    assert parts(read(book(typed), 7)) == parts(typed)


@settings(max_examples=40)
@given(sheets())
def test_any_sheet_comes_back(sheet: SplitSheet) -> None:
    typed = typed_of(sheet)
    back = read(split_template(lot(sheet.years), "x", "y", typed), sheet.years)
    was, now = parts(typed), parts(back)
    assert (now.delivery, now.management_fee) == (was.delivery, was.management_fee)
    amounts = [each.amounts for each in was.payments if any(each.amounts)]
    assert [each.amounts for each in now.payments if any(each.amounts)] == amounts


def test_the_same_split_is_the_same_bytes() -> None:
    assert book(TYPED) == book(TYPED)
    assert book() == book()


def test_an_empty_workbook_asks_for_a_price() -> None:
    assert [each.code for each in read_sheet(read(book(), 7)).findings] == ["sheet_no_price"]


def test_the_formulas_bear_what_the_check_found() -> None:
    values = openpyxl.load_workbook(io.BytesIO(book(TYPED)), data_only=True)["Check"]
    said = {row[0]: row[2] for row in values.iter_rows(values_only=True) if row[0]}
    titles = [row[0] for row in values.iter_rows(values_only=True)]
    lead = titles.index("The cap on what the lead keeps") + 1
    shown = [values.cell(lead + more, 3).value for more in (1, 2, 3)]
    assert shown == [438_000, 423_400, "kept"]
    assert said


# --- tolerant ---------------------------------------------------------------------------------------------------


def test_moved_columns_blank_rows_and_written_amounts_are_read() -> None:
    def move(sheet: Any) -> None:
        sheet.insert_cols(1, 2)
        sheet.insert_rows(7, 3)
        sheet.insert_rows(1, 2)
        for row in sheet.iter_rows():
            for each in row:
                if each.value == 730_000:
                    each.value = " £ 730,000.00 "

    assert parts(read(changed(book(TYPED), move), 7)) == parts(TYPED)


def test_a_number_that_a_formula_left_a_trillionth_off_is_read() -> None:
    amounts = replace(TYPED, unit="amounts", prices=("0.3",), delivery=("0.3",), management_fee=("",),
                      organisations=TYPED.organisations[:1])  # fmt: skip

    def add(sheet: Any) -> None:
        sheet.cell(HEAD + 1, 10).value = 0.1 + 0.2

    assert parts(read(changed(book(amounts), add), 7)).delivery[0] == Money(30)


# --- refused by cell --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        (HEAD + 1, 10, "lots", "Sheet “Split”, row 6, column J: “lots” is not an amount"),
        (HEAD + 1, 11, 12.345, "Sheet “Split”, row 6, column K: “12.345” is not an amount"),
        (HEAD + 2, 10, 101, "Sheet “Split”, row 7, column J: “101” is more than the whole price"),
        (HEAD + 2, 10, -1, "Sheet “Split”, row 7, column J: “-1” is not a percentage"),
        (HEAD + 2, 10, True, "Sheet “Split”, row 7, column J: A figure is asked for here"),
        (HEAD + 2, 10, date(2026, 1, 1), "Sheet “Split”, row 7, column J: A figure is asked for here"),
        (HEAD + 4, 1, "Wizard", "Sheet “Split”, row 9, column A: “Wizard” is no kind of row"),
        (HEAD + 4, 3, "Nobody", "Sheet “Split”, row 9, column C: “Nobody” has no row of its own"),
        (HEAD + 4, 5, "perhaps", "Sheet “Split”, row 9, column E: Write yes or no"),
        (HEAD + 4, 2, "x" * 1001, "Sheet “Split”, row 9, column B: This cell holds 1,001 characters"),
        (HEAD, 16, "Year 9", "Sheet “Split”, row 5, column P: There is no year 9"),
    ],
)
def test_what_cannot_be_read_is_named_by_sheet_row_and_column(row: int, column: int, value: object, said: str) -> None:
    def spoil(sheet: Any) -> None:
        sheet.cell(row, column).value = value

    assert problems(changed(book(TYPED), spoil))[0].startswith(said)


def test_a_workbook_without_the_table_says_what_was_looked_for() -> None:
    def clear(sheet: Any) -> None:
        sheet.delete_rows(HEAD)

    with pytest.raises(WorkbookError, match="one row must have the heads Row, Organisation and Year 1"):
        read(changed(book(), clear), 7)


# --- guarded ----------------------------------------------------------------------------------------------------


def repacked(content: bytes, parts_of: dict[str, bytes], without: str = "") -> bytes:
    """Write a workbook again with parts added, replaced or left out."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts_of and name != without:
                new.writestr(name, old.read(name))
        for name, data in parts_of.items():
            new.writestr(name, data)
    return found.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ROW = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/activeX/activeX1.xml": b"<x/>"}, "macros"),
        ({"bomb.xml": b" " * 30_000_000}, "far more"),
        ({"../../etc/x.xml": b"<x/>"}, "forbidden names"),
        ({"content.xml": b"<x/>"}, "not an Excel workbook"),
        ({SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "outside itself"),
        (
            {"xl/sharedStrings.xml": b'<?xml version="1.0"?><!doctype a SYSTEM "file:///etc/passwd"><a/>'},
            "outside itself",
        ),
        ({SHEET: "<a/>".encode("utf-16")}, "unusual way"),
        ({SHEET: b"<a><b></a>"}, "damaged"),
        ({SHEET: ROW.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').encode()}, "beyond row"),
        ({SHEET: ROW.format('<row r="1"><c r="ZZZ1"><v>1</v></c></row>').encode()}, "beyond row"),
        ({SHEET: ROW.format("<row>" + "<c/>" * 400 + "</row>").encode()}, "beyond row"),
        ({SHEET: ROW.format("<row/>" * 6000).encode()}, "beyond row"),
        ({f"x{n}.xml": b"" for n in range(2_001)}, "too many parts"),
    ],
)
def test_a_file_that_would_harm_is_never_opened(spoilt: dict[str, bytes], said: str) -> None:
    with pytest.raises(UnsafeFile, match=said):
        read(repacked(book(), spoilt), 7)


def test_a_file_that_lies_about_its_size_is_stopped_while_it_unfolds() -> None:
    content = repacked(book(), {"big.xml": b"<a>" + b" " * 900_000 + b"</a>"})
    lying = re.sub(
        rb"(?s)PK\x01\x02.*", lambda tail: tail[0].replace((900_007).to_bytes(4, "little"), b"\x01\0\0\0"), content
    )
    assert lying != content
    with pytest.raises(UnsafeFile):
        check_workbook(lying, Limits(unpacked=200_000))


def test_a_password_protected_or_old_file_is_refused_in_words() -> None:
    with pytest.raises(UnsafeFile, match="damaged"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, 7)


@pytest.mark.slow
def test_two_thousand_spoilt_workbooks_are_read_or_refused_in_words() -> None:
    """Bytes changed, cut, doubled and swapped, in the packed file and in the XML inside it."""
    whole = book(TYPED)
    came = Counter(outcome(spoil(whole, random.Random(seed))) for seed in range(2_000))
    assert set(came) == {"read", "refused"}
    assert came["refused"] > 500


def outcome(content: bytes) -> str:
    """Say what became of a file; whatever else is raised fails the test."""
    try:
        read(content, 7)
    except ProcurementError:
        return "refused"
    return "read"


def spoil(content: bytes, chance: random.Random) -> bytes:
    """Spoil a workbook at a few places; half the time inside a part, so that the zip itself is sound."""
    if chance.random() < 0.3:
        return spoilt(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = chance.choice(archive.namelist())
        return repacked(content, {name: spoilt(archive.read(name), chance)})


_BITS = (b"<", b">", b'"', b"&#0;", b"\0", b"]]>", b"1e999", b"NaN", b"-", b"\xff\xfe", b"<c/>", b'r="A9999"', b't="s"')


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes: cut, doubled, swapped, or with signs put in that mean something."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        act = chance.randrange(5)
        if act == 0:
            del made[at : at + chance.randint(1, 40)]
        elif act == 1:
            made[at:at] = chance.choice(_BITS)
        elif act == 2:
            made[at : at + 1] = bytes([chance.randrange(256)])
        elif act == 3:
            made[at:at] = made[at : at + 50]
        else:
            del made[at:]
            made += b" "
    return bytes(made)
