"""The funding stack of the source document, to the penny: printed totals, lots, cliffs and ends.

Figures: Avon and Somerset OPCC, Victim Services Recommissioning: Strategy and Intentions, the tables of
“Budget and Financial Planning” and “Lotting Strategy”.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.funding import (
    Funding,
    FundingLine,
    FundingSource,
    Parcel,
    PrintedTotal,
    TermError,
    budget_in,
    certainty,
    contract_year,
    last_day,
    parcels,
    reconcile,
    small,
)
from lots.funding_checks import UnknownSourceError, expiries, fall_away, funding_findings, listed, stack
from lots.lot import Lot, Term
from lots.money import ZERO, Money, total


def gbp(text: str) -> Money:
    return Money.parse(text, allow_negative=True)


TERM = Term(start=date(2025, 4, 1), initial_years=5, extension_years=2)
LOTS = (
    Lot("modern_slavery", "Modern Slavery", gbp("30000"), route="to_be_confirmed"),
    Lot("cyp", "Children and Young People", gbp("250000"), term=TERM),
    Lot("adult", "Adult", gbp("738000"), term=TERM),
    Lot("isva", "ISVA", gbp("990000"), term=TERM),
)
BASE = ("opcc", "nhse", "moj_formula")
UPLIFTS = frozenset({"moj_core_uplift", "moj_isva_uplift"})


def source(id_: str, title: str, amount: str, *fence: str, years: int = 7) -> FundingSource:
    lines = tuple(FundingLine(year, gbp(amount)) for year in range(1, years + 1))
    return FundingSource(id_, title, title.split()[0], lines, ring_fenced_to=fence)


FUNDING = Funding(
    sources=(
        source("opcc", "OPCC budget", "245550.96"),
        replace(source("nhse", "NHSE contribution", "128139", "isva", years=5), expires=date(2030, 3, 31)),
        source("moj_formula", "MoJ formula grant", "1069841.02"),
        replace(source("moj_core_uplift", "MoJ core uplift", "68967"), certainty="at_risk", uplift=True),
        replace(source("moj_isva_uplift", "MoJ ISVA uplift", "495978", "isva"), certainty="at_risk"),
    ),
    printed_totals=(
        PrintedTotal("TOTAL ANNUAL INCOME inc. UPLIFT", gbp("2008475.84"), (*BASE, *sorted(UPLIFTS))),
        PrintedTotal("TOTAL ANNUAL INCOME excl. UPLIFT", gbp("1443531.00"), BASE),
    ),
)


def with_source(**changes: object) -> Funding:
    return Funding((replace(FUNDING.sources[1], **changes),))  # type: ignore[arg-type]


def codes(funding: Funding, lots: tuple[Lot, ...] = LOTS) -> list[tuple[str, str, str]]:
    return [(it.code, it.severity, it.place) for it in funding_findings(funding, lots)]


# --- printed totals -----------------------------------------------------------------------------------------


def test_the_printed_income_is_fourteen_pence_short_and_the_income_without_uplift_two_pence_over() -> None:
    with_uplift, without = reconcile(FUNDING)
    assert (with_uplift.computed, with_uplift.difference) == (gbp("2008475.98"), Money(14))
    assert (without.computed, without.difference) == (gbp("1443530.98"), Money(-2))


def test_a_printed_total_that_differs_is_told_in_a_sentence_with_both_figures() -> None:
    first, second = [finding for row in reconcile(FUNDING) for finding in row.findings]
    assert (first.code, first.severity, first.place) == (
        "printed_total_differs", "warning", "funding.printed_totals[0]",
    )  # fmt: skip
    assert first.message == (
        "The document prints £2,008,475.84 for “TOTAL ANNUAL INCOME inc. UPLIFT”; in year 1 its five lines "
        "add up to £2,008,475.98: 14p more."
    )
    assert second.message == (
        "The document prints £1,443,531 for “TOTAL ANNUAL INCOME excl. UPLIFT”; in year 1 its three lines "
        "add up to £1,443,530.98: 2p less."
    )
    assert second.figures == (("printed", "1443531.00"), ("computed", "1443530.98"), ("difference", "-0.02"))


def test_a_total_is_reconciled_in_the_year_asked_for() -> None:
    assert reconcile(FUNDING, 6)[0].computed == gbp("2008475.98") - gbp("128139")


def test_a_printed_total_that_is_right_says_nothing() -> None:
    right = replace(FUNDING, printed_totals=(PrintedTotal("One", gbp("245550.96"), ("opcc",)),))
    assert [(row.difference, row.findings) for row in reconcile(right)] == [(ZERO, ())]


def test_a_printed_total_may_only_add_up_sources_there_are_and_each_once() -> None:
    printed = PrintedTotal("Odd", gbp("245550.96"), ("opcc", "opcc", "lottery"))
    (row,) = reconcile(replace(FUNDING, printed_totals=(printed,)))
    assert (row.difference, [finding.code for finding in row.findings]) == (
        ZERO,
        ["printed_total_source_twice", "printed_total_unknown_source"],
    )


@pytest.mark.parametrize(
    ("pence", "words"),
    [(14, "14p"), (1, "1p"), (99, "99p"), (100, "£1"), (101, "£1.01"), (0, "£0"), (47598, "£475.98")],
)
def test_a_difference_below_a_pound_is_said_in_pence(pence: int, words: str) -> None:
    assert small(Money(pence)) == words


# --- lots against income ------------------------------------------------------------------------------------


def test_income_exceeds_the_four_lots_by_475_pounds_98() -> None:
    result = stack(FUNDING, LOTS)
    assert (result.income, result.budgets, result.difference) == (
        gbp("2008475.98"),
        gbp("2008000"),
        gbp("475.98"),
    )
    assert [finding.message for finding in result.findings] == [
        "In year 1 £475.98 of the income is not given to any lot."
    ]


def test_each_lot_says_what_is_tied_to_it_and_what_it_needs_of_the_free_money() -> None:
    result = stack(FUNDING, LOTS)
    assert [(row.lot, row.tied, row.needed, row.over) for row in result.rows] == [
        ("modern_slavery", ZERO, gbp("30000"), ZERO),
        ("cyp", ZERO, gbp("250000"), ZERO),
        ("adult", ZERO, gbp("738000"), ZERO),
        ("isva", gbp("624117"), gbp("365883"), ZERO),
    ]
    assert (result.tied, result.free) == (gbp("624117"), gbp("1384358.98"))
    assert result.share_needed(result.rows[0]) == Fraction(3_000_000, 138_435_898)


def test_lots_that_exceed_the_income_are_told_by_how_much() -> None:
    result = stack(FUNDING, LOTS, year=6)
    assert (result.difference, result.findings[0].code) == (gbp("-127663.02"), "lots_over_income")
    assert result.findings[0].message == "In year 6 the lots’ budgets exceed the income by £127,663.02."


def test_money_for_a_lot_outside_the_tender_is_counted_apart_and_there_may_be_none_to_share() -> None:
    result = stack(with_source(ring_fenced_to=("sarc",)), LOTS)
    assert (result.income, result.stranded, result.free, result.tied) == (
        gbp("128139"),
        gbp("128139"),
        ZERO,
        ZERO,
    )
    assert result.share_needed(result.rows[0]) is None


def test_money_tied_to_a_lot_beyond_its_budget_is_told_as_over() -> None:
    (row,) = stack(FUNDING, (replace(LOTS[3], annual_budget=gbp("600000")),)).rows
    assert (row.needed, row.over) == (ZERO, gbp("24117"))


@given(st.integers(1, 8))
def test_the_stack_accounts_for_every_penny(year: int) -> None:
    result = stack(FUNDING, LOTS, year)
    assert result.tied + result.free + result.stranded == result.income
    assert result.income == total(it.amount for it in parcels(FUNDING, year))


# --- when sources end ---------------------------------------------------------------------------------------


def test_without_both_uplifts_the_isva_lot_falls_and_the_others_exceed_the_income() -> None:
    """The document's own warning: uplift funds “will be removed … if not continued by the MOJ”."""
    cliff = fall_away(FUNDING, LOTS, UPLIFTS)
    assert (cliff.lost, cliff.free_lost, cliff.income_left, cliff.gap) == (
        gbp("564945"),
        gbp("68967"),
        gbp("1443530.98"),
        gbp("68491.02"),
    )
    assert [(row.lot, row.before, row.after) for row in cliff.lots if row.tied_lost] == [
        ("isva", gbp("990000"), gbp("494022"))
    ]
    assert cliff.sentences == (
        "Without MoJ core uplift and MoJ ISVA uplift, £564,945 goes in year 1.",
        "ISVA falls from £990,000 to £494,022 unless it is funded anew.",
        "The lots then exceed the income by £68,491.02 a year.",
    )


