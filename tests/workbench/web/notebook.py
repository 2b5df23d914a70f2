"""A small page of notes for the tests of what every page shares: a form, a table row with a version, an event."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from workbench import clock
from workbench.audit import record, tender_chain
from workbench.db import db
from workbench.forms.base import PageForm
from workbench.forms.fields import MoneyField, TextField
from workbench.models.tenders import TenderRecord
from workbench.services import StaleError
from workbench.web.access import open_to_all
from workbench.web.writing import checks_only, not_saved, saved

notebook = Blueprint("notebook", __name__)


class NoteForm(PageForm):
    """A title and a price."""

    title = TextField("Title", required="Enter a title", most=300)
    price = MoneyField("Price")


@notebook.get("/notes/<tender_id>")
@open_to_all
def show(tender_id: str) -> ResponseReturnValue:
    """Print the title."""
    return _tender(tender_id).title


@notebook.post("/notes/<tender_id>")
@open_to_all
def save(tender_id: str) -> ResponseReturnValue:
    """Save the title at the version the page was opened at."""
    form, tender = NoteForm(), _tender(tender_id)
    if not form.validate():
        return not_saved(form.errors, lambda: f"Mend this: {form.errors}")
    version = form.version or tender.version
    where = (TenderRecord.id == tender_id, TenderRecord.version == version)
    values = {"title": form.title.data, "version": version + 1}
    if not db.session.execute(update(TenderRecord).where(*where).values(values)).rowcount:
        raise StaleError({"Title": str(form.title.data)}, {"Title": tender.title})
    for _ in range(int(request.args.get("events", 1))):
        record("note.saved", "Title", chain=tender_chain(tender_id), actor=None, at=clock.now(), details={})
    return saved(f"/notes/{tender_id}", version=version + 1, at=clock.now())


@notebook.post("/careless/<tender_id>")
@open_to_all
def careless(tender_id: str) -> ResponseReturnValue:
    """Change something and record nothing, reading the form without asking what is in it."""
    _tender(tender_id).title = "changed behind the back of the audit trail"
    return redirect("/", 303)


@notebook.post("/looks/<tender_id>")
@open_to_all
@checks_only
def look(tender_id: str) -> ResponseReturnValue:
    """Say what was typed, and change something behind the back of the mark where asked to."""
    form = NoteForm()
    if request.args.get("act") == "change":
        _tender(tender_id).title = "changed by a view that only checks"
    if request.args.get("act") == "record":
        record("note.saved", "Title", chain=tender_chain(tender_id), actor=None, at=clock.now(), details={})
    return f"{form.title.data}"


@notebook.get("/numbers/<int:number>")
@open_to_all
def numbers(number: int) -> ResponseReturnValue:
    """Print a number out of the address."""
    return str(number)


def _tender(tender_id: str) -> TenderRecord:
    return db.session.get(TenderRecord, tender_id) or abort(404)


def add_notebook(app: Flask) -> None:
    """Add the pages to an application that has answered nothing yet."""
    app.register_blueprint(notebook)
