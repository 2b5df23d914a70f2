"""Steps 3 and 4 of the order of work, then low prices: which marked bids stay in, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.bid import Bid
from lots.ceilings import price_findings
from lots.collaboration import Consequence
from lots.errors import Finding, errors_in
from lots.lot import Lot
from lots.split.report import SplitReport
from scoring.abnormal import Enquiry, enquiries
from scoring.admission import STAGES, Exclusion, Stage
from scoring.catalogue import WHOLE_METHODS
from scoring.decision import EnquiryOutcome
from scoring.evaluated_price import EvaluatedPriceError
from scoring.formulas import PriceUndefined
from scoring.marking import LeafMarks, Marking, gate_findings
from scoring.methodology import Methodology
from scoring.methods import Offer, rank_offers
from scoring.price import price_marks
from scoring.pricing import evaluated_price, judged_quality
from scoring.tender_file import TenderFile


@dataclass(frozen=True)
class PriceEnquiry:
    """A price that looks abnormally low: the tests it met, and the outcome of the written enquiry if there is one.

    ``tests`` is empty where the buyer asked although no published trigger was met, as it may.
    """

    bid: str
    tests: tuple[Enquiry, ...]
    outcome: EnquiryOutcome | None


@dataclass(frozen=True)
class Work:
    """What the steps look at: the file, the lot, how it is judged, the marks, and every admitted bid's split report."""

    file: TenderFile
    lot: Lot
    methodology: Methodology
    marking: Marking
    splits: Mapping[str, SplitReport]

    def findings(self, bid: Bid) -> tuple[Finding, ...]:
        """Return everything found about a bid's price and split, warnings included (nothing for a bid kept out)."""
        if bid.id not in self.splits:
            return ()
        return (*price_findings(bid, self.lot, f"bid {bid.id}"), *self.splits[bid.id].findings)


Outcome = tuple[Exclusion | None, tuple[Finding, ...]]


def screen(bids: Sequence[Bid], work: Work) -> tuple[tuple[Exclusion, ...], tuple[Finding, ...]]:
    """Take admitted bids through gates, ceilings, split and low-price decisions, in that order.

    Returns the exclusions in the order of work, and what the lot still waits for (an unmade decision or enquiry).
    Once a low price is rejected the others are tested again, because the figures they are measured against moved.
    While the prices are shut, only the gates say anything.
    """
    removed: list[Exclusion] = []
    waiting: list[Finding] = []
    shut = work.file.prices_shut
    for step in (_gate,) if shut else (_gate, _ceiling, _split):
        for bid in [bid for bid in bids if bid.id in work.marking.rows and bid.id not in _ids(removed)]:
            gone, missing = step(bid, work)
            waiting += missing
            removed += [gone] if gone else []
    if shut:
        message = f"The prices of {work.lot.title} are shut: two custodians open them once quality is locked"
        return tuple(removed), (*waiting, Finding("prices_shut", message, work.lot.id))
    while True:
        still_in = [bid for bid in bids if bid.id in work.marking.rows and bid.id not in _ids(removed)]
        enquired = price_enquiries(still_in, work)
        rejected = [each for each in enquired if each.outcome and each.outcome.decision == "rejected"]
        if not rejected:
            return tuple(removed), (*waiting, *(_unanswered(each) for each in enquired if each.outcome is None))
        removed += [_rejected(each.bid, each.outcome.reason) for each in rejected if each.outcome]


def _rejected(bid: str, reason: str) -> Exclusion:
    return Exclusion(bid, "abnormally_low", (Finding("abnormally_low_rejected", reason, f"bid {bid}"),))


def _ids(removed: Sequence[Exclusion]) -> set[str]:
    return {gone.bid for gone in removed}


def _gate(bid: Bid, work: Work) -> Outcome:
    missed = gate_findings(work.marking.rows[bid.id], work.methodology)
    return (Exclusion(bid.id, "gate", missed) if missed else None), ()


def _ceiling(bid: Bid, work: Work) -> Outcome:
    broken = ceiling_findings(bid, work.lot, work.methodology, work.marking.rows[bid.id], work.marking.scored[bid.id])
    return _consequence(bid, "ceiling", broken, work.methodology.over_ceiling, work)


def ceiling_findings(
    bid: Bid, lot: Lot, methodology: Methodology, rows: Sequence[LeafMarks], scored: Fraction
) -> tuple[Finding, ...]:
    """Return what keeps a price out: over the lot's figures, or one that the published formula cannot judge."""
    place = f"bid {bid.id}"
    try:
        price = evaluated_price(bid, methodology)
        if methodology.price.formula in WHOLE_METHODS:
            rank_offers(methodology.price, {bid.id: Offer(price, judged_quality(methodology, rows, scored))})
        else:
            price_marks(methodology.price, Fraction(1), {bid.id: price})
    except (EvaluatedPriceError, PriceUndefined) as refused:
        return (Finding("price_cannot_be_judged", str(refused).removeprefix(f"{bid.id}: ").capitalize(), place),)
    return errors_in(price_findings(bid, lot, place))


def _split(bid: Bid, work: Work) -> Outcome:
    broken = errors_in(work.splits[bid.id].findings)
    return _consequence(bid, "split", broken, work.lot.collaboration.consequence, work)


def _consequence(bid: Bid, stage: Stage, broken: tuple[Finding, ...], published: Consequence, work: Work) -> Outcome:
    """Apply the published consequence of a broken rule: out at once, or out or in by a recorded decision."""
    made = [d for d in work.file.admissions if d.bid == bid.id and d.concerning == stage]
    if not broken:
        message = f"A decision on bid {bid.id} concerns the {STAGES[stage]}, where nothing is broken: withdraw it"
        return None, (Finding("decision_without_cause", message, f"bid {bid.id}"),) if made else ()
    if published == "reject":
        return Exclusion(bid.id, stage, broken), ()
    if not made:
        message = f"Bid {bid.id} breaks the {STAGES[stage]}; the published consequence is a clarification: record it"
        return None, (Finding("clarification_open", message, f"bid {bid.id}"),)
    if made[-1].decision == "admit":
        return None, tuple(_cannot_be_admitted(broken))
    return Exclusion(bid.id, stage, (*broken, Finding("excluded_by_decision", made[-1].reason, f"bid {bid.id}"))), ()


def _cannot_be_admitted(broken: Sequence[Finding]) -> Iterator[Finding]:
    """No decision gives a bid a price that the published formula can judge."""
    for each in broken:
        if each.code == "price_cannot_be_judged":
            message = f"{each.message.rstrip('.')}. No decision can admit it: record why the bid is excluded"
            yield Finding("admitted_without_price", message, each.place)


def price_enquiries(bids: Sequence[Bid], work: Work) -> tuple[PriceEnquiry, ...]:
    """Test every price still in against the published triggers; they prompt a written enquiry, never a rejection."""
    outcomes = {outcome.bid: outcome for outcome in work.file.enquiries}
    prices = {bid.id: evaluated_price(bid, work.methodology) for bid in bids}
    tests: dict[str, list[Enquiry]] = {bid: [] for bid in prices if bid in outcomes}
    for enquiry in enquiries(prices, work.methodology.abnormally_low):
        tests.setdefault(enquiry.bid, []).append(enquiry)
    return tuple(PriceEnquiry(bid, tuple(tests[bid]), outcomes.get(bid)) for bid in prices if bid in tests)


def _unanswered(enquiry: PriceEnquiry) -> Finding:
    message = f"The price of bid {enquiry.bid} looks abnormally low: ask in writing and record the reply and decision"
    return Finding("enquiry_open", message, f"bid {enquiry.bid}")
