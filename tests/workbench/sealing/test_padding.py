"""PADMÉ: what is padded comes back, costs little, and nearby lengths look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.sealing.padding import PaddingError, pad, padded_length, unpad


@given(st.binary(max_size=3000), st.sampled_from([0, 100, 4096]))
def test_what_was_padded_comes_back(data: bytes, floor: int) -> None:
    assert unpad(pad(data, floor)) == data


def test_padding_costs_about_one_per_cent_and_never_more_than_twelve() -> None:
    lengths = [int(1.01**power) for power in range(1400, 2100)]  # 1 MB to 1.2 GB, as many of each magnitude
    costs = [padded_length(length) / length - 1 for length in lengths]
    assert round(100 * sum(costs) / len(costs), 2) == 1.15
    assert max(costs) <= 0.03
    assert max(padded_length(length) / length for length in range(1, 5000)) <= 1.12


def test_a_padded_length_is_its_own_padded_length() -> None:
    assert all(padded_length(padded_length(length)) == padded_length(length) for length in range(20_000))


def test_nearby_contents_have_the_same_length() -> None:
    assert {len(pad(bytes(length))) for length in range(99_400, 100_300)} == {100_352}


def test_small_contents_are_all_as_long_as_the_floor() -> None:
    assert {len(pad(bytes(length), 4096)) for length in (0, 1, 700, 4095)} == {4096}


@pytest.mark.parametrize("data", [b"", b"abc", b"abc   ", b"   "])
def test_bytes_that_end_in_no_padding_are_refused(data: bytes) -> None:
    with pytest.raises(PaddingError):
        unpad(data)
