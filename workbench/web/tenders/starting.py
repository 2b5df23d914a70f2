"""Starting a tender: five ways to begin, help with the law it falls under, and the report of what was taken over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lots.errors import ProcurementError
from lots.money import Money
from lots.regime import Regime, RegimeChoice, regime_for, rules_of
from workbench import clock
from workbench.forms.tenders.start import REGIMES, BlankForm, CopyForm, FileForm, RegimeForm, StartForm
from workbench.models.accounts import AuthorityRecord
from workbench.policies import Permission
from workbench.queries.accounts import tender_within
from workbench.queries.starting import authority_of, reference_taken, to_copy
from workbench.queries.tenders import draft_of
from workbench.services import starting, tenders
from workbench.services.starting import Heading, Start, StartError
from workbench.web.access import can, requires
from workbench.web.tenders import pages
from workbench.web.writing import not_saved


@dataclass(frozen=True)
class Way:
    """One way to begin a tender: its title, what it does, and its form."""

    title: str
    words: str
    form: type[StartForm]


WAYS: dict[str, Way] = {
    "template": Way(
        "From our template “victim services, 3 lots”",
        "Adults, children and young people, and sexual violence advisers: outcomes, requirements, criteria and "
        "documents to change, and no figures.",
        StartForm,
    ),
    "copy": Way(
        "From another tender of yours",
        "Its lots, money, rules and criteria. Its dates, its engagement and its sign-offs stay behind.",
        CopyForm,
    ),
    "release": Way(
        "From an OCDS release",
        "The open data of a notice on the central platform. A report says what could be taken over, and what not.",
        FileForm,
    ),
    "file": Way("From a tender file", "As this workbench writes it. Bids and scores stay in the file.", FileForm),
    "blank": Way(
        "With nothing", "The nine deliverables of governance, and a scale and criteria if you want.", BlankForm
    ),
}


@pages.get("/tenders/new")
@requires(Permission.TENDER_START)
def new() -> ResponseReturnValue:
    """Offer the ways to begin."""
    return render_template("tenders/new.html", ways=WAYS)


@pages.get("/tenders/new/regime")
@requires(Permission.TENDER_START)
def regime_help() -> ResponseReturnValue:
    """Say which law a procurement falls under, and why, from when it commences and what it is worth."""
    asked = "commenced" in request.args
    form = RegimeForm(request.args if asked else None)
    choice = _chosen(form) if asked else None
    rules = rules_of(choice.regime) if choice else None
    status = 422 if asked and choice is None else 200
    way = request.args.get("way", "")
    page = render_template(
        "tenders/start_regime.html", form=form, choice=choice, rules=rules, way=way if way in WAYS else ""
    )
    return page, status


def _chosen(form: RegimeForm) -> RegimeChoice | None:
    """Choose the regime, which for a grant needs no figures; None where the form says what to mend."""
    if form.grant.data:
        day = form.commenced.data or clock.now().date()
        return regime_for(commenced=day, light_touch=True, estimated_value=Money(0), grant=True)
    if not form.validate():
        return None
    light = form.light_touch.data == "yes"
    try:
        found = regime_for(commenced=form.commenced.data, light_touch=light, estimated_value=form.value.data)
    except ProcurementError as refusal:
        form.form_errors.append(str(refusal))
        return None
    return found


@pages.get("/tenders/new/<way>")
@requires(Permission.TENDER_START)
def start(way: str) -> ResponseReturnValue:
    """Show the form of one way to begin; the regime may come chosen from the help."""
    found = WAYS.get(way) or abort(404)
    regime = request.args.get("regime", "")
    form = found.form(None, data={"regime": regime if regime in dict(REGIMES) else ""})
    return _page(way, form)


@pages.post("/tenders/new/<way>")
@requires(Permission.TENDER_START)
def start_tender(way: str) -> ResponseReturnValue:
    """Start the tender; whatever is wrong is said, and what was typed stays."""
    found = WAYS.get(way) or abort(404)
    form = found.form()
    _offer(form)
    begun = _begun(way, form)
    if begun is None:
        return not_saved(form.errors, lambda: _page(way, form))
    parts = begun.with_report()
    tender = tenders.start_tender(parts, came_from=begun.came_from, actor=g.actor, at=clock.now())
    onward = "tenders.takeover" if len(parts) > len(begun.parts) else "tenders.show"
    return redirect(url_for(onward, tender_id=tender.id), 303)


@pages.get("/tenders/<tender_id>/takeover")
@requires(Permission.TENDER_VIEW)
def takeover(tender_id: str) -> ResponseReturnValue:
    """Show what the tender took over from where it began, and what it did not."""
    told = draft_of(g.tender).part("takeover").content
    if told is None:
        abort(404)
    return render_template("tenders/start_report.html", tender=g.tender, told=told)


def _begun(way: str, form: StartForm) -> Start | None:
    """Put the parts together; None where something must be mended, which the form then says."""
    if not form.validate():
        return None
    authority = authority_of(g.actor)
    try:
        begun = starting.with_timetable(MAKERS[way](form, authority), form.publish_on.data)
    except StartError as refusal:
        form.form_errors += [str(refusal), *starting.say_findings(refusal.findings)]
        return None
    reference = next(part.content["reference"] for part in begun.parts if part.kind == "basics")
    if reference_taken(authority.id, reference):
        form.reference.errors = [f"You have a tender with the reference “{reference}” already: enter another"]
        return None
    return begun


def _heading(form: StartForm) -> Heading:
    """Return what was typed to begin with."""
    regime = Regime(form.regime.data) if form.regime.data else None
    return Heading(form.title.data or "", form.reference.data or "", regime, form.commenced_on.data)


def _blank(form: StartForm, authority: AuthorityRecord) -> Start:
    assert isinstance(form, BlankForm)
    return starting.from_nothing(_heading(form), authority, scale=form.scale.data, tree=form.tree.data)


def _template(form: StartForm, authority: AuthorityRecord) -> Start:
    return starting.from_template(_heading(form), authority)


def _copy(form: StartForm, authority: AuthorityRecord) -> Start:
    assert isinstance(form, CopyForm)
    source = tender_within(authority.id, form.copy_of.data)
    if source is None or not can(Permission.TENDER_VIEW, source):
        raise StartError("Choose the tender to copy again: it is not there any more")
    return starting.from_copy(_heading(form), authority, draft_of(source))


def _file(form: StartForm, authority: AuthorityRecord) -> Start:
    return starting.from_file(_heading(form), authority, *_uploaded(form))


def _release(form: StartForm, authority: AuthorityRecord) -> Start:
    return starting.from_release(_heading(form), authority, *_uploaded(form))


def _uploaded(form: StartForm) -> tuple[bytes, str]:
    """Return the bytes of the upload and a name for it that a page can show."""
    assert isinstance(form, FileForm)
    upload = form.upload.data
    name = "".join(letter for letter in str(upload.filename) if letter.isprintable())
    return upload.stream.read(), name.replace("\\", "/").rsplit("/", 1)[-1][:80]


MAKERS: dict[str, Callable[[StartForm, AuthorityRecord], Start]] = {
    "blank": _blank, "template": _template, "copy": _copy, "file": _file, "release": _release,
}  # fmt: skip


def _offer(form: StartForm) -> None:
    if isinstance(form, CopyForm):
        form.offer(to_copy(g.actor))


def _page(way: str, form: StartForm) -> str:
    _offer(form)
    return render_template("tenders/start.html", way=way, about=WAYS[way], form=form)
