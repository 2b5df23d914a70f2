"""Score sheets: one evaluator, one bid, scored alone and never changed once submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

PanelRole = Literal["officer", "opener", "evaluator", "moderator", "approver", "finance", "legal", "auditor"]
Interest = Literal["none", "possible", "conflicted"]


@dataclass(frozen=True)
class PanelMember:
    """Somebody with a role in the evaluation; outward documents name the role, never the person.

    ``lots`` and ``criteria`` limit what the member may score (everything, when empty).
    """

    id: str
    name: str
    job_title: str
    roles: tuple[PanelRole, ...]
    lots: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """A panel member's declaration about one organisation, and what was done about it."""

    member: str
    organisation: str
    interest: Interest
    declared_on: date
    detail: str = ""
    action: str = ""


@dataclass(frozen=True)
class Evidence:
    """Where in the bid a statement can be checked."""

    document: str
    reference: str
    quote: str = ""


@dataclass(frozen=True)
class Score:
    """One evaluator's score for one criterion; ``points`` is empty only where the evaluator abstained and says why.

    ``covered`` are the points of the question that the evaluator ticked as looked at, in its words.
    """

    criterion: str
    points: Decimal | None = None
    strengths: str = ""
    weaknesses: str = ""
    evidence: tuple[Evidence, ...] = ()
    why_not_higher: str = ""
    why_not_lower: str = ""
    abstained: str = ""
    covered: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreSheet:
    """Everything one evaluator submitted about one bid."""

    evaluator: str
    bid: str
    submitted_at: datetime
    scores: tuple[Score, ...]

    def score(self, criterion: str) -> Score | None:
        """Find the score given for a criterion."""
        return next((score for score in self.scores if score.criterion == criterion), None)
