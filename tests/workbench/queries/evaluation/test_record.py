"""The live record: a database filled with the case says what the case's own file says."""

from __future__ import annotations

from pathlib import Path

from scoring.recommendation import Evaluation, evaluate
from tests.workbench.evaluated import bid, evaluated, the_case
from workbench.queries.evaluation.record import live_file


def figures(evaluation: Evaluation) -> list[object]:
    """Name every lot's winner, its total and its margin."""
    winners = [(each.lot, each.winner, each.margin) for each in evaluation.recommendations]
    return [(lot, winner.bid.id, winner.total, margin) for lot, winner, margin in winners if winner]


def test_the_rows_give_the_result_of_the_case(tmp_path: Path) -> None:
    expected = figures(evaluate(the_case()))
    with evaluated(tmp_path) as (_, world):
        found = figures(evaluate(live_file(world.tender)))
        named = [(lot, bid(world, winner), *rest) for lot, winner, *rest in expected]  # type: ignore[misc]
    assert found == named
    assert len(found) == 3
