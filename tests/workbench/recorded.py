"""The demonstration's case with its award recommended, approved and told to everybody, and its file of record.

Rows and events are those that the services of the decision write; two letters and the public record stand for the pack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from exports.award_snapshot import digest_of, result_of, snapshot_of
from exports.documents import Printable
from exports.names import file_name
from exports.notices.letters import letters
from exports.record_file import pieces
from exports.reports.decision_record import decision_record
from scoring.decision import AwardDecision
from scoring.recommendation import Evaluation, evaluate
from tests.workbench.evaluated import its_award
from tests.workbench.published import World
from workbench import __version__, audit
from workbench.audit import recorded
from workbench.commands.record_checks import manifest_digest
from workbench.db import db, new_id
from workbench.models.awards import AwardApprovalRecord, DecisionPaperRecord, IssueRecord, RecommendationRecord
from workbench.models.bids import MailRecord
from workbench.printing import print_document
from workbench.queries.awards.record import record_of
from workbench.queries.evaluation.record import live_file

AT = datetime(2024, 9, 16, 9, 0, tzinfo=UTC)
SENT = datetime(2024, 9, 24, 9, 0, tzinfo=UTC)


def told(world: World) -> None:
    """Recommend, approve and release the award of a world."""
    evaluation = evaluate(live_file(world.tender, cast(AwardDecision, its_award(world))))
    recommend(world, evaluation)
    release(world, evaluation)
    world.tender.stage = "notified"
    db.session.commit()
    recorded().clear()


def recommend(world: World, evaluation: Evaluation, number: int = 1) -> RecommendationRecord:
    """Keep a recommendation and its approval, with their events."""
    snapshot, result = snapshot_of(evaluation.file), result_of(evaluation)
    row = RecommendationRecord(
        tender_id=world.tender.id, number=number, snapshot=snapshot, snapshot_sha256=digest_of(snapshot), result=result,
        result_sha256=digest_of(result), engine=__version__, made_by=world.actor("moderator").user_id, made_at=AT,
    )  # fmt: skip
    approver = world.actor("approver")
    approval = AwardApprovalRecord(
        tender_id=world.tender.id, recommendation=number, decision="approved", made_by=approver.user_id, made_at=AT
    )
    db.session.add_all([row, approval])
    said = {"number": number, "snapshot_sha256": row.snapshot_sha256, "result_sha256": row.result_sha256}
    event(world, "award_recommended", "moderator", said)
    event(world, "award_approved", "approver", {"recommendation": number, "result_sha256": row.result_sha256})
    return row


def release(world: World, evaluation: Evaluation) -> None:
    """Keep an issue of three documents, with the events in which they were made and released."""
    file = snapshot_of(evaluation.file)
    issue = IssueRecord(
        id=new_id(), tender_id=world.tender.id, number=1, kind="final", state="released", recommendation=1, file=file,
        file_sha256=digest_of(file), made_by=world.actor("officer").user_id, made_at=AT,
        released_by=world.actor("officer").user_id, released_at=SENT,
    )  # fmt: skip
    db.session.add(issue)
    db.session.flush()
    rows = [_paper(issue, name, kind, data) for name, (kind, data) in _printed(file).items()]
    db.session.add_all(rows)
    db.session.flush()
    made = [{"path": row.path, "sha256": row.sha256} for row in rows]
    sent = [{"path": row.path, "sha256": row.sha256} for row in rows if row.kind == "letter"]
    event(world, "papers_made", "", {"issue": 1, "kind": "final", "documents": 3, "digest": manifest_digest(made)})
    event(world, "letters_released", "officer", {"issue": 1, "letters": 2, "digest": manifest_digest(sent)})
    for row in rows[1:]:
        row.recipient = "tenders@example.org"
        db.session.add(
            MailRecord(
                about=f"decision:{row.id}", recipient=f"{row.id[:4]}@example.org", subject="The decision", text="",
                wanted_at=SENT, try_at=SENT, sent_at=SENT,
            )
        )  # fmt: skip


@lru_cache(maxsize=2)
def _printed(file: bytes) -> Mapping[str, tuple[str, bytes]]:
    """Print the public record and two letters, once for a run."""
    from exports import tender_file

    value, _ = tender_file.read(file)
    assert value is not None
    evaluation = evaluate(value)
    papers: list[Printable] = [decision_record(evaluation), *letters(evaluation)[:2]]
    kinds = ["decision-record", *(f"letter {it.head.bid}" for it in papers[1:])]
    return {file_name(it): (kind, print_document(it)) for it, kind in zip(papers, kinds, strict=True)}


def _paper(issue: IssueRecord, name: str, kind: str, data: bytes) -> DecisionPaperRecord:
    kind, _, bid = kind.partition(" ")
    return DecisionPaperRecord(
        id=new_id(), tender_id=issue.tender_id, issue_id=issue.id, key=name, kind=kind, title="The decision",
        path=name, bid_id=bid, restricted=kind == "letter", state="made", content=data,
        sha256=sha256(data).hexdigest(), size=len(data), made_at=AT,
    )  # fmt: skip


def event(world: World, action: str, role: str, details: Mapping[str, Any]) -> None:
    """Record what a service would."""
    db.session.flush()
    chain = audit.tender_chain(world.tender.id)
    actor = world.actor(role) if role else None
    audit.record(action, world.tender.title, chain=chain, actor=actor, at=SENT, details=details)


def record(world: World, *, restricted: bool = True) -> bytes:
    """Return the file of record of a world."""
    return b"".join(pieces(record_of(world.tender), restricted=restricted))


def changed(value: Any, **changes: Any) -> Any:
    """Return a frozen value with other fields."""
    return replace(value, **changes)


def rows_in(data: bytes) -> Any:
    """Read an entry of rows."""
    return json.loads(data)
