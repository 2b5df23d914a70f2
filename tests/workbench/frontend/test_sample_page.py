"""Every component in a real browser: axe, the console under the content policy, reflow, keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import NARROW, NARROWEST, WIDE, axe_findings, open_page, served, sideways, tab_stops
from tests.workbench.frontend.sample import sample_app

ERRORS = (400, 403, 404, 409, 413, 422, 429, 500, 503)
STATES = ["/", "/?signed=no", "/sample?told=1", "/sample?stage=draft&ready=1", "/sample?stage=cancelled", "/autosave"]
PAGES = [*STATES, "/errors/409?moved=1", *(f"/errors/{code}" for code in ERRORS)]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(sample_app()) as address:
        yield address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_clean_at_every_width(chromium: Browser, address: str, path: str) -> None:
    with open_page(chromium, address + path) as opened:
        for viewport in (WIDE, NARROW, NARROWEST):
            opened.page.set_viewport_size(viewport)
            assert axe_findings(opened.page) == []
            assert sideways(opened.page) == 0
        assert opened.complaints == []


def test_a_form_in_error_is_clean_and_its_summary_takes_the_focus(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample") as opened:
        page = opened.page
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_load_state("networkidle")
        assert page.title() == "Error: Adult lot – Tender Workbench"
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
        assert axe_findings(page) == []
        page.set_viewport_size(NARROWEST)
        assert sideways(page) == 0
        assert opened.complaints == []


def test_every_link_of_the_summary_moves_the_focus_to_a_control(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample") as opened:
        page = opened.page
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_load_state("networkidle")
        links = page.locator(".govuk-error-summary a")
        reached = []
        for number in range(links.count()):
            links.nth(number).click()
            reached.append(page.evaluate("document.activeElement.id"))
    assert reached == ["title", "secret", "reasons", "summary", "closing-day", "lot", "regime", "lots", "sure", "annex"]


def test_the_keyboard_reaches_everything_and_the_focus_can_be_seen(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample") as opened:
        stops = tab_stops(opened.page)
    assert stops[0].endswith("Skip to main content")
    assert [stop for stop in stops if stop.endswith(" !")] == []
    controls = [stop.split()[0] for stop in stops if stop.startswith(("input", "textarea", "select"))]
    assert controls == [
        *("input#title", "input#secret", "textarea#reasons", "textarea#summary"),
        *("input#closing-day", "input#closing-month", "input#closing-year", "select#lot"),
        *("input#regime", "input#lots", "input#lots-2", "input#sure", "input#annex"),
    ]
    assert any(stop.startswith("button") and "Sign out" in stop for stop in stops)
    assert any("Lots and money" in stop for stop in stops)  # the table can be scrolled by keyboard


def test_an_invisible_focus_would_be_noticed(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample") as opened:
        plain = "all: revert !important; outline: none !important; border: 1px solid !important"
        rule = f"document.styleSheets[0].insertRule('#title, #title:focus {{ {plain} }}', 0)"
        opened.page.evaluate(rule)
        assert [stop for stop in tab_stops(opened.page) if stop.startswith("input#title")] == ["input#title  !"]


def test_the_present_stage_is_said_in_words(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample?stage=moderation") as opened:
        steps = opened.page.locator(".tw-stages__step")
        assert steps.count() == 12
        words = [(steps.nth(number).text_content() or "").strip() for number in (5, 6, 11)]
        assert words == ["Evaluation (done)", "Moderation (the present stage)", "Contract (to come)"]
        assert opened.page.locator("[aria-current=step] .tw-stages__words").count() == 1
        opened.page.set_viewport_size(NARROW)
        shown = opened.page.locator(".tw-stages__sentence").inner_text()
        assert shown == "Stage 7 of 12: moderation; next: recommended"


def test_the_rail_stands_beside_the_form_and_under_it_on_a_narrow_screen(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample") as opened:
        places = {}
        for width in (1020, 1019):
            opened.page.set_viewport_size({"width": width, "height": 900})
            main = opened.page.locator(".tw-columns__main").bounding_box()
            rail = opened.page.locator(".tw-columns__rail").bounding_box()
            assert main is not None
            assert rail is not None
            places[width] = (rail["x"] >= main["x"] + main["width"], rail["y"] >= main["y"] + main["height"])
    assert places == {1020: (True, False), 1019: (False, True)}


def test_a_page_works_without_scripts(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample", java_script_enabled=False) as opened:
        opened.page.get_by_role("button", name="Save and continue").click()
        assert opened.page.locator(".govuk-error-summary li").count() == 10
        assert opened.page.locator("[data-copy]:visible").count() == 0


def test_an_error_page_says_what_happened_in_its_own_heading(chromium: Browser, address: str) -> None:
    said = {}
    for query in ("", "?moved=1"):
        with open_page(chromium, f"{address}/errors/409{query}") as opened:
            said[query] = (opened.page.locator("h1").inner_text(), opened.page.locator("textarea").count())
    assert said == {"": ("Somebody else saved this first", 2), "?moved=1": ("That cannot be done now", 0)}


def test_paper_shows_the_words_and_not_the_furniture(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/sample") as opened:
        opened.page.emulate_media(media="print")
        furniture = (".govuk-service-navigation", ".tw-session", ".tw-footer", ".govuk-button", ".govuk-skip-link")
        assert [name for name in furniture if opened.page.locator(f"{name}:visible").count()] == []
        assert opened.page.locator("table:visible, h1:visible, .tw-rail:visible").count() == 3


def test_axe_is_really_looking(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/") as opened:
        opened.page.evaluate(
            "document.querySelector('main').append(document.createElement('img'), document.createElement('select'))"
        )
        assert sorted(line.split(" ")[0] for line in axe_findings(opened.page)) == ["image-alt", "select-name"]


def test_a_broken_content_policy_would_be_heard(chromium: Browser, address: str) -> None:
    with open_page(chromium, address + "/") as opened:
        opened.page.evaluate("document.body.setAttribute('style', 'color: red')")
        opened.page.wait_for_timeout(100)
        assert any("Content Security Policy" in said for said in opened.complaints)
