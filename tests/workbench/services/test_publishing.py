"""Sign-off, publication, change notices, giving a change up, and cancelling, as services of both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from unittest.mock import patch

import pytest
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import scoped_session

from exports import tender_file
from exports.rule_changes import rule_set_bytes
from tests.scoring.checks import ready
from tests.workbench.published import ADDRESS, AT, World, a_world, content_of, done, published, signed_off
from workbench.audit import recorded
from workbench.db import db
from workbench.models.audit import EventRecord
from workbench.models.tenders import PartRecord, RuleSetRecord
from workbench.parts import Part
from workbench.policies import NotForYou, NotNow
from workbench.queries import publishing as reads
from workbench.queries.tenders import draft_of
from workbench.services import StageError, publishing, tenders


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A tender that is ready."""
    yield a_world()
    recorded().clear()


def save(world: World, kind: str, key: str = "", **changes: object) -> None:
    part = draft_of(world.tender).part(kind, key)  # type: ignore[arg-type]
    content = {**part.content, **changes}
    tenders.save_part(world.tender, part, content, actor=world.actor("officer"), at=AT)
    done(world)


def change(world: World, reason: str = "More money", **values: object) -> None:
    arguments = {"digest": world.digest, "actor": world.actor("officer"), "at": AT + timedelta(days=2), **values}
    publishing.publish_change(world.tender, reason=reason, address=ADDRESS, **arguments)  # type: ignore[arg-type]
    done(world)


def give_up(world: World) -> None:
    stand, officer = reads.stand_of(draft_of(world.tender)), world.actor("officer")
    publishing.discard_copy(world.tender, stand=stand, actor=officer, at=AT)
    done(world)


def test_the_ready_file_has_nothing_unmet(world: World) -> None:
    assert [item.finding.message for item in reads.unmet_on(draft_of(world.tender), AT.date())] == []


def test_an_approver_signs_the_exact_digest(world: World) -> None:
    signed_off(world)
    assert (world.tender.stage, world.tender.signed_off_digest) == ("signed_off", world.digest)


def test_an_approver_who_wrote_part_of_it_cannot_sign(world: World) -> None:
    save(world, "basics", description="Support for victims of crime, in two lots.")
    writer = world.people["officer"][0]
    world.people["approver"].append(writer)
    actor = replace(world.actor("officer"), assignments=frozenset({(world.tender.id, "approver", "")}))
    with pytest.raises(NotForYou, match="You wrote part of this tender"):
        publishing.sign_off(world.tender, digest=world.digest, actor=actor, at=AT)


def test_nobody_signs_what_is_not_ready(world: World) -> None:
    save(world, "basics", description="")
    with pytest.raises(publishing.NotReadyError) as refusal:
        publishing.sign_off(world.tender, digest=world.digest, actor=world.actor("approver"), at=AT)
    assert refusal.value.findings


def test_a_sign_off_of_other_rules_than_those_seen_is_refused(world: World) -> None:
    with pytest.raises(publishing.OtherRulesError):
        publishing.sign_off(world.tender, digest="0" * 64, actor=world.actor("approver"), at=AT)


def test_a_save_after_the_sign_off_takes_it_back(world: World) -> None:
    signed_off(world)
    save(world, "basics", description="Support for victims of crime in two separate lots.")
    assert (world.tender.stage, world.tender.signed_off_digest) == ("draft", "")


def test_publication_freezes_rules_and_files_with_their_digests(world: World) -> None:
    published(world)
    tender, publication = world.tender, reads.publication_of(world.tender.id)
    assert publication is not None
    row = reads.rule_set_of(tender.id, 1)
    assert row is not None
    file = draft_of(tender).file
    assert file is not None
    assert row.canon == rule_set_bytes(file)
    assert sha256(row.canon).hexdigest() == row.sha256 == publication.sha256
    assert (tender.stage, tender.deadline, tender.published_at) == ("published", file.tender.deadline, AT)
    files = {each.name: each for each in reads.files_of(tender.id)}
    assert {"rules-1.json", "ocds-0.json"} <= set(files)
    assert all(sha256(each.content).hexdigest() == each.sha256 for each in files.values())
    event = db.session.query(EventRecord).order_by(EventRecord.seq.desc()).first()
    assert event is not None
    assert json.loads(event.canon)["details"]["files"] == {name: each.sha256 for name, each in files.items()}


