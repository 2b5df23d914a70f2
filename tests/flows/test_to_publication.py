"""From the sign-in to the public page: by mouse, by keyboard alone, and without any script."""

from __future__ import annotations

import pytest

from tests.flows.conftest import Stage
from tests.flows.hands import Keyboard, Mouse
from tests.flows.story import APPROVER, OFFICER, TITLE, Story


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reference", "hand", "script"),
    [("FLOW-MOUSE", Mouse, True), ("FLOW-KEYS", Keyboard, True), ("FLOW-PLAIN", Mouse, False)],
)
def test_a_tender_goes_from_the_template_to_the_public(
    stage: Stage, reference: str, hand: type[Mouse], script: bool
) -> None:
    tab = stage.tab(java_script_enabled=script)
    story = Story(tab, hand(tab), stage.address)
    story.sign_in(OFFICER)
    home = story.start(reference)
    story.mend_everything(home)
    story.sign_out()
    story.sign_in(APPROVER)
    story.sign_off(home)
    story.sign_out()
    story.sign_in(OFFICER)
    notice = story.publish(home)
    reader = stage.tab()
    reader.goto(notice)
    assert TITLE in reader.get_by_role("heading", level=1).inner_text()
    assert "£500,000" in reader.locator("main").inner_text()
    with reader.expect_download() as kept:
        reader.evaluate("document.querySelector(\"a[href$='rules-1.json']\").setAttribute('download', '')")
        reader.locator("a[href$='rules-1.json']").first.click()
    assert reference in kept.value.path().read_text(encoding="utf-8")
