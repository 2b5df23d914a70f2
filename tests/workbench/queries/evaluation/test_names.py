"""What tenderers are called: by letter to those who score, where the rules say so, until quality is locked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workbench.conftest import running
from tests.workbench.databases import a_config, usual_url
from tests.workbench.panel import OPENED, World, an_opened_world
from workbench.models.bids import OpenedBidRecord
from workbench.queries.evaluation.names import shows_letters, tenderer_name


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An opened tender that keeps names from those who score."""
    folder = tmp_path_factory.mktemp("names")
    with running(a_config(usual_url(folder), folder)) as app, app.app_context():
        yield an_opened_world(tenderers_as_letters=True)


def test_those_who_score_or_chair_read_letters_and_others_names(world: World) -> None:
    row = OpenedBidRecord(letter="C", tenderer="Harbour Trust")
    said = {role: tenderer_name(row, world.tender, world.actor(role)) for role in ("evaluator", "moderator", "officer")}
    assert said == {"evaluator": "Tenderer C", "moderator": "Tenderer C", "officer": "Harbour Trust"}


def test_once_quality_is_locked_everybody_reads_names(world: World) -> None:
    world.tender.quality_locked_at = OPENED
    assert not shows_letters(world.tender, world.actor("evaluator"))
    world.tender.quality_locked_at = None
    assert shows_letters(world.tender, world.actor("evaluator"))
