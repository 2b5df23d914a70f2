"""Reads about the decision: what was recommended, commented and approved, and the record that documents print from.

``award_of`` is the decision paper as it stands, ``approved_file`` the frozen record with the paper that was approved;
only the days on which something is done (``DAYS``) may be filled in afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from exports import tender_file
from exports.award_snapshot import digest_of, result_of
from lots.errors import Finding, ProcurementError
from scoring.decision import AwardDecision, Comment
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from workbench.db import db
from workbench.kept import digest, from_text, to_text
from workbench.models.accounts import UserRecord
from workbench.models.awards import AwardApprovalRecord, AwardCommentRecord, RecommendationRecord
from workbench.models.tenders import TenderRecord
from workbench.queries.awards.paper import paper_of

DAYS: Final = ("notices_sent", "means", "received", "notice_published", "published_on", "notice")
"""What may be filled in once the award is approved, beside the days on which it is signed."""
ADVICE: Final = ("finance", "legal")
_DECIDED: Final = frozenset({"no_bid_left", "lot_not_awarded"})
"""Open points that are an outcome: the lot ends without an award."""


class ChangedSnapshot(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A recommendation whose kept record or result is not what was frozen: the database was changed by other means."""


@dataclass(frozen=True)
class Advice:
    """A comment on a recommendation, with who made it."""

    row: AwardCommentRecord
    name: str
    job_title: str


# --- recommended ----------------------------------------------------------------------------------------------


def recommendation_of(tender_id: str, number: int = 0) -> RecommendationRecord | None:
    """Return a tender's latest recommendation, or the one of a number."""
    query = select(RecommendationRecord).where(RecommendationRecord.tender_id == tender_id)
    if number:
        query = query.where(RecommendationRecord.number == number)
    return db.session.scalars(query.order_by(RecommendationRecord.number.desc()).limit(1)).one_or_none()


def recommendations_of(tender_id: str) -> Sequence[tuple[RecommendationRecord, str]]:
    """List the recommendations of a tender, the latest first, each with the name of who made it."""
    rows = db.session.execute(
        select(RecommendationRecord, UserRecord.name)
        .join(UserRecord, UserRecord.id == RecommendationRecord.made_by)
        .where(RecommendationRecord.tender_id == tender_id)
        .order_by(RecommendationRecord.number.desc())
    ).all()
    return [(row, name) for row, name in rows]


def frozen_file(row: RecommendationRecord) -> TenderFile:
    """Read the record that a recommendation froze; ChangedSnapshot where its bytes are not those."""
    if digest_of(row.snapshot) != row.snapshot_sha256:
        raise ChangedSnapshot(_CHANGED.format(number=row.number, what="record"))
    file, findings = tender_file.read(row.snapshot)
    if file is None or findings:
        raise ChangedSnapshot(_CHANGED.format(number=row.number, what="record"))
    return file


def recomputed(row: RecommendationRecord) -> Evaluation:
    """Work a recommendation's result out again from its frozen record; ChangedSnapshot where it is another one."""
    found = evaluate(frozen_file(row))
    if not digest_of(result_of(found)) == row.result_sha256 == digest_of(row.result):
        raise ChangedSnapshot(_CHANGED.format(number=row.number, what="result"))
    return found


_CHANGED = (
    "The {what} of recommendation {number} is not the one that was frozen: the database was changed by other means. "
    "Nothing is decided on it; restore a copy of the database"
)


def open_points(evaluation: Evaluation) -> tuple[Finding, ...]:
    """Name everything that must be settled before the award can be recommended."""
    found = [point for each in evaluation.recommendations for point in each.open_points]
    points = tuple(dict.fromkeys(point for point in found if point.code not in _DECIDED))
    if not points and not any(each.winner for each in evaluation.recommendations):
        message = "No lot has a tender that can be recommended: cancel the tender, with the reason"
        return (Finding("nothing_to_award", message),)
    return points


# --- comments and approval ------------------------------------------------------------------------------------


def comments_on(tender_id: str, number: int) -> tuple[Advice, ...]:
    """List what finance and legal said of a recommendation, in order."""
    rows = db.session.execute(
        select(AwardCommentRecord, UserRecord.name, UserRecord.job_title)
        .join(UserRecord, UserRecord.id == AwardCommentRecord.made_by)
        .where(AwardCommentRecord.tender_id == tender_id, AwardCommentRecord.recommendation == number)
        .order_by(AwardCommentRecord.made_at, AwardCommentRecord.id)
    ).all()
    return tuple(Advice(*row) for row in rows)


