"""Documents planned from a frozen record: drafts before the decision, final ones after, each row exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workbench.evaluated import NOW, evaluated
from tests.workbench.issued import LETTERS, NOTICES, approved, issued, only, rows_of
from tests.workbench.published import World
from workbench.db import db
from workbench.models.awards import IssueRecord
from workbench.policies import NotForYou, NotNow
from workbench.queries.awards.papers import progress_of
from workbench.services.awards import delivering, issuing
from workbench.services.awards.issuing import IssueError


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with evaluated(tmp_path) as (_, made):
        yield made


def test_every_document_of_the_pack_has_a_row_of_its_own(world: World) -> None:
    approved(world)
    rows = rows_of(issued(world))
    assert {row.state for row in rows} == {"queued"}
    assert len({row.key for row in rows}) == len(rows)
    kinds = {row.kind for row in rows}
    assert kinds == {
        "award", "letter", "certificate", "decision-record", "evaluation-report", "score-sheets", "award-notice-sheet",
        "file",
    }  # fmt: skip
    assert [row.path for row in rows if not row.restricted] == ["all-01-decision-record.pdf"]
    about = {row.bid_id for row in rows if row.kind in ("award", "letter")}
    assert "" not in about
    assert len(about) == sum(row.kind in ("award", "letter") for row in rows)


def test_drafts_may_be_had_of_a_recommendation_and_final_documents_only_of_an_approval(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, [LETTERS])
    file = approved(world, "recommended", decided_on=None)
    assert issued(world, "drafts").number == 1
    with pytest.raises(IssueError, match="once the award is approved"):
        issued(world)
    world.tender.stage = "approved"
    with pytest.raises(IssueError, match="not signed yet: it has no date"):
        issuing.as_final(world.tender, file, NOW)


def test_final_documents_bear_the_day_planned_or_today_where_it_has_passed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, [LETTERS])
    file = approved(world, notices_sent=date(2024, 9, 12))
    award = delivering.frozen_file(issued(world)).award
    assert award is not None
    assert award.notices_sent == date(2024, 9, 12)
    final = issuing.as_final(world.tender, file, NOW + timedelta(days=3)).award
    assert final is not None
    assert final.notices_sent == date(2024, 9, 13)


def test_summaries_that_would_go_out_after_the_award_notice_are_not_made(world: World) -> None:
    file = approved(world, notice_published=date(2024, 9, 9))
    with pytest.raises(IssueError, match="every summary has to be sent before it"):
        issuing.as_final(world.tender, file, NOW)


def test_what_a_document_lacks_is_kept_and_holds_the_release_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, [LETTERS, NOTICES])
    approved(world, letters=())
    issue = issued(world)
    refused = [row for row in rows_of(issue) if row.state == "refused"]
    assert len(refused) == 3
    assert "characteristics and relative advantages is missing" in refused[0].error
    assert progress_of(issue.id).refused == 3
    said = delivering.waits_for(issue, delivering.frozen_file(issue), NOW)
    assert said.startswith("3 documents may not be made yet")


def test_a_new_issue_replaces_one_that_was_not_released(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, [NOTICES])
    approved(world)
    first, drafts, second = issued(world), issued(world, "drafts"), issued(world)
    db.session.expire_all()
    states = {row.number: row.state for row in db.session.query(IssueRecord)}
    assert states == {first.number: "replaced", drafts.number: "making", second.number: "making"}


def test_a_document_is_tried_again_only_after_it_failed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, [NOTICES])
    approved(world)
    (row, *_) = rows_of(issued(world))
    with pytest.raises(IssueError, match="not one that failed"):
        issuing.retry(world.tender, row, actor=world.actor("officer"), at=NOW)
    row.state, row.tries = "failed", 3
    issuing.retry(world.tender, row, actor=world.actor("officer"), at=NOW)
    assert (row.state, row.tries) == ("queued", 0)


def test_only_officers_have_documents_made_and_only_while_the_decision_is_being_made(world: World) -> None:
    file = approved(world)
    source = issuing.Source(1, file)
    with pytest.raises(NotForYou):
        issuing.issue(world.tender, "final", source, actor=world.actor("approver"), at=NOW)
    world.tender.stage = "notified"
    with pytest.raises(NotNow):
        issuing.issue(world.tender, "final", source, actor=world.actor("officer"), at=NOW)


def test_a_paper_without_signatories_says_so(world: World) -> None:
    file = approved(world)
    assert file.award is not None
    bare = replace(file, award=replace(file.award, signatories=()))
    with pytest.raises(IssueError, match="names nobody who signs"):
        issuing.as_final(world.tender, bare, NOW)
