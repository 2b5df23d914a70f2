"""Writing a page: it saves itself, two people never overwrite each other, and what is wrong takes the focus."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import axe_findings
from tests.flows.conftest import Stage

WORDS = "Help for everybody who was harmed, whether or not they told the police."


@pytest.mark.slow
def test_what_is_typed_is_saved_by_itself_and_still_there_afterwards(stage: Stage) -> None:
    tab = stage.tab("officer")
    tab.goto(stage.tender("draft", "basics/edit"))
    tab.locator("#description").fill(WORDS)
    expect(tab.locator("[data-saving-words]")).to_have_text("Saved", timeout=15_000)
    tab.reload()
    assert tab.locator("#description").input_value() == WORDS


@pytest.mark.slow
def test_what_cannot_be_read_is_kept_as_it_was_typed(stage: Stage) -> None:
    tab = stage.tab("officer")
    tab.goto(stage.tender("draft", "lot/adult/edit"))
    tab.locator("#annual_budget").fill("five hundred")
    expect(tab.locator("[data-saving-words]")).to_contain_text("Kept as you typed it", timeout=15_000)
    tab.reload()
    assert tab.locator("#annual_budget").input_value() == "five hundred"
    tab.goto(stage.tender("draft"))
    assert "cannot be read yet" in tab.locator("#readiness").inner_text()


@pytest.mark.slow
def test_of_two_who_write_the_same_page_the_second_sees_both_texts(stage: Stage) -> None:
    first, second = (stage.tab("officer", java_script_enabled=False) for _ in range(2))
    for tab in (first, second):
        tab.goto(stage.tender("draft", "basics/edit"))
    first.locator("#description").fill("The first text of two.")
    first.get_by_role("button", name="Save and continue").click()
    second.locator("#description").fill("The second text of two.")
    with second.expect_navigation() as answer:
        second.get_by_role("button", name="Save and continue").click()
    assert answer.value is not None
    assert answer.value.status == 409
    texts = {field.input_value() for field in second.locator("main textarea").all()}
    assert {"The first text of two.", "The second text of two."} <= texts
    second.locator("main a.govuk-button").click()
    assert second.locator("#description").input_value() == "The first text of two."


@pytest.mark.slow
def test_the_summary_of_what_is_wrong_takes_the_focus_and_leads_to_the_field(stage: Stage) -> None:
    tab = stage.tab("officer")
    tab.goto(stage.tender("draft", "lot/adult/edit"))
    tab.locator("#annual_budget").fill("five hundred")
    tab.get_by_role("button", name="Save and continue").click()
    summary = tab.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    assert tab.title().startswith("Error: ")
    assert axe_findings(tab) == []
    summary.get_by_role("link").first.press("Enter")
    expect(tab.locator("#annual_budget")).to_be_focused()
    assert tab.locator("#annual_budget").input_value() == "five hundred"


@pytest.mark.slow
def test_a_page_says_that_it_was_not_saved_when_the_server_is_gone(stage: Stage) -> None:
    tab = stage.tab("officer")
    tab.goto(stage.tender("draft", "basics/edit"))
    tab.route("**/basics/edit", lambda route: route.abort())
    tab.locator("#description").fill(WORDS)
    expect(tab.locator("[data-saving-words]")).to_contain_text("Not saved", timeout=15_000)
    assert tab.locator("#description").input_value() == WORDS
