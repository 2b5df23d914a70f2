"""The machine copy in a decision record: the successful tenders' own figures, worked out again from published things.

A price formula that looks at rivals' prices would give one of them away, so the marks for price, and the total, are
then only stated here; the evaluation report, which is restricted, carries what recomputes them too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from exports.claims.claim import ClaimError, Difference, compare, read_as
from exports.claims.figures import Inputs, figures_of, standstill_dates
from exports.claims.making import assessed
from exports.codec import record
from exports.documents import CLAIM, DocumentHead
from exports.notices.assessment import CriterionLine
from exports.notices.standstill import period_of
from exports.pdf import Attached
from lots.bid import Bid
from lots.errors import ProcurementError
from scoring.catalogue import depends_on_rivals
from scoring.decision import AwardDecision
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.tender_file import TenderFile

FORMAT: Final = "decision-record-claim/1"
Places = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class LotClaim:
    """One awarded lot: what its published figures follow from, the figures printed, and those only stated."""

    lot: str
    inputs: Inputs
    printed: record.PAIRS = ()
    stated: record.PAIRS = ()


@dataclass(frozen=True)
class RecordClaim:
    """The claim of a whole decision record."""

    document: str
    number: str
    tender: str
    rules_digest: str
    file_digest: str
    lots: tuple[LotClaim, ...]


def awarded_claim(
    file: TenderFile,
    lot: LotEvaluation,
    winner: BidResult,
    award: AwardDecision,
    lines: Sequence[CriterionLine],
    *,
    shown: bool,
) -> LotClaim:
    """Gather one lot's claim; ``lines`` are its printed criteria, ``shown`` says that the price is published."""
    used = {leaf.criterion.scale for leaf in lot.methodology.scored}
    apart = shown and not needs_rivals(lot)
    inputs = Inputs(
        file.tender.deadline,
        replace(lot.lot, description="", outcomes=(), requirements=(), uplifts=()),
        lot.methodology,
        tuple(scale for scale in file.scales if scale.id in used),
        (),
        Bid(winner.bid.id, lot.lot.id, file.tender.deadline, (), ()),
        period_of(award, file.tender),
        winner=assessed(winner, price=apart),
    )
    whole = tuple(pair for pair in _whole(lot, winner) if shown or pair[0] != "winner.price")
    printed = (*_printed(lot, winner, lines, award, file), *(whole if apart else ()))
    return LotClaim(lot.lot.id, inputs, printed, () if apart else whole)


def needs_rivals(lot: LotEvaluation) -> bool:
    """Say whether the marks for price, or the figure of a whole method, follow from other tenders' prices too."""
    return depends_on_rivals(lot.methodology.price)


def sealed_record(head: DocumentHead, lots: Sequence[LotClaim]) -> Attached:
    """Write the claim of a decision record as the file that travels inside it."""
    claim = RecordClaim(
        "decision_record", head.number, head.tender_reference, head.rules_digest, head.file_digest, tuple(lots)
    )
    text = json.dumps({"format": FORMAT, **record.write(claim)}, ensure_ascii=False, indent=1)
    return Attached(CLAIM, text.encode() + b"\n", "The figures of this record and what they follow from")


def read(data: bytes) -> RecordClaim:
    """Read a decision record's claim strictly; ClaimError names every problem of its form by path."""
    return read_as(RecordClaim, FORMAT, data)


def recompute(data: bytes) -> tuple[Difference, ...]:
    """Work out every figure of a decision record again, lot by lot; nothing returned means that all match."""
    found: list[Difference] = []
    for lot in read(data).lots:
        try:
            again = figures_of(lot.inputs)
        except (ProcurementError, ArithmeticError, LookupError, ValueError) as error:
            raise ClaimError(f"The attached data cannot be recomputed: {error}") from error
        differences = compare(dict(lot.printed), again)
        found += [Difference(f"{lot.lot}: {it.place}", it.printed, it.recomputed) for it in differences]
    return tuple(found)


def _printed(
    lot: LotEvaluation, winner: BidResult, lines: Sequence[CriterionLine], award: AwardDecision, file: TenderFile
) -> Places:
    """Give the weights, marks and dates of one lot their places, as printed."""
    say = lot.methodology.rounding.text
    for line in lines:
        yield f"weight.{line.id}", plain(line.weight)
        if line.own_marks is not None and line.kind != "price":
            yield f"winner.marks.{line.id}", say(line.own_marks)
    if winner.scored is not None:
        yield "winner.scored", say(winner.scored)
    yield from standstill_dates(period_of(award, file.tender))


def _whole(lot: LotEvaluation, winner: BidResult) -> Places:
    """Give the price, its marks and the total their places, as printed."""
    say = lot.methodology.rounding.text
    if winner.price is not None:
        yield "winner.price", plain(winner.price)
    if winner.price_marks is not None:
        yield "winner.price_marks", say(winner.price_marks)
    if winner.total is not None:
        yield "winner.total", say(winner.total)
