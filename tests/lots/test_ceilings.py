"""The three numbers of a lot, a bid's price against them, and what the whole tender is worth.

Budgets and years: Avon and Somerset OPCC, Victim Services Recommissioning: Strategy and Intentions, “Lotting Strategy”
(Budget table) and “Contracts” (5 to 7 years). Base values and maxima are those budgets times years, or made up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.bid import Bid
from lots.ceilings import PricedYear, lot_findings, price_against_ceilings, price_findings, tender_value
from lots.errors import Finding, errors_in
from lots.lot import Break, Lot, Term
from lots.money import ZERO, Money, total
from lots.thresholds import SmallLotRelief, VatBasis

TERM = Term(start=date(2025, 4, 1), initial_years=5, extension_years=2)
THRESHOLD = Money.pounds(663_540)  # light-touch services, VAT included
RELIEF = SmallLotRelief(Money.pounds(70_778), Fraction(20), "PCR 2015 reg 6(14)-(15)", "")


def contract(id_: str, title: str, annual: int) -> Lot:
    budget = Money.pounds(annual)
    return Lot(id_, title, budget, base_value=budget * 7, maximum_potential_spend=budget * 10, term=TERM)


SLAVERY = Lot("slavery", "Modern Slavery", Money.pounds(30_000), route="to_be_confirmed")
CYP, ADULT, ISVA = (
    contract("cyp", "CYP", 250_000),
    contract("adult", "Adult", 738_000),
    contract("isva", "ISVA", 990_000),
)
LOTS = (SLAVERY, CYP, ADULT, ISVA)


def bid(*pounds: int) -> Bid:
    prices = tuple(map(Money.pounds, pounds))
    return Bid("b1", "adult", datetime(2024, 9, 1, tzinfo=UTC), prices, parties=())


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(it.code, it.severity, it.place) for it in findings]


def of_lot(**changes: object) -> list[tuple[str, str, str]]:
    return told(lot_findings(replace(ADULT, **changes), "lots[2]"))  # type: ignore[arg-type]


def of_term(**changes: object) -> list[tuple[str, str, str]]:
    term = replace(TERM, **changes)  # type: ignore[arg-type]
    years = max(term.years, 1)
    lot = replace(ADULT, term=term, base_value=ADULT.annual_budget * years, maximum_potential_spend=Money.pounds(10**9))
    return [it for it in told(lot_findings(lot, "lots[2]")) if it[0] != "base_value_differs"]


# --- a lot's own numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lot", LOTS)
def test_the_lots_of_the_document_have_nothing_wrong(lot: Lot) -> None:
    assert lot_findings(lot, "lots[0]") == ()


def test_a_contract_lot_needs_its_base_value_its_maximum_and_its_term() -> None:
    assert of_lot(base_value=None, maximum_potential_spend=None, term=None) == [
        ("base_value_missing", "error", "lots[2].base_value"),
        ("maximum_potential_spend_missing", "error", "lots[2].maximum_potential_spend"),
        ("term_missing", "error", "lots[2].term"),
    ]


def test_a_lot_that_is_no_contract_should_have_neither_value_nor_term() -> None:
    odd = replace(ADULT, route="grant")
    assert told(lot_findings(odd, "lots[2]")) == [
        ("base_value_without_contract", "warning", "lots[2].base_value"),
        ("maximum_potential_spend_without_contract", "warning", "lots[2].maximum_potential_spend"),
        ("term_without_contract", "warning", "lots[2].term"),
    ]
    assert "its route is “to be confirmed”" in lot_findings(replace(SLAVERY, term=TERM), "lots[0]")[0].message


@pytest.mark.parametrize("amount", [ZERO, Money(-1)])
def test_no_number_of_a_lot_may_be_nothing_or_less(amount: Money) -> None:
    codes = [code for code, _, _ in of_lot(annual_budget=amount, base_value=amount, maximum_potential_spend=amount)]
    assert codes[:3] == [
        "annual_budget_not_positive",
        "base_value_not_positive",
        "maximum_potential_spend_not_positive",
    ]
    assert told(lot_findings(replace(SLAVERY, annual_budget=amount), "lots[0]")) == [
        ("annual_budget_not_positive", "error", "lots[0].annual_budget")
    ]


def test_the_base_value_covers_at_least_a_year() -> None:
    found = lot_findings(replace(ADULT, base_value=Money(73_799_999)), "lots[2]")
    assert told(errors_in(found)) == [("annual_over_base", "error", "lots[2].base_value")]
    assert found[0].message == (
        "The annual budget of Adult, £738,000, is £0.01 more than its base value, £737,999.99: "
        "lower the annual budget or raise the base value."
    )
    assert errors_in(lot_findings(replace(ADULT, base_value=ADULT.annual_budget), "lots[2]")) == ()


def test_the_base_value_may_not_exceed_the_maximum_and_equal_to_it_leaves_no_headroom() -> None:
    base = ADULT.annual_budget * 7
    assert of_lot(maximum_potential_spend=base - Money(1)) == [
        ("base_over_maximum", "error", "lots[2].maximum_potential_spend")
    ]
    assert of_lot(maximum_potential_spend=base) == [("no_headroom", "note", "lots[2].maximum_potential_spend")]
    assert of_lot(maximum_potential_spend=base + Money(1)) == []


def test_without_a_base_value_the_annual_budget_is_held_against_the_maximum() -> None:
    assert of_lot(base_value=None, maximum_potential_spend=Money(1)) == [
        ("base_value_missing", "error", "lots[2].base_value"),
        ("annual_over_maximum", "error", "lots[2].maximum_potential_spend"),
    ]


def test_a_base_value_of_the_initial_years_only_is_pointed_out_with_both_figures() -> None:
    (finding,) = lot_findings(replace(ADULT, base_value=Money.pounds(3_690_000)), "lots[2]")
    assert (finding.severity, finding.message) == (
        "warning",
        "The base value of Adult is £3,690,000, but 7 years at £738,000 come to £5,166,000, £1,476,000 more. "
        "Check whether the extensions are in.",
    )
    assert finding.figures == (
        ("base_value", "3690000.00"),
        ("years_times_budget", "5166000.00"),
        ("difference", "-1476000.00"),
    )


def test_the_term_has_at_least_a_year_and_no_negative_extension_and_an_end_in_sight() -> None:
    assert of_term(initial_years=0) == [("initial_years", "error", "lots[2].term.initial_years")]
    assert of_term(extension_years=-1) == [("extension_years", "error", "lots[2].term.extension_years")]
    assert of_term(initial_years=48) == []
    assert of_term(initial_years=49) == [("term_too_long", "error", "lots[2].term")]


@pytest.mark.parametrize(
    ("breaks", "codes"),
    [
        ((Break(3, 6),), []),
        ((Break(1, 12), Break(3, 6), Break(6, 0)), []),
        ((Break(0, 0),), ["break_outside_term"]),
        ((Break(7, 6),), ["break_outside_term"]),
        ((Break(3, 6), Break(2, 6)), ["breaks_out_of_order"]),
        ((Break(3, 6), Break(3, 3)), ["breaks_out_of_order"]),
        ((Break(1, 13),), ["break_notice"]),
        ((Break(3, -1),), ["break_notice"]),
    ],
)
def test_breaks_lie_inside_the_term_in_order_with_notice_that_can_be_given(
    breaks: tuple[Break, ...], codes: list[str]
) -> None:
    assert of_term(breaks=breaks) == [(code, "error", f"lots[2].term.breaks[{len(breaks) - 1}]") for code in codes]


def test_a_contract_of_one_year_has_no_room_for_a_break() -> None:
    lot = replace(ADULT, term=Term(date(2025, 4, 1), 1, breaks=(Break(1, 3),)), base_value=ADULT.annual_budget)
    (finding,) = lot_findings(lot, "lots[2]")
    assert finding.message == "A break after year 1 lies outside a contract of 1 year: take it out."


# --- a bid's price against them -----------------------------------------------------------------------------


def test_a_price_at_the_budget_in_every_year_passes() -> None:
    assert price_findings(bid(*[738_000] * 7), ADULT, "bids[0]") == ()


def test_the_table_shows_every_year_and_what_is_left_below_the_ceilings() -> None:
    table = price_against_ceilings(bid(700_000, 740_000), ADULT)
    assert table.years == (
        PricedYear(1, Money.pounds(700_000), Money.pounds(738_000)),
        PricedYear(2, Money.pounds(740_000), Money.pounds(738_000)),
    )
    assert [row.left for row in table.years] == [Money.pounds(38_000), Money.pounds(-2_000)]
    assert (table.total, table.base_left, table.maximum_left) == (
        Money.pounds(1_440_000),
        Money.pounds(3_726_000),
        Money.pounds(5_940_000),
    )
    bare = price_against_ceilings(bid(1), SLAVERY)
    assert (bare.base_left, bare.maximum_left) == (None, None)


def test_a_year_over_the_budget_says_by_how_much() -> None:
    (finding,) = price_findings(bid(*[730_000] * 6, 738_001), ADULT, "bids[0]")
    assert (finding.code, finding.place) == ("year_over_budget", "bids[0].prices[6]")
    assert finding.message == "Year 7 is priced at £738,001: £1 over the annual budget of Adult, £738,000."
    assert finding.figures == (("price", "738001.00"), ("budget", "738000.00"), ("over", "1.00"))


def test_a_penny_over_the_base_value_is_over_it_even_when_every_year_fits() -> None:
    lot = replace(ADULT, base_value=Money(516_599_999))
    (finding,) = price_findings(bid(*[738_000] * 7), lot, "bids[0]")
    assert finding.message == (
        "The years together are priced at £5,166,000: £0.01 over the base value of Adult, £5,165,999.99."
    )


def test_a_price_over_the_maximum_is_over_both_ceilings() -> None:
    roomy = replace(ADULT, annual_budget=Money.pounds(10**7))
    at = price_findings(bid(*[738_000] * 6, 2_952_000), roomy, "bids[0]")
    over = price_findings(bid(*[738_000] * 6, 2_952_001), roomy, "bids[0]")
    assert [(it.code, it.figures[2]) for it in at] == [("price_over_base_value", ("over", "2214000.00"))]
    assert [(it.code, it.figures[2]) for it in over] == [
        ("price_over_base_value", ("over", "2214001.00")),
        ("price_over_maximum", ("over", "1.00")),
    ]


@pytest.mark.parametrize(("years", "words"), [(5, "5 years"), (8, "8 years"), (1, "1 year"), (0, "0 years")])
def test_every_year_of_the_term_is_priced_and_no_other(years: int, words: str) -> None:
    found = price_findings(bid(*[100] * years), ADULT, "bids[0]")
    assert told(found) == [("price_years", "error", "bids[0].prices")]
    assert found[0].message == (
        f"Prices are given for {words} and the term is 7 years, extensions included: give one price for each year."
    )


def test_a_year_for_nothing_is_asked_about_and_a_negative_one_refused() -> None:
    assert told(price_findings(bid(0, -1, *[100] * 5), ADULT, "bids[0]")) == [
        ("price_zero", "warning", "bids[0].prices[0]"),
        ("price_negative", "error", "bids[0].prices[1]"),
    ]


def test_nobody_can_bid_for_a_lot_that_is_not_tendered() -> None:
    assert told(price_findings(bid(100), SLAVERY, "bids[0]")) == [("lot_not_tendered", "error", "bids[0]")]


@given(st.lists(st.integers(0, 10**8).map(Money), min_size=7, max_size=7))
def test_the_findings_agree_with_the_table(prices: list[Money]) -> None:
    offer = replace(bid(), prices=tuple(prices))
    table, found = price_against_ceilings(offer, ADULT), price_findings(offer, ADULT, "b")
    assert [it.place for it in found if it.code == "year_over_budget"] == [
        f"b.prices[{row.year - 1}]" for row in table.years if row.left < ZERO
    ]
    assert any(it.code == "price_over_base_value" for it in found) == (total(prices) > Money.pounds(5_166_000))


# --- what the whole tender is worth -------------------------------------------------------------------------

BASE_ONLY = tuple(replace(lot, maximum_potential_spend=lot.base_value) for lot in LOTS)


def test_the_lots_come_to_two_million_a_year_ten_over_five_years_and_fourteen_over_seven() -> None:
    value = tender_value(BASE_ONLY, THRESHOLD, VatBasis.EXCLUSIVE)
    assert (value.annual, value.initial, value.full, value.estimate) == (
        Money.pounds(2_008_000),
        Money.pounds(10_040_000),
        Money.pounds(14_056_000),
        Money.pounds(14_056_000),
    )
    assert [(row.lot, row.full) for row in value.rows] == [
        ("slavery", Money.pounds(210_000)),
        ("cyp", Money.pounds(1_750_000)),
        ("adult", Money.pounds(5_166_000)),
        ("isva", Money.pounds(6_930_000)),
    ]


def test_the_estimate_is_the_most_that_could_be_paid() -> None:
    value = tender_value(LOTS, THRESHOLD, VatBasis.EXCLUSIVE)
    assert value.estimate == Money.pounds(210_000 + 2_500_000 + 7_380_000 + 9_900_000)


def test_three_lots_reach_the_threshold_alone_and_their_sum_decides_for_all() -> None:
    value = tender_value(BASE_ONLY, THRESHOLD, VatBasis.INCLUSIVE)
    assert value.over_threshold == ("cyp", "adult", "isva")
    assert value.sentence == (
        "All lots together are estimated at £14,056,000, which reaches the threshold of £663,540 (both including VAT); "
        "3 of 4 reach it alone."
    )


def test_a_lot_at_the_threshold_reaches_it_and_a_penny_less_does_not() -> None:
    at = Lot("a", "A", THRESHOLD)
    below = Lot("b", "B", THRESHOLD - Money(1))
    assert tender_value((at, below), THRESHOLD, VatBasis.INCLUSIVE).over_threshold == ("a",)
    assert "which is below" in tender_value((below,), THRESHOLD, VatBasis.INCLUSIVE).sentence


def test_small_lot_relief_is_not_available_for_modern_slavery_over_seven_years() -> None:
    """PCR 2015 reg 6(14): less than €80,000 (£70,778); the lot comes to £210,000 over the term."""
    value = tender_value(BASE_ONLY, THRESHOLD, VatBasis.EXCLUSIVE)
    assert [it.code for it in value.relief_findings(("slavery",), RELIEF)] == ["lot_too_large_for_relief"]


def test_small_lot_relief_is_available_to_small_lots_up_to_a_fifth_of_the_whole() -> None:
    small = tuple(Lot(id_, id_, Money.pounds(50_000)) for id_ in "abcdefghij")
    value = tender_value(small, THRESHOLD, VatBasis.EXCLUSIVE)
    assert value.relief_findings(("a", "b"), RELIEF) == ()
    assert [it.code for it in value.relief_findings(("a", "b", "c"), RELIEF)] == ["relieved_lots_too_large_together"]
