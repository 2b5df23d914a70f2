"""Printed documents: a document value and its template become PDF bytes, one at a time or many in worker processes.

How to use it: ``print_document(value)`` for one, ``print_many(values, workers)`` for a pack (in order, streaming).
A new kind of document needs three things: a frozen dataclass with ``head`` and ``attachments`` (exports/documents.py),
a template in ``templates/notices/`` that extends ``notices/base.html``, and a line in ``TEMPLATES`` here (or a call of
``register``). A template sees ``document``, ``head`` and the filters below; it rounds figures, it never works them out.

    {{ amount|money }}                  £1,234 or £1,234.50 (Money, or a Fraction of pounds)
    {{ figure|marks(rounding) }}        to the published places
    {{ share|percent(2) }}              61 % or 61.25 %: a Fraction or Decimal that is already out of 100
    {{ dated|day }}                     Tuesday 24 September 2024;  {{ at|instant }} adds the London time
    {{ figure|plain }}                  exact, or 28 significant digits
    {{ "25 × 4564000"|brief }}          figures of a formula: thousands grouped, long decimals cut with “…”
    {{ text|typed }}                    a text somebody typed: paragraphs, line breaks and lists (``typed("Lead-in")``)
    {{ 3|counted("year") }}             3 years, 1 year
    {{ m.tag(head, "weights") }}        a macro of ``notices/macros.html``
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from queue import SimpleQueue
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from exports.documents import Printable
from exports.notices.letter_words import ordinal
from exports.pdf_worker import Job, PrinterProcess
from lots.calendar import say, say_instant
from lots.errors import ProcurementError
from lots.money import Money
from lots.words import counted
from scoring.figures import Rounding, plain
from workbench.paths import template_folder

TEMPLATES: dict[str, str] = {
    "AwardNotice": "notices/award_notice.html",
    "UnsuccessfulLetter": "notices/unsuccessful_letter.html",
    "ComplianceCertificate": "notices/certificate.html",
    "DecisionRecord": "notices/decision_record.html",
    "ScoreSheetDocument": "notices/score_sheet.html",
    "PanelReport": "notices/panel_report.html",
    "MethodologyAnnex": "notices/methodology.html",
    "RehearsalReport": "notices/rehearsal.html",
    "ModerationRecord": "notices/moderation_record.html",
    "OpeningMinutes": "notices/opening_record.html",
    "BidReceipt": "notices/bid_receipt.html",
    "AwardNoticeSheet": "notices/award_notice_sheet.html",
    "InterestDeclaration": "notices/interest_declaration.html",
    "ConflictRegister": "notices/interest_register.html",
}
STYLE = "notices/notice.css"
CONTENTS = "<ol></ol></div>"  # the empty list that ``m.contents`` leaves; typed text is escaped and cannot hold it
_ITEM = re.compile(r"(?:(?P<number>[0-9]{1,2})[.)]|[-*•–])\s+(?P<text>\S.*)")
_AHEAD = 2  # documents waiting for each worker, so that a pack of any length streams


class PrintingError(ProcurementError):
    """A document that no template is registered for."""


def register(kind: type, template: str) -> None:
    """Say which template prints a class of documents."""
    TEMPLATES[kind.__name__] = template


def print_document(document: Printable) -> bytes:
    """Print one document as PDF; PrintingError when no template is registered for its class."""
    return job_of(document).run()


def html_of(document: Printable) -> str:
    """Fill the document's template, everything typed by people escaped."""
    name = TEMPLATES.get(type(document).__name__)
    if name is None:
        raise PrintingError(f"There is no template for a {type(document).__name__}: register one")
    return with_contents(environment().get_template(name).render(document=document, head=document.head))


def methodology_page(annex: Printable) -> Markup:
    """Fill the body of the methodology annex for a web page: the same words as the PDF, without inline styles."""
    template = environment().get_template("notices/methodology_body.html")
    return Markup(template.render(document=annex, head=annex.head, page=True))


def with_contents(html: str) -> str:
    """Fill the list of contents, where the template has one, from the headings of the second level."""
    if CONTENTS not in html:
        return html
    titles: list[str] = []

    def named(heading: re.Match[str]) -> str:
        titles.append(heading[1])
        return f'<h2 id="part-{len(titles)}">{heading[1]}</h2>'

    filled = re.sub(r"<h2>(.*?)</h2>", named, html, flags=re.DOTALL)
    items = "".join(f'<li><a href="#part-{at}">{title}</a></li>' for at, title in enumerate(titles, 1))
    return filled.replace(CONTENTS, f"<ol>{items}</ol></div>", 1)


def print_many(documents: Iterable[Printable], workers: int = 2) -> Iterator[bytes]:
    """Print documents in ``workers`` processes and yield each PDF in the order given, holding only a few at a time.

    One worker or fewer prints in this process. The pages are filled in here and laid out there; each process may use
    1 GB of address space, and one that fails raises PdfError for its document.
    """
    if workers <= 1:
        yield from map(print_document, documents)
        return
    idle: SimpleQueue[PrinterProcess] = SimpleQueue()
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        for _ in range(workers):
            printer = PrinterProcess()
            stack.callback(printer.close)
            idle.put(printer)
        waiting: deque[Future[bytes]] = deque()
        for document in documents:
            waiting.append(pool.submit(_print_in, idle, job_of(document)))
            if len(waiting) > workers * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def job_of(document: Printable) -> Job:
    """Fill a document's template and put together what a printer needs."""
    return Job(html_of(document), style(), document.attachments, document.head.dated)


