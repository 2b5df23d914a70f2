"""A real browser for tests: headless Chromium, what axe finds on a page, and what the console said.

``chromium`` is a fixture (a test module imports it, or its folder's conftest does), ``served(app)`` runs an application
on a free port, ``open_page(...)`` gives a page that remembers its console.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 700}  # WCAG 2.2, 1.4.10: 320 CSS pixels
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Its successor counts by the browser's segmenter; maxwords counts what stands between blanks, as the server does.
_KNOWN = "Option `maxwords` is deprecated"
AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


def chromium_path() -> str | None:
    """Where Chromium is: $CHROMIUM, or what Debian and others call it."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium for the whole session; without one the test is skipped, and says how to get it."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: install it (Debian: chromium libatomic1) or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    """Answers without a line on the terminal for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve a WSGI application on a free port of this machine; give its address without a slash at the end."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@dataclass
class Opened:
    """A page and what its console said; ``complaints`` must stay empty (content policy, missing files, errors)."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)


@contextmanager
def open_page(browser: Browser, address: str, viewport: ViewportSize = WIDE, **settings: Any) -> Iterator[Opened]:
    """Open an address in a context of its own; ``settings`` as for ``new_context`` (java_script_enabled=False …)."""
    context = browser.new_context(viewport=viewport, **settings)
    opened = Opened(context.new_page(), context)
    opened.page.on("console", lambda said: _note(opened, said.type, said.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    try:
        opened.page.goto(address, wait_until="networkidle")
        yield opened
    finally:
        context.close()


def _note(opened: Opened, kind: str, text: str) -> None:
    if kind in ("error", "warning") and _KNOWN not in text:
        opened.complaints.append(f"{kind}: {text}")


def axe_findings(page: Page) -> list[str]:
    """What axe (WCAG 2.0–2.2 A and AA, best practice) finds wrong, one line for each element; [] for a clean page."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']} at {node['target']}: {one['help']}" for one in found for node in one["nodes"]]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 where nobody must scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def tab_stops(page: Page, most: int = 200) -> list[str]:
    """What the Tab key reaches, in order; each is marked ``!`` at its end if nothing shows that it has the focus."""
    stops: list[str] = []
    page.evaluate("document.activeElement && document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body || element.dataset.seen) return null;
  element.dataset.seen = "1";
  const look = (one) => {
    const style = getComputedStyle(one);
    const outline = style.outlineStyle === "none" ? "" : style.outlineColor + style.outlineWidth;
    return [style.boxShadow, style.backgroundColor, style.borderColor, outline].join("|");
  };
  const partners = [element, element.labels && element.labels[0]].filter(Boolean);
  const pseudo = (one) => getComputedStyle(one, "::before").boxShadow + getComputedStyle(one, "::before").outline;
  const all = () => partners.map((one) => look(one) + pseudo(one)).join("/");
  const focused = all();
  element.blur();
  const resting = all();
  element.focus();
  const text = (element.textContent || "").trim().slice(0, 30);
  const name = element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") + " " + text;
  return name + (focused === resting ? " !" : "");
}"""
