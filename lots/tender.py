"""A tender: who buys, under which regime, in which lots, with whose money and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from lots.funding import Funding
from lots.lot import Lot
from lots.organisation import Buyer
from lots.regime import Regime
from lots.thresholds import VatBasis

Division = Literal["ENG", "WLS", "SCT", "NIR"]


@dataclass(frozen=True)
class Milestone:
    """One line of the timetable, planned and (once it has happened) actual."""

    title: str
    planned: date
    actual: date | None = None


@dataclass(frozen=True)
class EngagementQuestion:
    """A question put to the market before the tender."""

    number: int
    title: str
    question: str


@dataclass(frozen=True)
class Engagement:
    """What was asked of the market, until when, and what came of it."""

    closed_on: date
    source: str
    questions: tuple[EngagementQuestion, ...] = ()
    summary: str = ""


@dataclass(frozen=True)
class Deliverable:
    """Something the governance board signs off before the procurement moves on."""

    title: str
    signed_off_on: date | None = None


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
    Regulations 2015, which do not say; under the Procurement Act 2023 all four always count.
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
