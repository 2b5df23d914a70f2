"""What a newcomer does in the demonstration: signs in as one opener, then as the other, and reads the bids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.published import without_memory
from tests.workbench.signing import signed_in
from workbench import clock
from workbench.app import Workbench
from workbench.demo.cases import Case, seed


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Workbench, Case]]:
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path, demo=True)
    with running(config) as app, app.app_context():
        yield app, seed(at=clock.now(), address=lambda _: "http://localhost/notices/it/", config=config)


def person(app: Workbench, case: Case, member: str) -> FlaskClient:
    return without_memory(signed_in(app, case.people.by_member[member].fs_uniquifier))


def press(client: FlaskClient, page: str) -> int:
    """Press the first button of a page that sends a form with a key that lies ready."""
    forms = re.findall(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', client.get(page).text, re.DOTALL)
    action, inside = next((action, inside) for action, inside in forms if 'name="ready"' in inside)
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', inside))
    return client.post(action, data=fields).status_code


@pytest.mark.slow
def test_two_openers_open_the_bids_of_the_closed_tender_in_two_clicks(demo: tuple[Workbench, Case]) -> None:
    app, case = demo
    page = f"/tenders/{case.published.id}/opening/bid/"
    assert press(person(app, case, "opener-1"), page) == 303
    assert press(person(app, case, "opener-2"), page) == 303
    officer = person(app, case, "officer")
    assert "Northstar Victim Care Limited" in officer.get(page).text
    bids = officer.get(f"/tenders/{case.published.id}/bids/")
    assert (bids.status_code, "Severnside Recovery Trust" in bids.text) == (200, True)


@pytest.mark.slow
def test_every_page_of_every_tender_that_its_officer_reaches_from_another_is_there(
    demo: tuple[Workbench, Case],
) -> None:
    app, case = demo
    officer, seen, wrong = person(app, case, "officer"), set(), []
    waiting = [f"/tenders/{it.id}/" for it in (case.draft, case.open, case.published, case.opened)]
    while waiting and len(seen) < 250:
        page = waiting.pop(0)
        if page in seen:
            continue
        seen.add(page)
        answer = officer.get(page)
        if answer.status_code not in (200, 303):
            wrong.append((page, answer.status_code))
        elif answer.mimetype == "text/html":
            waiting += re.findall(r'href="(/(?:tenders|notices)/[^"#?]+)"', answer.text)
        answer.close()
    assert wrong == []
    assert len(seen) > 100
