"""The printer: tagged as PDF/UA-1 asks, the same bytes every time, nothing fetched, attachments that come out whole."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest
from pdfua import validate
from weasyprint.urls import URLFetcher

from exports import pdf
from exports.pdf import Attached, OnlyFonts, PdfError, attached, attachments_of, from_html
from tests.exports.pdf_text import tags_of, words_of

DAY = date(2024, 9, 24)
CSS = "html { font-family: Notice } b { font-weight: 700 } i { font-style: italic }"
PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>A letter</title></head><body><h1>Marks</h1>
<p>Ŵyn has <b>84.31</b> <i>marks</i>, €5 and £1. <a href="#t">See the table</a>.</p>
<svg xmlns="http://www.w3.org/2000/svg" width="20" height="5"><title>Two bars</title><path d="M0 0h9v4H0z"/></svg>
<table id="t"><thead><tr><th scope="col">Criterion</th><th scope="col">Marks</th></tr></thead>
<tbody><tr><th scope="row">Delivery</th><td>14.40</td></tr></tbody></table></body></html>"""
DATA = Attached("claim.json", b'{"total": "84.31"}', "figures")

PRINT_TWICE = """
import hashlib
from tests.exports.test_pdf import CSS, DATA, DAY, PAGE
from exports.pdf import from_html
print(hashlib.sha256(from_html(PAGE, css=CSS, attachments=[DATA], created=DAY)).hexdigest())
"""


@pytest.fixture(scope="module")
def printed() -> bytes:
    return from_html(PAGE, css=CSS, attachments=[DATA], created=DAY)


def test_two_processes_print_the_same_bytes(printed: bytes) -> None:
    root = Path(__file__).resolve().parents[2]
    digests = {hashlib.sha256(printed).hexdigest()}
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "TZ": f"Etc/GMT+{seed}"}
        done = subprocess.run([sys.executable, "-c", PRINT_TWICE], env=env, capture_output=True, check=True)
        digests.add(done.stdout.decode().strip())
    assert len(digests) == 1


def test_the_document_says_its_language_its_title_and_its_standard(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as read:
        assert read.Root.MarkInfo.Marked is True
        assert str(read.Root.Lang) == "en-GB"
        assert str(read.docinfo.Title) == "A letter"
        assert read.Root.ViewerPreferences.DisplayDocTitle is True
        with read.open_metadata() as meta:
            assert str(meta["pdfuaid:part"]) == "1"


def test_it_is_dated_as_told_and_not_by_the_clock(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as read:
        assert str(read.docinfo.CreationDate).startswith("D:20240924000000")
        assert read.docinfo.ModDate == read.docinfo.CreationDate
    later = from_html(PAGE, css=CSS, created=datetime(2024, 9, 24, 15, 30, tzinfo=UTC))
    with pikepdf.open(io.BytesIO(later)) as read:
        assert str(read.docinfo.CreationDate).startswith("D:20240924153000")


def test_every_header_cell_says_what_it_heads(printed: bytes) -> None:
    scopes = [about["scope"] for kind, about in tags_of(printed) if kind == "/TH"]
    assert scopes == ["/Column", "/Column", "/Row"]


def test_figures_have_alternative_texts_and_links_print(printed: bytes) -> None:
    assert [about["alt"] for kind, about in tags_of(printed) if kind == "/Figure"] == ["Two bars"]
    with pikepdf.open(io.BytesIO(printed)) as read:
        flags = [int(note.F) for page in read.pages for note in page.get("/Annots", ()) if note.Subtype == "/Link"]
    assert flags
    assert all(flag & 4 for flag in flags)


def test_every_font_is_embedded_and_can_be_read_back(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as read:
        fonts = [font for page in read.pages for font in page.Resources.Font.values()]
        assert len(fonts) == 3
        for font in fonts:
            assert "+Notice" in str(font.BaseFont)
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert "/ToUnicode" in font
    assert "Ŵyn has 84.31 marks, €5 and £1." in words_of(printed)


def test_an_independent_checker_finds_nothing_to_complain_of(printed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(printed)
    assert list(validate(file).findings) == []


def test_that_checker_can_complain(tmp_path: Path) -> None:
    file = tmp_path / "bare.pdf"
    with pikepdf.new() as bare:
        bare.add_blank_page()
        bare.save(file)
    assert validate(file).findings


def test_attachments_come_out_as_they_went_in(printed: bytes) -> None:
    assert attached(printed, "claim.json") == DATA.data
    assert attachments_of(printed) == {"claim.json": DATA.data}
    with pikepdf.open(io.BytesIO(printed)) as read:
        assert [str(spec.AFRelationship) for spec in read.Root.AF] == ["/Data"]


def test_a_missing_attachment_is_refused_with_what_is_there(printed: bytes) -> None:
    with pytest.raises(PdfError, match=r"no attachment “x.json”: it holds claim.json"):
        attached(printed, "x.json")
    with pytest.raises(PdfError, match="it holds no attachment"):
        attached(from_html(PAGE, created=DAY), "claim.json")


@pytest.mark.parametrize("damaged", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_refused_in_a_sentence(damaged: bytes) -> None:
    with pytest.raises(PdfError, match="cannot be read as a PDF"):
        attached(damaged, "claim.json")


HOSTILE = (
    '<img src="http://192.0.2.1/x.png" alt="x"><img src="file:///etc/passwd" alt="y">'
    '<object data="file:///etc/hostname"></object><link rel="stylesheet" href="http://192.0.2.1/x.css">'
    '<p style="background: url(file:///etc/passwd)">words</p><svg><image href="file:///etc/passwd"/></svg>'
    '<link rel="attachment" href="file:///etc/passwd">'
)


def test_nothing_but_the_fonts_is_ever_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = URLFetcher.fetch
    monkeypatch.setattr(URLFetcher, "fetch", lambda self, url, headers=None: asked.append(url) or fetch(self, url))
    pdf._styles.cache_clear()
    made = from_html(PAGE.replace("<h1>", HOSTILE + "<h1>"), css=CSS, created=DAY)
    pdf._styles.cache_clear()
    assert set(asked) == OnlyFonts.allowed
    assert "words" in words_of(made)
    assert attachments_of(made) == {}


@pytest.mark.parametrize("url", ["http://example.org/", "https://example.org/", "file:///etc/passwd", "data:,x", "x"])
def test_the_fetcher_refuses_every_other_address(url: str) -> None:
    with pytest.raises(ValueError, match="Nothing is fetched"):
        OnlyFonts().fetch(url)


def test_a_document_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONGEST_HTML", 20)
    with pytest.raises(PdfError, match="at most 20 can be printed"):
        from_html(PAGE, created=DAY)


def test_a_pdf_locked_with_a_password_is_refused_in_a_sentence() -> None:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    with pytest.raises(pdf.PdfError, match="locked with a password"):
        pdf.attachments_of(out.getvalue())
