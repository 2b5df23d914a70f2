"""The printing process: a document that takes for ever fails alone, and the next one is printed."""

import subprocess
import sys
from datetime import date

import pytest

from exports.pdf import PdfError
from exports.pdf_worker import Job, PrinterProcess

PAGE = '<html lang="en-GB"><head><title>A page</title></head><body><h1>A page</h1><p>{}</p></body></html>'


def job(words: str) -> Job:
    return Job(PAGE.format(words), "", (), date(2024, 9, 24))


OUT_OF_TIME = """
from exports import pdf_worker
from tests.exports.test_pdf_worker import job
pdf_worker.SECONDS = 0.05
print(pdf_worker._answer(job("words " * 50_000)))
pdf_worker.SECONDS = 60
print(pdf_worker._answer(job("words"))[:4])
"""


def test_a_job_out_of_time_is_told_in_a_sentence() -> None:
    """In a process of its own, as in use: here other people's garbage collection hooks would swallow the alarm."""
    done = subprocess.run([sys.executable, "-c", OUT_OF_TIME], capture_output=True, text=True, check=True)
    told, after = done.stdout.splitlines()
    assert told == "it takes longer than 0.05 seconds; shorten its longest texts"
    assert after == "b'%PDF'"


def test_a_process_that_was_killed_is_named_and_replaced() -> None:
    printer = PrinterProcess()
    printer._process.kill()
    printer._process.wait()
    with pytest.raises(PdfError, match="ended before the document was printed"):
        printer.run(job("words"))
    assert printer.run(job("words")).startswith(b"%PDF")
    printer.close()
