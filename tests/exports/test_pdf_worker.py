"""The printing process: a document that takes for ever fails alone, and the next one is printed."""

from datetime import date

import pytest

from exports import pdf_worker
from exports.pdf import PdfError
from exports.pdf_worker import Job, PrinterProcess

PAGE = '<html lang="en-GB"><head><title>A page</title></head><body><h1>A page</h1><p>{}</p></body></html>'


def job(words: str) -> Job:
    return Job(PAGE.format(words), "", (), date(2024, 9, 24))


def test_a_job_out_of_time_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_worker, "SECONDS", 0.05)
    answer = pdf_worker._answer(job("words " * 50_000))
    assert answer == "it takes longer than 0.05 seconds; shorten its longest texts"
    monkeypatch.setattr(pdf_worker, "SECONDS", 60)
    after = pdf_worker._answer(job("words"))
    assert isinstance(after, bytes)
    assert after.startswith(b"%PDF")


def test_a_process_that_was_killed_is_named_and_replaced() -> None:
    printer = PrinterProcess()
    printer._process.kill()
    printer._process.wait()
    with pytest.raises(PdfError, match="ended before the document was printed"):
        printer.run(job("words"))
    assert printer.run(job("words")).startswith(b"%PDF")
    printer.close()
