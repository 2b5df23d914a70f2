"""The margin of victory: for each runner-up the smallest change of each kind that would put it level or ahead."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.assurance.basis import Basis
from scoring.assurance.bidders import NEAREST_RIVALS, PriceMove
from scoring.assurance.panel import PanelTests
from scoring.assurance.scores import ScoreMove
from scoring.evaluation import LotEvaluation


@dataclass(frozen=True)
class WeightMove:
    """One weight moved, the others keeping their proportions: which, and by how many points of 100."""

    criterion: str
    title: str
    change: Fraction


@dataclass(frozen=True)
class Margin:
    """How close one runner-up is. Each change is None (``absences`` empty) where no change of its kind does it."""

    rival: str
    name: str
    behind: Fraction
    score: ScoreMove | None
    weight: WeightMove | None
    price: PriceMove | None
    absences: tuple[str, ...]


def margins(
    lot: LotEvaluation,
    basis: Basis | None,
    moves: tuple[ScoreMove, ...],
    prices: tuple[PriceMove, ...],
    panel: PanelTests | None,
) -> tuple[Margin, ...]:
    """Bring the smallest changes together for the nearest runners-up."""
    first, *rivals = lot.ranked
    found = []
    for at, rival in enumerate(rivals[:NEAREST_RIVALS]):
        bid = rival.bid.id
        found.append(
            Margin(
                bid,
                rival.tenderer.name,
                abs((first.total or Fraction(0)) - (rival.total or Fraction(0))),
                next((move for move in moves if move.first == bid), None),
                smallest_weight(basis, at) if basis else None,
                next((move for move in prices if move.bid == bid and move.moved_to is not None), None),
                _absences(panel, bid),
            )
        )
    return tuple(found)


def _absences(panel: PanelTests | None, bid: str) -> tuple[str, ...]:
    """Name the evaluators without whom the bid would come first, where it does not with all of them."""
    if panel is None or panel.everybody.first == bid:
        return ()
    return tuple(each.name for each in panel.without if each.first == bid)


def smallest_weight(basis: Basis, rival: int) -> WeightMove | None:
    """Return the smallest change of any one weight at which a rival draws level; exact."""
    found = []
    for group in basis.groups:
        inside = sum((basis.weights[at] * basis.leads[rival][at] for at in group.leaves), Fraction(0))
        own, rest = inside / group.weight, (basis.margins[rival] - inside) / (100 - group.weight)
        if own != rest and 0 < (at := 100 * rest / (rest - own)) < 100:
            found.append(WeightMove(group.id, group.title, at - group.weight))
    return min(found, key=lambda move: abs(move.change), default=None)
