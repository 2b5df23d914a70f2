"""The self-check: anybody types a split and sees whether it keeps the published rules. No account, and nothing stored.

Every view here that takes a form only checks (:func:`workbench.web.writing.checks_only`): what was typed goes back to
whoever typed it, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from exports import split_check
from exports.reports.certificate import self_check_certificate
from exports.reports.collaboration_clauses import clauses, consequence_words
from exports.split_check import SplitCheck
from exports.split_template import split_template
from lots.errors import ProcurementError
from lots.lot import Lot
from lots.money import Money, percent_of
from lots.split.editing import EditRefused, keep_rows
from lots.split.self_check import Filled, SelfCheck, check_sheet, fill_all, fill_one
from lots.split.typed import Reading, TypedSheet, read_sheet, typed_of
from workbench import clock, printing
from workbench.forms.bids.checking import OpenForm
from workbench.forms.bids.split import SplitForm, fields_of, typed_from
from workbench.queries import publishing as reads
from workbench.queries.bids.published_lots import PublishedLot, has_rules, lots_to_check, published_lot
from workbench.web.access import open_to_all
from workbench.web.bids import pages
from workbench.web.bids.check_result import Told, told
from workbench.web.limits import limiter
from workbench.web.writing import checks_only, unreadable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINTING = "6 per minute; 60 per hour"
"""How many certificates one address may have printed."""
_MOST_FIELDS = 10_000
_MOST_PROBLEMS = 20  # of a file, shown at once


@pages.get("/notices/<tender_id>/check/")
@open_to_all
def check_lots(tender_id: str) -> ResponseReturnValue:
    """Let a lot be chosen, with what its rules come to."""
    found = reads.published_tender(tender_id)
    if found is None:
        abort(404)
    publication, tender = found
    file = reads.rules_in_force(publication)
    lots = [(lot, has_rules(lot), lead_may_keep(lot)) for lot in lots_to_check(file) if lot.years]
    state = state_of(tender.stage, tender.deadline)
    return render_template("bids/check_lots.html", tender=tender, title=file.tender.title, lots=lots, state=state)


@pages.get("/notices/<tender_id>/check/<lot_id>")
@open_to_all
def check(tender_id: str, lot_id: str) -> ResponseReturnValue:
    """Show the form for a split, empty."""
    here = _found(tender_id, lot_id)
    return _page(here, SplitForm(years=here.lot.years), checked=False)


@pages.post("/notices/<tender_id>/check/<lot_id>", endpoint="check_split")
@open_to_all
@checks_only
def check_split(tender_id: str, lot_id: str) -> ResponseReturnValue:
    """Check what was typed, or do to it what the button says."""
    here = _found(tender_id, lot_id)
    form = SplitForm(years=here.lot.years)
    what = request.form.get("do", "check")
    try:
        if form.act(what):
            return _page(here, form, checked=form.sheet is not None)
    except EditRefused as refusal:
        return _page(here, form, note=str(refusal)), 422
    if what == "file":
        return _file(here, form)
    if what == "workbook":
        return _workbook(here, form.typed_sheet)
    if what == "link":
        return _page(here, form, checked=form.sheet is not None, link=split_check.link_of(_saved(here, form)))
    if not form.validate():
        return _page(here, form), 422
    return _fixed(here, form, what) if what.startswith("fix") else _page(here, form)


@pages.post("/notices/<tender_id>/check/<lot_id>/live", endpoint="check_live")
@open_to_all
@checks_only
def check_live(tender_id: str, lot_id: str) -> ResponseReturnValue:
    """Check what is being typed, sent as JSON by name of the field; answer with the piece of the page that says it."""
    here = _found(tender_id, lot_id)
    typed, wrong = typed_from(_json_fields(), here.lot.years)
    found = read_sheet(typed)
    return _result(told(Reading(found.sheet, (*wrong, *found.findings)), here))


@pages.post("/notices/<tender_id>/check/<lot_id>/open", endpoint="check_open")
@open_to_all
@checks_only
def check_open(tender_id: str, lot_id: str) -> ResponseReturnValue:
    """Go on with a saved file, a filled-in spreadsheet, or what a link holds."""
    here = _found(tender_id, lot_id)
    asked = OpenForm()
    try:
        opened = asked.opened(here.tender_id, here.lot, here.digest)
    except ProcurementError as refusal:
        problems = [str(each) for each in refusal.findings[:_MOST_PROBLEMS]]
        empty = SplitForm(None, years=here.lot.years)
        return _page(here, empty, checked=False, note=str(refusal), problems=problems), 422
    typed, wrong = typed_from(fields_of(opened.sheet), here.lot.years)
    form = SplitForm(None, years=here.lot.years, typed=typed)
    form.text_findings = wrong
    return _page(here, form, note=opened.note)


@pages.post("/notices/<tender_id>/check/<lot_id>/certificate", endpoint="check_certificate")
@limiter.limit(PRINTING)
@open_to_all
@checks_only
def check_certificate(tender_id: str, lot_id: str) -> ResponseReturnValue:
    """Print the certificate of a check. It takes about half a second of one core, and holds no lock meanwhile."""
    here = _found(tender_id, lot_id)
    form = SplitForm(years=here.lot.years)
    if not form.validate(names_too=True):
        return _page(here, form), 422
    assert form.sheet is not None
    document = self_check_certificate(here.file, lot_id, form.sheet, clock.now().replace(microsecond=0))
    response = Response(printing.print_document(document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(here, "pdf")}"'
    return response


@pages.get("/notices/<tender_id>/check/<lot_id>/split.xlsx")
@open_to_all
def check_template(tender_id: str, lot_id: str) -> ResponseReturnValue:
    """Send the spreadsheet for a lot, empty."""
    return _workbook(_found(tender_id, lot_id), None)


# --- pieces -------------------------------------------------------------------------------------------------


def _found(tender_id: str, lot_id: str) -> PublishedLot:
    return published_lot(tender_id, lot_id) or abort(404)


def _json_fields() -> Mapping[str, str]:
    """Read the fields of a live check: one JSON object of texts."""
    try:
        found = json.loads(request.get_data())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or len(found) > _MOST_FIELDS or not all(type(it) is str for it in found.values()):
        abort(400, "This was not sent by the page of the check: open it again")
    if unreadable("".join(found.values())):
        abort(400, "What was sent has characters that are no text; type them again")
    return found


def _page(
    here: PublishedLot, form: SplitForm, *, checked: bool = True, filled: Filled | None = None, **more: Any
) -> str:
    """Show what was typed with what its check says; nothing is said before anything was typed."""
    said = told(form.reading, here) if checked else None
    form.quiet = not checked
    form.edit_url = url_for("bids.check_split", tender_id=here.tender_id, lot_id=here.lot.id)
    return render_template(
        "bids/check.html", here=here, tender=here, split=form, form=form if checked and form.sheet is None else None,
        result=_result(said, filled), summary=said.summary if said else "", clauses=clauses(here.published),
        consequence=consequence_words(here.lot.collaboration), state=state_of(here.stage, here.deadline),
        asks=OpenForm(None), most=lead_may_keep(here.lot), **more,
    )  # fmt: skip


def _result(said: Told | None, filled: Filled | None = None) -> Markup:
    """Make the piece of the page that says what the check found, the same for the whole page and for a live one.

    It knows nothing of who is signed in or where, so it is spared what other pages are given.
    """
    return Markup(current_app.jinja_env.get_template("bids/check_result.html").render(told=said, filled=filled))


def _fixed(here: PublishedLot, form: SplitForm, what: str) -> ResponseReturnValue:
    """Fill a fix in and show what it changed."""
    assert form.sheet is not None
    filled = _filled(check_sheet(form.sheet, here.lot), what)
    if filled is None:
        return _page(here, form, note="There is nothing to fill in for this any more: see the result as it is now.")
    before = form.typed_sheet
    form.show(keep_rows(before, typed_of(filled.sheet, by_year=before.by_year)))
    return _page(here, form, filled=filled)


def _filled(found: SelfCheck, what: str) -> Filled | None:
    if what == "fix_all":
        return fill_all(found)
    code, *organisations = what.split(" ")[1:] or [""]
    return fill_one(found, code, organisations)


def _saved(here: PublishedLot, form: SplitForm) -> SplitCheck:
    return SplitCheck(here.tender_id, here.lot.id, here.digest, form.typed_sheet)


def _file(here: PublishedLot, form: SplitForm) -> Response:
    response = Response(split_check.write(_saved(here, form)), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(here, "json")}"'
    return response


def _workbook(here: PublishedLot, typed: TypedSheet | None) -> Response:
    tender = here.file.tender
    data = split_template(here.lot, f"{tender.reference}: {tender.title}", tender.buyer.name, typed)
    response = Response(data, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(here, "xlsx")}"'
    return response


def file_name(here: PublishedLot, kind: str) -> str:
    """Name a file after the tender and the lot."""
    text = f"split-{here.reference}-{here.lot.id}".lower()
    return "".join(each if each.isascii() and each.isalnum() else "-" for each in text)[:80] + f".{kind}"


def state_of(stage: str, deadline: datetime | None) -> str:
    """Say what became of a tender: empty while bids are taken, else ``cancelled`` or ``over``."""
    if stage == "cancelled":
        return "cancelled"
    return "over" if stage != "published" or (deadline is not None and clock.now() >= deadline) else ""


def lead_may_keep(lot: Lot) -> Money | None:
    """Say how much the lead may keep of a year's price at the annual budget; None without a cap."""
    cap = lot.collaboration.lead_retention_maximum
    return None if cap is None else percent_of(lot.annual_budget, Fraction(cap))
