"""What the script adds: sums that are exact, saving while one writes, a warning before text is lost, copying."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser import open_page, served
from tests.workbench.frontend.sample import sample_app

pytestmark = pytest.mark.slow
HEARD = 6000  # ms: the pause before saving is 1.5 s


@pytest.fixture
def app() -> Flask:
    return sample_app()


@pytest.fixture
def page(chromium: Browser, app: Flask) -> Iterator[Page]:
    with served(app) as address, open_page(chromium, f"{address}/autosave") as opened:
        yield opened.page


def saving(page: Page, words: str) -> None:
    expect(page.locator("[data-saving-words]")).to_have_text(words, timeout=HEARD)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("33.3", "33.3", "33.4"), "100%, as it should be"),
        (("0.1", "0.2", ""), "0.3%: 99.7% short of 100%"),  # 0.30000000000000004 in floating point
        (("60", "25", "20"), "105%: 5% over 100%"),
        (("60%", "forty", ""), "1 of 2 cannot be read as a number"),
        (("9007199254740993", "", ""), "9,007,199,254,740,993%: 9,007,199,254,740,893% over 100%"),  # 2⁵³ + 1
    ],
)
def test_weights_are_added_exactly(page: Page, typed: tuple[str, ...], said: str) -> None:
    for name, text in zip(("quality", "price", "social"), typed, strict=True):
        page.fill(f"#{name}", text)
    expect(page.locator("output")).to_have_text(said)


def test_what_is_typed_is_saved_once_after_a_pause(page: Page, app: Flask) -> None:
    page.locator("#quality").press_sequentially("60", delay=50)
    saving(page, "Saved")
    ((mark, posted),) = app.extensions["heard"]
    assert mark == "1"
    assert (posted["quality"], posted["_version"], posted["_key"], "csrf_token" in posted) == ("60", "1", "k1", True)
    assert (page.input_value("[name=_version]"), page.input_value("[name=_key]")) == ("2", "k2")
    expect(page.locator("#rail")).to_have_text("Saves: 1")  # worked out by the server after the save
    expect(page.locator("[data-saving-age]")).to_have_text("3 seconds ago", timeout=HEARD)


def test_the_next_save_carries_the_new_version(page: Page, app: Flask) -> None:
    page.fill("#quality", "60")
    saving(page, "Saved")
    page.fill("#price", "40")
    page.wait_for_timeout(2500)
    assert [(posted["_version"], posted["_key"]) for _, posted in app.extensions["heard"]] == [("1", "k1"), ("2", "k2")]


def test_a_conflict_stops_it_and_keeps_the_text(page: Page, app: Flask) -> None:
    app.extensions["replies"].append((409, {"saved": False, "detail": "Sam Okafor saved this page at 12:05"}))
    page.fill("#quality", "60")
    saving(
        page,
        "Not saved: Sam Okafor saved this page at 12:05. Nothing more is saved by itself; "
        "what you typed is still on this page.",
    )
    page.fill("#quality", "61")
    page.wait_for_timeout(2500)
    assert len(app.extensions["heard"]) == 1
    assert page.input_value("#quality") == "61"


def test_a_refusal_says_why_and_the_next_change_is_tried(page: Page, app: Flask) -> None:
    app.extensions["replies"].append((422, {"saved": False, "errors": {"quality": ["“sixty” is not a number"]}}))
    page.fill("#quality", "sixty")
    saving(page, "Not saved: “sixty” is not a number. What you typed is still on this page.")
    page.fill("#quality", "60")
    saving(page, "Saved")


def test_what_cannot_be_read_yet_is_kept_and_said_to_be(page: Page, app: Flask) -> None:
    told = {"saved": False, "errors": {"quality": ["“sixty” is not a number"]}, "version": 2, "key": "k2"}
    app.extensions["replies"].append((422, told))
    page.fill("#quality", "sixty")
    saving(page, "Kept as you typed it, but to mend: “sixty” is not a number")
    assert page.input_value("[name=_version]") == "2"


def test_a_lost_connection_is_tried_again_by_itself(page: Page) -> None:
    page.route("**/autosave", lambda route: route.abort())
    page.fill("#quality", "60")
    saving(
        page,
        "Not saved: the server cannot be reached. Trying again by itself. What you typed is still on this page.",
    )
    page.unroute("**/autosave")
    expect(page.locator("[data-saving-words]")).to_have_text("Saved", timeout=HEARD + 5000)


@pytest.mark.parametrize(("wait", "asked"), [(0, ["beforeunload"]), (3000, [])])
def test_leaving_is_questioned_only_while_text_is_unsaved(page: Page, wait: int, asked: list[str]) -> None:
    heard: list[str] = []

    def answer(dialog: Dialog) -> None:
        heard.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.locator("#quality").press_sequentially("60")
    page.wait_for_timeout(wait)
    page.goto(page.url.replace("/autosave", "/"))
    assert heard == asked


def test_the_form_itself_can_be_sent_without_a_question(page: Page, app: Flask) -> None:
    heard: list[str] = []
    page.on("dialog", lambda dialog: heard.append(dialog.type))
    page.locator("#quality").press_sequentially("60")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_load_state()
    assert heard == []
    assert [mark for mark, _ in app.extensions["heard"]] == [None]


def test_a_text_can_be_copied_from_the_page_of_a_conflict(chromium: Browser, app: Flask) -> None:
    rights = ["clipboard-read", "clipboard-write"]
    with served(app) as address, open_page(chromium, f"{address}/errors/409", permissions=rights) as opened:
        opened.page.get_by_role("button", name="Copy yours, not saved: Reasons").click()
        expect(opened.page.locator("[data-copy=yours-1]")).to_contain_text("Copied")
        assert opened.page.evaluate("navigator.clipboard.readText()") == "The lead keeps 60%."
