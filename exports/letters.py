"""The letter to each unsuccessful tenderer: everything its regime owes it, and nothing about any other loser.

PCR 2015 reg 86 (award decision notice, “standstill letter”) and Procurement Act 2023 s.50 with Procurement Regulations
2024 reg 31 (assessment summary) ask for different things; ``regime`` decides which the template prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from exports.assessment import CriterionLine, PriceLine, Worked, criterion_lines, price_line, scales_used, worked
from exports.claim_figures import Inputs, refusals
from exports.claim_making import (
    REFERENCES,
    assessed,
    inputs_of,
    printed_lines,
    printed_result,
    references_of,
    reveals,
    sealed,
)
from exports.documents import DocumentHead, Slot, addressee_of, head_of, require
from exports.letter_words import Outcome, comparison, outcome_of
from exports.notice_checks import ACT, award_findings, letter_findings, letter_text
from exports.pdf import Attached
from exports.standstill import period_of, standstill_of
from lots.calendar import Standstill
from lots.errors import Finding
from lots.regime import Regime, RegimeRules, rules_of
from lots.thresholds import VatBasis
from scoring.decision import AwardDecision, WithheldItem
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding
from scoring.recommendation import Evaluation
from scoring.scale import Scale

TITLES = {
    Regime.PCR2015_LIGHT_TOUCH: "Award decision notice",
    Regime.PA2023_LIGHT_TOUCH: "Assessment summary",
    Regime.PA2023_FULL: "Assessment summary",
}


@dataclass(frozen=True)
class WinnerShown:
    """What a letter says of the successful tender; ``price`` is None where it is withheld on the ``price_ground``."""

    name: str
    total: Fraction | None
    price: Fraction | None
    price_marks: Fraction | None
    price_ground: str = ""


@dataclass(frozen=True)
class UnsuccessfulLetter:
    """One unsuccessful tenderer's letter for one lot.

    ``references`` are the anonymous figures behind its price marks (title, pounds or a count); ``marks_out_of_sight``
    says that they would reveal a withheld price, so the price marks are stated and not worked out.
    """

    head: DocumentHead
    regime: Regime
    rules: RegimeRules
    vat: VatBasis
    rounding: Rounding
    outcome: Outcome
    winner: WinnerShown
    lines: tuple[CriterionLine, ...]
    price: PriceLine
    rank: int | None
    ranked: int
    total: Fraction | None
    whole_method: bool
    compared: tuple[str, ...]
    advantages: str
    feedback: str
    withheld: tuple[WithheldItem, ...]
    standstill: Standstill
    sent: date | None
    published: date | None
    debrief_contact: str
    debrief_until: date | None
    references: tuple[tuple[str, Fraction], ...]
    marks_out_of_sight: bool
    worked: tuple[Worked, ...]
    methodology: str
    scales: tuple[Scale, ...]
    attachments: tuple[Attached, ...] = ()

    @property
    def under_the_act(self) -> bool:
        """Say whether the Procurement Act 2023 decides what is printed."""
        return self.regime in ACT

    @property
    def assessed(self) -> bool:
        """Say whether the tender was scored."""
        return any(line.own is not None for line in self.lines)

    @property
    def is_long(self) -> bool:
        """Say whether the letter has so many reasons that it needs a list of contents."""
        return sum(line.own is not None for line in self.lines) >= MANY


MANY = 5  # scored criteria, above which a letter runs to more than four pages


def letters(evaluation: Evaluation, lot: str = "") -> tuple[UnsuccessfulLetter, ...]:
    """Make the letter to every unsuccessful tenderer of every lot that is to be awarded (or of ``lot`` only).

    A withdrawn bid gets none. IncompleteDocument names every field that is still empty, and every text that names
    somebody it may not.
    """
    todo = tuple(_unsuccessful(evaluation, lot))
    found = [*award_findings(evaluation.file), *_unawarded(evaluation, lot)]
    for evaluated, own, winner, _ in todo:
        found += letter_findings(evaluation.file, evaluated, own, winner)
    require("The letters to unsuccessful tenderers", dict.fromkeys(found))
    award = evaluation.file.award
    return tuple(_letter(evaluation, award, *each) for each in todo) if award else ()


def withholds_price(withheld: tuple[WithheldItem, ...]) -> str:
    """Return the ground on which the successful tender's price is withheld; empty where it is not.

    Any withheld topic that speaks of a price counts: better one figure too few than one too many.
    """
    return next((item.ground for item in withheld if "price" in item.topic.casefold()), "")


Unsuccessful = tuple[LotEvaluation, BidResult, BidResult, int]


def _unsuccessful(evaluation: Evaluation, lot: str) -> Iterator[Unsuccessful]:
    """Yield each unsuccessful bid with its lot, the successful bid, and its number in the lot's documents."""
    for evaluated in evaluation.lots:
        winner = evaluation.recommendation(evaluated.lot.id).winner
        if winner is None or lot not in ("", evaluated.lot.id):
            continue
        losers = [result for result in evaluated.results if result.bid.id != winner.bid.id]
        standing = [result for result in losers if result.bid.withdrawn_at is None]
        for at, own in enumerate(standing, 2):
            yield evaluated, own, winner, at


