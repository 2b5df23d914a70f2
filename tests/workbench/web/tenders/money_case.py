"""The demonstration's tender as a draft in a database, and an officer's browser on it, for the tests of money pages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.workbench.conftest import submit
from tests.workbench.factories import NOW, a_user, an_actor, an_authority
from workbench.app import Workbench
from workbench.db import db
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.parts import Part, split
from workbench.paths import demo_file
from workbench.queries.tenders import Draft, draft_of
from workbench.services.tenders import start_tender


@dataclass
class Case:
    """A draft and the browser of its officer."""

    app: Workbench
    client: FlaskClient
    tender_id: str

    def url(self, kind: str, key: str = "") -> str:
        """Return the address of a part's page."""
        return f"/tenders/{self.tender_id}/{kind}/{key + '/' if key else ''}edit"

    def task(self, name: str) -> str:
        """Return the address of a task's page."""
        return f"/tenders/{self.tender_id}/tasks/{name}/"

    def content(self, kind: str, key: str = "") -> Any:
        """Return the saved content of a part."""
        with self.app.app_context():
            row = db.session.query(PartRecord).filter_by(tender_id=self.tender_id, kind=kind, key=key).one()
            return row.value

    def read(self, address: str) -> str:
        """Open a page and return its text, with figures and quotes as people see them."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status
        return html.unescape(re.sub(r"\s+", " ", answer.text))

    def save(self, address: str, changes: Mapping[str, object] | None = None) -> TestResponse:
        """Send the page's own form again, with some fields changed."""
        return submit(self.client, address, {**fields(self.client.get(address).text), **(changes or {})})


def demo_parts() -> tuple[Part, ...]:
    """Return the demonstration's tender as parts."""
    return split(json.loads(demo_file().read_text(encoding="utf-8")))


def a_case(app: Workbench, parts: Iterable[Part] | None = None, at: datetime = NOW) -> Case:
    """Start a draft from the demonstration's parts (or others) and sign its officer in."""
    with app.test_request_context():
        officer = a_user(an_authority(), "officer")
        tender = start_tender(parts or demo_parts(), came_from="test", actor=an_actor(officer), at=at)
        db.session.commit()
        tender_id, mark = tender.id, officer.fs_uniquifier
    return Case(app, signed_in(app, mark), tender_id)


def a_reader(case: Case) -> Case:
    """Return the same draft with the browser of an auditor of its authority."""
    with case.app.app_context():
        authority = db.session.get_one(TenderRecord, case.tender_id).authority
        auditor = a_user(authority, "auditor")
        db.session.commit()
        return Case(case.app, signed_in(case.app, auditor.fs_uniquifier), case.tender_id)


def signed_in(app: Workbench, mark: str) -> FlaskClient:
    """Return a browser in which the person of that mark is signed in."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = mark, True
    return client


def draft(case: Case) -> Draft:
    """Return the draft; inside an application context."""
    return draft_of(db.session.get_one(TenderRecord, case.tender_id))


def fields(page: str) -> dict[str, object]:
    """Collect what a browser would send of the page's form that saves: its values as they stand."""
    form = next(part for part in page.split("<form")[1:] if 'method="post"' in part and "_version" in part)
    form = form.split("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = found.get("type") not in ("checkbox", "radio") or re.search(r"\bchecked\b", tag)
        if "name" in found and ticked:
            sent.setdefault(found["name"], []).append(html.unescape(found.get("value", "")))
    for name, text in re.findall(r'<textarea\b[^>]*?name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent.setdefault(name, []).append(html.unescape(text.removeprefix("\n")))
    for name, inner in re.findall(r'<select\b[^>]*?name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner) or re.search(r'<option value="([^"]*)"', inner)
        sent.setdefault(name, []).append(html.unescape(chosen[1]) if chosen else "")
    return {name: texts if len(texts) > 1 else texts[0] for name, texts in sent.items() if name != "_key"}
