"""Inviting people, giving roles, keeping duties apart: what is refused, and the one event that each act leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy.orm import scoped_session

from lots.errors import ProcurementError
from tests.workbench.factories import NOW, a_tender, a_user, an_actor, an_assignment, an_authority
from workbench.addresses import AddressError
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, InvitationRecord, UserRecord
from workbench.models.audit import EventRecord
from workbench.models.tenders import PartRecord, TenderRecord
from workbench.policies import FORBIDDEN_PAIRS, TENDER_ROLES, Actor, NotForYou, SeparationError
from workbench.queries import accounts as queries
from workbench.services import accounts, panel
from workbench.services.accounts import PersonError

PASSWORD = "teapot gravel mint"


@pytest.fixture
def boss(db_session: scoped_session) -> Actor:
    """An administrator, beside another one."""
    authority = an_authority()
    a_user(authority, "administrator")
    return an_actor(a_user(authority, "administrator"))


@pytest.fixture
def tender(db_session: scoped_session) -> TenderRecord:
    """A tender with an officer."""
    authority = an_authority()
    row = a_tender(authority)
    an_assignment(row, a_user(authority, "officer", name="Bronwen"), "officer")
    return row


def officer_of(tender: TenderRecord) -> Actor:
    return an_actor(db.session.query(UserRecord).filter_by(name="Bronwen").one())


def person_of(actor: Actor, **values: object) -> UserRecord:
    authority = queries.person_within(actor.authority_id, actor.user_id)
    assert authority is not None
    return a_user(authority.authority, **values)  # type: ignore[arg-type]


def actions() -> list[str]:
    return [event.action for event in db.session.query(EventRecord).order_by(EventRecord.seq)]


def test_an_invitation_is_used_once_within_a_week(boss: Actor) -> None:
    person, secret = accounts.invite(
        name="Ann Other", email="Ann@Example.org", job_title="Evaluator", roles=("officer",), actor=boss, at=NOW
    )
    assert (person.email, person.password, [role.name for role in person.roles]) == (
        "ann@example.org", None, ["officer"],
    )  # fmt: skip
    assert secret not in {row.secret_sha256 for row in db.session.query(InvitationRecord)}
    late = NOW + timedelta(days=7)
    assert accounts.open_invitation(secret, at=late) is None
    assert accounts.accept(secret, PASSWORD, at=late - timedelta(seconds=1)) is person
    with pytest.raises(PersonError, match="not valid any more"):
        accounts.accept(secret, PASSWORD, at=NOW)
    assert actions() == ["person_invited", "invitation_accepted"]


def test_a_newer_invitation_replaces_the_older(boss: Actor) -> None:
    person, first = accounts.invite(name="Ann", email="a@b.example", job_title="", roles=(), actor=boss, at=NOW)
    second = accounts.invite_again(person, actor=boss, at=NOW)
    assert accounts.open_invitation(first, at=NOW) is None
    assert accounts.open_invitation(second, at=NOW) is not None


def test_an_address_is_used_once_however_it_is_written(boss: Actor) -> None:
    accounts.invite(name="Ann", email="ann@b.example", job_title="", roles=(), actor=boss, at=NOW)
    with pytest.raises(PersonError, match=r"Somebody signs in with ann@b\.example already"):
        accounts.invite(name="Ann", email=" ANN@b.example ", job_title="", roles=(), actor=boss, at=NOW)
    with pytest.raises(AddressError, match="is not an e-mail address"):
        accounts.invite(name="Ann", email="ann\n@b.example", job_title="", roles=(), actor=boss, at=NOW)


def test_only_administrators_invite(boss: Actor) -> None:
    officer = an_actor(person_of(boss))
    with pytest.raises(NotForYou, match="Administrators invite people"):
        accounts.invite(name="Ann", email="a@b.example", job_title="", roles=(), actor=officer, at=NOW)


def test_a_weak_first_password_is_refused(boss: Actor) -> None:
    _, secret = accounts.invite(name="Ann Other", email="a@b.example", job_title="", roles=(), actor=boss, at=NOW)
    with pytest.raises(PersonError, match="words that are tried first"):
        accounts.accept(secret, "Ann.Other.2026", at=NOW)


def test_nobody_changes_their_own_roles_or_deactivates_themselves(boss: Actor) -> None:
    me = db.session.get_one(UserRecord, boss.user_id)
    acts: tuple[Callable[[], object], ...] = (
        lambda: accounts.set_roles(me, ("administrator", "officer"), actor=boss, at=NOW),
        lambda: accounts.deactivate(me, actor=boss, at=NOW),
        lambda: accounts.reset_second_step(me, actor=boss, at=NOW),
    )
    for act in acts:
        with pytest.raises(SeparationError, match="another administrator"):
            act()
    assert actions() == []


def test_another_authority_s_people_are_unknown(boss: Actor) -> None:
    stranger = a_user(an_authority())
    for act in (accounts.deactivate, accounts.activate, accounts.reset_second_step, accounts.invite_again):
        with pytest.raises(NotForYou) as refused:
            act(stranger, actor=boss, at=NOW)  # type: ignore[operator]
        assert refused.value.status == 404


def test_an_auditor_holds_no_other_role(boss: Actor) -> None:
    person = person_of(boss)
    with pytest.raises(SeparationError, match="Whoever audits the authority does nothing else in it"):
        accounts.set_roles(person, ("auditor", "officer"), actor=boss, at=NOW)
    an_assignment(a_tender(person.authority), person, "evaluator")
    with pytest.raises(SeparationError, match="works in a tender"):
        accounts.set_roles(person, ("auditor",), actor=boss, at=NOW)


def test_an_authority_keeps_an_administrator(db_session: scoped_session) -> None:
    authority = an_authority()
    only, other = a_user(authority, "administrator"), a_user(authority, "administrator", active=False)
    acting = an_actor(other)
    for act in (
        lambda: accounts.set_roles(only, ("officer",), actor=acting, at=NOW),
        lambda: accounts.deactivate(only, actor=acting, at=NOW),
    ):
        with pytest.raises(PersonError, match="An authority keeps at least one administrator"):
            act()


def test_who_comes_back_sets_password_and_second_step_anew(boss: Actor) -> None:
    person = person_of(boss, password="x", tf_totp_secret="y", tf_primary_method="authenticator")
    mark = person.fs_uniquifier
    accounts.deactivate(person, actor=boss, at=NOW)
    assert (person.active, person.fs_uniquifier == mark) == (False, False)
    accounts.activate(person, actor=boss, at=NOW)
    assert (person.active, person.password, person.tf_totp_secret, person.tf_primary_method) == (True, None, None, None)
    assert actions() == ["person_deactivated", "person_activated"]


# --- duties in a tender -----------------------------------------------------------------------------------------


def test_a_role_is_given_and_taken_with_one_event_each(tender: TenderRecord) -> None:
    officer, person = officer_of(tender), a_user(tender.authority)
    panel.assign(tender, person, "evaluator", "adult", actor=officer, at=NOW)
    panel.assign(tender, person, "evaluator", actor=officer, at=NOW)
    assert [(row.role, row.lot) for row in db.session.query(AssignmentRecord).filter_by(user_id=person.id)] == [
        ("evaluator", "")
    ]
    panel.unassign(tender, person, "evaluator", actor=officer, at=NOW)
    assert queries.actor_for(person).assignments == frozenset()
    assert actions() == ["role_given", "role_given", "role_taken"]


@pytest.mark.parametrize("pair", sorted(map(sorted, FORBIDDEN_PAIRS)))
def test_a_forbidden_pair_is_refused_in_both_orders_and_across_lots(tender: TenderRecord, pair: list[str]) -> None:
    officer = officer_of(tender)
    for first, second in (pair, reversed(pair)):
        person = a_user(tender.authority)
        panel.assign(tender, person, first, "adult", actor=officer, at=NOW)
        with pytest.raises(SeparationError, match=f"cannot be {second} of this tender"):
            panel.assign(tender, person, second, "cyp", actor=officer, at=NOW)


def test_every_other_pair_is_allowed(tender: TenderRecord) -> None:
    officer = officer_of(tender)
    for one, other in combinations(sorted(TENDER_ROLES), 2):
        if frozenset({one, other}) not in FORBIDDEN_PAIRS:
            person = a_user(tender.authority)
            panel.assign(tender, person, one, actor=officer, at=NOW)
            panel.assign(tender, person, other, actor=officer, at=NOW)
            assert an_actor(person).roles_in(tender.id) == {one, other}


def test_nobody_gives_themselves_a_role(tender: TenderRecord) -> None:
    officer = officer_of(tender)
    with pytest.raises(SeparationError, match="Nobody gives themselves a role"):
        panel.assign(tender, db.session.get_one(UserRecord, officer.user_id), "finance", actor=officer, at=NOW)


def test_whoever_wrote_any_of_a_tender_never_signs_it_off(tender: TenderRecord) -> None:
    officer, person = officer_of(tender), a_user(tender.authority)
    db.session.add(PartRecord(tender_id=tender.id, kind="basics", changed_at=NOW, changed_by=person.id))
    db.session.flush()
    with pytest.raises(SeparationError, match="Whoever wrote any of a tender does not sign it off"):
        panel.assign(tender, person, "approver", actor=officer, at=NOW)


def test_a_tender_keeps_an_officer(tender: TenderRecord) -> None:
    officer = officer_of(tender)
    me = db.session.get_one(UserRecord, officer.user_id)
    with pytest.raises(PersonError, match="A tender keeps at least one officer"):
        panel.unassign(tender, me, "officer", actor=officer, at=NOW)
    panel.assign(tender, a_user(tender.authority), "officer", actor=officer, at=NOW)
    panel.unassign(tender, me, "officer", actor=officer, at=NOW)


def test_only_active_people_of_the_authority_are_given_roles_there_are(tender: TenderRecord) -> None:
    officer = officer_of(tender)
    cases = (
        (a_user(an_authority()), "evaluator", "Only people who work for this authority"),
        (a_user(tender.authority, active=False), "evaluator", "Only people who work for this authority"),
        (a_user(tender.authority), "king", "There is no role called “king” in a tender"),
    )
    for person, role, words in cases:
        with pytest.raises(ProcurementError, match=words):
            panel.assign(tender, person, role, actor=officer, at=NOW)
    with pytest.raises(NotForYou):
        panel.assign(tender, a_user(tender.authority), "evaluator", actor=an_actor(a_user(tender.authority)), at=NOW)
