"""Closed forms for one set of shares and weights, in floats: a few microseconds each, no draws, no search.

``x`` holds one row for each bid (the winner's first), ``w`` the weights as shares of 1, so that totals are ``x @ w``.
``lead`` is the winner's row less each rival's, ``gap`` the margins. What is printed is worked out again in exact
fractions for the rivals that these floats point at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scoring.assurance.basis import Floats

_ROUNDING = 1e-9  # of a point, where a gap is a whole number of them


def leads(x: Floats) -> Floats:
    """Return the winner's row less each rival's."""
    return np.asarray(x[0] - x[1:])


def intervals(lead: Floats, w: Floats, gap: Floats) -> tuple[Floats, Floats]:
    """Return for each criterion and rival the weights below and above which the rival is ahead (nan where none).

    One weight moves and the others keep their proportions: each margin is then a straight line in that weight.
    """
    rest = (gap[:, None] - w * lead) / (1 - w)
    slope = lead - rest
    with np.errstate(divide="ignore", invalid="ignore"):
        root = -rest / slope
    low = np.where((slope > 0) & (root >= 0), root, np.nan)
    high = np.where((slope < 0) & (root <= 1), root, np.nan)
    return low, high


def radius(lead: Floats, w: Floats, gap: Floats) -> Floats:
    """Return for each rival the share by which all weights may move at once before it draws level (exact up to 1)."""
    order = np.argsort(lead, axis=1)
    heaped = np.cumsum(w[order], axis=1)
    at = (heaped < heaped[:, -1:] / 2).sum(axis=1)
    middle = np.take_along_axis(lead, np.take_along_axis(order, at[:, None], axis=1), axis=1)
    return _divided(gap, np.abs(lead - middle) @ w)


def points_radius(lead: Floats, gap: Floats) -> Floats:
    """Return the same in points of weight (shares of 1) instead of shares of each weight."""
    middle = np.partition(lead, lead.shape[1] // 2, axis=1)[:, lead.shape[1] // 2][:, None]
    return _divided(gap, np.abs(lead - middle).sum(axis=1))


def nearest(lead: Floats, gap: Floats) -> Floats:
    """Return for each rival how far away (as the crow flies) the nearest weights are at which it draws level."""
    away = lead - lead.mean(axis=1, keepdims=True)
    return _divided(gap, np.sqrt(np.einsum("ij,ij->i", away, away)))


def flip_prices(quality: Floats, prices: Floats, weight: float) -> Floats:
    """Return the lowest price of an extra bid at which each rival draws level, under lowest price ÷ price.

    Margins are straight lines in the reference price; nan where the lines never meet at a price above nought.
    """
    slope = weight * (1 / prices[0] - 1 / prices[1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (quality[1:] - quality[0]) / slope
    return np.asarray(np.where((slope > 0) & (found > 0), found, np.nan))


def without_one(quality: Floats, prices: Floats, weight: float) -> NDArray[np.intp]:
    """Return the place of the winner after each losing bid is left out, under lowest price ÷ price: only it matters."""
    lowest, second = np.partition(prices, 1)[:2]
    winners: NDArray[np.intp] = np.zeros(len(prices) - 1, dtype=np.intp)
    if prices[0] > lowest:
        cheapest = int(prices.argmin())
        totals = quality + weight * second / prices
        totals[cheapest] = -np.inf
        winners[cheapest - 1] = int(totals.argmax())
    return winners


def fewest(points: Floats, top: float, worth: Floats, gap: Floats) -> Floats:
    """Return for each rival the least number of one-point changes that use up its gap; infinite where none do.

    ``points`` are the scores on one scale from 0 to ``top`` (the winner's row first), ``worth`` the marks of a point.
    The dearest points go first: the winner's down to nought, the rival's up to the top.
    """
    order = np.argsort(-worth)
    room = (points[0] + top - points[1:])[:, order]
    gains = np.cumsum(room * worth[order], axis=1)
    at = (gains < gap[:, None]).sum(axis=1)
    inside = np.minimum(at, len(worth) - 1)
    rows = np.arange(len(gap))
    before = np.where(at > 0, gains[rows, np.maximum(inside - 1, 0)], 0.0)
    taken = np.where(at > 0, np.cumsum(room, axis=1)[rows, np.maximum(inside - 1, 0)], 0.0)
    more = np.ceil((gap - before) / worth[order][inside] - _ROUNDING)
    return np.where(at < len(worth), taken + more, np.inf)


def _divided(gap: Floats, by: Floats) -> Floats:
    """Divide; a rival that no change of the weights brings nearer is infinitely far away, unless it is level."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(by > 0, gap / by, np.where(gap > 0, np.inf, 0)))