def _unawarded(evaluation: Evaluation, lot: str) -> tuple[Finding, ...]:
    """Say why a lot that was asked for by name has no successful tender."""
    if not lot or evaluation.recommendation(lot).winner is not None:
        return ()
    message = "This lot has no successful tender yet, so there is no decision to tell anybody"
    return (Finding("lot_not_awarded", message, lot), *evaluation.recommendation(lot).open_points)


def _letter(
    evaluation: Evaluation, award: AwardDecision, lot: LotEvaluation, own: BidResult, winner: BidResult, order: int
) -> UnsuccessfulLetter:
    """Put one letter together, then seal its claim."""
    file, regime = evaluation.file, evaluation.file.tender.regime
    ground = withholds_price(award.withheld)
    references = references_of(lot) if own.price is not None else ()
    hidden = bool(ground) and reveals(references, winner.price)
    text, _ = letter_text(award, own.bid.id)
    lines = criterion_lines(lot, file.scales, own, winner)
    made = UnsuccessfulLetter(
        head=head_of(file, _slot(regime, lot, own, order)),
        regime=regime,
        rules=rules_of(regime),
        vat=file.tender.vat,
        rounding=lot.methodology.rounding,
        outcome=outcome_of(evaluation, lot, own, winner),
        winner=_shown(winner, ground),
        lines=lines,
        price=_price(lot, own, hidden=hidden),
        rank=own.rank,
        ranked=len(lot.ranked),
        total=own.total,
        whole_method=lot.round.method is not None,
        compared=tuple(comparison(lines, winner.tenderer.name)),
        advantages=text.advantages,
        feedback=text.feedback,
        withheld=award.withheld,
        standstill=standstill_of(period_of(award, evaluation.file.tender)),
        sent=award.notices_sent,
        published=award.notice_published,
        debrief_contact=award.debrief_contact or file.tender.buyer.email,
        debrief_until=award.debrief_until,
        references=() if hidden else tuple((REFERENCES[name], figure) for name, figure in references),
        marks_out_of_sight=hidden,
        worked=_worked(lot, own, hidden=hidden),
        methodology=lot.methodology.title,
        scales=scales_used(lot, file.scales),
    )
    return replace(made, attachments=(_claim(made, evaluation, award, lot, own, winner, hidden=hidden),))


def _slot(regime: Regime, lot: LotEvaluation, own: BidResult, order: int) -> Slot:
    title, to = TITLES.get(regime, "Outcome letter"), addressee_of(own.tenderer)
    return Slot(title, "letter", order, lot.lot.id, own.tenderer.id, "addressee only", to)


def _shown(winner: BidResult, ground: str) -> WinnerShown:
    price = None if ground else winner.price
    return WinnerShown(winner.tenderer.name, winner.total, price, winner.price_marks, ground)


def _price(lot: LotEvaluation, own: BidResult, *, hidden: bool) -> PriceLine:
    line = price_line(lot, own)
    return replace(line, worked="") if hidden else line


def _worked(lot: LotEvaluation, own: BidResult, *, hidden: bool) -> tuple[Worked, ...]:
    rows = worked(lot, own)
    if not hidden:
        return rows
    return tuple(replace(row, figures="") if row.label == "Price marks" else row for row in rows)


def _claim(
    letter: UnsuccessfulLetter,
    evaluation: Evaluation,
    award: AwardDecision,
    lot: LotEvaluation,
    own: BidResult,
    winner: BidResult,
    *,
    hidden: bool,
) -> Attached:
    shown = not letter.winner.price_ground
    inputs: Inputs = inputs_of(
        evaluation,
        lot,
        own,
        award,
        references=() if hidden else references_of(lot) if own.price is not None or shown else (),
        tie=letter.outcome.tie_rule,
    )
    inputs = replace(
        inputs,
        own=assessed(own, marks_stated=hidden),
        winner=assessed(winner, price=shown, marks_stated=not shown),
    )
    return sealed("unsuccessful_letter", letter.head, inputs, _printed(letter, lot, own, winner), _stated(letter))


def _printed(
    letter: UnsuccessfulLetter, lot: LotEvaluation, own: BidResult, winner: BidResult
) -> Iterator[tuple[str, str]]:
    """Collect every figure of the letter, in reading order."""
    yield from printed_lines(letter.lines, lot)
    yield from printed_result("own", own, lot)
    yield from printed_result("winner", winner, lot, price=letter.winner.price is not None)
    if letter.outcome.tie_figures:
        yield from zip(("own.tie", "winner.tie"), letter.outcome.tie_figures, strict=True)
    yield from refusals(letter.outcome.reasons)
    counted = letter.standstill
    if counted.last_day:
        yield "standstill.last_day", counted.last_day.isoformat()
    yield "standstill.earliest_contract", counted.earliest_contract.isoformat()


def _stated(letter: UnsuccessfulLetter) -> Iterator[tuple[str, str]]:
    """What depends on tenders that this tenderer may not see: its place among them."""
    if letter.rank is not None:
        yield "own.rank", f"{letter.rank} of {letter.ranked}"
