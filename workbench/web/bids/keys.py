"""The page of keys: custodians make theirs, prove them, and say when one is lost; nothing secret ever comes here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from workbench import clock
from workbench.forms.base import PageForm
from workbench.forms.bids.keys import KeyForm, ProofForm
from workbench.forms.tenders.moves import PlainForm
from workbench.models.bids import CustodianKeyRecord
from workbench.policies import Permission
from workbench.queries import publishing
from workbench.queries.bids import keys as reads
from workbench.queries.tenders import draft_of
from workbench.services.bids import keys as services
from workbench.web.access import requires
from workbench.web.bids import pages
from workbench.web.writing import not_saved

_OFFICE = {"own": "", "paper": services.PAPER}


@pages.get("/tenders/<tender_id>/keys/")
@requires(Permission.TENDER_VIEW)
def keys(tender_id: str) -> ResponseReturnValue:
    """Show the keys of a tender and how each stands; openers make and prove theirs here."""
    return _page()


@pages.get("/tenders/<tender_id>/keys/paper")
@requires(Permission.KEYS_HOLD)
def paper_key(tender_id: str) -> ResponseReturnValue:
    """Show the page on which a paper key is made and printed."""
    return _paper_page(_form("paper"))


@pages.post("/tenders/<tender_id>/keys/", endpoint="add_key")
@requires(Permission.KEYS_HOLD)
def add_key(tender_id: str) -> ResponseReturnValue:
    """Take the public half of an opener's own key."""
    form = KeyForm()
    return _added(form, lambda: _page(form), paper=False)


@pages.post("/tenders/<tender_id>/keys/paper", endpoint="add_paper_key")
@requires(Permission.KEYS_HOLD)
def add_paper_key(tender_id: str) -> ResponseReturnValue:
    """Take the public half of a key that was printed."""
    form = KeyForm()
    return _added(form, lambda: _paper_page(form), paper=True)


@pages.post("/tenders/<tender_id>/keys/<key_id>/prove", endpoint="prove_key")
@requires(Permission.KEYS_HOLD)
def prove_key(tender_id: str, key_id: str) -> ResponseReturnValue:
    """Take the text that a key opened."""
    row, form = _key(key_id), ProofForm()
    if not form.validate():
        return not_saved({}, lambda: _page(proof=form, proving=row))
    if services.prove_key(g.tender, row, form.text.data, actor=g.actor, at=clock.now()):
        flash(f"The key “{row.title}” is proved: it opens what is sealed for it.", "success")
    else:
        flash(f"That is not the text: the key “{row.title}” is not proved. Open the text below once more.", "note")
    return redirect(url_for("bids.keys", tender_id=tender_id), 303)


@pages.post("/tenders/<tender_id>/keys/<key_id>/lost", endpoint="lose_key")
@requires(Permission.KEYS_HOLD)
def lose_key(tender_id: str, key_id: str) -> ResponseReturnValue:
    """Note that a key is lost."""
    return _done(services.report_lost, key_id)


@pages.post("/tenders/<tender_id>/keys/<key_id>/remove", endpoint="remove_key")
@requires(Permission.KEYS_HOLD)
def remove_key(tender_id: str, key_id: str) -> ResponseReturnValue:
    """Take a key out of the custodians."""
    return _done(services.remove_key, key_id)


@pages.post("/tenders/<tender_id>/keys/<key_id>/use", endpoint="use_key")
@requires(Permission.KEYS_HOLD)
def use_key(tender_id: str, key_id: str) -> ResponseReturnValue:
    """Put a key that is known already among the custodians again."""
    return _done(services.use_key, key_id)


@pages.get("/tenders/<tender_id>/keys/<key_id>/challenge.age", endpoint="challenge")
@requires(Permission.KEYS_HOLD)
def challenge(tender_id: str, key_id: str) -> ResponseReturnValue:
    """Send the text by which a key is proved, sealed for it, as a file."""
    response = Response(_key(key_id).challenge, mimetype="text/plain")
    response.headers["Content-Disposition"] = "attachment; filename=challenge.age"
    return response


# --- pieces -------------------------------------------------------------------------------------------------


def _key(key_id: str) -> CustodianKeyRecord:
    row = reads.key_named(g.tender.id, key_id)
    return row if row is not None else abort(404)


def _form(whose: str) -> KeyForm:
    return KeyForm(data={"title": _OFFICE[whose] or g.actor.job_title or g.actor.name})


def _added(form: KeyForm, page: Callable[[], str], *, paper: bool) -> ResponseReturnValue:
    if not form.validate():
        return not_saved({}, page)
    try:
        services.register_key(
            g.tender, form.recipient.data, title=form.title.data, paper=paper, actor=g.actor, at=clock.now()
        )
    except services.KeyRefusedError as refusal:
        form.recipient.errors = [*form.recipient.errors, str(refusal)]
        return not_saved({}, page)
    flash("The key is among the custodians. Prove it now: open the text that was sealed for it.", "success")
    return redirect(url_for("bids.keys", tender_id=g.tender.id), 303)


def _done(service: Callable[..., None], key_id: str) -> ResponseReturnValue:
    PlainForm()
    service(g.tender, _key(key_id), actor=g.actor, at=clock.now())
    return redirect(url_for("bids.keys", tender_id=g.tender.id), 303)


def _page(form: KeyForm | None = None, proof: ProofForm | None = None, proving: Any = None) -> str:
    draft = draft_of(g.tender)
    sealing, today = reads.sealing_of(draft), clock.now()
    found = reads.keys_of(g.tender.id, sealing)
    publication = publishing.publication_of(g.tender.id)
    in_force = publishing.rules_in_force(publication).tender.sealing if publication else None
    shown: PageForm = form or proof or _form("own")
    return render_template(
        "openings/keys.html",
        tender=g.tender,
        sealing=sealing,
        in_force=in_force,
        keys=found,
        own=[key for key in found if key.place is not None and key.row.user_id == g.actor.user_id],
        check=reads.check_of(g.tender, in_force, today) if in_force else None,
        form=shown if (form or proof) else None,
        key_form=form or _form("own"),
        proof=proof or ProofForm(None),
        proving=proving,
        plain=PlainForm(None),
        viewer_id=g.actor.user_id,
    )


def _paper_page(form: KeyForm) -> str:
    return render_template("openings/keys_paper.html", tender=g.tender, form=form)
