"""Release: all letters in one step, to the right address each, on the day they say, and never twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from exports.documents import Printable
from lots.submission import Contact, Submission
from tests.workbench.evaluated import NOW, evaluated
from tests.workbench.issued import LETTERS, NOTICES, approved, issued, only, rows_of
from tests.workbench.published import World
from workbench.audit import recorded
from workbench.db import db
from workbench.models.awards import DecisionPaperRecord, IssueRecord
from workbench.models.bids import MailRecord
from workbench.policies import NotNow
from workbench.queries.awards import papers as reads
from workbench.queries.awards.decision import award_of
from workbench.services.awards import delivering, making
from workbench.services.awards.delivering import ReleaseError
from workbench.services.bids.followers import Links
from workbench.services.mails import PAUSES

LINKS = Links("https://tenders.example", ("k" * 43,))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    only(monkeypatch, [NOTICES, LETTERS])
    with evaluated(tmp_path) as (_, made):
        making.forget()
        yield made


def made(world: World, **award: object) -> IssueRecord:
    """Approve the award and make every letter (as its number, which is quick)."""
    approved(world, **award)
    issue = issued(world)
    for row in rows_of(issue):
        making.make(row.id, now=lambda: NOW, printed=as_words)
    return db.session.get_one(IssueRecord, issue.id, populate_existing=True)


def as_words(document: Printable) -> bytes:
    return document.head.number.encode()


def release(world: World, issue: IssueRecord, at: object = NOW) -> None:
    recorded().clear()
    delivering.release(world.tender, issue, LINKS, actor=world.actor("officer"), at=at)  # type: ignore[arg-type]
    assert [event.action for event in recorded()] == ["letters_released"]
    recorded().clear()
    db.session.commit()


def mails() -> dict[str, MailRecord]:
    return {row.about.removeprefix("decision:"): row for row in db.session.query(MailRecord)}


def test_every_letter_goes_out_in_one_step_with_a_link_of_its_own(world: World) -> None:
    issue = made(world)
    release(world, issue)
    letters, sent = rows_of(issue), mails()
    assert world.tender.stage == "notified"
    assert award_of(world.tender).notices_sent == NOW.date()
    assert set(sent) == {row.id for row in letters}
    for row in letters:
        (secret,) = re.findall(r"https://tenders\.example/decision/(\S+)", sent[row.id].text)
        assert row.secret_sha256 == sha256(secret.encode()).hexdigest()
        found = reads.letter_by(secret)
        assert found is not None
        assert found[0].id == row.id
        assert sent[row.id].recipient == row.recipient
    assert len({row.secret_sha256 for row in letters}) == len(letters)


def test_a_mail_says_nothing_of_the_outcome(world: World) -> None:
    file = approved(world)
    issue = issued(world)
    for row in rows_of(issue):
        making.make(row.id, now=lambda: NOW, printed=as_words)
    release(world, db.session.get_one(IssueRecord, issue.id, populate_existing=True))
    names = [each.name for each in file.organisations] + [lot.title for lot in file.tender.contract_lots]
    texts = {re.sub(r"https://\S+", "", row.text) for row in mails().values()}
    assert len(texts) == 1  # but for the link all mails are the same
    (text,) = texts
    assert [name for name in names if name in text] == []
    assert re.findall(r"£|\d+\.\d|marks|award(?:ed)?\b", text) == []


def test_nothing_is_released_twice_or_before_all_is_made(world: World) -> None:
    approved(world)
    issue = issued(world)
    with pytest.raises(ReleaseError, match=r"documents of .* are still to be made"):
        release(world, issue)
    for row in rows_of(issue):
        making.make(row.id, now=lambda: NOW, printed=as_words)
    release(world, issue)
    with pytest.raises(NotNow):
        release(world, issue)
    world.tender.stage = "approved"
    with pytest.raises(ReleaseError, match="released already"):
        release(world, issue)
    assert len(mails()) == len(rows_of(issue))


def test_one_document_that_failed_holds_every_letter_back(world: World) -> None:
    issue = made(world)
    first = rows_of(issue)[0]
    first.state, issue.state = "failed", "making"
    db.session.commit()
    with pytest.raises(ReleaseError, match="1 document could not be made"):
        release(world, issue)
    assert mails() == {}
    assert world.tender.stage == "approved"


def test_letters_go_out_on_the_day_they_say(world: World) -> None:
    issue = made(world, notices_sent=date(2024, 9, 12))
    with pytest.raises(ReleaseError, match="release them on that day"):
        release(world, issue)
    with pytest.raises(ReleaseError, match="which has passed: have them made again"):
        release(world, issue, NOW + timedelta(days=3))
    release(world, issue, NOW + timedelta(days=2))
    assert issue.state == "released"


def test_drafts_and_replaced_issues_are_never_released(world: World) -> None:
    old = made(world)
    issued(world)
    drafts = issued(world, "drafts")
    for row in (old, drafts):
        with pytest.raises(ReleaseError, match="Only the latest final documents"):
            release(world, row)


def test_a_letter_goes_to_whoever_the_bid_names_for_its_lead() -> None:
    people = (
        Contact("P", "rowan", "", "p@rowan.example"), Contact("N", "harbour"),
        Contact("H", "harbour", "", " h@harbour.example "), Contact("O", "", "", "o@harbour.example"),
    )  # fmt: skip
    bare = Submission.__new__(Submission)
    for contacts, expected in (
        (people, "h@harbour.example"), (people[:1], "p@rowan.example"), (people[1:2], ""), ((), ""),
    ):  # fmt: skip
        object.__setattr__(bare, "contacts", contacts)
        assert delivering._named(bare, "harbour") == expected


def test_a_tenderer_without_an_address_reads_its_letter_in_the_workspace_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = made(world)
    first = rows_of(issue)[0]
    real = delivering.recipients
    monkeypatch.setattr(delivering, "recipients", lambda file, rows: {**real(file, rows), first.bid_id: ""})
    release(world, issue)
    row = rows_of(issue)[0]
    assert (row.recipient, row.secret_sha256, row.id in mails()) == ("", None, False)
    assert [found.id for found in reads.letters_to(world.tender.id, [row.bid_id])] == [row.id]


def test_the_register_says_when_each_mail_left_and_when_each_letter_was_opened(world: World) -> None:
    issue = made(world)
    release(world, issue)
    first, second, *_ = rows_of(issue)
    sent = mails()
    sent[first.id].sent_at, sent[second.id].tries = NOW, len(PAUSES)
    delivering.opened_by(world.tender, first, at=NOW)
    delivering.opened_by(world.tender, first, at=NOW + timedelta(hours=1))
    assert [event.action for event in recorded()] == ["letter_read"]
    found = {it.paper.id: it for it in reads.letters_of(world.tender.id)}
    assert len(found) == len(rows_of(issue))
    assert (found[first.id].mailed_at, found[first.id].paper.read_at) == (NOW, NOW)
    assert (found[second.id].given_up, found[first.id].given_up) == (True, False)
    assert len(PAUSES) == reads.MOST_MAIL_TRIES


def test_bids_that_no_letter_is_about_are_named(world: World) -> None:
    issue = made(world)
    release(world, issue)
    told = {row.bid_id for row in rows_of(issue)}
    untold = {row.id for row in reads.untold(world.tender.id)}
    assert untold & told == set()
    assert untold != set()


def test_only_a_released_letter_is_found(world: World) -> None:
    issue = made(world)
    (row, *_) = rows_of(issue)
    row.secret_sha256 = sha256(b"s" * 43).hexdigest()
    db.session.commit()
    assert reads.letter_by("s" * 43) is None
    assert reads.letters_to(world.tender.id, [row.bid_id]) == []
    assert reads.letters_to(world.tender.id, []) == ()


def test_the_record_behind_the_letters_is_the_one_that_was_approved(world: World) -> None:
    file = approved(world)
    issue = issued(world)
    frozen = delivering.frozen_file(issue)
    assert file.award is not None
    assert frozen == replace(file, award=replace(file.award, notices_sent=NOW.date()))
    assert db.session.query(DecisionPaperRecord).filter_by(kind="letter").count() > 0
