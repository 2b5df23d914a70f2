"""One published tender for the tests of a module: each tenderer has a bid of its own, so that none disturbs another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from lots.tender import RequiredDocument
from tests.workbench import databases
from tests.workbench.bidding import Tenderer, a_tenderer
from tests.workbench.conftest import running
from tests.workbench.published import World
from tests.workbench.sealed import BEFORE, a_file, a_sealed_world
from workbench.app import Workbench

NOW = BEFORE - timedelta(days=5)
DOCUMENTS = (
    RequiredDocument("insurance", "Certificate of insurance"),
    RequiredDocument("leaflet", "A leaflet", ("children",), mandatory=False),
)


@dataclass
class Market:
    """A published tender that takes bids, and browsers of whoever makes one."""

    app: Workbench
    world: World
    folder: Path

    def tenderer(self) -> Tenderer:
        """Begin a bid in a fresh browser."""
        return self.stranger().start()

    def stranger(self) -> Tenderer:
        """Open a browser that has no code."""
        return a_tenderer(self.app, self.world)


@pytest.fixture(scope="module")
def shared_market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """The tender of a module."""
    folder = tmp_path_factory.mktemp("market")
    with running(databases.a_config(databases.usual_url(folder), folder)) as app, app.app_context():
        file = a_file()
        with time_machine.travel(NOW, tick=False):
            world = a_sealed_world(file=replace(file, tender=replace(file.tender, documents=DOCUMENTS)))
        yield Market(app, world, folder)


@pytest.fixture
def market(shared_market: Market) -> Iterator[Market]:
    """The tender, five days before its deadline."""
    with at(NOW):
        yield shared_market


def at(moment: datetime) -> time_machine.travel:
    """Let it be a moment."""
    return time_machine.travel(moment, tick=False)
