"""The self-check of a sheet: what the same bid would get, and fixes that make what they are for go away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lots.collaboration import CollaborationRules
from lots.lot import Lot, Term
from lots.money import Money
from lots.split.check import check_split
from lots.split.self_check import SelfCheck, check_sheet, fill_all, fill_one, lot_to_check
from lots.split.sheet import SheetPayment, SplitSheet
from tests.lots.split.test_sheet import PEOPLE, shares, sheets

RULES = CollaborationRules(
    lead_retention_maximum=Decimal(60), provider_maximum=Decimal(60), management_fee_maximum=Decimal(6),
    by_and_for_minimum=Decimal(10), no_top_slice=True, no_money_back=True, partners_confirmed=True,
)  # fmt: skip


def lot(years: int = 7, rules: CollaborationRules = RULES) -> Lot:
    price = Money.pounds(738_000)
    return lot_to_check(
        Lot("adult", "Adult", price, base_value=price * years, term=Term(date(2027, 4, 1), years), collaboration=rules)
    )


def codes(found: SelfCheck) -> list[str]:
    return [each.code for each in found.errors]


def test_whether_partners_confirmed_is_not_asked_here() -> None:
    assert codes(check_sheet(shares("52", "6", "20", "12", "10"), lot())) == []


def test_price_and_split_are_checked_together() -> None:
    found = check_sheet(shares("52", "9", "17", "12", "10", price=738_001), lot())
    assert codes(found) == [
        *["year_over_budget"] * 7, "price_over_base_value", "lead_retention_exceeded", "provider_maximum_exceeded",
        "management_fee_exceeded",
    ]  # fmt: skip


def test_the_smallest_fix_of_the_example_stays_in_per_cent() -> None:
    found = check_sheet(shares("52", "9", "17", "12", "10"), lot())
    filled = fill_one(found, "lead_retention_exceeded", ["lead"])
    assert filled is not None
    assert (filled.sheet.delivery, filled.same_unit) == ((Decimal(51),), True)
    assert filled.lines == (
        "The lead’s own delivery: £379,600 → £372,300 in each year",
        "Paid to Restore: £124,100 → £131,400 in each year",
    )
    assert codes(check_sheet(filled.sheet, lot())) == ["management_fee_exceeded"]


def test_a_fix_of_one_year_names_the_year() -> None:
    sheet = shares("52", "6", "20", "12", "10", years=2)
    sheet = replace(sheet, delivery=(Decimal(52), Decimal(55)), payments=(
        SheetPayment("lead", "restore", (Decimal(20), Decimal(17))), *sheet.payments[1:]
    ))  # fmt: skip
    filled = fill_one(check_sheet(sheet, lot(2)), "lead_retention_exceeded", ["lead"])
    assert filled is not None
    assert filled.lines[0] == "The lead’s own delivery: year 2 £401,500 → £394,200"


def test_what_no_percentage_says_exactly_is_filled_in_as_amounts() -> None:
    sheet = replace(shares("52", "9", "17", "12", "10"), prices=(Money(73_000_000_000_007),))
    rules = replace(RULES, lead_retention_maximum=Decimal("59.999999"), management_fee_maximum=None)
    filled = fill_one(check_sheet(sheet, lot(rules=rules)), "lead_retention_exceeded", ["lead"])
    assert filled is not None
    assert (filled.sheet.unit, filled.same_unit) == ("amounts", False)


def test_where_nobody_can_take_the_money_a_partner_to_be_found_does() -> None:
    alone = SplitSheet(7, (Money.pounds(700_000),), PEOPLE[:1], "percentages", (Decimal(94),), (Decimal(6),))
    filled = fill_all(check_sheet(alone, lot()))
    assert filled is not None
    assert codes(check_sheet(filled.sheet, lot())) == []
    assert [(each.name, each.by_and_for) for each in filled.sheet.organisations[1:]] == [
        ("A partner still to be found", False), ("A partner still to be found", True),
    ]  # fmt: skip


def test_a_sheet_in_order_and_a_finding_that_is_not_there_have_no_fix() -> None:
    found = check_sheet(shares("52", "6", "20", "12", "10"), lot())
    assert fill_all(found) is None
    assert fill_one(found, "lead_retention_exceeded", ["lead"]) is None


@given(sheets(), st.integers(0, 20))
def test_a_fix_makes_its_finding_go_away(sheet: SplitSheet, which: int) -> None:
    here = lot(sheet.years)
    found = check_sheet(sheet, here)
    if not found.report.errors:
        return
    finding = found.report.errors[which % len(found.report.errors)]
    filled = fill_one(found, finding.code, finding.organisations)
    if filled is not None:
        again = check_sheet(filled.sheet, here).report.errors
        assert (finding.code, finding.organisations) not in [(each.code, each.organisations) for each in again]


@given(sheets())
def test_a_self_check_finds_what_the_bid_s_check_finds(sheet: SplitSheet) -> None:
    here = lot(sheet.years)
    found = check_sheet(sheet, here)
    assert found.report == check_split(found.bid, here.collaboration, found.organisations, years=sheet.years)


@given(sheets())
def test_all_fixes_together_leave_less_to_mend(sheet: SplitSheet) -> None:
    here = lot(sheet.years)
    found = check_sheet(sheet, here)
    filled = fill_all(found)
    if filled is not None:
        assert broken(check_sheet(filled.sheet, here)) < broken(found)


def broken(found: SelfCheck) -> int:
    return sum(abs(each.pence) for finding in found.report.errors for each in finding.by_year)
