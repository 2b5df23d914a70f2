"""Every possible set of weights of three heads (quality, social value, price) as a triangle, cut up by who is first.

The triangle is clipped by a straight line for each rival: areas and centres are exact, where draws are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.assurance.basis import Basis, Floats, Group

Corner = tuple[float, float, float]


@dataclass(frozen=True)
class Area:
    """Where one bid comes first: its share of the triangle, the weights in the middle of it, and its corners."""

    bid: str
    share: float
    centre: Corner | None
    corners: tuple[Corner, ...]


@dataclass(frozen=True)
class Areas:
    """The triangle of three heads: their titles, who is first where, and where the published weights are."""

    heads: tuple[str, str, str]
    areas: tuple[Area, ...]
    published: Corner


@dataclass(frozen=True)
class Line:
    """A bid's total as the weight of price goes from 0 to 100 and the others keep their proportions."""

    bid: str
    at_nought: Fraction
    at_hundred: Fraction


@dataclass(frozen=True)
class PriceLines:
    """Every bid's total by the weight of price, the published weight, and who is first from which weight on."""

    weight: Fraction
    lines: tuple[Line, ...]
    firsts: tuple[tuple[Fraction, str], ...]


def three_heads(basis: Basis) -> Areas | None:
    """Cut the triangle of a lot with exactly three heads; None for any other number."""
    heads = [group for group in basis.groups if group.depth == 0]
    if len(heads) != 3 or sum(head.weight for head in heads) != 100:
        return None
    x = np.array([[_head_share(basis, row, head) for head in heads] for row in range(len(basis.bids))])
    found = first_areas(x)
    a, b, c = heads
    published = (float(a.weight) / 100, float(b.weight) / 100, float(c.weight) / 100)
    return Areas(
        (a.title, b.title, c.title), tuple(_area(*it) for it in zip(basis.bids, found, strict=True)), published
    )


def _head_share(basis: Basis, row: int, head: Group) -> float:
    earned = sum((basis.weights[at] * basis.shares[row][at] for at in head.leaves), Fraction(0))
    return float(earned / head.weight)


def _area(bid: str, corners: tuple[Corner, ...]) -> Area:
    share, centre = area_of(corners)
    return Area(bid, share, centre, corners)


def first_areas(x: Floats) -> list[tuple[Corner, ...]]:
    """Return for each row of three shares the polygon of weights where it is first (empty where it never is)."""
    return [_where_first(x, row) for row in range(len(x))]


def _where_first(x: Floats, row: int) -> tuple[Corner, ...]:
    corners: list[Corner] = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
    leads = (x[row] - x)[np.arange(len(x)) != row]
    for lead in leads[np.argsort(leads.min(axis=1))]:
        if lead.min() >= 0 and lead.any():
            continue
        corners = _clipped(corners, [float(value) for value in lead])
        if len(corners) < 3:
            return ()
    return tuple(corners)


def _clipped(corners: list[Corner], lead: list[float]) -> list[Corner]:
    """Keep the part of a polygon where the lead is not below nought."""
    kept: list[Corner] = []
    values = [lead[0] * a + lead[1] * b + lead[2] * c for a, b, c in corners]
    for at, (corner, value) in enumerate(zip(corners, values, strict=True)):
        before, its = corners[at - 1], values[at - 1]
        if (value > 0 > its) or (value < 0 < its):
            share = its / (its - value)
            a, b, c = (p + share * (q - p) for p, q in zip(before, corner, strict=True))
            kept.append((a, b, c))
        if value >= 0:
            kept.append(corner)
    return kept


def area_of(corners: tuple[Corner, ...]) -> tuple[float, Corner | None]:
    """Return a polygon's share of the triangle, and its centre; two coordinates are enough for both."""
    area, sums = 0.0, [0.0, 0.0]
    for (a, b, _), (c, d, _) in zip(corners, corners[1:] + corners[:1], strict=True):
        cross = a * d - c * b
        area += cross
        sums[0] += (a + c) * cross
        sums[1] += (b + d) * cross
    if abs(area) < 1e-15:
        return 0.0, None
    first, second = sums[0] / (3 * area), sums[1] / (3 * area)
    return abs(area), (first, second, 1 - first - second)


# --- one weight ---------------------------------------------------------------------------------------------


def price_lines(basis: Basis) -> PriceLines | None:
    """Return the totals as straight lines in the weight of price; None where price has no weight or all of it."""
    at = next((at for at, leaf in enumerate(basis.leaves) if leaf.kind == "price"), None)
    if at is None or basis.weights[at] >= 100:
        return None
    weight, lines = basis.weights[at], []
    for bid, row in zip(basis.bids, basis.shares, strict=True):
        scored = sum((w * s for k, (w, s) in enumerate(zip(basis.weights, row, strict=True)) if k != at), Fraction(0))
        lines.append(Line(bid, 100 * scored / (100 - weight), 100 * row[at]))
    return PriceLines(weight, tuple(lines), tuple(_firsts(lines)))


def _firsts(lines: list[Line]) -> list[tuple[Fraction, str]]:
    """Walk along the top of the lines from weight 0 to 100: who is first, and from where."""
    here = Fraction(0)
    best = max(lines, key=lambda line: (line.at_nought, line.at_hundred))
    found = [(here, best.bid)]
    while True:
        crossings = [(at, line) for line in lines if (at := _crossing(best, line)) is not None and at >= here]
        if not crossings:
            return found
        here = min(at for at, _ in crossings)
        best = max((line for at, line in crossings if at == here), key=lambda line: line.at_hundred - line.at_nought)
        found.append((here, best.bid))


def _crossing(best: Line, other: Line) -> Fraction | None:
    """Return the weight from which a steeper line is above; None where it never is before 100."""
    gap = best.at_nought - other.at_nought
    faster = (other.at_hundred - other.at_nought) - (best.at_hundred - best.at_nought)
    if faster <= 0 or gap / faster >= 1:
        return None
    return 100 * gap / faster
