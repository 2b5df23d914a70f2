"""The tender file: one canonical form, every fault named by its path, and nothing in a file that can make it raise."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.codec import record
from exports.codec.plain_types import UnwritableError
from exports.codec.record import RecordCodec, record_codec
from exports.codec.strict_json import DEEPEST, LARGEST_FILE, Report, parse
from exports.tender_file import canonical, check, read, write
from lots.money import Money
from scoring.tender_file import LotPreference, TenderFile
from tests import factories as a
from tests.exports.codec.strategies import strategy

WHOLE = a.tender_file(award=a.award(), lot_preferences=(LotPreference("harbour", ("children", "adult")),))
FILE: dict[str, Any] = json.loads(write(WHOLE))


def broken(place: str, to: object = ...) -> bytes:
    """Write the whole file with one thing at its path replaced (or, by ``...``, taken out)."""
    file = copy.deepcopy(FILE)
    *above, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", place)]
    part: Any = file
    for step in above:
        part = part[step]
    if to is ...:
        del part[last]
    else:
        part[last] = to
    return json.dumps(file).encode()


def faults(data: bytes) -> list[tuple[str, str]]:
    """Read a file and give (place, code) of everything found."""
    return [(finding.place, finding.code) for finding in read(data)[1]]


def test_the_file_begins_with_its_format_and_keeps_the_order_of_the_fields() -> None:
    assert list(FILE) == [
        "format", "tender", "scales", "methodologies", "organisations", "bids", "lot_preferences", "panel",
        "declarations", "score_sheets", "agreed_scores", "award",
    ]  # fmt: skip
    assert FILE["format"] == "tender-file/1"


def test_the_file_is_indented_utf8_with_one_line_end_at_its_end() -> None:
    data = write(a.tender_file((), organisations=(a.organisation("harbour", name="Tŷ’r Harbwr £"),)))
    assert data.startswith(b'{\n "format": "tender-file/1",\n "tender": {\n  "reference": "OPCC-2024-017",\n')
    assert "“".encode() not in data
    assert "Tŷ’r Harbwr £".encode() in data
    assert data.endswith(b"]\n}\n")


def test_what_is_written_is_read_back_byte_for_byte() -> None:
    for value in (WHOLE, a.tender_file(), a.tender_file(())):
        data = write(value)
        assert read(data) == (value, ())
        assert write(value) == data
        assert canonical(data)


def test_a_whole_file_has_nothing_wrong_with_it() -> None:
    assert check(write(a.tender_file())) == (a.tender_file(), ())


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b'"290000.00"', b'"290,000"', 1),
        lambda data: data.replace(b"\n ", b"\n  ", 1),
        lambda data: data[:-1],
        lambda data: data.replace(b'"cpv": [', b'"route": "contract", "cpv": [', 1),
        lambda data: data.replace(b"Support", b"\\u0053upport", 1),
        lambda data: data.replace(b'"tender-file/1"', b'"tender-file/2"', 1),
        lambda data: b"",
    ],
)  # fmt: skip
def test_anything_written_otherwise_is_not_canonical(change: Callable[[bytes], bytes]) -> None:
    data = change(write(WHOLE))
    assert data != write(WHOLE)
    assert not canonical(data)


def test_a_value_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(UnwritableError):
        write(a.tender_file((), organisations=(a.organisation("x", name="\ud800"),)))
    with pytest.raises(UnwritableError):
        write(a.tender_file(bids=(a.bid("adult-harbour", prices=(Money(10**18),)),)))


# ------------------------------------------------------------------------------------ no JSON text in the first place

NOT_JSON = [
    (b"", "file_empty", "The file is empty"),
    (b" \n\t ", "file_empty", "The file is empty"),
    (b"\xef\xbb\xbf{}", "byte_order_mark", "begins with a byte order mark (EF BB BF): save it again"),
    ('{"format": "é"}'.encode("utf-16"), "not_utf8", "is UTF-16 text: save it again with the encoding UTF-8"),
    ('{\n"format": "é"}'.encode("latin-1"), "not_utf8", "Byte 14 (0xE9, line 2) is not UTF-8 text: save"),
    (b'{"a": "\xed\xa0\x80"}', "not_utf8", "Byte 8 (0xED, line 1) is not UTF-8"),
    (b'{"format": ', "not_json", "a value is missing or misspelt here"),
    (b'{"format": tender}', "not_json", "Line 1, column 12: a value is missing or misspelt here"),
    (b'{"a": 1,}', "not_json", "a key in double quotation marks belongs here (or is there a comma too many?)"),
    (b"{'a': 1}", "not_json", "Line 1, column 2: a key in double quotation marks belongs here"),
    (b'{"a" 1}', "not_json", "a colon between a key and its value is missing"),
    (b'{"a": 1\n "b": 2}', "not_json", "Line 2, column 2: a comma or a closing bracket is missing"),
    (b'{"a": "x', "not_json", "Line 1, column 7: the text that begins here has no closing quotation mark"),
    (b'{"a": "x\ny"}', "not_json", "a line end, tab or control character stands in a text: write \\n or \\t"),
    (b'{"a": "x\x00"}', "not_json", "a line end, tab or control character stands in a text"),
    (b'{"a": "c:\\data"}', "not_json", "a backslash must be written twice"),
    (b'{"a": "\\u12"}', "not_json", "a backslash must be written twice"),
    (b"{} {}", "not_json", "something stands here after the end of the file's one object"),
    (b"[]", "not_an_object", "must hold one JSON object, in braces"),
    (b"null", "not_an_object", "must hold one JSON object, in braces"),
    (b"12", "not_an_object", "must hold one JSON object, in braces"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code", "words"), NOT_JSON)
def test_a_file_that_is_no_json_object_is_told_where_and_how_to_mend_it(data: bytes, code: str, words: str) -> None:
    value, found = read(data)
    assert value is None
    assert [finding.code for finding in found] == [code]
    assert words in found[0].message


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 5_000_000,
        b'{"a":' * 5_000_000,
        b"[" * 5_000_000 + b"]" * 5_000_000,
        b'{"tender": ' + b'[{"a": ' * 2_500_000,
    ],
    ids=["lists", "objects", "closed", "mixed"],
)
def test_five_million_levels_are_a_sentence(data: bytes) -> None:
    value, found = read(data)
    assert value is None
    assert [finding.code for finding in found] == ["too_deep"]
    assert f"more than {DEEPEST} objects and lists stand inside one another" in found[0].message


def test_brackets_in_texts_are_no_levels_and_the_deepest_that_is_read_is_read() -> None:
    assert faults(broken("tender.title", "[{" * 1_000 + '\\"[' * 100)) == []
    criterion: dict[str, Any] = {"id": "x", "title": "x", "weight": "100"}
    for _ in range((DEEPEST - 6) // 2):
        criterion = {**criterion, "parts": [criterion]}
    assert faults(broken("methodologies[0].criteria[0]", criterion)) == []
    for _ in range(3):
        criterion = {**criterion, "parts": [criterion]}
    assert faults(broken("methodologies[0].criteria[0]", criterion)) == [("", "too_deep")]


def test_a_text_that_never_ends_is_scanned_once() -> None:
    value, found = read(b'{"a": "' + b'\\"[{' * 1_000_000)
    assert value is None
    assert [finding.code for finding in found] == ["not_json"]


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.codec.strict_json.LARGEST_FILE", 1_000)
    assert [code for _, code in faults(write(WHOLE))] == ["file_too_large"]
    assert LARGEST_FILE == 200_000_000


# ---------------------------------------------------------------------------------------------- faults by their path

BROKEN: list[tuple[str, object, str]] = [
    ("format", ..., "format"),
    ("format", "tender-file/2", "format"),
    ("format", 1, "format"),
    ("tender", ..., "missing_key"),
    ("tender.deadline", ..., "missing_key"),
    ("tender.regime", "pcr2006", "not_allowed"),
    ("tender.deadline", "2024-09-27T12:00:00+01:00", "bad_time"),
    ("tender.lots[1].annual_budget", 738000.0, "wrong_type"),
    ("tender.lots[1].term.start", "2024-02-30", "bad_date"),
    ("tender.lots[1].cpv[0]", 85312000, "wrong_type"),
    ("tender.lots[0].title", "a\x00", "unfit_character"),
    ("tender.lots[0].title", "a\ud800", "unfit_character"),
    ("tender.lots[0].title", "x" * 100_001, "text_too_long"),
    ("tender.lots[0].term.initial_years", True, "wrong_type"),
    ("tender.lots[0].term.initial_years", 2**63, "number_too_large"),
    ("tender.lots[0].term", None, "wrong_type"),
    ("methodologies[1].criteria[0].weihgt", "60", "unknown_key"),
    ("methodologies[0].criteria[0].weight", 60, "wrong_type"),
    ("methodologies[0].criteria[0].parts[1].minimum", "NaN", "bad_number"),
    ("methodologies[0].price.parameters", [], "wrong_type"),
    ("bids[3].split.payments[0].amounts[1]", "12.345", "bad_money"),
    ("bids[3].parties[0].role", "boss", "not_allowed"),
    ("bids[3].prices", {}, "wrong_type"),
    ("bids[3]", [], "wrong_type"),
    ("score_sheets[0].scores[0].points", "１", "bad_number"),
    ("surplus", [], "unknown_key"),
]


@pytest.mark.parametrize(("place", "to", "code"), BROKEN)
def test_a_fault_is_found_at_its_path(place: str, to: object, code: str) -> None:
    assert faults(broken(place, to)) == [(place, code)]


def test_a_misspelt_key_is_told_what_it_should_be() -> None:
    found = read(json.dumps(FILE).replace('"weight": "30.00"', '"weihgt": "30.00"', 1).encode())[1]
    assert [str(finding) for finding in found] == [
        "methodologies[0].criteria[2].weihgt: unknown; did you mean “weight”?",
        'methodologies[0].criteria[2].weight: missing: give a number as text, like "60" or "12.50"',
    ]


def test_money_written_as_a_number_is_told_to_be_text() -> None:
    found = read(broken("bids[0].prices[0]", 738000.5))[1]
    assert [str(finding) for finding in found] == [
        'bids[0].prices[0]: must be an amount in pounds as text, like "738000.00", not the number 738000.5: '
        "put it in quotation marks"
    ]


def test_a_key_that_stands_twice_is_found_by_its_path() -> None:
    data = json.dumps(FILE).replace('"lot": "children"', '"lot": "adult", "lot": "children"', 1).encode()
    assert faults(data) == [("bids[3].lot", "repeated_key")]


def test_numbers_that_are_none_are_refused_where_they_stand() -> None:
    data = json.dumps(FILE).replace('"initial_years": 2', '"initial_years": NaN').replace('"600000.00"', "Infinity")
    assert faults(data.encode()) == [("tender.lots[0].term.initial_years", "wrong_type")]
    data = json.dumps(FILE).replace('"initial_years": 2', '"initial_years": 2.0')
    assert faults(data.encode()) == [("tender.lots[0].term.initial_years", "wrong_type")]


def test_another_format_is_named_and_the_rest_is_read_all_the_same() -> None:
    value, found = read(broken("format", "tender-file/9"))
    assert value is None
    assert [finding.message for finding in found] == [
        "unknown: write “format”: “tender-file/1”, which is what is read here"
    ]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    file = copy.deepcopy(FILE)
    file["bids"][0]["prices"][2] = 1
    file["tender"]["title"] = None
    file["methodologies"][0]["quorum"] = "3"
    del file["panel"][1]["roles"]
    file["surplus"] = {}
    assert faults(json.dumps(file).encode()) == [
        ("surplus", "unknown_key"),
        ("tender.title", "wrong_type"),
        ("methodologies[0].quorum", "wrong_type"),
        ("bids[0].prices[2]", "wrong_type"),
        ("panel[1].roles", "missing_key"),
    ]


def test_an_unknown_key_does_not_hide_what_the_file_means() -> None:
    file = copy.deepcopy(FILE)
    file["bids"][0]["lots"] = "adult"
    file["bids"][1]["lot"] = "nowhere"
    value, found = check(json.dumps(file).encode())
    assert value is not None
    assert [(finding.place, finding.code) for finding in found][:2] == [
        ("bids[0].lots", "unknown_key"),
        ("bids[1].lot", "bid_for_no_lot"),
    ]


def test_of_a_thousand_faults_two_hundred_are_told_and_the_others_counted() -> None:
    value, found = read(broken("bids[0].prices", [1] * 1_000))
    assert value is None
    assert len(found) == 201
    assert str(found[-1]) == "and 800 more: mend those above first, then check the file again"
    wrong = a.tender_file((), bids=tuple(a.bid("adult-harbour", id=f"b{i}", lot="x") for i in range(500)))
    assert len(check(write(wrong))[1]) == 201


# ----------------------------------------------------------------------------------------------------- any file at all


def record_codecs(cls: type) -> Mapping[str, RecordCodec]:
    """Find every class a tender file may hold."""
    found: dict[str, RecordCodec] = {}

    def walk(hint: Any) -> None:
        for part in getattr(hint, "__args__", ()):
            walk(part)
        if hasattr(hint, "__dataclass_fields__") and hint.__module__.startswith(("lots.", "scoring.")):
            if hint.__name__ in found or hint.__name__ == "Money":
                return
            found[hint.__name__] = record_codec(hint)
            for field in record_codec(hint).fields.values():
                walk(field.hint)

    walk(cls)
    return found


@pytest.mark.parametrize("name", sorted(record_codecs(TenderFile)))
@settings(max_examples=8)
@given(st.data())
def test_every_class_of_the_file_is_read_back_as_it_was(name: str, data: st.DataObject) -> None:
    """Every class with all its fields; of the file itself, one part at a time."""
    codec = record_codecs(TenderFile)[name]
    if codec.cls is TenderFile:
        part = data.draw(st.sampled_from(sorted(set(codec.fields) - {"tender"})))
        value = replace(a.tender_file(), **{part: data.draw(strategy(codec.fields[part].hint))})
        assert read(write(value)) == (value, ())
        assert canonical(write(value))
        return
    value = data.draw(strategy(codec.cls))
    found, problems = parse(json.dumps(record.write(value)).encode())
    report = Report()
    assert (record.read(codec.cls, found, report), report.findings(), problems) == (value, (), ())


@given(st.integers(0, len(write(WHOLE)) - 1), st.integers(0, 255))
def test_a_file_with_one_byte_changed_is_read_or_refused_and_never_raises(at: int, byte: int) -> None:
    data = bytearray(write(WHOLE))
    data[at] = byte
    value, found = check(bytes(data))
    assert value is not None or found


@given(st.integers(0, len(write(WHOLE)) - 2))
def test_a_file_cut_short_is_refused(at: int) -> None:
    value, found = read(write(WHOLE)[:at])
    assert value is None
    assert len(found) == 1


@given(st.binary(max_size=200))
def test_no_bytes_whatever_make_the_reader_raise(data: bytes) -> None:
    value, found = read(data)
    assert value is None
    assert found
