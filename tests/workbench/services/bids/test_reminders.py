"""Reminders: who is told what, when, once each, and never whether there are bids."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from exports import tender_file
from lots.sealing import Custodian, Sealing
from scoring.tender_file import TenderFile
from tests.scoring.checks import ready
from tests.workbench.published import ADDRESS, AT, World, a_world, done, published
from workbench.audit import recorded
from workbench.db import db
from workbench.models.bids import (
    CustodianKeyRecord,
    DraftRecord,
    FollowerRecord,
    MailRecord,
    OpeningRecord,
    PartnerLinkRecord,
)
from workbench.queries import publishing as reads
from workbench.services import deadlines, publishing, questions
from workbench.services.bids import followers
from workbench.services.bids.followers import Links
from workbench.services.bids.reminders import remind

LINKS = Links("https://tenders.example", ("k" * 48,))
TO = "finance@harbour.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def with_sealing(sealing: Sealing) -> TenderFile:
    file = ready.file()
    return replace(file, tender=replace(file.tender, sealing=sealing))


def a_follower(world: World, email: str = TO, draft_id: str = "", at: datetime = AT) -> FollowerRecord:
    """Add an address that has confirmed."""
    row = FollowerRecord(tender_id=world.tender.id, email=email, draft_id=draft_id, asked_at=at, confirmed_at=at)
    db.session.add(row)
    db.session.commit()
    return row


def run(at: datetime) -> list[tuple[str, str]]:
    """Remind, and list what is new as (what about, to whom)."""
    before = {row.id for row in db.session.scalars(select(MailRecord))}
    remind(LINKS, at=at)
    db.session.commit()
    rows = db.session.scalars(select(MailRecord).order_by(MailRecord.about, MailRecord.recipient))
    return [(row.about.partition(":")[0], row.recipient) for row in rows if row.id not in before]


def deadline_of(world: World) -> datetime:
    assert world.tender.deadline is not None
    return world.tender.deadline


def texts() -> list[str]:
    return [f"{row.subject}\n{row.text}" for row in db.session.scalars(select(MailRecord))]


@pytest.fixture
def world(db_session: scoped_session) -> World:
    return published(a_world())


def moved(world: World, by: timedelta, at: datetime) -> None:
    deadlines.move_deadline(
        world.tender, deadline_of(world) + by, reason="Roads.", address=ADDRESS, actor=world.actor("officer"), at=at
    )
    done(world)


# --- notices and answers ------------------------------------------------------------------------------------


def test_a_notice_reaches_every_follower_who_confirmed_before_it_once(world: World) -> None:
    a_follower(world)
    a_follower(world, "late@harbour.example", at=AT + 3 * HOUR)
    db.session.add(FollowerRecord(tender_id=world.tender.id, email="silent@harbour.example", asked_at=AT))
    moved(world, 3 * HOUR, AT + 2 * HOUR)
    assert run(AT + 4 * HOUR) == [("notice", TO)]
    assert run(AT + 5 * HOUR) == []
    assert "its deadline has moved" in texts()[0]
    assert f"https://tenders.example/notices/{world.tender.id}/#notice-1" in texts()[0]


def test_a_public_answer_reaches_followers_and_a_private_one_nobody(world: World) -> None:
    a_follower(world)
    asked = questions.Asked("Ada", "Harbour", TO, "May we bid as two?")
    for state in ("public", "private"):
        row = questions.ask(reads.publication_of(world.tender.id), world.tender, asked, at=AT + 2 * HOUR)
        done(world)
        who = world.actor("officer")
        if state == "public":
            told = {"text": "May two bid?", "answer": "Yes, see http://evil.example"}
            questions.answer_all(world.tender, row, **told, version=row.version, actor=who, at=AT + 2 * HOUR)
        else:
            told = {"answer": "No.", "reason": "Your price."}
            questions.answer_privately(world.tender, row, **told, version=row.version, actor=who, at=AT + 2 * HOUR)
        done(world)
    assert run(AT + 3 * HOUR) == [("answer", TO)]
    assert "evil" not in texts()[0]


def test_a_cancellation_is_told_and_nothing_is_reminded_of_after_it(world: World) -> None:
    a_follower(world)
    publishing.cancel(world.tender, reason="No money.", address=ADDRESS, actor=world.actor("officer"), at=AT + HOUR)
    done(world)
    assert run(AT + 2 * HOUR) == [("notice", TO)]
    assert run(deadline_of(world) - HOUR) == []


def test_who_ended_it_is_told_nothing_more(world: World) -> None:
    row = a_follower(world)
    token = LINKS.end(row).rpartition("/")[2]
    followers.end(world.tender, token, LINKS, at=AT + HOUR)
    done(world)
    moved(world, 3 * HOUR, AT + 2 * HOUR)
    assert run(AT + 4 * HOUR) == []


# --- the deadline -------------------------------------------------------------------------------------------


def test_followers_are_reminded_two_working_days_before_and_on_the_day(world: World) -> None:
    """The deadline is noon in London on a Friday, so two working days before it is the Wednesday."""
    a_follower(world)
    due = deadline_of(world)
    assert f"{due:%A %H:%M}" == "Friday 11:00"
    told = {}
    at = due - 6 * DAY
    while at < due + 2 * DAY:
        told |= {about: f"{at:%A %H:%M}" for about, _ in run(at)}
        at += HOUR / 2
    assert told["before"] == "Wednesday 06:00"
    assert told["on-the-day"] == "Friday 06:00"


def test_a_moved_deadline_is_reminded_of_again(world: World) -> None:
    a_follower(world)
    due = deadline_of(world)
    assert ("before", TO) in run(due - 2 * DAY)
    moved(world, 14 * DAY, due - DAY)
    assert run(due - DAY) == [("notice", TO)]
    assert ("before", TO) in run(due + 12 * DAY)


def test_no_reminder_says_whether_there_are_bids(world: World) -> None:
    a_follower(world)
    for days in (6, 3, 1, 0):
        run(deadline_of(world) - days * DAY - HOUR)
    run(deadline_of(world) + HOUR)
    assert texts()
    said = " ".join(texts()).casefold()
    assert [
        words for words in ("submitted", "received", "bids so far", "other bid", "no bid yet") if words in said
    ] == []


def test_a_draft_with_a_silent_partner_is_reminded_and_one_whose_partners_answered_is_not(world: World) -> None:
    for name, replied_to in (("silent", None), ("older", 1), ("fine", 2)):
        draft = DraftRecord(
            tender_id=world.tender.id, lookup=name, content=b"x", created_at=AT, changed_at=AT
        )  # fmt: skip
        db.session.add(draft)
        db.session.flush()
        db.session.add(
            PartnerLinkRecord(
                draft_id=draft.id, lookup=name, version=2, offer=b"x", offered_at=AT, replied_to=replied_to,
                replied_at=AT if replied_to else None,
            )
        )  # fmt: skip
        a_follower(world, f"{name}@harbour.example", draft.id)
    at = deadline_of(world) - 3 * DAY
    partners = sorted(found for found in run(at) if found[0].startswith("partner"))
    assert partners == [("partner-3", "older@harbour.example"), ("partner-3", "silent@harbour.example")]
    assert [found for found in run(at + HOUR) if found[0].startswith("partner")] == []


# --- the buyer's people -------------------------------------------------------------------------------------


def custodians(world: World) -> list[str]:
    """Give each opener a key and return their addresses."""
    for number, person in enumerate(world.people["opener"]):
        db.session.add(
            CustodianKeyRecord(
                tender_id=world.tender.id, title=f"Opener {number}", recipient=f"age1{number}", user_id=person.id,
                made_by=person.id, made_at=AT, challenge="x", challenge_sha256="x",
            )
        )  # fmt: skip
    db.session.commit()
    return sorted(person.email for person in world.people["opener"])


def test_openers_who_hold_keys_check_them_three_working_days_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.services.bids import reminders

    held = Sealing(custodians=(Custodian("One", "age1a"), Custodian("Two", "age1b")))
    monkeypatch.setattr(reminders, "_sealing", lambda _: held)
    openers = custodians(world)
    assert run(deadline_of(world) - 4 * DAY) == []
    assert run(deadline_of(world) - 3 * DAY) == [("key-check", opener) for opener in openers]


def test_closing_and_then_opening_wait_for_those_who_do_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.services.bids import reminders

    monkeypatch.setattr(reminders, "_sealing", lambda _: Sealing("server", server_recipient="age1x"))
    at = deadline_of(world) + timedelta(seconds=119)
    assert run(at) == []
    people = sorted(person.email for role in ("officer", "opener") for person in world.people[role])
    assert run(at + timedelta(seconds=1)) == [("closing", each) for each in people]
    deadlines.close_tender(world.tender, actor=world.actor("officer"), at=at + HOUR)
    recorded().clear()
    db.session.commit()
    openers = [person.email for person in world.people["opener"]]
    assert run(at + 2 * HOUR) == [("opening", each) for each in sorted(openers)]
    first = world.people["opener"][0]
    db.session.add(
        OpeningRecord(
            tender_id=world.tender.id, kind="bid", first_by=first.id, first_name=first.name, first_key=0,
            first_at=at + 3 * HOUR, layers="{}",
        )
    )  # fmt: skip
    db.session.commit()
    assert run(at + 4 * HOUR) == [("opening-second", openers[1])]


def test_officers_are_told_once_a_day_that_a_question_waits(world: World) -> None:
    asked = questions.Asked("Ada", "Harbour", TO, "May we bid as two?")
    questions.ask(reads.publication_of(world.tender.id), world.tender, asked, at=AT + HOUR)
    done(world)
    officers = [("questions", person.email) for person in world.people["officer"]]
    assert run(AT + 8 * HOUR) == []
    assert run(AT + DAY) == sorted(officers)
    assert run(AT + DAY + HOUR) == []
    assert run(AT + 2 * DAY) == sorted(officers)


def test_nobody_who_was_deactivated_is_told(world: World) -> None:
    for person in world.people["officer"]:
        person.active = False
    db.session.commit()
    told = {to for _, to in run(deadline_of(world) + HOUR)}
    assert told == {person.email for person in world.people["opener"]}


# --- forgetting ---------------------------------------------------------------------------------------------


def test_an_address_that_nobody_confirmed_is_forgotten_after_a_week(world: World) -> None:
    db.session.add(FollowerRecord(tender_id=world.tender.id, email="silent@harbour.example", asked_at=AT))
    db.session.commit()
    run(AT + 7 * DAY)
    assert db.session.query(FollowerRecord).count() == 1
    run(AT + 7 * DAY + timedelta(seconds=1))
    assert db.session.query(FollowerRecord).count() == 0


def test_the_sealing_of_a_tender_is_read_from_its_rules() -> None:
    file = with_sealing(Sealing("server", server_recipient="age1x"))
    again, _ = tender_file.read(tender_file.write(file))
    assert again is not None
    assert again.tender.sealing == Sealing("server", server_recipient="age1x")
