"""A tender that is ready to be published in every point, for tests to spoil in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from lots.governance import STANDARDS, default_deliverables
from lots.lot import Lot
from lots.tender import Engagement, Milestone, SocialValueMeasure, StandardCheck, Tender
from scoring.checks.publication import publication_findings
from scoring.criteria import Criterion
from scoring.methodology import Methodology
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile
from tests import factories as a

TODAY = date(2024, 8, 1)
QUESTIONS = {
    "delivery": "How will victims be supported from the first contact to a planned ending?",
    "workforce": "Who will do the work, and how are staff trained, supervised and kept?",
    "social": "What lasting benefit will the area have beyond the service itself?",
}


def lot(name: str, /, **changes: Any) -> Lot:
    """Make a lot with a description and an outcome."""
    made = a.lot(name, description="Practical and emotional support.", outcomes=("Victims cope and recover",))
    return replace(made, **changes)


def tender(**changes: Any) -> Tender:
    """Make a tender of 1 August 2024 whose engagement, governance, dates and social value are complete."""
    signed = tuple(replace(each, signed_off_on=date(2024, 7, 1)) for each in default_deliverables())
    made = a.tender(
        lots=(lot("adult"), lot("children")),
        description="Support for victims of crime in two lots.",
        engagement=Engagement(
            date(2024, 1, 31), "Intentions", summary="What we heard.", responses=47, notice="2024/S 000-001234"
        ),
        timetable=(
            Milestone("Questions", date(2024, 9, 10), kind="questions_until"),
            Milestone("Answers", date(2024, 9, 17), kind="answers_by"),
            Milestone("Notices", date(2024, 11, 12), kind="notices_sent"),
            Milestone("Standstill", date(2024, 11, 22), kind="standstill_ends"),
        ),
        deliverables=(*signed[:7], *default_deliverables()[7:]),
        board=("Deputy Police and Crime Commissioner",),
        standards=tuple(StandardCheck(each.id, True) for each in STANDARDS),
        social_value=(
            SocialValueMeasure(
                "training",
                "Fair work",
                "People trained",
                "people",
                criterion="social",
                commitment="People trained a year",
                evidence="Certificates",
                contract_measure="Training",
            ),
        ),
        conflicts_assessed_on=date(2024, 7, 15),
    )
    return replace(made, **changes)


def criteria() -> tuple[Criterion, ...]:
    """Make the tree of the factories with questions and word limits."""

    def asked(criterion: Criterion) -> Criterion:
        parts = tuple(asked(part) for part in criterion.parts)
        question = QUESTIONS.get(criterion.id, "")
        return replace(criterion, parts=parts, question=question, word_limit=100 if question else None)

    return tuple(asked(criterion) for criterion in a.criteria())


def methodology(name: str, /, **changes: Any) -> Methodology:
    """Make the methodology of a lot with questions that can be answered."""
    return replace(a.methodology(name, criteria=criteria()), **changes)


def panel() -> tuple[PanelMember, ...]:
    """Make a panel with three evaluators, a moderator, finance, two openers and an approver."""
    roles = (("fin", "finance"), ("opener-1", "opener"), ("opener-2", "opener"), ("chief", "approver"))
    others = tuple(PanelMember(name, name.title(), "Officer", (role,)) for name, role in roles)  # type: ignore[arg-type]
    return (*a.panel(), *others)


def file(**changes: Any) -> TenderFile:
    """Make the whole file, with nobody having bid."""
    made = a.tender_file((), tender=tender(), methodologies=(methodology("adult"), methodology("children")))
    return replace(replace(made, panel=panel()), **changes)


def found(changed: TenderFile, **arguments: Any) -> list[tuple[str, str, str]]:
    """Give (severity, code, place) of all that is not ready, notes aside."""
    findings = publication_findings(changed, today=arguments.pop("today", TODAY), **arguments)
    return [(each.severity, each.code, each.place) for each in findings if each.severity != "note"]


def noted(changed: TenderFile, **arguments: Any) -> list[str]:
    """Give the codes of the notes."""
    findings = publication_findings(changed, today=arguments.pop("today", TODAY), **arguments)
    return [each.code for each in findings if each.severity == "note"]
