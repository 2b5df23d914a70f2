"""The published schema: valid itself, true to what is written, and of one mind with the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from exports.codec.record import read, write
from exports.codec.schema import DIALECT, document, schema
from exports.codec.strict_json import Report, parse
from exports.tender_file import read as read_file
from exports.tender_file import write as write_file
from tests import factories as a
from tests.exports.codec.strategies import record
from tests.exports.codec.test_record import WRITTEN, WRONG, Thing
from tests.exports.test_tender_file import BROKEN, FILE, WHOLE, broken

VALID = Draft202012Validator(schema(), format_checker=FormatChecker())
THING = Draft202012Validator(document(Thing), format_checker=FormatChecker())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == DIALECT
    assert json.loads(json.dumps(schema())) == schema()


def test_every_object_is_closed_and_says_what_it_is() -> None:
    definitions: dict[str, Any] = dict(schema()["$defs"])  # type: ignore[call-overload]
    objects = {name: made for name, made in definitions.items() if made["type"] == "object"}
    assert {"Bid", "Criterion", "Lot", "Scale", "Split"} <= set(objects)
    assert [name for name, made in objects.items() if made["additionalProperties"] is not False] == []
    assert [name for name, made in definitions.items() if not made["description"] or "``" in made["description"]] == []
    assert (
        objects["Party"]["description"]
        == "An organisation named in a bid: what it does, and whether it has confirmed its own figures."
    )


def test_words_are_enumerated_and_amounts_have_a_pattern() -> None:
    definitions: dict[str, Any] = dict(schema()["$defs"])  # type: ignore[call-overload]
    assert definitions["Party"]["properties"]["role"] == {
        "type": "string",
        "enum": ["lead", "partner", "sub_contractor"],
    }
    assert definitions["Lot"]["required"] == ["id", "title", "annual_budget"]
    assert definitions["Criterion"]["properties"]["parts"] == {"type": "array", "items": {"$ref": "#/$defs/Criterion"}}
    amount = definitions["Lot"]["properties"]["annual_budget"]
    assert Draft202012Validator(amount).is_valid("738000.00")
    assert not Draft202012Validator(amount).is_valid("7.380")


@pytest.mark.parametrize("value", [WHOLE, a.tender_file(), a.tender_file(())], ids=["whole", "scored", "empty"])
def test_what_is_written_is_valid(value: Any) -> None:
    assert [error.message for error in VALID.iter_errors(json.loads(write_file(value)))] == []


@pytest.mark.parametrize(("place", "to", "code"), BROKEN)
def test_schema_and_reader_refuse_the_same_files(place: str, to: object, code: str) -> None:
    data = broken(place, to)
    assert [(finding.place, finding.code) for finding in read_file(data)[1]] == [(place, code)]
    assert not VALID.is_valid(json.loads(data))


@pytest.mark.parametrize(("changes", "place", "code", "words"), WRONG)
def test_schema_and_reader_refuse_the_same_records(
    changes: dict[str, object], place: str, code: str, words: str
) -> None:
    """All but ``5.0``, which JSON Schema counts among the whole numbers and the reader does not."""
    changed = {key: value for key, value in {**WRITTEN, **changes}.items() if value is not ...}
    assert THING.is_valid(changed) == (changes == {"count": 5.0})


def test_schema_and_reader_take_the_same_ways_of_typing_an_amount() -> None:
    for text in ("£1,234.50", "1234.5", "-0.02", "0", "000", "1,234", "1,2345", "£", "--1", "1.", ".5", "£-1", "٣"):
        data = json.dumps({**FILE, "bids": [{**FILE["bids"][0], "prices": [text]}]})
        assert VALID.is_valid(json.loads(data)) == (read_file(data.encode())[0] is not None), text


@given(record(Thing))
def test_any_record_written_is_valid(thing: Thing) -> None:
    assert THING.is_valid(write(thing))


@given(st.sampled_from(list(WRITTEN)), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
def test_schema_and_reader_agree_on_any_field(name: str, value: object) -> None:
    """Texts that end in a line end are left out: Python's ``$`` matches before one, JavaScript's does not."""
    if isinstance(value, str):
        value = value.removesuffix("\n")
    file = {**WRITTEN, name: value}
    found, _ = parse(json.dumps(file).encode())
    assert THING.is_valid(file) == (read(Thing, found, Report()) is not None)
