"""Pages of interests: one's own declaration, the register of all, the decision about one, and both as PDF."""

from __future__ import annotations

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.documents import Printable
from exports.names import file_name
from exports.reports.interests import conflict_register, interest_declaration
from scoring.tender_file import TenderFile
from workbench import clock, printing
from workbench.forms.evaluation.interests import DeclarationForm, InterestDecisionForm
from workbench.policies import Permission
from workbench.queries.bids import opened
from workbench.queries.evaluation import interest_papers
from workbench.queries.evaluation import interests as reads
from workbench.queries.evaluation.interests import Entry
from workbench.services.evaluation import interests
from workbench.services.evaluation.interests import InterestError, Said
from workbench.web.access import requires
from workbench.web.evaluation import pages
from workbench.web.evaluation.guard import declared_first, offers_names
from workbench.web.writing import not_saved

pages.add_app_template_global(offers_names)


@pages.get("/tenders/<tender_id>/interests/", endpoint="interests")
@requires(Permission.INTEREST_DECLARE)
def own(tender_id: str) -> ResponseReturnValue:
    """List every organisation that takes part in a bid, to declare about."""
    return _own(_empty())


@pages.post("/tenders/<tender_id>/interests/", endpoint="declare")
@requires(Permission.INTEREST_DECLARE)
def declare(tender_id: str) -> ResponseReturnValue:
    """Declare, or amend what was declared."""
    _published()
    form = DeclarationForm()
    form.name(reads.to_declare(g.tender, g.actor.user_id))
    if not form.validate():
        return not_saved({}, lambda: _own(form))
    said = {name: Said(*texts) for name, texts in form.said().items()}
    try:
        interests.declare(g.tender, said, actor=g.actor, at=clock.now())
    except InterestError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _own(form))
    flash("Your declaration is kept. It holds from this moment; amend it whenever anything changes.", "success")
    return redirect(url_for("evaluation.interests", tender_id=tender_id), 303)


@pages.get("/tenders/<tender_id>/interests/declaration.pdf", endpoint="own_declaration")
@requires(Permission.INTEREST_DECLARE)
def send_own(tender_id: str) -> ResponseReturnValue:
    """Send one's own signed declaration."""
    return _declaration(g.actor.user_id)


@pages.get("/tenders/<tender_id>/interests/register/", endpoint="register")
@requires(Permission.INTEREST_VIEW)
def register(tender_id: str) -> ResponseReturnValue:
    """Show who declared what, who has still to declare, and what waits for a decision."""
    declared_first()
    _published()
    return render_template("evaluation/register.html", tender=g.tender, register=reads.register_of(g.tender))


@pages.get("/tenders/<tender_id>/interests/register.pdf", endpoint="register_paper")
@requires(Permission.INTEREST_VIEW)
def send_register(tender_id: str) -> ResponseReturnValue:
    """Send the register as it stands now."""
    declared_first()
    rules = _published()
    found = interest_papers.register_lines(g.tender)
    return _pdf(conflict_register(rules, found, at=clock.now()))


@pages.get("/tenders/<tender_id>/interests/people/<int:user_id>.pdf", endpoint="declaration_paper")
@requires(Permission.INTEREST_VIEW)
def send_declaration(tender_id: str, user_id: int) -> ResponseReturnValue:
    """Send somebody's signed declaration."""
    declared_first()
    return _declaration(user_id)


@pages.get("/tenders/<tender_id>/interests/register/<declaration_id>/", endpoint="interest")
@requires(Permission.INTEREST_VIEW)
def interest(tender_id: str, declaration_id: str) -> ResponseReturnValue:
    """Show one declaration, with what was decided about it."""
    declared_first()
    return _one(_entry(declaration_id), InterestDecisionForm(None))


@pages.post("/tenders/<tender_id>/interests/register/<declaration_id>/", endpoint="decide_interest")
@requires(Permission.INTEREST_DECIDE)
def decide(tender_id: str, declaration_id: str) -> ResponseReturnValue:
    """Decide what follows from a declared interest."""
    declared_first()
    entry = _entry(declaration_id)
    form = InterestDecisionForm().about(interests.actions_for(entry))
    if not form.validate():
        return not_saved({}, lambda: _one(entry, form))
    try:
        interests.decide(
            g.tender, declaration_id, form.action.data, reason=form.reason.data, actor=g.actor, at=clock.now()
        )
    except InterestError as refused:
        form.form_errors.append(str(refused))
        return not_saved({}, lambda: _one(entry, form))
    flash(f"Decided, from this moment on. The register and {entry.person.name}’s pages follow it.", "success")
    return redirect(url_for("evaluation.register", tender_id=tender_id), 303)


# --- pieces ---------------------------------------------------------------------------------------------------


def _published() -> TenderFile:
    rules = opened.rules_of(g.tender)
    return rules if rules is not None else abort(404)


def _empty() -> DeclarationForm:
    _published()
    return DeclarationForm.about(reads.to_declare(g.tender, g.actor.user_id), formdata=None)


def _own(form: DeclarationForm) -> str:
    named = reads.to_declare(g.tender, g.actor.user_id)
    return render_template(
        "evaluation/interests.html", tender=g.tender, form=form, named={it.id: it for it in named},
        missing=sum(it.standing == "undeclared" for it in named), said=any(it.interest for it in named),
    )  # fmt: skip


def _entry(declaration_id: str) -> Entry:
    _published()
    found = reads.entry_of(g.tender, declaration_id)
    return found if found is not None else abort(404)


def _one(entry: Entry, form: InterestDecisionForm) -> str:
    actions = interests.actions_for(entry)
    return render_template(
        "evaluation/interest.html", tender=g.tender, entry=entry, form=form.about(actions), typed=printing.typed,
        own=entry.person.id == g.actor.user_id,
    )  # fmt: skip


def _declaration(user_id: int) -> Response:
    rules = _published()
    found = interest_papers.declaration_lines(g.tender, user_id)
    return _pdf(interest_declaration(rules, found)) if found is not None else abort(404)


def _pdf(made: Printable) -> Response:
    response = Response(printing.print_document(made), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(made)}"'
    return response
