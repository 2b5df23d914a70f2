"""Pages before scoring: officers and moderators write note and benchmarks; members read the one, score the others."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scoring.tender_file import TenderFile
from workbench import clock, printing
from workbench.forms.evaluation.preparing import (
    BenchmarkForm,
    BenchmarkScoreForm,
    NoteForm,
    NoteReadForm,
    RemoveForm,
)
from workbench.policies import Permission
from workbench.queries.bids import opened
from workbench.queries.bids.following import holders_of
from workbench.queries.evaluation import calibration as reads
from workbench.queries.evaluation.calibration import Benchmark
from workbench.services.evaluation import preparing
from workbench.services.evaluation.preparing import PreparingError
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import declared_first
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/panel-note/", endpoint="preparing")
@requires(Permission.PANEL_PREPARE)
def show(tender_id: str) -> ResponseReturnValue:
    """Show the note and the benchmark answers as they are written, and how members scored those."""
    return _page(None, None)


@pages.post("/tenders/<tender_id>/panel-note/", endpoint="write_note")
@requires(Permission.PANEL_PREPARE)
def write_note(tender_id: str) -> ResponseReturnValue:
    """Write the note anew."""
    form = NoteForm()
    if not form.validate():
        return not_saved({}, lambda: _page(form, None))
    try:
        preparing.write_note(g.tender, form.text.data, actor=g.actor, at=clock.now())
    except PreparingError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(form, None))
    flash("The note is kept. Members who had read an earlier one are asked to read this one.", "success")
    return redirect(url_for("evaluation.preparing", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/benchmarks/", endpoint="add_benchmark")
@requires(Permission.PANEL_PREPARE)
def add_benchmark(tender_id: str) -> ResponseReturnValue:
    """Add a benchmark answer."""
    form = _offered(BenchmarkForm())
    if not form.validate():
        return not_saved({}, lambda: _page(None, form))
    try:
        preparing.add_benchmark(
            g.tender, form.criterion.data, title=form.title.data, answer=form.answer.data, points=form.points.data,
            reason=form.reason.data, actor=g.actor, at=clock.now(),
        )  # fmt: skip
    except PreparingError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _page(None, form))
    flash("The benchmark answer is added.", "success")
    return redirect(url_for("evaluation.preparing", tender_id=tender_id, _anchor="benchmarks"), 303)


@pages.post("/tenders/<tender_id>/benchmarks/<benchmark_id>/remove", endpoint="remove_benchmark")
@requires(Permission.PANEL_PREPARE)
def remove_benchmark(tender_id: str, benchmark_id: str) -> ResponseReturnValue:
    """Take a benchmark answer away."""
    RemoveForm()
    preparing.remove_benchmark(g.tender, benchmark_id, actor=g.actor, at=clock.now())
    return redirect(url_for("evaluation.preparing", tender_id=tender_id, _anchor="benchmarks"), 303)


@pages.get("/tenders/<tender_id>/work/note", endpoint="note")
@requires(Permission.SCORE_READ_OWN)
def note(tender_id: str) -> ResponseReturnValue:
    """Show the note to a member of the panel."""
    return _note(NoteReadForm(None))


@pages.post("/tenders/<tender_id>/work/note", endpoint="note_read")
@requires(Permission.SCORE_READ_OWN)
def note_read(tender_id: str) -> ResponseReturnValue:
    """Keep that a member has read the note."""
    form = NoteReadForm()
    if not form.validate():
        return not_saved({}, lambda: _note(form))
    typed = form.number.data or ""
    number = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    preparing.read_note(g.tender, number, actor=g.actor, at=clock.now())
    return redirect(url_for("evaluation.work", tender_id=tender_id), 303)


@pages.get("/tenders/<tender_id>/work/benchmarks/<benchmark_id>/", endpoint="benchmark")
@requires(Permission.SCORE_READ_OWN)
def benchmark(tender_id: str, benchmark_id: str) -> ResponseReturnValue:
    """Show a benchmark answer: to be scored, or, once it is, with its right points and what they follow from."""
    declared_first()
    return _benchmark(_found(benchmark_id), BenchmarkScoreForm(None))


@pages.post("/tenders/<tender_id>/work/benchmarks/<benchmark_id>/", endpoint="score_benchmark")
@requires(Permission.SCORE_READ_OWN)
def score_benchmark(tender_id: str, benchmark_id: str) -> ResponseReturnValue:
    """Score a benchmark answer."""
    declared_first()
    found = _found(benchmark_id)
    form = BenchmarkScoreForm().about(found.scale)
    if not form.validate():
        return not_saved({}, lambda: _benchmark(found, form))
    preparing.score_benchmark(
        g.tender, found, form.level, form.reason.data or "", actor=g.actor, at=clock.now()
    )  # fmt: skip
    return redirect(url_for("evaluation.benchmark", tender_id=tender_id, benchmark_id=benchmark_id), 303)


# --- pieces ---------------------------------------------------------------------------------------------------


def _rules() -> TenderFile:
    rules = opened.rules_of(g.tender)
    return rules if rules is not None else abort(404)


def _offered(form: BenchmarkForm) -> BenchmarkForm:
    asked = reads.questions_in(_rules())
    return form.about((name, criterion.title) for name, (criterion, _) in asked.items())


def _page(note: NoteForm | None, benchmark: BenchmarkForm | None) -> str:
    rules, kept = _rules(), reads.note_of(g.tender.id)
    evaluators = holders_of(g.tender.id, "evaluator", at=clock.now())
    benchmarks = reads.benchmarks_in(g.tender.id)
    return render_template(
        "evaluation/preparing.html", tender=g.tender, kept=kept, benchmarks=benchmarks,
        note=note or NoteForm(None, data={"text": kept.text if kept else ""}),
        adding=benchmark or _offered(BenchmarkForm(None)), form=note or benchmark, removing=RemoveForm(None),
        titles={name: criterion.title for name, (criterion, _) in reads.questions_in(rules).items()},
        people=reads.calibrated(g.tender, rules, evaluators), typed=printing.typed,
    )  # fmt: skip


def _note(form: NoteReadForm) -> str:
    _rules()
    kept = reads.note_of(g.tender.id) or abort(404)
    form.number.data = str(kept.number)
    return render_template(
        "evaluation/note.html", tender=g.tender, kept=kept, form=form, typed=printing.typed,
        done=reads.has_read(g.tender.id, g.actor.user_id, kept.number),
    )  # fmt: skip


def _found(benchmark_id: str) -> Benchmark:
    own = reads.own_benchmarks(g.tender, g.actor, _rules())
    return next((each for each in own if each.row.id == benchmark_id), None) or abort(404)


def _benchmark(found: Benchmark, form: BenchmarkScoreForm) -> str:
    own = reads.own_benchmarks(g.tender, g.actor, _rules())
    onward = next((each for each in own if each.score is None and each.row.id != found.row.id), None)
    return render_template(
        "evaluation/benchmark.html", tender=g.tender, found=found, form=form.about(found.scale), onward=onward,
        typed=printing.typed,
    )  # fmt: skip