def test_without_the_isva_uplift_alone_the_spare_475_pounds_98_stays_spare() -> None:
    cliff = fall_away(FUNDING, LOTS, frozenset({"moj_isva_uplift"}))
    assert (cliff.lost, cliff.free_lost, cliff.gap) == (gbp("495978"), ZERO, gbp("-475.98"))
    assert cliff.sentences[-1] == "£475.98 of the income is then not given to any lot."


def test_without_the_core_uplift_alone_no_budget_falls_and_the_gap_is_the_same() -> None:
    cliff = fall_away(FUNDING, LOTS, frozenset({"moj_core_uplift"}))
    assert [row.tied_lost for row in cliff.lots] == [ZERO] * 4
    assert cliff.gap == gbp("68491.02")


def test_when_nothing_ends_nothing_goes() -> None:
    cliff = fall_away(FUNDING, LOTS, frozenset())
    assert (cliff.lost, cliff.gap, cliff.sentences[0]) == (ZERO, gbp("-475.98"), "No source ends.")


def test_a_budget_does_not_fall_below_nothing() -> None:
    (row,) = fall_away(FUNDING, (replace(LOTS[3], annual_budget=gbp("400000")),), UPLIFTS).lots
    assert (row.tied_lost, row.after) == (gbp("495978"), ZERO)


