"""What the methods of this folder look at: a lot whose totals are sums of weight × share, exactly and as floats."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lots.errors import Finding
from scoring.catalogue import WHOLE_METHODS
from scoring.criteria import Leaf, walk
from scoring.evaluation import BidResult, LotEvaluation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """A criterion or a branch of them, whose weight may move as one: its leaves by their place, and its weight."""

    id: str
    title: str
    depth: int
    leaves: tuple[int, ...]
    weight: Fraction


@dataclass(frozen=True)
class Basis:
    """The ranked bids of one lot, best first, as shares (0 to 1) of each criterion's marks, with weights out of 100.

    ``leads[j]`` is how far the first bid is ahead of bid j + 1 in each criterion's share; ``margins[j]`` in marks.
    """

    bids: tuple[str, ...]
    names: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    weights: tuple[Fraction, ...]
    shares: tuple[tuple[Fraction, ...], ...]
    groups: tuple[Group, ...]

    @cached_property
    def leads(self) -> tuple[tuple[Fraction, ...], ...]:
        """Return the first bid's shares less each rival's."""
        first = self.shares[0]
        return tuple(tuple(own - its for own, its in zip(first, row, strict=True)) for row in self.shares[1:])

    @cached_property
    def margins(self) -> tuple[Fraction, ...]:
        """Return the first bid's total less each rival's."""
        return tuple(dot(self.weights, lead) for lead in self.leads)

    @cached_property
    def w(self) -> Floats:
        """Return the weights as shares of 1, in floats."""
        return np.array([float(weight) / 100 for weight in self.weights])

    @cached_property
    def x(self) -> Floats:
        """Return the shares in floats, one row for each bid."""
        return np.array([[float(share) for share in row] for row in self.shares])


def dot(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> Fraction:
    """Add up products exactly."""
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def obstacle(lot: LotEvaluation) -> Finding | None:
    """Say why there is no result yet whose firmness could be told."""
    place = lot.lot.id
    if lot.waiting:
        return Finding("assurance_waits", "The lot is not ranked yet, so there is no result to test", place)
    if not lot.ranked:
        return Finding("assurance_no_bid", "No bid is left in this lot, so there is no result to test", place)
    if lot.ranking.first is None:
        text = "The first place is a tie that the published list does not settle: there is no single result to test"
        return Finding("assurance_tied", text, place)
    return None


def weights_obstacle(lot: LotEvaluation) -> Finding | None:
    """Say why the weights of this lot cannot be varied."""
    place = lot.lot.id
    if lot.methodology.price.formula in WHOLE_METHODS:
        text = "This lot is ranked by a whole method, which divides or multiplies price and quality: no weights to vary"
        return Finding("assurance_whole_method", text, place)
    if len(lot.ranked) < 2:
        text = "Only one bid is ranked: no change of the weights could put another first"
        return Finding("assurance_alone", text, place)
    totals = [lot.round.totals[result.bid.id] for result in lot.ranked]
    if max(totals) > totals[0]:
        text = "Totals are ranked as rounded, and the first place was settled by the list of tie-breaks: not by weights"
        return Finding("assurance_rounded", text, place)
    return None


def basis_of(lot: LotEvaluation) -> Basis:
    """Set a ranked lot up for the methods; call it only where neither obstacle stands in the way."""
    leaves = tuple(leaf for leaf in lot.methodology.leaves if leaf.kind != "price" or leaf.weight)
    ranked = lot.ranked
    return Basis(
        tuple(result.bid.id for result in ranked),
        tuple(result.tenderer.name for result in ranked),
        leaves,
        tuple(leaf.weight for leaf in leaves),
        tuple(_shares(result, leaves) for result in ranked),
        _groups(lot, leaves),
    )


def _shares(result: BidResult, leaves: tuple[Leaf, ...]) -> tuple[Fraction, ...]:
    """Return what share of each criterion's marks a bid earned; a price mark is in proportion to its weight too."""
    earned = {row.leaf.criterion.id: row.points / row.maximum for row in result.rows}
    priced = result.price_marks or Fraction(0)
    return tuple(earned[leaf.criterion.id] if leaf.kind != "price" else priced / leaf.weight for leaf in leaves)


def _groups(lot: LotEvaluation, leaves: tuple[Leaf, ...]) -> tuple[Group, ...]:
    """List every criterion and branch with weight, in published order; a branch with one part is that part."""
    depths = {leaf.criterion.id: len(leaf.above) for leaf in lot.methodology.leaves}
    found = []
    for criterion, place in walk(lot.methodology.criteria):
        below = tuple(at for at, leaf in enumerate(leaves) if criterion.id in (*leaf.above, leaf.criterion.id))
        weight = sum((leaves[at].weight for at in below), Fraction(0))
        depth = depths.get(criterion.id, place.count(".parts"))
        if 0 < weight < 100 and not (criterion.parts and len(below) == 1):
            found.append(Group(criterion.id, criterion.title, depth, below, weight))
    return tuple(found)
