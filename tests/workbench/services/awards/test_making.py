"""Making documents: each exactly once, by whoever comes first, and the same bytes whoever makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from exports.documents import Printable
from exports.pdf import PdfError
from tests.workbench.evaluated import NOW, evaluated
from tests.workbench.issued import LETTERS, NOTICES, approved, issued, only, rows_of
from tests.workbench.published import World
from workbench import printing
from workbench.db import db
from workbench.jobs import jobs
from workbench.models.audit import EventRecord
from workbench.models.awards import IssueRecord
from workbench.services.awards import making

LATER = NOW + making.PATIENCE


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An approved award whose pack is three notices; what was evaluated for another test is forgotten."""
    only(monkeypatch, [NOTICES])
    with evaluated(tmp_path) as (_, made):
        approved(made)
        making.forget()
        yield made


def as_words(document: Printable) -> bytes:
    """Print a document as its number, which is quick."""
    return document.head.number.encode()


def make(paper_id: str, printed: making.Print = as_words, at: object = NOW) -> bool:
    return making.make(paper_id, now=lambda: at, printed=printed)  # type: ignore[arg-type,return-value]


def failing(_: Printable) -> bytes:
    raise PdfError("The printing process ended before the document was printed")


def test_a_document_is_made_by_whoever_comes_first(world: World) -> None:
    issue = issued(world)
    rows = rows_of(issue)
    assert [make(row.id) for row in (*rows, *rows)] == [True] * 3 + [False] * 3
    made = rows_of(issue)
    assert {row.state for row in made} == {"made"}
    assert [row.sha256 for row in made] == [hashlib.sha256(row.content or b"").hexdigest() for row in made]
    assert [row.tries for row in made] == [1] * 3


def test_an_issue_is_made_with_its_last_document_which_is_one_event(world: World) -> None:
    issue = issued(world)
    ids = [row.id for row in rows_of(issue)]
    states = []
    for paper_id in ids:
        make(paper_id)
        states.append(db.session.get_one(IssueRecord, issue.id, populate_existing=True).state)
    assert states == ["making", "making", "made"]
    events = db.session.query(EventRecord).filter_by(action="papers_made").all()
    assert [event.actor for event in events] == [""]


def test_one_that_was_taken_is_taken_again_only_when_its_time_is_over(world: World) -> None:
    row = rows_of(issued(world))[0]

    def killed(_: Printable) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(row.id, killed)
    assert row.id not in making.waiting(LATER - timedelta(seconds=1))
    assert make(row.id, at=LATER - timedelta(seconds=1)) is False
    assert row.id in making.waiting(LATER)
    assert make(row.id, at=LATER) is True


def test_whoever_comes_back_too_late_keeps_nothing(world: World) -> None:
    issue = issued(world)
    row = rows_of(issue)[0]

    def slow(document: Printable) -> bytes:
        assert make(row.id, at=LATER) is True  # somebody else took it meanwhile and finished it
        return b"other bytes"

    assert make(row.id, slow) is False
    (kept, *_) = rows_of(issue)
    assert (kept.state, kept.tries, kept.content) == ("made", 2, as_words_of(kept.key, issue))


def as_words_of(key: str, issue: IssueRecord) -> bytes:
    frozen = making.Frozen(issue.id, issue.file_sha256, drafts=False)
    paper = making.paper_of(frozen, key)
    return paper.head.number.encode()  # type: ignore[union-attr]


def test_what_cannot_be_printed_is_tried_three_times_and_then_says_why(world: World) -> None:
    issue = issued(world)
    row = rows_of(issue)[0]
    states = []
    for _ in range(4):
        make(row.id, failing)
        states.append(rows_of(issue)[0].state)
    assert states == ["queued", "queued", "failed", "failed"]
    assert rows_of(issue)[0].error == "The printing process ended before the document was printed"
    assert rows_of(issue)[0].tries == making.MOST_TRIES


def test_a_fault_of_ours_is_told_without_what_it_says(world: World, caplog: pytest.LogCaptureFixture) -> None:
    issue = issued(world)

    def broken(_: Printable) -> bytes:
        raise RuntimeError("Kanarienvogel")

    make(rows_of(issue)[0].id, broken)
    assert rows_of(issue)[0].error.startswith("A fault of the workbench kept it from being made")
    assert "Kanarienvogel" in caplog.text


def test_a_record_that_was_changed_in_the_database_makes_nothing(world: World) -> None:
    issue = issued(world)
    db.session.execute(text("UPDATE issues SET file = :file"), {"file": b"{}"})
    db.session.commit()
    make(rows_of(issue)[0].id)
    assert rows_of(issue)[0].error.startswith("The record that this document follows from was changed")


def test_another_version_of_the_pack_makes_nothing_under_the_names_of_the_old_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = issued(world)
    for builders in ([LETTERS], []):
        making.forget()
        only(monkeypatch, builders)
        make(rows_of(issue)[0].id)
        assert rows_of(issue)[0].error.startswith("This version of the workbench makes another pack")


def test_drafts_say_so_on_every_page(world: World) -> None:
    issue = issued(world, "drafts")
    paper = making.paper_of(making.Frozen(issue.id, issue.file_sha256, drafts=True), rows_of(issue)[0].key)
    assert 'class="draft"' in printing.html_of(paper)  # type: ignore[arg-type]


def test_nothing_is_made_for_an_issue_that_was_replaced(world: World) -> None:
    row = rows_of(issued(world))[0]
    issued(world)
    assert make(row.id) is False
    assert row.id not in making.waiting(LATER)


def test_the_queue_makes_what_waits_and_a_lost_queue_is_filled_again(world: World) -> None:
    issue = issued(world)
    queue = jobs()
    assert queue.resume(NOW) == 3
    assert queue.resume(NOW) == 0  # it waits there already
    queue.huey.flush()  # the queue is lost
    assert queue.resume(NOW) == 3
    assert queue.work_off() == 3
    assert [row.content == b"" for row in rows_of(issue)] == [False] * 3


def test_in_immediate_mode_a_document_is_made_as_it_is_queued(world: World) -> None:
    issue = issued(world)
    jobs().huey.immediate = True
    jobs().try_to_queue(issue.id)
    assert {row.state for row in rows_of(issue)} == {"made"}


def test_a_queue_that_does_not_answer_keeps_nobody_from_an_answer(world: World) -> None:
    issue = issued(world)
    jobs().queue = lambda ids: 1 / 0  # type: ignore[method-assign,assignment]
    jobs().try_to_queue(issue.id)
    assert {row.state for row in rows_of(issue)} == {"queued"}


def test_what_is_kept_can_be_printed_again_byte_for_byte(world: World) -> None:
    issue = issued(world)
    row = rows_of(issue)[0]
    make(row.id, printing.print_document)
    making.forget()
    paper = making.paper_of(making.Frozen(issue.id, issue.file_sha256, drafts=False), row.key)
    assert printing.print_document(paper) == rows_of(issue)[0].content  # type: ignore[arg-type]
