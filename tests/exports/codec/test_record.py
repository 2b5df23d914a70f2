"""The codec on records of its own: every type, every way a value can be wrong, and the round trip of any value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.codec.plain_types import LONGEST_TEXT, UnwritableError
from exports.codec.record import codec_of, read, write
from exports.codec.strict_json import LARGEST_INTEGER, Report, capped, parse, path
from lots.errors import Finding
from lots.money import Money, MoneyError
from tests.exports.codec.strategies import record


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark_blue"


@dataclass(frozen=True)
class Leaf:
    """A part."""

    name: str
    weight: Decimal = Decimal("60.00")
    parts: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Settings:
    """All of it may be left out."""

    low: Fraction | None = Fraction(40)
    high: Fraction | None = None


@dataclass(frozen=True)
class Thing:
    """One of everything a record may hold."""

    name: str
    price: Money
    share: Decimal
    ratio: Fraction
    day: date
    moment: datetime
    kind: Literal["plain", "fancy"]
    colour: Colour
    count: int
    ready: bool
    leaf: Leaf
    leaves: tuple[Leaf, ...]
    prices: tuple[tuple[Money, ...], ...]
    parameters: tuple[tuple[str, str], ...]
    replied: date | None
    note: str = ""
    other: Leaf | None = None
    settings: Settings = Settings()
    tags: tuple[str, ...] = field(default_factory=tuple)


THING = Thing(
    "Quay “A”\nSecond line",
    Money(73_800_000),
    Decimal("60.00"),
    Fraction("0.125"),
    date(2024, 9, 27),
    datetime(2024, 9, 27, 11, 0, tzinfo=UTC),
    "fancy",
    Colour.DARK_BLUE,
    3,
    True,
    Leaf("one"),
    (Leaf("two", Decimal("0.5"), (Leaf("three"),)),),
    ((Money(1), Money(-250)), ()),
    (("floor", "1"), ("ceiling", "2")),
    None,
)
WRITTEN: dict[str, Any] = {
    "name": "Quay “A”\nSecond line",
    "price": "738000.00",
    "share": "60.00",
    "ratio": "0.125",
    "day": "2024-09-27",
    "moment": "2024-09-27T11:00:00Z",
    "kind": "fancy",
    "colour": "dark_blue",
    "count": 3,
    "ready": True,
    "leaf": {"name": "one"},
    "leaves": [{"name": "two", "weight": "0.5", "parts": [{"name": "three"}]}],
    "prices": [["0.01", "-2.50"], []],
    "parameters": {"floor": "1", "ceiling": "2"},
}


def loaded(text: str) -> tuple[Thing | None, list[tuple[str, str, str]]]:
    """Read JSON text into a Thing: the value and (place, code, sentence) of every finding."""
    found, problems = parse(text.encode())
    assert problems == ()
    report = Report()
    value = read(Thing, found, report)
    return value, [(finding.place, finding.code, finding.message) for finding in report.findings()]


def problems_with(**changes: object) -> list[tuple[str, str, str]]:
    """Read the written Thing with some fields changed (``...`` leaves one out)."""
    changed = {key: value for key, value in {**WRITTEN, **changes}.items() if value is not ...}
    return loaded(json.dumps(changed))[1]


def test_a_record_is_written_field_by_field_and_without_what_is_default() -> None:
    assert write(THING) == WRITTEN
    assert list(write(THING)) == list(WRITTEN)


def test_what_is_written_is_read_back() -> None:
    assert loaded(json.dumps(WRITTEN)) == (THING, [])


def test_a_decimal_keeps_its_own_digits() -> None:
    value = loaded(json.dumps({**WRITTEN, "share": "060.5000"}))[0]
    assert value is not None
    assert str(value.share) == "60.5000"


def test_none_is_null_only_where_leaving_out_would_mean_the_default() -> None:
    without = replace(THING, settings=Settings(low=None))
    assert write(without)["settings"] == {"low": None}
    assert loaded(json.dumps({**WRITTEN, "settings": {"low": None}})) == (without, [])
    assert problems_with(settings={"high": None}) == [
        ("settings.high", "wrong_type", 'must be a number as text, like "60" or "12.50", not null')
    ]
    assert problems_with(replied=None)[0][:2] == ("replied", "wrong_type")


NO_MONEY = 'an amount in pounds as text, like "738000.00"'
NO_DAY = 'a date as text, like "2024-09-27"'
NO_TIME = 'a time in UTC ending in Z, as text, like "2024-09-27T11:00:00Z"'
NO_INTEGER = "must be a whole number, without quotation marks or decimals, not"

WRONG = [
    ({"name": 5}, "name", "wrong_type", "must be text, not the number 5"),
    ({"name": "a\x00b"}, "name", "unfit_character", "character 2 is U+0000, which no document can print: take it out"),
    ({"name": "\x1b[2J"}, "name", "unfit_character", "character 1 is U+001B"),
    ({"name": "ab\ud800"}, "name", "unfit_character", "character 3 is U+D800"),
    ({"name": "x" * (LONGEST_TEXT + 1)}, "name", "text_too_long", "holds 100001 characters, which is more than 100000"),
    ({"price": 738000}, "price", "wrong_type", f"must be {NO_MONEY}, not the number 738000: put it in quotation marks"),
    ({"price": 1.5}, "price", "wrong_type", f"must be {NO_MONEY}, not the number 1.5: put it in quotation marks"),
    ({"price": float("nan")}, "price", "wrong_type", "not the number NaN"),
    ({"price": float("-inf")}, "price", "wrong_type", "not the number -Infinity"),
    ({"price": "12.345"}, "price", "bad_money", "“12.345” is not an amount in pounds"),
    ({"price": "1,23"}, "price", "bad_money", "“1,23” is not an amount in pounds"),
    ({"price": " 12"}, "price", "bad_money", "“ 12” has spaces around it"),
    ({"price": "１２"}, "price", "bad_money", "is not an amount in pounds"),
    ({"price": "9" * 16}, "price", "bad_money", "has more than 15 digits"),
    ({"price": True}, "price", "wrong_type", f"must be {NO_MONEY}, not true"),
    ({"share": "NaN"}, "share", "bad_number", "“NaN” is not a plain number"),
    ({"share": "1_000"}, "share", "bad_number", "“1_000” is not a plain number"),
    ({"share": "1e5"}, "share", "bad_number", "“1e5” is not a plain number"),
    ({"share": "６０"}, "share", "bad_number", "is not a plain number"),
    ({"share": "9" * 5000}, "share", "bad_number", "is not a plain number"),
    ({"ratio": "1/3"}, "ratio", "bad_number", "“1/3” is not a plain number"),
    ({"ratio": 0.5}, "ratio", "wrong_type", "not the number 0.5: put it in quotation marks"),
    ({"day": "2024-02-30"}, "day", "bad_date", f"“2024-02-30” is not {NO_DAY}"),
    ({"day": "20240927"}, "day", "bad_date", f"“20240927” is not {NO_DAY}"),
    ({"day": "2024-W39-5"}, "day", "bad_date", f"“2024-W39-5” is not {NO_DAY}"),
    ({"day": "27/09/2024"}, "day", "bad_date", f"“27/09/2024” is not {NO_DAY}"),
    ({"day": 20240927}, "day", "wrong_type", f"must be {NO_DAY}, not the number 20240927"),
    ({"moment": "2024-09-27T12:00:00"}, "moment", "bad_time", f"“2024-09-27T12:00:00” is not {NO_TIME}"),
    ({"moment": "2024-09-27T12:00:00+01:00"}, "moment", "bad_time", f"is not {NO_TIME}"),
    ({"moment": "2024-09-27T25:00:00Z"}, "moment", "bad_time", f"is not {NO_TIME}"),
    ({"moment": "2024-09-27"}, "moment", "bad_time", f"is not {NO_TIME}"),
    ({"kind": "Fancy"}, "kind", "not_allowed", "must be plain or fancy, not the text “Fancy”"),
    ({"kind": ["plain"]}, "kind", "not_allowed", "must be plain or fancy, not a list"),
    ({"colour": "RED"}, "colour", "not_allowed", "must be red or dark_blue, not the text “RED”"),
    ({"count": "3"}, "count", "wrong_type", f"{NO_INTEGER} the text “3”"),
    ({"count": True}, "count", "wrong_type", f"{NO_INTEGER} true"),
    ({"count": 5.0}, "count", "wrong_type", f"{NO_INTEGER} the number 5.0"),
    ({"count": 2**63}, "count", "number_too_large", "9223372036854775808 is too large a number to count anything here"),
    ({"count": -(2**63)}, "count", "number_too_large", "is too large a number"),
    ({"ready": 1}, "ready", "wrong_type", "must be true or false, not the number 1"),
    ({"ready": "yes"}, "ready", "wrong_type", "must be true or false, not the text “yes”"),
    ({"leaf": "one"}, "leaf", "wrong_type", "must be an object, not the text “one”"),
    ({"leaf": []}, "leaf", "wrong_type", "must be an object, not a list"),
    ({"leaf": {}}, "leaf.name", "missing_key", "missing: give a text"),
    ({"leaves": {}}, "leaves", "wrong_type", "must be a list, not an object"),
    ({"leaves": [{"name": "a", "parts": [{}]}]}, "leaves[0].parts[0].name", "missing_key", "missing: give a text"),
    ({"prices": [[], ["1.00", 2]]}, "prices[1][1]", "wrong_type", "not the number 2: put it in quotation marks"),
    ({"parameters": []}, "parameters", "wrong_type", "must be an object of texts, not a list"),
    ({"parameters": {"floor": 1}}, "parameters.floor", "wrong_type", "must be text, not the number 1"),
    ({"name": ...}, "name", "missing_key", "missing: give a text"),
    ({"kind": ...}, "kind", "missing_key", "missing: give one of plain, fancy"),
    ({"prices": ...}, "prices", "missing_key", "missing: give a list (it may be empty: [])"),
    ({"naem": "x"}, "naem", "unknown_key", "unknown; did you mean “name”?"),
    ({"zzz": "x"}, "zzz", "unknown_key", "unknown: take it out"),
    ({"other": {"name": "x", "wieght": "1"}}, "other.wieght", "unknown_key", "unknown; did you mean “weight”?"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "place", "code", "words"), WRONG)
def test_what_is_wrong_is_said_at_its_place(changes: dict[str, object], place: str, code: str, words: str) -> None:
    found = problems_with(**changes)
    assert [finding[:2] for finding in found] == [(place, code)]
    assert words in found[0][2]


def test_a_whole_number_of_more_digits_than_python_reads_is_too_large() -> None:
    text = json.dumps(WRITTEN).replace('"count": 3', '"count": ' + "9" * 5000)
    assert [finding[:2] for finding in loaded(text)[1]] == [("count", "number_too_large")]
    assert loaded(json.dumps({**WRITTEN, "count": LARGEST_INTEGER}))[1] == []


def test_every_problem_is_reported_at_once() -> None:
    found = problems_with(name=1, day="soon", ready=None, leaves=[{"name": 2}, {"weight": "x"}], extra=0)
    assert [finding[:2] for finding in found] == [
        ("extra", "unknown_key"),
        ("name", "wrong_type"),
        ("day", "bad_date"),
        ("ready", "wrong_type"),
        ("leaves[0].name", "wrong_type"),
        ("leaves[1].name", "missing_key"),
        ("leaves[1].weight", "bad_number"),
    ]


def test_an_unknown_key_leaves_the_value_whole() -> None:
    value, found = loaded(json.dumps({**WRITTEN, "leaf": {"name": "one", "nmae": "two"}}))
    assert value == THING
    assert found == [("leaf.nmae", "unknown_key", "unknown; did you mean “name”?")]


def test_a_key_that_stands_twice_is_found_by_path() -> None:
    text = json.dumps(WRITTEN).replace('{"name": "one"}', '{"name": "one", "name": "two", "name": "three"}')
    assert loaded(text.replace('"floor": "1"', '"floor": "1", "floor": "3"')) == (
        None,
        [
            ("leaf.name", "repeated_key", "stands twice in the same object: leave one of them out"),
            ("parameters.floor", "repeated_key", "stands twice in the same object: leave one of them out"),
        ],
    )


def test_keys_that_do_not_print_are_shown_so_that_a_terminal_stays_whole() -> None:
    found, _ = parse(b'{"\\u001b[2J\\ud800": 1}')
    report = Report()
    read(Leaf, found, report)
    assert report.findings()[0].place == "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}"


def test_many_findings_are_counted_rather_than_kept() -> None:
    value, found = loaded(json.dumps({**WRITTEN, "tags": [0] * 1_000}))
    assert value is None
    assert len(found) == 201
    assert found[-1] == ("", "and_more", "and 800 more: mend those above first, then check the file again")


def test_errors_stay_when_warnings_make_the_list_too_long() -> None:
    warning, error = Finding("w", "w", severity="warning"), Finding("e", "e")
    shown = capped((warning, warning, error), 2)
    assert [finding.code for finding in shown] == ["e", "w", "and_more"]
    assert capped((warning, error), 2) == (warning, error)


def test_what_was_left_out_before_is_counted_again() -> None:
    some = tuple(Finding(str(i), str(i)) for i in range(7))
    assert capped((*capped(some, 4), Finding("late", "late")), 4) == (
        *some[:4],
        Finding(
            "and_more", "and 4 more: mend those above first, then check the file again", figures=(("left out", "4"),)
        ),
    )


def test_a_place_is_written_as_people_read_it() -> None:
    assert path((((None, "bids"), 3), "prices")) == "bids[3].prices"


@dataclass(frozen=True)
class Particular:
    """A class with a rule of its own."""

    amount: Money

    def __post_init__(self) -> None:
        if self.amount > Money(100):
            raise MoneyError("That is too much")


def test_a_class_that_refuses_its_fields_says_why() -> None:
    report = Report()
    assert read(Particular, {"amount": "2.00"}, report, (None, "it")) is None
    assert report.findings() == (Finding("refused", "That is too much", "it"),)


UNWRITABLE = [
    {"name": "\ud800"}, {"name": "x" * (LONGEST_TEXT + 1)}, {"name": 5},
    {"share": Decimal("NaN")}, {"share": Decimal("1E-31")}, {"share": 60}, {"ratio": Fraction(1, 3)},
    {"price": Money(10**17)}, {"price": Decimal(1)}, {"day": THING.moment}, {"moment": datetime(2024, 9, 27, 11)},
    {"kind": "odd"}, {"count": True}, {"count": 2**63}, {"ready": 1}, {"leaf": None}, {"leaves": [Leaf("a")]},
    {"parameters": (("floor", "1"), ("floor", "2"))},
]  # fmt: skip


@pytest.mark.parametrize("changes", UNWRITABLE)
def test_what_could_not_be_read_back_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(UnwritableError):
        write(replace(THING, **changes))


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    summer = datetime(2024, 9, 27, 12, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
    assert write(replace(THING, moment=summer))["moment"] == "2024-09-27T11:00:00.250000Z"


@pytest.mark.parametrize("hint", [float, list[str], dict[str, str], tuple[int, int], Any])
def test_a_type_that_no_record_may_hold_is_refused_when_the_codec_is_made(hint: object) -> None:
    with pytest.raises(TypeError, match="A record cannot hold"):
        codec_of(hint)


# -------------------------------------------------------------------------------------------- any value at all


@given(record(Thing))
def test_any_record_is_read_back_as_it_was_and_written_in_one_way(thing: Thing) -> None:
    text = json.dumps(write(thing), ensure_ascii=False)
    value, found = loaded(text)
    assert (value, found) == (thing, [])
    assert json.dumps(write(value), ensure_ascii=False) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**25), max_value=10**25, places=5))
def test_a_number_is_written_with_its_own_digits_and_without_an_exponent(number: Decimal) -> None:
    assert write(replace(THING, share=number.normalize()))["share"] == f"{number.normalize():f}"
    assert write(replace(THING, share=number))["share"] == f"{number:f}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(WRITTEN)) | st.text(), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_whatever_makes_the_reader_raise(found: object) -> None:
    data = json.dumps(found).encode()
    parsed, problems = parse(data)
    assert problems == ()
    report = Report()
    assert read(Thing, parsed, report) is None
    assert report.findings()


@given(st.sampled_from(list(WRITTEN)), JSON)
def test_any_value_in_any_field_is_either_read_or_reported_below_that_field(name: str, found: object) -> None:
    value, problems = loaded(json.dumps({**WRITTEN, name: found}))
    assert (value is None) == any(code != "unknown_key" for _, code, _ in problems)
    assert all(place == name or place.startswith((f"{name}.", f"{name}[")) for place, _, _ in problems)
