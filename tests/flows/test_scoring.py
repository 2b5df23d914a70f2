"""An evaluator scores with the keyboard alone: a level by its key, a paragraph cited, saved as it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.browser import NARROWEST, WIDE, axe_findings, served, sideways
from tests.workbench.evaluated import bid
from tests.workbench.own_scores import complete, desk
from tests.workbench.published import World
from tests.workbench.scoring import NOW, scoring
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db


@dataclass
class Panel:
    """The case being scored, served, with a browser."""

    app: Workbench
    world: World
    address: str
    browser: Browser

    def tab(self, role: str, page: str, number: int = 0) -> Tab:
        """Open a page of the tender in a tab of its own, as somebody of the panel."""
        cookie = signed_in(self.app, self.world.people[role][number].fs_uniquifier).get_cookie("session")
        assert cookie is not None
        context = self.browser.new_context(viewport=WIDE, base_url=self.address)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.address}])
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        tab.goto(f"/tenders/{self.world.tender.id}/{page}")
        return tab


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Panel]:
    with scoring(tmp_path_factory.mktemp("panel"), demo=True) as (app, world):
        app.config["WTF_CSRF_ENABLED"] = True
        complete(world, "isva-brunel", world.actor("evaluator", 0), NOW)
        world.tender.id  # noqa: B018 - loaded before the session is given back
        db.session.commit()
        with served(app) as address:
            yield Panel(app, world, address, chromium)


def test_an_answer_is_scored_with_the_keyboard_alone(panel: Panel) -> None:
    bid_id = bid(panel.world, "cyp-severnside")
    tab = panel.tab("evaluator", f"sheets/{bid_id}/q_voice")
    heard: list[str] = []
    tab.on("pageerror", lambda error: heard.append(str(error)))
    expect(tab.get_by_text("Keys 0 to 5 choose a score.")).to_be_visible()
    tab.keyboard.press("3")
    expect(tab.get_by_role("radio", name="3: Adequate")).to_be_checked()
    cite = tab.get_by_role("button", name="Cite paragraph 1")
    cite.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Paragraph or page 1")).to_have_value("paragraph 1")
    tab.get_by_label("Strengths").focus()
    tab.keyboard.type("Fourteen young advisers meet every month and have rewritten a letter (5 pages).")
    expect(tab.get_by_role("radio", name="3: Adequate")).to_be_checked()
    expect(tab.locator("[data-saving]")).to_contain_text("Saved")
    expect(tab.locator("#gate")).to_contain_text("Say why this is not a 4")
    tab.reload()
    expect(tab.get_by_label("Paragraph or page 1")).to_have_value("paragraph 1")
    assert heard == []
    panel.browser.contexts[-1].close()


def test_words_that_are_selected_become_evidence(panel: Panel) -> None:
    tab = panel.tab("evaluator", f"sheets/{bid(panel.world, 'cyp-severnside')}/q_outcomes")
    tab.locator("#paragraph-1 .tw-paragraph__text").dblclick(position={"x": 20, "y": 10})
    for _ in range(3):
        tab.get_by_role("button", name="Cite", exact=True).click()
        tab.locator("#paragraph-1 .tw-paragraph__text").dblclick(position={"x": 20, "y": 10})
    references = tab.locator("[name$='-reference']")
    assert [references.nth(at).input_value() for at in range(3)] == ["paragraph 1"] * 3
    assert len({references.nth(at).get_attribute("name") for at in range(references.count())}) == references.count()
    expect(tab.locator("[data-saving]")).to_contain_text("Saved")
    tab.context.close()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("evaluator", "sheets/"),
        ("evaluator", "sheets/{bid}/"),
        ("evaluator", "sheets/{bid}/q_model"),
        ("evaluator", "own-scores/isva/q_model"),
        ("moderator", "queries/"),
        ("officer", "letters/"),
        ("officer", "bids/{bid}/ask"),
    ],
)
def test_every_page_of_scoring_suits_everybody(panel: Panel, role: str, page: str) -> None:
    tab = panel.tab(role, page.format(bid=bid(panel.world, "isva-brunel")))
    found = []
    for size in (WIDE, NARROWEST):
        tab.set_viewport_size(size)
        found += [f"{size['width']}: {each}" for each in axe_findings(tab)]
        found += [f"{sideways(tab)} px too wide at {size['width']}"] if sideways(tab) else []
    tab.context.close()
    assert found == []


def test_the_desk_of_the_story_is_the_evaluators_own(panel: Panel) -> None:
    other = desk(panel.world, panel.world.actor("evaluator", 1))
    assert other.drafts == {}
