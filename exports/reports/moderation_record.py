"""The record of a lot's moderation: who was there, each answer's scores, what was agreed, why, and who signed.

Restricted: it names tenderers and those present; whose score is whose stays a number (Evaluator 2). It holds no total,
no rank and no price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from exports.documents import DocumentHead, Slot
from exports.pdf import Attached
from exports.reports.working_papers import paper_head
from lots.calendar import london
from scoring.agenda import AgendaItem, agenda
from scoring.moderation import CAUSES, AgreedScore
from scoring.scoresheet import PanelMember
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Sitting:
    """One agreed score as it was put to signature: by whom and when, who had to sign, who did and when.

    People are panel members by their ids in the file; ``stands`` says whether it is the one that holds.
    """

    score: AgreedScore
    chair: str
    put_at: datetime
    present: tuple[str, ...]
    signed: tuple[tuple[str, datetime], ...]
    absent: str = ""
    stands: bool = True


@dataclass(frozen=True)
class Change:
    """A score that moved, by the evaluator's number."""

    who: str
    old: Decimal
    cause: str
    explanation: str


@dataclass(frozen=True)
class Decided:
    """What one sitting agreed about an answer, in the words of the record."""

    sitting: Sitting
    level: str
    changes: tuple[Change, ...]
    chair: str
    signed: tuple[tuple[str, datetime], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One answer: the scores by evaluator's number, how far they lie apart, every sitting about it in order."""

    tenderer: str
    criterion: str
    weight: Fraction
    given: tuple[tuple[str, Decimal], ...]
    spread: Decimal
    maximum: Decimal
    decided: tuple[Decided, ...]


@dataclass(frozen=True)
class ModerationRecord:
    """The whole record of one lot, ready to be printed."""

    head: DocumentHead
    days: tuple[date, ...]
    present: tuple[PanelMember, ...]
    chairs: tuple[PanelMember, ...]
    locked_at: datetime | None
    questions: tuple[Question, ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def agreed(self) -> int:
        """Count the answers with an agreed score that stands."""
        return sum(any(each.sitting.stands for each in it.decided) for it in self.questions)


def moderation_record(
    file: TenderFile, lot_id: str, bids: Sequence[str], sittings: Sequence[Sitting], locked_at: datetime | None,
    dated: date,
) -> ModerationRecord:  # fmt: skip
    """Put the record of a lot together from its sittings, in their order; a draft until quality is locked."""
    items = [item for item in agenda(file, bids) if item.lot == lot_id]
    own = [each for each in sittings if each.score.bid in {item.bid for item in items}]
    days = sorted({london(each.put_at).date() for each in own})
    slot = Slot("Moderation record", "moderation-record", 1, lot_id)
    head = paper_head(file, slot, days[-1] if days else dated, mark="M", early=True, draft=locked_at is None)
    known, there = {member.id: member for member in file.panel}, {name for each in own for name in each.present}
    return ModerationRecord(
        head,
        tuple(days),
        tuple(member for member in file.panel if member.id in there),
        tuple(known[name] for name in dict.fromkeys(each.chair for each in own) if name in known),
        locked_at,
        tuple(_questions(file, items, own)),
    )


def _questions(file: TenderFile, items: Sequence[AgendaItem], sittings: Sequence[Sitting]) -> Iterator[Question]:
    numbers, names = _numbers(file, items), {member.id: member.name for member in file.panel}
    tenderers = {bid.id: file.organisation(bid.tenderer).name for bid in file.bids}
    for item in sorted(items, key=lambda it: (it.leaf.criterion.title, tenderers[it.bid])):
        points = [given for _, given in item.given]
        own = [it for it in sittings if (it.score.bid, it.score.criterion) == (item.bid, item.leaf.criterion.id)]
        yield Question(
            tenderers[item.bid], item.leaf.criterion.title, item.leaf.weight,
            tuple((numbers[name], given) for name, given in item.given), max(points) - min(points) if points else
            Decimal(0), item.scale.maximum, tuple(_decided(each, item, numbers, names) for each in own),
        )  # fmt: skip


def _numbers(file: TenderFile, items: Sequence[AgendaItem]) -> dict[str, str]:
    """Number the evaluators who scored in a lot, in the panel's order."""
    scored = {name for item in items for name, _ in item.given}
    known = [member.id for member in file.panel if member.id in scored]
    return {name: f"Evaluator {at}" for at, name in enumerate((*known, *sorted(scored - set(known))), 1)}


def _decided(sitting: Sitting, item: AgendaItem, numbers: Mapping[str, str], names: Mapping[str, str]) -> Decided:
    given, level = dict(item.given), item.scale.level(sitting.score.points)
    changes = tuple(
        Change(numbers[it.evaluator], given[it.evaluator], CAUSES[it.cause], it.explanation)
        for it in sitting.score.changes
        if it.evaluator in given
    )
    done = {name for name, _ in sitting.signed}
    return Decided(
        sitting, level.title if level else "", changes, names.get(sitting.chair, "a former member"),
        tuple((names.get(name, "a former member"), at) for name, at in sitting.signed),
        tuple(names.get(name, "a former member") for name in sitting.present if name not in done),
    )  # fmt: skip
