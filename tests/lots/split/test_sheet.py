"""A sheet becomes the parts of a bid to the penny, and those parts become the same sheet again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.bid import Bid
from lots.collaboration import CollaborationRules
from lots.money import Money, total
from lots.organisation import Identifier
from lots.split.check import check_split
from lots.split.identifiers import identifier_of
from lots.split.report import RuleFigure
from lots.split.sheet import BidParts, Figures, SheetError, SheetOrganisation, SheetPayment, SplitSheet, sheet_of

PEOPLE = (
    SheetOrganisation("lead", "Harbour", "lead", "1056789"),
    SheetOrganisation("restore", "Restore", "partner", "01234567", vcse=True),
    SheetOrganisation("advice", "Advice Line", "partner"),
    SheetOrganisation("rights", "Rights Collective", "partner", by_and_for=True),
)


def shares(*percents: str, years: int = 7, price: int = 730_000) -> SplitSheet:
    """The adult example: what the lead delivers, its fee, and what each partner holds, in per cent."""
    delivery, fee, *paid = [(Decimal(each),) for each in percents]
    payments = (SheetPayment("lead", each.id, part) for each, part in zip(PEOPLE[1:], paid, strict=True))
    prices = (Money.pounds(price),)
    return SplitSheet(years, prices, PEOPLE, "percentages", delivery, fee, tuple(payments))


def again(parts: BidParts, unit: str = "amounts") -> SplitSheet:
    known = {each.id: each for each in parts.organisations}
    return sheet_of(parts.prices, parts.parties, parts.split, known, unit=unit)  # type: ignore[arg-type]


def lead_keeps(sheet: SplitSheet) -> RuleFigure:
    parts = sheet.to_bid_parts()
    bid = Bid("it", "adult", datetime(2024, 9, 1, tzinfo=UTC), parts.prices, parts.parties, parts.split)
    rules = CollaborationRules(lead_retention_maximum=Decimal(60))
    figure = check_split(bid, rules, {each.id: each for each in parts.organisations}).figure("lead_retention_maximum")
    assert isinstance(figure, RuleFigure)
    return figure


def test_a_lead_of_52_per_cent_with_a_fee_of_6_keeps_423400_pounds() -> None:
    line = lead_keeps(shares("52", "6", "20", "12", "10")).lines[0]
    assert (line.actual, line.limit, line.passed) == (Money.pounds(423_400), Money.pounds(438_000), True)


def test_a_fee_of_9_per_cent_puts_it_7300_pounds_over() -> None:
    line = lead_keeps(shares("52", "9", "17", "12", "10")).lines[0]
    assert (line.actual, line.headroom) == (Money.pounds(445_300), Money.pounds(-7_300))


def test_one_figure_stands_for_every_year() -> None:
    parts = shares("52", "6", "20", "12", "10").to_bid_parts()
    assert parts.prices == (Money.pounds(730_000),) * 7
    assert parts.split.management_fee == (Money.pounds(43_800),) * 7


def test_a_third_each_of_a_pound_is_a_pound() -> None:
    third = Decimal("33.333333")
    people = PEOPLE[:3]
    paid = tuple(SheetPayment("lead", each.id, (third,)) for each in people[1:])
    sheet = SplitSheet(1, (Money(100),), people, "percentages", (Decimal("33.333334"),), (), paid)
    split = sheet.to_bid_parts().split
    assert [split.delivery[0].pence, *(each.amounts[0].pence for each in split.payments)] == [34, 33, 33]


def test_what_a_partner_passes_on_is_never_more_than_it_is_paid() -> None:
    third = Decimal("33.3333")
    paid = (SheetPayment("lead", "restore", (third,)), SheetPayment("restore", "advice", (third,)))
    sheet = SplitSheet(1, (Money(100),), PEOPLE[:3], "percentages", (Decimal("66.6667"),), (), paid)
    first, onward = sheet.to_bid_parts().split.payments
    assert onward.amounts <= first.amounts


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"organisations": PEOPLE[1:]}, "organisations"),
        ({"organisations": (*PEOPLE, PEOPLE[0])}, "organisations"),
        ({"prices": ()}, "prices"),
        ({"prices": (Money(1),) * 3}, "prices"),
        ({"delivery": (Money(5),)}, "delivery[0]"),
        ({"management_fee": (Decimal("100.1"),)}, "management_fee[0]"),
        ({"management_fee": (Decimal("0.0000001"),)}, "management_fee[0]"),
        ({"payments": (SheetPayment("lead", "nobody", (Decimal(1),)),)}, "payments[0]"),
        ({"payments": (SheetPayment("lead", "rights", (), (Decimal("NaN"),)),)}, "payments[0].kept_back[0]"),
    ],
)
def test_what_cannot_be_is_named_with_its_place(wrong: dict[str, object], place: str) -> None:
    sheet = replace(shares("52", "6", "20", "12", "10"), **wrong)
    assert place in [found.place for found in sheet.findings()]
    with pytest.raises(SheetError):
        sheet.to_bid_parts()


def test_a_number_says_which_register_it_belongs_to() -> None:
    numbers = ("1056789", "01234567", "sc 123456", "PABC-1234-DEFG", "RC000123X", " ")
    assert [identifier_of(each) for each in numbers] == [
        Identifier("GB-CHC", "1056789"), Identifier("GB-COH", "01234567"), Identifier("GB-COH", "SC123456"),
        Identifier("GB-PPON", "PABC-1234-DEFG"), Identifier("other", "RC000123X"), None,
    ]  # fmt: skip


# --- any sheet ----------------------------------------------------------------------------------------------

pence = st.integers(0, 10**11).map(Money)
ROLES = ("partner", "partner", "sub_contractor")
NUMBERS = st.sampled_from(["", "1056789"])


@st.composite
def sheets(draw: st.DrawFn) -> SplitSheet:
    """A sheet of amounts: some partners, some of them with sub-contractors, in one year or in several."""
    years, others = draw(st.integers(1, 4)), draw(st.integers(0, 4))
    people = (SheetOrganisation("o0", "Lead", "lead"), *(
        SheetOrganisation(f"o{n + 1}", f"Partner {n}", draw(st.sampled_from(ROLES)), draw(NUMBERS),
                          draw(st.booleans()), draw(st.booleans()), work=draw(st.sampled_from(["", "Advice"])))
        for n in range(others)
    ))  # fmt: skip

    def row() -> Figures:
        return tuple(draw(st.lists(pence, min_size=years, max_size=years)))

    paid = tuple(
        SheetPayment(people[draw(st.integers(0, n))].id, people[n + 1].id, row(), row() if draw(st.booleans()) else ())
        for n in range(others)
    )
    prices = tuple(draw(st.lists(pence, min_size=years, max_size=years)))
    return SplitSheet(years, prices, people, delivery=row(), management_fee=row(), payments=paid)


@given(sheets())
def test_a_bid_made_from_a_sheet_makes_a_sheet_of_the_same_bid(sheet: SplitSheet) -> None:
    parts = sheet.to_bid_parts()
    assert again(parts).to_bid_parts() == parts


@given(sheets())
def test_percentages_of_a_bid_are_the_very_pence_of_it_or_amounts(sheet: SplitSheet) -> None:
    parts = sheet.to_bid_parts()
    assert again(parts, "percentages").to_bid_parts() == parts


@given(st.lists(st.integers(0, 10**8), min_size=2, max_size=8), st.integers(1, 10**12), st.integers(0, 10**8))
def test_percentages_that_add_up_to_100_add_up_to_the_price(parts: list[int], price: int, last: int) -> None:
    cuts = sorted(each % (100 * 10**6 + 1) for each in [*parts, last])
    edges = [0, *cuts, 100 * 10**6]
    rows = [Decimal(b - a).scaleb(-6) for a, b in pairwise(edges)]
    people = (PEOPLE[0], *(SheetOrganisation(f"o{n}", "Partner") for n in range(len(rows) - 2)))
    paid = tuple(SheetPayment("lead", f"o{n}", (share,)) for n, share in enumerate(rows[2:]))
    sheet = SplitSheet(1, (Money(price),), people, "percentages", (rows[0],), (rows[1],), paid)
    split = sheet.to_bid_parts().split
    given_out = total([*split.delivery, *split.management_fee, *(each.amounts[0] for each in split.payments)])
    assert given_out == Money(price)
    exact = [price * share / 100 for share in rows]
    held = [split.delivery[0], split.management_fee[0], *(each.amounts[0] for each in split.payments)]
    assert all(abs(one.pence - wanted) < 1 for one, wanted in zip(held, exact, strict=True))
