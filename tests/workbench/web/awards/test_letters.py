"""A tenderer reads the decision on its bid: by its link, and behind the code of its bid, its own letters only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from tests.workbench.evaluated import NOW, bid, evaluated
from tests.workbench.issued import LETTERS, NOTICES, approved, issued, rows_of
from tests.workbench.published import World, without_memory
from workbench import clock
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.awards import DecisionPaperRecord
from workbench.models.bids import MailRecord
from workbench.models.idempotency import AnsweredRecord
from workbench.queries.bids.drafts import invitation_to
from workbench.services.awards import delivering, making, packs
from workbench.services.bids import drafts
from workbench.services.bids.followers import Links
from workbench.workspace import LotBid, Workspace

HERE = Links("http://localhost", ("k" * 43,))


@dataclass
class Post:
    """A release, the secret of each letter by its bid, and a browser with the code of a workspace."""

    app: Workbench
    world: World
    secrets: dict[str, str]
    client: FlaskClient
    own: str

    def letter(self, bid_id: str) -> DecisionPaperRecord:
        return db.session.query(DecisionPaperRecord).filter_by(bid_id=bid_id).populate_existing().one()

    def send(self, path: str) -> TestResponse:
        return self.client.post(path, data={"_key": str(uuid4())})


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with pytest.MonkeyPatch.context() as patch, evaluated(tmp_path_factory.mktemp("letters")) as (app, world):
        patch.setattr(packs, "BUILDERS", (NOTICES, LETTERS))
        making.forget()
        own = bid(world, "adult-mendip")
        code = workspace_of(world, own)
        approved(world)
        for row in rows_of(issue := issued(world)):
            making.make(row.id, now=lambda: NOW, printed=lambda it: f"Letter {it.head.number}".encode())
        db.session.refresh(issue)
        delivering.release(world.tender, issue, HERE, actor=world.actor("officer"), at=NOW)
        recorded().clear()
        db.session.commit()
        patch.setattr(clock, "now", lambda: NOW)
        client = without_memory(app.test_client())
        client.set_cookie(f"bid_{world.tender.id[:8]}", code)
        yield Post(app, world, secrets_of(), client, own)


def workspace_of(world: World, bid_id: str) -> str:
    """Begin a workspace that made a bid, as it was before the deadline, and return its code."""
    invitation = invitation_to(world.tender.id)
    assert invitation is not None
    stage, world.tender.stage = world.tender.stage, "published"
    early = world.tender.published_at
    held = replace(Workspace(kept_code=True), bids={"adult": LotBid(bid_id)})
    draft = drafts.start(invitation, at=early, fresh=held)  # type: ignore[arg-type]
    world.tender.stage = stage
    recorded().clear()
    db.session.commit()
    return draft.code


def secrets_of() -> dict[str, str]:
    by_row = {row.id: row.bid_id for row in db.session.query(DecisionPaperRecord)}
    mails = db.session.query(MailRecord).filter(MailRecord.about.startswith("decision:"))
    return {by_row[row.about[9:]]: re.findall(r"/decision/(\S+)", row.text)[0] for row in mails}


def test_a_link_leads_to_one_letter_with_its_digest_and_whom_to_ask(post: Post) -> None:
    for bid_id, secret in list(post.secrets.items())[:3]:
        page = post.client.get(f"/decision/{secret}")
        row = post.letter(bid_id)
        assert page.headers["Cache-Control"] == "no-store"
        assert row.sha256 in page.text
        assert str(escape(row.title)) in page.text
        assert "victim-services-tender@example.org" in page.text
        assert "workbench verify" in page.text
        others = {each.title for each in db.session.query(DecisionPaperRecord)} - {row.title}
        assert [title for title in others if str(escape(title)) in page.text] == []
        answer = post.client.get(f"/decision/{secret}/letter.pdf")
        assert answer.data == row.content


def test_looking_changes_nothing_and_opening_is_noted_once(post: Post) -> None:
    bid_id, secret = next(each for each in post.secrets.items() if each[0] != post.own)
    post.client.get(f"/decision/{secret}")
    post.client.head(f"/decision/{secret}")
    assert post.letter(bid_id).read_at is None
    for _ in range(2):
        answer = post.send(f"/decision/{secret}")
        assert (answer.status_code, answer.location) == (303, f"/decision/{secret}/letter.pdf")
    assert post.letter(bid_id).read_at == NOW
    events = db.session.query(EventRecord).filter_by(action="letter_read", subject=post.letter(bid_id).title).all()
    assert [event.actor for event in events] == [""]


def test_the_secret_of_a_link_stands_nowhere_in_the_database_once_its_mail_has_left(post: Post) -> None:
    secret = next(iter(post.secrets.values()))
    post.send(f"/decision/{secret}")
    kept = [f"{row.actor} {row.route} {row.location} {row.body}" for row in db.session.query(AnsweredRecord)]
    kept += [event.canon.decode() for event in db.session.query(EventRecord)]
    assert kept != []
    assert [line for line in kept if secret in line] == []


def test_a_link_that_leads_nowhere_is_not_found(post: Post) -> None:
    for path in ("/decision/nothing", f"/decision/{'s' * 43}", f"/decision/{'s' * 43}/letter.pdf"):
        assert post.client.get(path).status_code == 404
    assert post.send("/decision/nothing").status_code == 404


def test_a_workspace_holds_the_letters_to_its_own_bids_only(post: Post) -> None:
    place = f"/notices/{post.world.tender.id}/bid/"
    assert "Read the decision on your bids" in post.client.get(place).text
    page = post.client.get(f"{place}decisions").text
    own = post.letter(post.own)
    assert (own.title in page, own.sha256 in page) == (True, True)
    others = list(db.session.query(DecisionPaperRecord).filter(DecisionPaperRecord.bid_id != post.own))
    assert [row.title for row in others if str(escape(row.title)) in page] == []
    assert {post.client.get(f"{place}decisions/{row.id}").status_code for row in others} == {404}
    assert post.client.get(f"{place}decisions/{own.id}").data == own.content


def test_opening_it_in_the_workspace_is_noted_too(post: Post) -> None:
    own = post.letter(post.own)
    path = f"/notices/{post.world.tender.id}/bid/decisions/{own.id}"
    answer = post.send(path)
    assert (answer.status_code, answer.location) == (303, path)
    assert post.letter(post.own).read_at == NOW


def test_without_a_code_the_workspace_shows_no_letter(post: Post) -> None:
    stranger = without_memory(post.app.test_client())
    place = f"/notices/{post.world.tender.id}/bid/decisions"
    assert stranger.get(place).status_code == 303
    assert stranger.get(f"{place}/{post.letter(post.own).id}").status_code == 303
