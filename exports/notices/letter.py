"""The letter to one unsuccessful tenderer as a value: all that its template prints, figures exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from exports.documents import DocumentHead
from exports.notices.assessment import CriterionLine, PriceLine, Worked
from exports.notices.letter_words import Outcome
from exports.notices.standstill import UNDER_THE_ACT
from exports.pdf import Attached
from lots.calendar import Standstill
from lots.regime import Regime, RegimeRules
from lots.thresholds import VatBasis
from scoring.decision import WithheldItem
from scoring.figures import Rounding
from scoring.scale import Scale

MANY = 5  # scored criteria, above which a letter runs to more than four pages


@dataclass(frozen=True)
class WinnerShown:
    """What a letter says of the successful tender; ``price`` is None where it is withheld on the ``price_ground``.

    ``marks_stated`` says that its price marks and total follow from prices that this tenderer is not shown.
    """

    name: str
    total: Fraction | None
    price: Fraction | None
    price_marks: Fraction | None
    price_ground: str = ""
    marks_stated: bool = False


@dataclass(frozen=True)
class UnsuccessfulLetter:
    """One unsuccessful tenderer's letter for one lot.

    ``references`` are the anonymous figures behind its price marks (title, pounds or a count); ``marks_out_of_sight``
    says that they would reveal a withheld price, so the price marks are stated and not worked out.
    """

    head: DocumentHead
    regime: Regime
    rules: RegimeRules
    vat: VatBasis
    rounding: Rounding
    outcome: Outcome
    winner: WinnerShown
    lines: tuple[CriterionLine, ...]
    price: PriceLine
    rank: int | None
    ranked: int
    total: Fraction | None
    whole_method: bool
    compared: tuple[str, ...]
    advantages: str
    feedback: str
    withheld: tuple[WithheldItem, ...]
    standstill: Standstill
    sent: date | None
    published: date | None
    debrief_contact: str
    debrief_until: date | None
    references: tuple[tuple[str, Fraction], ...]
    marks_out_of_sight: bool
    claim_by: date | None
    worked: tuple[Worked, ...]
    methodology: str
    scales: tuple[Scale, ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def under_the_act(self) -> bool:
        """Say whether the Procurement Act 2023 decides what is printed."""
        return self.regime in UNDER_THE_ACT

    @property
    def assessed(self) -> bool:
        """Say whether the tender was scored."""
        return any(line.own is not None for line in self.lines)

    @property
    def outcome_only(self) -> bool:
        """Say whether it only tells the outcome: under the Act a tender that was not assessed has no summary (s.50)."""
        return self.under_the_act and not self.assessed

    @property
    def only_stated(self) -> str:
        """Name the figures that follow from prices this tenderer is not shown; empty where there are none."""
        marks = "your price marks and your total" if self.marks_out_of_sight else ""
        theirs = self.winner.marks_stated and self.winner.total is not None
        named = [marks, "the price marks and the total of the successful tender" if theirs else ""]
        words = " and ".join(each for each in named if each)
        return words[:1].upper() + words[1:]

    @property
    def is_long(self) -> bool:
        """Say whether the letter has so many reasons that it needs a list of contents."""
        return sum(line.own is not None for line in self.lines) >= MANY
