"""How far the published weights could be moved before another bid came first: exact, in fractions.

Floats (:mod:`scoring.assurance.pack`) point at the rival that limits; its figure is then worked out exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.assurance import pack
from scoring.assurance.basis import Basis, Floats, Group

_NEAR = 1e-9  # rivals whose floats lie this close (relatively) to the best are all worked out
_HUNDRED = Fraction(100)


@dataclass(frozen=True)
class WeightRange:
    """Between which weights of one criterion the winner stays first, while the others keep their proportions.

    ``below`` and ``above`` are the bids that take over outside; empty where the range reaches 0 or 100.
    """

    criterion: str
    title: str
    depth: int
    weight: Fraction
    low: Fraction
    high: Fraction
    below: str = ""
    above: str = ""

    @property
    def nearest(self) -> tuple[Fraction, str] | None:
        """Return the smallest change of this weight that reverses the result (with its sign), and who takes over."""
        ends = [(self.low - self.weight, self.below), (self.high - self.weight, self.above)]
        return min((end for end in ends if end[1]), key=lambda end: abs(end[0]), default=None)


@dataclass(frozen=True)
class Radius:
    """How far all weights may move at once, whichever way, with the winner certain to stay first.

    ``percent`` is a share of each weight, ``points`` points of 100; None where no weights at all put ``rival`` ahead.
    """

    percent: Fraction | None
    points: Fraction | None
    percent_rival: str
    points_rival: str


@dataclass(frozen=True)
class NearestFlip:
    """The weights nearest to those published at which another bid draws level."""

    rival: str
    distance: float
    weights: tuple[float, ...]


def weight_ranges(basis: Basis) -> tuple[WeightRange, ...]:
    """Return the range of every criterion and branch."""
    lead, gap = pack.leads(basis.x), np.array([float(margin) / 100 for margin in basis.margins])
    return tuple(_range(basis, group, lead, gap) for group in basis.groups)


def _range(basis: Basis, group: Group, lead: Floats, gap: Floats) -> WeightRange:
    members = list(group.leaves)
    own = (lead[:, members] @ basis.w[members]) / float(group.weight / 100)
    low, high = pack.intervals(own[:, None], np.array([float(group.weight / 100)]), gap)
    below = _exact(basis, group, _close(-low[:, 0]))
    above = _exact(basis, group, _close(high[:, 0]))
    least, under = max(below, default=(Fraction(0), ""))
    most, over = min(above, default=(_HUNDRED, ""))
    return WeightRange(group.id, group.title, group.depth, group.weight, least, most, under, over)


def _close(figures: Floats) -> list[int]:
    """Return the places of the smallest figures, as near as floats can tell."""
    if np.isnan(figures).all():
        return []
    best = np.nanmin(figures)
    return [int(at) for at in np.flatnonzero(figures <= best + _NEAR * max(1.0, abs(best)))]


def _exact(basis: Basis, group: Group, rivals: Iterable[int]) -> list[tuple[Fraction, str]]:
    """Return the weights (out of 100) at which these rivals draw level."""
    found = []
    for rival in rivals:
        lead, margin = basis.leads[rival], basis.margins[rival]
        inside = sum((basis.weights[at] * lead[at] for at in group.leaves), Fraction(0))
        own, rest = inside / group.weight, (margin - inside) / (100 - group.weight)
        if own != rest and 0 < (at := 100 * rest / (rest - own)) < 100:  # level only at an end: first all the way
            found.append((at, basis.bids[rival + 1]))
    return found


# --- all weights at once ------------------------------------------------------------------------------------


def guaranteed_radius(basis: Basis) -> Radius:
    """Return the guaranteed radius as a share of each weight and in points."""
    lead, gap = pack.leads(basis.x), np.array([float(margin) / 100 for margin in basis.margins])
    percent, percent_rival = _smallest(basis, 100 * pack.radius(lead, basis.w, gap), relative=True)
    points, points_rival = _smallest(basis, 100 * pack.points_radius(lead, gap), relative=False)
    return Radius(percent, points, percent_rival, points_rival)


def _smallest(basis: Basis, at_least: Floats, relative: bool) -> tuple[Fraction | None, str]:
    """Find the least reach at which a rival draws level; ``at_least`` bounds each from below."""
    best: Fraction | None = None
    who = ""
    for rival in np.argsort(at_least, kind="stable"):
        if best is not None and at_least[rival] > float(best) * (1 + _NEAR):
            break
        reach = reach_to_level(basis.leads[rival], basis.weights, relative)
        if reach is not None and (best is None or reach < best):
            best, who = reach, basis.bids[rival + 1]
    return best, who


def reach_to_level(lead: Sequence[Fraction], weights: Sequence[Fraction], relative: bool) -> Fraction | None:
    """Return the least reach (per cent, or points) of all weights at which the worst case has no lead left; exact.

    The worst case is a convex, piecewise straight function of the reach: Newton's steps from the left never pass the
    answer and end on it. None where the rival leads nowhere: it could only draw level, and only if every criterion in
    which it trails weighed nothing.
    """
    if min(lead) >= 0 and any(d * w for d, w in zip(lead, weights, strict=True)):
        return None
    reach = Fraction(0)
    while True:
        value, slope = _worst(lead, weights, reach, relative)
        if value <= 0:
            return reach
        reach -= value / slope


def _worst(
    lead: Sequence[Fraction], weights: Sequence[Fraction], reach: Fraction, relative: bool
) -> tuple[Fraction, Fraction]:
    """Return the smallest margin with all weights within ``reach``, and how fast it falls as the reach grows.

    Filling the weights up where the lead is least is the optimum; the bid that is filled in part sets the price.
    """
    steps = [weight / 100 if relative else Fraction(1) for weight in weights]
    low = [max(Fraction(0), weight - reach * step) for weight, step in zip(weights, steps, strict=True)]
    high = [weight + reach * step for weight, step in zip(weights, steps, strict=True)]
    order = sorted(range(len(lead)), key=lead.__getitem__)
    rooms = [high[at] - low[at] if reach else 2 * steps[at] for at in order]
    left = 100 - sum(low) if reach else sum(steps, Fraction(0))
    middle = lead[order[-1]]
    for at, room in zip(order, rooms, strict=True):
        if room >= left:
            middle = lead[at]
            break
        left -= room
    value, slope = 100 * middle, Fraction(0)
    for at, own in enumerate(lead):
        if own < middle:
            value, slope = value + (own - middle) * high[at], slope + (own - middle) * steps[at]
        elif own > middle:
            value += (own - middle) * low[at]
            slope -= (own - middle) * (steps[at] if low[at] > 0 or not reach else 0)
    return value, slope


# --- as the crow flies --------------------------------------------------------------------------------------


def nearest_flip(basis: Basis) -> NearestFlip | None:
    """Return the nearest weights at which a rival draws level; None where there are none."""
    lead, gap = pack.leads(basis.x), np.array([float(margin) / 100 for margin in basis.margins])
    bound = pack.nearest(lead, gap)
    best: tuple[float, int, Floats] | None = None
    for rival in np.argsort(bound, kind="stable"):
        if not np.isfinite(bound[rival]) or (best is not None and bound[rival] >= best[0]):
            break
        found = _towards(lead[rival], basis.w)
        if found is not None and (best is None or np.linalg.norm(found - basis.w) < best[0]):
            best = float(np.linalg.norm(found - basis.w)), int(rival), found
    if best is None:
        return None
    return NearestFlip(basis.bids[best[1] + 1], 100 * best[0], tuple(float(100 * weight) for weight in best[2]))


def _towards(lead: Floats, w: Floats) -> Floats | None:
    """Return the weights nearest to ``w``, none below nought, without a lead; None where the rival leads nowhere."""
    if lead.min() >= 0 and float(lead @ w) > 0:
        return None
    away = lead - lead.mean()
    straight = w - float(lead @ w) / float(away @ away) * away if away.any() else w
    if straight.min() >= 0:
        return np.asarray(straight)
    near, far = 0.0, 1.0
    while float(lead @ _on_simplex(w - far * lead)) > 0 and far < 1e12:
        far *= 2
    for _ in range(200):
        middle = (near + far) / 2
        near, far = (middle, far) if float(lead @ _on_simplex(w - middle * lead)) > 0 else (near, middle)
    return _on_simplex(w - far * lead)


def _on_simplex(v: Floats) -> Floats:
    """Return the nearest weights that are not below nought and add up to 1."""
    ordered = np.sort(v)[::-1]
    spare = (np.cumsum(ordered) - 1) / np.arange(1, len(v) + 1)
    cut = spare[np.flatnonzero(ordered > spare)[-1]]
    return np.asarray(np.maximum(v - cut, 0))
