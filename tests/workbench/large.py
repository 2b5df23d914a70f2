"""Tenders far larger than any so far, put straight into the showcase: a hundred lots, 500 criteria, 5,000 questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta

from sqlalchemy import event

from tests.workbench.showcase import Showcase
from workbench import clock
from workbench.db import db
from workbench.models.accounts import UserRecord
from workbench.models.publishing import QuestionRecord
from workbench.models.tenders import TenderRecord
from workbench.parts import Kind, Part
from workbench.queries.accounts import actor_for
from workbench.queries.tenders import draft_of
from workbench.services import tenders

BRANCH = 20  # criteria to a branch of the tree


def add_tender(made: Showcase, reference: str, *, lots: int = 0, criteria: int = 0) -> str:
    """Copy the demonstration's draft with so many lots of one kind, or criteria in one methodology; its id."""
    with made.app.app_context():
        source = draft_of(db.session.get_one(TenderRecord, made.tenders["signed_off"]))
        parts = [Part(part.kind, part.key, deepcopy(part.content), position=part.position) for part in source.parts]
        basics = next(part.content for part in parts if part.kind == "basics")
        basics |= {"reference": reference, "title": f"Large tender {reference}"}
        parts = [*parts, *_more_lots(parts, lots)]
        if criteria:
            next(part.content for part in parts if part.kind == "methodology")["criteria"] = tree(criteria)
        person = db.session.query(UserRecord).filter_by(fs_uniquifier=made.people["officer"]).one()
        started = tenders.start_tender(parts, came_from="a test", actor=actor_for(person), at=clock.now())
        db.session.commit()
        return started.id


def _more_lots(parts: list[Part], count: int) -> Iterator[Part]:
    kinds: tuple[Kind, ...] = ("lot", "collaboration", "requirements")
    models = {kind: next((part for part in parts if (part.kind, part.key) == (kind, "adult")), None) for kind in kinds}
    for number in range(1, count + 1):
        for kind, model in models.items():
            if model is not None:
                key = f"area_{number}"
                named = {"id": key, "title": f"Area {number}"} if kind == "lot" else {}
                content = {**deepcopy(model.content), **named} if named else deepcopy(model.content)
                yield Part(kind, key, content, position=10 + number)


def tree(count: int) -> list[dict[str, object]]:
    """Make criteria of equal weight, twenty to a branch."""
    leaves = [
        {
            "id": f"c{n}", "title": f"Criterion {n}", "weight": "5", "scale": "evidence", "question": f"Question {n}?",
            "word_limit": 100,
        }
        for n in range(count)
    ]  # fmt: skip
    return [
        {"id": f"b{at}", "title": f"Branch {at}", "weight": "4", "kind": "quality", "parts": leaves[at:][:BRANCH]}
        for at in range(0, count, BRANCH)
    ]


def ask_many(made: Showcase, count: int) -> None:
    """Ask questions of the open tender straight into their table: of five, four are answered to everybody."""
    at, tender = clock.now(), made.tenders["open"]
    with made.app.app_context():
        rows = [
            {
                "tender_id": tender, "number": 100 + n, "state": "public" if n % 5 else "open", "version": 1,
                "public_number": 100 + n if n % 5 else None, "name": "N. N.", "organisation": "An organisation",
                "email": "n@example.org", "question": f"Question {n} about the rules?", "asked_at": at,
                "published_text": f"Question {n} about the rules?", "answer": "As the rules say.",
                "answered_at": at + timedelta(hours=1),
            }
            for n in range(count)
        ]  # fmt: skip
        db.session.execute(db.insert(QuestionRecord), rows)
        db.session.commit()


@contextmanager
def statements(made: Showcase) -> Iterator[list[str]]:
    """Collect what is sent to the database."""
    sent: list[str] = []
    with made.app.app_context():
        engine = db.engine

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
