"""Fields: the one way to write each value, and a sentence for everything else that has ever passed for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict

from lots.money import Money
from tests.workbench.conftest import running
from tests.workbench.databases import a_config, sqlite_url
from workbench.app import Workbench
from workbench.forms.base import PageForm
from workbench.forms.fields import (
    ChoiceField,
    DayField,
    InstantField,
    LongTextField,
    MoneyField,
    NumberField,
    PercentField,
    PickField,
    TextField,
    TickField,
    TicksField,
    WholeField,
)
from workbench.web.writing import UnknownFields

ANSWERS = (("a", "One"), ("b", "Two"), ("c", "Three"))


class EveryField(PageForm):
    """One of each."""

    text = TextField("Text", most=20)
    long = LongTextField("Long", most=50)
    money = MoneyField("Money", most=Money.pounds(1_000_000_000))
    number = NumberField("Number", least=-5, most=100)
    percent = PercentField("Percent")
    whole = WholeField("Whole", most=500)
    day = DayField("Day")
    instant = InstantField("Instant")
    choice = ChoiceField("Choice", choices=ANSWERS)
    pick = PickField("Pick", choices=ANSWERS)
    ticks = TicksField("Ticks", choices=ANSWERS)
    tick = TickField("Tick")


class Required(PageForm):
    """Each of the kinds, required."""

    text = TextField("Text", required="Enter a text")
    money = MoneyField("Money", required="Enter an amount")
    day = DayField("Day", required="Enter a day")
    choice = ChoiceField("Choice", choices=ANSWERS, required="Choose an answer")
    ticks = TicksField("Ticks", choices=ANSWERS, required="Tick at least one")
    tick = TickField("Tick", required="Confirm this")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An application that forms can be made and shown in."""
    folder = tmp_path_factory.mktemp("forms")
    with running(a_config(sqlite_url(folder), folder)) as app:
        yield app


def read(page: Workbench, name: str, *typed: str) -> tuple[Any, list[str]]:
    """Type into one field and return its value and what it says."""
    with page.test_request_context("/", method="POST", data=MultiDict([(name, text) for text in typed])):
        form = EveryField()
        form.validate()
        shown = render_template_string("{% for field in form %}{{ field() }}{% endfor %}", form=form)
        assert "Traceback" not in shown
        field = form[name]
        return field.data, [str(error) for error in field.errors]


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("text", "  Cafe\u0301 ", "Café"),
        ("long", "one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("money", "£1,234.50", Money(123450)),
        ("money", " 738000 ", Money(73800000)),
        ("number", "12.50", Decimal("12.50")),
        ("number", "-0", Decimal("0")),
        ("percent", "12.5 %", Decimal("12.5")),
        ("percent", "100", Decimal(100)),
        ("whole", " 500 ", 500),
        ("whole", "007", 7),
        ("choice", "b", "b"),
        ("pick", "c", "c"),
        ("tick", "y", True),
    ],
)
def test_what_is_written_plainly_is_read_exactly(page: Workbench, name: str, typed: str, value: object) -> None:
    assert read(page, name, typed) == (value, [])


HOSTILE_NUMBERS = [
    "NaN", "sNaN", "-NaN", "Infinity", "-Infinity", "inf", "1e999999", "1e-400", "1e5", "1E5", "１２", "١٢", "1_000",
    "0x10", "0b1", "1,23", "1.234.567", "1 000", "½", "²", "+5", "--5", "5-", ".", "-", "£", "%", "1.2.3", "1\u200b2",
    "12\u202e", "٫5", "9" * 13 + "9" * 100, "9" * 5000, "1" + "0" * 400, "9223372036854775808" * 2, "1\n2", "True",
    "None",
    "=1+1", "0.0000000000001", "<script>", "${1}", "{{1}}", "\u0967",
]  # fmt: skip


