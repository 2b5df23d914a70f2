"""The rehearsal report: one lot's method tried out on made-up bids, for the file of a tender before it is published.

It holds no tenderer's figures. The attached claim is the published rules, the lot and the settings with their seed:
from these alone :func:`recompute` holds the whole rehearsal again and compares every figure printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Final

from exports.claims.claim import ClaimError, Difference, compare, read_as
from exports.codec import record
from exports.documents import CLAIM, DocumentHead, Slot
from exports.pdf import Attached
from exports.reports.charts import WIDTH_MM
from exports.reports.working_papers import paper_head
from exports.tender_file import write
from lots.errors import ProcurementError
from lots.lot import Lot
from lots.thresholds import VatBasis
from lots.words import counted
from scoring.catalogue import FORMULAS
from scoring.figures import Rounding, plain
from scoring.formulas import FormulaInfo, PriceMethod
from scoring.rehearsal.outcome import Band, CriterionSpread, Rehearsal, RoundRow, Spread
from scoring.rehearsal.report import rehearse_with
from scoring.rehearsal.settings import RehearsalError, Settings
from scoring.tender_file import TenderFile

FORMAT: Final = "rehearsal-claim/1"
MOST_CRITERIA = 12  # rows of the table of criteria: the heaviest, so that the report keeps to two pages
_HEIGHT_MM = 24  # of the picture of totals
_MM = Rounding(2)


@dataclass(frozen=True)
class Column:
    """One column of the picture of totals: its bars as SVG paths, its label and where that stands."""

    every: str
    winners: str
    label: str
    at: str


@dataclass(frozen=True)
class RehearsalReport:
    """The rehearsal of one lot as a document; ``criteria`` are the heaviest, and ``left_out`` counts the others."""

    head: DocumentHead
    vat: VatBasis
    lot: Lot
    result: Rehearsal
    info: FormulaInfo
    method: PriceMethod
    rounding: Rounding
    criteria: tuple[CriterionSpread, ...]
    left_out: int
    columns: tuple[Column, ...]
    picture: str
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class RehearsalClaim:
    """What a rehearsal follows from, and every figure that its report prints."""

    document: str
    number: str
    tender: str
    rules_digest: str
    lot: str
    settings: Settings
    rules: TenderFile
    printed: record.PAIRS = ()


def rehearsal_report(file: TenderFile, result: Rehearsal, *, dated: date, order: int = 1) -> RehearsalReport:
    """Make the report of a rehearsal; ``dated`` is the day it was held, ``order`` its number in the lot's folder.

    RehearsalError where the result does not come from these rules, for then the report could not be checked.
    """
    rules = rules_of(file)
    if rehearse_with(rules, result.lot, result.settings) != result:
        raise RehearsalError("The rules have changed since this rehearsal was held: rehearse the lot again")
    method = rules.methodology_for(result.lot)
    assert method is not None  # a lot without a method cannot have been rehearsed
    slot = Slot("Rehearsal with made-up bids", "rehearsal", order, result.lot, f"seed-{result.settings.seed}")
    head = paper_head(rules, slot, dated, mark="T", early=True)
    heaviest = _heaviest(result.criteria)
    return RehearsalReport(
        head=head,
        vat=rules.tender.vat,
        lot=rules.tender.lot(result.lot),
        result=result,
        info=FORMULAS[result.formula],
        method=method.price,
        rounding=method.rounding,
        criteria=heaviest,
        left_out=len(result.criteria) - len(heaviest),
        columns=tuple(_columns(result.bands)),
        picture=_picture_words(result.bands),
        attachments=(_claim(head, rules, result),),
    )


def rules_of(file: TenderFile) -> TenderFile:
    """Return a tender file without what comes after publication; its digest is the one every document bears."""
    return replace(
        file,
        organisations=(),
        bids=(),
        lot_preferences=(),
        panel=(),
        declarations=(),
        score_sheets=(),
        agreed_scores=(),
        admissions=(),
        enquiries=(),
        award=None,
    )


def recompute(data: bytes) -> tuple[Difference, ...]:
    """Hold a rehearsal again from its attached claim; nothing returned means that every figure matches.

    ClaimError when the data cannot be read, or when the lot in it cannot be rehearsed.
    """
    claim = read(data)
    try:
        result = rehearse_with(claim.rules, claim.lot, claim.settings)
        again = dict(printed_figures(result, sha256(write(claim.rules)).hexdigest()))
    except (ProcurementError, ArithmeticError, LookupError, ValueError) as error:
        raise ClaimError(f"The attached data cannot be recomputed: {error}") from error
    return compare(dict(claim.printed), again)


def read(data: bytes) -> RehearsalClaim:
    """Read a rehearsal's claim strictly; ClaimError names every problem of its form by path."""
    return read_as(RehearsalClaim, FORMAT, data)


