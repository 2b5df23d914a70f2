"""A charity's finance manager checks a split: types it, sees red, presses the smallest fix, sees green."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser import NARROWEST, WIDE, axe_findings, sideways
from tests.flows.conftest import Stage
from tests.flows.hands import Keyboard, Mouse

NAMES = ("Restore", "Advice Line", "Rights Collective")


def opened(stage: Stage, **settings: object) -> Tab:
    """Open the check of the adult lot as somebody without an account, in per cent."""
    tab = stage.tab(**settings)
    tab.goto(f"{stage.address}/notices/{stage.made.tenders['open']}/")
    tab.get_by_role("link", name="Check your split now").click()
    tab.get_by_role("link", name="Adult").first.click()
    tab.get_by_role("button", name="Type percentages instead").click()
    return tab


def type_the_example(tab: Tab, hand: Mouse) -> None:
    """Type the example with a fee of 9 per cent: the lead keeps 61."""
    hand.write(tab.locator("#prices-0"), "£730,000")
    hand.write(tab.locator("#organisations-0-name"), "Harbour Support")
    hand.write(tab.locator("#delivery-0"), "52")
    hand.write(tab.locator("#management_fee-0"), "9 %")
    for at, (name, share) in enumerate(zip(NAMES, ("17", "12", "10"), strict=True), 1):
        hand.write(tab.locator(f"#organisations-{at}-name"), name)
        hand.write(tab.locator(f"#organisations-{at}-figures-0"), share)
    hand.press(tab.locator("#organisations-3-by_and_for"))


def clean(tab: Tab) -> None:
    """See that nothing keeps anybody from using the page, wide and narrow."""
    for size in (WIDE, NARROWEST):
        tab.set_viewport_size(size)
        assert axe_findings(tab) == []
        assert sideways(tab) == 0
    tab.set_viewport_size(WIDE)


@pytest.mark.slow
def test_the_result_follows_what_is_typed_and_a_press_mends_it(stage: Stage) -> None:
    tab = opened(stage)
    type_the_example(tab, Mouse(tab))
    expect(tab.locator("#check-status")).to_contain_text("to mend", timeout=15_000)
    expect(tab.locator("#check-result")).to_contain_text("61 % = £445,300 in year 1, £7,300 (1.0 point) over")
    clean(tab)
    tab.get_by_role("button", name="Show me the smallest fix").first.click()
    expect(tab.locator("#filled")).to_contain_text("£379,600 → £372,300 in each year")
    clean(tab)
    tab.get_by_role("button", name="Show me the smallest fix").first.click()
    expect(tab.locator(".tw-verdict--kept")).to_contain_text("are kept")
    assert tab.locator("#management_fee-0").input_value() == "6"


@pytest.mark.slow
def test_whoever_types_keeps_the_focus_and_the_place(stage: Stage) -> None:
    tab = opened(stage)
    box = tab.locator("#prices-0")
    box.click()
    tab.keyboard.type("730000")
    expect(tab.locator("#check-status")).to_contain_text("to mend", timeout=15_000)
    expect(box).to_be_focused()
    tab.keyboard.type("0")
    assert box.input_value() == "7300000"
    tab.get_by_role("button", name="Fill in all fixes together").focus()
    tab.evaluate("document.querySelector('#delivery-0').dispatchEvent(new Event('input', {bubbles: true}))")
    tab.wait_for_timeout(1_500)
    expect(tab.get_by_role("button", name="Fill in all fixes together")).to_be_focused()


@pytest.mark.slow
def test_everything_works_without_a_script(stage: Stage) -> None:
    tab = opened(stage, java_script_enabled=False)
    type_the_example(tab, Mouse(tab))
    tab.get_by_role("button", name="Add an organisation").click()
    tab.get_by_role("button", name="Check this split").click()
    expect(tab.locator(".tw-verdict--broken")).to_contain_text("to mend")
    tab.get_by_role("button", name="Fill in all fixes together").click()
    expect(tab.locator(".tw-verdict--kept")).to_contain_text("are kept")
    assert tab.locator("#organisations-1-name").input_value() == "Restore"


@pytest.mark.slow
def test_everything_is_reached_by_the_keyboard(stage: Stage) -> None:
    tab = opened(stage)
    hand = Keyboard(tab)
    type_the_example(tab, hand)
    expect(tab.locator("#check-status")).to_contain_text("to mend", timeout=15_000)
    hand.press(tab.get_by_role("button", name="Fill in all fixes together"))
    expect(tab.locator(".tw-verdict--kept")).to_contain_text("are kept")


@pytest.mark.slow
def test_a_link_brings_the_figures_back_in_another_browser(stage: Stage) -> None:
    tab = opened(stage)
    type_the_example(tab, Mouse(tab))
    tab.get_by_role("button", name="Make a link").click()
    link = tab.locator("#link").input_value()
    other = stage.tab()
    other.goto(link)
    expect(other.locator("#organisations-0-name")).to_have_value("Harbour Support")
    expect(other.locator(".tw-verdict--broken")).to_contain_text("to mend")
    assert "#d=" not in other.url
