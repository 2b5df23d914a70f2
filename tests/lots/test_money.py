"""Money in whole pence: what people may type, what is refused, and sharing out to the last penny."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.money import ZERO, Money, MoneyError, percent_of, share_out, total

amounts = st.integers(1 - 10**17, 10**17 - 1).map(Money)
positive_amounts = st.integers(0, 10**17 - 1).map(Money)
weights = st.lists(
    st.one_of(st.integers(0, 1000), st.fractions(0, 100, max_denominator=97)), min_size=1, max_size=9
).filter(any)


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,234.50", 123_450),
        ("1234.5", 123_450),
        ("1,234.50", 123_450),
        ("738000", 73_800_000),
        ("£738,000", 73_800_000),
        ("  £2,008,475.84 \n", 200_847_584),
        ("0", 0),
        ("£0.00", 0),
        ("0.05", 5),
        ("0.5", 50),
        ("007", 700),
        ("£12,345,678.90", 1_234_567_890),
        ("999999999999999.99", 99_999_999_999_999_999),
    ],
)
def test_money_reads_what_people_type(typed: str, pence: int) -> None:
    assert Money.parse(typed) == Money(pence)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "£", "NaN", "nan", "inf", "Infinity", "1e5", "1E5", "１２", "£１", "٣", "²", "1_000", "0x10",
        "1.005", "0.005", "1.", ".5", "1..5", "1.2.3", "1,23", "12,34", "1,2345", ",123", "1,,000",
        "1234,567", "1,234,56", "1 234", "£ 5", "££5", "5£", "$5", "€5", "+5", "--5", "£-5", "(5)",
        "5k", "5 million", "1'000", "−5", "1\u00a0000", "1\n2", "None", "True",
    ],
)  # fmt: skip
def test_money_refuses_what_is_not_an_amount(typed: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount in pounds: write it like"):
        Money.parse(typed)


@pytest.mark.parametrize("typed", ["-1", "-£1", "-0.01", "-1,234.50"])
def test_a_negative_amount_is_refused_unless_it_is_allowed(typed: str) -> None:
    with pytest.raises(MoneyError, match="is negative: the amount must be zero or more"):
        Money.parse(typed)
    assert Money.parse(typed, allow_negative=True) == -Money.parse(typed.lstrip("-"))


def test_an_amount_of_more_than_fifteen_digits_is_refused_and_a_long_text_is_cut_short() -> None:
    with pytest.raises(MoneyError, match="has more than 15 digits"):
        Money.parse("1" * 16)
    with pytest.raises(MoneyError) as refusal:
        Money.parse("9" * 10_000)
    assert len(str(refusal.value)) < 120


@given(st.text(max_size=12))
def test_parse_either_reads_an_amount_or_refuses_by_name(typed: str) -> None:
    try:
        amount = Money.parse(typed)
    except MoneyError:
        return
    assert amount >= ZERO
    assert set(typed.strip()) <= set("£-,.0123456789")


@given(amounts)
def test_what_is_written_for_files_reads_back_the_same(amount: Money) -> None:
    assert Money.parse(amount.plain(), allow_negative=True) == amount


@given(positive_amounts)
def test_what_is_written_for_people_reads_back_the_same(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount


@pytest.mark.parametrize(
    ("pence", "plain", "words"),
    [
        (200_847_598, "2008475.98", "£2,008,475.98"),
        (99_000_000, "990000.00", "£990,000"),
        (5, "0.05", "£0.05"),
        (-2, "-0.02", "−£0.02"),
        (-123_450, "-1234.50", "−£1,234.50"),
        (0, "0.00", "£0"),
    ],
)
def test_money_is_written_plain_for_files_and_grouped_for_people(pence: int, plain: str, words: str) -> None:
    assert (Money(pence).plain(), str(Money(pence))) == (plain, words)


def test_money_adds_subtracts_multiplies_and_compares_exactly() -> None:
    ten, three = Money.pounds(10), Money(333)
    assert (ten + three, ten - three, three - ten, -ten, abs(-ten)) == (
        Money(1333),
        Money(667),
        Money(-667),
        Money(-1000),
        ten,
    )
    assert (ten * 7, 7 * ten) == (Money(7000), Money(7000))
    assert sorted([ten, three, -ten]) == [-ten, three, ten]
    assert [bool(ten), bool(-three), bool(ZERO)] == [True, True, False]


def test_nothing_adds_up_to_nothing() -> None:
    assert total([]) == ZERO


def test_the_four_lots_of_avon_and_somerset_add_up_to_what_the_document_prints() -> None:
    """Avon and Somerset OPCC, Victim Services Recommissioning: Strategy and Intentions, Lotting Strategy."""
    assert total(map(Money.parse, ["£30,000", "£250,000", "£738,000", "£990,000"])) == Money.parse("£2,008,000")


def test_a_share_is_an_exact_fraction_and_a_share_of_nothing_is_refused() -> None:
    assert Money.pounds(1).share_of(Money.pounds(3)) == Fraction(1, 3)
    assert Money.pounds(-1).share_of(Money.pounds(4)) == Fraction(-1, 4)
    with pytest.raises(MoneyError, match="A share of £0 has no meaning"):
        Money.pounds(1).share_of(ZERO)


@pytest.mark.parametrize(
    ("amount", "percent", "down", "up"),
    [
        ("738000", "40", "295200.00", "295200.00"),
        ("0.99", "50", "0.49", "0.50"),
        ("100.01", "33", "33.00", "33.01"),
        ("0.01", "0", "0.00", "0.00"),
        ("1.00", "12.5", "0.12", "0.13"),
        ("990000", "100", "990000.00", "990000.00"),
    ],
)
def test_a_percentage_is_cut_to_the_penny_that_its_purpose_allows(
    amount: str, percent: str, down: str, up: str
) -> None:
    whole, part = Money.parse(amount), Fraction(percent)
    assert (percent_of(whole, part).plain(), percent_of(whole, part, round_up=True).plain()) == (down, up)


@given(amounts, st.fractions(0, 200, max_denominator=1000))
def test_a_percentage_lies_within_a_penny_of_the_exact_figure(amount: Money, percent: Fraction) -> None:
    exact = amount.pence * percent / 100
    down, up = percent_of(amount, percent).pence, percent_of(amount, percent, round_up=True).pence
    assert down <= exact <= up
    assert up - down == (0 if exact.denominator == 1 else 1)


def test_a_pound_shared_by_three_gives_the_odd_penny_to_the_first() -> None:
    assert share_out(Money(100), [1, 1, 1]) == (Money(34), Money(33), Money(33))
    assert share_out(Money(101), [1, 1, 1]) == (Money(34), Money(34), Money(33))


def test_the_largest_remainder_gets_the_odd_penny() -> None:
    assert share_out(Money(10), [Fraction("0.14"), Fraction("0.27"), Fraction("0.59")]) == (
        Money(1),
        Money(3),
        Money(6),
    )


def test_a_weight_of_nothing_gets_nothing() -> None:
    assert share_out(Money(101), [0, 2, 0, 2]) == (ZERO, Money(51), ZERO, Money(50))


@pytest.mark.parametrize("bad", [[], [0], [0, 0], [1, -1], [-1], [3, Fraction(-1, 2)]])
def test_money_is_not_shared_by_negative_weights_or_by_none(bad: list[int | Fraction]) -> None:
    with pytest.raises(MoneyError, match="weights that are zero or more and not all zero"):
        share_out(Money(100), bad)


@given(amounts, weights)
def test_the_parts_add_up_to_the_penny(amount: Money, by: list[int | Fraction]) -> None:
    assert total(share_out(amount, by)) == amount


@given(amounts, weights)
def test_no_part_is_a_penny_or_more_away_from_its_exact_share(amount: Money, by: list[int | Fraction]) -> None:
    whole = sum(map(Fraction, by))
    parts = share_out(amount, by)
    assert all(abs(part.pence - amount.pence * Fraction(w) / whole) < 1 for part, w in zip(parts, by, strict=True))


@given(positive_amounts, weights, st.integers(1, 50))
def test_only_the_proportion_of_the_weights_counts(amount: Money, by: list[int | Fraction], times: int) -> None:
    assert share_out(amount, by) == share_out(amount, [weight * times for weight in by])


@given(positive_amounts, weights)
def test_a_larger_weight_never_gets_less(amount: Money, by: list[int | Fraction]) -> None:
    parts = share_out(amount, by)
    in_order = sorted(range(len(by)), key=lambda i: by[i])
    assert all(parts[a] <= parts[b] for a, b in pairwise(in_order) if by[a] < by[b])


@given(positive_amounts, weights)
def test_shares_in_another_order_are_the_same_shares_up_to_the_odd_penny(
    amount: Money, by: list[int | Fraction]
) -> None:
    order = sorted(range(len(by)), key=lambda i: (i * 7919) % 13)
    here, there = share_out(amount, by), share_out(amount, [by[i] for i in order])
    assert all(abs(there[place].pence - here[i].pence) <= 1 for place, i in enumerate(order))
