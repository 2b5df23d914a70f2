"""The pages of the decision's documents in Chromium: wide and narrow, with axe, and while documents are being made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import NARROWEST, WIDE, axe_findings, served, sideways
from tests.workbench.evaluated import NOW, bid, evaluated
from tests.workbench.issued import LETTERS, NOTICES, approved, issued, rows_of
from tests.workbench.published import World
from tests.workbench.signing import signed_in
from tests.workbench.web.awards.test_letters import HERE, secrets_of, workspace_of
from workbench import clock
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import begin_writing, db
from workbench.models.awards import IssueRecord
from workbench.services.awards import delivering, making, packs


@dataclass
class Screen:
    """An officer's window on the served application, whose documents are made when a test says so."""

    app: Workbench
    world: World
    tab: Page
    address: str
    issue: IssueRecord
    secret: str = ""

    def faults(self, path: str) -> list[str]:
        """Open a page and list what is wrong with it at both widths."""
        self.tab.goto(f"{self.address}{path}")
        found = []
        for size in (WIDE, NARROWEST):
            self.tab.set_viewport_size(size)
            over = sideways(self.tab)
            found += [f"{path}: {over} px too wide at {size['width']}"] if over else []
            found += [f"{path} at {size['width']}: {each}" for each in axe_findings(self.tab)]
        return found

    def make(self, count: int) -> None:
        """Make some of the documents that wait."""
        with self.app.app_context():
            for paper_id in making.waiting(NOW)[:count]:
                making.make(paper_id, now=lambda: NOW, printed=lambda it: it.head.number.encode())


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Screen]:
    with pytest.MonkeyPatch.context() as patch, evaluated(tmp_path_factory.mktemp("papers")) as (app, world):
        patch.setattr(packs, "BUILDERS", (NOTICES, LETTERS))
        patch.setattr(clock, "now", lambda: NOW)
        making.forget()
        code = workspace_of(world, bid(world, "adult-mendip"))
        approved(world)
        issue = issued(world)
        (row, *_) = rows_of(issue)
        row.state, row.error = "failed", "It takes longer than 120 seconds; shorten its longest texts"
        db.session.commit()
        session = signed_in(app, world.people["officer"][0].fs_uniquifier).get_cookie("session")
        assert session is not None
        with served(app) as address, chromium.new_context() as context:
            context.add_cookies(
                [
                    {"name": "session", "value": session.value, "url": address},
                    {"name": f"bid_{world.tender.id[:8]}", "value": code, "url": address},
                ]
            )
            yield Screen(app, world, context.new_page(), address, issue)


def test_a_page_counts_on_by_itself_and_shows_the_end(screen: Screen) -> None:
    place = f"/tenders/{screen.world.tender.id}/award/papers/1/"
    assert screen.faults(place) == []
    screen.make(2)
    expect(screen.tab.locator("[data-papers-made]")).to_have_text("2")
    screen.make(100)
    expect(screen.tab.get_by_role("button", name="Try again")).to_have_count(1)
    expect(screen.tab.locator("progress")).to_have_count(0)


def test_every_page_of_a_release_fits_and_can_be_read_by_everybody(screen: Screen) -> None:
    place = f"/tenders/{screen.world.tender.id}/"
    begin_writing()
    (row, *_) = rows_of(screen.issue)
    row.state, row.error = "queued", ""
    db.session.commit()
    screen.make(1)
    found = [*screen.faults(f"{place}award/papers/"), *screen.faults(f"{place}award/papers/1/release")]
    begin_writing()
    delivering.release(screen.world.tender, screen.issue, HERE, actor=screen.world.actor("officer"), at=NOW)
    recorded().clear()
    db.session.commit()
    secret = next(iter(secrets_of().values()))
    for path in (
        place, f"{place}award/summaries", f"/decision/{secret}", f"/notices/{screen.world.tender.id}/bid/",
        f"/notices/{screen.world.tender.id}/bid/decisions",
    ):  # fmt: skip
        found += screen.faults(path)
    assert found == []
