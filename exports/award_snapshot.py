"""What a recommendation freezes: the whole record as a canonical tender file, and the result it gave, figure by figure.

The result holds no sentence and no rounded figure: bids, ranks and exact fractions as text, in an order that follows
from the file alone. So the same record gives the same bytes whenever it is worked out again, and one digest stands for
the award.
"""

from __future__ import annotations

import json
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final

from exports import tender_file
from scoring.evaluation import BidResult, LotEvaluation
from scoring.recommendation import Evaluation, Recommendation
from scoring.tender_file import TenderFile

FORMAT: Final = "award-result/1"


def snapshot_of(file: TenderFile) -> bytes:
    """Return the record in its one canonical form."""
    return tender_file.write(file)


def result_of(evaluation: Evaluation) -> bytes:
    """Return every mark, total, rank, exclusion and recommendation of every lot as canonical JSON."""
    lots = [_lot(lot, evaluation.recommendation(lot.lot.id)) for lot in evaluation.lots]
    return _canonical({"format": FORMAT, "tender": evaluation.file.tender.reference, "lots": lots})


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a snapshot or a result, in hexadecimal."""
    return sha256(data).hexdigest()


def _canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def _lot(lot: LotEvaluation, found: Recommendation) -> dict[str, Any]:
    return {
        "lot": lot.lot.id,
        "bids": [_bid(result) for result in lot.results],
        "ranking": [[place.bid, place.rank, str(place.figure)] for place in lot.ranking.places],
        "ties_broken": [[tie.rule, list(tie.order)] for tie in lot.ranking.ties_broken],
        "ties_open": [list(bids) for bids in lot.ranking.unsettled],
        "waiting": [[each.code, each.place] for each in lot.waiting],
        "recommended": _name(found.winner),
        "reserve": _name(found.reserve),
        "margin": _exact(found.margin),
        "displaced": [[each.tenderer, each.awarded_to, str(each.lost)] for each in found.displaced],
        "open_points": [[each.code, each.place] for each in found.open_points],
    }


def _bid(result: BidResult) -> dict[str, Any]:
    out = result.exclusion
    return {
        "bid": result.bid.id,
        "tenderer": result.tenderer.id,
        "excluded": [out.stage, [reason.code for reason in out.reasons]] if out else None,
        "marks": [
            [row.leaf.criterion.id, str(row.points), str(row.maximum), str(row.marks)] for row in result.rows
        ],
        "scored": _exact(result.scored),
        "evaluated_price": _exact(result.price),
        "price_marks": _exact(result.price_marks),
        "total": _exact(result.total),
        "rank": result.rank,
    }  # fmt: skip


def _name(result: BidResult | None) -> str | None:
    return result.bid.id if result else None


def _exact(figure: Fraction | None) -> str | None:
    return None if figure is None else str(figure)
