"""Approving: four eyes, the paper that was read, comments in their place, and what comes back is mended first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from scoring.decision import Comment
from tests.workbench import factories as rows
from tests.workbench.evaluated import NOW, approved, bid, its_award, recommended, with_paper
from tests.workbench.opening import details, tamper
from tests.workbench.published import World, done
from workbench import audit
from workbench.db import db
from workbench.models.accounts import AssignmentRecord, UserRecord
from workbench.models.awards import AwardCommentRecord, AwardPaperRecord, RecommendationRecord
from workbench.models.bids import AdmissionRecord
from workbench.models.evaluation import DeclarationRecord, InterestDecisionRecord, ScoreSheetRecord
from workbench.policies import NotForYou, NotNow
from workbench.queries.awards.decision import (
    ChangedSnapshot,
    NotApproved,
    approved_file,
    approved_of,
    award_digest,
    award_of,
    frozen_file,
    recommendation_of,
)
from workbench.services.awards.approving import CommentError, NotApprovable, OtherPaper, approve, comment, send_back

WORDS = "The prices were checked against the funding of every year, and each is covered."


def approve_now(world: World, person: UserRecord | None = None) -> None:
    """Approve what stands there now."""
    actor = rows.an_actor(person or world.people["approver"][0])
    approve(world.tender, digest=award_digest(award_of(world.tender)), actor=actor, at=NOW)


def test_an_approved_award_is_dated_that_day_and_what_documents_print_from(world: World) -> None:
    approved(world)
    row = recommendation_of(world.tender.id)
    assert row is not None
    expected = replace(its_award(world), decided_on=NOW.date())
    file = approved_file(world.tender)
    assert world.tender.stage == "approved"
    assert file.award is not None
    assert replace(file.award, letters=()) == replace(expected, letters=())
    assert set(file.award.letters) == set(expected.letters)
    assert replace(file, award=None) == replace(frozen_file(row), award=None)


def test_before_the_approval_there_is_no_decision_to_print(world: World) -> None:
    recommended(world)
    with pytest.raises(NotApproved):
        approved_file(world.tender)


def test_comments_stand_in_the_paper_and_exempt_ones_in_none(world: World) -> None:
    recommended(world)
    comment(world.tender, WORDS, actor=world.actor("finance"), at=NOW)
    done(world)
    comment(world.tender, f"Advice in confidence: {WORDS}", exempt=True, actor=world.actor("legal"), at=NOW)
    done(world)
    award = award_of(world.tender)
    assert award.finance == Comment("Finance Business Partner, OPCC", WORDS)
    assert award.legal == its_award(world).legal


def test_nobody_comments_on_what_they_do_not_advise_on(world: World) -> None:
    recommended(world)
    with pytest.raises(NotForYou):
        comment(world.tender, WORDS, kind="legal", actor=world.actor("finance"), at=NOW)
    with pytest.raises(CommentError):
        comment(world.tender, "ok", actor=world.actor("finance"), at=NOW)


def test_a_paper_that_changed_since_it_was_read_is_not_approved(world: World) -> None:
    recommended(world)
    read = award_digest(award_of(world.tender))
    comment(world.tender, WORDS, actor=world.actor("finance"), at=NOW)
    done(world)
    with pytest.raises(OtherPaper):
        approve(world.tender, digest=read, actor=world.actor("approver"), at=NOW)


def test_an_award_whose_documents_lack_something_is_not_approved(world: World) -> None:
    recommended(world)
    whole = its_award(world)
    letters = tuple(it for it in whole.letters if it.bid != bid(world, "adult-mendip"))
    with_paper(world, replace(whole, equality="", letters=letters))
    db.session.query(AwardPaperRecord).filter_by(part=f"letter:{bid(world, 'adult-mendip')}").delete()
    db.session.commit()
    with pytest.raises(NotApprovable) as refused:
        approve_now(world)
    assert [each.place for each in refused.value.findings] == ["award.equality", "award.letters[9].advantages"]


def test_a_returned_award_goes_back_with_its_reason_and_may_be_recommended_again(world: World) -> None:
    recommended(world)
    comment(world.tender, WORDS, actor=world.actor("finance"), at=NOW)
    done(world)
    reason = "The paper does not say what happens to the open cases of the present provider."
    send_back(world.tender, reason=reason, actor=world.actor("approver"), at=NOW)
    done(world)
    assert (world.tender.stage, details(world, "award_returned")["reason"]) == ("moderation", reason)
    recommended(world)
    row = recommendation_of(world.tender.id)
    assert row is not None
    assert row.number == 2
    assert award_of(world.tender).finance == its_award(world).finance
    assert approved_of(world.tender.id) is None


def test_what_comes_back_has_a_reason(world: World) -> None:
    recommended(world)
    with pytest.raises(CommentError):
        send_back(world.tender, reason=" ", actor=world.actor("approver"), at=NOW)


def test_a_decided_award_is_not_decided_again(world: World) -> None:
    approved(world)
    with pytest.raises(NotNow):
        approve_now(world)
    with pytest.raises(NotNow):
        send_back(world.tender, reason=WORDS, actor=world.actor("approver"), at=NOW)


def test_an_award_whose_record_was_changed_is_not_approved(world: World) -> None:
    recommended(world)
    tamper("UPDATE recommendations SET result_sha256 = :other", other="0" * 64)
    with pytest.raises(ChangedSnapshot):
        approve_now(world)


def test_an_approved_paper_that_was_changed_is_not_printed_from(world: World) -> None:
    approved(world)
    tamper("UPDATE award_approvals SET award = replace(award, 'Severnside', 'Sabrina')")
    with pytest.raises(ChangedSnapshot):
        approved_file(world.tender)


# --- four eyes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "evaluator", "moderator", "finance", "legal", "auditor", "opener"])
def test_only_approvers_decide(world: World, role: str) -> None:
    recommended(world)
    with pytest.raises(NotForYou):
        approve_now(world, world.people[role][0])
    with pytest.raises(NotForYou):
        send_back(world.tender, reason=WORDS, actor=world.actor(role), at=NOW)


def _only(world: World, deed: str, person: UserRecord) -> None:
    """Let one deed of the case be this person's, whatever role they hold now."""
    if deed == "paper":
        by = {"chain": audit.tender_chain(world.tender.id), "actor": rows.an_actor(person), "at": NOW}
        audit.record("award_paper_saved", "decision", details={"part": "decision"}, **by)
    elif deed == "tender":
        by = {"chain": audit.tender_chain(world.tender.id), "actor": rows.an_actor(person), "at": NOW}
        audit.record("part_saved", "lot adult", details={}, **by)
    elif deed == "let in":
        declaration = db.session.scalars(select(DeclarationRecord.id)).first()
        db.session.add(
            InterestDecisionRecord(
                tender_id=world.tender.id, declaration_id=declaration, number=9, action="mitigated", reason=WORDS,
                decided_by=person.id, decided_at=NOW,
            )
        )  # fmt: skip
    else:
        table, column = _DEEDS[deed]
        tamper(f"UPDATE {table.__tablename__} SET {column} = :who WHERE id = "
               f"(SELECT id FROM {table.__tablename__} ORDER BY id LIMIT 1)", who=person.id)  # fmt: skip
    db.session.commit()


_DEEDS = {
    "scored": (ScoreSheetRecord, "user_id"),
    "recommended": (RecommendationRecord, "made_by"),
    "commented": (AwardCommentRecord, "made_by"),
    "admitted": (AdmissionRecord, "decided_by"),
}


@pytest.mark.parametrize("deed", ["paper", "tender", "let in", *_DEEDS])
def test_nobody_approves_what_they_had_a_hand_in(world: World, deed: str) -> None:
    recommended(world)
    comment(world.tender, WORDS, actor=world.actor("finance"), at=NOW)
    done(world)
    person = world.people["approver"][0]
    _only(world, deed, person)
    db.session.execute(update(AssignmentRecord).where(AssignmentRecord.user_id == person.id).values(role="approver"))
    with pytest.raises(NotForYou):
        approve_now(world, person)
    with pytest.raises(NotForYou):
        send_back(world.tender, reason=WORDS, actor=rows.an_actor(person), at=NOW)
