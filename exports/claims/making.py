"""Sealing a document's claim: the inputs it was made from, beside the figures exactly as it prints them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from exports.claims import claim as claims
from exports.claims.figures import Assessed, Inputs, number_text
from exports.documents import CLAIM, DocumentHead
from exports.notices.assessment import CriterionLine, scales_used
from exports.notices.standstill import period_of
from exports.pdf import Attached
from lots.bid import Bid, Party
from lots.organisation import Organisation
from scoring.decision import AwardDecision
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import plain
from scoring.recommendation import Evaluation

Places = Iterable[tuple[str, str]]
_NEEDED = {
    "lowest_relative": ("lowest",),
    "linear_to_multiple": ("lowest",),
    "linear_min_max": ("lowest", "highest"),
    "mean_deviation": ("mean", "count"),
    "utility_index": ("lowest", "best_quality", "lowest_quality"),
    "relative_value_cost": ("lowest", "best_quality", "lowest_quality"),
}
REFERENCES = {
    "lowest": "Lowest evaluated price among the tenders compared",
    "highest": "Highest evaluated price among the tenders compared",
    "mean": "Mean evaluated price of the tenders compared",
    "count": "Number of tenders compared",
    "best_quality": "Most quality marks among the tenders compared",
    "lowest_quality": "Fewest quality marks among the tenders compared",
}


def references_of(lot: LotEvaluation) -> tuple[tuple[str, Fraction], ...]:
    """Return the anonymous figures that the published formula takes from the bids still in, by name."""
    prices, scored = list(lot.round.prices.values()), [result.scored or Fraction(0) for result in lot.ranked]
    if not prices:
        return ()
    found: dict[str, Callable[[], Fraction]] = {
        "lowest": lambda: min(prices),
        "highest": lambda: max(prices),
        "mean": lambda: sum(prices, Fraction(0)) / len(prices),
        "count": lambda: Fraction(len(prices)),
        "best_quality": lambda: max(scored, default=Fraction(0)),
        "lowest_quality": lambda: min(scored, default=Fraction(0)),
    }
    return tuple((name, found[name]()) for name in _NEEDED.get(lot.methodology.price.formula, ()))


def reveals(references: Sequence[tuple[str, Fraction]], price: Fraction | None) -> bool:
    """Say whether anonymous figures would give a withheld price away: it is one of them, or the mean is of two."""
    return any(figure == price or (name == "count" and figure <= 2) for name, figure in references)


def inputs_of(
    evaluation: Evaluation,
    lot: LotEvaluation,
    own: BidResult,
    award: AwardDecision,
    *,
    references: Sequence[tuple[str, Fraction]] = (),
    tie: str = "",
    split: bool = False,
    known: date | None = None,
) -> Inputs:
    """Gather what one document's figures follow from: the public rules and this tenderer's own bid.

    Of a tender that was not opened there is only who sent it and when.
    """
    file, bid = evaluation.file, envelope(own.bid) if unopened(own) else own.bid
    named = {party.organisation for party in bid.parties}
    return Inputs(
        file.tender.deadline,
        lot.lot,
        lot.methodology,
        scales_used(lot, file.scales),
        tuple(_bare(organisation) for organisation in file.organisations if organisation.id in named),
        bid,
        period_of(award, file.tender),
        assessed(own),
        references=tuple((name, number_text(figure)) for name, figure in references),
        excluded_at=own.exclusion.stage if own.exclusion else "",
        tie=tie,
        split=split,
        known=known,
    )


def unopened(result: BidResult) -> bool:
    """Say whether a tender was never opened: it came late, or was withdrawn."""
    reasons = result.exclusion.reasons if result.exclusion else ()
    return any(reason.code in ("late", "withdrawn") for reason in reasons)


def envelope(bid: Bid) -> Bid:
    """Leave of a bid only what stands on its envelope: the lot, who sent it, when it came or was withdrawn."""
    lead = tuple(Party(party.organisation, party.role) for party in bid.parties if party.role == "lead")
    return Bid(bid.id, bid.lot, bid.received_at, (), lead, withdrawn_at=bid.withdrawn_at)


def assessed(result: BidResult, *, price: bool = True, marks_stated: bool = False) -> Assessed:
    """Take a tender's points and price for a claim, and say whether its price marks are only stated."""
    points = tuple((row.leaf.criterion.id, number_text(row.points)) for row in result.rows)
    shown = number_text(result.price) if price and result.price is not None else ""
    return Assessed(points, shown, marks_stated)


def printed_lines(lines: Iterable[CriterionLine], lot: LotEvaluation) -> Iterator[tuple[str, str]]:
    """Give the weights and marks of a table of criteria their places, as printed."""
    say = lot.methodology.rounding.text
    for line in lines:
        yield f"weight.{line.id}", plain(line.weight)
        for who, marks in (("own", line.own_marks), ("winner", line.winner_marks)):
            if marks is not None and line.kind != "price":
                yield f"{who}.marks.{line.id}", say(marks)


def printed_result(
    who: str, result: BidResult, lot: LotEvaluation, *, price: bool = True, marks_stated: bool = False
) -> Iterator[tuple[str, str]]:
    """Give one tender's sums and price their places, as printed; its price marks and total too unless only stated."""
    say = lot.methodology.rounding.text
    if result.scored is not None and result.rows:
        yield f"{who}.scored", say(result.scored)
    if price and result.price is not None:
        yield f"{who}.price", plain(result.price)
    if not marks_stated:
        yield from price_result(who, result, lot)


def price_result(who: str, result: BidResult, lot: LotEvaluation) -> Iterator[tuple[str, str]]:
    """Give one tender's price marks and total their places, as printed."""
    say = lot.methodology.rounding.text
    if result.price_marks is not None:
        yield f"{who}.price_marks", say(result.price_marks)
    if result.total is not None:
        yield f"{who}.total", say(result.total)


def sealed(kind: str, head: DocumentHead, inputs: Inputs, printed: Places, stated: Places = ()) -> Attached:
    """Write the claim of a document as the file that travels inside it."""
    claim = claims.Claim(
        kind,
        head.number,
        head.tender_reference,
        head.rules_digest,
        head.file_digest,
        inputs,
        tuple(printed),
        tuple(stated),
    )
    return Attached(CLAIM, claims.write(claim), "The figures of this document and everything they follow from")


def _bare(organisation: Organisation) -> Organisation:
    """Leave out where an organisation is and whom to write to: no figure follows from it."""
    return Organisation(
        organisation.id,
        organisation.name,
        organisation.identifiers,
        organisation.group,
        organisation.vcse,
        organisation.by_and_for,
        organisation.sme,
    )
