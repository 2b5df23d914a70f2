"""A bid for one lot: its price by year, who takes part, and how the money is split between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from lots.money import Money, total

PartyRole = Literal["lead", "partner", "sub_contractor"]
Confirmation = Literal["unconfirmed", "confirmed", "disputed"]


@dataclass(frozen=True)
class Party:
    """An organisation named in a bid: what it does, and whether it has confirmed its own figures."""

    organisation: str
    role: PartyRole
    work: str = ""
    confirmation: Confirmation = "unconfirmed"
    confirmed_on: date | None = None


@dataclass(frozen=True)
class Payment:
    """Money that one party passes to another, by year.

    ``amounts`` are what is allocated to the payee (gross), ``deductions`` what the payer keeps back of it (an
    administration charge, a levy, a retention); the payee is paid the difference (net).
    """

    payer: str
    payee: str
    amounts: tuple[Money, ...]
    deductions: tuple[Money, ...] = ()


@dataclass(frozen=True)
class Split:
    """The split of a bid: what the lead keeps for its own delivery and its management fee, and every payment."""

    delivery: tuple[Money, ...]
    management_fee: tuple[Money, ...]
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True)
class RequirementResponse:
    """A tenderer's answer to a pass/fail requirement, as checked at admission."""

    requirement: str
    met: bool
    note: str = ""


@dataclass(frozen=True)
class Commitment:
    """A social value promise that becomes a contract measure: outcome, metric, unit and amount a year."""

    outcome: str
    metric: str
    unit: str
    amount_a_year: Decimal
    evidence: str = ""


@dataclass(frozen=True)
class OtherCost:
    """A cost beside the price that the published method adds to it (life-cycle cost)."""

    title: str
    amount: Money


@dataclass(frozen=True)
class UnitPrice:
    """The price of one unit of an item in the published basket."""

    item: str
    price: Money


@dataclass(frozen=True)
class Bid:
    """One tenderer's bid for one lot; ``prices`` holds one amount for each year of the lot's term."""

    id: str
    lot: str
    received_at: datetime
    prices: tuple[Money, ...]
    parties: tuple[Party, ...]
    split: Split | None = None
    responses: tuple[RequirementResponse, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    other_costs: tuple[OtherCost, ...] = ()
    unit_prices: tuple[UnitPrice, ...] = ()
    withdrawn_at: datetime | None = None

    @property
    def tenderer(self) -> str:
        """Name the organisation that leads the bid (the first lead; a bid with two is refused when it is read)."""
        return next((party.organisation for party in self.parties if party.role == "lead"), "")

    @property
    def price(self) -> Money:
        """Add up the prices of every year."""
        return total(self.prices)