@pytest.mark.parametrize("name", ["money", "number", "percent", "whole"])
@pytest.mark.parametrize("typed", HOSTILE_NUMBERS, ids=range(len(HOSTILE_NUMBERS)))
def test_what_is_no_number_is_refused_in_words_and_never_a_fault(page: Workbench, name: str, typed: str) -> None:
    value, said = read(page, name, typed)
    assert value is None
    assert len(said) == 1
    assert len(said[0]) < 200


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("money", "-1", "“-1” is negative: the amount must be zero or more"),
        ("money", "1000000000.01", "This must be £1,000,000,000 or less"),
        ("number", "100.01", "This must be 100 or less"),
        ("number", "-5.01", "This must be -5 or more"),
        (
            "number",
            "1.234",
            "“1.234” is not a number that this takes: write it with at most 2 decimals, like 12 or 0.5",
        ),
        ("percent", "100.01", "This must be 100 or less"),
        ("percent", "-1", "This must be 0 or more"),
        ("whole", "501", "This must be 500 or less"),
        ("whole", "1.0", "“1.0” is not a whole number: write it like 12"),
        ("text", "x" * 21, "This has 21 characters; the most is 20"),
        ("text", "two\nlines", "Write this on one line"),
        ("long", "x" * 51, "This has 51 characters; the most is 50"),
        ("choice", "d", "Choose one of the answers that are offered"),
        ("pick", "d", "Choose one of the answers that are offered"),
        ("ticks", "d", "Choose one of the answers that are offered"),
    ],
)
def test_what_is_out_of_bounds_is_told_with_its_bound(page: Workbench, name: str, typed: str, said: str) -> None:
    assert read(page, name, typed)[1] == [said]


@pytest.mark.parametrize("name", ["text", "long"])
@pytest.mark.parametrize(
    "typed",
    ["a\0b", "a\x1b[31mb", "a\x7fb", "a\x85b\x01", "a\u202eb", "a\u2066b", f"a{chr(0xD800)}b", "a\ufffdb", "a\ufdd0b",
     "a\U0010ffffb"],
)  # fmt: skip
def test_characters_that_deceive_or_break_are_refused(page: Workbench, name: str, typed: str) -> None:
    with page.test_request_context("/"):
        form = EveryField.from_typed({name: [typed]})
    assert len(form[name].errors) == 1


@pytest.mark.parametrize(
    "typed", ["Siân Ó’Brien", "مرحبا", "日本語", "naïve – “quoted”", "👩‍💻 team", "zero\u200dwidth joiner"]
)
def test_people_write_in_any_script(page: Workbench, typed: str) -> None:
    assert read(page, "text", typed)[1] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("31", "2", "2026"), "There is no 31/2/2026 in the calendar: check day and month"),
        (("29", "2", "2027"), "There is no 29/2/2027 in the calendar: check day and month"),
        (("", "2", "2026"), "The date must have a day"),
        (("1", "", ""), "The date must have a month and a year"),
        (("1",), "The date must have a month and a year"),
        (("1", "2", "26"), "Write the year with four figures, like 2026"),
        (("１", "2", "2026"), "Write day and month in figures, like 27 3"),
        (("1", "March", "2026"), "Write day and month in figures, like 27 3"),
        (("0", "0", "2026"), "There is no 0/0/2026 in the calendar: check day and month"),
    ],
)
def test_a_date_that_is_none_says_which_box_to_mend(page: Workbench, typed: tuple[str, ...], said: str) -> None:
    assert read(page, "day", *typed) == (None, [said])


@pytest.mark.parametrize("year", ["0000", "0001", "9999", "1066"])
def test_a_year_out_of_all_reason_is_refused(page: Workbench, year: str) -> None:
    value, said = read(page, "day", "1", "1", year)
    assert (value, len(said)) == (None, 1)


def test_a_date_is_read_from_its_boxes(page: Workbench) -> None:
    assert read(page, "day", " 6 ", "07", "2026") == (date(2026, 7, 6), [])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (("6", "7", "2026", "12:00"), datetime(2026, 7, 6, 11, 0, tzinfo=UTC)),
        (("6", "1", "2026", "12.00"), datetime(2026, 1, 6, 12, 0, tzinfo=UTC)),
        (("6", "1", "2026", "9:05"), datetime(2026, 1, 6, 9, 5, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_on_londons_clock(page: Workbench, typed: tuple[str, ...], value: datetime) -> None:
    assert read(page, "instant", *typed) == (value, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("29", "3", "2026", "01:30"), "does not exist"),  # the clocks go forward
        (("25", "10", "2026", "01:30"), "happens twice"),  # the clocks go back
        (("6", "7", "2026", "00:00"), "can be read as the start or the end of that day"),
        (("6", "7", "2026", ""), "The date must have a time, like 12:00"),
        (("6", "7", "2026", "24:00"), "is not a time"),
        (("6", "7", "2026", "12:00 pm"), "is not a time"),
        (("6", "7", "2026", "１２:00"), "is not a time"),
        (("6", "7", "2026", "noon"), "is not a time"),
    ],
)
def test_a_time_that_misleads_is_refused(page: Workbench, typed: tuple[str, ...], said: str) -> None:
    value, errors = read(page, "instant", *typed)
    assert value is None
    assert said in errors[0]


