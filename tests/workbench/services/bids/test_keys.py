"""Keys of custodians: registered by their holders, proved, lost, replaced; and the gate before publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import scoped_session

from tests.workbench.custodians import choose, prove, register, with_keys
from tests.workbench.published import ADDRESS, AT, World, a_world, content_of, done, published, signed_off
from workbench.audit import recorded
from workbench.db import Base, db
from workbench.models.accounts import AssignmentRecord
from workbench.models.bids import CustodianKeyRecord
from workbench.parts import Part
from workbench.policies import NotForYou, NotNow
from workbench.queries import publishing as publications
from workbench.queries.bids import keys as reads
from workbench.queries.tenders import draft_of
from workbench.sealing.key_files import KeyPair, answer, new_key
from workbench.services import StaleError, publishing, tenders
from workbench.services.bids import keys

LATER = AT + timedelta(days=3)


@pytest.fixture
def world(db_session: scoped_session) -> Iterator[World]:
    """A tender that is ready in every point, its bids received elsewhere."""
    yield a_world()
    recorded().clear()


def unmet(world: World, at: datetime = AT) -> list[str]:
    return [item.finding.code for item in publications.unmet_on(draft_of(world.tender), at.date())]


def custodians(world: World) -> list[str]:
    return [each["title"] for each in content_of(world, "sealing")["sealing"].get("custodians", [])]


def row_of(world: World, pair: KeyPair) -> CustodianKeyRecord:
    return next(row for row in reads.rows_of(world.tender.id) if row.recipient == pair.recipient)


def publish_change(world: World, at: datetime = LATER) -> None:
    publishing.publish_change(
        world.tender, reason="A key was lost", digest=world.digest, address=ADDRESS, actor=world.actor("officer"), at=at
    )
    done(world)


# --- registering ------------------------------------------------------------------------------------------------


def test_a_registered_key_stands_among_the_custodians_of_the_rules(world: World) -> None:
    choose(world)
    pair = new_key()
    register(world, pair, "Monitoring officer", world.actor("opener"))
    sealing = draft_of(world.tender).file.tender.sealing  # type: ignore[union-attr]
    assert [(each.title, each.recipient) for each in sealing.custodians] == [  # type: ignore[union-attr]
        ("Monitoring officer", pair.recipient)
    ]


def test_a_key_takes_the_sign_off_back(world: World) -> None:
    pairs = with_keys(world)
    signed_off(world)
    keys.remove_key(world.tender, row_of(world, pairs[2]), actor=world.actor("opener"), at=AT)
    done(world)
    assert (world.tender.stage, world.tender.signed_off_digest) == ("draft", "")


def test_whoever_registers_a_key_has_not_written_the_tender(world: World) -> None:
    with_keys(world)
    opener, officer = world.actor("opener"), world.actor("officer")
    wrote = [publications.wrote_any(world.tender.id, each.user_id) for each in (opener, officer)]
    part = db.session.execute(text("SELECT changed_by FROM parts WHERE kind = 'sealing'")).scalar_one()
    assert (wrote, part) == ([False, True], officer.user_id)


@pytest.mark.parametrize("role", ["officer", "approver", "evaluator", "auditor"])
def test_only_openers_register_keys(world: World, role: str) -> None:
    choose(world)
    with pytest.raises(NotForYou):
        keys.register_key(world.tender, new_key().recipient, actor=world.actor(role), at=AT)


def test_a_key_is_refused_where_nobody_has_chosen_custodians(world: World) -> None:
    with pytest.raises(keys.KeyRefusedError, match="no custodians"):
        keys.register_key(world.tender, new_key().recipient, actor=world.actor("opener"), at=AT)


def test_the_secret_half_is_refused_and_kept_nowhere(world: World) -> None:
    choose(world)
    with pytest.raises(keys.KeyRefusedError, match="secret half"):
        keys.register_key(world.tender, new_key().secret, actor=world.actor("opener"), at=AT)
    assert reads.rows_of(world.tender.id) == []


def test_nobody_holds_two_keys_and_no_key_is_held_twice(world: World) -> None:
    choose(world)
    first, second = world.actor("opener"), world.actor("opener", 1)
    pair = new_key()
    register(world, pair, "One", first)
    with pytest.raises(keys.KeyRefusedError, match="nobody holds two"):
        keys.register_key(world.tender, new_key().recipient, title="Two", actor=first, at=AT)
    with pytest.raises(keys.KeyRefusedError, match="known here already"):
        keys.register_key(world.tender, pair.recipient, title="Two", actor=second, at=AT)
    with pytest.raises(keys.KeyRefusedError, match="named “one” already"):
        keys.register_key(world.tender, new_key().recipient, title="one", actor=second, at=AT)


def test_there_is_one_paper_key(world: World) -> None:
    with_keys(world)
    with pytest.raises(keys.KeyRefusedError, match="paper key already"):
        keys.register_key(world.tender, new_key().recipient, paper=True, actor=world.actor("opener"), at=AT)


def test_a_removed_key_is_still_known_and_can_be_put_back(world: World) -> None:
    pairs = with_keys(world)
    row = row_of(world, pairs[0])
    keys.remove_key(world.tender, row, actor=world.actor("opener"), at=AT)
    done(world)
    assert custodians(world) == ["Internal audit", "Paper key"]
    keys.use_key(world.tender, row, actor=world.actor("opener"), at=AT)
    done(world)
    assert custodians(world) == ["Internal audit", "Paper key", "Monitoring officer"]
    assert unmet(world) == []


def test_an_officer_who_opened_the_page_before_a_key_came_cannot_save_over_it(world: World) -> None:
    choose(world)
    opened = draft_of(world.tender).part("sealing")
    register(world, new_key(), "One", world.actor("opener"))
    with pytest.raises(StaleError):
        tenders.save_part(world.tender, opened, {"sealing": {}}, actor=world.actor("officer"), at=AT)


def test_a_copy_of_a_tender_has_none_of_its_keys(world: World) -> None:
    with_keys(world, price_apart=True)
    draft = draft_of(world.tender)
    parts = [each for each in draft.parts if each.kind == "sealing"]
    basics = draft.part("basics")
    named = Part("basics", content={**basics.content, "reference": "another"})
    permitted = replace(world.actor("officer"), authority_roles=frozenset({"officer"}))
    copy = tenders.start_tender([named, *parts], came_from="a copy", actor=permitted, at=AT)
    assert draft_of(copy).part("sealing").content == {"sealing": {"price_apart": True}}


# --- the rehearsal ----------------------------------------------------------------------------------------------


def test_a_key_is_proved_by_what_only_it_opens(world: World) -> None:
    choose(world)
    pair, opener = new_key(), world.actor("opener")
    row = register(world, pair, "One", opener)
    assert keys.prove_key(world.tender, row, f" {answer(pair, row.challenge.encode())}\n", actor=opener, at=LATER)
    assert row.proved_at == LATER


def test_a_wrong_text_proves_nothing_and_is_remembered(world: World) -> None:
    choose(world)
    opener = world.actor("opener")
    row = register(world, new_key(), "One", opener)
    assert not keys.prove_key(world.tender, row, row.challenge_sha256, actor=opener, at=LATER)
    assert (row.proved_at, row.failed_at) == (None, LATER)
    done(world)


def test_the_text_of_an_earlier_proof_proves_nothing_later(world: World) -> None:
    choose(world)
    pair, opener = new_key(), world.actor("opener")
    row = register(world, pair, "One", opener)
    said = answer(pair, row.challenge.encode())
    proofs = [keys.prove_key(world.tender, row, said, actor=opener, at=at) for at in (AT, LATER)]
    assert proofs == [True, False]


def test_somebody_else_cannot_prove_or_lose_a_key(world: World) -> None:
    choose(world)
    row = register(world, new_key(), "One", world.actor("opener"))
    for act in (lambda who: keys.prove_key(world.tender, row, "x", actor=who, at=AT),
                lambda who: keys.report_lost(world.tender, row, actor=who, at=AT)):  # fmt: skip
        with pytest.raises(keys.KeyRefusedError, match="somebody else's"):
            act(world.actor("opener", 1))


def test_the_text_of_a_challenge_is_kept_nowhere(world: World) -> None:
    choose(world)
    pair = new_key()
    row = register(world, pair, "One", world.actor("opener"))
    said = answer(pair, row.challenge.encode())
    tables = [row for name in Base.metadata.tables for row in db.session.execute(text(f"SELECT * FROM {name}")).all()]
    assert any(pair.recipient in str(row) for row in tables)
    assert [row for row in tables if said in str(row) or pair.secret in str(row)] == []


# --- the gate ---------------------------------------------------------------------------------------------------


def test_three_proved_keys_let_a_tender_be_published(world: World) -> None:
    with_keys(world)
    assert unmet(world) == []
    published(world)
    assert world.tender.stage == "published"


def test_a_key_that_was_never_proved_stops_sign_off_and_publication(world: World) -> None:
    pairs, opener = with_keys(world), world.actor("opener")
    keys.remove_key(world.tender, row_of(world, pairs[0]), actor=opener, at=AT)
    done(world)
    register(world, new_key(), "New office", opener)
    assert unmet(world) == ["key_unproved"]
    with pytest.raises(publishing.NotReadyError):
        publishing.sign_off(world.tender, digest=world.digest, actor=world.actor("approver"), at=AT)


@pytest.mark.parametrize(("days", "codes"), [(30, []), (31, ["key_proof_old"] * 3)])
def test_a_proof_counts_for_thirty_days(world: World, days: int, codes: list[str]) -> None:
    with_keys(world, AT - timedelta(days=days))
    assert unmet(world) == codes


def test_a_proof_that_grew_old_after_the_sign_off_stops_publication(world: World) -> None:
    with_keys(world, AT - timedelta(days=30))
    signed_off(world)
    late = AT + timedelta(days=1)
    with pytest.raises(publishing.NotReadyError):
        publishing.publish(world.tender, digest=world.digest, address=ADDRESS, actor=world.actor("officer"), at=late)


def test_a_key_that_is_lost_stops_publication(world: World) -> None:
    pairs = with_keys(world)
    keys.report_lost(world.tender, row_of(world, pairs[1]), actor=world.actor("opener", 1), at=LATER)
    done(world)
    assert unmet(world, LATER) == ["key_unproved"]


def test_a_key_that_was_written_into_the_rules_by_other_means_is_not_trusted(world: World) -> None:
    with_keys(world)
    part = draft_of(world.tender).part("sealing")
    held = part.content["sealing"]["custodians"]
    swapped = [*held[:2], {"title": "Paper key", "recipient": new_key().recipient}]
    content = {"sealing": {**part.content["sealing"], "custodians": swapped}}
    tenders.save_part(world.tender, part, content, actor=world.actor("officer"), at=AT)
    done(world)
    assert unmet(world) == ["key_unregistered"]


def test_a_key_whose_holder_opens_no_more_stops_publication(world: World) -> None:
    with_keys(world)
    gone = world.people["opener"][1].id
    for held in db.session.query(AssignmentRecord).filter_by(user_id=gone).all():
        db.session.delete(held)
    db.session.flush()
    assert "key_holder_left" in unmet(world)


# --- after publication ------------------------------------------------------------------------------------------


def test_a_key_swapped_in_the_database_is_not_the_one_that_is_published(world: World) -> None:
    pairs = with_keys(world)
    published(world)
    thief = new_key()
    db.session.execute(
        text("UPDATE custodian_keys SET recipient = :new WHERE recipient = :old"),
        {"new": thief.recipient, "old": pairs[0].recipient},
    )
    publication = publications.publication_of(world.tender.id)
    assert publication is not None
    sealing = publications.rules_in_force(publication).tender.sealing
    assert sealing is not None
    assert sealing.recipients == tuple(pair.recipient for pair in pairs)


def replaced(world: World) -> tuple[list[KeyPair], KeyPair]:
    """A published tender whose second opener has lost their key and made another."""
    pairs = with_keys(world)
    published(world)
    second = world.actor("opener", 1)
    keys.report_lost(world.tender, row_of(world, pairs[1]), actor=second, at=AT + timedelta(days=1))
    done(world)
    keys.remove_key(world.tender, row_of(world, pairs[1]), actor=second, at=AT + timedelta(days=1))
    done(world)
    fresh = new_key()
    register(world, fresh, "Internal audit, new", second, AT + timedelta(days=1))
    return pairs, fresh


def test_another_key_after_publication_needs_its_proof_and_two_custodians(world: World) -> None:
    pairs, fresh = replaced(world)
    assert unmet(world, LATER) == ["keys_change_unsupported", "key_unproved"]
    prove(world, fresh, world.actor("opener", 1), LATER)
    assert unmet(world, LATER) == ["keys_change_unsupported"]
    prove(world, pairs[0], world.actor("opener"), LATER)
    assert unmet(world, LATER) == ["keys_change_unsupported"]
    with pytest.raises(publishing.NotReadyError):
        publish_change(world)
    prove(world, pairs[2], world.actor("opener"), LATER)
    assert unmet(world, LATER) == []


def test_the_rules_in_force_keep_the_earlier_key_until_the_notice(world: World) -> None:
    pairs, _ = replaced(world)
    publication = publications.publication_of(world.tender.id)
    assert publication is not None
    sealing = publications.rules_in_force(publication).tender.sealing
    assert sealing is not None
    assert sealing.recipients == tuple(pair.recipient for pair in pairs)


def test_the_notice_of_a_replaced_key_names_both(world: World) -> None:
    pairs, fresh = replaced(world)
    for pair, number in ((fresh, 1), (pairs[0], 0), (pairs[2], 0)):
        prove(world, pair, world.actor("opener", number), LATER)
    publish_change(world)
    notice = publications.notices_of(world.tender.id)[0]
    assert [(each.kind, each.label) for each in notice.changes] == [
        ("removed", "Key of “Internal audit”"), ("added", "Key of “Internal audit, new”"),
    ]  # fmt: skip


def test_other_changes_after_publication_ask_for_no_proof_of_a_key_in_force(world: World) -> None:
    with_keys(world, AT - timedelta(days=30))
    published(world)
    assert unmet(world, LATER) == []


def test_keys_stay_as_they_are_once_the_tender_is_closed(world: World) -> None:
    pairs = with_keys(world)
    published(world)
    world.tender.stage = "closed"
    db.session.flush()
    with pytest.raises(keys.KeyRefusedError, match="closed"):
        keys.remove_key(world.tender, row_of(world, pairs[0]), actor=world.actor("opener"), at=LATER)
    world.tender.stage = "opened"
    db.session.flush()
    with pytest.raises(NotNow):
        keys.report_lost(world.tender, row_of(world, pairs[0]), actor=world.actor("opener"), at=LATER)


def test_the_keys_are_asked_for_three_working_days_before_the_deadline(world: World) -> None:
    pairs = with_keys(world)
    published(world)
    sealing = reads.sealing_of(draft_of(world.tender))
    assert sealing is not None
    assert world.tender.deadline is not None
    begins = reads.check_of(world.tender, sealing, AT).begins  # type: ignore[union-attr]
    before, due = (datetime.combine(begins + timedelta(days=n), AT.timetz()) for n in (-1, 0))
    waiting = [reads.check_of(world.tender, sealing, at).waiting for at in (before, due)]  # type: ignore[union-attr]
    assert [len(each) for each in waiting] == [0, 3]
    prove(world, pairs[0], world.actor("opener"), due)
    assert [key.row.title for key in reads.check_of(world.tender, sealing, due).waiting] == [  # type: ignore[union-attr]
        "Internal audit", "Paper key",
    ]  # fmt: skip


def test_a_lost_key_warns_and_says_whether_the_others_suffice(world: World) -> None:
    pairs = with_keys(world)
    published(world)
    sealing = reads.sealing_of(draft_of(world.tender))
    assert sealing is not None
    said = []
    for pair, number in ((pairs[0], 0), (pairs[1], 1)):
        keys.report_lost(world.tender, row_of(world, pair), actor=world.actor("opener", number), at=LATER)
        done(world)
        check = reads.check_of(world.tender, sealing, LATER)
        said.append(check.words if check else "")
    assert said[0] == "The key of “Monitoring officer” could not be used. The other 2 keys suffice: any 2 open the bids"
    assert "only 1 key can be where 2 are needed" in said[1]
