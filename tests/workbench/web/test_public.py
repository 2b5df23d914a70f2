"""The public pages: what anybody reads of a published tender, what nobody reads of a draft, and asking a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from flask.testing import FlaskClient

from lots.tender import Milestone
from scoring.catalogue import FORMULAS
from tests.scoring.checks import ready
from tests.workbench.conftest import submit
from tests.workbench.published import ADDRESS, AT, World, a_world, done, published, signed_off, without_memory
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db
from workbench.models.publishing import QuestionRecord
from workbench.queries import publishing as reads
from workbench.queries.tenders import draft_of
from workbench.services import deadlines, publishing, questions, tenders

NOW = AT + timedelta(days=3)
ASKED = {
    "name": "Ada Quill",
    "organisation": "Harbour Trust",
    "email": "ada@harbour.example",
    "question": "Is TUPE in?",
}


@pytest.fixture
def world(lite_app: Workbench) -> Iterator[World]:
    """A published tender, read three days later."""
    with lite_app.app_context(), time_machine.travel(NOW, tick=False):
        yield published(a_world())


@pytest.fixture
def reader(lite_app: Workbench) -> FlaskClient:
    """Somebody who never signed in."""
    return without_memory(lite_app.test_client())


def page_of(world: World) -> str:
    return f"/notices/{world.tender.id}/"


def test_the_list_names_published_tenders_with_the_time_left(world: World, reader: FlaskClient) -> None:
    text = reader.get("/notices/").text
    assert world.tender.title in text
    assert "12:00 BST on Friday 27 September 2024" in text
    assert "54 days left" in text


def test_the_page_says_deadline_lots_criteria_price_and_fingerprint(world: World, reader: FlaskClient) -> None:
    text = reader.get(page_of(world)).text
    letters = FORMULAS[ready.file().methodologies[0].price.formula].letters
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    for said in (
        "Bids are due before 12:00 BST on Friday 27 September 2024", "54 days left", "£300,000", "Adult support",
        "The lead may keep at most 70", "At most £210,000 a year", publication.sha256, letters,
        "Ask a question", "rules-1.json", "methodology-1.pdf", "ocds-0.json", publication.ocid,
    ):  # fmt: skip
        assert said in text, said


def test_a_draft_is_as_unknown_as_what_never_was(lite_app: Workbench, reader: FlaskClient) -> None:
    with lite_app.app_context():
        world = signed_off(a_world())
        unknown = reader.get("/notices/00000000-0000-4000-8000-000000000000/")
        for path in ("", "questions", "ask", "asked", "files/rules-1.json"):
            found = reader.get(page_of(world) + path)
            assert (found.status_code, found.text) == (404, unknown.text)
        assert world.tender.title not in reader.get("/notices/").text


def test_the_page_reads_the_published_rules_and_never_the_working_copy(world: World, reader: FlaskClient) -> None:
    before = reader.get(page_of(world))
    part = draft_of(world.tender).part("basics")
    canary = {**part.content, "title": "CANARY-TITLE", "description": "CANARY-TEXT"}
    tenders.save_part(world.tender, part, canary, actor=world.actor("officer"), at=NOW)
    done(world)
    after = reader.get(page_of(world))
    assert "CANARY" not in after.text
    assert "CANARY" not in reader.get("/notices/").text
    assert (after.text, after.headers["ETag"]) == (before.text, before.headers["ETag"])


def test_an_unchanged_page_is_answered_by_its_tag_without_being_made(
    world: World, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reader.get(page_of(world))
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Vary" not in first.headers
    assert "Set-Cookie" not in first.headers
    monkeypatch.setattr("workbench.web.public.render_template", lambda *_: pytest.fail("the page was made again"))
    again = reader.get(page_of(world), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_tag_changes_with_the_time_left(world: World, reader: FlaskClient) -> None:
    first = reader.get(page_of(world)).headers["ETag"]
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert reader.get(page_of(world), headers={"If-None-Match": first}).status_code == 200


def test_the_page_is_the_same_for_somebody_signed_in(world: World, lite_app: Workbench, reader: FlaskClient) -> None:
    officer = without_memory(signed_in(lite_app, world.people["officer"][0].fs_uniquifier))
    mine, theirs = officer.get(page_of(world)), reader.get(page_of(world))
    assert (mine.text, mine.headers["ETag"]) == (theirs.text, theirs.headers["ETag"])


def test_files_are_sent_byte_for_byte_and_kept_for_ever(world: World, reader: FlaskClient) -> None:
    for row in reads.files_of(world.tender.id):
        found = reader.get(f"{page_of(world)}files/{row.name}")
        assert sha256(found.data).hexdigest() == row.sha256
        assert found.headers["ETag"] == f'"{row.sha256}"'
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = reader.get(f"{page_of(world)}files/{row.name}", headers={"If-None-Match": found.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_the_annex_may_use_its_own_styles_and_no_others(world: World, reader: FlaskClient) -> None:
    policy = reader.get(f"{page_of(world)}files/methodology-1.html").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_a_question_is_taken_and_its_asker_shown_to_nobody(world: World, reader: FlaskClient) -> None:
    sent = submit(reader, f"{page_of(world)}ask", dict(ASKED))
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{page_of(world)}asked")
    row = db.session.query(QuestionRecord).one()
    assert (row.name, row.organisation, row.state, row.number) == ("Ada Quill", "Harbour Trust", "open", 1)
    pages = [page_of(world), f"{page_of(world)}questions", f"{page_of(world)}asked"]
    assert not [path for path in pages if "Quill" in reader.get(path).text or "Is TUPE in?" in reader.get(path).text]


def test_an_answer_to_everybody_stands_in_the_log_without_the_asker(world: World, reader: FlaskClient) -> None:
    before = reader.get(page_of(world)).headers["ETag"]
    submit(reader, f"{page_of(world)}ask", dict(ASKED))
    row = db.session.query(QuestionRecord).one()
    questions.answer_all(
        world.tender, row, text="Does TUPE apply?", answer="Yes, to the adult lot.", version=1,
        actor=world.actor("officer"), at=NOW,
    )  # fmt: skip
    done(world)
    found = reader.get(page_of(world))
    assert found.headers["ETag"] != before
    for text in (found.text, reader.get(f"{page_of(world)}questions").text):
        assert "Does TUPE apply?" in text
        assert "Yes, to the adult lot." in text
        assert "Quill" not in text
        assert "Harbour" not in text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("email", "ada at harbour", "Enter an e-mail address in full"),
        ("email", "a@b.example\r\nBcc: c@d.example", "Write this on one line"),
        ("question", "", "Enter your question"),
        ("name", "x" * 121, "121 characters"),
        ("organisation", "Trust \u202e evil", "invisible sign"),
    ],
)
def test_a_bad_question_keeps_what_was_typed(
    world: World, reader: FlaskClient, field: str, typed: str, said: str
) -> None:
    sent = submit(reader, f"{page_of(world)}ask", {**ASKED, field: typed})
    assert sent.status_code == 422
    assert said in sent.text
    assert all(text in sent.text for name, text in ASKED.items() if name != field)
    assert db.session.query(QuestionRecord).count() == 0


def test_questions_end_with_their_last_day(world: World, reader: FlaskClient) -> None:
    with time_machine.travel(datetime(2024, 9, 10, 22, 59, tzinfo=UTC), tick=False):  # 23:59 in London
        assert "Ask a question" in reader.get(page_of(world)).text
    with time_machine.travel(datetime(2024, 9, 10, 23, 1, tzinfo=UTC), tick=False):
        assert "Ask a question" not in reader.get(page_of(world)).text
        assert submit(reader, f"{page_of(world)}ask", dict(ASKED)).status_code == 409


def test_a_change_notice_stands_there_with_reason_and_differences(world: World, reader: FlaskClient) -> None:
    part = draft_of(world.tender).part("lot", "adult")
    officer = world.actor("officer")
    tenders.save_part(world.tender, part, {**part.content, "title": "Adult service"}, actor=officer, at=NOW)
    done(world)
    publishing.publish_change(
        world.tender, reason="The name was wrong.", digest=world.digest, address=ADDRESS, actor=officer, at=NOW
    )
    done(world)
    text = reader.get(page_of(world)).text
    for said in ("Notice 1: The rules change", "The name was wrong.", "Adult support", "rules-2.json", "rules-1.json"):
        assert said in text, said


def test_a_later_deadline_is_told_with_its_reason(world: World, reader: FlaskClient) -> None:
    later = datetime(2024, 10, 4, 11, 0, tzinfo=UTC)
    deadlines.move_deadline(
        world.tender, later, reason="A file was missing.", address=ADDRESS, actor=world.actor("officer"), at=NOW
    )
    done(world)
    text = reader.get(page_of(world)).text
    assert "Bids are due before 12:00 BST on Friday 4 October 2024" in text
    assert "Notice 1: The deadline moves" in text


def test_a_step_that_a_later_deadline_overtakes_is_not_told_as_if_it_still_stood(
    world: World, reader: FlaskClient
) -> None:
    assert "Tuesday 12 November 2024" in reader.get(page_of(world)).text  # the notices to tenderers
    later = datetime(2024, 12, 2, 12, 0, tzinfo=UTC)
    officer = world.actor("officer")
    deadlines.move_deadline(world.tender, later, reason="A file was missing.", address=ADDRESS, actor=officer, at=NOW)
    done(world)
    text = reader.get(page_of(world)).text
    assert "Tuesday 12 November 2024" not in text
    assert text.count("After the deadline, which has moved: the day is not set anew yet") == 2


def test_the_day_of_publication_is_the_one_it_was_and_not_the_one_it_was_planned_for(
    lite_app: Workbench, reader: FlaskClient
) -> None:
    file = ready.file()
    planned = Milestone("Tender published", date(2024, 8, 5), kind="tender_published")
    file = replace(file, tender=replace(file.tender, timetable=(planned, *file.tender.timetable)))
    with lite_app.app_context(), time_machine.travel(NOW, tick=False):
        text = reader.get(page_of(published(a_world(file)))).text
    assert "Monday 5 August 2024" not in text
    assert text.count("10:00 BST on Thursday 1 August 2024") == 2  # in the head and in the timetable


def test_a_cancelled_tender_says_so_first(world: World, reader: FlaskClient) -> None:
    publishing.cancel(world.tender, reason="The grant ended.", address=ADDRESS, actor=world.actor("officer"), at=NOW)
    done(world)
    text = reader.get(page_of(world)).text
    assert "This tender is cancelled" in text
    assert "The grant ended." in text
    assert "days left" not in text


def test_what_was_typed_is_shown_as_text(lite_app: Workbench, reader: FlaskClient) -> None:
    hostile = "<script>alert(1)</script>"
    file = ready.file()
    file = replace(file, tender=replace(file.tender, description=hostile))
    with lite_app.app_context(), time_machine.travel(NOW, tick=False):
        text = reader.get(page_of(published(a_world(file)))).text
    assert hostile not in text
    assert "&lt;script&gt;" in text


def test_five_thousand_answers_are_read_page_by_page_with_as_many_queries_as_one(
    world: World, reader: FlaskClient, counted_queries: list[str]
) -> None:
    add_answers(world, 1)
    counted_queries.clear()
    reader.get(f"{page_of(world)}questions")
    few = len(counted_queries)
    add_answers(world, 5_000)
    counted_queries.clear()
    text = reader.get(f"{page_of(world)}questions").text
    assert len(counted_queries) == few
    assert "Page 1 of 101" in text
    assert text.count("tw-notice__title") == 50
    assert "Question 5001<" in text
    assert len(reader.get(page_of(world)).text) < 200_000


def add_answers(world: World, number: int) -> None:
    """Add answered questions, as so many services would have left them."""
    last = db.session.query(QuestionRecord).count()
    db.session.add_all(
        QuestionRecord(
            tender_id=world.tender.id, number=n, public_number=n, state="public", name="N", organisation="O",
            email="n@example.org", question=f"Why {n}?", published_text=f"Why {n}?", answer=f"Because {n}.",
            asked_at=AT, answered_at=AT,
        )
        for n in range(last + 1, last + 1 + number)
    )  # fmt: skip
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    publication.version += 1
    db.session.commit()
    db.session.expire_all()


@pytest.fixture
def counted_queries(lite_app: Workbench) -> Iterator[list[str]]:
    """The statements that the database was sent, as they come."""
    from sqlalchemy import event

    sent: list[str] = []
    with lite_app.app_context():
        engine = db.engine

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
