"""Publication against people who are too late, too early, two at once, or not who they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.workbench.conftest import submit
from tests.workbench.published import AT, World, a_world, address, client_of, content_of, published
from tests.workbench.web.tenders.test_publishing import hidden, save
from workbench.app import Workbench


@pytest.fixture
def world(lite_app: Workbench) -> Iterator[World]:
    """A tender that is ready to be signed off, at the moment of the world."""
    with lite_app.app_context(), time_machine.travel(AT, tick=False):
        yield a_world()


def test_a_copy_that_somebody_went_on_writing_is_not_discarded(world: World, lite_app: Workbench) -> None:
    published(world)
    save(world, "basics", title="Another name")
    officer = client_of(lite_app, world, "officer")
    stand = hidden(officer.get(address(world, "change")).text, "stand")
    save(world, "basics", title="A colleague's better name")
    answer = submit(officer, address(world, "change/discard"), {"stand": stand})
    assert answer.status_code == 422
    assert "so nothing was done" in answer.text
    assert content_of(world, "basics")["title"] == "A colleague's better name"
