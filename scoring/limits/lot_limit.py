"""The published limit on what one tenderer may win, and what an allocation under it consists of.

Source of the duty: PCR 2015 regulation 46(6) and (7), Procurement Act 2023 sections 20(7) and 23(4): the
maximum and an objective rule for applying it are published before opening. ``RULES`` defines the three rules
offered, in words to publish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lots.errors import Finding, ProcurementError
from lots.money import Money
from lots.words import counted, listed
from scoring.limits.market import Proof

Rule = Literal["lot_order", "tenderer_preference", "greatest_total_score"]
Preferences = Mapping[str, tuple[str, ...]]
"""Tenderer (or, for companies that count as one, their shared name) to lots, most wanted first."""

RULES: Mapping[str, str] = {
    "lot_order": "The lots are awarded one after another in the published order, each to the best-ranked tenderer "
    "that is still within the limit.",
    "tenderer_preference": "Each lot is offered to its best-ranked tenderer. A tenderer offered more than it may win "
    "keeps the lots it declared it prefers most, and the others are offered to the next-ranked tenderer; this is "
    "repeated until no lot is turned down. The result does not depend on the order in which the offers are made.",
    "greatest_total_score": "As many lots as possible are awarded; among the ways of doing that, the one with the "
    "greatest sum of total scores is chosen; if several are equal, the earliest lot in the published order goes to "
    "its better-ranked tenderer, then the next lot, and so on.",
}


class LimitError(ProcurementError):
    """A limit that cannot be applied to these bids as it was published; each reason is a finding."""


class UnsettledTieError(LimitError):
    """An award that hangs on a tie which the published tie-break list did not settle."""


@dataclass(frozen=True)
class LotLimit:
    """The published limit: the most lots or money (or both) that one tenderer may win, and the rule for applying it.

    ``lot_order`` is the published order of the lots. It also settles equal results, so only
    ``tenderer_preference`` may do without it.
    """

    rule: Rule
    maximum_lots: int | None = None
    maximum_spend: Money | None = None
    lot_order: tuple[str, ...] = ()

    def words(self) -> str:
        """Say the limit and its rule in sentences fit for the tender documents."""
        most = [counted(self.maximum_lots, "lot")] if self.maximum_lots is not None else []
        most += [f"bids of {self.maximum_spend} in all"] if self.maximum_spend is not None else []
        limit = f"One tenderer may win at most {listed(most)}. " if most else ""
        return limit + RULES[self.rule]


@dataclass(frozen=True)
class Standing:
    """One admitted, ranked bid in a lot: its total, its rank after the published tie-break list, its evaluated price.

    ``organisations`` names others the bid counts for besides its tenderer (partners, for a limit on
    organisations); lots and the whole price count for each of them.
    """

    lot: str
    tenderer: str
    total: Fraction
    rank: int
    price: Money
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True)
class LotAward:
    """Who gets a lot; all None where it is not awarded."""

    lot: str
    tenderer: str | None = None
    rank: int | None = None
    total: Fraction | None = None
    price: Money | None = None


@dataclass(frozen=True)
class Displacement:
    """A best-ranked tenderer that did not get its lot: who did, the limit that binds in a sentence, the points lost."""

    lot: str
    tenderer: str
    awarded_to: str | None
    reason: str
    lost: Fraction


@dataclass(frozen=True)
class Allocation:
    """Who gets which lot (in the published order), what the limit changed, and why the result is right.

    ``in_lot_order`` is what awarding the lots one after another would have given, for
    ``greatest_total_score`` only, and so is ``proof``.
    """

    rule: str
    awards: tuple[LotAward, ...]
    without_limit: tuple[LotAward, ...]
    displaced: tuple[Displacement, ...] = ()
    in_lot_order: tuple[LotAward, ...] = ()
    proof: Proof | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def total(self) -> Fraction:
        """Return the sum of the awarded totals."""
        return points(self.awards)

    @property
    def total_without_limit(self) -> Fraction:
        """Return the sum of the best total in each lot."""
        return points(self.without_limit)


def points(awards: Sequence[LotAward]) -> Fraction:
    """Return the sum of the totals of the lots awarded."""
    return sum((award.total for award in awards if award.total is not None), Fraction(0))
