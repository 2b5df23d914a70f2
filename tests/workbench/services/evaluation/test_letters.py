"""A question to one tenderer, the mail with its link, and the one reply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.workbench.evaluated import bid
from tests.workbench.published import World, done
from tests.workbench.scoring import NOW, scoring
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import MailRecord
from workbench.models.evaluation import TendererLetterRecord
from workbench.policies import NotForYou
from workbench.queries.evaluation import letters as reads
from workbench.queries.history import trail_of
from workbench.services import StageError
from workbench.services.evaluation import letters

DUE = NOW + timedelta(days=3)
QUESTION = "Paragraph 3 names two figures for the rota. Which one do you offer?"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with scoring(tmp_path_factory.mktemp("letters")) as (_, made):
        yield made


@pytest.fixture(autouse=True)
def _undone() -> Iterator[None]:
    """Forget what a test left half done."""
    yield
    db.session.rollback()
    recorded().clear()


def asked(world: World, **values: object) -> tuple[TendererLetterRecord, str]:
    """Put a question to a tenderer; return it with the secret that the mail holds."""
    given = {"kind": "clarification", "question": QUESTION, "reply_by": DUE, "criterion": "q_outcomes"} | values
    row = letters.ask(
        world.tender, bid(world, "adult-mendip"), **given,  # type: ignore[arg-type]
        actor=world.actor("officer"), at=NOW, address="https://bids.example/",
    )  # fmt: skip
    done(world)
    mail = db.session.query(MailRecord).filter_by(about=f"letter:{row.id}").one()
    found = re.search(r"https://bids\.example/letters/(\S+)", mail.text)
    assert found is not None
    return row, found[1]


def replied(world: World, secret: str, text: str = "The second one.") -> TendererLetterRecord:
    row = letters.reply(secret, text, NOW)
    done(world)
    return row


def test_a_question_goes_to_the_person_whom_the_bid_names(world: World) -> None:
    row, secret = asked(world)
    assert [address for address, _ in reads.recipients(reads.letter_by(secret).bid)] == [row.recipient]  # type: ignore[union-attr]


def test_the_link_is_kept_only_as_its_digest(world: World) -> None:
    row, secret = asked(world)
    assert secret not in (row.secret_sha256, row.question)
    assert reads.letter_by(secret).row.id == row.id  # type: ignore[union-attr]


def test_a_reply_is_kept_once_and_told_to_who_asked(world: World) -> None:
    row, secret = asked(world)
    replied(world, secret)
    assert (row.reply, row.replied_at) == ("The second one.", NOW)
    told = db.session.query(MailRecord).filter_by(about=f"letter:{row.id}:replied").one()
    assert "The second one" not in told.text
    with pytest.raises(StageError, match="it stands, and no other is taken"):
        letters.reply(secret, "The first one.", NOW)
    assert row.reply == "The second one."


def test_no_reply_is_taken_after_its_time_and_a_little_grace(world: World) -> None:
    _, secret = asked(world)
    with pytest.raises(StageError, match="Replies were taken until"):
        letters.reply(secret, "Late.", DUE + reads.GRACE)
    assert letters.reply(secret, "Begun in time.", DUE + reads.GRACE - timedelta(seconds=1)).reply == "Begun in time."


@pytest.mark.parametrize("secret", ["", "x", "ä" * 43, "s" * 43])
def test_an_unknown_link_finds_nothing(world: World, secret: str) -> None:
    assert reads.letter_by(secret) is None


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"reply_by": NOW}, "which is past"),
        ({"question": " \n "}, "Write the question"),
        ({"recipient": "somebody@example.org"}, "does not name somebody@example.org"),
    ],
)
def test_a_question_that_cannot_be_put_is_refused(world: World, values: dict[str, object], why: str) -> None:
    with pytest.raises(letters.AskError, match=why):
        asked(world, **values)


def test_only_officers_ask(world: World) -> None:
    with pytest.raises(NotForYou):
        letters.ask(
            world.tender, bid(world, "adult-mendip"), "clarification", QUESTION, DUE, actor=world.actor("moderator"),
            at=NOW, address="",
        )  # fmt: skip


def test_the_trail_tells_of_both_and_repeats_neither_text(world: World) -> None:
    row, secret = asked(world)
    replied(world, secret)
    letter = reads.letter_by(secret).bid.letter  # type: ignore[union-attr]
    newest, before = trail_of(world.tender.id).events[:2]
    assert newest.what == f"The tenderer of bid {letter} for lot adult replied to question {row.number}"
    assert before.what.startswith(
        f"Put question {row.number} to the tenderer of bid {letter} for lot adult; a reply is taken"
    )
    assert newest.who == "Somebody outside"


def test_scorers_of_a_criterion_read_its_clarifications_and_those_about_the_whole_bid(world: World) -> None:
    about, _ = asked(world)
    whole, _ = asked(world, criterion="")
    other, _ = asked(world, criterion="q_specialist")
    price, _ = asked(world, kind="low_price")
    found = {each.id for each in reads.answers_about(bid(world, "adult-mendip"), "q_outcomes")}
    assert found & {about.id, whole.id, other.id, price.id} == {about.id, whole.id}
