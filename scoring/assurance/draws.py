"""Ranks over weights drawn by chance, every set as likely as any other: seeded, so that the same draws come again.

Waiting times in proportion are evenly drawn weights, and ranking needs no division: how long they are together tells
nothing about their proportions. Times and shares are rounded to whole numbers whose products add up exactly in floats,
so that every machine counts the same. A chunk of draws stays in the second-level cache. Each total is packed with its
bid's number in the lowest bits of a float, so that one sort of whole numbers ranks and names at once; bids that are
alike are merged first, for the packing would split their tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.random import SFC64, Generator
from numpy.typing import NDArray

from scoring.assurance.basis import Floats

SEED = 20250401
DRAWS = 100_000
CHUNK = 4096
_FINE = np.float32(2**12)  # a waiting time of 1, as a whole number; none passes 2**5
_SHARES = 2**27  # a share of 1, as a whole number: 2**17 · 2**27 · 500 criteria stay within a float's 2**53
_ALONE = 2**18  # multiplications that the matrix library leaves to one thread
_NINETY_FIVE = 1.96  # standard errors either side that hold 95 times in 100

Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Acceptability:
    """How often each bid took each rank, and the average of the weights that made it first (nan where none did)."""

    ranks: Floats
    central: Floats
    draws: int
    seed: int

    @property
    def error(self) -> float:
        """Return how far off any share may be, 95 times in 100."""
        return worst_error(self.draws)


def worst_error(draws: int) -> float:
    """Return the error of a share of one half, the worst there is."""
    return _NINETY_FIVE * sqrt(0.25 / draws) if draws else 1.0


def acceptability(x: Floats, *, seed: int = SEED, draws: int = DRAWS) -> Acceptability:
    """Rank the rows of ``x`` under weights drawn evenly."""
    rng = Generator(SFC64(seed))
    tally = Tally(x)
    times = np.empty((min(CHUNK, max(draws, 1)), x.shape[1]), dtype=np.float32)
    for start in range(0, draws, CHUNK):
        chunk = times[: min(CHUNK, draws - start)]
        rng.standard_exponential(dtype=np.float32, out=chunk)
        chunk *= _FINE
        tally.add(np.rint(chunk, out=chunk).astype(np.float64))
    return Acceptability(*tally.shares(), draws, seed)


class Tally:
    """Counts ranks and sums up winning weights, chunk by chunk, for bids that are told apart."""

    def __init__(self, x: Floats) -> None:
        """Take the shares of each bid; rows that are alike count as one and share a rank."""
        rows, place = np.unique(x, axis=0, return_inverse=True)
        self._place = place.reshape(-1)
        self._sizes = np.bincount(self._place)
        above = rows - rows.min(axis=0)
        self._columns = np.rint(above.T * (_SHARES / max(float(above.max(initial=0)), 1e-300)))
        self._mask = np.int32((1 << max(1, (len(rows) - 1).bit_length())) - 1)
        self._ids = np.arange(len(rows), dtype=np.int32)
        self._counts = np.zeros(len(rows) * len(x), dtype=np.int64)
        self._times = np.zeros((len(rows), x.shape[1]))
        self._count = 0

    def add(self, weights: Floats) -> None:
        """Count one chunk of weights: whole numbers, in proportion."""
        totals = np.empty((len(weights), self._columns.shape[1]), dtype=np.float32)
        for rows in self._blocks(len(weights)):
            totals[rows] = weights[rows] @ self._columns
        self.count(totals, weights)

    def count(self, totals: Singles, weights: Floats) -> None:
        """Rank and count totals (not below nought, one for each row of ``np.unique``; used up) of these weights."""
        order = self._ranked(totals)
        groups, bids = len(self._ids), len(self._place)
        ranks = self._ids if groups == bids else self._shared(order)
        self._counts += np.bincount((order * bids + ranks).ravel(), minlength=len(self._counts))
        first = (order[:, :1] == self._ids).astype(np.float64)
        for rows in self._blocks(len(weights)):
            self._times += first[rows].T @ weights[rows]
        self._count += len(weights)

    def _blocks(self, count: int) -> list[slice]:
        """Cut a chunk so small that no product is shared out among threads, which costs more than it brings."""
        rows = max(16, _ALONE // self._columns.size)
        return [slice(start, start + rows) for start in range(0, count, rows)]

    def _ranked(self, totals: Singles) -> NDArray[np.int32]:
        """Return the bids of each draw, best first: positive floats sort as the whole numbers of their bits."""
        packed = totals.view(np.int32)
        packed |= self._mask
        packed ^= self._ids
        packed.sort(axis=1)
        packed &= self._mask
        packed ^= self._mask
        return packed[:, ::-1]

    def _shared(self, order: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return ranks that leave room for bids which share one."""
        sizes = self._sizes[order]
        return np.asarray((np.cumsum(sizes, axis=1) - sizes).astype(np.int32))

    def shares(self) -> tuple[Floats, Floats]:
        """Return rank shares and central weights, one row for each bid as given."""
        counts = self._counts.reshape(len(self._ids), len(self._place))
        with np.errstate(invalid="ignore"):
            central = self._times / self._times.sum(axis=1, keepdims=True)
        return counts[self._place] / max(self._count, 1), central[self._place]
