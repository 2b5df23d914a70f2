"""The pages of starting a tender and of its process in a browser: nothing axe objects to, nothing too wide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import NARROWEST, WIDE, axe_findings, open_page, served, sideways
from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.web.tenders.money_case import Case, a_case
from tests.workbench.web.tenders.test_money_pages_seen import signed_in

pytestmark = pytest.mark.slow
STARTING = (
    "", "/regime", "/template", "/copy", "/release", "/blank",
    "/regime?commenced=1&commenced=3&commenced=2026&value=14000000&light_touch=yes", "/regime?commenced=40",
)  # fmt: skip
KINDS = ("basics", "engagement", "timetable", "governance", "social_value", "documents")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case]]:
    """The application on a port of this machine, with the demonstration's tender as a draft."""
    folder: Path = tmp_path_factory.mktemp("seen")
    with running(databases.a_config(databases.usual_url(folder), folder)) as app:
        case = a_case(app)
        case.save(case.url("documents"), {"documents-0-title": ""})  # its page shows what is to be mended
        with served(app) as address:
            yield address, case


def pages(case: Case) -> list[str]:
    """List one address of each kind of page, and of the states it can be in."""
    suggestion = f"/tenders/{case.tender_id}/timetable/suggestion"
    return [
        *(f"/tenders/new{way}" for way in STARTING),
        *map(case.url, KINDS),
        case.url("requirements", "cyp"),
        case.task("requirements"),
        suggestion,
        f"{suggestion}?publish_on=1&publish_on=6&publish_on=2027",
    ]


@pytest.mark.parametrize("number", range(18))
def test_a_page_is_accessible_and_fits_the_narrowest_screen(
    chromium: Browser, seen: tuple[str, Case], number: int
) -> None:
    address, case = seen
    path = pages(case)[number]
    with open_page(chromium, address + path, WIDE, **signed_in(case)) as opened:
        assert opened.page.url == address + path
        expected = ["error: Failed "] if path.endswith("commenced=40") else []  # the answer 422 is told by the console
        assert axe_findings(opened.page) == []
        assert [said[:14] for said in opened.complaints] == expected
        opened.page.set_viewport_size(NARROWEST)
        assert sideways(opened.page) == 0


def test_there_is_a_test_for_every_page_listed(seen: tuple[str, Case]) -> None:
    assert len(pages(seen[1])) == 18
