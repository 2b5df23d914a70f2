"""A served demonstration and a browser for the stories; each story begins with the same database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.browser import served
from tests.looking import signed_in_tab
from tests.workbench.showcase import NOBODY, Showcase, showcase


@dataclass
class Stage:
    """Where a story is played: the demonstration, its address, and a browser."""

    made: Showcase
    browser: Browser
    address: str

    def tab(self, who: str = NOBODY, **settings: object) -> Tab:
        """Open a tab in which somebody is signed in already."""
        tab = signed_in_tab(self.browser, self.made, self.address, who, **settings)
        tab.set_default_timeout(15_000)
        return tab

    def tender(self, state: str, place: str = "") -> str:
        """Give the address of a page of a tender."""
        return f"{self.address}/tenders/{self.made.tenders[state]}/{place}"


@pytest.fixture(scope="package")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Showcase, str]]:
    """The showcase as a demonstration, served."""
    with showcase(tmp_path_factory.mktemp("flows"), demo=True) as made, served(made.app) as address:
        yield made, address


@pytest.fixture
def stage(demonstration: tuple[Showcase, str], chromium: Browser) -> Iterator[Stage]:
    """A stage as at the start of every story."""
    made, address = demonstration
    made.restore()
    ready = Stage(made, chromium, address)
    yield ready
    for context in chromium.contexts:
        context.close()