def approvals_of(tender_id: str) -> dict[int, tuple[AwardApprovalRecord, str]]:
    """Map the numbers of recommendations to what the approver decided, with the approver's name."""
    rows = db.session.execute(
        select(AwardApprovalRecord, UserRecord.name)
        .join(UserRecord, UserRecord.id == AwardApprovalRecord.made_by)
        .where(AwardApprovalRecord.tender_id == tender_id)
    ).all()
    return {row.recommendation: (row, name) for row, name in rows}


def approved_of(tender_id: str) -> AwardApprovalRecord | None:
    """Return the approval of a tender's latest recommendation; None while there is none."""
    latest = select(func.max(RecommendationRecord.number)).where(RecommendationRecord.tender_id == tender_id)
    return db.session.scalars(
        select(AwardApprovalRecord)
        .where(
            AwardApprovalRecord.tender_id == tender_id, AwardApprovalRecord.decision == "approved",
            AwardApprovalRecord.recommendation == latest.scalar_subquery(),
        )
        .options(undefer(AwardApprovalRecord.award))
    ).one_or_none()  # fmt: skip


# --- the decision ---------------------------------------------------------------------------------------------


def award_of(tender: TenderRecord) -> AwardDecision:
    """Return the decision paper as it stands: once approved the approved one, with the days filled in since."""
    written = paper_of(tender.id)
    approval = approved_of(tender.id)
    if approval is not None:
        return _with_days(_approved(approval), written)
    latest = recommendation_of(tender.id)
    if latest is None or tender.stage != "recommended":
        return written
    return with_comments(written, comments_on(tender.id, latest.number))


def with_comments(award: AwardDecision, comments: Sequence[Advice]) -> AwardDecision:
    """Let the comments of finance and legal stand in the paper in place of what the officer drafted for them.

    A comment that is exempt is read by those who decide, and stands in no document.
    """
    for kind in ADVICE:
        said = [each for each in comments if each.row.kind == kind and not each.row.exempt]
        if said:
            by = ", ".join(dict.fromkeys(each.job_title or each.name for each in said))
            text = "\n\n".join(each.row.text for each in said)
            award = replace(award, **{kind: Comment(by, text)})  # type: ignore[arg-type]
    return award


def award_digest(award: AwardDecision) -> str:
    """Return the digest by which an approver says which paper they read."""
    return digest(to_text(award))


def approved_file(tender: TenderRecord) -> TenderFile:
    """Return what documents print from: the frozen record with the approved decision; ProcurementError without one."""
    row, approval = recommendation_of(tender.id), approved_of(tender.id)
    if row is None or approval is None:
        raise NotApproved("The award is not approved yet, so there is no decision to tell anybody")
    return replace(frozen_file(row), award=award_of(tender))


def recommended_file(tender: TenderRecord) -> TenderFile:
    """Return the record as recommended with the paper as it stands, for drafts; NotApproved before that."""
    row = recommendation_of(tender.id)
    if row is None:
        raise NotApproved("Nothing is recommended yet, so there is nothing to draft")
    return replace(frozen_file(row), award=award_of(tender))


class NotApproved(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A decision that has not been taken yet."""


def _approved(row: AwardApprovalRecord) -> AwardDecision:
    if digest(row.award) != row.award_sha256:
        message = f"The paper approved with recommendation {row.recommendation} was changed in the database by other"
        raise ChangedSnapshot(f"{message} means. Nothing is made from it; restore a copy of the database")
    return from_text(AwardDecision, row.award)


def _with_days(approved: AwardDecision, written: AwardDecision) -> AwardDecision:
    """Fill in the days that only come after the approval: when it is signed, sent and published."""
    signed = {(each.name, each.title): each.signed_on for each in written.signatories}
    signatories = tuple(
        replace(each, signed_on=signed.get((each.name, each.title)) or each.signed_on) for each in approved.signatories
    )
    return replace(approved, signatories=signatories, **{name: getattr(written, name) for name in DAYS})
