"""The pages of a tender's parts: one route shows any of them, one saves it, one removes it and one moves it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lots.errors import ProcurementError
from workbench import clock
from workbench.forms.tenders.moves import DIRECTIONS, MoveForm, PlainForm
from workbench.forms.tenders.part import PartForm
from workbench.parts import Part
from workbench.policies import Permission
from workbench.queries.tenders import Draft, draft_of
from workbench.services import StaleError, tenders
from workbench.tasks import TASK_OF
from workbench.web.access import requires
from workbench.web.pages import error_list
from workbench.web.tenders import pages
from workbench.web.tenders.registry import PAGES, TASK_PAGES, PartPage
from workbench.web.tenders.showing import rail_of, said_of
from workbench.web.writing import not_saved, saved

NEW = "new"


@pages.get("/tenders/<tender_id>/<kind>/edit", endpoint="part")
@pages.get("/tenders/<tender_id>/<kind>/<key>/edit", endpoint="part")
@requires(Permission.TENDER_VIEW)
def show_part(tender_id: str, kind: str, key: str = "") -> ResponseReturnValue:
    """Show a part's page, filled with what is saved or was typed."""
    draft, page, part = _found(kind, key)
    return _page(draft, page, part, page.form.open(draft, part))


@pages.post("/tenders/<tender_id>/<kind>/edit", endpoint="save_part")
@pages.post("/tenders/<tender_id>/<kind>/<key>/edit", endpoint="save_part")
@requires(Permission.TENDER_EDIT)
def save_part(tender_id: str, kind: str, key: str = "") -> ResponseReturnValue:
    """Save a part; what cannot be read yet is kept as it was typed, and the page says what to mend."""
    draft, page, part = _found(kind, key)
    form = page.form(draft=draft, part=part)
    part = part if key == NEW else replace(part, version=form.version or 0)
    content = _content(form, draft, part)
    if content is None:
        return _not_read(draft, page, part, form)
    part, content = _keyed(page, draft, part, content), page.finish(draft, content)
    at = clock.now()
    tenders.save_part(g.tender, part, content, actor=g.actor, at=at)
    return saved(_back(page), version=part.version + 1, at=at)


@pages.get("/tenders/<tender_id>/<kind>/<key>/remove")
@requires(Permission.TENDER_EDIT)
def ask_remove(tender_id: str, kind: str, key: str) -> ResponseReturnValue:
    """Ask before a part is removed."""
    _, page, part = _saved(kind, key)
    title = (part.content or {}).get("title") or key
    return render_template(
        "tenders/remove.html", tender=g.tender, part=part, page=page, title=title, names=_names(part),
        form=PlainForm(version=part.version), back=_back(page),
    )  # fmt: skip


@pages.post("/tenders/<tender_id>/<kind>/<key>/remove")
@requires(Permission.TENDER_EDIT)
def remove_part(tender_id: str, kind: str, key: str) -> ResponseReturnValue:
    """Remove one of several parts."""
    _, page, part = _saved(kind, key)
    if PlainForm().version != part.version:
        raise StaleError({}, tenders.flat(part.content))
    tenders.remove_part(g.tender, part, actor=g.actor, at=clock.now())
    return redirect(_back(page), 303)


@pages.post("/tenders/<tender_id>/<kind>/<key>/move")
@requires(Permission.TENDER_EDIT)
def move_part(tender_id: str, kind: str, key: str) -> ResponseReturnValue:
    """Move one of several parts up or down."""
    _, page, part = _saved(kind, key)
    form = MoveForm()
    if not form.validate():
        abort(400)
    tenders.move_part(g.tender, part, DIRECTIONS[form.to.data], actor=g.actor, at=clock.now())
    return redirect(_back(page), 303)


def _found(kind: str, key: str) -> tuple[Draft, PartPage, Part]:
    """Load the draft and the part that the address names; 404 for a kind or a key there is none of."""
    page = PAGES.get(kind)
    if page is None or page.many != bool(key):
        abort(404)
    draft = draft_of(g.tender)
    if key == NEW:
        return draft, page, Part(page.kind)
    part = draft.part(page.kind, key)
    needs_lot = page.kind in ("collaboration", "requirements")
    if key and not part.version and not (needs_lot and draft.part("lot", key).version):
        abort(404)
    return draft, page, part


def _saved(kind: str, key: str) -> tuple[Draft, PartPage, Part]:
    """Load a part that is there already; 404 for the page of a new one, and for rules of a lot not written yet."""
    draft, page, part = _found(kind, key)
    return (draft, page, part) if part.version else abort(404)


def _content(form: PartForm, draft: Draft, part: Part) -> Any:
    """Read the form; None where something in it cannot be read, each field saying what."""
    if not form.validate():
        return None
    try:
        return form.content(draft, part)
    except StaleError:
        raise
    except ProcurementError as refusal:
        form.form_errors.append(str(refusal))
        return None


def _not_read(draft: Draft, page: PartPage, part: Part, form: PartForm) -> ResponseReturnValue:
    """Keep what was typed (a new part has no page to keep it on yet) and say what to mend."""
    kept = bool(part.key) or not page.many
    if kept:
        tenders.leave_unfinished(g.tender, part, form.typed(), actor=g.actor, at=clock.now())
        part = replace(part, version=part.version + 1)
        form.hold(part.version)
    return not_saved(texts_wrong(form), lambda: _page(draft, page, part, form), part.version)


def texts_wrong(form: PartForm) -> dict[str, list[str]]:
    """Return what is wrong with each control of a form, by its id, for the script that saves as one types."""
    wrong: dict[str, list[str]] = {}
    for entry in error_list(form):
        wrong.setdefault(entry.get("href", "").lstrip("#"), []).append(entry["text"])
    return wrong


def _keyed(page: PartPage, draft: Draft, part: Part, content: Any) -> Part:
    """Give a new part its key: the id in its content, or that with a number where it is taken."""
    if part.key or not page.many:
        return part
    wanted = content["id"]
    taken = {each.key for each in draft.of(page.kind)}
    if wanted in taken:
        content["id"] = next(f"{wanted}_{n}" for n in range(2, len(taken) + 3) if f"{wanted}_{n}" not in taken)
    return replace(part, key=content["id"])


def _back(page: PartPage) -> str:
    """Give the page to go on from: the list of such parts, or the task list."""
    task = TASK_OF[page.kind].id
    if task in TASK_PAGES:
        return url_for("tenders.task", tender_id=g.tender.id, task_id=task)
    return url_for("tenders.show", tender_id=g.tender.id)


def _names(part: Part) -> dict[str, str]:
    names = {"tender_id": g.tender.id, "kind": part.kind}
    return names | ({"key": part.key} if part.key else {})


def _page(draft: Draft, page: PartPage, part: Part, form: PartForm) -> str:
    more = page.context(draft, part, form)
    said = said_of(rail_of(draft), part.kind, part.key)
    return render_template(
        page.template,
        draft=draft,
        tender=g.tender,
        part=part,
        form=form,
        page=page,
        said=said,
        names=_names(part),
        back=_back(page),
        **more,
    )
