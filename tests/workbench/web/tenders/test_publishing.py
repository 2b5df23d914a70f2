"""The pages from sign-off to cancelling, the officers' questions, and the audit trail, as people use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.scoring.checks import ready
from tests.workbench import factories as rows
from tests.workbench.conftest import submit
from tests.workbench.published import (
    AT,
    World,
    a_world,
    address,
    client_of,
    done,
    published,
    signed_off,
    without_memory,
)
from tests.workbench.signing import signed_in
from workbench import chain_export
from workbench.app import Workbench
from workbench.arrival_rules import DRAIN
from workbench.db import db
from workbench.models.publishing import QuestionRecord
from workbench.queries import history
from workbench.queries import publishing as reads
from workbench.queries.tenders import draft_of
from workbench.services import questions, tenders
from workbench.web.mailing import MAILS

DEADLINE = ready.file().tender.deadline
LATER = {"deadline": ["4", "10", "2024", "12:00"]}


@pytest.fixture
def clock(lite_app: Workbench) -> Iterator[time_machine.Coordinates]:
    """The application at the moment of the world, and a clock to move."""
    with lite_app.app_context(), time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def world(clock: time_machine.Coordinates) -> World:
    """A tender that is ready to be signed off."""
    return a_world()


def hidden(text: str, name: str = "digest") -> str:
    (found,) = set(re.findall(rf'name="{name}" type="hidden" value="([0-9a-f]{{64}})"', text))
    return str(found)


def save(world: World, kind: str, key: str = "", **changes: object) -> None:
    part = draft_of(world.tender).part(kind, key)  # type: ignore[arg-type]
    actor = world.actor("officer")
    tenders.save_part(world.tender, part, {**part.content, **changes}, actor=actor, at=datetime.now(UTC))
    done(world)


def test_from_sign_off_to_the_public_page(world: World, lite_app: Workbench) -> None:
    approver, officer = client_of(lite_app, world, "approver"), client_of(lite_app, world, "officer")
    page = approver.get(address(world, "publish")).text
    assert "What will be public" in page
    assert world.digest in page
    signed = submit(approver, address(world, "sign-off"), {"digest": hidden(page), "read": "y"})
    assert signed.status_code == 303
    page = officer.get(address(world, "publish")).text
    sent = submit(officer, address(world, "publish"), {"digest": hidden(page)})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/tenders/{world.tender.id}/")
    assert officer.get(f"/notices/{world.tender.id}/").status_code == 200


def test_the_page_shows_what_the_public_page_will_show(world: World, lite_app: Workbench) -> None:
    before = client_of(lite_app, world, "approver").get(address(world, "publish")).text
    published(world)
    after = without_memory(lite_app.test_client()).get(f"/notices/{world.tender.id}/").text
    start = '<h2 class="govuk-heading-l tw-target" id="lots">'
    shown = before[before.index(start) : before.index("</dl>", before.index('id="timetable"'))]
    assert shown in after


def test_what_is_unmet_is_named_with_its_link_and_nobody_can_sign(world: World, lite_app: Workbench) -> None:
    save(world, "basics", description="")
    approver = client_of(lite_app, world, "approver")
    page = approver.get(address(world, "publish"))
    assert "What stops publication" in page.text
    assert f'href="{address(world, "basics/edit")}' in page.text or f'href="{address(world)}' in page.text
    assert ">Sign off</button>" not in page.text
    sent = submit(approver, address(world, "sign-off"), {"digest": world.digest, "read": "y"})
    assert sent.status_code == 422
    assert world.tender.stage == "draft"


def test_a_sign_off_without_the_tick_says_so(world: World, lite_app: Workbench) -> None:
    approver = client_of(lite_app, world, "approver")
    sent = submit(approver, address(world, "sign-off"), {"digest": world.digest})
    assert sent.status_code == 422
    assert "Read what will be published, then tick this box" in sent.text


def test_a_save_between_the_page_and_the_signature_stops_it(world: World, lite_app: Workbench) -> None:
    approver = client_of(lite_app, world, "approver")
    digest = hidden(approver.get(address(world, "publish")).text)
    save(world, "basics", description="Other words for the same support.")
    sent = submit(approver, address(world, "sign-off"), {"digest": digest, "read": "y"})
    assert sent.status_code == 422
    assert "The rules were changed after you opened this page" in sent.text


@pytest.mark.parametrize("role", ["officer", "evaluator", "moderator", "finance", "opener", "auditor"])
def test_only_approvers_sign(world: World, lite_app: Workbench, role: str) -> None:
    sent = submit(client_of(lite_app, world, role), address(world, "sign-off"), {"digest": world.digest, "read": "y"})
    assert sent.status_code == 403


def test_an_unknown_field_is_refused(world: World, lite_app: Workbench) -> None:
    approver = client_of(lite_app, world, "approver")
    sent = submit(approver, address(world, "sign-off"), {"digest": world.digest, "read": "y", "stage": "published"})
    assert sent.status_code == 400


def test_somebody_of_another_authority_finds_no_page(world: World, lite_app: Workbench) -> None:
    stranger = rows.a_user(rows.an_authority(), "officer")
    db.session.commit()
    client = without_memory(signed_in(lite_app, stranger.fs_uniquifier))
    published(world)
    for page in ("publish", "change", "deadline", "cancel", "questions/", "history", "history/export"):
        assert client.get(address(world, page)).status_code == 404


def test_a_change_is_shown_explained_and_published(world: World, lite_app: Workbench) -> None:
    published(world)
    save(world, "lot", "adult", title="Adult service")
    officer = client_of(lite_app, world, "officer")
    assert "Not published yet:" in officer.get(address(world)).text
    page = officer.get(address(world, "change")).text
    assert "Adult service" in page
    assert "Nothing that decides a bid changes" in page
    bare = submit(officer, address(world, "change"), {"digest": hidden(page), "reason": " "})
    assert bare.status_code == 422
    assert "Say why" in bare.text
    sent = submit(officer, address(world, "change"), {"digest": hidden(page), "reason": "A wrong name"})
    assert sent.headers["Location"] == f"/tenders/{world.tender.id}/"
    assert "Not published yet:" not in officer.get(address(world)).text
    assert "A wrong name" in without_memory(lite_app.test_client()).get(f"/notices/{world.tender.id}/").text


def test_a_material_change_says_what_it_means_for_bids_that_are_in(world: World, lite_app: Workbench) -> None:
    published(world)
    part = draft_of(world.tender).part("methodology", ready.file().methodologies[0].id)
    save(world, "methodology", part.key, quorum=2)
    page = client_of(lite_app, world, "officer").get(address(world, "change")).text
    assert "has to be confirmed under version 2" in page


def test_the_working_copy_is_discarded(world: World, lite_app: Workbench) -> None:
    published(world)
    save(world, "basics", title="Another name")
    officer = client_of(lite_app, world, "officer")
    stand = hidden(officer.get(address(world, "change")).text, "stand")
    assert submit(officer, address(world, "change/discard"), {"stand": stand}).status_code == 303
    assert "says what is published" in officer.get(address(world, "change")).text


def test_one_officer_moves_the_deadline_before_it_has_passed(world: World, lite_app: Workbench) -> None:
    published(world)
    officer = client_of(lite_app, world, "officer")
    sent = submit(officer, address(world, "deadline"), {**LATER, "reason": "A file was missing"})
    assert sent.status_code == 303
    assert world.tender.deadline == datetime(2024, 10, 4, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["4", "10", "2024", "00:00"], "midnight"),
        (["26", "9", "2024", "12:00"], "never earlier"),
        (["30", "3", "2025", "01:30"], "does not exist in London"),
        (["27", "10", "2024", "01:30"], "happens twice in London"),
        (["31", "2", "2025", "12:00"], "There is no 31/2/2025"),
        (["", "", "", ""], "Enter the new deadline"),
    ],
)
def test_a_deadline_that_misleads_or_is_earlier_is_refused(
    world: World, lite_app: Workbench, typed: list[str], said: str
) -> None:
    published(world)
    officer = client_of(lite_app, world, "officer")
    sent = submit(officer, address(world, "deadline"), {"deadline": typed, "reason": "Why not"})
    assert sent.status_code == 422
    assert said in sent.text
    assert "Why not" in sent.text
    assert world.tender.deadline == DEADLINE


def test_after_the_deadline_it_takes_two(world: World, lite_app: Workbench, clock: time_machine.Coordinates) -> None:
    published(world)
    clock.move_to(DEADLINE + timedelta(minutes=10))
    officer, other = client_of(lite_app, world, "officer"), client_of(lite_app, world, "officer", 1)
    asked = {**LATER, "reason": "The site was down", "outage": "No answers from 11:20 to 12:04, by the probe"}
    assert submit(officer, address(world, "deadline"), {**LATER, "reason": "x"}).status_code == 422
    assert submit(officer, address(world, "deadline"), asked).status_code == 303
    assert world.tender.deadline == DEADLINE
    assert submit(officer, address(world, "deadline/confirm")).status_code == 403
    assert "You asked for it" in officer.get(address(world, "deadline")).text
    assert submit(other, address(world, "deadline/confirm")).status_code == 303
    assert world.tender.deadline == datetime(2024, 10, 4, 11, 0, tzinfo=UTC)
    assert submit(other, address(world, "deadline/confirm")).status_code == 422


def test_a_closed_tender_that_is_given_more_time_is_open_again(
    world: World, lite_app: Workbench, clock: time_machine.Coordinates
) -> None:
    published(world)
    clock.move_to(DEADLINE + timedelta(minutes=10))
    officer = client_of(lite_app, world, "officer")
    assert submit(officer, address(world, "close")).status_code == 303
    assert world.tender.stage == "closed"
    submit(officer, address(world, "deadline"), {**LATER, "reason": "Outage", "outage": "No answers"})
    assert submit(client_of(lite_app, world, "approver"), address(world, "deadline/confirm")).status_code == 303
    assert world.tender.stage == "published"


def test_a_second_person_may_decline(world: World, lite_app: Workbench, clock: time_machine.Coordinates) -> None:
    published(world)
    clock.move_to(DEADLINE + timedelta(minutes=10))
    asked = {**LATER, "reason": "The site was down", "outage": "Nothing on record"}
    submit(client_of(lite_app, world, "officer"), address(world, "deadline"), asked)
    assert submit(client_of(lite_app, world, "approver"), address(world, "deadline/decline")).status_code == 303
    assert (world.tender.deadline, reads.open_request(world.tender.id)) == (DEADLINE, None)


def test_a_tender_closes_after_its_deadline_and_no_sooner_than_its_questions_are_answered(
    world: World, lite_app: Workbench, clock: time_machine.Coordinates
) -> None:
    row = asked(published(world))
    clock.move_to(DEADLINE + DRAIN - timedelta(seconds=1))
    officer = client_of(lite_app, world, "officer")
    assert "two minutes after its deadline" in submit(officer, address(world, "close")).text
    clock.move_to(DEADLINE + DRAIN)
    assert "Answer the open question first" in submit(officer, address(world, "close")).text
    questions.answer_privately(
        world.tender, row, answer="No", reason="It names a person", version=1, actor=world.actor("officer"),
        at=datetime.now(UTC),
    )  # fmt: skip
    done(world)
    assert submit(officer, address(world, "close")).status_code == 303
    assert world.tender.stage == "closed"


def test_a_cancellation_needs_a_reason_and_the_tick(world: World, lite_app: Workbench) -> None:
    officer = client_of(lite_app, world, "officer")
    assert submit(officer, address(world, "cancel"), {"reason": "No money"}).status_code == 422
    assert submit(officer, address(world, "cancel"), {"sure": "y"}).status_code == 422
    assert submit(officer, address(world, "cancel"), {"reason": "No money", "sure": "y"}).status_code == 303
    assert world.tender.stage == "cancelled"
    assert "No money" in officer.get(address(world)).text


def asked(world: World, text: str = "Does Harbour Trust’s lease in Weston matter?") -> QuestionRecord:
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    told = questions.Asked("Ada Quill", "Harbour Trust", "ada@harbour.example", text)
    row = questions.ask(publication, world.tender, told, at=datetime.now(UTC))
    done(world)
    return row


def test_words_that_tell_who_asked_are_named_before_they_are_published(world: World, lite_app: Workbench) -> None:
    published(world)
    row = asked(world)
    officer = client_of(lite_app, world, "officer")
    here = address(world, f"questions/{row.id}")
    assert "Ada Quill" in officer.get(here).text
    answer = {"published_text": row.question, "answer": "No.", "_version": "1"}
    stopped = submit(officer, f"{here}/answer", answer)
    assert stopped.status_code == 422
    assert "This would tell who asked: “Harbour Trust”" in stopped.text
    sent = submit(officer, f"{here}/answer", {**answer, "published_text": "Does a lease matter?"})
    assert sent.status_code == 303
    assert (row.state, row.public_number, row.published_text) == ("public", 1, "Does a lease matter?")


def test_the_officer_may_say_that_the_words_tell_nobody(world: World, lite_app: Workbench) -> None:
    published(world)
    row = asked(world)
    answer = {"published_text": row.question, "answer": "No.", "_version": "1", "sure": "y"}
    sent = submit(client_of(lite_app, world, "officer"), address(world, f"questions/{row.id}/answer"), answer)
    assert sent.status_code == 303


def test_a_private_answer_goes_to_the_asker_and_nobody_else(world: World, lite_app: Workbench) -> None:
    published(world)
    row = asked(world)
    mails: list[tuple[str, str, str]] = []
    lite_app.extensions[MAILS] = lambda *mail: mails.append(mail)
    officer = client_of(lite_app, world, "officer")
    answer = {"private_answer": "Only for you: CANARY", "reason": "Commercial", "_version": "1"}
    sent = submit(officer, address(world, f"questions/{row.id}/answer-privately"), answer)
    assert sent.status_code == 303
    assert [(to, "CANARY" in text) for to, _, text in mails] == [("ada@harbour.example", True)]
    public = without_memory(lite_app.test_client())
    for page in ("", "questions"):
        assert "CANARY" not in public.get(f"/notices/{world.tender.id}/{page}").text
    assert "CANARY" not in client_of(lite_app, world, "evaluator").get(address(world, f"questions/{row.id}")).text


def test_who_asked_is_told_to_officers_and_auditors_only(world: World, lite_app: Workbench) -> None:
    published(world)
    row = asked(world)
    seen = {}
    for role in ("officer", "auditor", "approver", "evaluator", "moderator", "finance", "opener"):
        client = client_of(lite_app, world, role)
        texts = (client.get(address(world, f"questions/{row.id}")).text, client.get(address(world, "questions/")).text)
        seen[role] = any("Quill" in text or "Harbour" in text for text in texts)
    trail = client_of(lite_app, world, "approver").get(address(world, "history")).text
    assert [role for role, told in seen.items() if told] == ["officer", "auditor"]
    assert "Quill" not in trail
    assert "Harbour" not in trail


def test_two_officers_who_answer_at_once_never_both_do(world: World, lite_app: Workbench) -> None:
    published(world)
    row = asked(world, "When does it start?")
    answer = {"published_text": "When does it start?", "answer": "In April.", "_version": "1"}
    here = address(world, f"questions/{row.id}/answer")
    assert submit(client_of(lite_app, world, "officer"), here, answer).status_code == 303
    second = submit(client_of(lite_app, world, "officer", 1), here, {**answer, "answer": "In May."})
    assert second.status_code == 409
    assert "In May." in second.text
    assert row.answer == "In April."


def test_the_trail_tells_what_happened_in_plain_words_and_checks_itself(world: World, lite_app: Workbench) -> None:
    published(world)
    save(world, "basics", description="Other words for the same support.")
    page = client_of(lite_app, world, "approver").get(address(world, "history")).text
    for said in (
        "Published the tender; bids are due before 12:00 BST on Friday 27 September 2024", "Signed the tender off",
        "Other words for the same support.", "every event is as it was recorded", "10:00 BST on Thursday 1 August 2024",
    ):  # fmt: skip
        assert said in page, said


def test_the_exported_trail_is_verified_and_a_changed_one_is_not(world: World, lite_app: Workbench) -> None:
    published(world)
    sent = client_of(lite_app, world, "auditor").get(address(world, "history/export"))
    assert sent.headers["Content-Disposition"].startswith('attachment; filename="audit-trail-')
    assert chain_export.verify(sent.data) == ()
    assert chain_export.verify(sent.data.replace(b"signed_off", b"signed_on_")) != ()


def test_a_trail_that_was_tampered_with_says_so_on_its_page(world: World, lite_app: Workbench) -> None:
    published(world)
    db.session.execute(db.text("DROP TRIGGER events_never_update"))
    db.session.execute(db.text("UPDATE events SET canon = CAST(replace(canon, 'Approver', 'Somebody') AS BLOB)"))
    db.session.commit()
    assert history.verified(world.tender.id) != ()
    page = client_of(lite_app, world, "officer").get(address(world, "history")).text
    assert "does not hold together" in page


def test_every_event_of_a_whole_life_has_words_of_its_own(
    world: World, lite_app: Workbench, clock: time_machine.Coordinates
) -> None:
    published(world)
    officer = client_of(lite_app, world, "officer")
    asked(world)
    submit(officer, address(world, "deadline"), {**LATER, "reason": "A file was missing"})
    submit(officer, address(world, "cancel"), {"reason": "No money", "sure": "y"})
    events = history.trail_of(world.tender.id).events
    assert [event.what.split(" ")[0] for event in events] == ["Cancelled", "The", "Question", "Published", "Signed"]
    assert all(": " + world.tender.title not in event.what for event in events)


def test_the_task_list_says_what_comes_next(world: World, lite_app: Workbench, clock: time_machine.Coordinates) -> None:
    officer = client_of(lite_app, world, "officer")
    assert "signs the tender off" in officer.get(address(world)).text
    signed_off(world)
    assert "publishes the tender" in officer.get(address(world)).text


def test_after_publication_the_task_list_says_what_comes_next(
    world: World, lite_app: Workbench, clock: time_machine.Coordinates
) -> None:
    published(world)
    officer = client_of(lite_app, world, "officer")
    assert "57 days left" in officer.get(address(world)).text
    asked(world)
    assert "Answer 1 question" in officer.get(address(world)).text
    clock.move_to(DEADLINE + timedelta(hours=1))
    officer = client_of(lite_app, world, "officer")
    assert "Answer the open question first" in officer.get(address(world)).text
