"""The last steps of the order of work: lots evaluated, allocated under the published limit, and recommended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lots.errors import Finding
from lots.money import Money, total
from lots.split.flow import counted_together
from scoring.evaluation import BidResult, LotEvaluation, evaluate_lot
from scoring.figures import Rounding
from scoring.limits.allocation import Allocation, Displacement, LotLimit, Standing, UnsettledTieError, allocate
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class Recommendation:
    """What the panel's figures recommend for one lot.

    ``margin`` is the recommended bid's total less the reserve's (the next ranked bid that may take the lot under the
    limit); under a method where the lowest figure is best it is the reserve's less the winner's. ``winner`` is None
    where the lot waits, nothing was admitted, the first place is tied beyond the published list, or the limit leaves
    nobody: ``open_points`` then say which.
    """

    lot: str
    winner: BidResult | None
    reserve: BidResult | None
    margin: Fraction | None
    reasons: tuple[str, ...]
    displaced: tuple[Displacement, ...] = ()
    open_points: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """The whole procurement: every contract lot evaluated, the allocation over lots, and the recommendations.

    ``allocation`` is None while a lot that may change the others is open: it waits, or a tie decides who gets it.
    """

    file: TenderFile
    lots: tuple[LotEvaluation, ...]
    allocation: Allocation | None
    recommendations: tuple[Recommendation, ...]

    def lot(self, lot_id: str) -> LotEvaluation:
        """Find the evaluation of a lot; KeyError where there is none."""
        for evaluated in self.lots:
            if evaluated.lot.id == lot_id:
                return evaluated
        raise KeyError(lot_id)

    def recommendation(self, lot_id: str) -> Recommendation:
        """Find the recommendation for a lot; KeyError where there is none."""
        for recommendation in self.recommendations:
            if recommendation.lot == lot_id:
                return recommendation
        raise KeyError(lot_id)


def evaluate(file: TenderFile) -> Evaluation:
    """Evaluate every contract lot, allocate lots under the published limit, and recommend: all from the file alone."""
    return recommended(file, tuple(evaluate_lot(file, lot.id) for lot in file.tender.contract_lots))


def recommended(file: TenderFile, lots: tuple[LotEvaluation, ...]) -> Evaluation:
    """Allocate evaluated lots under the published limit, and recommend."""
    settled = [lot for lot in lots if lot.ranking.first is not None]
    held_up = _held_up(file.lot_limit, lots)
    if held_up:
        return Evaluation(file, lots, None, tuple(_open(lot, held_up) for lot in lots))
    groups = counted_together((org.id for org in file.organisations), {org.id: org for org in file.organisations})
    try:
        allocation = allocate(
            _limit_of(file, settled),
            [standing for lot in settled for standing in standings(lot)],
            preferences={each.tenderer: each.lots for each in file.lot_preferences},
            capacity={each.tenderer: each.at_most for each in file.lot_preferences if each.at_most is not None},
            counts_as=groups,
            names=_titles(file),
        )
    except UnsettledTieError as tie:
        return Evaluation(file, lots, None, tuple(_open(lot, tie.findings) for lot in lots))
    return Evaluation(file, lots, allocation, tuple(_recommend(lot, file, allocation, groups) for lot in lots))


def _held_up(limit: LotLimit | None, lots: Sequence[LotEvaluation]) -> tuple[Finding, ...]:
    """Under a limit the lots decide one another: say which one is still open and holds up the rest."""
    if limit is None:
        return ()
    still_open = [lot for lot in lots if lot.waiting or (lot.ranked and lot.ranking.first is None)]
    return tuple(
        Finding(
            "allocation_waits",
            f"{lot.lot.title} is not settled yet: under the published limit on lots it may change who wins the others",
            lot.lot.id,
        )
        for lot in still_open
    )


def _open(lot: LotEvaluation, why: tuple[Finding, ...]) -> Recommendation:
    """Leave a lot open: for its own reasons if it has any, else for those of the whole procurement."""
    own = _own_open_points(lot)
    return Recommendation(lot.lot.id, None, None, None, (), (), own or why)


def _limit_of(file: TenderFile, settled: Sequence[LotEvaluation]) -> LotLimit | None:
    """Return the published limit over the lots that can be awarded now, in the published order."""
    limit, here = file.lot_limit, {lot.lot.id for lot in settled}
    return replace(limit, lot_order=tuple(lot for lot in limit.lot_order if lot in here)) if limit else None


def _titles(file: TenderFile) -> dict[str, str]:
    """Map ids of lots, organisations and groups to what a reader knows them by."""
    lots = {lot.id: f"“{lot.title}”" for lot in file.tender.lots}
    return {org.id: org.name for org in file.organisations} | lots


def standings(lot: LotEvaluation) -> tuple[Standing, ...]:
    """Return a lot's ranked bids as the allocation sees them, by the figure they were ranked on."""
    places = {place.bid: place for place in lot.ranking.places}
    figures = lot.round.totals if lot.round.method else {bid: place.figure for bid, place in places.items()}
    return tuple(
        Standing(lot.lot.id, each.tenderer.id, figures[each.bid.id], places[each.bid.id].rank, each.bid.price)
        for each in lot.ranked
    )


