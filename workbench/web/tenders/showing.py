"""The list of tenders, and a tender's own page: its tasks, how far each is, and what is still unmet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.calendar import london
from lots.errors import Finding, errors_in
from workbench import clock
from workbench.forms.tenders.moves import PlainForm
from workbench.policies import POLICY, Permission
from workbench.queries.publishing import findings_on
from workbench.queries.tenders import PAGE, Draft, draft_of, tenders_for
from workbench.tasks import TASK_BY_ID, Item, Task, TaskState, Where, rail
from workbench.web.access import requires
from workbench.web.tenders import pages
from workbench.web.tenders.registry import PAGES, TASK_PAGES

WRITTEN_IN = POLICY[Permission.TENDER_EDIT].stages


@pages.get("/tenders/")
@requires(Permission.TENDER_LIST)
def index() -> ResponseReturnValue:
    """List the tenders the reader may know of, newest change first."""
    number = min(max(1, request.args.get("page", 1, type=int)), 10_000)
    words = request.args.get("words", "")[:80]
    rows, count = tenders_for(g.actor, page=number, words=words)
    last = max(1, -(-count // PAGE))
    return render_template("tenders/index.html", tenders=rows, count=count, number=number, last=last, words=words)


@pages.get("/tenders/<tender_id>/")
@requires(Permission.TENDER_VIEW)
def show(tender_id: str) -> ResponseReturnValue:
    """Show the task list, with the readiness rail as long as something can still be written."""
    draft = draft_of(g.tender)
    states = rail_of(draft)
    writing = g.tender.stage in WRITTEN_IN
    groups: dict[str, list[TaskState]] = {}
    for state in states:
        groups.setdefault(state.task.group, []).append(state)
    return render_template(
        "tenders/show.html",
        draft=draft,
        tender=g.tender,
        groups=groups,
        readiness=groups_of(states) if writing else None,
        task_url=task_url,
    )


@pages.get("/tenders/<tender_id>/tasks/<task_id>/")
@requires(Permission.TENDER_VIEW)
def task(tender_id: str, task_id: str) -> ResponseReturnValue:
    """Show a task that has several parts: the list of them, and what they come to together."""
    page = TASK_PAGES.get(task_id)
    if page is None:
        abort(404)
    draft = draft_of(g.tender)
    said = said_of_task(rail_of(draft), task_id)
    return render_template(
        page.template,
        draft=draft,
        tender=g.tender,
        task=TASK_BY_ID[task_id],
        said=said,
        asks=PlainForm(),
        **page.context(draft),
    )


# --- the readiness rail -------------------------------------------------------------------------------------


def task_url(task: Task) -> str:
    """Give the address of a task: its list, its one part, or the panel."""
    if task.id in TASK_PAGES:
        return url_for("tenders.task", tender_id=g.tender.id, task_id=task.id)
    if task.kinds:
        return url_for("tenders.part", tender_id=g.tender.id, kind=task.kinds[0])
    return url_for(f"tenders.{task.id}", tender_id=g.tender.id)


def where_url(where: Where) -> str:
    """Give the address of the field that a finding is about."""
    field = f"#{where.field}" if where.field else ""
    if where.kind and where.kind in PAGES and bool(where.key) == PAGES[where.kind].many:
        return url_for("tenders.part", tender_id=g.tender.id, kind=where.kind, key=where.key or None) + field
    if where.task == "sealing":
        return url_for("bids.keys", tender_id=g.tender.id)
    return task_url(TASK_BY_ID[where.task])


def groups_of(states: Sequence[TaskState]) -> list[dict[str, Any]]:
    """Prepare the rail for its macro: a group for each task that has something to say, or is not done."""
    return [
        {
            "title": state.task.title, "href": task_url(state.task), "done": state.state in ("done", "optional"),
            "findings": [_said(item) for item in state.items],
        }
        for state in states
    ]  # fmt: skip


def said_of(states: Sequence[TaskState], kind: str, key: str) -> list[dict[str, Any]]:
    """List what is said about one part."""
    items = (item for state in states for item in state.items)
    return [_said(item) for item in items if (item.where.kind, item.where.key) == (kind, key)]


def said_of_task(states: Sequence[TaskState], task_id: str) -> list[dict[str, Any]]:
    """List what is said about one task."""
    return [_said(item) for state in states if state.task.id == task_id for item in state.items]


def _said(item: Item) -> dict[str, Any]:
    finding = item.finding
    return {
        "severity": finding.severity, "message": finding.message,
        "href": where_url(item.where), "code": finding.code,
    }  # fmt: skip


def findings_of(draft: Draft) -> tuple[Finding, ...]:
    """Return everything that is unmet or worth knowing before publication, as of today in London."""
    return findings_on(draft, london(clock.now()).date())


def rail_of(draft: Draft) -> tuple[TaskState, ...]:
    """Return the readiness rail of a draft."""
    return rail(draft.parts, findings_of(draft))


def unmet(draft: Draft) -> tuple[Finding, ...]:
    """Return what stops publication."""
    return errors_in(item.finding for state in rail_of(draft) for item in state.items)
