"""Texts become a sheet, tolerantly and never by guessing; what is done to them while typing loses nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from lots.money import Money
from lots.split.editing import (
    EditRefused,
    blank_sheet,
    in_unit,
    same_every_year,
    with_payment,
    with_row,
    without_row,
    year_by_year,
)
from lots.split.sheet import SheetPayment, SplitSheet
from lots.split.typed import MOST_ORGANISATIONS, TypedOrganisation, TypedPayment, TypedSheet, read_sheet, typed_of
from lots.split.typed import unnamed as unnamed_rows
from tests.lots.split.test_sheet import sheets

TYPED = TypedSheet(
    7,
    "percentages",
    (" £ 730,000 ",),
    ("52 %",),
    ("6",),
    (
        TypedOrganisation("o1", "Harbour", role="lead"),
        TypedOrganisation("o2", "Restore", "01234567", vcse=True, figures=("20",), kept_back=("",)),
        TypedOrganisation("o3", "Advice Line", figures=("12.00",), kept_back=("",)),
        TypedOrganisation("o4", "", by_and_for=True, figures=("10",), kept_back=("",)),
        TypedOrganisation("o5", figures=("",), kept_back=("",)),
    ),
)


def sheet_for(typed: TypedSheet) -> SplitSheet:
    reading = read_sheet(typed)
    assert reading.sheet is not None, reading.findings
    return reading.sheet


def places(typed: TypedSheet) -> list[str]:
    return [found.place for found in read_sheet(typed).findings]


def test_pounds_and_percentages_are_read_as_people_write_them() -> None:
    parts = sheet_for(TYPED).to_bid_parts()
    assert parts.prices == (Money.pounds(730_000),) * 7
    assert parts.split.delivery == (Money.pounds(379_600),) * 7


def test_an_empty_row_is_no_organisation_and_one_without_a_name_is_asked_for_it() -> None:
    assert [each.name for each in sheet_for(TYPED).organisations] == [
        "Harbour", "Restore", "Advice Line", "Organisation 4",
    ]  # fmt: skip
    assert [found.place for found in unnamed_rows(TYPED)] == ["organisations-3-name"]


@pytest.mark.parametrize("text", ["x", "1e5", "-1", "1,23", "0.001", "１２", "NaN", "1_000", "£", "9" * 16])
def test_a_text_that_is_no_amount_is_named_by_its_box(text: str) -> None:
    typed = replace(TYPED, unit="amounts", management_fee=(text,), delivery=("",))
    assert "management_fee-0" in places(typed)


@pytest.mark.parametrize("text", ["x", "101", "100.000001", "-1", "1,5", "0.0000001", "£5"])
def test_a_text_that_is_no_percentage_is_named_by_its_box(text: str) -> None:
    assert places(replace(TYPED, management_fee=(text,))) == ["management_fee-0"]


def test_every_year_needs_its_price() -> None:
    assert places(replace(TYPED, prices=("",))) == ["prices-0"]
    years = year_by_year(TYPED)
    assert places(replace(years, prices=(*years.prices[:5], "", " "))) == ["prices-5", "prices-6"]


def test_who_is_paid_by_an_empty_row_is_asked_by_whom() -> None:
    rows = list(TYPED.organisations)
    rows[2] = replace(rows[2], paid_by="o5")
    assert places(replace(TYPED, organisations=tuple(rows))) == ["organisations-2-paid_by"]


def test_a_further_payment_says_from_whom_to_whom() -> None:
    back = TypedPayment("o2", "o1", ("1",), ("",))
    assert sheet_for(replace(TYPED, payments=(back,))).payments[-1] == SheetPayment("o2", "o1", (Decimal(1),), ())
    assert places(replace(TYPED, payments=(replace(back, payer=""),))) == ["payments-0-payer"]


def test_a_year_by_year_sheet_says_the_same_and_goes_back() -> None:
    years = year_by_year(TYPED)
    assert (len(years.prices), years.by_year, TYPED.by_year) == (7, True, False)
    assert sheet_for(years).to_bid_parts() == sheet_for(TYPED).to_bid_parts()
    assert same_every_year(years) == TYPED


def test_rows_that_differ_by_year_are_named_before_anything_is_lost() -> None:
    years = year_by_year(TYPED)
    years = replace(years, prices=("1", *years.prices[1:]))
    with pytest.raises(EditRefused, match="differ by year in: Price"):
        same_every_year(years)


def test_amounts_and_percentages_change_into_each_other_to_the_penny() -> None:
    amounts = in_unit(TYPED, "amounts")
    assert (amounts.unit, amounts.delivery, amounts.organisations[1].figures) == ("amounts", ("379,600",), ("146,000",))
    assert sheet_for(amounts).to_bid_parts() == sheet_for(TYPED).to_bid_parts()
    assert sheet_for(in_unit(amounts, "percentages")).to_bid_parts() == sheet_for(TYPED).to_bid_parts()
    assert amounts.organisations[1].number == "01234567"
    assert len(amounts.organisations) == len(TYPED.organisations)


def test_what_cannot_be_read_is_not_written_anew() -> None:
    with pytest.raises(EditRefused, match="Correct the figures first"):
        in_unit(replace(TYPED, delivery=("x",)), "amounts")


def test_amounts_of_which_no_percentage_is_exact_stay_amounts() -> None:
    typed = replace(in_unit(TYPED, "amounts"), prices=("73,000,000,000.07",), delivery=("3.01",))
    with pytest.raises(EditRefused, match="stay amounts"):
        in_unit(typed, "percentages")


def test_rows_come_and_go() -> None:
    more = with_row(TYPED)
    assert (len(more.organisations), more.organisations[-1].id) == (6, "o6")
    assert without_row(more, 5) == TYPED
    paid = with_payment(TYPED)
    assert len(paid.payments) == 1
    with pytest.raises(EditRefused):
        without_row(TYPED, 0)
    full = replace(TYPED, organisations=TYPED.organisations * 12)
    assert len(full.organisations) == MOST_ORGANISATIONS
    with pytest.raises(EditRefused, match="no room"):
        with_row(full)


def test_taking_a_row_out_leaves_nobody_paid_by_it() -> None:
    rows = list(TYPED.organisations)
    rows[2] = replace(rows[2], paid_by="o2")
    left = without_row(replace(TYPED, organisations=tuple(rows), payments=(TypedPayment("o2", "o1", ("1",)),)), 1)
    assert [each.paid_by for each in left.organisations] == ["", "", "", ""]
    assert left.payments == ()


def test_an_empty_sheet_asks_for_a_price_first() -> None:
    assert places(blank_sheet(7)) == ["prices-0"]


@given(sheets())
def test_a_sheet_written_out_is_read_as_the_same_bid(sheet: SplitSheet) -> None:
    assert sheet_for(typed_of(sheet)).to_bid_parts().split.delivery == sheet.to_bid_parts().split.delivery
    once = typed_of(sheet)
    assert typed_of(sheet_for(once)) == once
