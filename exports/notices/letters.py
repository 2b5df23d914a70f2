"""The letter to each unsuccessful tenderer: everything its regime owes it, and nothing about any other loser.

PCR 2015 reg 86 (award decision notice, “standstill letter”) and Procurement Act 2023 s.50 with Procurement Regulations
2024 reg 31 (assessment summary) ask for different things; ``regime`` decides which the template prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from exports.claims.making import (
    REFERENCES,
    references_of,
    reveals,
)
from exports.documents import Slot, addressee_of, head_of, require
from exports.notices.assessment import (
    PriceLine,
    Worked,
    criterion_lines,
    price_line,
    scales_used,
    worked,
)
from exports.notices.checks import ACT, award_findings, letter_findings, letter_text
from exports.notices.letter import UnsuccessfulLetter, WinnerShown
from exports.notices.letter_claim import letter_claim
from exports.notices.letter_words import comparison, outcome_of
from exports.notices.standstill import last_day_for_claim, period_of, standstill_of
from exports.withholding import told_in, withholds_price, without_reasons
from lots.errors import Finding
from lots.regime import Regime, rules_of
from scoring.decision import AwardDecision
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation

__all__ = ["OUTCOME", "TITLES", "UnsuccessfulLetter", "letters"]

OUTCOME = "Outcome letter"
TITLES = {
    Regime.PCR2015_LIGHT_TOUCH: "Award decision notice",
    Regime.PA2023_LIGHT_TOUCH: "Assessment summary",
    Regime.PA2023_FULL: "Assessment summary",
}


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
    ground, only = withholds_price(award.withheld, lot.lot.id), _outcome_only(regime, own)
    references = references_of(lot) if own.price is not None else ()
    hidden, text = bool(ground) and reveals(references, winner.price), letter_text(award, own.bid.id)[0]
    told = criterion_lines(lot, file.scales, own, None if only else winner)
    lines = without_reasons(told, award.withheld, lot.lot.id)
    made = UnsuccessfulLetter(
        head=head_of(file, _slot(regime, lot, own, order)),
        regime=regime,
        rules=rules_of(regime),
        vat=file.tender.vat,
        rounding=lot.methodology.rounding,
        outcome=outcome_of(evaluation, lot, own, winner, price_shown=not ground),
        winner=WinnerShown(winner.tenderer.name, None, None, None) if only else _shown(lot, own, winner, ground),
        lines=lines,
        price=_price(lot, own, hidden=hidden),
        rank=own.rank,
        ranked=len(lot.ranked),
        total=own.total,
        whole_method=lot.round.method is not None,
        compared=tuple(comparison(lines, winner.tenderer.name)),
        advantages=text.advantages,
        feedback=text.feedback,
        withheld=() if only else told_in(award.withheld, lot.lot.id),
        standstill=standstill_of(period_of(award, file.tender)),
        sent=award.notices_sent,
        published=award.notice_published,
        debrief_contact=award.debrief_contact or file.tender.buyer.email,
        debrief_until=award.debrief_until,
        references=() if hidden else tuple((REFERENCES[name], figure) for name, figure in references),
        marks_out_of_sight=hidden,
        claim_by=last_day_for_claim(regime, award.notices_sent),
        worked=_worked(lot, own, hidden=hidden),
        methodology=lot.methodology.title,
        scales=() if only else scales_used(lot, file.scales),
    )
    return replace(made, attachments=(letter_claim(made, evaluation, award, lot, own, winner, hidden=hidden),))


def _slot(regime: Regime, lot: LotEvaluation, own: BidResult, order: int) -> Slot:
    title = OUTCOME if _outcome_only(regime, own) else TITLES.get(regime, OUTCOME)
    to = addressee_of(own.tenderer, under_the_act=regime in ACT)
    return Slot(title, "letter", order, lot.lot.id, own.tenderer.id, "addressee only", to, bid=own.bid.id)


def _outcome_only(regime: Regime, own: BidResult) -> bool:
    """Say whether the Act owes a tenderer no assessment summary, because its tender was not assessed (s.50)."""
    return regime in ACT and not own.rows


def _shown(lot: LotEvaluation, own: BidResult, winner: BidResult, ground: str) -> WinnerShown:
    """Say what is shown of the winner: its price to those assessed, what its marks follow from to those priced too."""
    price = None if ground or not own.rows else winner.price
    stated = price is None or (own.price is None and bool(references_of(lot)))
    return WinnerShown(winner.tenderer.name, winner.total, price, winner.price_marks, ground, stated)


def _price(lot: LotEvaluation, own: BidResult, *, hidden: bool) -> PriceLine:
    line = price_line(lot, own)
    return replace(line, worked="") if hidden else line


def _worked(lot: LotEvaluation, own: BidResult, *, hidden: bool) -> tuple[Worked, ...]:
    rows = worked(lot, own)
    if not hidden:
        return rows
    return tuple(replace(row, figures="") if row.label == "Price marks" else row for row in rows)
