"""Recommending the award that the published rules give: the whole record is frozen with the result it gave."""

from __future__ import annotations

from datetime import datetime

from exports.award_snapshot import digest_of, result_of, snapshot_of
from lots.errors import ProcurementError
from scoring.recommendation import evaluate
from workbench import __version__, audit, policies
from workbench.db import db
from workbench.models.awards import RecommendationRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, NotForYou, Permission
from workbench.queries.awards.decision import open_points, recommendation_of
from workbench.queries.awards.paper import paper_of
from workbench.queries.evaluation.access import access_of
from workbench.queries.evaluation.record import live_file
from workbench.services import StageError
from workbench.services.publishing import held_publication


class NotRecommendable(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """An award that cannot be recommended yet; ``findings`` name every open point."""


class OtherResult(ProcurementError):  # noqa: N818 - it names a state, not a slip
    """A result that is no longer the one the person saw."""

    def __init__(self) -> None:
        super().__init__(
            "The result was changed after you opened this page, so nothing was done: read the result again, then decide"
        )


def recommend(tender: TenderRecord, *, digest: str, note: str, actor: Actor, at: datetime) -> RecommendationRecord:
    """Recommend the result whose digest the moderator read; refused with every open point named.

    What is frozen is everything the result follows from, and the decision paper as far as it is written.
    """
    held_publication(tender)
    policies.check(actor, Permission.AWARD_RECOMMEND, tender)
    if tender.quality_locked_at is None:
        raise StageError("The agreed scores for quality are not locked yet: the chair of the panel locks them first")
    if access_of(tender, actor).conflicted:
        raise NotForYou("You declared an interest in a bid of this tender, so another moderator recommends the award")
    file = live_file(tender, paper_of(tender.id))
    found = evaluate(file)
    if points := open_points(found):
        raise NotRecommendable("The award cannot be recommended yet: settle what is named here first", points)
    result, snapshot = result_of(found), snapshot_of(file)
    if digest_of(result) != digest:
        raise OtherResult
    before = recommendation_of(tender.id)
    made = RecommendationRecord(
        tender_id=tender.id, number=before.number + 1 if before else 1, snapshot=snapshot,
        snapshot_sha256=digest_of(snapshot), result=result, result_sha256=digest, engine=__version__,
        note=note.strip(), made_by=actor.user_id, made_at=at,
    )  # fmt: skip
    db.session.add(made)
    tender.stage, tender.version, tender.changed_at = "recommended", tender.version + 1, at
    db.session.flush()
    details = {
        "number": made.number, "snapshot_sha256": made.snapshot_sha256, "result_sha256": digest,
        "engine": made.engine, "note": made.note,
        "awards": [[each.lot, each.winner.tenderer.name if each.winner else ""] for each in found.recommendations],
    }  # fmt: skip
    chain = audit.tender_chain(tender.id)
    audit.record("award_recommended", tender.title, chain=chain, actor=actor, at=at, details=details)
    return made
