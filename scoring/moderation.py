"""Moderation: the agreed score with its own reason, and a coded cause wherever it differs from what somebody scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.scoresheet import Evidence

Cause = Literal[
    "evidence_missed",
    "anchor_misread",
    "out_of_scope_disregarded",
    "clarification_received",
    "arithmetic",
    "other",
]
CAUSES: dict[str, str] = {
    "evidence_missed": "evidence in the bid had been missed",
    "anchor_misread": "the scale's wording had been misread",
    "out_of_scope_disregarded": "something outside the question had been counted and was disregarded",
    "clarification_received": "the tenderer's clarification was taken into account",
    "arithmetic": "an arithmetical slip was put right",
    "other": "for the reason given",
}


@dataclass(frozen=True)
class ScoreChange:
    """Why an evaluator's score and the agreed score differ: a coded cause and who said what."""

    evaluator: str
    cause: Cause
    explanation: str


@dataclass(frozen=True)
class AgreedScore:
    """The panel's score for one bid and criterion, with the reason the tenderer will read.

    It stands beside the individual scores and never replaces them. ``why_not_higher`` may be empty only at the top
    level of the scale. ``reopened`` says why an earlier agreed score was taken up again, where one was.
    """

    bid: str
    criterion: str
    points: Decimal
    reason: str
    agreed_on: date
    evidence: tuple[Evidence, ...] = ()
    why_not_higher: str = ""
    why_not_lower: str = ""
    changes: tuple[ScoreChange, ...] = ()
    dissent: str = ""
    reopened: str = ""
