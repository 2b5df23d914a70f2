"""Two ways of using a page: with a mouse, and with nothing but the keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator
from playwright.sync_api import Page as Tab

MOST_TABS = 400  # presses of the Tab key before something counts as out of reach


class Mouse:
    """Points and clicks."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    def press(self, target: Locator) -> None:
        """Follow a link, push a button, tick a box or choose an answer."""
        target.click()

    def write(self, target: Locator, text: str) -> None:
        """Put a text into a field in place of what is there."""
        target.fill(text)

    def pick(self, target: Locator, words: str) -> None:
        """Pick an entry of a list by the words it begins with."""
        entry = target.locator("option").filter(has_text=words).first
        target.select_option(value=entry.get_attribute("value"))


class Keyboard(Mouse):
    """Reaches everything by the Tab key; never points."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        self.tab.keyboard.press("Space" if self._is_box(target) else "Enter")

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.tab.keyboard.press("Control+A")
        self.tab.keyboard.press("Delete")
        self.tab.keyboard.type(text)

    def pick(self, target: Locator, words: str) -> None:
        self._reach(target)
        self.tab.keyboard.type(words)

    def _reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus; of answers to one question, the arrow keys find the right one."""
        target.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if target.evaluate(_FOCUSED):
                return
            arrow = target.evaluate(_SAME_QUESTION)
            self.tab.keyboard.press(arrow or "Tab")
        raise AssertionError(f"The Tab key does not reach {target}")

    @staticmethod
    def _is_box(target: Locator) -> bool:
        return str(target.get_attribute("type")) in ("checkbox", "radio")


_FOCUSED = "element => element === document.activeElement"
# Among radio buttons of one name, Tab reaches one and the arrows the others.
_SAME_QUESTION = """element => {
  const at = document.activeElement;
  return element.type === "radio" && at && at.type === "radio" && at.name === element.name ? "ArrowDown" : "";
}"""
