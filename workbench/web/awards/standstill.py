"""The standstill and the contracts: how it is counted, what happened, and signatures once they may be."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lots.calendar import london
from workbench import clock, printing
from workbench.forms.awards.standstill import EventForm, SignForm
from workbench.policies import Permission
from workbench.queries.awards import standstill as reads
from workbench.queries.awards.decision import NotApproved
from workbench.services.awards import standstill
from workbench.signing_rules import TOLD, SigningError
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.entry import enter
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/award/standstill", endpoint="standstill")
@requires(Permission.AWARD_VIEW)
def show(tender_id: str) -> ResponseReturnValue:
    """Show how the standstill is counted, what happened in it, and which contracts are signed."""
    enter()
    return _page()


@pages.post("/tenders/<tender_id>/award/standstill", endpoint="record_event")
@requires(Permission.STANDSTILL_RECORD)
def record(tender_id: str) -> ResponseReturnValue:
    """Record something that happened."""
    enter()
    form = _offered(EventForm())
    if not form.validate():
        return not_saved({}, lambda: _page(event=form))
    try:
        standstill.record(
            g.tender, form.kind.data, form.day.data, lot=form.lot.data or "", text=form.text.data or "",
            actor=g.actor, at=clock.now(),
        )  # fmt: skip
    except SigningError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(event=form))
    flash("Recorded.", "success")
    return redirect(url_for("awards.standstill", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/award/sign", endpoint="sign_contract")
@requires(Permission.CONTRACT_SIGN)
def sign(tender_id: str) -> ResponseReturnValue:
    """Record that a contract was signed."""
    enter()
    form = _with_lots(SignForm())
    if not form.validate():
        return not_saved({}, lambda: _page(signing=form))
    try:
        standstill.sign(g.tender, form.lot.data, form.signed_on.data, actor=g.actor, at=clock.now())
    except SigningError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(signing=form))
    flash("The signature is recorded.", "success")
    return redirect(url_for("awards.standstill", tender_id=tender_id), 303)


def _position() -> reads.Position | None:
    try:
        return reads.position_of(g.tender, london(clock.now()).date())
    except NotApproved:
        return None


def _offered(form: EventForm) -> EventForm:
    """Offer the lots that are awarded."""
    found = _position()
    lots = [(each.lot.lot.id, each.lot.lot.title) for each in found.lots] if found else []
    form.lot.offer((("", "Every lot"), *lots))
    return form


def _with_lots(form: SignForm) -> SignForm:
    """Offer the contracts that are not signed yet."""
    found = _position()
    left = [each for each in found.lots if not each.signed] if found else []
    form.lot.offer([(each.lot.lot.id, f"{each.lot.lot.title}, {each.winner.tenderer.name}") for each in left])
    return form


def _page(event: EventForm | None = None, signing: SignForm | None = None) -> str:
    return render_template(
        "awards/standstill.html", tender=g.tender, position=_position(), rows=reads.rows_of(g.tender.id),
        told=TOLD, event=event or _offered(EventForm(None)), signing=signing or _with_lots(SignForm(None)),
        form=event or signing, typed=printing.typed, iso=date.fromisoformat,
    )  # fmt: skip
