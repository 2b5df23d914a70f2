"""The work list of an evaluator: what they score, in their own reading order, how long it takes, how far they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scoring.reading import in_reading_order, minutes_for
from workbench.models.tenders import TenderRecord
from workbench.policies import Actor
from workbench.queries.evaluation.access import PanelAccess, access_of
from workbench.queries.evaluation.answers import words_of
from workbench.queries.evaluation.sheets import Desk, Question, State, desk_of

DONE: frozenset[State] = frozenset({"complete", "submitted"})


@dataclass(frozen=True)
class Entry:
    """One answer to score: of which bid, what its tenderer is called here, how long it is, how far it is scored."""

    bid_id: str
    criterion: str
    lot: str
    title: str
    name: str
    words: int
    minutes: int
    state: State


@dataclass(frozen=True)
class WorkGroup:
    """One question of a lot with the answers to it, in reading order."""

    lot: str
    lot_title: str
    title: str
    criterion: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class WorkList:
    """Everything that one evaluator is to score, in reading order."""

    entries: tuple[Entry, ...] = ()
    groups: tuple[WorkGroup, ...] = ()

    @property
    def counts(self) -> Counter[State]:
        """Count the answers by how far they are."""
        return Counter(entry.state for entry in self.entries)

    @property
    def done(self) -> int:
        """Count the answers that are scored in full."""
        return sum(entry.state in DONE for entry in self.entries)

    @property
    def minutes_left(self) -> int:
        """Estimate how long the answers take that are not scored in full."""
        return sum(entry.minutes for entry in self.entries if entry.state not in DONE)

    def next_after(self, bid_id: str = "", criterion: str = "") -> Entry | None:
        """Return the next answer that is not scored in full, after one of them or from the start; None when all are."""
        places = [at for at, it in enumerate(self.entries) if (it.bid_id, it.criterion) == (bid_id, criterion)]
        start = places[0] + 1 if places else 0
        onward = (*self.entries[start:], *self.entries[: max(0, start - 1)])
        return next((entry for entry in onward if entry.state not in DONE), None)


def work_of(tender: TenderRecord, actor: Actor, access: PanelAccess | None = None) -> WorkList:
    """Lay out what somebody is to score; nothing before they have declared."""
    access = access or access_of(tender, actor)
    if not access.declared:
        return WorkList()
    return work_on(desk_of(tender, actor, access))


def work_on(desk: Desk) -> WorkList:
    """Lay out a member's desk as a work list."""
    groups = tuple(_groups(desk))
    return WorkList(tuple(entry for group in groups for entry in group.entries), groups)


def _groups(desk: Desk) -> Iterator[WorkGroup]:
    counted = words_of(desk.tender.id) if desk.bids else {}
    asked = {bid_id: {each.id: each for each in desk.questions(bid_id)} for bid_id in desk.bids}
    for lot in desk.file.tender.contract_lots:
        own = [bid_id for bid_id, row in desk.bids.items() if row.lot == lot.id]
        for criterion in dict.fromkeys(name for bid_id in own for name in asked[bid_id]):
            questions = {bid_id: asked[bid_id][criterion] for bid_id in own if criterion in asked[bid_id]}
            order = in_reading_order(
                questions, tender=desk.tender.id, reader=str(desk.actor.user_id), question=criterion
            )
            entries = tuple(
                _entry(desk, bid_id, questions[bid_id], counted.get((bid_id, criterion), 0)) for bid_id in order
            )
            title = questions[order[0]].leaf.criterion.title
            yield WorkGroup(lot.id, lot.title, title, criterion, entries)


def _entry(desk: Desk, bid_id: str, question: Question, words: int) -> Entry:
    return Entry(
        bid_id, question.id, desk.bids[bid_id].lot, question.leaf.criterion.title, desk.name(bid_id), words,
        minutes_for(words), desk.state(bid_id, question),
    )  # fmt: skip
