"""The claim of a letter: every figure it prints, what these follow from, and what this tenderer may only be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from exports.claims.figures import Inputs, refusals
from exports.claims.making import (
    assessed,
    inputs_of,
    price_result,
    printed_lines,
    printed_result,
    references_of,
    sealed,
)
from exports.notices.letter import UnsuccessfulLetter
from exports.notices.limit_words import sums_shown
from exports.pdf import Attached
from scoring.decision import AwardDecision
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation


def letter_claim(
    letter: UnsuccessfulLetter,
    evaluation: Evaluation,
    award: AwardDecision,
    lot: LotEvaluation,
    own: BidResult,
    winner: BidResult,
    *,
    hidden: bool,
) -> Attached:
    """Write the claim of one letter; ``hidden`` says that its own price marks are only stated."""
    shown, theirs = letter.winner.price is not None, letter.winner.marks_stated
    inputs: Inputs = inputs_of(
        evaluation,
        lot,
        own,
        award,
        references=() if hidden or own.price is None else references_of(lot),
        tie=letter.outcome.tie_rule,
        known=award.notices_sent,
    )
    inputs = replace(
        inputs,
        own=assessed(own, marks_stated=hidden),
        winner=None if letter.outcome_only else assessed(winner, price=shown, marks_stated=theirs),
    )
    printed, stated = _printed(letter, lot, own, winner), _stated(letter, lot, own, winner)
    return sealed("unsuccessful_letter", letter.head, inputs, printed, stated)


def _printed(
    letter: UnsuccessfulLetter, lot: LotEvaluation, own: BidResult, winner: BidResult
) -> Iterator[tuple[str, str]]:
    """Collect every figure of the letter, in reading order."""
    yield from printed_lines(letter.lines, lot)
    yield from printed_result("own", own, lot, marks_stated=letter.marks_out_of_sight)
    if not letter.outcome_only:
        shown, stated = letter.winner.price is not None, letter.winner.marks_stated
        yield from printed_result("winner", winner, lot, price=shown, marks_stated=stated)
    if letter.outcome.tie_figures:
        yield from zip(("own.tie", "winner.tie"), letter.outcome.tie_figures, strict=True)
    yield from refusals(letter.outcome.reasons)
    counted = letter.standstill
    if counted.last_day:
        yield "standstill.last_day", counted.last_day.isoformat()
    yield "standstill.earliest_contract", counted.earliest_contract.isoformat()
    if letter.claim_by:
        yield "claim.last_day", letter.claim_by.isoformat()


def _stated(
    letter: UnsuccessfulLetter, lot: LotEvaluation, own: BidResult, winner: BidResult
) -> Iterator[tuple[str, str]]:
    """What depends on tenders that this tenderer may not see: its place, and price marks that would give them away."""
    if letter.rank is not None:
        yield "own.rank", f"{letter.rank} of {letter.ranked}"
    if letter.marks_out_of_sight:
        yield from price_result("own", own, lot)
    if letter.winner.marks_stated:
        yield from price_result("winner", winner, lot)
    sums = letter.outcome.sums
    if sums:
        places = ("limit.sum_as_decided", "limit.sum_with_this_lot", "limit.difference")
        yield from (pair for pair in zip(places, sums_shown(lot, sums), strict=True) if pair[1])
