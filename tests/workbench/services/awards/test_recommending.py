"""Recommending: everything is frozen with the result it gave; open points, another result and other hands refuse it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from exports.award_snapshot import digest_of, result_of, snapshot_of
from scoring.recommendation import evaluate
from tests.workbench.evaluated import NOW, recommended, with_paper
from tests.workbench.opening import details, tamper
from tests.workbench.published import World
from workbench.policies import NotForYou, NotNow
from workbench.queries.awards.decision import ChangedSnapshot, frozen_file, recommendation_of, recomputed
from workbench.queries.awards.paper import paper_of
from workbench.queries.evaluation.record import live_file
from workbench.services import StageError
from workbench.services.awards.recommending import NotRecommendable, OtherResult, recommend


def digest(world: World) -> str:
    """Return the digest of the result as it is now."""
    return digest_of(result_of(evaluate(live_file(world.tender))))


def test_a_recommendation_freezes_the_record_and_its_result(world: World) -> None:
    with_paper(world)
    live = live_file(world.tender, paper_of(world.tender.id))
    recommended(world)
    row = recommendation_of(world.tender.id)
    assert row is not None
    assert (world.tender.stage, row.number, row.engine) == ("recommended", 1, "0.1.0")
    assert frozen_file(row) == live
    assert row.snapshot == snapshot_of(live)
    assert recomputed(row) == evaluate(live)


def test_the_result_is_exact_and_holds_no_sentence(world: World) -> None:
    result = json.loads(result_of(evaluate(live_file(world.tender))))
    adult = next(lot for lot in result["lots"] if lot["lot"] == "adult")
    assert adult["margin"] == "621/905"
    assert [rank for _, rank, _ in adult["ranking"]] == [1, 2]
    assert sorted(stage for stage, _ in (bid["excluded"] for bid in adult["bids"] if bid["excluded"])) == [
        "gate", "split", "split",
    ]  # fmt: skip


def test_the_trail_names_who_is_to_be_awarded_what(world: World) -> None:
    recommended(world)
    said = details(world, "award_recommended")
    assert said["awards"] == [
        ["cyp", "Kingfisher Young People's Trust"], ["adult", "Severnside Recovery Trust"],
        ["isva", "Severnside Recovery Trust"],
    ]  # fmt: skip
    assert said["result_sha256"] == digest(world)


def test_every_open_point_is_named(world: World) -> None:
    tamper("DELETE FROM tenderer_letters")
    tamper("DELETE FROM admissions")
    with pytest.raises(NotRecommendable) as refused:
        recommend(world.tender, digest=digest(world), note="", actor=world.actor("moderator"), at=NOW)
    assert {each.code for each in refused.value.findings} >= {"enquiry_open", "clarification_open"}
    assert world.tender.stage == "moderation"


def test_another_result_than_the_one_that_was_read_is_not_recommended(world: World) -> None:
    read = digest(world)
    tamper('UPDATE agreed_scores SET content = replace(content, \'"points":"4"\', \'"points":"3"\')')
    with pytest.raises(OtherResult):
        recommend(world.tender, digest=read, note="", actor=world.actor("moderator"), at=NOW)


def test_nothing_is_recommended_before_quality_is_locked(world: World) -> None:
    world.tender.quality_locked_at = None
    with pytest.raises(StageError):
        recommend(world.tender, digest=digest(world), note="", actor=world.actor("moderator"), at=NOW)


@pytest.mark.parametrize("role", ["officer", "evaluator", "finance", "legal", "approver", "auditor", "opener"])
def test_only_moderators_recommend(world: World, role: str) -> None:
    with pytest.raises(NotForYou):
        recommend(world.tender, digest=digest(world), note="", actor=world.actor(role), at=NOW)


def test_what_is_recommended_is_not_recommended_twice(world: World) -> None:
    recommended(world)
    with pytest.raises(NotNow):
        recommend(world.tender, digest=digest(world), note="", actor=world.actor("moderator"), at=NOW)


@pytest.mark.parametrize("column", ["snapshot", "result"])
def test_a_frozen_record_that_was_changed_is_found_out(world: World, column: str) -> None:
    recommended(world)
    row = recommendation_of(world.tender.id)
    assert row is not None
    changed = getattr(row, column).replace(b'"4"', b'"3"', 1)
    tamper(f"UPDATE recommendations SET {column} = :changed", changed=changed)
    with pytest.raises(ChangedSnapshot):
        recomputed(row)


def test_a_record_and_digest_changed_together_no_longer_give_the_result(world: World) -> None:
    recommended(world)
    row = recommendation_of(world.tender.id)
    assert row is not None
    file = frozen_file(row)
    other = snapshot_of(replace(file, bids=file.bids[1:]))
    tamper("UPDATE recommendations SET snapshot = :it, snapshot_sha256 = :its", it=other, its=digest_of(other))
    with pytest.raises(ChangedSnapshot):
        recomputed(row)
