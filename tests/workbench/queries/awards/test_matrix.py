"""All agreed scores of a lot in one statement, and the page that is known by its tag."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from scoring.figures import plain
from scoring.recommendation import evaluate
from tests.workbench.evaluated import evaluated
from tests.workbench.published import World, address, client_of
from workbench.app import Workbench
from workbench.db import db
from workbench.models.evaluation import CardRecord
from workbench.queries.awards.matrix import NOT_AGREED, matrix_of
from workbench.queries.evaluation.record import live_file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, World]]:
    with evaluated(tmp_path_factory.mktemp("matrix")) as found:
        yield found


def criteria(world: World, lot: str) -> list[str]:
    methodology = live_file(world.tender).methodology_for(lot)
    assert methodology is not None
    return [leaf.criterion.id for leaf in methodology.scored]


def test_the_points_are_those_that_evaluation_uses(made: tuple[Workbench, World]) -> None:
    _, world = made
    for lot in evaluate(live_file(world.tender)).lots:
        found = {row.bid: row.points for row in matrix_of(world.tender.id, lot.lot.id, criteria(world, lot.lot.id))}
        marked = {it.bid.id: tuple(plain(part.points) for part in it.rows) for it in lot.results if it.rows}
        assert {name: found[name] for name in marked} == marked


def test_a_score_that_is_not_agreed_leaves_its_cell_empty_and_the_others_in_their_places(
    made: tuple[Workbench, World],
) -> None:
    _, world = made
    names = criteria(world, "adult")
    before = matrix_of(world.tender.id, "adult", names)[0]
    card = db.session.query(CardRecord).filter_by(bid_id=before.bid, criterion=names[2]).one()
    card.state = "reopened"
    db.session.flush()
    after = matrix_of(world.tender.id, "adult", names)[0]
    db.session.rollback()
    assert after.points == (*before.points[:2], NOT_AGREED, *before.points[3:])


def test_one_criterion_alone_is_a_column(made: tuple[Workbench, World]) -> None:
    _, world = made
    [first, *_] = criteria(world, "adult")
    assert all(len(row.points) == 1 for row in matrix_of(world.tender.id, "adult", [first]))


def test_a_lot_takes_one_statement_however_many_bids_it_has(made: tuple[Workbench, World]) -> None:
    _, world = made
    said: list[str] = []
    names = criteria(world, "adult")

    def note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    matrix_of(world.tender.id, "adult", names)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(said) == 1


def test_an_unchanged_page_is_answered_with_304_until_anything_it_shows_changes(made: tuple[Workbench, World]) -> None:
    app, world = made
    officer, finance = client_of(app, world, "officer"), client_of(app, world, "finance")
    path = address(world, "matrix/?lot=adult")
    tag = officer.get(path).headers["ETag"]
    again = officer.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, finance.get(path, headers={"If-None-Match": tag}).status_code) == (
        304, b"", 200,
    )  # fmt: skip
    world.tender.version += 1
    db.session.commit()
    assert officer.get(path, headers={"If-None-Match": tag}).status_code == 200
