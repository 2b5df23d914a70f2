"""The content of envelopes as JSON: one way to write each value, and nothing else is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from exports import submission as codec
from lots.submission import LateArrival, PriceEnvelope, Submission
from tests import submissions
from tests.exports.codec.strategies import strategy

CONTENTS = (Submission, PriceEnvelope, LateArrival)


@pytest.mark.parametrize("cls", CONTENTS)
def test_every_content_comes_back_byte_for_byte(cls: type[Any]) -> None:
    @settings(max_examples=60)
    @given(strategy(cls))
    def comes_back(value: Any) -> None:
        data = codec.write(value)
        assert codec.read(cls, data) == (value, ())
        assert codec.write(codec.read(cls, data)[0]) == data  # type: ignore[arg-type]

    comes_back()


@pytest.mark.parametrize(
    ("value", "form"), [(submissions.submission(), "sealed-bid/1"), (submissions.price(), "price-envelope/1")]
)
def test_content_says_its_format_first_and_fits_its_schema(value: Any, form: str) -> None:
    data = json.loads(codec.write(value))
    assert next(iter(data.items())) == ("format", form)
    Draft202012Validator(codec.schema(type(value))).validate(data)


def test_content_of_another_format_is_not_read() -> None:
    with pytest.raises(codec.UnknownFormat, match=r"format is price-envelope/1"):
        codec.read(PriceEnvelope, codec.write(submissions.submission()))


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ('"100000.00"', "100000", "prices[0]", "wrong_type"),
        ('"prices"', '"price"', "price", "unknown_key"),
        ('"lot":"adult"', '"lot":null', "binding.lot", "wrong_type"),
        ('"lot":"adult"', '"lot":"adult","lot":"child"', "binding.lot", "repeated_key"),
    ],
)
def test_a_slip_of_form_is_told_by_its_place_and_leaves_no_value(old: str, new: str, place: str, code: str) -> None:
    data = codec.write(submissions.price()).decode().replace(old, new, 1)
    value, findings = codec.read(PriceEnvelope, data.encode())
    assert value is None
    assert (place, code) in [(it.place, it.code) for it in findings]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b'{"format":"price-envelope/1"}'])
def test_nothing_in_content_makes_the_reader_fail_otherwise(data: bytes) -> None:
    try:
        assert codec.read(PriceEnvelope, data)[0] is None
    except codec.UnknownFormat:
        assert data in (b"[]", b"null")
