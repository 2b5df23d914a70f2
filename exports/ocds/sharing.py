"""How the money of a bid is shared, as OCDS says it: sub-contracting, and the collaboration extension.

``x_collaboration`` of a bid or an award is the block of its lot (the caps, as fractions of 1) with what the lots cannot
have: the management fee, and who holds what. Amounts are exact and add up to the price; the shares of 1 are rounded to
six decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from exports.ocds.award_parties import reference_to
from exports.ocds.lots import collaboration
from exports.ocds.numbers import money, number
from exports.ocds.withholding import Disclosure
from lots.bid import Bid
from lots.money import Money, total
from lots.split.report import Holding
from lots.thresholds import VatBasis
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding
from scoring.recommendation import Evaluation

SHARE = Rounding(6)


def subcontracting(
    evaluation: Evaluation, ids: Mapping[str, str], result: BidResult, told: Disclosure
) -> dict[str, Any]:
    """Write ``hasSubcontracting`` and, where there is any, what is sub-contracted to whom; nothing if withheld."""
    if not told.shares or not result.bid.parties:
        return {}
    held = {holding.organisation: holding for holding in result.split.holdings} if result.split else {}
    others = [party for party in result.bid.parties if party.role != "lead"]
    if not others:
        return {"hasSubcontracting": False}
    lead = reference_to(evaluation, ids, result.bid.tenderer)
    rows: list[dict[str, Any]] = []
    for at, party in enumerate(others, 1):
        row: dict[str, Any] = {"id": str(at), "subcontractor": reference_to(evaluation, ids, party.organisation)}
        row |= {"description": party.work} if party.work else {}
        rows.append({**row, "mainContractors": [lead]})
    passed = total(held[party.organisation].term for party in others if party.organisation in held)
    return {
        "hasSubcontracting": True,
        "subcontracting": {**_passed(evaluation, result, passed, told), "subcontracts": rows},
    }


def _passed(evaluation: Evaluation, result: BidResult, passed: Money, told: Disclosure) -> dict[str, Any]:
    share = _share(passed, result.bid.price)
    if not 0 < share <= 1:
        return {"competitive": False}
    value = {"value": money(passed, evaluation.file.tender.vat)} if told.price else {}
    return {"competitive": False, "minimumPercentage": share, "maximumPercentage": share, **value}


def shared(
    evaluation: Evaluation, ids: Mapping[str, str], lot: LotEvaluation, result: BidResult, told: Disclosure
) -> dict[str, Any]:
    """Write the collaboration block of a bid: the published rules, the fee, and every organisation's share."""
    bid, vat = result.bid, evaluation.file.tender.vat
    rules = collaboration(lot.lot.collaboration)
    if bid.split is None or result.split is None or not told.shares:
        return rules
    found = {**rules, **(_fee(bid, vat, told) if told.fee else {})}
    roles = {party.organisation: party.role.replace("_", "-") for party in bid.parties}
    shares = [
        {
            "party": reference_to(evaluation, ids, holding.organisation),
            "role": roles.get(holding.organisation, ""),
            **_held(holding, bid.price, vat, told),
        }
        for holding in result.split.holdings
    ]
    return {**found, "shares": shares}


def _fee(bid: Bid, vat: VatBasis, told: Disclosure) -> dict[str, Any]:
    fee = total(bid.split.management_fee) if bid.split else Money(0)
    value = {"managementFee": money(fee, vat)} if told.price else {}
    return {**value, "managementFeePercentage": _share(fee, bid.price)}


def _held(holding: Holding, price: Money, vat: VatBasis, told: Disclosure) -> dict[str, Any]:
    share = {"percentage": _share(holding.term, price)}
    if not told.price:
        return share
    return {**share, "value": money(holding.term, vat), "byYear": [money(amount, vat) for amount in holding.by_year]}


def _share(part: Money, whole: Money) -> int | Decimal:
    """Return a part as a fraction of 1, rounded to six decimals."""
    return number(SHARE.value(Fraction(part.pence, whole.pence))) if whole.pence else 0
