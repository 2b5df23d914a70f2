"""A tender: who buys, under which regime, in which lots, with whose money and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from lots.funding import Funding
from lots.governance import Deliverable as Deliverable
from lots.governance import StandardCheck as StandardCheck
from lots.lot import Lot
from lots.organisation import Buyer
from lots.regime import Regime
from lots.sealing import Sealing as Sealing
from lots.social_value import SocialValueMeasure as SocialValueMeasure
from lots.thresholds import VatBasis

Division = Literal["ENG", "WLS", "SCT", "NIR"]
MilestoneKind = Literal[
    "",
    "engagement_closes",
    "tender_published",
    "questions_until",
    "answers_by",
    "tenders_due",
    "opening",
    "evaluation_ends",
    "decision",
    "notices_sent",
    "standstill_ends",
    "contract_signed",
    "contract_starts",
]


@dataclass(frozen=True)
class Milestone:
    """One line of the timetable, planned and (once it has happened) actual; ``kind`` says which step it is, if one."""

    title: str
    planned: date
    actual: date | None = None
    kind: MilestoneKind = ""


@dataclass(frozen=True)
class EngagementQuestion:
    """A question put to the market before the tender."""

    number: int
    title: str
    question: str


@dataclass(frozen=True)
class EngagementEvent:
    """A meeting with the market before the tender: a provider event, a briefing, a visit."""

    title: str
    held_on: date
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class Engagement:
    """What was asked of the market, from when until when, and what came of it.

    ``responses`` counts the answers received by the closing date. ``notice`` is the reference of the published notice
    of the engagement, or why there was none.
    """

    closed_on: date
    source: str
    questions: tuple[EngagementQuestion, ...] = ()
    summary: str = ""
    opened_on: date | None = None
    events: tuple[EngagementEvent, ...] = ()
    responses: int | None = None
    notice: str = ""


@dataclass(frozen=True)
class RequiredDocument:
    """A document that a bid holds beside its answers; ``lots`` are those it is asked in (every one, when empty)."""

    id: str
    title: str
    lots: tuple[str, ...] = ()
    mandatory: bool = True
    guidance: str = ""

    def asked_in(self, lot_id: str) -> bool:
        """Say whether tenderers for a lot are asked for it."""
        return not self.lots or lot_id in self.lots


@dataclass(frozen=True)
class PerformanceIndicator:
    """A key performance indicator of the contract; ``lots`` are those it holds in (every one, when empty)."""

    id: str
    title: str
    target: str
    lots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clarification:
    """A question asked during the tender period and the answer given to everybody."""

    number: int
    asked_on: date
    question: str
    answered_on: date
    answer: str


@dataclass(frozen=True)
class OneOffHoliday:
    """A bank holiday proclaimed for one day, which no calendar made earlier can know."""

    day: date
    title: str


@dataclass(frozen=True)
class Tender:
    """One procurement; ``illustrative`` names the topics whose content is invented, so that documents can say so.

    ``bank_holidays`` names the parts of the United Kingdom whose bank holidays count under the Public Contracts
    Regulations 2015, which do not say; under the Procurement Act 2023 all four always count. ``no_lots_reasons`` says
    why the tender is not divided into lots, ``funding_note`` why the money and the budgets differ,
    ``short_period_reasons`` which entry of the law's table allows less time to tender than the ordinary one.
    ``conflicts_assessed_on`` is the day the conflicts assessment was last prepared or revised. ``sealing`` says how
    bids are received; without it they are sent elsewhere. ``tenderers_as_letters`` keeps the names of tenderers from
    those who score until the agreed scores are locked.
    """

    reference: str
    title: str
    buyer: Buyer
    regime: Regime
    vat: VatBasis
    commenced_on: date
    deadline: datetime
    lots: tuple[Lot, ...]
    description: str = ""
    funding: Funding = Funding()
    timetable: tuple[Milestone, ...] = ()
    engagement: Engagement | None = None
    board: tuple[str, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    bank_holidays: tuple[Division, ...] = ("ENG", "WLS")
    one_off_holidays: tuple[OneOffHoliday, ...] = ()
    illustrative: tuple[str, ...] = ()
    source: str = ""
    documents: tuple[RequiredDocument, ...] = ()
    social_value: tuple[SocialValueMeasure, ...] = ()
    indicators: tuple[PerformanceIndicator, ...] = ()
    standards: tuple[StandardCheck, ...] = ()
    no_lots_reasons: str = ""
    funding_note: str = ""
    short_period_reasons: str = ""
    conflicts_assessed_on: date | None = None
    sealing: Sealing | None = None
    tenderers_as_letters: bool = False

    def lot(self, lot_id: str) -> Lot:
        """Find a lot by its id; KeyError where there is none (the reader has refused such a file already)."""
        for lot in self.lots:
            if lot.id == lot_id:
                return lot
        raise KeyError(lot_id)

    @property
    def contract_lots(self) -> tuple[Lot, ...]:
        """List the lots that are tendered for as contracts, in the order published."""
        return tuple(lot for lot in self.lots if lot.is_contract)
