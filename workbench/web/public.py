"""What anybody may read: the published tenders, their rules, files, answers and notices; and asking a question.

These pages read what is published and never a draft, know nobody who is signed in, and may be kept by anybody: an
unchanged one is answered by its tag alone.
"""

from __future__ import annotations

import base64
import re
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from exports.reports.methodology import MethodologyAnnex, methodology_annex
from lots.calendar import london
from scoring.tender_file import TenderFile
from workbench import __version__, clock, printing
from workbench.countdown import left
from workbench.forms.questions import AskForm
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries import publishing as reads
from workbench.queries import questions as asked
from workbench.queries.awards.exports import TOLD, is_public
from workbench.queries.bids.published_lots import has_rules
from workbench.services import questions
from workbench.web.access import open_to_all
from workbench.web.limits import limiter
from workbench.web.pages import STYLE_SHEET, static_url
from workbench.web.writing import not_saved

public = Blueprint("public", __name__)
ASKING = "6 per hour; 20 per day"
"""How many questions are taken from one address."""
LATEST = 10  # answers shown on the page of a tender; the rest stand on pages of their own
_FOR_EVER = 365 * 24 * 60 * 60
_MOST_KEPT = 64
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_kept: OrderedDict[str, str] = OrderedDict()


@public.before_request
def nobody() -> None:
    """Forget who is signed in: a public page says the same to everybody."""
    g.actor = None


