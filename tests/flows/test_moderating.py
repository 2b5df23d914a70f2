"""Two people at one card in two browsers: nobody's words are lost, a choice is offered where both wrote, all sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, TimeoutError, expect
from playwright.sync_api import Page as Tab

from tests.browser import served
from tests.looking import Lens
from tests.workbench import moderated as m
from tests.workbench.showcase import Showcase
from workbench.db import db

pytestmark = pytest.mark.slow


@pytest.fixture
def table(tmp_path: Path, chromium: Browser) -> Iterator[tuple[Lens, str]]:
    """The panel's browsers, and where the card is that is most at stake."""
    with m.scored(tmp_path, demo=True) as (app, world):
        card = m.begun(world).cards[0].row.id
        people = {f"{role}{at}": it.fs_uniquifier for role, all_ in world.people.items() for at, it in enumerate(all_)}
        where = f"/tenders/{world.tender.id}/moderation/cards/{card}/"
        db.session.remove()
        with served(app) as address:
            lens = Lens(Showcase(app, tmp_path, people=people), chromium, address)
            yield lens, f"{address}{where}"
            lens.close()


def opened(lens: Lens, who: str, where: str) -> Tab:
    tab = lens.tab(who)
    tab.set_default_timeout(15_000)
    tab.goto(where, wait_until="load")
    return tab


def saved(tab: Tab) -> None:
    expect(tab.locator("[data-saving-words]")).to_have_text("Saved", timeout=15_000)


def test_two_people_write_one_card_at_once(table: tuple[Lens, str]) -> None:
    lens, where = table
    chair, member = opened(lens, "moderator0", where), opened(lens, "evaluator0", where)
    chair.get_by_label("The reason, which the tenderer reads").fill("The rota covers every week.")
    saved(chair)
    member.get_by_label("Dissent").press_sequentially("I see it lower")
    expect(member.get_by_label("The reason, which the tenderer reads")).to_have_value("The rota covers every week.")
    expect(member.get_by_label("Dissent")).to_have_value("I see it lower")
    expect(chair.get_by_label("Dissent")).to_have_value("I see it lower", timeout=15_000)

    # Both in one field: the chair is faster, and the member chooses.
    member.get_by_label("Why not a level higher").fill("No cover for absence")
    chair.get_by_label("Why not a level higher").fill("Demand is not forecast")
    both = [tab for tab in (chair, member) if _asked(tab)]
    assert len(both) == 1
    both[0].get_by_role("button", name="Put theirs below mine").click()
    saved(both[0])
    for tab in (chair, member):
        tab.get_by_label("Why not a level lower").focus()
    for words in ("No cover for absence", "Demand is not forecast"):
        for tab in (chair, member):
            expect(tab.get_by_label("Why not a level higher")).to_have_value(_holding(words), timeout=15_000)
    assert lens.look(both[0]) == []
    assert lens.heard == ["error: Failed to load resource: the server responded with a status of 409 (CONFLICT)"]


def _asked(tab: Tab) -> bool:
    """Say whether a tab offers a choice between two texts, once both have saved."""
    try:
        tab.locator(".tw-theirs").wait_for(timeout=6_000)
    except TimeoutError:
        return False
    return True


def _holding(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))
