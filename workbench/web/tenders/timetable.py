"""The page of the timetable, what lies between its steps, and a suggestion of dates to take over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from exports.codec import record
from exports.codec.strict_json import Report
from lots.calendar import CalendarError, london
from lots.regime import Regime, rules_of
from lots.tender import Milestone, Tender
from lots.timetable import intervals, steps_of
from workbench import clock
from workbench.forms.tenders.part import PartForm, fresh
from workbench.forms.tenders.timetable import SuggestForm, TimetableForm
from workbench.forms.tenders.whole import content_of, values_of
from workbench.parts import NO_DEADLINE, Part
from workbench.policies import Permission
from workbench.queries.tenders import Draft, draft_of
from workbench.services import tenders, timetables
from workbench.web.access import requires
from workbench.web.tenders import pages
from workbench.web.tenders.registry import PartPage, page
from workbench.web.writing import not_saved


def process_of(draft: Draft) -> Tender | None:
    """Return the tender of a draft; where its lots cannot be read yet, its basics and timetable alone."""
    if draft.file:
        return draft.file.tender
    content = {**(draft.part("basics").content or {}), **(draft.part("timetable").content or {})}
    return record.read(Tender, fresh({"deadline": NO_DEADLINE, **content, "lots": []}), Report())


def _context(draft: Draft, part: Part, form: PartForm) -> Mapping[str, Any]:
    """Measure the time between the steps, counted from the planned day of publication or from today."""
    tender = process_of(draft)
    has_deadline = "deadline" in (part.content or {})
    rows = intervals(tender, _published(tender)) if tender and has_deadline else ()
    return {
        "rows": rows,
        "rules": rules_of(tender.regime) if tender else None,
        "asks_reasons": bool(tender and (tender.regime == Regime.PA2023_FULL or tender.short_period_reasons)),
    }


def _published(tender: Tender) -> date:
    today = london(clock.now()).date()
    planned = steps_of(tender).days.get("tender_published")
    return max(today, planned) if planned and tender.deadline > clock.now() else planned or today


@pages.get("/tenders/<tender_id>/timetable/suggestion")
@requires(Permission.TENDER_VIEW)
def suggest_dates(tender_id: str) -> ResponseReturnValue:
    """Suggest a timetable from a day of publication, and show it before anything is changed."""
    asked = "publish_on" in request.args
    form = SuggestForm(request.args if asked else None)
    steps = _suggestion(draft_of(g.tender), form) if asked else ()
    page = _suggestion_page(form, steps)
    return page, 422 if asked and not steps else 200


@pages.post("/tenders/<tender_id>/timetable/suggestion")
@requires(Permission.TENDER_EDIT)
def take_dates(tender_id: str) -> ResponseReturnValue:
    """Take a suggested timetable over, with its deadline; steps that are none of the suggested ones stay."""
    draft, form = draft_of(g.tender), SuggestForm()
    steps = _suggestion(draft, form)
    if not steps:
        return not_saved(form.errors, lambda: _suggestion_page(form, ()))
    part = draft.part("timetable")
    before = values_of("timetable", part.content)
    after = {
        **before,
        "timetable": timetables.taken_over(before.get("timetable", ()), steps),
        "deadline": timetables.due_at(steps, before.get("deadline")),
    }
    opened = replace(part, version=form.version or 0)
    tenders.save_part(g.tender, opened, content_of("timetable", after), actor=g.actor, at=clock.now())
    return redirect(url_for("tenders.part", tender_id=g.tender.id, kind="timetable"), 303)


def _suggestion(draft: Draft, form: SuggestForm) -> tuple[Milestone, ...]:
    """Work the suggestion out; nothing where the form says what to mend."""
    tender = process_of(draft)
    if not form.validate():
        return ()
    if tender is None:
        form.form_errors.append("Complete the basics first: the law of the tender decides its times")
        return ()
    try:
        return timetables.suggested(tender, form.publish_on.data, form.starts_on.data)
    except CalendarError as refusal:
        form.publish_on.errors = [str(refusal)]
        return ()


def _suggestion_page(form: SuggestForm, steps: Sequence[Milestone]) -> str:
    part = draft_of(g.tender).part("timetable")
    if part.version:
        form.hold(part.version)
    known = {step.kind: step for step in values_of("timetable", part.content).get("timetable", ()) if step.kind}
    return render_template(
        "tenders/timetable_suggestion.html", tender=g.tender, form=form, steps=steps, known=known, version=part.version
    )


page(PartPage("timetable", "Timetable and deadline", TimetableForm, "tenders/timetable.html", _context))
