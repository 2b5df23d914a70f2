"""Ranking by an exact figure, ties by the published list in order; what the list does not settle stays a tie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from scoring.figures import plain


@dataclass(frozen=True)
class RankingKey:
    """One figure to rank by: its name in words, the figure of every bid, and whether the highest is best."""

    title: str
    figures: Mapping[str, Fraction]
    highest: bool = True

    def better_first(self, bid: str) -> Fraction:
        """Return a value that sorts the better bid first."""
        return -self.figures[bid] if self.highest else self.figures[bid]


@dataclass(frozen=True)
class TieBroken:
    """A tie that a step of the published list settled (``order`` best first), with the figures that did it."""

    bids: tuple[str, ...]
    rule: str
    order: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """A bid's place; bids that nothing tells apart share one."""

    bid: str
    rank: int
    figure: Fraction


@dataclass(frozen=True)
class Ranking:
    """Bids, best first; the ties the published list settled, and those it did not."""

    places: tuple[Place, ...]
    ties_broken: tuple[TieBroken, ...] = ()
    unsettled: tuple[tuple[str, ...], ...] = ()

    @property
    def first(self) -> str | None:
        """Name the best bid, unless there is none or the first place is an unsettled tie."""
        leaders = [place.bid for place in self.places if place.rank == 1]
        return leaders[0] if len(leaders) == 1 else None

    def rank_of(self, bid: str) -> int:
        """Return a bid's rank; KeyError when it was not ranked."""
        for place in self.places:
            if place.bid == bid:
                return place.rank
        raise KeyError(bid)


def rank(key: RankingKey, tie_breaks: Sequence[RankingKey]) -> Ranking:
    """Rank every bid in ``key`` by it, and equal ones by the tie-breaks in order.

    Order of input never matters: bids still equal after the last tie-break share a rank and are named as unsettled.
    """
    broken: list[TieBroken] = []
    unsettled: list[tuple[str, ...]] = []
    places: list[Place] = []
    for tied in _groups(tuple(key.figures), key):
        for group in _settle(tied, tie_breaks, broken):
            if len(group) > 1:
                unsettled.append(group)
            at = len(places) + 1
            places += [Place(bid, at, key.figures[bid]) for bid in group]
    return Ranking(tuple(places), tuple(broken), tuple(unsettled))


def _groups(bids: Sequence[str], key: RankingKey) -> list[tuple[str, ...]]:
    """Split bids into groups of equal figure, better first; names sort within a group so that input order is moot."""
    ordered = sorted(bids, key=lambda bid: (key.better_first(bid), bid))
    return [tuple(group) for _, group in groupby(ordered, key=key.better_first)]


def _settle(tied: tuple[str, ...], rest: Sequence[RankingKey], broken: list[TieBroken]) -> list[tuple[str, ...]]:
    """Take tied bids through the remaining steps of the list, noting each step that told some of them apart."""
    if len(tied) == 1 or not rest:
        return [tied]
    groups = _groups(tied, rest[0])
    if len(groups) > 1:
        figures = tuple((bid, plain(rest[0].figures[bid])) for bid in tied)
        broken.append(TieBroken(tied, rest[0].title, tuple(bid for group in groups for bid in group), figures))
    return [settled for group in groups for settled in _settle(group, rest[1:], broken)]
