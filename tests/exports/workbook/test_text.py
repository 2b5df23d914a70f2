"""What people typed stays text in the spreadsheet, whatever it begins with and whatever it contains."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from exports.spreadsheet import evaluation_workbook
from exports.workbook.book import Book
from exports.workbook.text import DANGEROUS, MOST_CHARACTERS, safe_text, sheet_name
from lots.funding import Funding
from scoring.recommendation import evaluate
from scoring.tender_file import TenderFile
from tests import factories as make
from tests.exports.workbook.workbook_cases import formula_cells, opened, whole


def spoiled(prefix: str) -> TenderFile:
    """Begin every text that somebody typed with something that a spreadsheet program might run."""
    bad = f"{prefix}cmd|' /C calc'!A0"
    file = make.tender_file()
    tender = replace(file.tender, title=bad, reference=bad, buyer=replace(file.tender.buyer, name=bad))
    source = replace(file.tender.funding.sources[0], title=bad, funder=bad, condition=bad)
    scores = tuple(
        replace(sheet, scores=tuple(replace(one, strengths=bad, weaknesses=bad) for one in sheet.scores))
        for sheet in file.score_sheets
    )
    agreed = tuple(
        replace(one, reason=bad, dissent=bad, changes=tuple(replace(each, explanation=bad) for each in one.changes))
        for one in file.agreed_scores
    )
    return replace(
        file, tender=replace(tender, funding=Funding((source,))), score_sheets=scores, agreed_scores=agreed,
        organisations=tuple(replace(one, name=bad) for one in file.organisations),
        methodologies=tuple(replace(one, title=bad) for one in file.methodologies),
        panel=tuple(replace(one, job_title=bad) for one in file.panel),
    )  # fmt: skip


@pytest.mark.parametrize("prefix", DANGEROUS, ids=[f"U+{ord(prefix):04X}" for prefix in DANGEROUS])
def test_text_that_looks_like_a_formula_stays_text_and_adds_no_formula(prefix: str) -> None:
    data = evaluation_workbook(evaluate(spoiled(prefix)))
    assert list(formula_cells(data)) == list(formula_cells(whole()))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "/worksheets/sheet" in name]
    assert sum(sheet.count(b"<f>") for sheet in sheets) == len(list(formula_cells(whole())))
    names = opened(data)["Agreed"]
    assert [names["C4"].value, names["L4"].value] == [safe_text(f"{prefix}cmd|' /C calc'!A0")] * 2
    assert names["C4"].data_type == "s"
    assert names["C4"].quotePrefix
    assert not any("calc" in text for _, _, text in formula_cells(data))


def test_there_are_fourteen_dangerous_beginnings() -> None:
    assert len(set(DANGEROUS)) == 14


ODD_TEXTS = [
    "<r><t>markup</t></r>",
    "_x0041_",
    "a\r\nb",
    "\x00\x07\x7f\x85",
    "\ud800",
    "\ufffe",
    "&<>\"'",
    " blank ",
    "😀",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_comes_back_as_it_was_made_safe(text: str) -> None:
    book = Book("t", "s", text, make.DEADLINE.replace(tzinfo=None))
    book.sheet(book.reserve("One"), (10,)).text(0, 0, text)
    assert opened(book.finish())["One"]["A1"].value == safe_text(text)


def test_control_characters_are_shown_and_long_text_is_cut_with_a_note() -> None:
    assert safe_text("a\x00b\x1bc\x7fd\re\r\nf\tg\ud800") == "a\u2400b\u241bc\u2421d\u240de\nf\tg\ufffd"
    assert safe_text("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    for long in ("x" * 40_000, "😀" * 20_000):
        cut = safe_text(long)
        assert cut.endswith("the whole text is in the tender file]")
        assert MOST_CHARACTERS - 2 < len(cut.encode("utf-16-le")) // 2 <= MOST_CHARACTERS


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("Adult support", (), "Adult support totals"),
        ("Adult support", ("ADULT SUPPORT TOTALS",), "Adult support 2 totals"),
        ("a[b]:c*d?e/f\\g", (), "a-b--c-d-e-f-g totals"),
        ("'quoted'", (), "quoted totals"),
        ("=HYPERLINK(1)", (), "HYPERLINK(1) totals"),
        ("x" * 40, (), "x" * 24 + " totals"),
        ("😀", (), "lot totals"),
    ],
)
def test_sheet_names_are_safe_and_unique(wanted: str, taken: tuple[str, ...], name: str) -> None:
    assert sheet_name(wanted, taken, " totals") == name
    assert len(name) <= 31


def test_lots_with_long_equal_or_hostile_titles_get_sheets_of_their_own() -> None:
    lots = (make.lot("adult", title="='[x]y'!A1" * 5), make.lot("children", title="='[x]y'!A1" * 5))
    names = opened(evaluation_workbook(evaluate(make.tender_file(tender=make.tender(lots=lots))))).sheetnames
    assert names[1:5] == ["adult totals", "adult prices", "children totals", "children prices"]
