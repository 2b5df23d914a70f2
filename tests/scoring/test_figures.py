"""Exact numbers in and out of text."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.figures import NumberError, Rounding, exact, plain, terminates

REFUSED = ["NaN", "Infinity", "1e5", "1_000", "１２", "", " 1", "1.", ".5", "+1", "1,000", "0x10", "1" * 31]


@pytest.mark.parametrize("text", REFUSED)
def test_only_plain_decimals_are_read(text: str) -> None:
    with pytest.raises(NumberError, match="not a plain number"):
        exact(text)


def test_a_plain_decimal_is_read_exactly() -> None:
    assert [exact("12"), exact("-0.5"), exact("40.00")] == [Fraction(12), Fraction(-1, 2), Fraction(40)]


def test_numbers_are_written_in_full_or_to_28_digits() -> None:
    assert plain(Fraction(40)) == "40"
    assert plain(Fraction(-1, 8)) == "-0.125"
    assert plain(Fraction(800, 21)) == "38.09523809523809523809523810"
    assert plain(Fraction(1, 10**30)) == "0." + "0" * 29 + "1"


@given(st.fractions())
def test_writing_and_reading_a_terminating_number_gives_it_back(value: Fraction) -> None:
    text = plain(value)
    assert "E" not in text.upper()
    if terminates(value) and len(text) < 30:
        assert exact(text) == value


MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


@given(
    st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False),
    st.integers(0, 3),
    st.sampled_from(sorted(MODES)),
)
def test_rounding_agrees_with_the_decimal_library(value: Decimal, places: int, mode: str) -> None:
    rounding = Rounding(places, mode)  # type: ignore[arg-type]
    oracle = value.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode])
    assert rounding.value(Fraction(value)) == Fraction(oracle)
    assert Decimal(rounding.text(Fraction(value))) == oracle


def test_a_half_goes_the_published_way() -> None:
    half = Fraction(5, 1000)
    assert [Rounding(2, mode).text(half) for mode in ("half_up", "half_even", "down")] == [
        "0.01",
        "0.00",
        "0.00",
    ]
    assert Rounding(2, "half_up").text(-half) == "-0.01"
    assert Rounding(0).text(Fraction(5, 2)) == "3"