def test_the_release_says_what_the_rules_say(world: World) -> None:
    published(world)
    release = json.loads(next(each for each in reads.files_of(world.tender.id) if each.name == "ocds-0.json").content)
    only = release["releases"][0]
    assert only["tag"] == ["tender"]
    assert only["tender"]["x_ruleSet"]["digest"] == world.digest
    assert {each["url"] for each in only["tender"]["documents"]} >= {f"{ADDRESS}files/rules-1.json"}


def test_the_published_rules_can_be_read_by_anybody_and_are_canonical(world: World) -> None:
    published(world)
    row = reads.rule_set_of(world.tender.id, 1)
    assert row is not None
    assert tender_file.canonical(row.canon)


def test_what_is_not_signed_off_cannot_be_published(world: World) -> None:
    with pytest.raises(NotNow):
        publishing.publish(world.tender, digest=world.digest, address=ADDRESS, actor=world.actor("officer"), at=AT)


def test_an_approver_cannot_publish(world: World) -> None:
    signed_off(world)
    with pytest.raises(NotForYou):
        publishing.publish(world.tender, digest=world.digest, address=ADDRESS, actor=world.actor("approver"), at=AT)


@pytest.mark.parametrize("table", ["rule_sets", "notices", "published_files"])
def test_what_is_published_can_be_changed_by_no_statement(world: World, table: str) -> None:
    published(world)
    save(world, "basics", description="Support for victims of any crime, in two lots.")
    change(world)
    column = "canon" if table == "rule_sets" else "reason" if table == "notices" else "content"
    with pytest.raises(DatabaseError, match="written once"):
        db.session.execute(db.text(f"UPDATE {table} SET {column} = {column}"))
    db.session.rollback()


def test_a_change_notice_makes_the_next_rule_set_with_reason_and_differences(world: World) -> None:
    published(world)
    save(world, "lot", "adult", annual_budget="290000.00")
    save(world, "lot", "adult", base_value="870000.00")
    copy = reads.working_copy(reads.publication_of(world.tender.id), draft_of(world.tender))  # type: ignore[arg-type]
    assert copy.material
    if reads.unmet_on(draft_of(world.tender), AT.date()):
        pytest.fail("the change itself must be ready")
    change(world)
    (notice,) = reads.notices_of(world.tender.id)
    assert (notice.number, notice.kind, notice.rule_set, notice.reason) == (1, "change", 2, "More money")
    assert [each.before for each in notice.changes][:1] == ["£300,000"]
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    assert (publication.rule_set, publication.sha256, publication.version) == (2, world.digest, 2)
    names = {each.name for each in reads.files_of(world.tender.id)}
    assert {"rules-2.json", "ocds-1.json"} <= names
    assert reads.rule_set_of(world.tender.id, 1) is not None


def test_a_notice_without_a_change_is_refused(world: World) -> None:
    published(world)
    with pytest.raises(publishing.NothingToChangeError):
        change(world)


def test_a_working_copy_with_another_deadline_is_no_change_notice(world: World) -> None:
    published(world)
    save(world, "timetable", deadline="2024-10-04T11:00:00Z")
    with pytest.raises(publishing.NotReadyError, match="own page"):
        change(world)


def test_rules_never_change_after_the_deadline(world: World) -> None:
    published(world)
    save(world, "basics", description="Support for victims of any crime.")
    with pytest.raises(StageError, match="deadline has passed"):
        change(world, at=ready.file().tender.deadline)


