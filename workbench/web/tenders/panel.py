"""The panel of a tender: everybody with a role in it, what is still missing, giving, inviting and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import abort, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lots.errors import ProcurementError
from workbench import clock
from workbench.forms.tenders.panel import AssignForm, NewcomerForm, UnassignForm
from workbench.models.accounts import AssignmentRecord
from workbench.policies import TENDER_ROLES, Permission
from workbench.queries import accounts
from workbench.queries.evaluation.calibration import questions_in
from workbench.queries.tenders import Draft, draft_of
from workbench.services import panel as services
from workbench.services.accounts import INVITED_FOR
from workbench.services.bids.followers import links_of
from workbench.services.panel import Newcomer, Reach
from workbench.web.access import requires
from workbench.web.tenders import pages
from workbench.web.tenders.showing import rail_of, said_of_task
from workbench.web.writing import not_saved

F = TypeVar("F", AssignForm, NewcomerForm)


@pages.get("/tenders/<tender_id>/panel/")
@requires(Permission.PANEL_VIEW)
def panel(tender_id: str) -> ResponseReturnValue:
    """Show who does what."""
    return _page(draft_of(g.tender))


@pages.post("/tenders/<tender_id>/panel/")
@requires(Permission.PANEL_MANAGE)
def assign(tender_id: str) -> ResponseReturnValue:
    """Give a person a role."""
    draft = draft_of(g.tender)
    form = _assigning(draft, AssignForm())
    if not form.validate():
        return not_saved({}, lambda: _page(draft, form))
    person = accounts.person_within(g.actor.authority_id, int(form.person.data)) or abort(404)
    try:
        services.assign(
            g.tender, person, form.role.data, form.chosen_lot, criteria=form.criteria.data or (), until=form.ends_at,
            actor=g.actor, at=clock.now(), address=links_of(current_app.config["WORKBENCH"]).tender(tender_id),
        )  # fmt: skip
    except ProcurementError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(draft, form))
    return redirect(url_for("tenders.panel", tender_id=tender_id), 303)


@pages.get("/tenders/<tender_id>/panel/invite")
@requires(Permission.PANEL_MANAGE)
def inviting(tender_id: str) -> ResponseReturnValue:
    """Show the form for somebody who is not here yet."""
    draft = draft_of(g.tender)
    return _inviting(draft, _offered(draft, NewcomerForm(None)))


@pages.post("/tenders/<tender_id>/panel/invite")
@requires(Permission.PANEL_MANAGE)
def invite(tender_id: str) -> ResponseReturnValue:
    """Invite somebody new into the tender, with a role."""
    draft = draft_of(g.tender)
    form = _offered(draft, NewcomerForm())
    if not form.validate():
        return not_saved({}, lambda: _inviting(draft, form))
    newcomer = Newcomer(form.name.data, form.email.data, form.job_title.data or "")
    reach = Reach(form.chosen_lot, tuple(form.criteria.data or ()), form.ends_at)
    try:
        services.invite_into(
            g.tender, newcomer, form.role.data, reach, actor=g.actor, at=clock.now(),
            address=lambda secret: f"{links_of(current_app.config['WORKBENCH']).base_url}/invitation/{secret}",
        )  # fmt: skip
    except ProcurementError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _inviting(draft, form))
    flash(f"{newcomer.name} is invited by mail: the link works for {INVITED_FOR.days} days.", "success")
    return redirect(url_for("tenders.panel", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/panel/take-back")
@requires(Permission.PANEL_MANAGE)
def unassign(tender_id: str) -> ResponseReturnValue:
    """Take a role back."""
    form = UnassignForm()
    if not form.validate() or form.person.data is None:
        abort(400)
    person = accounts.person_within(g.actor.authority_id, form.person.data) or abort(404)
    services.unassign(g.tender, person, form.role.data, form.lot.data, actor=g.actor, at=clock.now())
    return redirect(url_for("tenders.panel", tender_id=tender_id), 303)


def _assigning(draft: Draft, form: AssignForm) -> AssignForm:
    people = accounts.people_of(g.actor.authority_id)
    shown = [(str(each.id), f"{each.name}, {each.job_title}" if each.job_title else each.name) for each in people]
    form.person.offer([("", "Choose a person"), *shown])
    return _offered(draft, form)


def _offered(draft: Draft, form: F) -> F:
    """Offer the roles, lots and questions there are."""
    bought = [lot for lot in draft.lots if (lot.content or {}).get("route", "contract") == "contract"]
    roles = ((role, f"{role.capitalize()}: {words[0].lower()}{words[1:]}") for role, words in TENDER_ROLES.items())
    lots = [(lot.key, _title(lot.content, lot.key)) for lot in bought]
    form.offer(roles, lots, _questions(draft).items())
    return form


def _questions(draft: Draft) -> Mapping[str, str]:
    """Name the questions that a panel scores, by id; none while they cannot be read yet."""
    file = draft.file
    return {name: criterion.title for name, (criterion, _) in questions_in(file).items()} if file else {}


def _title(content: Any, key: str) -> str:
    return str((content or {}).get("title") or key)


def _inviting(draft: Draft, form: NewcomerForm) -> str:
    return render_template(
        "tenders/panel_invite.html", tender=g.tender, form=form, questions=_questions(draft), days=INVITED_FOR.days
    )


def _page(draft: Draft, form: AssignForm | None = None) -> str:
    rows = accounts.assignments_of(g.tender.id)
    return render_template(
        "tenders/panel.html",
        tender=g.tender,
        form=form or _assigning(draft, AssignForm(None)),
        by_role=_by_role(rows),
        titles={lot.key: _title(lot.content, lot.key) for lot in draft.lots},
        questions=_questions(draft),
        roles=TENDER_ROLES,
        said=said_of_task(rail_of(draft), "panel"),
        take_back=UnassignForm(None),
        now=clock.now(),
    )


def _by_role(rows: Sequence[AssignmentRecord]) -> list[tuple[str, list[AssignmentRecord]]]:
    """Group the assignments by role, in the order a tender needs them; roles that nobody holds stand empty."""
    return [(role, [row for row in rows if row.role == role]) for role in TENDER_ROLES]
