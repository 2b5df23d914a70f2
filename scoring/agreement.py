"""How far evaluators agree: evidence for their discussion, never part of a score.

Floats are allowed here and decide nothing. ``ratings`` has a row for each answer and a column for each evaluator;
``nan`` where somebody did not score. A figure that cannot be worked out (no score varies, too few of them) is None.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import nan
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Ratings = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval"]
Form = Literal["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
FORMS: Final[tuple[Form, ...]] = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
_FEWEST = 2  # answers, and evaluators, below which there is nothing to compare
_NOUGHT = 1e-12  # a variance below it is a rounding error of nought, on marks between 0 and some hundreds


@dataclass(frozen=True)
class Variances:
    """Mean squares of a two-way table: between rows, within rows, between columns, and what is left."""

    rows: float
    within: float
    columns: float
    left: float
    shape: tuple[int, int]


@dataclass(frozen=True)
class Icc:
    """The six intra-class correlations of Shrout and Fleiss (1979), in the order of FORMS."""

    values: tuple[float | None, ...]
    variances: Variances

    def of(self, form: Form) -> float | None:
        """Return one of the six."""
        return self.values[FORMS.index(form)]

    @property
    def f_oneway(self) -> float | None:
        """Return F of the one-way analysis."""
        return _ratio(self.variances.rows, self.variances.within)

    @property
    def f_twoway(self) -> float | None:
        """Return F of the two-way analysis."""
        return _ratio(self.variances.rows, self.variances.left)


def ratings_of(rows: Sequence[Sequence[Fraction | None]]) -> Ratings:
    """Make ratings of exact scores, None where somebody did not score."""
    return np.array([[nan if each is None else float(each) for each in row] for row in rows], dtype=np.float64)


def whole_rows(ratings: Ratings) -> Ratings:
    """Keep the answers that everybody scored."""
    return ratings[~np.isnan(ratings).any(axis=1)]


def icc(ratings: Ratings) -> Icc | None:
    """Work out the intra-class correlations from the answers that everybody scored."""
    whole = whole_rows(np.asarray(ratings, dtype=np.float64))
    if min(whole.shape) < _FEWEST or np.ptp(whole) == 0:
        return None
    it = _variances(whole)
    n, k = it.shape
    spare = it.rows - it.left
    values = (
        _ratio(it.rows - it.within, it.rows + (k - 1) * it.within),
        _ratio(spare, it.rows + (k - 1) * it.left + k * (it.columns - it.left) / n),
        _ratio(spare, it.rows + (k - 1) * it.left),
        _ratio(it.rows - it.within, it.rows),
        _ratio(spare, it.rows + (it.columns - it.left) / n),
        _ratio(spare, it.rows),
    )
    return Icc(values, it)


def _variances(whole: Ratings) -> Variances:
    n, k = whole.shape
    mean, by_row, by_column = whole.mean(), whole.mean(axis=1), whole.mean(axis=0)
    rows = k * float(((by_row - mean) ** 2).sum())
    columns = n * float(((by_column - mean) ** 2).sum())
    within = float(((whole - by_row[:, None]) ** 2).sum())
    left = max(within - columns, 0)
    return Variances(
        rows / (n - 1), within / (n * (k - 1)), columns / (k - 1), left / ((n - 1) * (k - 1)), (n, k)
    )  # fmt: skip


def _ratio(above: float, below: float) -> float | None:
    return above / below if abs(below) > _NOUGHT else None


def interval(found: Icc, form: Literal["ICC1", "ICC2", "ICC3"], sure: float = 0.95) -> tuple[float, float] | None:
    """Return the confidence interval of a single evaluator's ICC (McGraw and Wong 1996); None where F is boundless."""
    if found.f_oneway is None or found.f_twoway is None or found.of(form) is None:
        return None
    n, k = found.variances.shape
    high = (1 + sure) / 2
    if form == "ICC2":
        return _interval_of_two(found, high)
    f, other = (found.f_oneway, n * (k - 1)) if form == "ICC1" else (found.f_twoway, (n - 1) * (k - 1))
    low_f, high_f = f / fdtri(n - 1, other, high), f * fdtri(other, n - 1, high)
    return _of_f(float(low_f), k), _of_f(float(high_f), k)


def _of_f(f: float, k: int) -> float:
    return float((f - 1) / (f + k - 1))


