"""Abnormally low prices: tests that prompt a written enquiry, and never a rejection.

A buyer must ask before it may disregard a bid for its price (Public Contracts Regulations 2015, regulation
69; Procurement Act 2023, section 19), and UK law names no percentage: these are settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from lots.errors import ProcurementError
from lots.money import Money
from scoring.figures import Rounding, plain

Price = Money | Fraction
TestId = Literal["below_mean_of_others", "below_next", "below_median"]
_TWO_PLACES = Rounding(2)
_AGAINST: Mapping[TestId, str] = {
    "below_mean_of_others": "the mean of the other bids",
    "below_next": "the next bid",
    "below_median": "the median of the bids",
}


class AbnormalPriceError(ProcurementError):
    """Prices, an order or a threshold with which the tests cannot be made."""


@dataclass(frozen=True)
class Settings:
    """Per cent below the comparator from which each test prompts an enquiry; None leaves a test out.

    40 % and 30 % are those of ProZorro and are reached by meeting them; 15 % below the median is that of the
    Scottish handbook and must be passed.
    """

    below_mean_of_others: Fraction | None = Fraction(40)
    below_next: Fraction | None = Fraction(30)
    below_median: Fraction | None = Fraction(15)


@dataclass(frozen=True)
class Enquiry:
    """A bid whose price should be asked about in writing, and why; it is no reason to reject the bid.

    ``price`` and ``comparator`` are pounds, ``percent_below`` and ``threshold`` per cent, all exact.
    """

    bid: str
    test: TestId
    price: Fraction
    comparator: Fraction
    percent_below: Fraction
    threshold: Fraction
    sentence: str


def percent_below(price: Fraction, comparator: Fraction) -> Fraction:
    """Return how many per cent ``price`` lies below a ``comparator`` above 0; negative when it lies above."""
    if comparator <= 0:
        raise AbnormalPriceError(f"Nothing can be measured against {plain(comparator)}: it must be above 0")
    return 100 * (comparator - price) / comparator


def enquiries(
    prices: Mapping[str, Price],
    settings: Settings | None = None,
    *,
    initial_prices: Mapping[str, Price] | None = None,
    order: Sequence[str] | None = None,
) -> tuple[Enquiry, ...]:
    """Return the enquiries that the prices of the admitted bids prompt, in the order of the bids.

    The mean leaves the tested bid out, and is taken over ``initial_prices`` where these differ (before an
    auction). The next bid is the one that follows in ``order``; without an order it is the cheapest of the
    dearer bids, so that equal prices are treated alike. One bid alone has nothing to be compared with, and a
    comparator that is not above 0 prompts nothing.
    """
    chosen = settings or Settings()
    _refuse_thresholds(chosen)
    now = {bid: _pounds(price) for bid, price in prices.items()}
    before = {bid: _pounds(price) for bid, price in (initial_prices or prices).items()}
    _refuse_other_names("initial prices", now, list(before))
    _refuse_other_names("order", now, list(now) if order is None else list(order))
    if len(now) < 2:
        return ()
    comparators: dict[TestId, dict[str, Fraction]] = {
        "below_mean_of_others": _means_of_others(before),
        "below_next": _next_in_price(now) if order is None else _next_in_order(now, order),
        "below_median": dict.fromkeys(now, _median(list(now.values()))),
    }
    return tuple(_prompted(now, comparators, chosen))


def _pounds(price: Price) -> Fraction:
    return Fraction(price.pence, 100) if isinstance(price, Money) else Fraction(price)


def _refuse_thresholds(settings: Settings) -> None:
    for test in _AGAINST:
        threshold: Fraction | None = getattr(settings, test)
        if threshold is not None and not 0 < threshold <= 100:
            says = f"the threshold is {plain(threshold)} %; it takes a number above 0 and up to 100"
            raise AbnormalPriceError(f"{test}: {says}")


def _refuse_other_names(what: str, prices: Mapping[str, Fraction], names: list[str]) -> None:
    wrong = sorted(set(prices) ^ set(names)) or [name for name in prices if names.count(name) > 1]
    if wrong:
        raise AbnormalPriceError(f"The {what} must name each bid once; look at {', '.join(wrong)}")


def _means_of_others(prices: Mapping[str, Fraction]) -> dict[str, Fraction]:
    whole = sum(prices.values(), Fraction(0))
    return {bid: (whole - price) / (len(prices) - 1) for bid, price in prices.items()}


def _next_in_order(prices: Mapping[str, Fraction], order: Sequence[str]) -> dict[str, Fraction]:
    return {bid: prices[after] for bid, after in pairwise(order)}


def _next_in_price(prices: Mapping[str, Fraction]) -> dict[str, Fraction]:
    levels = sorted(set(prices.values()))
    dearer = dict(pairwise(levels))
    return {bid: dearer[price] for bid, price in prices.items() if price in dearer}


def _median(prices: list[Fraction]) -> Fraction:
    ranked, middle = sorted(prices), len(prices) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2


def _prompted(
    prices: Mapping[str, Fraction], comparators: Mapping[TestId, Mapping[str, Fraction]], settings: Settings
) -> Iterator[Enquiry]:
    for bid, price in prices.items():
        for test, compared in comparators.items():
            threshold: Fraction | None = getattr(settings, test)
            comparator = compared.get(bid)
            if threshold is None or comparator is None or comparator <= 0:
                continue
            below = percent_below(price, comparator)
            if below > threshold or (below == threshold and test != "below_median"):
                says = _sentence(bid, test, price, comparator, below, threshold)
                yield Enquiry(bid, test, price, comparator, below, threshold, says)


def _to_the_penny(amount: Fraction) -> Money:
    return Money(int(_TWO_PLACES.value(amount) * 100))


def _sentence(
    bid: str, test: TestId, price: Fraction, comparator: Fraction, below: Fraction, threshold: Fraction
) -> str:
    rounded = _TWO_PLACES.value(below)
    shown = plain(below) if rounded == threshold != below else plain(rounded)
    reach = "more than" if test == "below_median" else "at least"
    return (
        f"{bid}: its price of {_to_the_penny(price)} is {shown} % below {_AGAINST[test]}, "
        f"{_to_the_penny(comparator)}; {reach} {plain(threshold)} % prompts an enquiry. Ask the tenderer "
        "in writing to explain the price: this alone is no reason to reject the bid."
    )