def _recommend(
    lot: LotEvaluation, file: TenderFile, allocation: Allocation, groups: Mapping[str, str]
) -> Recommendation:
    awarded = next((award.tenderer for award in allocation.awards if award.lot == lot.lot.id), None)
    displaced = tuple(move for move in allocation.displaced if move.lot == lot.lot.id)
    winner = next((result for result in lot.ranked if result.tenderer.id == awarded), None)
    if winner is None:
        return Recommendation(lot.lot.id, None, None, None, (), displaced, _open_points(lot, allocation))
    others = [result for result in lot.ranked if result.bid.id != winner.bid.id]
    free = (result for result in others if _may_take(result, lot.lot.id, file.lot_limit, allocation, groups))
    reserve = next(free, None)
    margin = abs((winner.total or Fraction(0)) - (reserve.total or Fraction(0))) if reserve else None
    reasons = (*_reasons(lot, winner), *(move.reason for move in displaced))
    return Recommendation(lot.lot.id, winner, reserve, margin, reasons, displaced)


def _may_take(
    result: BidResult, lot_id: str, limit: LotLimit | None, allocation: Allocation, groups: Mapping[str, str]
) -> bool:
    """Say whether a tenderer could take a lot in the winner's stead and stay within the published limit."""
    if limit is None:
        return True
    own = groups[result.tenderer.id]
    held = [award for award in allocation.awards if award.lot != lot_id and award.tenderer]
    mine = [award for award in held if groups[award.tenderer or ""] == own]
    spend = total([result.bid.price, *(award.price for award in mine if award.price)])
    enough_lots = limit.maximum_lots is None or len(mine) + 1 <= limit.maximum_lots
    return enough_lots and (limit.maximum_spend is None or spend <= limit.maximum_spend)


def _open_points(lot: LotEvaluation, allocation: Allocation) -> tuple[Finding, ...]:
    return _own_open_points(lot) or tuple(point for point in allocation.findings if point.place == lot.lot.id)


def _own_open_points(lot: LotEvaluation) -> tuple[Finding, ...]:
    """Say what the lot itself waits for: a decision, a bid, or a way to settle its first place."""
    if lot.waiting:
        return lot.waiting
    if not lot.ranked:
        return (Finding("no_bid_left", f"No bid for {lot.lot.title} is left in the competition", lot.lot.id),)
    if lot.ranking.first is None:
        message = f"The first place in {lot.lot.title} is a tie that the published tie-break list does not settle"
        return (Finding("tie_unsettled", message, lot.lot.id),)
    return ()


def _reasons(lot: LotEvaluation, winner: BidResult) -> tuple[str, ...]:
    rounding = lot.methodology.rounding
    count = len(lot.ranked)
    total = rounding.text(winner.total or Fraction(0))
    what = "method figure" if lot.round.method else "total score"
    if winner.rank == 1:
        bids = f"{count} ranked {'bids' if count > 1 else 'bid'}"
        reasons = [f"{winner.tenderer.name} has the best {what} of {bids}: {total}."]
    else:
        reasons = [f"{winner.tenderer.name} ranks number {winner.rank} of {count} ranked bids, {what} {total}."]
    for tie in lot.ranking.ties_broken:
        if winner.bid.id in tie.bids:
            figures = "; ".join(
                f"{_name(lot.ranked, bid)} {_figure(figure, tie.rule, rounding)}" for bid, figure in tie.figures
            )
            reasons.append(f"A tie at {total} was settled by the published list, step “{tie.rule}”: {figures}.")
    for step in lot.recomputations:
        if step.winner_changed:
            gone, first = _name(lot.results, step.exclusion.bid), _name(lot.results, step.before.ranking.first or "")
            reasons.append(
                f"With {gone} still in, {first} would have come first; the published order of work takes it out"
                " before prices are compared, and both results are on file."
            )
    return tuple(reasons)


def _name(results: Sequence[BidResult], bid_id: str) -> str:
    return next((result.tenderer.name for result in results if result.bid.id == bid_id), "nobody")


def _figure(figure: str, rule: str, rounding: Rounding) -> str:
    """Write a tie-break figure for a sentence: pounds for a price, else marks to the published places."""
    value = Fraction(figure)
    return str(Money(int(value * 100))) if rule == "lowest price" else rounding.text(value)