def test_money_ring_fenced_to_two_lots_leaves_the_income_and_no_single_budget() -> None:
    shared = Funding((source("dv", "Domestic abuse grant", "1000", "adult", "cyp"),))
    cliff = fall_away(shared, LOTS, frozenset({"dv"}))
    assert ([row.tied_lost for row in cliff.lots], cliff.free_lost) == ([ZERO] * 4, gbp("1000"))


def test_a_source_that_is_not_there_cannot_end() -> None:
    with pytest.raises(UnknownSourceError, match="no source “lottery”: choose among opcc, nhse"):
        fall_away(FUNDING, LOTS, frozenset({"lottery"}))


# --- contract years, ends and certainty ---------------------------------------------------------------------


def test_a_contract_year_runs_from_anniversary_to_the_eve_of_the_next() -> None:
    assert contract_year(TERM, 1) == (date(2025, 4, 1), date(2026, 3, 31))
    assert contract_year(TERM, 5) == (date(2029, 4, 1), date(2030, 3, 31))
    assert last_day(TERM) == date(2032, 3, 31)


def test_a_contract_from_a_leap_day_counts_its_years_from_the_first_of_march() -> None:
    leap = Term(start=date(2028, 2, 29), initial_years=5)
    assert contract_year(leap, 1) == (date(2028, 2, 29), date(2029, 2, 28))
    assert contract_year(leap, 2) == (date(2029, 3, 1), date(2030, 2, 28))
    assert contract_year(leap, 5)[0] == date(2032, 2, 29)


@pytest.mark.parametrize("year", [8000, -3000])
def test_a_year_outside_the_calendar_is_refused(year: int) -> None:
    with pytest.raises(TermError, match="cannot be counted over"):
        contract_year(TERM, year)


def test_a_lot_needs_no_budget_once_its_term_is_over() -> None:
    assert [budget_in(LOTS[1], year) for year in (7, 8)] == [gbp("250000"), ZERO]
    assert budget_in(LOTS[0], 8) == gbp("30000")


def test_the_nhs_money_ends_two_years_before_the_contract_can() -> None:
    """“up to and including 2029/30”, against contracts of 5 to 7 years from April 2025."""
    (expiry,) = expiries(FUNDING, LOTS)
    assert (expiry.source, expiry.expires, expiry.contract_end, expiry.a_year, expiry.years_without) == (
        "nhse",
        date(2030, 3, 31),
        date(2032, 3, 31),
        gbp("128139"),
        (6, 7),
    )


def test_a_source_that_lasts_as_long_as_its_lot_does_not_expire_early() -> None:
    short = tuple(replace(lot, term=replace(TERM, extension_years=0)) for lot in LOTS[3:])
    assert expiries(FUNDING, short) == ()


def test_only_the_lots_a_source_may_pay_for_say_how_long_it_must_last() -> None:
    longer = replace(LOTS[2], term=replace(TERM, initial_years=9))
    shorter = replace(LOTS[3], term=replace(TERM, extension_years=0))
    assert expiries(with_source(), (longer, shorter)) == ()
    assert expiries(with_source(ring_fenced_to=()), (longer, shorter))[0].years_without == (
        6,
        7,
        8,
        9,
        10,
        11,
    )
    tied = tuple(FundingLine(year, Money(1), lot="adult") for year in range(1, 6))
    assert expiries(with_source(ring_fenced_to=(), lines=tied), (longer, shorter))[0].years_without[-1] == 11


def test_certainty_adds_up_to_the_income() -> None:
    summary = certainty(FUNDING)
    assert (summary.confirmed, summary.expected, summary.at_risk) == (gbp("1443530.98"), ZERO, gbp("564945"))
    assert summary.total == gbp("2008475.98")
    assert summary.confirmed_share == Fraction(144_353_098, 200_847_598)
    assert certainty(FUNDING, 9).confirmed_share is None


