"""What a governance board signs off, and the funding strategy's standards that commissioners are held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Before = Literal["", "publication", "award", "start"]

FUNDING_STRATEGY = "Victim Funding Strategy, commissioning standards"


@dataclass(frozen=True)
class Deliverable:
    """Something the governance board signs off before the procurement moves on.

    ``needed_before`` is the step that waits for it; left empty, it is what :func:`needed_before` says of its title.
    """

    title: str
    signed_off_on: date | None = None
    signed_off_by: str = ""
    needed_before: Before = ""


@dataclass(frozen=True)
class StandardCheck:
    """One point of the funding strategy's standards, by its id, whether it is met, and where that can be seen."""

    standard: str
    met: bool
    note: str = ""


@dataclass(frozen=True)
class Standard:
    """One point that commissioners are asked to meet, in our words; ``heading`` is one of the five standards."""

    id: str
    heading: str
    text: str
    reference: str = FUNDING_STRATEGY


def default_deliverables() -> tuple[Deliverable, ...]:
    """Return the nine deliverables that a recommissioning board signs off, in order, none signed yet.

    Source: Avon and Somerset OPCC, Victim Services Recommissioning, Governance, key deliverables i to ix.
    """
    return tuple(Deliverable(title, needed_before=before) for title, before in _NINE)


def needed_before(deliverable: Deliverable) -> Before:
    """Say which step waits for a deliverable: as it says itself, else by its title, else publication."""
    if deliverable.needed_before:
        return deliverable.needed_before
    title = deliverable.title.casefold()
    return next((before for start, before in _LATER.items() if title.startswith(start)), "publication")


def standard(standard_id: str) -> Standard | None:
    """Find a point of the standards by its id."""
    return next((each for each in STANDARDS if each.id == standard_id), None)


def headings() -> tuple[str, ...]:
    """List the five standards in order."""
    return tuple(dict.fromkeys(each.heading for each in STANDARDS))


_NINE: tuple[tuple[str, Before], ...] = (
    ("Needs assessment", "publication"),
    ("Service user involvement plan", "publication"),
    ("Commissioning strategy and intentions, with budget and lotting strategy", "publication"),
    ("Engagement plan", "publication"),
    ("Commissioning plan", "publication"),
    ("Equalities impact assessment", "publication"),
    ("Tender documents", "publication"),
    ("Decision notice", "award"),
    ("Mobilisation plans", "start"),
)
_LATER: dict[str, Before] = {"decision notice": "award", "mobilisation plan": "start"}

# Each standard, then its points: id | what it asks for.
_STANDARDS = """
# Victims at the centre of commissioning
involvement | Victims help to shape the commissioning at every stage, its objectives and measures included
needs | Services answer needs that were assessed, and each commissioning decision is justified
assessment | The needs assessment holds the data that commissioning needs, for tailored needs too, and is repeated
reach | The area is known well enough to say which groups are hard to reach or have less access to support
safeguarding | Safeguarding of service users is dealt with in every service
emergencies | What was learnt in the pandemic is kept: commissioning can adapt to an emergency
# A whole-system approach
partners | What is needed is agreed with local authorities, health and other commissioners, under their duties too
unfunded | Organisations that have no funding from the commissioner are asked for what they know
duplication | Services complement what others commission, nationally and locally, and do not repeat it
sharing | Data and information are shared, and a local partnership board has victim support as a standing item
boundaries | Services work together across local boundaries, because victims move
# Equal access
diversity | The needs assessment covers the whole range: specialist needs, language, disability, victims who offend
barriers | What keeps victims from a service is found and removed as far as possible
referral | Problems of referral are found and dealt with, above all for children after sexual or domestic abuse
promotion | Services make themselves known to the communities they support
small-organisations | Small and by-and-for organisations can apply for the funding without needless hurdles
discrimination | Services do not discriminate against users or staff, and have a known way to deal with incidents
# Clear reporting and evaluation
metrics | Reporting keeps to the level and the measures that the funder asks for
equalities-data | Demographic and equalities data of the victims supported are collected as far as possible
escalation | Providers know what follows from poor performance, reports to central government included
failure | Times are set for reporting and escalation when a service is at risk of failing
success | Everybody knows from the start what success is: clear outcomes and performance indicators
evaluation | The contract or grant holds an evaluation plan, and providers know it
# Sustainable funding
multi-year | Funding that is given for several years is passed on for several years
exit | Money for innovation or transformation comes with a careful plan for its end
retention | Experienced staff are kept, so that knowledge is not lost
several-sources | Services are encouraged to seek money from several funders, foundations and trusts included
proportionate | Applying is in proportion to the money on offer, and alike for like amounts
"""


def _catalogue() -> tuple[Standard, ...]:
    found: list[Standard] = []
    heading = ""
    for line in _STANDARDS.strip().splitlines():
        if line.startswith("# "):
            heading = line[2:]
        else:
            key, text = line.split(" | ")
            found.append(Standard(key, heading, text))
    return tuple(found)


STANDARDS: tuple[Standard, ...] = _catalogue()
"""Every point of the five standards, in the strategy's order."""
