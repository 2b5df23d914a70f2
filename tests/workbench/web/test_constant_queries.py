"""However large a tender, a page asks the database as often as for a small one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.workbench.large import add_tender, ask_many, statements
from tests.workbench.showcase import NOBODY, Showcase, showcase

PAGES_OF_A_TENDER = (
    "", "tasks/funding/", "tasks/lots/", "tasks/collaboration/", "tasks/criteria/", "lot/adult/edit",
    "collaboration/adult/edit", "basics/edit", "timetable/edit", "social_value/edit", "governance/edit", "panel/",
    "publish", "history",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    with showcase(tmp_path_factory.mktemp("large")) as made:
        yield made


@pytest.fixture
def officer(site: Showcase) -> FlaskClient:
    client = site.client("officer")
    client.get("/account/")  # the first page of a session writes it
    return client


def queries(site: Showcase, client: FlaskClient, path: str) -> int:
    with statements(site) as sent:
        answer = client.get(path)
        assert answer.status_code == 200, path
    return len(sent)


def test_a_tender_with_a_hundred_lots_takes_no_more_queries(site: Showcase, officer: FlaskClient) -> None:
    small, large = add_tender(site, "FEW-LOTS"), add_tender(site, "MANY-LOTS", lots=100)
    more = {}
    for page in PAGES_OF_A_TENDER:
        few, many = (queries(site, officer, f"/tenders/{tender}/{page}") for tender in (small, large))
        more |= {page: (few, many)} if few != many else {}
    assert more == {}
    assert officer.get(f"/tenders/{large}/tasks/lots/").text.count("Area ") >= 100


def test_a_methodology_of_five_hundred_criteria_takes_no_more_queries(site: Showcase, officer: FlaskClient) -> None:
    small, large = add_tender(site, "FEW-CRITERIA"), add_tender(site, "MANY-CRITERIA", criteria=500)
    for page in ("", "tasks/criteria/", "methodology/cyp-methodology/edit", "publish"):
        few, many = (queries(site, officer, f"/tenders/{tender}/{page}") for tender in (small, large))
        assert (page, many) == (page, few)


def test_a_list_of_sixty_tenders_takes_no_more_queries_than_one_of_six(site: Showcase, officer: FlaskClient) -> None:
    before = queries(site, officer, "/tenders/")
    for number in range(60):
        add_tender(site, f"LIST-{number}")
    assert queries(site, officer, "/tenders/") == before
    assert officer.get("/tenders/").text.count("LIST-") >= 45  # fifty to a page, the newest first


def test_five_thousand_questions_take_no_more_queries_and_no_longer_a_page(
    site: Showcase, officer: FlaskClient
) -> None:
    tender, anybody = site.tenders["open"], site.client(NOBODY)
    asked = (f"/tenders/{tender}/questions/", f"/tenders/{tender}/questions/?state=open")
    told = (f"/notices/{tender}/", f"/notices/{tender}/questions")
    before = [queries(site, officer, path) for path in asked] + [queries(site, anybody, path) for path in told]
    ask_many(site, 5000)
    after = [queries(site, officer, path) for path in asked] + [queries(site, anybody, path) for path in told]
    assert after == before
    assert all(len(officer.get(path).data) < 100_000 for path in asked)
    assert len(anybody.get(told[1]).data) < 100_000
