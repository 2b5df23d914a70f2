"""Single scores and fewest changes: every answer against judging the lot again, change by change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assurance import pack
from scoring.assurance.again import winners, with_points
from scoring.assurance.assure import assure
from scoring.assurance.fewest import fewest, fewest_changes
from scoring.assurance.parts import parts
from scoring.assurance.scores import award_moves, score_moves
from scoring.evaluation import LotEvaluation, evaluate_lot
from scoring.figures import Rounding
from scoring.limits.allocation import LotLimit
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.scoring.assurance import cases

NAMES = ("adult-harbour", "adult-quayside", "adult-beacon")
CRITERIA = ("delivery", "workforce", "social")


def adult(points: list[int], formula: str = "linear_fixed", **changes: object) -> tuple[TenderFile, LotEvaluation]:
    """Judge the lot of three bids and three criteria with these points."""
    file = factories.tender_file(NAMES)
    given_points = dict(zip(product(NAMES, CRITERIA), points, strict=True))
    file = cases.with_points(cases.relative(file) if formula == "lowest_relative" else file, given_points)
    file = cases.with_method(file, **changes)
    return file, evaluate_lot(file, "adult")


def by_trying(file: TenderFile, lot: LotEvaluation) -> dict[tuple[str, str, bool], tuple[int, str | None]]:
    """Move every agreed score to every level and note the fewest levels that change the first place."""
    found: dict[tuple[str, str, bool], tuple[int, str | None]] = {}
    for score in file.agreed_scores:
        for level in sorted(range(6), key=lambda level: abs(level - int(score.points))):
            key = (score.bid, score.criterion, level > score.points)
            if level == score.points or key in found:
                continue
            again = evaluate_lot(with_points(file, {(score.bid, score.criterion): Decimal(level)}), "adult")
            if again.ranking.first != lot.ranking.first:
                found[key] = (abs(level - int(score.points)), again.ranking.first)
    return found


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=9, max_size=9), st.sampled_from(["linear_fixed", "lowest_relative"]))
def test_the_moves_are_those_that_trying_every_level_finds(points: list[int], formula: str) -> None:
    """Workforce has a published minimum of 2, so bids fall out and come back in as scores move."""
    file, lot = adult(points, formula)
    if lot.ranking.first is None:
        return
    moves, tried = score_moves(file, lot)
    ours = {(it.bid, it.criterion, it.moved_to > it.given): (it.levels, it.first or None) for it in moves}
    assert ours == by_trying(file, lot)
    assert tried == 9


def test_where_bids_are_ranked_on_rounded_totals_ties_count_as_published() -> None:
    file, lot = adult([5, 4, 3, 4, 4, 4, 3, 5, 2], rounding=Rounding(0), rank_on="rounded")
    moves, _ = score_moves(file, lot)
    ours = {(it.bid, it.criterion, it.moved_to > it.given): (it.levels, it.first or None) for it in moves}
    assert ours == by_trying(file, lot)


def test_a_score_just_above_its_minimum_takes_the_winner_out() -> None:
    file, lot = adult([5, 2, 5, 3, 3, 3, 2, 3, 2])
    assert lot.ranking.first == "adult-harbour"
    [move, *_] = [it for it in score_moves(file, lot)[0] if it.criterion == "workforce"]
    assert (move.bid, move.given, move.moved_to, move.levels) == ("adult-harbour", 2, 1, 1)


def test_a_bid_below_its_minimum_may_win_one_level_higher() -> None:
    file, lot = adult([5, 1, 5, 2, 3, 3, 2, 3, 2])
    moves, _ = score_moves(file, lot)
    back = next(it for it in moves if it.bid == "adult-harbour")
    assert (back.criterion, back.moved_to, back.first) == ("workforce", 2, "adult-harbour")
    said = next(part for part in parts(assure(cases.judged(file), "adult", draws=64)) if part.key == "scores")
    row = next(row for row in said.tables[0].rows if row[0] == "Harbour Trust")
    assert row == ("Harbour Trust", "Who delivers it", "1", "2", "a bid that is now out")


def test_under_the_published_mean_one_evaluators_score_is_moved() -> None:
    file, lot = adult([5, 4, 3, 5, 4, 3, 3, 4, 2], score_rule="mean")
    moves, tried = score_moves(file, lot)
    assert tried == 27
    assert {move.evaluator for move in moves} <= {"Eva", "Idris", "Mei"}
    for move in moves[:6]:
        who = next(member.id for member in file.panel if member.name == move.evaluator)
        again = evaluate_lot(with_points(file, {(move.bid, move.criterion): move.moved_to}, who), "adult")
        assert (again.ranking.first or "") == move.first != lot.ranking.first


def test_one_level_that_decides_is_said_and_so_is_none() -> None:
    close, _ = adult([4, 4, 4, 4, 4, 3, 3, 3, 3])
    [said] = [part for part in parts(assure(cases.judged(close), "adult", draws=64)) if part.key == "scores"]
    assert said.sentence.startswith("Of 9 agreed scores, ")
    assert "would change the first place if any one of them were one level different." in said.sentence
    clear, _ = adult([5, 5, 5, 2, 2, 2, 1, 2, 1])
    [said] = [part for part in parts(assure(cases.judged(clear), "adult", draws=64)) if part.key == "scores"]
    assert said.sentence.startswith("None of the 9 agreed scores would change the first place if it were one level")


# ----------------------------------------------------------------------------------------- fewest changes

runs = st.lists(st.lists(st.integers(1, 9).map(Fraction), max_size=3), min_size=1, max_size=4)


def by_enumeration(given_runs: list[list[Fraction]], gap: Fraction) -> int | None:
    """Take every number of steps of every run."""
    found = [
        sum(taken)
        for taken in product(*(range(len(run) + 1) for run in given_runs))
        if sum(sum(run[:count], Fraction(0)) for run, count in zip(given_runs, taken, strict=True)) >= gap
    ]
    return min(found, default=None)


@settings(max_examples=150, deadline=None)
@given(runs, st.integers(0, 30).map(Fraction))
def test_the_fewest_steps_are_what_enumeration_finds_on_even_and_uneven_scales(
    drawn: list[list[Fraction]], gap: Fraction
) -> None:
    assert fewest(drawn, gap) == by_enumeration(drawn, gap)
    assert fewest([sorted(run, reverse=True) for run in drawn], gap) == by_enumeration(
        [sorted(run, reverse=True) for run in drawn], gap
    )


def test_as_many_changes_as_are_counted_use_up_the_lead_and_one_fewer_do_not() -> None:
    file, lot = adult([5, 4, 3, 3, 4, 4, 4, 3, 2])
    first, rival = lot.ranked[0], lot.ranked[1]
    [found] = [it for it in fewest_changes(file, lot) if it.rival == rival.bid.id]
    gap = (first.total or 0) - (rival.total or 0)
    worth = [row.leaf.weight / row.maximum for row in first.rows]
    steps = sorted(
        [worth[k] for k, row in enumerate(first.rows) for _ in range(int(row.points))]
        + [worth[k] for k, row in enumerate(rival.rows) for _ in range(5 - int(row.points))],
        reverse=True,
    )
    assert found.changes is not None
    assert sum(steps[: found.changes]) >= gap > sum(steps[: found.changes - 1])


def test_the_closed_form_counts_the_same_on_an_even_scale() -> None:
    rng = np.random.default_rng(4)
    for _ in range(100):
        points, weights = rng.integers(0, 6, (4, 5)), rng.integers(1, 9, 5)
        points = points[np.argsort(-(points @ weights), kind="stable")]
        gap = (points[0] - points[1:]) @ weights
        found = pack.fewest(points.astype(float), 5, weights.astype(float), gap.astype(float))
        for rival, count in zip(points[1:], found, strict=True):
            steps = [[Fraction(int(w))] * int(room) for w, room in zip(weights, points[0] + 5 - rival, strict=True)]
            lead = Fraction(int((points[0] - rival) @ weights))
            assert (None if np.isinf(count) else int(count)) == fewest(steps, lead)


def test_what_no_number_of_changes_can_do_is_not_counted() -> None:
    assert fewest([[Fraction(1)], [Fraction(2)]], Fraction(4)) is None


@pytest.mark.parametrize("gap", [0, -1])
def test_a_lead_that_is_not_there_needs_no_change(gap: int) -> None:
    assert fewest([[Fraction(1)]], Fraction(gap)) == 0


def test_an_uneven_scale_is_walked_level_by_level() -> None:
    file, _ = adult([5, 4, 3, 3, 4, 4, 4, 3, 2])
    levels = tuple(
        replace(level, points=Decimal(points))
        for level, points in zip(file.scales[0].levels, (0, 1, 2, 3, 4, 9), strict=True)
    )
    uneven = replace(file, scales=(replace(file.scales[0], levels=levels),))
    uneven = cases.with_points(uneven, {("adult-harbour", "delivery"): 9})
    lot = evaluate_lot(uneven, "adult")
    assert [it.changes for it in fewest_changes(uneven, lot)] == [2, 2]  # from 9 to 4 is one level


# --------------------------------------------------------------------------------- under the limit on lots

LIMITED = LotLimit("greatest_total_score", maximum_lots=1, lot_order=("children", "adult"))


def limited() -> Evaluation:
    """Two tenderers after both lots, each to win one, with sums nearly equal."""
    points = {
        ("adult-quayside", "workforce"): 3,
        ("children-harbour", "delivery"): 4,
        ("children-beacon", "workforce"): 2,
    }
    return evaluate(replace(cases.with_points(factories.tender_file(), points), lot_limit=LIMITED))


@pytest.mark.parametrize("lot", ["adult", "children"])
def test_under_a_limit_one_score_may_change_who_is_recommended_for_another_lot(lot: str) -> None:
    evaluation = limited()
    found = award_moves(evaluation, evaluation.lot(lot))
    assert found
    assert max(len(move.changes) for move in found) == 2
    ours = {(it.bid, it.criterion, it.moved_to): it.changes for it in found}
    assert ours == awards_by_trying(evaluation, lot)


def awards_by_trying(
    evaluation: Evaluation, lot: str
) -> dict[tuple[str, str, Decimal], tuple[tuple[str, str, str], ...]]:
    """Move every agreed score by one level and evaluate the whole procurement again."""
    file, before = evaluation.file, winners(evaluation)
    found = {}
    for score in file.agreed_scores:
        for points in (score.points - 1, score.points + 1):
            if score.bid.startswith(lot) and 0 <= points <= 5:
                after = winners(evaluate(with_points(file, {(score.bid, score.criterion): points})))
                changes = tuple((at, was, after[at]) for at, was in before.items() if after[at] != was)
                if changes:
                    found[score.bid, score.criterion, points] = changes
    return found


def test_what_one_level_would_do_to_the_lots_is_said() -> None:
    [said] = [part for part in parts(assure(limited(), "children", draws=64)) if part.key == "scores"]
    table = next(table for table in said.tables if "limit on lots" in table.caption)
    assert all(" instead of " in effect for effect, _ in table.rows)
    assert any("Adult support" in effect for effect, _ in table.rows)
    assert (
        "Under the limit on lots a score in this lot may also change who is recommended for another lot." in said.notes
    )


def test_without_a_limit_the_moves_of_the_lot_say_all() -> None:
    evaluation = evaluate(factories.tender_file())
    assert award_moves(evaluation, evaluation.lot("adult")) is None
