"""A reason that lacks nothing, and what it is read against: each test spoils one thing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from lots.errors import Finding
from scoring.reasons import ReasonContext, ReasonText, gate, sub_points
from scoring.scale import Level, Scale
from scoring.scoresheet import Evidence

ADEQUATE = (
    "All main parts are answered with a method and a role. Proof from comparable work is missing or thin for some of "
    "them, or one part has a shortcoming that would have to be managed in the contract."
)
SCALE = Scale(
    "evidence",
    "Evidence scale",
    (
        Level(Decimal(0), "Nothing to assess", "No answer is given, or nothing in it bears on what was asked."),
        Level(Decimal(3), "Adequate", ADEQUATE),
        Level(
            Decimal(5),
            "Fully evidenced",
            "All main parts are answered with a method, a role and a measure, each backed by measured results.",
        ),
    ),
)
QUESTION = (
    "Describe how you keep people safe. Include designated leads and their time, how high-risk cases are escalated at "
    "any hour, and how you test that your arrangements work."
)
CONTEXT = ReasonContext(
    "Safeguarding and risk",
    SCALE,
    QUESTION,
    own_names=("Sabrina House", "Tenderer C"),
    other_names=("Mendip Advocacy Partnership", "Brunel Community Care Limited", "Signpost", "Tenderer B"),
    sub_points=sub_points(QUESTION),
)
GOOD = ReasonText(
    Decimal(3),
    "Two designated leads have half a day each week, and cases of high risk are escalated to a manager within an hour "
    "(paragraph 3). The arrangements are not tested: no file audit is described.",
    (Evidence("Answer", "paragraphs 3 to 5"),),
    "Nothing shows results of an audit or a drill.",
    "Leads, rota and escalation times are all given by post.",
)


def found(text: ReasonText = GOOD, **context: Any) -> tuple[Finding, ...]:
    """Read a text against the context, changed where the test says so."""
    return gate(text, replace(CONTEXT, **context))


def codes(text: ReasonText = GOOD, **context: Any) -> list[tuple[str, str, str]]:
    """Return severity, code and place of what the gate finds."""
    return [(each.severity, each.code, each.place) for each in found(text, **context)]


def spoilt(**fields: Any) -> ReasonText:
    """Return the good reason with some of its fields changed."""
    return replace(GOOD, **fields)