def test_a_change_of_other_rules_than_those_seen_is_refused(world: World) -> None:
    published(world)
    save(world, "basics", description="Support for victims of any crime.")
    with pytest.raises(publishing.OtherRulesError):
        change(world, digest="0" * 64)


def test_a_draft_that_is_saved_after_publication_leaves_the_published_rules_as_they_are(world: World) -> None:
    published(world)
    before = reads.publication_of(world.tender.id).version  # type: ignore[union-attr]
    save(world, "basics", title="Something else entirely")
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    assert publication.version == before
    assert reads.rules_in_force(publication).tender.title == ready.file().tender.title
    assert world.tender.title == ready.file().tender.title


def test_giving_the_working_copy_up_brings_every_part_back(world: World) -> None:
    published(world)
    before = {(part.kind, part.key): part.content for part in draft_of(world.tender).parts}
    officer = world.actor("officer")
    save(world, "basics", title="Something else")
    tenders.save_part(world.tender, Part("lot", "extra"), {"id": "extra", "title": "Extra"}, actor=officer, at=AT)
    done(world)
    tenders.remove_part(world.tender, draft_of(world.tender).part("lot", "children"), actor=officer, at=AT)
    done(world)
    give_up(world)
    assert {(part.kind, part.key): part.content for part in draft_of(world.tender).parts} == before


@pytest.mark.parametrize("consistent", [False, True])
def test_rules_changed_in_the_database_are_not_passed_off_as_published(world: World, consistent: bool) -> None:
    published(world)
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    true = reads.rules_in_force(publication)
    canon = rule_set_bytes(replace(true, tender=replace(true.tender, title="Forged")))
    forged = RuleSetRecord(canon=canon, sha256=sha256(canon).hexdigest() if consistent else publication.sha256)
    with (
        patch.object(reads, "rule_set_of", lambda *_: forged),
        pytest.raises(reads.UnreadableRules, match="means"),
    ):
        reads.rules_in_force(publication)


def test_giving_up_keeps_what_publication_does_not_freeze(world: World) -> None:
    published(world)
    kept = content_of(world, "governance")
    save(world, "governance", board=["Somebody else"], conflicts_assessed_on="2024-07-20")
    give_up(world)
    assert content_of(world, "governance") == {**kept, "conflicts_assessed_on": "2024-07-20"}


def test_giving_up_makes_open_pages_stale_only_where_something_changed(world: World) -> None:
    published(world)
    save(world, "basics", title="Something else")
    give_up(world)
    versions = {(row.kind, row.key): row.version for row in db.session.query(PartRecord)}
    assert versions.pop(("basics", "")) == 3
    assert set(versions.values()) == {1}


def test_a_draft_is_cancelled_without_a_notice(world: World) -> None:
    publishing.cancel(world.tender, reason="No money", address=ADDRESS, actor=world.actor("officer"), at=AT)
    done(world)
    assert (world.tender.stage, world.tender.cancel_reason, list(reads.notices_of(world.tender.id))) == (
        "cancelled", "No money", [],
    )  # fmt: skip


def test_a_published_tender_is_cancelled_by_a_numbered_notice_and_a_release(world: World) -> None:
    published(world)
    publishing.cancel(world.tender, reason="No money", address=ADDRESS, actor=world.actor("officer"), at=AT)
    done(world)
    (notice,) = reads.notices_of(world.tender.id)
    assert (notice.number, notice.kind, notice.rule_set) == (1, "cancellation", 1)
    kept = next(each for each in reads.files_of(world.tender.id) if each.name == "ocds-1.json")
    assert json.loads(kept.content)["releases"][0]["tag"] == ["tenderCancellation"]
    with pytest.raises(NotNow):
        publishing.cancel(world.tender, reason="Again", address=ADDRESS, actor=world.actor("officer"), at=AT)
