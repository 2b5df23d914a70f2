"""Who may score what, against the published quorum: where a panel is short, and what would mend it.

A quorum that is missed is never averaged away: the lot waits until another evaluator is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lots.words import counted, listed
from scoring.tender_file import TenderFile

_NAMED = 3  # criteria named in a sentence
Pair = tuple[str, str]
"""A bid and an award criterion."""


@dataclass(frozen=True)
class Scorer:
    """An evaluator: what they may score now, and what they could score once what is missing is done.

    ``silent`` says that they have still to declare, ``undecided`` that an interest of theirs waits for a decision.
    """

    name: str
    may: frozenset[Pair] = frozenset()
    could: frozenset[Pair] = frozenset()
    silent: bool = False
    undecided: bool = False


@dataclass(frozen=True)
class Cover:
    """One award criterion of a lot: the fewest evaluators that any of its bids has, now and at best."""

    criterion: str
    title: str
    fewest: int
    at_best: int
    by_bid: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class LotCover:
    """A lot: its quorum, how each criterion is covered, and what would mend what is short."""

    lot: str
    title: str
    quorum: int
    bids: int
    rows: tuple[Cover, ...]
    mends: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Say whether an answer has fewer evaluators than the quorum."""
        return any(row.fewest < self.quorum for row in self.rows)


def coverage(file: TenderFile, answers: Iterable[Pair], panel: Sequence[Scorer]) -> tuple[LotCover, ...]:
    """Work out the coverage of every lot from the answers that are to be scored; a lot without any has no rows."""
    wanted: dict[str, list[str]] = {}
    for bid, criterion in answers:
        wanted.setdefault(criterion, []).append(bid)
    return tuple(_lot(file, lot.id, lot.title, wanted, panel) for lot in file.tender.contract_lots)


def _lot(file: TenderFile, lot: str, title: str, wanted: dict[str, list[str]], panel: Sequence[Scorer]) -> LotCover:
    methodology = file.methodology_for(lot)
    of_lot = {bid.id for bid in file.bids_for(lot)}
    rows: list[Cover] = []
    bids: set[str] = set()
    for leaf in methodology.scored if methodology else ():
        own = sorted(of_lot.intersection(wanted.get(leaf.criterion.id, ())))
        if own:
            bids.update(own)
            rows.append(_cover(leaf.criterion.id, leaf.criterion.title, own, panel))
    quorum = methodology.quorum if methodology else 1
    made = LotCover(lot, title, quorum, len(bids), tuple(rows))
    return LotCover(lot, title, quorum, len(bids), tuple(rows), tuple(_mends(made, bids, panel)))


def _cover(criterion: str, title: str, bids: Sequence[str], panel: Sequence[Scorer]) -> Cover:
    by_bid = tuple((bid, sum((bid, criterion) in each.may for each in panel)) for bid in bids)
    best = min(sum((bid, criterion) in each.may | each.could for each in panel) for bid in bids)
    return Cover(criterion, title, min(count for _, count in by_bid), best, by_bid)


def _mends(lot: LotCover, bids: set[str], panel: Sequence[Scorer]) -> Iterator[str]:
    """Say what would mend a lot that is short: declarations, decisions, or more evaluators."""
    short = {row.criterion for row in lot.rows if row.fewest < lot.quorum}
    if not short:
        return
    waits = [each for each in panel if any(bid in bids and name in short for bid, name in each.could)]
    if silent := [each.name for each in waits if each.silent]:
        yield f"{listed(silent)} {'has' if len(silent) == 1 else 'have'} still to declare interests"
    if undecided := [each.name for each in waits if each.undecided and not each.silent]:
        yield f"An officer decides about the interest that {listed(undecided)} declared"
    missing: dict[int, list[str]] = {}
    for row in lot.rows:
        if row.at_best < lot.quorum:
            missing.setdefault(lot.quorum - row.at_best, []).append(f"“{row.title}”")
    for number, titles in missing.items():
        yield f"{counted(number, 'evaluator')} more for {_some(titles)}, without an interest in any of its tenderers"


def _some(titles: Sequence[str]) -> str:
    if len(titles) <= _NAMED:
        return listed(titles)
    return f"{', '.join(titles[:_NAMED])} and {len(titles) - _NAMED} more"
