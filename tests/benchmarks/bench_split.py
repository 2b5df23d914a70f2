"""How fast a collaboration split is checked: ``python -m tests.benchmarks.bench_split``.

The number to reach is 0.05 ms for the sums and caps alone of 30 partners × 10 years. The same run times a bare loop
over ints that works out the same sums and caps, so that the ratio holds on any machine.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from math import log
from time import perf_counter

from lots.bid import Bid, Party, Payment, Split
from lots.collaboration import CollaborationRules
from lots.money import Money
from lots.organisation import Organisation
from lots.split.check import check_split
from lots.split.flow import flow_of

NUMBER_TO_REACH = 0.05  # ms a bid, sums and caps alone, 30 partners × 10 years
RULES = CollaborationRules(
    lead_retention_maximum=Decimal("60"),
    provider_maximum=Decimal("60"),
    management_fee_maximum=Decimal("6"),
    subcontract_minimum=Decimal("30"),
    vcse_minimum=Decimal("10"),
    by_and_for_minimum=Decimal("5"),
    no_top_slice=True,
    no_money_back=True,
    partners_confirmed=True,
)
RECEIVED = datetime(2024, 9, 2, tzinfo=UTC)


def cast(partners: int) -> dict[str, Organisation]:
    """Make a lead and its partners, every second a VCSE and every third by and for those it serves."""
    names = [f"partner{i}" for i in range(partners)]
    known = {name: Organisation(name, name, vcse=i % 2 == 0, by_and_for=i % 3 == 0) for i, name in enumerate(names)}
    return {"lead": Organisation("lead", "lead"), **known}


def bid_of(number: int, partners: int, years: int) -> Bid:
    """Make a bid that keeps every rule; its amounts differ by bid, partner and year."""
    payments = tuple(
        Payment("lead", f"partner{i}", tuple(Money(1_000_000 + 100 * i + year + number) for year in range(years)))
        for i in range(partners)
    )
    paid = [sum(payment.amounts[year].pence for payment in payments) for year in range(years)]
    delivery, fee = tuple(Money(pence) for pence in paid), tuple(Money(pence // 20) for pence in paid)
    prices = tuple(Money(pence * 2 + pence // 20) for pence in paid)
    parties = (Party("lead", "lead"), *(Party(f"partner{i}", "partner", "", "confirmed") for i in range(partners)))
    return Bid(f"bid{number}", "adult", RECEIVED, prices, parties, Split(delivery, fee, payments))


def bare(
    prices: list[int], delivery: list[int], fee: list[int], paid: list[list[int]], chosen: list[list[int]]
) -> bool:
    """Work out the same sums and caps with nothing but ints: no names, no graph, no sentences."""
    right = True
    totals = [0] * len(paid)
    lead_total = price_total = 0
    for year, price in enumerate(prices):
        lead = delivery[year] + fee[year]
        given, most = lead, lead
        for i, row in enumerate(paid):
            amount = row[year]
            given += amount
            most = max(most, amount)
            totals[i] += amount
        minima = [sum(paid[i][year] for i in names) for names in chosen]
        right &= given == price and lead * 100 <= price * 60 and most * 100 <= price * 60
        right &= fee[year] * 100 <= price * 6 and (given - lead) * 100 >= price * 30
        right &= minima[0] * 100 >= price * 10 and minima[1] * 100 >= price * 5
        lead_total += lead
        price_total += price
    right &= lead_total * 100 <= price_total * 60 and max(totals) * 100 <= price_total * 60
    return right


def milliseconds(work: Callable[[], object], times: int) -> float:
    """Time one piece of work over ``times`` bids, the quickest of three runs."""
    quickest = float("inf")
    for _ in range(3):
        gc.collect()
        began = perf_counter()
        work()
        quickest = min(quickest, perf_counter() - began)
    return quickest * 1000 / times


def check_time(count: int, partners: int, years: int) -> tuple[float, float, float]:
    """Return ms a bid for the whole check, for the sums of the graph, and for the bare loop."""
    known, made = cast(partners), [bid_of(number, partners, years) for number in range(count)]
    assert all(check_split(bid, RULES, known).findings == () for bid in made)
    chosen = [list(range(0, partners, 2)), list(range(0, partners, 3))]
    rows = []
    for bid in made:
        assert bid.split is not None
        flow = flow_of(bid, bid.split, known)
        rows.append(
            (list(flow.prices), list(flow.delivery), list(flow.fee), [list(leg.net) for leg in flow.legs], chosen)
        )
    assert all(bare(*row) for row in rows)
    whole = milliseconds(lambda: [check_split(bid, RULES, known) for bid in made], count)
    sums = milliseconds(lambda: [flow_of(bid, bid.split, known) for bid in made if bid.split], count)
    plain = milliseconds(lambda: [bare(*row) for row in rows], count)
    return whole, sums, plain


def main() -> None:
    """Print the time of a check, its ratio to the bare loop, and how it grows with partners and years."""
    whole, sums, plain = check_time(1000, 30, 10)
    print("1,000 bids × 30 partners × 10 years, every rule switched on")
    print(f"  whole check          {whole:7.3f} ms a bid   {whole / plain:5.2f} × the bare loop")
    print(f"  money graph alone    {sums:7.3f} ms a bid   {sums / plain:5.2f} × the bare loop")
    print(f"  bare loop over ints  {plain:7.3f} ms a bid   number to reach {NUMBER_TO_REACH} (sums and caps alone)")
    few, many = check_time(200, 30, 10)[0], check_time(50, 240, 10)[0]
    print(f"  30 → 240 partners    {few:7.3f} → {many:.3f} ms   grows as partners^{log(many / few) / log(8):.2f}")
    short, long = check_time(200, 30, 5)[0], check_time(50, 30, 40)[0]
    print(f"  5 → 40 years         {short:7.3f} → {long:.3f} ms   grows as years^{log(long / short) / log(8):.2f}")


if __name__ == "__main__":
    main()
