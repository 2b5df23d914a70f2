"""Being told about a tender: asked for, confirmed by the link in a mail, ended by another; and nothing said aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.published import ADDRESS, AT, World, a_world, done, published, without_memory
from workbench.app import Workbench
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.bids import FollowerRecord, MailRecord
from workbench.services import publishing
from workbench.services.bids import followers

TO = "finance@harbour.example"


class Reader:
    """A browser of nobody, a tender, and the mails that were asked for."""

    def __init__(self, app: Workbench, world: World) -> None:
        self.app, self.world, self.client = app, world, without_memory(app.test_client())
        self.page = f"/notices/{world.tender.id}"

    def ask(self, email: str = TO, **options: object) -> tuple[int, str]:
        answer = submit(self.client, f"{self.page}/follow", {"email": email}, **options)
        return answer.status_code, answer.headers.get("Location", "")

    def mails(self) -> list[str]:
        return [row.text for row in db.session.scalars(select(MailRecord).order_by(MailRecord.wanted_at))]

    def link(self, number: int = -1) -> str:
        """Return the path of the last link in a mail."""
        found = re.findall(r"https?://localhost[:\d]*(/notices/\S+follow/\S+)", self.mails()[number])
        return str(found[-1])

    def press(self, path: str) -> int:
        return submit(self.client, path).status_code


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path, rate_limits=True)
    with running(config) as app, app.app_context(), time_machine.travel(AT, tick=False):
        yield Reader(app, published(a_world()))


def test_the_public_page_leads_to_the_form(reader: Reader) -> None:
    body = reader.client.get(f"{reader.page}/").text
    assert f'href="{reader.page}/follow"' in body
    assert "Tell me" in reader.client.get(f"{reader.page}/follow").text


def test_an_address_is_told_only_once_it_was_confirmed_by_its_own_link(reader: Reader) -> None:
    assert reader.ask() == (303, f"{reader.page}/follow-asked")
    assert db.session.scalars(select(FollowerRecord.confirmed_at)).all() == [None]
    link = reader.link()
    assert TO in reader.client.get(link).text
    assert db.session.scalars(select(FollowerRecord.confirmed_at)).all() == [None], "opening it confirms nothing"
    assert reader.press(link) == 303
    assert "is told about changes" in reader.client.get(link).text
    assert db.session.scalars(select(FollowerRecord.confirmed_at)).all() == [AT]


def test_the_answer_never_says_whether_an_address_is_known(reader: Reader) -> None:
    first = reader.ask()
    reader.press(reader.link())
    seen = [reader.ask(), reader.ask("other@harbour.example"), reader.ask("FINANCE@harbour.example")]
    assert seen == [first] * 3
    pages = [reader.client.get(first[1]).text for _ in range(2)]
    assert TO not in pages[0]


def test_an_address_that_follows_already_is_told_so_in_its_mailbox(reader: Reader) -> None:
    reader.ask()
    reader.press(reader.link())
    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        reader.ask()
    assert "is told about this tender already" in reader.mails()[-1]


def test_nobody_fills_a_mailbox_by_typing_its_address(reader: Reader) -> None:
    for _ in range(5):
        reader.ask()
    assert len(reader.mails()) == 1


def test_mails_end_with_a_link_that_forgets_the_address(reader: Reader) -> None:
    reader.ask()
    reader.press(reader.link())
    row = db.session.scalars(select(FollowerRecord)).one()
    path = followers.links_of(reader.app.config["WORKBENCH"]).end(row).removeprefix("http://localhost:8000")
    assert TO in reader.client.get(path).text
    answer = submit(reader.client, path)
    assert reader.client.get(answer.headers["Location"]).status_code == 200
    assert db.session.scalars(select(FollowerRecord)).all() == []
    assert reader.client.get(path).status_code == 404
    assert "no longer works" in reader.client.get(path).text


def test_a_link_is_good_for_a_week_and_for_its_tender_only(reader: Reader) -> None:
    reader.ask()
    link = reader.link()
    other = published(a_world())
    assert reader.client.get(link.replace(reader.world.tender.id, other.tender.id)).status_code == 404
    assert reader.press(link.replace(reader.world.tender.id, other.tender.id)) == 404
    with time_machine.travel(AT + timedelta(days=7), tick=False):
        assert reader.press(link) == 404


@pytest.mark.parametrize("token", ["x", "Ing.y", "é", "a" * 300, "ImEi.x"])
def test_a_made_up_link_is_over(reader: Reader, token: str) -> None:
    assert reader.client.get(f"{reader.page}/follow/{token}").status_code == 404
    assert reader.press(f"{reader.page}/unfollow/{token}") == 303, "as if it had been one"


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@b.example\r\nBcc: c@d.example", "a b@c.example"])
def test_what_is_no_address_is_told_so(reader: Reader, email: str) -> None:
    assert reader.ask(email)[0] == 422
    assert reader.mails() == []


def test_six_addresses_an_hour_are_taken_from_one_place(reader: Reader) -> None:
    codes = [reader.ask(f"a{number}@b.example")[0] for number in range(7)]
    assert codes == [303] * 6 + [429]


def test_a_tender_that_is_over_takes_no_followers(reader: Reader) -> None:
    officer = reader.world.actor("officer")
    publishing.cancel(reader.world.tender, reason="No money.", address=ADDRESS, actor=officer, at=AT)
    done(reader.world)
    assert "nothing left to be told" in reader.client.get(f"{reader.page}/follow").text
    assert reader.ask()[0] == 409


def test_the_trail_of_the_tender_knows_nothing_of_followers(reader: Reader) -> None:
    before = db.session.scalars(select(EventRecord.seq).where(EventRecord.chain.startswith("tender:"))).all()
    reader.ask()
    reader.press(reader.link())
    after = db.session.scalars(select(EventRecord.seq).where(EventRecord.chain.startswith("tender:"))).all()
    assert after == before
    said = db.session.scalars(select(EventRecord.canon).where(EventRecord.chain.startswith("follower:"))).all()
    assert [it for it in said if TO.encode() in it] == []
    assert len(said) == 2


def test_mailed_addresses_are_pages_of_this_installation(reader: Reader) -> None:
    row = FollowerRecord(id="it", tender_id=reader.world.tender.id, email=TO, asked_at=AT)
    links = followers.links_of(reader.app.config["WORKBENCH"])
    with reader.app.test_request_context(base_url="http://localhost:8000"):
        token = links.confirm(row).rpartition("/")[2]
        values = {"tender_id": row.tender_id, "_external": True}
        assert links.confirm(row) == url_for("bids.follow_confirm", token=token, **values)
        assert links.end(row) == url_for("bids.unfollow", token=token, **values)
        assert links.notice(row.tender_id) == url_for("public.notice", **values)
        pages = {"deadline": "tenders.deadline", "questions/": "tenders.questions", "keys/": "bids.keys"}
        for path, endpoint in (pages | {"opening/": "bids.opening"}).items():
            assert links.tender(row.tender_id, path) == url_for(endpoint, **values)
        assert links.notice(row.tender_id, "bid/") == url_for("bids.home", **values)


def test_links_signed_before_a_key_was_replaced_still_count(reader: Reader) -> None:
    row = FollowerRecord(id="it", tender_id=reader.world.tender.id, email=TO, asked_at=AT)
    token = followers.Links("http://localhost", ("old",)).end(row).rpartition("/")[2]
    assert followers.Links("http://localhost", ("old", "new")).read(token) == "it"
    assert followers.Links("http://localhost", ("new",)).read(token) == ""


def test_pages_about_following_know_nobody_who_is_signed_in(reader: Reader) -> None:
    client: FlaskClient = reader.client
    assert "Sign out" not in client.get(f"{reader.page}/follow").text
