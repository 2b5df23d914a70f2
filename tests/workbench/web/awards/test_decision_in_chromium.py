"""The decision's pages in a real browser: axe at 1280 and 320, nothing too wide, the rail alive, saved as one types."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.browser import NARROWEST, WIDE, axe_findings, served, sideways
from tests.workbench.evaluated import bid, evaluated, recommended, release_now, with_paper
from tests.workbench.published import World, address, done
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db
from workbench.queries.awards.decision import award_digest, award_of
from workbench.services.awards import approving

pytestmark = pytest.mark.slow
PICTURES = os.environ.get("DECISION_PICTURES", "")
PAGES = ("decision", "background", "advice", "people", "publication", "conditions", "days", "notice")


@contextmanager
def tab_of(browser: Browser, app: Workbench, world: World, role: str, site: str) -> Iterator[Tab]:
    """Open a tab in which somebody is signed in."""
    cookie = signed_in(app, world.people[role][0].fs_uniquifier).get_cookie("session")
    assert cookie is not None
    context = browser.new_context()
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site}])
    try:
        yield context.new_page()
    finally:
        context.close()


def faults(tab: Tab, name: str) -> list[str]:
    """List what is wrong with the page a tab shows, wide and narrow; keep its pictures where asked."""
    found = []
    for size in (WIDE, NARROWEST):
        tab.set_viewport_size(size)
        found += [f"{name}, {size['width']}: {sideways(tab)} px too wide"] if sideways(tab) else []
        found += [f"{name}, {size['width']}: {each}" for each in axe_findings(tab)]
        if PICTURES:
            tab.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png", full_page=True)
    return found


def looked_at(tab: Tab, site: str, world: World, pages: dict[str, str]) -> list[str]:
    """Open pages one after another, and list what is wrong with them."""
    found = []
    for name, page in pages.items():
        db.session.commit()
        tab.goto(f"{site}{address(world, page)}", wait_until="load")
        found += faults(tab, name)
    return found


def test_every_page_fits_and_is_accessible_in_every_stage(chromium: Browser, tmp_path: Path) -> None:
    letter = "award/letters/{}"
    with evaluated(tmp_path, demo=True) as (app, world), served(app) as site:
        papers = {f"empty-{name}": f"award/paper/{name}" for name in PAGES}
        pages = {"empty": "award/", "letter": letter.format(bid(world, "adult-mendip")), "letters": "award/letters/"}
        with tab_of(chromium, app, world, "officer", site) as tab:
            wrong = looked_at(tab, site, world, {**pages, **papers})
            with_paper(world)
            wrong += looked_at(tab, site, world, {"written-conditions": "award/paper/conditions", "show": ""})
        with tab_of(chromium, app, world, "moderator", site) as tab:
            wrong += looked_at(tab, site, world, {"recommend": "award/"})
        recommended(world)
        with tab_of(chromium, app, world, "finance", site) as tab:
            wrong += looked_at(tab, site, world, {"comment": "award/"})
        with tab_of(chromium, app, world, "approver", site) as tab:
            wrong += looked_at(tab, site, world, {"approve": "award/", "preview": "award/preview"})
        digest = award_digest(award_of(world.tender))
        approving.approve(world.tender, digest=digest, actor=world.actor("approver"), at=datetime.now(UTC))
        done(world)
        release_now(world, datetime.now(UTC))
        db.session.commit()
        with tab_of(chromium, app, world, "officer", site) as tab:
            wrong += looked_at(
                tab, site, world,
                {"standstill": "award/standstill", "notice": "award/notice", "frozen": "award/recommendations/1"},
            )  # fmt: skip
    assert wrong == []


def test_a_page_saves_itself_and_the_rail_follows(chromium: Browser, tmp_path: Path) -> None:
    with evaluated(tmp_path, demo=True) as (app, world), served(app) as site:
        with tab_of(chromium, app, world, "officer", site) as tab:
            tab.goto(f"{site}{address(world, 'award/paper/people')}", wait_until="load")
            rail = tab.locator("#readiness")
            before = rail.get_by_text("Equality is missing").count()
            tab.get_by_label("Equality").fill("Older victims are reached by home visits.")
            tab.get_by_label("Consultation").focus()
            rail.get_by_text("Equality is missing").first.wait_for(state="detached", timeout=20_000)
        db.session.commit()
        assert before == 1
        assert award_of(world.tender).equality == "Older victims are reached by home visits."