def test_ticks_come_in_the_order_offered(page: Workbench) -> None:
    assert read(page, "ticks", "c", "a") == (["a", "c"], [])


def test_a_field_left_empty_is_nothing_and_no_error(page: Workbench) -> None:
    with page.test_request_context("/", method="POST", data={"text": "  ", "money": "", "day": ["", "", ""]}):
        form = EveryField()
        assert form.validate()
        found = [form[name].data for name in ("text", "money", "day", "choice", "ticks", "tick")]
    assert found == ["", None, None, "", [], False]


def test_a_required_field_left_empty_asks_in_its_own_words(page: Workbench) -> None:
    with page.test_request_context("/", method="POST", data={}):
        form = Required()
        assert not form.validate()
        found = {name: list(texts) for name, texts in form.errors.items()}
    assert found == {
        "text": ["Enter a text"], "money": ["Enter an amount"], "day": ["Enter a day"], "choice": ["Choose an answer"],
        "ticks": ["Tick at least one"], "tick": ["Confirm this"],
    }  # fmt: skip


def test_what_was_typed_shows_again_word_for_word_and_comes_back_from_keeping(page: Workbench) -> None:
    typed = {"money": ["1e5 & <b>"], "day": ["31", "2", "2026"], "text": ["x"], "ticks": ["a", "c"]}
    data = MultiDict([(name, text) for name, texts in typed.items() for text in texts])
    with page.test_request_context("/", method="POST", data=data):
        assert EveryField().typed() == typed
    with page.test_request_context("/"):
        form = EveryField.from_typed(typed, version=7)
        shown = "".join(str(form[name]()) for name in ("money", "day", "_version") if name in form)
        assert 'value="1e5 &amp; &lt;b&gt;"' in shown
        assert [f'value="{text}"' in shown for text in ("31", "2", "2026")] == [True, True, True]
        assert (form.version, set(form.errors)) == (7, {"money", "day"})


def test_values_show_as_they_would_be_typed(page: Workbench) -> None:
    values = {
        "money": Money(123456789), "number": Decimal("1E+1"), "day": date(2026, 7, 6),
        "instant": datetime(2026, 7, 6, 11, 0, tzinfo=UTC),
    }  # fmt: skip
    with page.test_request_context("/"):
        form = EveryField(data=values)
        shown = {name: form[name]._value() for name in values}
    assert shown == {"money": "1,234,567.89", "number": "10", "day": "6 7 2026", "instant": "6 7 2026 12:00"}


@pytest.mark.parametrize("amount", [0, 1, 99, 100, 12345678, 10**12, -1, -100, -12345])
def test_an_amount_that_is_shown_is_read_again_as_itself(page: Workbench, amount: int) -> None:
    with page.test_request_context("/"):
        shown = EveryField(data={"money": Money(amount)})["money"]._value()
    assert Money.parse(shown, allow_negative=True) == Money(amount)


def test_each_showing_has_a_key_of_its_own_and_the_version(page: Workbench) -> None:
    with page.test_request_context("/"):
        form = EveryField(version=3)
        keys = {str(form.key_field()) for _ in range(3)}
        assert (len(keys), form.version) == (3, 3)
        assert 'name="_version"' in str(form.version_field())
        assert 'value="3"' in str(form.version_field())


@pytest.mark.parametrize("data", [{"other": "x"}, {"text": ["a", "b"]}, {"day": ["1", "2", "3", "4"]}, {"_keys": "x"}])
def test_a_form_refuses_what_it_does_not_have(page: Workbench, data: dict[str, Any]) -> None:
    with page.test_request_context("/", method="POST", data=data), pytest.raises(UnknownFields):
        EveryField()
