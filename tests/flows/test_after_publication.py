"""What happens once a tender is public: a question and its answer, a change, a later deadline, the end of another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.flows.conftest import Stage
from tests.flows.hands import Mouse
from tests.flows.story import Story
from workbench import clock

QUESTION = "May a lead pass on more than the rules ask for? We at Larkspur House would."
ANSWER = "Yes. The rules name the least that is passed on, not the most."


def story(stage: Stage, who: str = "nobody") -> Story:
    tab = stage.tab(who)
    return Story(tab, Mouse(tab), stage.address)


@pytest.mark.slow
def test_a_question_is_answered_to_everybody_and_names_nobody(stage: Stage) -> None:
    anybody, officer = story(stage), story(stage, "officer")
    notice = f"{stage.address}/notices/{stage.made.tenders['open']}/"
    anybody.tab.goto(f"{notice}ask")
    anybody.fill({"name": "Ottoline Vesper", "organisation": "Larkspur House", "email": "o@larkspur.example"})
    anybody.fill({"question": QUESTION})
    anybody.button("Send the question")
    anybody.tab.wait_for_url("**/asked")
    officer.tab.goto(stage.tender("open", "questions/?state=open"))
    officer.tab.locator("main a[href*='/questions/']").filter(has_text="Larkspur").or_(
        officer.tab.locator("tr", has_text="Larkspur").locator("a")
    ).first.click()
    officer.fill({"answer": ANSWER})
    officer.button("Publish question and answer")
    assert "Larkspur" in officer.tab.locator(".govuk-error-summary").inner_text()
    officer.fill({"published_text": "May a lead pass on more than the rules ask for?"})
    officer.button("Publish question and answer")
    officer.tab.get_by_text("Answered to everybody").first.wait_for()
    anybody.tab.goto(notice)
    assert anybody.tab.get_by_text(ANSWER).first.is_visible()
    assert "Larkspur" not in anybody.tab.content()


@pytest.mark.slow
def test_a_change_is_told_by_a_numbered_notice_with_its_reason(stage: Stage) -> None:
    officer, anybody = story(stage, "officer"), story(stage)
    officer.tab.goto(stage.tender("open", "change"))
    before = officer.tab.get_by_role("button", name="Publish notice").inner_text()
    officer.fill({"reason": "The description named a service that is no longer wanted."})
    officer.button("Publish notice")
    officer.tab.get_by_text("Open for bids").first.wait_for()
    number = before.rpartition(" ")[2]
    anybody.tab.goto(f"{stage.address}/notices/{stage.made.tenders['open']}/")
    told = anybody.tab.locator(f"#notice-{number}").inner_text()
    assert "no longer wanted" in told
    assert "Zaunkoenig-copy" in told


@pytest.mark.slow
def test_the_deadline_moves_later_and_everybody_reads_why(stage: Stage) -> None:
    officer, anybody = story(stage, "officer"), story(stage)
    day = clock.now().date() + timedelta(days=200)
    day += timedelta(days=(9 - day.isoweekday()) % 7 or 7)  # a Tuesday
    officer.tab.goto(stage.tender("open", "deadline"))
    officer.day("deadline", day)
    officer.tab.locator("[id^='deadline'][id*='time']").first.fill("12:00")
    officer.fill({"reason": "Many asked for more time."})
    officer.button("Move the deadline")
    officer.tab.get_by_text("Moved before").wait_for()
    anybody.tab.goto(f"{stage.address}/notices/{stage.made.tenders['open']}/")
    page = anybody.tab.locator("main").inner_text()
    assert "Many asked for more time." in page
    assert f"{day.day} {day:%B %Y}" in page


@pytest.mark.slow
def test_a_tender_is_cancelled_with_a_reason_and_only_on_purpose(stage: Stage) -> None:
    officer, anybody = story(stage, "officer"), story(stage)
    officer.tab.goto(stage.tender("open", "cancel"))
    officer.fill({"reason": "The grant behind it was withdrawn."})
    officer.button("Cancel the tender")
    assert "Tick this box" in officer.tab.locator(".govuk-error-summary").inner_text()
    assert officer.tab.locator("#reason").input_value() == "The grant behind it was withdrawn."
    officer.tab.locator("input[name=sure]").check()
    officer.button("Cancel the tender")
    officer.tab.wait_for_url(stage.tender("open"))
    anybody.tab.goto(f"{stage.address}/notices/{stage.made.tenders['open']}/")
    assert "The grant behind it was withdrawn." in anybody.tab.locator("main").inner_text()
