"""The published assessment methodology of one or more lots: criteria, price formula, gates, rounding, tie-breaks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from lots.collaboration import Consequence
from lots.money import Money
from scoring.abnormal import Settings
from scoring.criteria import Criterion, Leaf, Weighting, leaves
from scoring.figures import Rounding
from scoring.formulas import PriceMethod

EvaluatedPrice = Literal["total", "basket", "life_cycle", "net_present_value"]
ScoreRule = Literal["consensus", "mean"]
TieBreakRule = Literal["highest_criterion", "highest_quality", "highest_social_value", "lowest_price"]


@dataclass(frozen=True)
class TieBreak:
    """One step of the published tie-break list; ``criterion`` names the one ``highest_criterion`` compares."""

    rule: TieBreakRule
    criterion: str = ""


@dataclass(frozen=True)
class BasketItem:
    """One line of the published basket: how many units the unit prices are multiplied by."""

    id: str
    title: str
    quantity: Decimal


@dataclass(frozen=True)
class CriterionValue:
    """What full marks for a criterion are worth in pounds, under ``monetised_quality``."""

    criterion: str
    amount: Money


@dataclass(frozen=True)
class Methodology:
    """How the bids of ``lots`` are judged, frozen when the tender is published.

    ``score_rule`` is ``consensus`` (one agreed score) unless the tender published the mean of the evaluators' scores.
    ``basket`` (with quantities published before opening) and ``discount_rate`` (per cent a year, each year's price
    falling at its end) belong to the evaluated prices of those names; ``values`` to ``monetised_quality``, where
    each criterion has a worth of its own. ``minimum_quality`` is the least percentage of all scored marks (quality
    and social value). ``over_ceiling`` is what follows when a price exceeds the lot's base value or a year its budget.
    """

    id: str
    title: str
    lots: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    price: PriceMethod
    tie_breaks: tuple[TieBreak, ...]
    weighting: Weighting = "shares"
    evaluated_price: EvaluatedPrice = "total"
    basket: tuple[BasketItem, ...] = ()
    discount_rate: Decimal | None = None
    values: tuple[CriterionValue, ...] = ()
    score_rule: ScoreRule = "consensus"
    quorum: int = 3
    minimum_quality: Decimal | None = None
    rounding: Rounding = Rounding()
    rank_on: Literal["unrounded", "rounded"] = "unrounded"
    over_ceiling: Consequence = "reject"
    abnormally_low: Settings = Settings()

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return every scored or priced criterion with its effective weight."""
        return leaves(self.criteria, self.weighting)

    @cached_property
    def scored(self) -> tuple[Leaf, ...]:
        """Return the leaves a panel scores (quality and social value), in published order."""
        return tuple(leaf for leaf in self.leaves if leaf.kind != "price")

    @cached_property
    def priced(self) -> Leaf | None:
        """Return the price criterion; none under a whole method, which ranks by its own figure."""
        return next((leaf for leaf in self.leaves if leaf.kind == "price"), None)
