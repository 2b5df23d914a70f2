"""The page of an opening: what is waited for, who has done which part, the two parts themselves, then the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from exports.names import file_name, safe
from lots.errors import Finding
from workbench import clock, printing
from workbench.config import Config
from workbench.forms.bids.opening import PartForm, SetAsideForm
from workbench.opening_rules import KINDS, Hand, Kind, OpeningError, refusal, waits_for
from workbench.policies import Permission
from workbench.queries import publishing
from workbench.queries.bids.minutes import minutes_of
from workbench.queries.bids.openings import Case, case_of
from workbench.sealing import ready_keys, server_keys
from workbench.sealing.opening_files import write_opening
from workbench.services.bids import openings
from workbench.services.bids.openings import Offer, SomeKeysMissing
from workbench.web.access import requires
from workbench.web.bids import pages
from workbench.web.bids.sealed_store import store
from workbench.web.evaluation.guard import names_shown
from workbench.web.writing import not_saved

LONGEST_FILE = 64 << 20
"""Bytes of a custodian's file: some 10,000 bids."""


@pages.before_request
def _take_large_files() -> None:
    """Let those who are signed in send a custodian's file, which is longer than a form may be."""
    if request.endpoint == "bids.take_part" and current_user.is_authenticated:
        request.max_content_length = LONGEST_FILE


@pages.get("/tenders/<tender_id>/opening/")
@requires(Permission.OPENING_VIEW)
def opening(tender_id: str) -> ResponseReturnValue:
    """Lead to the opening of the bids."""
    names_shown()
    return redirect(url_for("bids.opening_of", tender_id=tender_id, kind="bid"), 303)


@pages.get("/tenders/<tender_id>/opening/<kind>/")
@requires(Permission.OPENING_VIEW)
def opening_of(tender_id: str, kind: str) -> ResponseReturnValue:
    """Show how far an opening is, and let the next custodian do their part."""
    names_shown()
    return _page(_case(kind), PartForm(None), SetAsideForm(None))


@pages.post("/tenders/<tender_id>/opening/<kind>/part", endpoint="take_part")
@requires(Permission.BIDS_OPEN)
def take_part(tender_id: str, kind: str) -> ResponseReturnValue:
    """Do the first or the second part."""
    form, case = PartForm(), _case(kind)
    if not form.validate():
        return not_saved({}, lambda: _page(case, form, SetAsideForm(None)))
    step = 2 if form.step.data == "2" else 1
    try:
        row = openings.take_part(
            g.tender, case.kind, step, _offer(case, form, step), actor=g.actor, at=clock.now(), has=store().has
        )
    except SomeKeysMissing as refused:
        form.form_errors.append(str(refused))
        missing = refused.findings
        return not_saved({}, lambda: _page(case, form, SetAsideForm(None), missing))
    except OpeningError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(_case(kind), form, SetAsideForm(None)))
    if row.opened_at is None:
        flash("Your part is done: the first layer is off. A second opener, with another key, does the rest.", "success")
    else:
        flash("The envelopes are open. Everything that was done stands in the record below.", "success")
    return redirect(url_for("bids.opening_of", tender_id=tender_id, kind=kind), 303)


@pages.post("/tenders/<tender_id>/opening/<kind>/set-aside", endpoint="set_aside")
@requires(Permission.BIDS_OPEN)
def set_aside(tender_id: str, kind: str) -> ResponseReturnValue:
    """Set the first part aside, so that two others may begin."""
    form, case = SetAsideForm(), _case(kind)
    if not form.validate():
        return not_saved({}, lambda: _page(case, PartForm(None), form))
    openings.abandon(g.tender, case.kind, reason=form.reason.data, actor=g.actor, at=clock.now())
    return redirect(url_for("bids.opening_of", tender_id=tender_id, kind=kind), 303)


@pages.get("/tenders/<tender_id>/opening/<kind>/file", endpoint="opening_file")
@requires(Permission.BIDS_OPEN)
def send_file(tender_id: str, kind: str) -> ResponseReturnValue:
    """Send the file that a custodian opens with their own key, away from this server."""
    case = _case(kind)
    if why := waits_for(case.stand, case.kind, clock.now()):
        raise OpeningError(why)
    response = Response(write_opening(openings.opening_file(case)), mimetype="application/json")
    name = f"opening-{safe(g.tender.reference)}-{case.kind}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@pages.get("/tenders/<tender_id>/opening/<kind>/record.pdf", endpoint="opening_record")
@requires(Permission.OPENING_VIEW)
def record(tender_id: str, kind: str) -> ResponseReturnValue:
    """Send the record of an opening as PDF."""
    names_shown()
    minutes = minutes_of(g.tender, _kind(kind)) or abort(404)
    response = Response(printing.print_document(minutes), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(minutes)}"'
    return response


# --- pieces ---------------------------------------------------------------------------------------------------


def _kind(text: str) -> Kind:
    return next((kind for kind in KINDS if kind == text), None) or abort(404)


def _case(kind: str) -> Case:
    found = case_of(g.tender, _kind(kind))
    return found if found is not None else abort(404)


def config() -> Config:
    """Return the settings of this installation."""
    return cast(Config, current_app.config["WORKBENCH"])


def _ready(case: Case) -> Mapping[int, str]:
    """Return the keys that lie ready in a demonstration, by their place among the custodians."""
    lying = ready_keys.lying_ready(config(), case.tender.id)
    places = ((case.sealing.index_of(recipient), pair.secret) for recipient, pair in lying.items())
    return {place: secret for place, secret in places if place is not None}


def _offer(case: Case, form: PartForm, step: int) -> Offer:
    if case.sealing.custody == "server":
        secret = server_keys.read(config().data, case.tender.id).secret if step == 2 else ""
        return Offer(secret, despite=form.despite.data)
    if form.ready.data and form.ready.data.isdigit():
        return Offer(_ready(case).get(int(form.ready.data), ""), despite=form.despite.data)
    file = form.layers.data.read(LONGEST_FILE) if form.layers.data else b""
    return Offer(form.secret.data or "", file, form.despite.data)


def _page(case: Case, form: PartForm, aside: SetAsideForm, missing: tuple[Finding, ...] = ()) -> str:
    first = case.stand.first_of(case.kind)
    step = 1 if first is None else 2
    form.step.data = str(step)
    form.secret.data, form.secret.raw_data = "", []  # a key is never written into a page
    at = clock.now()
    why = refusal(case.stand, case.kind, Hand(g.actor.user_id, None), at)
    publication = publishing.publication_of(case.tender.id)
    return render_template(
        "openings/opening.html",
        tender=g.tender,
        case=case,
        kind=case.kind,
        step=step,
        first=case.begun if case.begun and case.begun.opened_at is None else None,
        waits=waits_for(case.stand, case.kind, at),
        refused_to_me=why,
        ready=sorted(place for place in _ready(case) if first is None or first.key != place),
        minutes=minutes_of(g.tender, case.kind),
        missing=missing,
        form=form if form.form_errors or form.errors else (aside if aside.errors else None),
        part=form,
        aside=aside,
        published=publication,
    )
