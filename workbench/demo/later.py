"""How far the tenders of the demonstration are beyond the opening of their bids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from workbench.demo import decision, panel
from workbench.demo.panel import Panel, done
from workbench.services.bids.followers import Links
from workbench.services.evaluation import moderating

SCORED = datetime(2024, 8, 19, 9, 0, tzinfo=UTC)
STILL_WRITING = "ev-lived"
"""Whose sheets wait to be finished, for a visitor to try."""


@dataclass(frozen=True)
class Stage:
    """A tender of the demonstration: what its title says, and the lots that anybody bid for (all, when empty)."""

    title: str
    lots: tuple[str, ...] = ()


LATER: Mapping[str, Stage] = MappingProxyType(
    {
        "evaluation": Stage("one evaluator still scores (to try)", ("adult",)),
        "moderation": Stage("the panel agrees its scores (to try)", ("adult",)),
        "recommended": Stage("recommended, to be approved (to try)"),
        "notified": Stage("decided, the letters sent (to read)"),
    }
)


def advance(of: Panel, stage: str, links: Links) -> None:
    """Bring a tender whose bids are opened to a stage, step by step."""
    panel.declare(of, [*(member.id for member in of.case.panel), "legal"])
    panel.settle(of)
    panel.begin(of)
    if stage == "evaluation":
        _half_scored(of)
        return
    panel.score(of, of.sheets)
    done(moderating.begin, of.tender, reason="", actor=of.actor("chair"), at=SCORED)
    if stage == "moderation":
        panel.moderate(of, of.agreed[: len(of.agreed) // 2])
        return
    panel.moderate(of, of.agreed)
    panel.lock(of)
    decision.settle(of)
    decision.write_paper(of)
    decision.recommend(of)
    if stage == "notified":
        decision.approve(of)
        decision.send(of, links)


def _half_scored(of: Panel) -> None:
    """All have submitted but one, who has submitted one sheet and begun another."""
    mine = [each for each in of.sheets if each.evaluator == STILL_WRITING]
    panel.score(of, [each for each in of.sheets if each.evaluator != STILL_WRITING])
    panel.score(of, mine[:1])
    panel.score(of, mine[1:2], submit=False)
