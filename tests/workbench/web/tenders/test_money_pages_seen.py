"""The pages about money as a browser shows them: nothing that axe objects to, no page wider than its window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import NARROWEST, WIDE, axe_findings, open_page, served, sideways
from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.web.tenders.money_case import Case, a_case

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case]]:
    """The application on a port of this machine, with the demonstration's tender as a draft."""
    folder: Path = tmp_path_factory.mktemp("seen")
    with running(databases.a_config(databases.usual_url(folder), folder)) as app:
        case = a_case(app)
        with served(app) as address:
            yield address, case


def signed_in(case: Case) -> dict[str, Any]:
    """Return the settings of a browser that holds the officer's session."""
    cookie = case.client.get_cookie("session")
    assert cookie is not None
    kept = {"name": "session", "value": cookie.value, "domain": "127.0.0.1", "path": "/"}
    return {"storage_state": {"cookies": [kept], "origins": []}}


def pages(case: Case) -> list[str]:
    """List one address of each kind of page."""
    parts = [("funding_source", "nhse"), ("funding_totals", ""), ("lot", "adult"), ("lot_limit", "")]
    edits = [case.url(kind, key) for kind, key in (*parts, ("collaboration", "adult"))]
    return [*map(case.task, ("funding", "lots", "collaboration")), *edits]


@pytest.mark.parametrize("number", range(8))
def test_a_page_is_accessible_and_fits_the_narrowest_screen(
    chromium: Browser, seen: tuple[str, Case], number: int
) -> None:
    address, case = seen
    path = pages(case)[number]
    with open_page(chromium, address + path, WIDE, **signed_in(case)) as opened:
        assert opened.page.url == address + path
        assert (axe_findings(opened.page), opened.complaints) == ([], [])
        opened.page.set_viewport_size(NARROWEST)
        assert sideways(opened.page) == 0


def test_amounts_add_up_while_they_are_typed(chromium: Browser, seen: tuple[str, Case]) -> None:
    address, case = seen
    with open_page(chromium, address + case.url("funding_source", "nhse"), **signed_in(case)) as opened:
        shown = opened.page.locator("[data-sum-of=amount]")
        assert shown.inner_text() == "£640,695"  # five years at £128,139
        opened.page.locator("#lines-5-amount").type("1,000.50")
        assert shown.inner_text() == "£641,695.50"


def test_a_lot_is_saved_while_it_is_written_and_a_slip_is_told_beside_its_field(
    chromium: Browser, seen: tuple[str, Case]
) -> None:
    address, case = seen
    with open_page(chromium, address + case.url("lot", "cyp"), **signed_in(case)) as opened:
        opened.page.fill("#annual_budget", "260000")
        expect(opened.page.locator("[data-saving-words]")).to_contain_text("Saved", timeout=8000)
        assert case.content("lot", "cyp")["annual_budget"] == "260000.00"
        opened.page.fill("#annual_budget", "26O000")
        expect(opened.page.locator("[data-saving-words]")).not_to_contain_text("Saved", timeout=8000)
        opened.page.fill("#annual_budget", "270000")
        expect(opened.page.locator("[data-saving-words]")).to_contain_text("Saved", timeout=8000)
        assert case.content("lot", "cyp")["annual_budget"] == "270000.00"
