"""Letters per second: our tagged PDF/UA-1 pipeline against plain WeasyPrint on the same words, and two workers.

Run ``python tests/benchmarks/bench_letters.py [--letters 40]``. Plain means how one would write it first: the style in
the HTML, a new font configuration each time, tables that find their own widths, a chart whose SVG has words in it, no
tags. Both take turns in one process. 1,000 letters show whether memory stays flat.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from exports.notices.letters import UnsuccessfulLetter
from exports.pdf import font_faces
from exports.pdf_worker import PrinterProcess
from tests.exports.notices.letter_cases import long_letter
from workbench.printing import html_of, job_of, print_document, print_many, style


def numbered(letter: UnsuccessfulLetter, count: int) -> Iterator[UnsuccessfulLetter]:
    """Yield so many letters that differ in their number."""
    for at in range(count):
        yield replace(letter, head=replace(letter.head, number=f"{letter.head.number}-{at}"))


def naive(letter: UnsuccessfulLetter) -> bytes:
    """Print the same letter as one would write it first."""
    looks = style().replace("table-layout: fixed;", "")
    page = re.sub(r"<colgroup>.*?</colgroup>", "", html_of(letter))
    page = re.sub(r"<svg.*?</svg>", lambda _: _worded_chart(letter), page, flags=re.DOTALL)
    page = page.replace("</head>", f"<style>{font_faces()}{looks}</style></head>", 1)
    return bytes(weasyprint.HTML(string=page).write_pdf(font_config=FontConfiguration()))


def _worded_chart(letter: UnsuccessfulLetter) -> str:
    """Draw the chart with a bar, a label and a figure for each criterion and tender."""
    lines = [line for line in letter.lines if not line.is_heading]
    parts = []
    for at, line in enumerate(lines):
        for which, marks in enumerate((line.own_marks, line.winner_marks)):
            y, length = at * 12 + which * 5, float((marks or 0) / line.weight) * 90
            parts.append(f'<rect x="50" y="{y}" width="{length:.2f}" height="4" fill="#0f5257"/>')
            parts.append(f'<text x="0" y="{y + 4}" font-size="4">{line.title[:24]}</text>')
            parts.append(f'<text x="145" y="{y + 4}" font-size="4">{float(marks or 0):.2f}</text>')
    height = len(lines) * 12
    return f'<svg width="166mm" height="{height}mm" viewBox="0 0 166 {height}">{"".join(parts)}</svg>'


def alternate(letter: UnsuccessfulLetter, rounds: int) -> tuple[float, float]:
    """Return the median processor seconds of ours and of the naive way, taking turns."""
    ours: list[float] = []
    plain: list[float] = []
    for each in numbered(letter, rounds):
        for run, times in ((print_document, ours), (naive, plain)):
            start = time.process_time()
            run(each)
            times.append(time.process_time() - start)
    return statistics.median(ours[1:]), statistics.median(plain[1:])


def pooled(letter: UnsuccessfulLetter, count: int, workers: int) -> tuple[float, float]:
    """Return seconds a letter by the wall clock, of a pool that is under way and of the naive way beside it.

    The naive way prints before and after, so that whatever else the machine is doing weighs on both.
    """
    few = max(2, count // 10)
    before = _wall(letter, few)
    pack = print_many(numbered(letter, count + workers), workers)
    for _ in range(workers):
        next(pack)
    start = time.perf_counter()
    printed = sum(1 for _ in pack)
    taken = (time.perf_counter() - start) / printed
    return taken, (before + _wall(letter, few)) / 2


def _wall(letter: UnsuccessfulLetter, count: int) -> float:
    start = time.perf_counter()
    for each in numbered(letter, count):
        naive(each)
    return (time.perf_counter() - start) / count


def peak_memory(letter: UnsuccessfulLetter, count: int) -> float:
    """Return the peak resident mebibytes of one worker that prints so many letters."""
    printer = PrinterProcess()
    for each in numbered(letter, count):
        printer.run(job_of(each))
    peak = printer.peak() / 2**20
    printer.close()
    return peak


def main() -> None:
    """Measure and print a table, with the number to reach beside each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=40, help="letters for the pool and for the peak of memory")
    parser.add_argument("--rounds", type=int, default=12, help="turns each way takes in the comparison of one core")
    asked = parser.parse_args()
    letter = long_letter()
    ours, plain = alternate(letter, asked.rounds)
    print(f"naive WeasyPrint, one core     {1 / plain:6.1f} letters/s")
    print(f"ours, PDF/UA-1, one core       {1 / ours:6.1f} letters/s  {plain / ours:.2f} × naive (to reach: 1.60)")
    two, beside = pooled(letter, asked.letters, 2)
    print(f"ours, two workers              {1 / two:6.1f} letters/s  {beside / two:.2f} × naive (to reach: 2.60)")
    peak = peak_memory(letter, asked.letters)
    print(f"peak of a worker, {asked.letters:5d} letters  {peak:5.0f} MiB        (to reach: 80)")


if __name__ == "__main__":
    main()