def _interval_of_two(found: Icc, high: float) -> tuple[float, float]:
    it, own = found.variances, found.of("ICC2") or 0
    n, k = it.shape
    f, rest = it.columns / it.left, n * (1 + (k - 1) * own) - k * own
    free = (k - 1) * (n - 1) * (k * own * f + rest) ** 2 / ((n - 1) * (k * own * f) ** 2 + rest**2)
    low_f, high_f = fdtri(n - 1, free, high), fdtri(free, n - 1, high)
    span = k * it.columns + (k * n - k - n) * it.left
    low = n * (it.rows - low_f * it.left) / (low_f * span + n * it.rows)
    top = n * (high_f * it.rows - it.left) / (span + n * high_f * it.rows)
    return float(low), float(top)


# --- Krippendorff's alpha ---------------------------------------------------------------------------------------


def krippendorff(ratings: Ratings, level: Level) -> float | None:
    """Work out Krippendorff's alpha: 1 is agreement throughout, 0 what chance gives; scores may be missing."""
    given = np.asarray(ratings, dtype=np.float64)
    known = ~np.isnan(given)
    scores = given[known]
    values = np.unique(scores)
    if len(values) < _FEWEST:
        return None
    width = len(values)
    at = np.nonzero(known)[0] * width + np.searchsorted(values, scores)
    counts = np.bincount(at, minlength=len(given) * width).reshape(len(given), width).astype(np.float64)
    counts = counts[counts.sum(axis=1) >= _FEWEST]
    shared = counts / (counts.sum(axis=1, keepdims=True) - 1)
    together = shared.T @ counts - np.diag(shared.sum(axis=0))
    totals = together.sum(axis=0)
    apart = _apart(values, totals, level)
    expected = float(totals @ apart @ totals)
    if expected <= _NOUGHT:
        return None
    return 1 - (float(totals.sum()) - 1) * float((together * apart).sum()) / expected


def _apart(values: Ratings, totals: Ratings, level: Level) -> Ratings:
    """Say how far apart each two values are, squared."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    place = values if level == "interval" else np.cumsum(totals) - totals / 2
    apart: Ratings = (place[:, None] - place[None, :]) ** 2
    return apart


# --- Kendall's W -------------------------------------------------------------------------------------------------


def kendall(ratings: Ratings) -> float | None:
    """Work out Kendall's coefficient of concordance, ties corrected: do evaluators put answers in one order?"""
    whole = whole_rows(np.asarray(ratings, dtype=np.float64))
    n, m = whole.shape
    if min(n, m) < _FEWEST:
        return None
    ranks, ties = _ranks(whole)
    sums = ranks.sum(axis=1)
    spread = float(((sums - sums.mean()) ** 2).sum())
    most = m * m * (n**3 - n) - m * ties
    return 12 * spread / most if most > 0 else None


def _ranks(whole: Ratings) -> tuple[Ratings, float]:
    """Rank each column, ties sharing their mean rank; return also the sum of t³ − t over all ties."""
    n, m = whole.shape
    columns = np.ascontiguousarray(whole.T)
    order = np.argsort(columns, axis=1)
    ordered = np.take_along_axis(columns, order, axis=1)
    starts = np.ones((m, n), dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    group = np.cumsum(starts.ravel()) - 1  # groups of equal scores, numbered column after column
    size = np.bincount(group).astype(np.float64)
    first = np.nonzero(starts.ravel())[0] % n
    ranks = np.empty_like(columns)
    np.put_along_axis(ranks, order, (first + (size + 1) / 2)[group].reshape(m, n), axis=1)
    return ranks.T, float((size**3 - size).sum())


# --- evaluators --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Severity:
    """How one evaluator scored: ``leaning`` is the mean distance from the mean of the others on the same answers.

    ``flat`` says that they gave every answer the same, of at least three.
    """

    answers: int
    mean: float | None
    lowest: float | None
    highest: float | None
    leaning: float | None
    flat: bool


def severities(ratings: Ratings) -> tuple[Severity, ...]:
    """Describe each evaluator beside the others."""
    return tuple(_severities(np.asarray(ratings, dtype=np.float64)))


def _severities(given: Ratings) -> Iterator[Severity]:
    known = ~np.isnan(given)
    filled = np.where(known, given, 0)
    others = known.sum(axis=1, keepdims=True) - known
    rest = np.divide(
        filled.sum(axis=1, keepdims=True) - filled, others, out=np.full_like(filled, nan), where=others > 0
    )
    for at in range(given.shape[1]):
        own, shared = given[known[:, at], at], known[:, at] & (others[:, at] > 0)
        leaning = float((given[shared, at] - rest[shared, at]).mean()) if shared.any() else None
        if own.size:
            flat = own.size > _FEWEST and float(np.ptp(own)) == 0
            yield Severity(int(own.size), float(own.mean()), float(own.min()), float(own.max()), leaning, flat)
        else:
            yield Severity(0, None, None, None, None, flat=False)