def _claim(head: DocumentHead, rules: TenderFile, result: Rehearsal) -> Attached:
    """Seal the rules and the settings: made-up bids need not be attached, for they follow from the seed."""
    claim = RehearsalClaim(
        "rehearsal",
        head.number,
        head.tender_reference,
        head.rules_digest,
        result.lot,
        result.settings,
        rules,
        tuple(printed_figures(result, head.rules_digest)),
    )
    text = json.dumps({"format": FORMAT, **record.write(claim)}, ensure_ascii=False, indent=1)
    about = "The rules, the seed and the settings, and every figure of this rehearsal"
    return Attached(CLAIM, text.encode() + b"\n", about)


# --- every figure printed -----------------------------------------------------------------------------------


def printed_figures(result: Rehearsal, rules_digest: str) -> Iterator[tuple[str, str]]:
    """Yield every figure of a rehearsal by its place, exact."""
    yield "rules digest", rules_digest
    yield "summary", result.summary
    for measure in result.measures:
        yield measure.id, f"{measure.count} of {measure.of}"
    yield "price spread", _spread(result.price_spread)
    for each in result.criteria:
        yield f"criterion {each.criterion}", f"{plain(each.weight)}: {_spread(each.spread)}"
    for it in result.missed:
        yield f"missed {it.place}", f"{it.bids} of {it.of}"
    for band in result.bands:
        yield f"totals {band.start} to {band.end}", f"{band.bids}, {band.winners} winners"
    yield from _rows("round 1", result.first_round)
    if result.reversal:
        yield "first reversal", f"round {result.reversal.round} without bid {result.reversal.removed}"
        yield from _rows("reversal, with the bid,", result.reversal.with_it)
        yield from _rows("reversal, without it,", result.reversal.without_it)


def _spread(found: Spread | None) -> str:
    if found is None:
        return "none"
    return f"{found.least} to {found.most}, mean {found.mean}, {counted(found.rounds, 'round')}"


def _rows(place: str, rows: Sequence[RoundRow]) -> Iterator[tuple[str, str]]:
    for row in rows:
        marks = [row.price.plain(), str(row.scored), str(row.price_marks), str(row.total), str(row.rank), row.out]
        yield f"{place} bid {row.bid}", ", ".join(marks)


# --- tables and the picture ---------------------------------------------------------------------------------


def _heaviest(criteria: Sequence[CriterionSpread]) -> tuple[CriterionSpread, ...]:
    """Keep the heaviest criteria where there are many, in their published order."""
    kept = sorted(range(len(criteria)), key=lambda at: (-criteria[at].weight, at))[:MOST_CRITERIA]
    return tuple(criteria[at] for at in sorted(kept))


def _columns(bands: Sequence[Band]) -> Iterator[Column]:
    """Draw a column for each band: all totals, and the winning ones before them."""
    tallest = max((band.bids for band in bands), default=0)
    width = Fraction(WIDTH_MM, max(len(bands), 1))
    for at, band in enumerate(bands):
        left, bar = at * width + width / 10, width * 8 / 10
        every, won = (_bar(left, bar, Fraction(number, max(tallest, 1))) for number in (band.bids, band.winners))
        yield Column(every, won, f"{band.start}–{band.end}", _MM.text(left + bar / 2))


def _bar(left: Fraction, width: Fraction, share: Fraction) -> str:
    height = _MM.text(share * _HEIGHT_MM)
    return f"M{_MM.text(left)} {_HEIGHT_MM}v-{height}h{_MM.text(width)}v{height}z" if share else ""


def _picture_words(bands: Sequence[Band]) -> str:
    parts = (
        f"{band.start} to {band.end} marks: {band.bids}, of which {band.winners} won" for band in bands if band.bids
    )
    return f"Totals of the ranked bids. {'; '.join(parts)}."
