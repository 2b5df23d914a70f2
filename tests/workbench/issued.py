"""An approved award and the documents that were made of it, for tests of what is sent and read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from exports import tender_file
from scoring.decision import AwardDecision
from scoring.tender_file import TenderFile
from tests.workbench.evaluated import NOW, its_award, with_paper
from tests.workbench.published import World
from workbench.audit import recorded
from workbench.db import db
from workbench.kept import digest, to_text
from workbench.models.awards import AwardApprovalRecord, DecisionPaperRecord, IssueRecord, RecommendationRecord
from workbench.queries.awards.decision import approved_file, recommended_file
from workbench.queries.awards.paper import paper_of
from workbench.queries.evaluation.record import live_file
from workbench.services.awards import issuing, packs
from workbench.services.awards.issuing import Source

LETTERS = packs.each_lot("The letters to unsuccessful tenderers", "exports.notices.letters:letters")
NOTICES = packs.each_lot("The award decision notice", "exports.notices.award_notice:award_notices")


def approved(world: World, stage: str = "approved", **award: Any) -> TenderFile:
    """Recommend and approve the case's award as it stands, signed by everybody (``award`` changes the decision)."""
    decision = signed(world, **award)
    with_paper(world, decision)
    file = live_file(world.tender, replace(paper_of(world.tender.id), decided_on=decision.decided_on))
    file = replace(file, declarations=tuple(replace(it, action=it.action or "None needed") for it in file.declarations))
    world.tender.stage = stage
    db.session.add(recommendation(world, file))
    if stage == "approved":
        db.session.add(approval(world, replace(paper_of(world.tender.id), decided_on=decision.decided_on)))
    db.session.commit()
    return file


def approval(world: World, award: AwardDecision) -> AwardApprovalRecord:
    """Make the row of an approval of a paper."""
    text = to_text(award)
    return AwardApprovalRecord(
        tender_id=world.tender.id, recommendation=1, decision="approved", award=text, award_sha256=digest(text),
        made_by=world.people["approver"][0].id, made_at=NOW,
    )  # fmt: skip


def signed(world: World, **award: Any) -> AwardDecision:
    """Return the case's decision, dated and signed."""
    made = its_award(world)
    people = tuple(replace(each, signed_on=date(2024, 9, 9)) for each in made.signatories)
    dates = {"decided_on": date(2024, 9, 9), "notices_sent": None, "conditions": ()}
    return replace(made, signatories=people, **{**dates, **award})


def recommendation(world: World, file: TenderFile) -> RecommendationRecord:
    """Make the row of a recommendation of a record."""
    data = tender_file.write(file)
    return RecommendationRecord(
        tender_id=world.tender.id, number=1, snapshot=data, snapshot_sha256=hashlib.sha256(data).hexdigest(),
        result=b"{}", result_sha256="0" * 64, engine="0", made_by=world.people["moderator"][0].id, made_at=NOW,
    )  # fmt: skip


def issued(world: World, kind: str = "final", at: datetime = NOW) -> IssueRecord:
    """Have the documents planned, and commit; exactly one event must have been recorded."""
    file = (approved_file if world.tender.stage == "approved" else recommended_file)(world.tender)
    row = issuing.issue(world.tender, kind, Source(1, file), actor=world.actor("officer"), at=at)
    assert len(recorded()) == 1
    recorded().clear()
    db.session.commit()
    return row


def rows_of(issue: IssueRecord) -> list[DecisionPaperRecord]:
    """Return the documents of an issue by path."""
    db.session.expire_all()
    return db.session.query(DecisionPaperRecord).filter_by(issue_id=issue.id).order_by(DecisionPaperRecord.key).all()


def only(monkeypatch: Any, builders: Iterable[packs.Builder]) -> None:
    """Let a pack consist of some documents only, so that a test need not print all of them."""
    monkeypatch.setattr(packs, "BUILDERS", tuple(builders))
