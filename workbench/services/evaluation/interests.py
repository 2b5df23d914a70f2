"""Declaring interests, and deciding what follows from one: written once, amended by a later row, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select

from lots.errors import ProcurementError
from lots.organisation import Organisation
from scoring.open_decisions import reason_fault
from workbench import audit, policies
from workbench.db import db
from workbench.models.evaluation import DeclarationRecord, InterestDecisionRecord
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor, Permission
from workbench.queries.bids import opened
from workbench.queries.evaluation import interests as reads
from workbench.queries.evaluation.interests import Entry

INTERESTS = ("none", "possible", "conflicted")
ACTIONS = ("none", "mitigated", "recused")


class InterestError(ProcurementError):
    """A declaration that is not complete, or a decision that may not be made."""


@dataclass(frozen=True)
class Said:
    """What somebody declares about one organisation; ``detail`` says what the interest is."""

    interest: str
    detail: str = ""


def declare(tender: TenderRecord, said: Mapping[str, Said], *, actor: Actor, at: datetime) -> int:
    """Declare about every organisation of the opened bids; return how many rows that added.

    ``said`` is by the id of the organisation. What was declared before and is the same is not written again.
    """
    policies.check(actor, Permission.INTEREST_DECLARE, tender)
    organisations = {each.id: each for each in reads.organisations_in(opened.file_with_bids(tender))}
    _check(organisations, said)
    latest = {row.organisation: row for row in reads.declarations_in(tender.id, actor.user_id)}
    rows = [
        _row(tender, actor, organisations[name], each, latest.get(name), at)
        for name, each in said.items()
        if _differs(latest.get(name), each)
    ]
    if not rows:
        raise InterestError("Nothing is different from what you declared before: it holds as it is")
    db.session.add_all(rows)
    tender.version, tender.changed_at = tender.version + 1, at
    details = {"declared": [[row.name, row.interest, _digest(row.detail)] for row in rows]}
    chain = audit.tender_chain(tender.id)
    audit.record("interests_declared", actor.name, chain=chain, actor=actor, at=at, details=details)
    return len(rows)


def decide(
    tender: TenderRecord, declaration_id: str, action: str, *, reason: str, actor: Actor, at: datetime
) -> InterestDecisionRecord:
    """Decide what follows from a declaration that holds: no further step, a step that mitigates, or taking no part."""
    policies.check(actor, Permission.INTEREST_DECIDE, tender)
    entry = reads.entry_of(tender, declaration_id)
    if entry is None:
        raise InterestError("This declaration was amended meanwhile, or is not there: open the register again")
    _check_decision(entry, action, reason, actor)
    last = select(func.max(InterestDecisionRecord.number)).where(
        InterestDecisionRecord.declaration_id == declaration_id
    )
    made = InterestDecisionRecord(
        tender_id=tender.id, declaration_id=declaration_id, number=(db.session.scalar(last) or 0) + 1, action=action,
        reason=reason.strip(), decided_by=actor.user_id, decided_at=at,
    )  # fmt: skip
    db.session.add(made)
    tender.version, tender.changed_at = tender.version + 1, at
    details = {"person": entry.person.name, "organisation": entry.row.name, "interest": entry.row.interest,
               "action": action, "reason": made.reason}  # fmt: skip
    chain = audit.tender_chain(tender.id)
    audit.record("interest_decided", entry.person.name, chain=chain, actor=actor, at=at, details=details)
    return made


def actions_for(entry: Entry) -> tuple[str, ...]:
    """Name what may be decided about a declaration: whoever says that they are conflicted takes no part."""
    if entry.row.interest == "conflicted":
        return ("recused",)
    return ACTIONS if entry.standing != "clear" or entry.decision else ("recused",)


def _check(organisations: Mapping[str, Organisation], said: Mapping[str, Said]) -> None:
    if unknown := set(said) - set(organisations):
        raise InterestError(f"“{min(unknown)[:40]}” takes part in no bid: open the page again")
    left = [each.name for each in organisations.values() if each.id not in said]
    if left:
        raise InterestError(f"Say for every organisation whether you have an interest; {left[0]} is missing")
    for name, each in said.items():
        if each.interest not in INTERESTS:
            raise InterestError(f"Say whether you have an interest in {organisations[name].name}")
        if each.interest != "none" and not each.detail.strip():
            raise InterestError(f"Say what your interest in {organisations[name].name} is")


def _check_decision(entry: Entry, action: str, reason: str, actor: Actor) -> None:
    if entry.person.id == actor.user_id:
        raise InterestError("Nobody decides about their own interests: another officer of the tender does")
    if action not in actions_for(entry):
        raise InterestError(
            "Whoever says that they are conflicted takes no part; if they were mistaken, they amend their declaration"
            if entry.row.interest == "conflicted"
            else "No interest was declared here, so the only thing to decide is that somebody takes no part"
        )
    if why := reason_fault(reason):
        raise InterestError(why)


def _differs(row: DeclarationRecord | None, said: Said) -> bool:
    return row is None or (row.interest, row.detail) != (said.interest, _detail(said))


def _row(
    tender: TenderRecord, actor: Actor, organisation: Organisation, said: Said, last: DeclarationRecord | None,
    at: datetime,
) -> DeclarationRecord:  # fmt: skip
    return DeclarationRecord(
        tender_id=tender.id, user_id=actor.user_id, organisation=organisation.id, name=organisation.name[:300],
        number=last.number + 1 if last else 1, interest=said.interest, detail=_detail(said),
        round="change" if last else "opening", declared_at=at,
    )  # fmt: skip


def _detail(said: Said) -> str:
    return said.detail.strip() if said.interest != "none" else ""


def _digest(detail: str) -> str:
    """Digest what an interest is: the trail proves it and does not tell it."""
    return sha256(detail.encode()).hexdigest() if detail else ""
