"""From the opening to scoring as people go through it: note, benchmarks, work list, coverage, the beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.workbench.conftest import submit
from tests.workbench.panel import OPENED, Case, a_case, all_declared, declared
from tests.workbench.sealed import committed
from workbench.db import db
from workbench.models.evaluation import BenchmarkRecord, ScoreSheetRecord
from workbench.queries import history
from workbench.services.evaluation import beginning, preparing


@pytest.fixture(scope="module")
def tender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """An opened tender whose usual three evaluators and moderator have no interest."""
    with a_case(tmp_path_factory.mktemp("preparing")) as case:
        all_declared(case.world)
        yield case


@pytest.fixture
def case(tender: Case) -> Iterator[Case]:
    """Somebody new in the tender of all, which is as it was again afterwards."""
    yield tender.anew()
    tender.world.tender.stage = "opened"
    for row in db.session.query(BenchmarkRecord):
        row.removed_at = OPENED
    db.session.commit()


def scorer(case: Case, **interests: str) -> None:
    declared(case.world, case.person("evaluator"), **interests)


def sends(case: Case, role: str, page: str, **data: str) -> TestResponse:
    return submit(case.client(role), case.url(page), dict(data))


# --- note and benchmarks ----------------------------------------------------------------------------------------


def test_a_member_reads_the_note_and_again_when_it_changes(case: Case) -> None:
    scorer(case)
    for text in ("Read the anchors.", "Read the anchors twice."):
        assert sends(case, "moderator", "panel-note/", text=text).status_code == 303
        assert "Read it before you score" in case.page("evaluator", "work/")
        page = case.page("evaluator", "work/note")
        assert text in page
        number = re.search(r'name="number"[^>]*value="(\d+)"', page)
        assert number is not None
        assert sends(case, "evaluator", "work/note", number=number[1]).status_code == 422
        assert sends(case, "evaluator", "work/note", number=number[1], read="y").status_code == 303
        assert "Read it before you score" not in case.page("evaluator", "work/")
    assert history.trail_of(case.world.tender.id).events[0].what.startswith("Read the note to the panel, version ")
    assert sends(case, "evaluator", "work/note", number="1", read="y").status_code == 422


BENCHMARK = {"criterion": "delivery", "title": "A fair answer", "answer": "We see everybody within a week.",
             "points": "3", "reason": "It names a time and no evidence."}  # fmt: skip


def test_the_right_points_are_shown_once_somebody_has_scored_and_then_never_changed(case: Case) -> None:
    scorer(case)
    assert sends(case, "moderator", "benchmarks/", **BENCHMARK).status_code == 303
    [row] = db.session.query(BenchmarkRecord).filter_by(removed_at=None)
    page = f"work/benchmarks/{row.id}/"
    before = case.page("evaluator", page)
    assert "We see everybody within a week." in before
    assert "It names a time and no evidence." not in before
    assert sends(case, "evaluator", page, points="9").status_code == 422
    assert sends(case, "evaluator", page, points="5", reason="Quick.").status_code == 303
    after = case.page("evaluator", page)
    assert "The panel’s level for this answer is 3 (Satisfactory): yours is two levels above it." in after
    assert "It names a time and no evidence." in after
    assert sends(case, "evaluator", page, points="3").status_code == 422
    assert "+2" in case.page("moderator", "panel-note/")


def test_points_off_the_scale_are_refused_for_a_benchmark(case: Case) -> None:
    answer = sends(case, "moderator", "benchmarks/", **{**BENCHMARK, "points": "7"})
    assert (answer.status_code, "7 is no level of the scale" in answer.text) == (422, True)


def test_a_benchmark_of_another_s_questions_is_not_there(case: Case) -> None:
    declared(case.world, case.person("evaluator", criteria="social"))
    sends(case, "moderator", "benchmarks/", **BENCHMARK)
    [row] = db.session.query(BenchmarkRecord).filter_by(removed_at=None)
    assert case.client("evaluator").get(case.url(f"work/benchmarks/{row.id}/")).status_code == 404
    assert sends(case, "moderator", f"benchmarks/{row.id}/remove").status_code == 303
    assert "There is none yet" in case.page("moderator", "panel-note/")


# --- the work list ----------------------------------------------------------------------------------------------


def test_before_declaring_the_page_leads_to_the_declaration_and_says_nothing_else(case: Case) -> None:
    page = case.page("evaluator", "work/")
    assert "Declare your interests" in page
    assert not [name for name in ("Harbour", "Quayside", "Tenderer", "answers") if name in page]


def test_the_work_list_counts_answers_and_time_and_leaves_out_what_is_hidden(case: Case) -> None:
    scorer(case, quayside="conflicted")
    case.world.tender.stage = "evaluation"
    db.session.commit()
    from workbench.queries.accounts import actor_for
    from workbench.queries.evaluation.work_list import work_of

    work = work_of(case.world.tender, actor_for(case.person("evaluator")))
    assert (len(work.entries), work.minutes_left) == (9, 9 * 5)
    assert {entry.name for entry in work.entries} == {"Harbour Trust", "Beacon Trust"}
    assert {entry.bid_id for entry in work.entries} == {"adult-harbour", "adult-beacon", "children-harbour"}


def test_the_next_answer_follows_the_order_and_begins_anew_at_its_end(case: Case) -> None:
    scorer(case)
    from workbench.queries.accounts import actor_for
    from workbench.queries.evaluation.work_list import work_of

    work = work_of(case.world.tender, actor_for(case.person("evaluator")))
    first, second, *_, last = work.entries
    assert work.next_after() == first
    assert work.next_after(first.bid_id, first.criterion) == second
    assert work.next_after(last.bid_id, last.criterion) == first


# --- coverage and the beginning ---------------------------------------------------------------------------------


def test_three_evaluators_meet_the_quorum_and_an_officer_who_declared_begins(case: Case) -> None:
    assert "Declare your own interests first" in case.page("officer", "coverage/")
    assert sends(case, "officer", "coverage/begin").status_code == 422
    declared(case.world, case.person("officer"))
    assert sends(case, "officer", "coverage/begin").status_code == 303
    assert case.world.tender.stage == "evaluation"
    assert history.trail_of(case.world.tender.id).events[0].what == "Let the panel begin"
    assert sends(case, "officer", "coverage/begin").status_code == 409


def test_the_board_counts_sheets_and_a_moderator_sees_no_bid_that_is_hidden(case: Case) -> None:
    case.world.tender.stage = "evaluation"
    first = case.world.people["evaluator"][0].id
    db.session.add(ScoreSheetRecord(
        tender_id=case.world.tender.id, lot="adult", user_id=first, bid_id="adult-beacon", content="{}", sha256="",
        submitted_at=OPENED,
    ))  # fmt: skip
    declared(case.world, case.person("moderator"), quayside="conflicted")
    page = re.sub(r"\s+", " ", case.page("officer", "coverage/"))
    row = page[page.index(">Beacon Trust</th>") :][:400]
    assert re.findall(r"(\d of \d)", row)[0].startswith("1 of")
    assert "Quayside Trust" in page
    moderated = case.page("moderator", "coverage/")
    assert "This page knows of the bids that you may read" in moderated
    assert "Quayside Trust" not in moderated
    assert "Still to submit" not in moderated


def test_a_key_that_is_sent_twice_begins_once(case: Case) -> None:
    declared(case.world, case.person("officer"))
    client, key = case.client("officer"), str(uuid4())
    first, second = (client.post(case.url("coverage/begin"), data={"_key": key}) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)


def test_lots_below_the_quorum_wait_and_have_to_be_named_and_none_at_all_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with a_case(tmp_path_factory.mktemp("short")) as case:
        world = case.world
        declared(world, world.people["officer"][0])
        officer = world.actor("officer")
        with pytest.raises(beginning.BeginningError, match="No lot has the evaluators"):
            beginning.begin(world.tender, actor=officer, at=OPENED)
        assert "Evaluator 4, Evaluator 5 and Evaluator 6 have still to declare" in case.page("officer", "coverage/")
        for number, person in enumerate(world.people["evaluator"]):
            declared(world, person, **({"harbour": "conflicted"} if number == 0 else {}))
        world.tender.stage = "opened"
        for person in world.people["evaluator"][1:]:
            assert person.active
        with pytest.raises(beginning.BeginningError, match="No lot has the evaluators"):
            beginning.begin(world.tender, actor=officer, at=OPENED)
        declared(world, case.person("evaluator", lot="children"))
        with pytest.raises(beginning.BeginningError, match="Adult support would wait"):
            beginning.begin(world.tender, actor=officer, at=OPENED)
        stand = beginning.begin(world.tender, lots_wait=True, actor=officer, at=OPENED)
        committed()
        assert [lot.lot for lot in stand.waiting] == ["adult"]
        assert history.trail_of(world.tender.id).events[0].what == (
            "Let the panel begin; Adult support waiting for evaluators"
        )
        with pytest.raises(preparing.PreparingError):
            preparing.read_note(world.tender, 4, actor=world.actor("evaluator"), at=OPENED)