def _print_in(idle: SimpleQueue[PrinterProcess], job: Job) -> bytes:
    """Print a job in whichever process is free."""
    printer = idle.get()
    try:
        return printer.run(job)
    finally:
        idle.put(printer)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Make the template environment: everything escaped, a misspelt name an error, the filters above."""
    made = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        money=money, marks=marks, percent=percent, day=say, instant=say_instant, plain=plain,
        short_day=short_day, ordinal=ordinal, brief=brief, css_string=css_string, counted=counted, typed=typed,
    )  # fmt: skip
    made.globals["bar_chart"] = bar_chart
    made.globals["m"] = made.get_template("notices/macros.html").module
    return made


@lru_cache(maxsize=1)
def style() -> str:
    """Read the style sheet of printed documents."""
    return (template_folder() / STYLE).read_text("utf-8")


def money(amount: Money | Fraction | int) -> str:
    """Write pounds with pence only where there are any; a fraction of a penny is rounded half up."""
    if isinstance(amount, Money):
        return str(amount)
    return str(Money(int(Rounding(0).value(Fraction(amount) * 100))))


def marks(figure: Fraction, rounding: Rounding) -> str:
    """Write marks to the published places."""
    return rounding.text(figure)


def percent(share: Fraction | Decimal, places: int = 2) -> str:
    """Write a figure that is out of 100, to at most ``places`` decimals: ``61 %``."""
    text = Rounding(places).text(Fraction(share))
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def short_day(day: date | datetime) -> str:
    """Write a date without its weekday: ``24 September 2024``."""
    return f"{day.day} {day:%B %Y}"


def brief(figures: str) -> str:
    """Make a formula's figures readable: thousands grouped, decimals beyond six cut with an ellipsis."""
    cut = re.sub(r"(\.\d{6})\d+", r"\1…", figures)
    return re.sub(r"(?<![\d.])\d{5,}", lambda found: f"{int(found[0]):,}", cut)


def css_string(text: str) -> Markup:
    """Write a text for the inside of a CSS string: everything but ASCII letters, digits and blanks as escapes."""
    return Markup("".join(each if re.match("[A-Za-z0-9 ]", each) else f"\\{ord(each):X} " for each in text))


def typed(text: str, lead: str = "") -> Markup:
    """Print what somebody typed as they see it: blank lines part paragraphs, other new lines break them.

    Lines that begin with ``1.`` or ``2)`` are an ordered list with those numbers, lines with ``-``, ``*`` or ``•`` a
    plain one. ``lead`` runs in at the head of the first paragraph, or stands above a list.
    """
    parts: list[tuple[str, list[str]]] = []
    for line in (*map(str.strip, text.splitlines()), ""):
        item = _ITEM.match(line)
        kind = "" if not line else "p" if not item else "ol" if item["number"] else "ul"
        if not parts or parts[-1][0] != kind:
            parts.append((kind, []))
        parts[-1][1].append(line)
    parts = _joined([part for part in parts if part[0]])
    first = Markup('<span class="label">{}</span> ').format(lead) if lead else Markup("")
    if lead and (not parts or parts[0][0] != "p"):
        parts.insert(0, ("p", [""]))
    return Markup("").join(_part(kind, lines, "" if at else first) for at, (kind, lines) in enumerate(parts))


def _joined(parts: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Join lists that blank lines divide."""
    found: list[tuple[str, list[str]]] = []
    for kind, lines in parts:
        if found and kind != "p" and found[-1][0] == kind:
            found[-1][1].extend(lines)
        else:
            found.append((kind, lines))
    return found


def _part(kind: str, lines: list[str], first: str) -> Markup:
    if kind == "p":
        return Markup("<p>{}{}</p>").format(first, Markup("<br>").join(lines))
    items = [found for found in map(_ITEM.match, lines) if found]
    numbered = Markup("").join(
        Markup('<li value="{}">{}</li>').format(it["number"], it["text"])
        if it["number"]
        else Markup("<li>{}</li>").format(it["text"])
        for it in items
    )
    return Markup(f"<{kind}>{{}}</{kind}>").format(numbered)


@dataclass(frozen=True)
class BarChart:
    """Pairs of bars as two SVG paths in millimetres."""

    own: str
    other: str
    width: int
    height: int


def bar_chart(rows: Sequence[tuple[Any, Any, Any]]) -> BarChart:
    """Draw (own, other, full) as pairs of bars 166 mm wide at most; None draws no bar."""
    width, row, bar = 166, 6, 2
    paths: list[list[str]] = [[], []]
    for at, (own, other, full) in enumerate(rows):
        for which, value in enumerate((own, other)):
            if value is not None and full:
                length = Rounding(2).text(Fraction(value) / Fraction(full) * width)
                paths[which].append(f"M0 {at * row + 1 + which * bar}h{length}v{bar}H0z")
    return BarChart("".join(paths[0]), "".join(paths[1]), width, row * len(rows) + 1)
