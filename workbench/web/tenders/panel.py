"""The panel of a tender: everybody with a role in it, what is still missing, and giving and taking roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from workbench import clock
from workbench.forms.tenders.panel import EVERY_LOT, AssignForm, UnassignForm
from workbench.models.accounts import AssignmentRecord
from workbench.policies import TENDER_ROLES, Permission
from workbench.queries import accounts
from workbench.queries.tenders import Draft, draft_of
from workbench.services import accounts as services
from workbench.web.access import requires
from workbench.web.tenders import pages
from workbench.web.tenders.showing import rail_of, said_of_task
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/panel/")
@requires(Permission.PANEL_VIEW)
def panel(tender_id: str) -> ResponseReturnValue:
    """Show who does what."""
    draft = draft_of(g.tender)
    return _page(draft, _form(draft))


@pages.post("/tenders/<tender_id>/panel/")
@requires(Permission.PANEL_MANAGE)
def assign(tender_id: str) -> ResponseReturnValue:
    """Give a person a role."""
    draft = draft_of(g.tender)
    form = _form(draft)
    if not form.validate():
        return not_saved({}, lambda: _page(draft, form))
    person = accounts.person_within(g.actor.authority_id, int(form.person.data)) or abort(404)
    lot = "" if form.lot.data == EVERY_LOT else form.lot.data
    services.assign(g.tender, person, form.role.data, lot, actor=g.actor, at=clock.now())
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


def _form(draft: Draft) -> AssignForm:
    form = AssignForm()
    people = accounts.people_of(g.actor.authority_id)
    shown = [(str(each.id), f"{each.name}, {each.job_title}" if each.job_title else each.name) for each in people]
    form.person.offer([("", "Choose a person"), *shown])
    form.role.offer(
        (role, f"{role.capitalize()}: {words[0].lower()}{words[1:]}") for role, words in TENDER_ROLES.items()
    )
    bought = [lot for lot in draft.lots if (lot.content or {}).get("route", "contract") == "contract"]
    form.lot.offer([(EVERY_LOT, "Every lot"), *((lot.key, _title(lot.content, lot.key)) for lot in bought)])
    return form


def _title(content: Any, key: str) -> str:
    return str((content or {}).get("title") or key)


def _page(draft: Draft, form: AssignForm) -> str:
    rows = accounts.assignments_of(g.tender.id)
    titles = {lot.key: _title(lot.content, lot.key) for lot in draft.lots}
    said = said_of_task(rail_of(draft), "panel")
    return render_template(
        "tenders/panel.html", tender=g.tender, form=form, by_role=_by_role(rows), titles=titles, roles=TENDER_ROLES,
        said=said, take_back=UnassignForm(),
    )  # fmt: skip


def _by_role(rows: Sequence[AssignmentRecord]) -> list[tuple[str, list[AssignmentRecord]]]:
    """Group the assignments by role, in the order a tender needs them; roles that nobody holds stand empty."""
    return [(role, [row for row in rows if row.role == role]) for role in TENDER_ROLES]
