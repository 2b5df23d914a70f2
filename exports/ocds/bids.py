"""The bids of a release: counts for everybody; in the restricted build each bid, what it was given and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from exports.ocds.award_parties import reference_to
from exports.ocds.numbers import money, number
from exports.ocds.sharing import shared, subcontracting
from exports.ocds.times import instant
from exports.ocds.withholding import Disclosure
from exports.opening import opened, unopened_words
from lots.money import Money
from lots.thresholds import VatBasis
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.marking import LeafMarks
from scoring.recommendation import Evaluation


def bids_of(evaluation: Evaluation, ids: Mapping[str, str], told: Disclosure) -> dict[str, Any]:
    """Write the block of bids: statistics lot by lot, and details where everything may be told."""
    found: dict[str, Any] = {
        "statistics": [row for lot in evaluation.lots for row in _statistics(evaluation, lot, told)]
    }
    if told.restricted:
        rows = [(lot, result) for lot in evaluation.lots for result in lot.results]
        found["details"] = [_detail(evaluation, ids, lot, result, told) for lot, result in rows]
    return found


def _statistics(evaluation: Evaluation, lot: LotEvaluation, told: Disclosure) -> Iterator[dict[str, Any]]:
    """Count the bids for a lot; the final stage is assessment: what was neither late, withdrawn nor kept out."""
    final = [it for it in lot.results if it.exclusion is None or it.exclusion.stage != "admission"]
    valid = [it for it in lot.results if it.exclusion is None]
    counts: dict[str, int] = {
        "bids": len(lot.results),
        "bidders": len({it.tenderer.id for it in lot.results}),
        "validBids": len(valid),
        "disqualifiedBids": sum(it.exclusion is not None and it.bid.withdrawn_at is None for it in lot.results),
        "smeBids": sum(it.tenderer.sme for it in lot.results),
        "finalStageBids": len(final),
        "smeFinalStageBids": sum(it.tenderer.sme for it in final),
        "vcseFinalStageBids": sum(it.tenderer.vcse for it in final),
    }
    for measure, count in counts.items():
        yield {"id": f"{lot.lot.id}-{measure}", "measure": measure, "value": count, "relatedLot": lot.lot.id}
    if told.restricted and valid:
        prices = [it.bid.price for it in valid]
        for measure, price in (("lowestValidBidValue", min(prices)), ("highestValidBidValue", max(prices))):
            row = {"id": f"{lot.lot.id}-{measure}", "measure": measure, **_valued(price, evaluation.file.tender.vat)}
            yield {**row, "relatedLot": lot.lot.id}


def _valued(price: Money, vat: VatBasis) -> dict[str, Any]:
    """Write an amount as a statistic: OCDS wants a value, the UK keeps the one with VAT beside it."""
    amount = number(Fraction(price.pence, 100))
    gross = {} if vat is VatBasis.EXCLUSIVE else {"valueGross": amount}
    return {"value": amount, **gross, "currency": "GBP"}


def _detail(
    evaluation: Evaluation, ids: Mapping[str, str], lot: LotEvaluation, result: BidResult, told: Disclosure
) -> dict[str, Any]:
    bid = result.bid
    found: dict[str, Any] = {
        "id": bid.id,
        "submissionType": "bid",
        "date": instant(bid.received_at),
        "status": _status(result),
        "description": result.exclusion.sentence if result.exclusion else "",
        "tenderers": [reference_to(evaluation, ids, result.tenderer.id)],
        "relatedLots": [lot.lot.id],
    }
    if opened(bid, evaluation.file.tender.deadline) and not unopened_words(result):
        found |= {"value": money(bid.price, evaluation.file.tender.vat)} if bid.prices else {}
        found |= {"hasRank": result.rank is not None} | ({"rank": result.rank} if result.rank is not None else {})
        found |= subcontracting(evaluation, ids, result, told)
        found |= {
            "requirementResponses": _responses(evaluation, ids, result),
            "x_collaboration": shared(evaluation, ids, lot, result, told),
            "x_assessment": assessment(lot, result, evaluation),
        }
    return {key: value for key, value in found.items() if value not in ("", [], {})}


def _status(result: BidResult) -> str:
    if result.bid.withdrawn_at is not None:
        return "withdrawn"
    return "disqualified" if result.exclusion else "valid" if result.total is not None else "pending"


def _responses(evaluation: Evaluation, ids: Mapping[str, str], result: BidResult) -> list[dict[str, Any]]:
    """Write the answers to the pass/fail requirements."""
    who = reference_to(evaluation, ids, result.tenderer.id)
    titles = {it.id: it.title for it in evaluation.file.tender.lot(result.bid.lot).requirements}
    return [
        {
            "id": f"{result.bid.id}-{it.requirement}",
            "value": it.met,
            "requirement": {"id": it.requirement, "title": titles.get(it.requirement, "")},
            "relatedTenderer": who,
            **({"x_note": it.note} if it.note else {}),
        }
        for it in result.bid.responses
    ]


def assessment(lot: LotEvaluation, result: BidResult, evaluation: Evaluation | None = None) -> dict[str, Any]:
    """Write what a bid was given, criterion by criterion, rounded as published; with an evaluation who gave what."""
    rounding = lot.methodology.rounding
    figures = {"priceMarks": result.price_marks, "total": result.total}
    return {
        "criteria": [_given(lot, result, row, evaluation) for row in result.rows],
        **{name: _mark(lot, value) for name, value in figures.items() if value is not None},
        "rounding": rounding.words(),
    }


def _given(lot: LotEvaluation, result: BidResult, row: LeafMarks, evaluation: Evaluation | None) -> dict[str, Any]:
    criterion = row.leaf.criterion
    found: dict[str, Any] = {
        "id": criterion.id,
        "name": criterion.title,
        "points": plain(row.points),
        "maximum": plain(row.maximum),
        "marks": _mark(lot, row.marks),
    }
    if evaluation is None:
        return found
    found["reason"] = row.agreed.reason if row.agreed else ""
    found["scores"] = [
        {
            "evaluator": sheet.evaluator,
            **({"points": plain(Fraction(score.points))} if score.points is not None else {}),
        }
        for sheet in evaluation.file.score_sheets
        if sheet.bid == result.bid.id and (score := sheet.score(criterion.id)) is not None
    ]
    return {key: value for key, value in found.items() if value not in ("", [])}


def _mark(lot: LotEvaluation, value: Fraction) -> Any:
    return number(lot.methodology.rounding.value(value))
