"""The chance that the winner stays first when all weights are moved at once, by chance, around those published.

It stands beside the guaranteed radius and never in its place: drawing may miss for a million times the one direction
in which a rival provably wins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import SFC64, Generator

from scoring.assurance.basis import Basis, Floats
from scoring.assurance.draws import worst_error

REACHES = (5, 10, 20, 30, 40, 50, 75, 100)
DRAWS = 20_000
_FINE = 2**12  # a change of a whole weight, as a whole number
_SHARES = 2**30  # so that sums of products are exact in floats, and every machine counts the same


@dataclass(frozen=True)
class Around:
    """For each reach (per cent of each weight) the share of draws within it in which the winner stays first."""

    stays: tuple[tuple[int, float], ...]
    draws: int

    @property
    def error(self) -> float:
        """Return how far off any share may be, 95 times in 100."""
        return worst_error(self.draws)


def around(basis: Basis, *, seed: int, draws: int = DRAWS) -> Around:
    """Draw directions in which the weights move, adding up to nought, and see how far the winner goes along each."""
    moves = directions(basis.w, seed, draws)
    reach = reversal(basis, moves)
    shares = tuple((percent, float((reach > percent / 100).mean())) for percent in REACHES)
    return Around(shares, len(moves))


def directions(w: Floats, seed: int, draws: int) -> Floats:
    """Return changes (``_FINE`` is a whole weight) that stay within the reach once they add up to nought."""
    moves = Generator(SFC64(seed)).integers(-_FINE, _FINE, size=(draws, len(w)), endpoint=True).astype(np.float64)
    shift = np.rint(moves @ np.rint(w * 2**20) / 2**20)
    return np.asarray(moves[np.abs(moves - shift[:, None]).max(axis=1) <= _FINE])


def reversal(basis: Basis, moves: Floats) -> Floats:
    """Return for each direction the share of every weight at which the first rival draws level (infinite: none does).

    Leads are taken from their weighted mean, so that a change of all weights alike, which changes nothing, counts
    for nothing.
    """
    lead = basis.x[0] - basis.x[1:]
    gap = np.array([float(margin) / 100 for margin in basis.margins])
    slopes = moves @ np.rint(basis.w * (lead - gap[:, None]) * _SHARES).T / (_FINE * float(_SHARES))
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(slopes < 0, gap / -slopes, np.inf)
    return np.asarray(reach.min(axis=1))
