"""A lot: its three numbers, which are never one, its term, and what a tenderer must meet to bid for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lots.collaboration import CollaborationRules
from lots.money import Money

Route = Literal["contract", "grant", "to_be_confirmed"]


@dataclass(frozen=True)
class Break:
    """A right to end the contract early, at the end of a contract year (1 = first), on so many months' notice."""

    after_year: int
    notice_months: int


@dataclass(frozen=True)
class Term:
    """How long a contract runs: the initial years from ``start``, then years it may be extended by."""

    start: date
    initial_years: int
    extension_years: int = 0
    breaks: tuple[Break, ...] = ()

    @property
    def years(self) -> int:
        """Count every year the contract may run, extensions included."""
        return self.initial_years + self.extension_years


@dataclass(frozen=True)
class Requirement:
    """Something a tenderer either meets or does not: failing a mandatory one keeps the bid out."""

    id: str
    title: str
    mandatory: bool = True


@dataclass(frozen=True)
class Uplift:
    """One change of a lot's contract value: a dated event with its source of money, decision and legal gateway.

    ``amount`` is the whole effect on the contract's value (negative for a reduction); ``gateway`` is a code of
    :mod:`lots.gateways`.
    """

    id: str
    decided_on: date
    amount: Money
    source: str
    decision: str
    gateway: str
    evidence: str = ""


@dataclass(frozen=True)
class Lot:
    """One lot and its three numbers.

    ``annual_budget`` is indicative, per year; ``base_value`` is every year of the term, extensions included;
    ``maximum_potential_spend`` is the ceiling for later uplifts and no promise of money.

    A lot whose ``route`` is not a contract has a budget and nothing to bid for.
    """

    id: str
    title: str
    annual_budget: Money
    route: Route = "contract"
    description: str = ""
    base_value: Money | None = None
    maximum_potential_spend: Money | None = None
    term: Term | None = None
    cpv: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    collaboration: CollaborationRules = CollaborationRules()
    uplifts: tuple[Uplift, ...] = ()

    @property
    def is_contract(self) -> bool:
        """Say whether the lot is tendered for as a contract."""
        return self.route == "contract"

    @property
    def years(self) -> int:
        """Count the years a bid must price: the whole term, extensions included (none for a lot without a term)."""
        return self.term.years if self.term else 0
