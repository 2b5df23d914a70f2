"""Scoring: saving a score while it is written, and submitting the sheet of a bid, which freezes it.

A draft is only its author's: its events go to a chain of their own, so that nothing a colleague reads tells of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from lots.errors import ProcurementError, errors_in
from scoring.scoresheet import Score, ScoreSheet
from workbench import audit, policies
from workbench.db import db, new_id
from workbench.kept import digest, to_text
from workbench.models.evaluation import ScoreDraftRecord, ScoreSheetRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.evaluation.access import access_of
from workbench.queries.evaluation.record import member_id
from workbench.queries.evaluation.sheets import Desk, desk_of
from workbench.services import StageError, StaleError

Typed = Mapping[str, Sequence[str]]


class ScoreError(ProcurementError):
    """A score that cannot be saved, or a sheet that cannot be submitted."""


class StaleScore(StaleError):  # noqa: N818 - it names a state, not a slip
    """A save from a window that does not show what another window of the same person saved since."""

    def __init__(self, yours: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        super().__init__(yours, theirs)
        self.args = (
            "This score was saved from another window after you opened this one. Nothing was overwritten, and nothing "
            "of yours is lost: compare the two, then save again what should stand.",
        )


def save(
    tender: TenderRecord, bid_id: str, score: Score, version: int, *, typed: Typed | None = None, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Keep a score as it is being written and return its new version; StaleScore where another window saved first.

    ``typed`` is what stands in the fields and cannot be read yet.
    """
    policies.check(actor, Permission.SCORE_GIVE, tender)
    _check_open(_desk(tender, actor), bid_id, score.criterion)
    mine = {"user_id": actor.user_id, "bid_id": bid_id, "criterion": score.criterion}
    content = {
        "content": to_text(score), "typed": json.dumps(typed, ensure_ascii=False) if typed else "", "changed_at": at,
    }  # fmt: skip
    if not (_changed(mine, version, content) if version else _begun(tender, mine, content, at)):
        raise _stale(mine, score)
    details = {**mine, "version": version + 1, "sha256": digest(str(content["content"]))}
    audit.record(
        "score_saved", "A score in the making", chain=chain_of(tender.id, actor.user_id), actor=actor, at=at,
        details=details,
    )  # fmt: skip
    return version + 1


def submit(
    tender: TenderRecord, shown: Mapping[str, str], *, confirmed: bool, actor: Actor, at: datetime
) -> tuple[ScoreSheetRecord, ...]:
    """Freeze the sheets of some bids; ``shown`` maps each bid to the digest of what its author was shown.

    ``confirmed`` says that the author looked at every remark and stands by the words.
    """
    policies.check(actor, Permission.SCORE_GIVE, tender)
    desk = _desk(tender, actor)
    if not shown:
        raise ScoreError("No sheet is complete yet: score every answer of a bid, then submit it")
    rows = tuple(_frozen(desk, bid_id, wanted, confirmed, at) for bid_id, wanted in shown.items())
    db.session.add_all(rows)
    db.session.flush()
    sheets = [{"letter": desk.bids[row.bid_id].letter, "lot": row.lot, "sha256": row.sha256} for row in rows]
    audit.record(
        "sheets_submitted", f"{len(rows)} score sheets", chain=audit.tender_chain(tender.id), actor=actor, at=at,
        details={"count": len(rows), "sheets": sheets, "remarks_confirmed": confirmed},
    )  # fmt: skip
    return rows


def shown_digest(desk: Desk, bid_id: str) -> str:
    """Return the digest of what a bid's scores say now, without the moment of submission."""
    return digest("\n".join(to_text(desk.draft(bid_id, each.id).score) for each in desk.questions(bid_id)))


def chain_of(tender_id: str, user_id: int) -> str:
    """Name the chain of somebody's drafts in a tender."""
    return f"scores:{tender_id}:{user_id}"


def _sheet(desk: Desk, bid_id: str, at: datetime) -> ScoreSheet:
    """Put a bid's scores together as the sheet that is submitted."""
    scores = tuple(desk.draft(bid_id, each.id).score for each in desk.questions(bid_id))
    return ScoreSheet(member_id(desk.actor.user_id), bid_id, at, scores)


def _desk(tender: TenderRecord, actor: Actor) -> Desk:
    access = access_of(tender, actor)
    if not access.ready:
        raise StageError(
            "You cannot score yet: declare your interests, read the panel's note and score its benchmark answers first"
        )
    return desk_of(tender, actor, access)


def _check_open(desk: Desk, bid_id: str, criterion: str) -> None:
    if bid_id in desk.sheets:
        raise StageError("You have submitted your sheet for this bid: it stays as it is")
    if bid_id not in desk.bids or desk.question(bid_id, criterion) is None:
        raise ScoreError("This answer is not among those that you score")


def _changed(mine: Mapping[str, object], version: int, content: Mapping[str, object]) -> bool:
    done = db.session.execute(
        update(ScoreDraftRecord)
        .filter_by(**mine)
        .where(ScoreDraftRecord.version == version)
        .values(**content, version=version + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _begun(tender: TenderRecord, mine: Mapping[str, object], content: Mapping[str, object], at: datetime) -> bool:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(ScoreDraftRecord).values(
        id=new_id(), tender_id=tender.id, **mine, **content, version=1, begun_at=at
    )
    return db.session.scalar(row.on_conflict_do_nothing().returning(ScoreDraftRecord.id)) is not None


def _stale(mine: Mapping[str, object], score: Score) -> StaleScore:
    kept = db.session.scalars(
        select(ScoreDraftRecord.content).filter_by(**mine).execution_options(populate_existing=True)
    ).one_or_none()
    theirs = json.loads(kept) if kept else {}
    return StaleScore(_flat(json.loads(to_text(score))), _flat(theirs))


def _flat(score: Mapping[str, object]) -> dict[str, str]:
    """Write a score field by field, for two of them to be compared."""
    found = {name.replace("_", " "): value for name, value in score.items() if name != "criterion"}
    return {name: value if isinstance(value, str) else _lines(value) for name, value in found.items()}


def _lines(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    return "\n".join(", ".join(map(str, it.values())) if isinstance(it, dict) else str(it) for it in items)


def _frozen(desk: Desk, bid_id: str, shown: str, confirmed: bool, at: datetime) -> ScoreSheetRecord:
    if bid_id in desk.sheets:
        raise StageError("You have submitted your sheet for this bid already: it stays as it is")
    if bid_id not in desk.bids:
        raise ScoreError("This bid is not among those that you score")
    _check_complete(desk, bid_id)
    if shown_digest(desk, bid_id) != shown:
        raise StageError("A score changed after you opened this page: look at it again, then submit")
    if not confirmed and desk.warnings(bid_id):
        raise ScoreError("Look at the remarks about your reasons first, and confirm that you stand by your words")
    text = to_text(_sheet(desk, bid_id, at))
    return ScoreSheetRecord(
        tender_id=desk.tender.id, lot=desk.bids[bid_id].lot, user_id=desk.actor.user_id, bid_id=bid_id, content=text,
        sha256=digest(text), submitted_at=at,
    )  # fmt: skip


def _check_complete(desk: Desk, bid_id: str) -> None:
    if desk.complete(bid_id):
        return
    found = [it for each in desk.questions(bid_id) for it in errors_in(desk.findings(bid_id, each))]
    raise ScoreError(f"The sheet for {desk.name(bid_id)} is not complete: mend what is named at its answers", found)
