"""What a panel discusses first: answers sorted by how far the scores lie apart times how much the criterion weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lots.words import counted
from scoring.criteria import Leaf
from scoring.scale import Scale
from scoring.tender_file import TenderFile

Given = Mapping[str, Decimal]


@dataclass(frozen=True)
class AgendaItem:
    """One answer to be moderated: what each evaluator gave, by their name in the file.

    ``spread`` is the distance between the highest and the lowest score as a share of the scale, ``weight`` of the
    criterion in the whole. ``quorum`` is how many scores the published rules ask for.
    """

    bid: str
    lot: str
    leaf: Leaf
    scale: Scale
    given: tuple[tuple[str, Decimal], ...]
    quorum: int

    @property
    def spread(self) -> Fraction:
        """Return how far the scores lie apart, as a share of the scale."""
        points = [Fraction(each) for _, each in self.given]
        return (max(points) - min(points)) / Fraction(self.scale.maximum) if points else Fraction(0)

    @property
    def at_stake(self) -> Fraction:
        """Return how many marks of the whole 100 lie between the highest and the lowest score."""
        return self.spread * self.leaf.weight

    @property
    def short(self) -> int:
        """Return how many scores are missing for the quorum."""
        return max(0, self.quorum - len(self.given))

    @property
    def needs_discussion(self) -> bool:
        """Say whether the evaluators do not agree already."""
        return self.spread > 0 or not self.given


def agenda(file: TenderFile, bids: Collection[str]) -> tuple[AgendaItem, ...]:
    """List the answers of some bids, what is most at stake first; ties in the published order, bid by bid."""
    return tuple(sorted(_items(file, bids), key=lambda item: -item.at_stake))


def _items(file: TenderFile, bids: Collection[str]) -> Iterator[AgendaItem]:
    scales, given = {scale.id: scale for scale in file.scales}, given_in(file)
    for lot in file.tender.contract_lots:
        methodology = file.methodology_for(lot.id)
        for leaf in methodology.scored if methodology else ():
            for bid in file.bids_for(lot.id):
                if bid.id in bids and methodology:
                    points = tuple(given.get((bid.id, leaf.criterion.id), {}).items())
                    yield AgendaItem(bid.id, lot.id, leaf, scales[leaf.criterion.scale], points, methodology.quorum)


def given_in(file: TenderFile) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Collect the points that each evaluator gave, by bid and criterion, evaluators in the panel's order."""
    place = {member.id: at for at, member in enumerate(file.panel)}
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for sheet in sorted(file.score_sheets, key=lambda each: place.get(each.evaluator, len(place))):
        for score in sheet.scores:
            if score.points is not None:
                found.setdefault((sheet.bid, score.criterion), {})[sheet.evaluator] = score.points
    return found


def say(items: Collection[AgendaItem]) -> str:
    """Count the agenda in a sentence."""
    some = sum(item.needs_discussion for item in items)
    agree = len(items) - some
    return (
        f"{some} of {counted(len(items), 'answer')} {'needs' if some == 1 else 'need'} discussion, "
        f"{agree} {'agrees' if agree == 1 else 'agree'}"
    )
