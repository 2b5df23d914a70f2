"""The first page and the pages about the workbench: for anybody, saying only what anybody may know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser
from sqlalchemy import event

from tests.browser import NARROWEST, WIDE, axe_findings, open_page, served, sideways
from tests.workbench import databases
from tests.workbench import factories as rows
from tests.workbench.conftest import running
from tests.workbench.published import AT, a_world, published
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.db import db
from workbench.models.publishing import PublicationRecord
from workbench.queries.home import cast
from workbench.web.home import ABOUT, NEWEST

NOW = AT + timedelta(days=3)
ABOUT_PAGES = [f"/about/{name}" for name in ABOUT]


@pytest.fixture
def demo(sqlite_url: str, tmp_path: Path) -> Iterator[Workbench]:
    """A demonstration."""
    with running(databases.a_config(sqlite_url, tmp_path, demo=True)) as app:
        yield app


def a_publication(number: int) -> None:
    """Add a published tender; a higher number was published later."""
    at = datetime(2026, 7, number, 9, 0, tzinfo=UTC)
    tender = rows.a_tender(rows.an_authority(), title=f"Services {number}", stage="published", deadline=at)
    values = {"rule_set": 1, "sha256": "0" * 64, "published_at": at, "changed_at": at}
    db.session.add(PublicationRecord(tender_id=tender.id, ocid=f"ocds-{number}", **values))
    db.session.commit()


def test_a_visitor_reads_what_this_is_and_which_tenders_are_published(lite_app: Workbench) -> None:
    with lite_app.app_context(), time_machine.travel(NOW, tick=False):
        world = published(a_world())
        text = lite_app.test_client().get("/").text
    assert "every number of an award can be worked out again by anyone" in text
    assert f'href="/notices/{world.tender.id}/">{world.tender.title}</a>' in text
    assert "bids due 12:00 BST on Friday 27 September 2024 (54 days left)" in text
    assert 'href="/sign-in">Sign in</a>' in text


def test_a_draft_is_not_on_the_first_page(lite_app: Workbench) -> None:
    with lite_app.app_context():
        world = a_world()
        text = lite_app.test_client().get("/").text
        assert world.tender.title not in text
        assert "No tender is published here at present." in text


def test_the_five_newest_are_named_and_all_are_a_link_away(lite_app: Workbench) -> None:
    with lite_app.app_context():
        for number in range(1, NEWEST + 1):
            a_publication(number)
        assert "All " not in lite_app.test_client().get("/").text
        a_publication(NEWEST + 1)
        text = lite_app.test_client().get("/").text
    named = [number for number in range(1, NEWEST + 2) if f">Services {number}</a>" in text]
    assert named == [2, 3, 4, 5, 6]
    assert text.index("Services 6") < text.index("Services 2")
    assert '<a class="govuk-link" href="/notices/">All 6 published tenders</a>' in text


def test_whoever_is_signed_in_is_led_to_the_tenders(lite_app: Workbench) -> None:
    with lite_app.app_context():
        uniquifier = rows.a_user(rows.an_authority(), "officer").fs_uniquifier
        db.session.commit()
    answer = signed_in(lite_app, uniquifier).get("/")
    assert (answer.status_code, answer.location) == (303, "/tenders/")


def test_only_a_demonstration_tells_who_works_here(demo: Workbench, lite_app: Workbench) -> None:
    for app in (demo, lite_app):
        with app.app_context():
            world = a_world()
            text = app.test_client().get("/").text
            names = [person.name for people in world.people.values() for person in people]
            assert [name for name in names if name in text] == (names if app is demo else [])


def test_the_cast_has_the_roles_of_each_and_takes_as_many_queries_for_many(lite_app: Workbench) -> None:
    with lite_app.app_context():
        authority = rows.an_authority()
        tender = rows.a_tender(authority)
        rows.a_user(authority, "auditor", name="Vic Auditor")
        clerk = rows.a_user(authority, "officer", name="Zoe Clerk")
        rows.an_assignment(tender, clerk, "officer")
        panel = rows.a_user(authority, name="Ana Panel")
        for role, lot in (("moderator", ""), ("evaluator", "adult"), ("evaluator", "isva")):
            rows.an_assignment(tender, panel, role, lot)
        db.session.commit()
        shown = [(part.name, part.roles) for part in cast()]
        few = statements(cast)
        authority = rows.an_authority()
        tender = rows.a_tender(authority)
        for number in range(20):
            rows.an_assignment(tender, rows.a_user(authority, "officer", name=f"Person {number}"), "evaluator")
        db.session.commit()
        assert statements(cast) == few
    assert shown == [
        ("Zoe Clerk", ("officer",)), ("Ana Panel", ("evaluator", "moderator")), ("Vic Auditor", ("auditor",)),
    ]  # fmt: skip


def statements(call: object) -> int:
    """Count the statements that a call sends to the database."""
    sent: list[str] = []

    def note(*args: object) -> None:
        sent.append(str(args[2]))

    db.session.expunge_all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        call()  # type: ignore[operator]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([it for it in sent if it != "BEGIN"])


@pytest.mark.parametrize("path", ["/", *ABOUT_PAGES, "/notices/", "/sign-in", "/nowhere"])
def test_every_page_leads_to_the_first_and_to_those_about_it(lite_app: Workbench, path: str) -> None:
    text = lite_app.test_client().get(path).text
    assert [page for page in ABOUT_PAGES if f'href="{page}"' not in text] == []
    assert 'href="/"' in text


def test_there_is_no_other_page_about_it(lite_app: Workbench) -> None:
    for name in ("nothing", "base", "..%2Fhome", "checking.html"):
        assert lite_app.test_client().get(f"/about/{name}").status_code == 404


def test_the_pages_about_it_say_when_a_session_ends(lite_app: Workbench) -> None:
    text = lite_app.test_client().get("/about/privacy").text
    assert "ends after 30 minutes without a page and after 12 hours" in text


def test_reading_sets_no_cookie(lite_app: Workbench) -> None:
    """As the page on privacy promises."""
    client = lite_app.test_client()
    assert [path for path in ("/", *ABOUT_PAGES, "/notices/") if "Set-Cookie" in client.get(path).headers] == []


def test_the_cookie_of_a_form_is_gone_with_the_browser(lite_app: Workbench) -> None:
    """As the page on privacy promises."""
    cookies = lite_app.test_client().get("/sign-in").headers.getlist("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["session"]
    assert [cookie for cookie in cookies if "expires" in cookie.lower() or "max-age" in cookie.lower()] == []


@pytest.mark.slow
def test_the_pages_are_clean_in_a_browser(chromium: Browser, demo: Workbench) -> None:
    with demo.app_context():
        published(a_world())
    with served(demo) as address:
        for path in ("/", *ABOUT_PAGES):
            with open_page(chromium, address + path) as opened:
                for viewport in (WIDE, NARROWEST):
                    opened.page.set_viewport_size(viewport)
                    assert (path, axe_findings(opened.page)) == (path, [])
                    assert (path, sideways(opened.page)) == (path, 0)
                assert opened.complaints == []