def test_parcels_keep_apart_what_is_tied_and_what_is_not() -> None:
    lines = (
        FundingLine(1, Money(5)),
        FundingLine(1, Money(7), "adult"),
        FundingLine(1, Money(1)),
        FundingLine(1, ZERO, "x"),
    )
    assert parcels(with_source(ring_fenced_to=(), lines=lines), 1) == (
        Parcel("nhse", Money(6)),
        Parcel("nhse", Money(7), ("adult",)),
    )


# --- what was put down wrong --------------------------------------------------------------------------------


def test_the_document_itself_raises_these_warnings_and_no_error() -> None:
    assert codes(FUNDING) == [
        ("source_at_risk", "warning", "funding.sources[3]"),
        ("source_at_risk", "warning", "funding.sources[4]"),
        ("source_expires_early", "warning", "funding.sources[1].expires"),
        ("printed_total_differs", "warning", "funding.printed_totals[0]"),
        ("printed_total_differs", "warning", "funding.printed_totals[1]"),
    ]


def test_an_early_end_is_told_with_its_dates_its_money_and_its_years() -> None:
    (finding,) = [it for it in funding_findings(FUNDING, LOTS) if it.code == "source_expires_early"]
    assert finding.message == (
        "NHSE contribution ends on 31 March 2030, and the contract may run to 31 March 2032: "
        "find £128,139 a year elsewhere for years 6 and 7."
    )


def test_a_ring_fence_must_name_a_lot_of_the_tender() -> None:
    assert codes(with_source(ring_fenced_to=("sarc",))) == [
        ("ring_fence_unknown_lot", "error", "funding.sources[0].ring_fenced_to")
    ]
    lines = (FundingLine(1, Money(1), "sarc"),)
    assert codes(with_source(ring_fenced_to=(), lines=lines, expires=None)) == [
        ("ring_fence_unknown_lot", "error", "funding.sources[0].lines[0].lot")
    ]


def test_a_ring_fence_to_a_lot_without_a_budget_leads_nowhere() -> None:
    empty = (replace(LOTS[3], annual_budget=ZERO),)
    assert codes(with_source(expires=None), empty) == [
        ("ring_fence_nowhere", "error", "funding.sources[0].ring_fenced_to")
    ]
    assert codes(with_source(expires=None, ring_fenced_to=("isva", "cyp")), (*empty, LOTS[1])) == []


def test_a_line_may_not_leave_its_ring_fence_or_the_calendar_or_be_negative() -> None:
    years = ((0, Money(1), ""), (1, Money(-1), ""), (2, Money(1), "adult"), (9999, Money(1), ""))
    lines = tuple(FundingLine(*it) for it in years)
    assert codes(with_source(lines=lines, expires=date(2032, 3, 31))) == [
        ("line_year", "error", "funding.sources[0].lines[0].year"),
        ("line_amount", "error", "funding.sources[0].lines[1].amount"),
        ("line_outside_ring_fence", "error", "funding.sources[0].lines[2].lot"),
        ("line_year", "error", "funding.sources[0].lines[3].year"),
    ]


def test_two_sources_may_not_share_an_id() -> None:
    twice = Funding((FUNDING.sources[0], FUNDING.sources[0]))
    assert codes(twice) == [("funding_source_twice", "error", "funding.sources[1].id")]


@pytest.mark.parametrize(("certainty_", "severity"), [("confirmed", "error"), ("at_risk", "warning")])
def test_a_line_after_the_end_of_its_source_is_an_error_unless_at_risk(certainty_: str, severity: str) -> None:
    lines = (FundingLine(5, Money(1)), FundingLine(6, gbp("100")))
    found = funding_findings(with_source(lines=lines, certainty=certainty_), LOTS)
    (late,) = [it for it in found if it.code == "line_after_expiry"]
    assert (late.severity, late.place) == (severity, "funding.sources[0].lines[1]")
    assert late.message == (
        "NHSE contribution is promised until 31 March 2030, yet gives £100 in year 6, which begins on 1 April 2030."
    )


@pytest.mark.parametrize("last", [date(2029, 4, 1), date(2029, 12, 31), date(2030, 3, 30)])
def test_a_line_for_a_year_that_outlasts_its_source_is_to_be_checked(last: date) -> None:
    assert [code for code, _, _ in codes(with_source(expires=last))] == [
        "line_partly_after_expiry", "source_expires_early",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_is_written_as_in_a_sentence(words: list[str], said: str) -> None:
    assert listed(words) == said
