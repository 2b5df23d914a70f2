"""Roles that are limited and that end, invitations into a tender, and duties that stay apart once they were done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import scoped_session

from tests.workbench.factories import NOW, a_tender, a_user, an_actor, an_assignment, an_authority
from workbench.audit import recorded
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.bids import MailRecord, OpeningRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, SeparationError
from workbench.queries import accounts as queries
from workbench.queries import history
from workbench.services import accounts, panel
from workbench.services.accounts import PersonError
from workbench.services.panel import Newcomer, Reach

LATER = NOW + timedelta(days=30)
ADA = Newcomer("Ada Quill", "Ada@Elsewhere.example", "Lived experience")


@pytest.fixture
def tender(db_session: scoped_session) -> TenderRecord:
    return a_tender(an_authority())


def officer_of(tender: TenderRecord) -> Actor:
    person = a_user(tender.authority)
    an_assignment(tender, person, "officer")
    return an_actor(person)


def invite(tender: TenderRecord, officer: Actor, role: str = "evaluator", **reach: object) -> UserRecord:
    return panel.invite_into(
        tender, ADA, role, Reach(**reach), actor=officer, at=NOW, address=lambda secret: f"https://it/{secret}"  # type: ignore[arg-type]
    )  # fmt: skip


def test_somebody_new_gets_a_role_and_a_link_and_sees_this_tender_alone(tender: TenderRecord) -> None:
    officer = officer_of(tender)
    person = invite(tender, officer, lot="adult", criteria=("delivery", "social"), until=LATER)
    assert [event.action for event in recorded()] == ["person_invited_into_tender"]
    actor = queries.actor_for(person, NOW)
    assert (actor.authority_roles, actor.assignments) == (frozenset(), {(tender.id, "evaluator", "adult")})
    row = db.session.query(AssignmentRecord).filter_by(user_id=person.id).one()
    assert (row.criteria, row.until) == ("delivery social", LATER)
    mail = db.session.query(MailRecord).one()
    assert mail.recipient == "ada@elsewhere.example"
    secret = mail.text.split("https://it/")[1].split()[0]
    accounts.accept(secret, "a long password that nobody guesses 7", at=NOW)
    assert person.password
    told = history.trail_of(tender.id).events[0]
    assert told.what == "Invited Ada Quill (ada@elsewhere.example) into the tender as evaluator in lot adult"
    assert secret not in str(told)


def test_an_address_that_signs_in_already_is_not_invited_again(tender: TenderRecord) -> None:
    officer = officer_of(tender)
    a_user(tender.authority, email="ada@elsewhere.example")
    with pytest.raises(PersonError, match="give them the role instead"):
        invite(tender, officer)


def test_a_role_that_was_given_is_mailed_where_the_page_is_told(tender: TenderRecord) -> None:
    officer, person = officer_of(tender), a_user(tender.authority)
    panel.assign(tender, person, "evaluator", actor=officer, at=NOW, until=LATER, address="https://it/tenders/1/")
    mail = db.session.query(MailRecord).one()
    assert (mail.recipient, ", until " in mail.text) == (person.email, True)


def test_a_role_that_has_ended_can_be_given_again(tender: TenderRecord) -> None:
    officer, person = officer_of(tender), a_user(tender.authority)
    panel.assign(tender, person, "evaluator", actor=officer, at=NOW, until=NOW + timedelta(days=1))
    with pytest.raises(PersonError, match="already"):
        panel.assign(tender, person, "evaluator", actor=officer, at=NOW)
    panel.assign(tender, person, "evaluator", "adult", actor=officer, at=NOW + timedelta(days=1))
    assert queries.actor_for(person, LATER).assignments == {(tender.id, "evaluator", "adult")}


@pytest.mark.parametrize(
    ("role", "reach", "why"),
    [
        ("finance", {"criteria": ("delivery",)}, "Only an evaluator"),
        ("officer", {"until": LATER}, "no last day"),
        ("evaluator", {"until": NOW}, "is over"),
    ],
)
def test_what_a_role_cannot_be_limited_to_is_said(
    tender: TenderRecord, role: str, reach: dict[str, object], why: str
) -> None:
    officer = officer_of(tender)
    with pytest.raises(PersonError, match=why):
        invite(tender, officer, role, **reach)


def test_whoever_opened_bids_does_not_score_them_though_the_role_was_taken_back(tender: TenderRecord) -> None:
    officer, person = officer_of(tender), a_user(tender.authority)
    db.session.add(OpeningRecord(
        tender_id=tender.id, kind="bid", first_by=person.id, first_name=person.name, first_key=0, first_at=NOW,
        layers="{}",
    ))  # fmt: skip
    db.session.flush()
    assert panel.acted(tender.id, person.id) == {"opener"}
    with pytest.raises(SeparationError, match="does not open them"):
        panel.assign(tender, person, "evaluator", actor=officer, at=NOW)
    panel.assign(tender, person, "opener", actor=officer, at=NOW)
