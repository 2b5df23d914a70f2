"""One lot evaluated in the published order: admission, marks, gates, ceilings and split, price, totals, ranking.

The order is part of the method. Price comes last among the inputs, over the bids still in; whenever a bid falls out,
every relative price mark is computed again, and the before and after are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.bid import Bid
from lots.errors import Finding, ProcurementError
from lots.lot import Lot
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.report import SplitReport
from scoring.admission import Exclusion, admission, unpriced_open
from scoring.evaluated_price import EvaluatedPriceError
from scoring.formulas import PriceUndefined
from scoring.marking import LeafMarks, Marking, mark
from scoring.methodology import Methodology
from scoring.pricing import PriceRound, price_round
from scoring.ranking import Ranking
from scoring.screening import PriceEnquiry, Work, price_enquiries, screen
from scoring.tender_file import TenderFile


class NotConfiguredError(ProcurementError):
    """A lot that cannot be evaluated because the tender does not say how."""


@dataclass(frozen=True)
class BidResult:
    """Everything found out about one bid, as far as it was assessed.

    ``scored`` is quality and social value together, ``price_marks`` what the price formula gave; ``total`` is their
    sum, or the figure of a whole method. Each is None where the bid did not get so far.
    """

    bid: Bid
    tenderer: Organisation
    exclusion: Exclusion | None = None
    rows: tuple[LeafMarks, ...] = ()
    scored: Fraction | None = None
    price: Fraction | None = None
    price_marks: Fraction | None = None
    total: Fraction | None = None
    rank: int | None = None
    split: SplitReport | None = None
    findings: tuple[Finding, ...] = ()

    def marks_of(self, kind: str) -> Fraction:
        """Add up the marks of one kind of criterion (``quality`` or ``social_value``)."""
        return sum((row.marks for row in self.rows if row.leaf.kind == kind), Fraction(0))


@dataclass(frozen=True)
class Recomputation:
    """What the exclusion of one bid did to the others: every price mark, total and rank before and after."""

    exclusion: Exclusion
    before: PriceRound
    after: PriceRound

    @property
    def winner_changed(self) -> bool:
        """Say whether the first place went to another bid because this one fell out."""
        return self.before.ranking.first not in (self.exclusion.bid, self.after.ranking.first)


@dataclass(frozen=True)
class LotEvaluation:
    """One lot, evaluated. ``waiting`` says what is missing before there can be a ranking (which is then empty)."""

    lot: Lot
    methodology: Methodology
    results: tuple[BidResult, ...]
    round: PriceRound
    recomputations: tuple[Recomputation, ...]
    enquiries: tuple[PriceEnquiry, ...]
    waiting: tuple[Finding, ...]

    @property
    def ranking(self) -> Ranking:
        """Return the ranking of the bids still in."""
        return self.round.ranking

    @property
    def ranked(self) -> tuple[BidResult, ...]:
        """Return the results of the ranked bids, best first."""
        by_id = {result.bid.id: result for result in self.results}
        return tuple(by_id[place.bid] for place in self.ranking.places)

    def result(self, bid_id: str) -> BidResult:
        """Find the result of a bid; KeyError where there is none."""
        for result in self.results:
            if result.bid.id == bid_id:
                return result
        raise KeyError(bid_id)


def evaluate_lot(file: TenderFile, lot_id: str) -> LotEvaluation:
    """Evaluate one lot from the tender file alone, in the published order of work."""
    lot, methodology = _configured(file, lot_id)
    bids = file.bids_for(lot_id)
    unpriced = None if file.prices_shut else methodology.over_ceiling
    kept_out = admission(bids, lot, file.tender.deadline, file.admissions, unpriced=unpriced)
    present = _without(bids, kept_out)
    undecided = () if file.prices_shut else unpriced_open(present, lot)
    admitted = tuple(bid for bid in present if f"bid {bid.id}" not in {each.place for each in undecided})
    scales = {scale.id: scale for scale in file.scales}
    marking = mark(admitted, methodology, scales, file.score_sheets, file.agreed_scores)
    organisations = {organisation.id: organisation for organisation in file.organisations}
    opened = () if file.prices_shut else admitted
    splits = {bid.id: check_split(bid, lot.collaboration, organisations, years=lot.years) for bid in opened}
    work = Work(file, lot, methodology, marking, splits)
    removed, waiting = screen(admitted, work)
    ready = not (undecided or marking.waiting or waiting)
    still_in = _without(admitted, removed) if ready else ()
    official = price_round(still_in, marking, methodology)
    return LotEvaluation(
        lot,
        methodology,
        tuple(_result(bid, work, (*kept_out, *removed), official, organisations) for bid in bids),
        official,
        _recomputed(still_in, admitted, removed, work) if ready else (),
        _enquired(admitted, removed, work),
        (*undecided, *marking.waiting, *waiting),
    )


def _enquired(admitted: Sequence[Bid], removed: Sequence[Exclusion], work: Work) -> tuple[PriceEnquiry, ...]:
    """Return the enquiries over every bid that reached the price, those rejected for it included."""
    if work.file.prices_shut:
        return ()
    reached = _without(admitted, [gone for gone in removed if gone.stage != "abnormally_low"])
    return price_enquiries([bid for bid in reached if bid.id in work.marking.rows], work)


def _configured(file: TenderFile, lot_id: str) -> tuple[Lot, Methodology]:
    lot, methodology = file.tender.lot(lot_id), file.methodology_for(lot_id)
    if methodology is None:
        raise NotConfiguredError(
            f"Lot “{lot.title}” has no assessment methodology: name it in one of the methodologies"
        )
    return lot, methodology


def _without(bids: Sequence[Bid], gone: Sequence[Exclusion]) -> tuple[Bid, ...]:
    out = {exclusion.bid for exclusion in gone}
    return tuple(bid for bid in bids if bid.id not in out)


def _recomputed(
    still_in: Sequence[Bid], admitted: Sequence[Bid], removed: Sequence[Exclusion], work: Work
) -> tuple[Recomputation, ...]:
    """Take the excluded bids out one at a time, in the order of work, and price what is left each time.

    A bid whose price the formula cannot judge never had a mark: leaving it out changes nothing, and it has no step.
    """
    by_id = {bid.id: bid for bid in admitted}
    steps: list[Recomputation] = []
    present = list(still_in)
    after = price_round(present, work.marking, work.methodology)
    for gone in reversed(removed):
        try:
            before = price_round([*present, by_id[gone.bid]], work.marking, work.methodology)
        except (PriceUndefined, EvaluatedPriceError):
            continue
        present.append(by_id[gone.bid])
        steps.append(Recomputation(gone, before, after))
        after = before
    return tuple(reversed(steps))


def _result(
    bid: Bid,
    work: Work,
    out: Sequence[Exclusion],
    official: PriceRound,
    organisations: dict[str, Organisation],
) -> BidResult:
    marking: Marking = work.marking
    ranked = bid.id in official.totals
    split = work.splits.get(bid.id)
    return BidResult(
        bid,
        organisations[bid.tenderer],
        next((gone for gone in out if gone.bid == bid.id), None),
        marking.rows.get(bid.id, ()),
        marking.scored.get(bid.id),
        official.prices.get(bid.id),
        official.marks.get(bid.id),
        official.totals.get(bid.id),
        official.ranking.rank_of(bid.id) if ranked else None,
        split,
        work.findings(bid),
    )
