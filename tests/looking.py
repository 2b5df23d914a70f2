"""Looking at pages in a browser, signed in as somebody: what axe and the console say, what does not fit, a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ViewportSize
from playwright.sync_api import Page as Tab

from tests.browser import NARROWEST, WIDE, axe_findings, served, sideways
from tests.site import Sample
from tests.workbench.showcase import NOBODY, TENDERER, Showcase


@dataclass
class Lens:
    """A browser with a tab for each person, on a served showcase."""

    made: Showcase
    browser: Browser
    address: str
    tabs: dict[str, Tab] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def tab(self, who: str) -> Tab:
        """Return somebody's tab."""
        if who not in self.tabs:
            self.tabs[who] = signed_in_tab(self.browser, self.made, self.address, who)
            self.tabs[who].on("console", lambda said: self._hear(said.type, said.text))
            self.tabs[who].on("pageerror", lambda error: self.heard.append(str(error)))
        return self.tabs[who]

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "Option `maxwords` is deprecated" not in text:
            self.heard.append(f"{kind}: {text}")

    def open(self, sample: Sample, size: ViewportSize = WIDE) -> Tab:
        """Open a page in a window of a size."""
        tab = self.tab(sample.who)
        tab.set_viewport_size(size)
        tab.goto(f"{self.address}{sample.path}", wait_until="load")
        return tab

    def faults(self, sample: Sample) -> list[str]:
        """List what is wrong with a page at its widest and at its narrowest: axe, width, console."""
        self.heard.clear()
        found = self.look(self.open(sample))
        return [f"{sample.name} ({sample.who}, {sample.path}): {each}" for each in [*found, *self.heard]]

    def look(self, tab: Tab) -> list[str]:
        """List what is wrong with the page that a tab shows now."""
        found = []
        for size in (WIDE, NARROWEST):
            tab.set_viewport_size(size)
            over = sideways(tab)
            found += [f"{over} px too wide at {size['width']}"] if over else []
            found += [
                f"at {size['width']}: {each}" for each in axe_findings(tab) if not _reached_all_the_same(tab, each)
            ]
        return found

    def picture(self, sample: Sample, size: ViewportSize, folder: Path) -> Path:
        """Take a picture of a whole page."""
        path = folder / f"{sample.name}-{size['width']}.png"
        self.open(sample, size).screenshot(path=path, full_page=True)
        return path

    def close(self) -> None:
        """Close every tab."""
        for tab in self.tabs.values():
            tab.context.close()


@contextmanager
def a_lens(made: Showcase, browser: Browser) -> Iterator[Lens]:
    """Serve the showcase and open a browser on it."""
    with served(made.app) as address:
        lens = Lens(made, browser, address)
        try:
            yield lens
        finally:
            lens.close()


def _reached_all_the_same(tab: Tab, finding: str) -> bool:
    """Say whether a scrolling region that axe calls out of reach takes the focus: one among disabled fields does."""
    named = re.match(r"scrollable-region-focusable at \['(.+?)'\]", finding)
    return named is not None and bool(tab.evaluate(_TAKES_FOCUS, named[1]))


_TAKES_FOCUS = """selector => {
  const region = document.querySelector(selector);
  region.focus();
  return region.tabIndex === 0 && document.activeElement === region;
}"""


def signed_in_tab(browser: Browser, made: Showcase, address: str, who: str, **settings: object) -> Tab:
    """Open a tab in a context of its own in which somebody is signed in already."""
    context: BrowserContext = browser.new_context(**settings)  # type: ignore[arg-type]
    if who != NOBODY:
        name, value = (made.code_cookie, made.code) if who == TENDERER else ("session", made.cookie(who))
        context.add_cookies([{"name": name, "value": value, "url": address}])
    return context.new_page()
