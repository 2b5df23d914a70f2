"""The question put to a tenderer whose price looks abnormally low: what to explain, and that no other price is told.

The tests compare a price with those of others, whose figures are nobody's to give away: not even the distance, from
which they could be worked out. So the letter names the published test and its threshold, and the tenderer's own price.
"""

from __future__ import annotations

from collections.abc import Iterator

from lots.lot import Lot
from lots.regime import Regime
from lots.words import listed
from scoring.abnormal import Enquiry
from scoring.evaluation import LotEvaluation
from scoring.figures import plain
from scoring.pricing import evaluated_price_words
from scoring.screening import PriceEnquiry

_TESTS = {
    "below_mean_of_others": "lies {limit} % or more below the mean of the other tenders",
    "below_next": "lies {limit} % or more below the next tender",
    "below_median": "lies more than {limit} % below the median of the tenders",
}
_LAW = {
    Regime.PCR2015_LIGHT_TOUCH: "regulation 69 of the Public Contracts Regulations 2015",
    Regime.PA2023_LIGHT_TOUCH: "section 19 of the Procurement Act 2023",
    Regime.PA2023_FULL: "section 19 of the Procurement Act 2023",
}
_ASKED = (
    "how the service can be delivered for this price: staff, hours, premises, management and reserves, year by year;",
    "any particularly favourable conditions, or any other money that pays for part of it, and whether that is certain "
    "for the whole term;",
    "how pay, pensions, training and the duties of employment, social and environmental law are met at this price;",
    "what partners and sub-contractors are paid, and that it covers their costs.",
)


def enquiry_text(lot: LotEvaluation, bid_id: str, regime: Regime, enquiry: PriceEnquiry | None) -> str:
    """Write the question about one bid's price; an officer may change any of it before it is sent."""
    return "\n\n".join(_paragraphs(lot, bid_id, regime, enquiry.tests if enquiry else ()))


def _paragraphs(lot: LotEvaluation, bid_id: str, regime: Regime, tests: tuple[Enquiry, ...]) -> Iterator[str]:
    price = lot.result(bid_id).bid.price
    words = evaluated_price_words(lot.methodology)
    yield f"Your tender for {lot.lot.title} is priced at {price} over {_term(lot.lot)} ({words} is what is compared)."
    if tests:
        said = listed(_TESTS[test.test].format(limit=plain(test.threshold)) for test in tests)
        yield f"By the tests that we work with, a price is asked about where it {said}. Yours is such a price."
    else:
        yield "It appears low for what is to be delivered."
    law = f" Under {_LAW[regime]} we must ask before anything follows from it." if regime in _LAW else ""
    yield f"That is no reason to reject your tender.{law} Please explain:"
    yield "\n".join(f"– {asked}" for asked in _ASKED)
    yield "You may explain your price and cannot change it. Please say where in your tender we find what you refer to."


def _term(lot: Lot) -> str:
    return f"{lot.years} years" if lot.years != 1 else "1 year"
