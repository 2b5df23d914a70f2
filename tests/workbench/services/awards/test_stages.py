"""Every way through recommendation, approval, release and signature: no order of acts reaches a forbidden state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from exports.award_snapshot import digest_of, result_of
from lots.errors import ProcurementError
from tests.workbench.evaluated import its_award, release_now, with_paper
from tests.workbench.published import World
from workbench import policies
from workbench.audit import recorded
from workbench.db import db
from workbench.models.awards import (
    ContractSignatureRecord,
    IssueRecord,
    StandstillEventRecord,
)
from workbench.policies import Permission
from workbench.queries.awards import decision, lacks
from workbench.queries.awards.standstill import position_of
from workbench.services.awards import approving, recommending, standstill

EARLY = datetime(2024, 9, 24, 9, 0, tzinfo=UTC)
LATE = datetime(2024, 10, 20, 9, 0, tzinfo=UTC)
TOLD = ("notified", "awarded", "contract")
WORDS = "The open cases of the present provider are not provided for in the paper."
State = tuple[object, ...]


def state_of(world: World) -> State:
    """Say where the award stands, as far as it decides what may follow."""
    tender = world.tender
    signed = tuple(sorted(row.lot for row in db.session.query(ContractSignatureRecord)))
    if tender.stage in TOLD:
        events = [row.kind for row in db.session.query(StandstillEventRecord).order_by(StandstillEventRecord.number)]
        return tender.stage, signed, tuple(events[-1:])
    last = decision.recommendation_of(tender.id)
    return tender.stage, tender.quality_locked_at is not None, last.number if last else 0


def check(world: World) -> None:
    """Refuse the states that may never be reached."""
    stage, tender = world.tender.stage, world.tender
    last = decision.recommendation_of(tender.id)
    approval = decision.approved_of(tender.id)
    signed = db.session.query(ContractSignatureRecord).all()
    released = db.session.query(IssueRecord).filter_by(state="released").count()
    told = stage in TOLD
    assert (approval is not None) == (told or stage == "approved")
    assert bool(released) == told
    assert not (signed and not told)
    if stage == "recommended":
        assert last is not None
        assert tender.quality_locked_at is not None
    if approval is not None and last is not None:
        assert approval.made_by == world.people["approver"][0].id
        assert approval.made_by != last.made_by
        assert decision.recomputed(last).lots
    for row in signed:
        counted = position_of(tender, LATE.date()).counted
        assert counted is not None
        assert date.fromisoformat(row.signed_on) >= counted.earliest_contract
    assert (stage == "contract") == (len(signed) == 3)


def acts(world: World) -> dict[str, Callable[[], Any]]:
    """Return everything that somebody might try, early and late, by whose it is and by others."""
    tender = world.tender
    by = world.actor

    def recommend(role: str) -> None:
        result = digest_of(result_of(lacks.evaluation_of(tender, decision.award_of(tender))))
        recommending.recommend(tender, digest=result, note="", actor=by(role), at=EARLY)

    def approve(role: str) -> None:
        approving.approve(tender, digest=decision.award_digest(decision.award_of(tender)), actor=by(role), at=EARLY)

    def reopen(role: str) -> None:
        policies.check(by(role), Permission.MODERATION_REOPEN_LATE, tender)
        tender.quality_locked_at = None

    def lock(role: str) -> None:
        policies.check(by(role), Permission.MODERATION_CHAIR, tender)
        tender.quality_locked_at = EARLY

    found: dict[str, Callable[[], Any]] = {
        "comment": lambda: approving.comment(tender, WORDS, actor=by("finance"), at=EARLY),
        "reopen": lambda: reopen("approver"),
        "lock": lambda: lock("moderator"),
        "challenge": lambda: standstill.record(
            tender, "challenge", EARLY.date(), lot="adult", text=WORDS, actor=by("officer"), at=EARLY
        ),
        "lift": lambda: standstill.record(
            tender, "lifted", EARLY.date(), text=WORDS, actor=by("officer"), at=EARLY
        ),
    }  # fmt: skip
    for role in ("moderator", "approver", "officer"):
        found[f"recommend as {role}"] = lambda role=role: recommend(role)
        found[f"approve as {role}"] = lambda role=role: approve(role)
        found[f"return as {role}"] = lambda role=role: approving.send_back(
            tender, reason=WORDS, actor=by(role), at=EARLY
        )
        found[f"release as {role}"] = lambda role=role: release_now(world, EARLY, role)
    for lot in ("adult", "cyp", "isva"):
        for at in (EARLY, LATE) if lot == "adult" else (LATE,):
            found[f"sign {lot} on {at:%d %B}"] = lambda lot=lot, at=at: standstill.sign(
                tender, lot, at.date(), actor=by("officer"), at=at
            )
    return found


def _did(act: Callable[[], Any]) -> bool:
    """Try an act; a refusal is an answer."""
    try:
        act()
        db.session.flush()
    except ProcurementError:
        return False
    return True


@pytest.mark.slow
def test_no_order_of_acts_reaches_a_forbidden_state(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approving, "lacking", lambda tender, award: ())
    with_paper(world, its_award(world))
    seen: dict[State, tuple[str, ...]] = {}
    tried = 0

    def explore(path: tuple[str, ...]) -> None:
        nonlocal tried
        here = state_of(world)
        if here in seen or here[-1] == 3:
            return
        seen[here] = path
        check(world)
        for name, act in acts(world).items():
            tried += 1
            point = db.session.begin_nested()
            if _did(act):
                explore((*path, name))
            point.rollback()
            recorded().clear()
            db.session.refresh(world.tender)

    explore(())
    stages = {str(state[0]) for state in seen}
    assert stages == {"moderation", "recommended", "approved", "notified", "awarded", "contract"}
    taken = {name for path in seen.values() for name in path}
    assert not taken & {"recommend as approver", "recommend as officer", "approve as moderator", "approve as officer",
                        "return as moderator", "release as moderator", "release as approver"}  # fmt: skip
    assert not {name for name in taken if name.startswith("sign") and "September" in name}
    assert tried > 400
