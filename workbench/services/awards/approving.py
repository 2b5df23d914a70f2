"""Deciding on a recommendation: finance and legal comment, somebody with no other part in it approves or returns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from lots.calendar import london
from lots.errors import ProcurementError
from scoring.decision import AwardDecision
from scoring.open_decisions import reason_fault
from workbench import audit, policies
from workbench.db import db
from workbench.kept import digest as digest_of
from workbench.kept import to_text
from workbench.models.awards import AwardApprovalRecord, AwardCommentRecord, RecommendationRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, NotForYou, Permission
from workbench.queries.awards.decision import award_digest, award_of, recommendation_of, recomputed
from workbench.queries.awards.hands import bar
from workbench.queries.awards.lacks import lacking
from workbench.services import StageError
from workbench.services.publishing import held_publication


class NotApprovable(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A decision whose documents could not be made; ``findings`` name each field that is empty or wrong."""


class OtherPaper(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A decision paper that is no longer the one the approver read."""

    def __init__(self) -> None:
        super().__init__(
            "The decision paper was changed after you opened this page, so nothing was decided: read it again"
        )


class CommentError(ProcurementError):
    """A comment that says nothing, or that nobody of this role makes."""


def comment(
    tender: TenderRecord, text: str, *, kind: str = "", exempt: bool = False, actor: Actor, at: datetime
) -> AwardCommentRecord:
    """Comment on the present recommendation, for finance or legal as one's role says (``kind`` for who holds both)."""
    held_publication(tender)
    policies.check(actor, Permission.AWARD_COMMENT, tender)
    row = _held(tender)
    roles = [each for each in ("finance", "legal") if each in actor.roles_in(tender.id)]
    kind = kind or roles[0]
    if kind not in roles:
        raise NotForYou(f"You do not advise on {kind} in this tender, so you cannot comment on it")
    if why := reason_fault(text):
        raise CommentError(why)
    made = AwardCommentRecord(
        tender_id=tender.id, recommendation=row.number, kind=kind, text=text.strip(), exempt=exempt,
        made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(made)
    details = {"recommendation": row.number, "kind": kind, "exempt": exempt, "comment": made.text}
    _done("award_commented", tender, details, actor, at)
    return made


def approve(tender: TenderRecord, *, digest: str, actor: Actor, at: datetime) -> AwardApprovalRecord:
    """Approve the award as its paper stands (the approver read the one with this digest), today.

    Refused where the approver had a hand in it, where a document of the decision could not be made from it, and where
    the frozen record no longer gives the result that was recommended.
    """
    row = _to_decide(tender, actor)
    award = award_of(tender)
    if award_digest(award) != digest:
        raise OtherPaper
    recomputed(row)
    award = replace(award, decided_on=london(at).date())
    if missing := lacking(tender, award):
        raise NotApprovable("The award cannot be approved yet: its documents still lack what is named here", missing)
    made = _decision(tender, row, "approved", actor, at, award=award)
    tender.stage = "approved"
    details = {"recommendation": row.number, "result_sha256": row.result_sha256, "paper_sha256": made.award_sha256}
    _done("award_approved", tender, details, actor, at)
    return made


def send_back(tender: TenderRecord, *, reason: str, actor: Actor, at: datetime) -> AwardApprovalRecord:
    """Return a recommendation to the panel and its officers, with what has to be mended."""
    row = _to_decide(tender, actor)
    if why := reason_fault(reason):
        raise CommentError(why)
    made = _decision(tender, row, "returned", actor, at, reason=reason.strip())
    tender.stage = "moderation"
    _done("award_returned", tender, {"recommendation": row.number, "reason": made.reason}, actor, at)
    return made


def _to_decide(tender: TenderRecord, actor: Actor) -> RecommendationRecord:
    """Return the recommendation that waits for a decision, if this person may take it."""
    held_publication(tender)
    policies.check(actor, Permission.AWARD_APPROVE, tender)
    if why := bar(tender, actor):
        raise NotForYou(why)
    return _held(tender)


def _held(tender: TenderRecord) -> RecommendationRecord:
    row = recommendation_of(tender.id)
    if row is None:
        raise StageError("Nothing is recommended yet, so there is nothing to say about it")
    return row


def _decision(
    tender: TenderRecord, row: RecommendationRecord, decision: str, actor: Actor, at: datetime, *,
    reason: str = "", award: AwardDecision | None = None,
) -> AwardApprovalRecord:  # fmt: skip
    text = to_text(award) if award else ""
    made = AwardApprovalRecord(
        tender_id=tender.id, recommendation=row.number, decision=decision, reason=reason, award=text,
        award_sha256=digest_of(text) if text else "", made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(made)
    return made


def _done(action: str, tender: TenderRecord, details: Mapping[str, object], actor: Actor, at: datetime) -> None:
    tender.version, tender.changed_at = tender.version + 1, at
    db.session.flush()
    chain = audit.tender_chain(tender.id)
    audit.record(action, tender.title, chain=chain, actor=actor, at=at, details=details)


__all__ = ["CommentError", "NotApprovable", "OtherPaper", "approve", "comment", "send_back"]
