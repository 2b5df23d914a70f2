"""Printing document values: what people typed is escaped, packs stream in order, figures read as they should."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from pdfua import validate

from exports import pdf_worker
from exports.documents import DocumentHead, Printable
from exports.notices.award_notice import award_notices
from exports.notices.letters import UnsuccessfulLetter, letters
from exports.pdf import Attached, PdfError
from exports.pdf_worker import Job, PrinterProcess
from lots.money import Money
from scoring.figures import Rounding
from scoring.recommendation import evaluate
from tests.exports.notices.letter_cases import fit_file, long_letter, rescored
from tests.exports.pdf_text import words_of
from workbench import printing
from workbench.printing import PrintingError, html_of, print_document, print_many


@pytest.fixture(scope="module")
def letter() -> UnsuccessfulLetter:
    return letters(evaluate(fit_file()))[0]


HOSTILE = [
    '<img src="http://192.0.2.1/x.png"><script>alert(1)</script>',
    "<img src='file:///etc/passwd'>",
    "{{ 7 * 7 }} {% include 'x' %}",
    "مرحبا \u202eevil\u202c שלום",
    "W" * 4_000,
    "🦊 emoji and a zero\u200bwidth, a tab\t and a\r\nline",
    "</style></head><body><h1>Another letter</h1>",
    "<ol></ol></div>",
    '"; } @page { content: "x',
    "\\A \\22 }",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_printed_as_words_and_breaks_nothing(text: str) -> None:
    file = rescored(fit_file(), "adult-quayside", "delivery", reason=text)
    named = tuple(replace(each, name=f"{each.name} {text}") for each in file.organisations)
    tender = replace(file.tender, title=text, lots=tuple(replace(lot, title=text) for lot in file.tender.lots))
    made = letters(evaluate(replace(file, organisations=named, tender=tender)), "adult")[0]
    html = html_of(made)
    assert html.count("<h1>") == 1
    assert html.count("<img") == html.count("<script") == 0
    assert html.count("</style>") == html.count("<body") == 1
    data = print_document(made)
    with pikepdf.open(io.BytesIO(data)) as read:
        assert len(read.pages) >= 4
    if text.isascii() and "\\" not in text and len(text) < 100:
        assert text.split()[0] in words_of(data)


def test_a_letter_and_a_notice_satisfy_an_independent_checker(tmp_path: Path) -> None:
    evaluation = evaluate(fit_file())
    for at, made in enumerate((letters(evaluation)[0], award_notices(evaluation)[0], long_letter())):
        file = tmp_path / f"{at}.pdf"
        file.write_bytes(print_document(made))
        assert list(validate(file).findings) == []


def test_headings_come_in_order(letter: UnsuccessfulLetter) -> None:
    levels = [int(part[0]) for part in html_of(letter).split("<h")[1:] if part[0].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_pack_comes_in_order_from_several_processes_with_the_bytes_of_one(letter: UnsuccessfulLetter) -> None:
    pack = [replace(letter, head=replace(letter.head, number=f"N{at}")) for at in range(5)]
    assert list(print_many(pack, 2)) == list(print_many(pack, 1)) == [print_document(each) for each in pack]


def test_a_pack_streams(letter: UnsuccessfulLetter) -> None:
    asked = 0

    def endless() -> Iterator[UnsuccessfulLetter]:
        nonlocal asked
        while True:
            asked += 1
            yield letter

    pack = print_many(endless(), 2)
    assert next(pack)[:5] == b"%PDF-"
    assert asked <= 6
    pack.close()


def test_a_failing_document_is_refused_and_its_process_goes_on(letter: UnsuccessfulLetter) -> None:
    job = printing.job_of(letter)
    printer = PrinterProcess()
    try:
        with pytest.raises(PdfError, match="could not be printed"):
            printer.run(replace(job, html="x" * 8_000_001))
        assert printer.run(job) == print_document(letter)
        assert printer.peak() > 0
    finally:
        printer.close()


def test_a_process_is_replaced_at_the_end_of_its_life(
    letter: UnsuccessfulLetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_worker, "LIFE", 1)
    job, printer = printing.job_of(letter), PrinterProcess()
    try:
        first = printer._process.pid
        assert printer.run(job) == printer.run(job)
        assert printer._process.pid != first
    finally:
        printer.close()


def test_a_process_that_has_ended_is_told_as_such(letter: UnsuccessfulLetter) -> None:
    printer = PrinterProcess()
    printer._process.kill()
    printer._process.wait()
    with pytest.raises(PdfError, match="ended before"):
        printer.run(Job("<p>x</p>", "", (), letter.head.dated))
    printer.close()


@dataclass(frozen=True)
class Unknown:
    """A document that nobody made a template for."""

    head: DocumentHead
    attachments: tuple[Attached, ...] = ()


def test_a_document_without_a_template_is_refused_until_one_is_registered(letter: UnsuccessfulLetter) -> None:
    made = Unknown(letter.head)
    assert isinstance(made, Printable)
    with pytest.raises(PrintingError, match="no template for a Unknown"):
        print_document(made)
    printing.register(Unknown, "notices/base.html")
    try:
        assert "Award decision notice" in words_of(print_document(made))
    finally:
        del printing.TEMPLATES["Unknown"]


def test_long_letters_list_their_parts(letter: UnsuccessfulLetter) -> None:
    assert "In this letter" not in html_of(letter)
    html = html_of(long_letter())
    assert html.count('<li><a href="#part-') == html.count('<h2 id="part-') == 11


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (printing.money(Money(123456789)), "£1,234,567.89"),
        (printing.money(Fraction(4564000)), "£4,564,000"),
        (printing.money(Fraction("0.005")), "£0.01"),
        (printing.marks(Fraction(5, 3), Rounding(2)), "1.67"),
        (printing.percent(Fraction(61)), "61 %"),
        (printing.percent(Decimal("10.50")), "10.5 %"),
        (printing.percent(Fraction(100, 3)), "33.33 %"),
        (printing.percent(Fraction(0), 0), "0 %"),
        (printing.ordinal(11), "11th"),
        (printing.ordinal(22), "22nd"),
        (printing.ordinal(103), "103rd"),
        (printing.brief("25 × 4564000 ÷ 5068000"), "25 × 4,564,000 ÷ 5,068,000"),
        (printing.brief("61.8 + 22.51381215469613"), "61.8 + 22.513812…"),
        (printing.brief("0.12345678 of 1234"), "0.123456… of 1234"),
        (str(printing.css_string('a"b')), "a\\22 b"),
        (printing.typed("one\n\n two \n\n\n"), "<p>one</p><p>two</p>"),
        (printing.typed("one\ntwo <b>"), "<p>one<br>two &lt;b&gt;</p>"),
        (
            printing.typed("Risks\n1. a\n2) b\n\n3. c\n- d\nend"),
            '<p>Risks</p><ol><li value="1">a</li><li value="2">b</li><li value="3">c</li></ol><ul><li>d</li></ul>'
            "<p>end</p>",
        ),
        (
            printing.typed("3.5 million", "So <says> it."),
            '<p><span class="label">So &lt;says&gt; it.</span> 3.5 million</p>',
        ),
        (printing.typed("- a", "Said."), '<p><span class="label">Said.</span> </p><ul><li>a</li></ul>'),
        (printing.typed(""), ""),
    ],
)
def test_figures_read_as_they_should(made: object, text: object) -> None:
    assert made == text


def test_bars_are_two_paths_as_long_as_the_marks() -> None:
    chart = printing.bar_chart([(Fraction(9), Fraction(18), Fraction(18)), (None, Fraction(0), Fraction(5))])
    assert chart.own == "M0 1h83.00v2H0z"
    assert chart.other == "M0 3h166.00v2H0zM0 9h0.00v2H0z"
    assert chart.height == 13