@public.get("/notices/")
@open_to_all
def index() -> ResponseReturnValue:
    """List the published tenders, the latest first."""
    number = _number()
    rows, count = reads.published_tenders(number)
    last = max(1, -(-count // reads.PAGE))
    at = clock.now()
    body = render_template("public/index.html", rows=rows, count=count, number=number, last=last, left=left, at=at)
    return _tagged(sha256(body.encode()).hexdigest(), lambda: body)


@public.get("/notices/<tender_id>/")
@open_to_all
def notice(tender_id: str) -> ResponseReturnValue:
    """Show a published tender: lots, money, rules, timetable, files, answers, notices."""
    mark = _mark(tender_id)
    words = _words_left(mark)
    told = mark.stage in TOLD and is_public(_found(tender_id)[1], london(clock.now()).date())
    return _tagged(
        _tag(mark, "notice with its award" if told else "notice", words),
        lambda: _notice(*_found(tender_id), words, told=told),
    )


@public.get("/notices/<tender_id>/questions")
@open_to_all
def log(tender_id: str) -> ResponseReturnValue:
    """Show the numbered log of questions and answers, page by page."""
    mark, number = _mark(tender_id), _number()

    def page() -> str:
        publication, tender = _found(tender_id)
        rows, count = asked.public_log(tender_id, page=number)
        last = max(1, -(-count // asked.PAGE))
        file = reads.rules_in_force(publication)
        return render_template(
            "public/questions.html", tender=tender, publication=publication, file=file, questions=rows, count=count,
            number=number, last=last, asking=_asking(file, tender), until=asked.taken_until(file), typed=printing.typed,
        )  # fmt: skip

    return _tagged(_tag(mark, f"log {number}", _words_left(mark)), page)


@public.get("/notices/<tender_id>/files/<name>")
@open_to_all
def file(tender_id: str, name: str) -> ResponseReturnValue:
    """Send a published file, byte for byte; it never changes, so it may be kept for ever."""
    row = reads.file_named(tender_id, name)
    if row is None:
        abort(404)
    response = Response(mimetype=row.mimetype.partition(";")[0])
    response.headers["Content-Type"] = row.mimetype
    response.cache_control.public = True
    response.cache_control.max_age = _FOR_EVER
    response.cache_control.immutable = True
    response.set_etag(row.sha256)
    if request.if_none_match.contains(row.sha256):
        response.status_code = 304
        return response
    response.data = row.content
    if row.kind == "annex_page":
        response.headers["Content-Security-Policy"] = _own_styles(row.content)
    return response


def _is_taken(response: Response) -> bool:
    """Say whether a question was taken: one that must be mended first does not count against its asker."""
    return response.status_code == 303


@public.get("/notices/<tender_id>/ask")
@open_to_all
def ask(tender_id: str) -> ResponseReturnValue:
    """Show the form for a question."""
    publication, tender = _found(tender_id)
    return _ask_page(publication, tender, AskForm())


@public.post("/notices/<tender_id>/ask", endpoint="send_question")
@limiter.limit(ASKING, deduct_when=_is_taken)
@open_to_all
def send_question(tender_id: str) -> ResponseReturnValue:
    """Take a question."""
    publication, tender = _found(tender_id)
    form = AskForm()
    if not form.validate():
        return not_saved({}, lambda: _ask_page(publication, tender, form))
    told = questions.Asked(form.name.data, form.organisation.data, form.email.data, form.question.data)
    questions.ask(publication, tender, told, at=clock.now())
    return redirect(url_for("public.asked_already", tender_id=tender_id), 303)


@public.get("/notices/<tender_id>/asked", endpoint="asked_already")
@open_to_all
def asked_already(tender_id: str) -> ResponseReturnValue:
    """Say that a question has arrived, and what becomes of it."""
    publication, tender = _found(tender_id)
    return render_template("public/asked.html", tender=tender, publication=publication)


# --- pieces -------------------------------------------------------------------------------------------------


def rules_shown(file: TenderFile, publication: PublicationRecord | None) -> MethodologyAnnex:
    """Return what the page of a tender says of its rules; without a publication as it would be today."""
    at = publication.changed_at if publication else clock.now()
    number = publication.rule_set if publication else 1
    return methodology_annex(file, dated=london(at).date(), version=number, draft=publication is None)


def _found(tender_id: str) -> tuple[PublicationRecord, TenderRecord]:
    found = reads.published_tender(tender_id)
    return found if found is not None else abort(404)


def _number() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), 10_000)


def _mark(tender_id: str) -> reads.Mark:
    found = reads.mark_of(tender_id)
    return found if found is not None else abort(404)


def _words_left(mark: reads.Mark) -> str:
    if mark.stage == "cancelled" or mark.deadline is None:
        return ""
    return left(mark.deadline, clock.now())


def _asking(file: TenderFile, tender: TenderRecord) -> bool:
    return asked.takes_questions(file, tender.stage, clock.now())


def _notice(publication: PublicationRecord, tender: TenderRecord, words: str, *, told: bool) -> str:
    file = reads.rules_in_force(publication)
    latest, count = asked.public_log(tender.id, most=LATEST)
    files = reads.files_of(tender.id)
    return render_template(
        "public/notice.html",
        tender=tender,
        publication=publication,
        annex=rules_shown(file, publication),
        typed=printing.typed,
        brief=printing.brief,
        notices=reads.notices_of(tender.id),
        files=files,
        current=[row for row in files if _is_current(row.kind, row.name, publication)],
        questions=latest,
        question_count=count,
        asking=_asking(file, tender),
        until=asked.taken_until(file),
        words=words,
        told=told,
        checkable=any(map(has_rules, file.tender.contract_lots)),
    )


def _is_current(kind: str, name: str, publication: PublicationRecord) -> bool:
    return kind != "ocds" and name.rpartition("-")[2].partition(".")[0] == str(publication.rule_set)


def _ask_page(publication: PublicationRecord, tender: TenderRecord, form: AskForm) -> str:
    file = reads.rules_in_force(publication)
    asking, until = _asking(file, tender), asked.taken_until(file)
    return render_template(
        "public/ask.html", tender=tender, publication=publication, form=form, asking=asking, until=until
    )


def _tag(mark: reads.Mark, what: str, words: str) -> str:
    """Name a page as it is now: it changes with what the public can see, with the time left, and with the program.

    Whether questions are taken depends on the day, so the day counts too.
    """
    day = london(clock.now()).date()
    said = f"{__version__} {_look()} {mark.tender_id} {mark.version} {mark.stage} {what} {words} {day}"
    return sha256(said.encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _look() -> str:
    """Return the address of the style sheet, which changes with every edition of the pages' looks."""
    return static_url(STYLE_SHEET)


def _tagged(tag: str, page: Callable[[], str]) -> Response:
    """Answer with a page and its tag; by the tag alone where the asker holds that page already."""
    response = Response(mimetype="text/html")
    response.set_etag(tag)
    response.cache_control.public = True
    response.cache_control.no_cache = True
    if request.if_none_match.contains(tag):
        response.status_code = 304
        return response
    if tag not in _kept or current_app.config["TESTING"]:
        _kept[tag] = page()
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    response.data = _kept[tag]
    return response


def _own_styles(page: bytes) -> str:
    """Allow a published page the very styles that stand in it, and nothing else."""
    hashes = (base64.b64encode(sha256(style).digest()).decode() for style in _STYLE.findall(page))
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return f"default-src 'none'; style-src {allowed}; img-src data:; frame-ancestors 'none'; base-uri 'none'"
