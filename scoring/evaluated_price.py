"""The evaluated price: the one figure a bid is compared on, from the amounts that its tenderer offered.

Amounts are Money or exact numbers of pounds; answers are exact ``Fraction`` of pounds, not rounded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lots.errors import ProcurementError
from lots.money import Money
from scoring.figures import plain
from scoring.methods import Offer

Amount = Money | Fraction | int
DAYS_IN_YEAR = 365


class EvaluatedPriceError(ProcurementError):
    """Amounts, quantities or periods from which no evaluated price can be worked out."""


def pounds(amount: Amount) -> Fraction:
    """Return an amount as an exact number of pounds."""
    return Fraction(amount.pence, 100) if isinstance(amount, Money) else Fraction(amount)


def total(amounts: Iterable[Amount]) -> Fraction:
    """Add the years of the term: P = Σ years. No years are refused."""
    years = [pounds(amount) for amount in amounts]
    if not years:
        raise EvaluatedPriceError("There is no year to add up: give the price of each year of the term")
    return sum(years, Fraction(0))


@dataclass(frozen=True)
class BasketLine:
    """One line of a price basket: a quantity published or locked before opening, and the unit price."""

    name: str
    quantity: Fraction | int
    unit_price: Amount


def basket(lines: Iterable[BasketLine]) -> Fraction:
    """Add up quantity × unit price, as in the Norwegian guidance (anskaffelser.no).

    No lines, or a quantity below 0, are refused. A unit price may be 0, or below it for a rebate.
    """
    given = tuple(lines)
    if not given:
        raise EvaluatedPriceError("The basket has no lines: publish at least one quantity")
    for line in given:
        if line.quantity < 0:
            says = f"the quantity is {plain(line.quantity)}; it must be 0 or more"
            raise EvaluatedPriceError(f"Basket line “{line.name}”: {says}")
    return sum((line.quantity * pounds(line.unit_price) for line in given), Fraction(0))


def life_cycle(price: Amount, costs: Iterable[Amount]) -> Fraction:
    """Add the other costs over the contract's life to the price (PCR 2015 regulation 68; ProZorro LCC)."""
    return pounds(price) + sum((pounds(cost) for cost in costs), Fraction(0))


def part_year(annual: Amount, days: int, days_in_year: int = DAYS_IN_YEAR) -> Fraction:
    """Return the part of a yearly amount that falls into ``days``, by the published day count."""
    if days_in_year <= 0 or days < 0:
        raise EvaluatedPriceError(f"A part year of {days} days out of {days_in_year} cannot be worked out")
    return pounds(annual) * days / days_in_year


def discount_factors(
    rate: Fraction, period_days: Sequence[int], days_in_year: int = DAYS_IN_YEAR
) -> tuple[Fraction, ...]:
    """Return what £1 at each period's end is worth now: the product of 1 ÷ (1 + rate × days ÷ days_in_year).

    ``rate`` is yearly and a share of 1 (12.5 % is 1/8). The convention is that of ProZorro's energy service
    contracts (the esculator package); the day count and the rate must be published with it.
    """
    if rate < 0 or days_in_year <= 0 or any(days <= 0 for days in period_days):
        raise EvaluatedPriceError("Discounting takes a rate of 0 or more, and periods and a year of at least one day")
    factors, factor = [], Fraction(1)
    for days in period_days:
        factor /= 1 + rate * days / days_in_year
        factors.append(factor)
    return tuple(factors)


def net_present_value(
    flows: Sequence[Amount], rate: Fraction, period_days: Sequence[int], days_in_year: int = DAYS_IN_YEAR
) -> Fraction:
    """Return Σ flow × discount factor, one flow for each period (already the period's own amount), exactly.

    Refused: flows and periods of different number, and what ``discount_factors`` refuses.
    """
    if len(flows) != len(period_days):
        says = f"{len(flows)} amounts for {len(period_days)} periods"
        raise EvaluatedPriceError(f"There are {says}: give one amount for each period")
    factors = discount_factors(rate, period_days, days_in_year)
    return sum((pounds(flow) * factor for flow, factor in zip(flows, factors, strict=True)), Fraction(0))


def monetised_offer(
    price: Fraction,
    values: Mapping[str, Fraction],
    shares: Mapping[str, Fraction],
    most: Fraction | int = 100,
) -> Offer:
    """Return the offer of a bid whose quality is valued in pounds by criterion, its quality out of ``most``.

    ``values`` are pounds at full marks, ``shares`` the parts of full marks earned (0..1). Ranked by
    ``monetised_quality`` with Σ values as its ``value``, the figure is P − Σ value × share, exactly.
    """
    whole = sum(values.values(), Fraction(0))
    if set(values) != set(shares) or whole <= 0 or min(values.values()) < 0:
        says = "give one share for each criterion, and values of 0 or more, not all 0"
        raise EvaluatedPriceError(f"The values and shares of the criteria do not fit: {says}")
    worth = sum((value * shares[criterion] for criterion, value in values.items()), Fraction(0))
    return Offer(price, most * worth / whole)
