"""Figures and dates as pages say them, static files and their addresses, what an error summary links to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, StringField
from wtforms.validators import InputRequired

from lots.errors import Finding
from lots.money import Money
from tests.workbench.frontend.sample import EveryField, sample_app
from workbench.web import pages


@pytest.fixture(scope="module")
def app() -> Flask:
    return sample_app()


@pytest.mark.parametrize(
    ("amount", "said"),
    [(Money(73_800_050), "£738,000.50"), (2_500, "£25"), (Money(-47_598), "−£475.98"), (0, "£0"), (None, "–")],
)
def test_money_is_said_in_pounds(amount: Money | int | None, said: str) -> None:
    assert pages.say_money(amount) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Decimal("12.50"), "12.5%"),
        (Decimal("0.005"), "0.01%"),
        (Decimal("-0.001"), "0%"),
        (Fraction(100, 3), "33.33%"),
        (Decimal("-5"), "−5%"),
        (100, "100%"),
        ("7.25", "7.25%"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_a_percentage_has_no_needless_noughts(share: Decimal | Fraction | int | str | None, said: str) -> None:
    assert pages.say_percent(share) == said


def test_a_percentage_can_be_whole() -> None:
    assert pages.say_percent(Decimal("12.5"), 0) == "13%"


def test_a_moment_is_told_by_londons_clock() -> None:
    late = datetime(2026, 7, 5, 23, 30, tzinfo=UTC)
    assert pages.say_moment(late) == "00:30 BST on Monday 6 July 2026"
    assert pages.say_day(late) == "Monday 6 July 2026"
    assert pages.say_day(date(2026, 7, 16)) == "Thursday 16 July 2026"
    assert (pages.say_day(None), pages.say_moment(None)) == ("–", "–")


def test_errors_come_first_and_equals_keep_their_order() -> None:
    said = [("a", "note"), ("b", "error"), ("c", "warning"), ("d", "error")]
    findings = [Finding(code, "", severity=severity) for code, severity in said]  # type: ignore[arg-type]
    assert [finding.code for finding in pages.worst_first(findings)] == ["b", "d", "c", "a"]


def test_a_static_file_is_kept_for_a_year_under_the_address_with_its_digest(app: Flask) -> None:
    with app.test_request_context():
        address = pages.static_url("made/app.css")
    reply = app.test_client().get(address, buffered=True)
    assert reply.status_code == 200
    assert reply.mimetype == "text/css"
    assert {"public", "immutable", "max-age=31536000"} <= set(reply.headers["Cache-Control"].split(", "))


def test_under_another_digest_it_is_checked_again_each_time(app: Flask) -> None:
    reply = app.test_client().get("/assets/0000000000000000/made/app.css", buffered=True)
    assert reply.status_code == 200
    assert "immutable" not in reply.headers["Cache-Control"]
    asked = {"If-None-Match": reply.headers["ETag"]}
    assert app.test_client().get(reply.request.path, headers=asked, buffered=True).status_code == 304


@pytest.mark.parametrize("name", ["nothing.css", "../pages.py", "../web/pages.py", "made/../../app.py", "made/"])
def test_nothing_else_is_sent(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/assets/0/{name}").status_code == 404


def test_an_application_without_its_style_sheet_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "STYLE_SHEET", "made/gone.css")
    with pytest.raises(pages.MissingAssetError, match=r"“made/gone.css” is missing .* install the workbench again"):
        pages.init_pages(Flask(__name__))


def test_each_error_links_to_what_takes_the_focus(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = EveryField(formdata=MultiDict([("closing", "")] * 3), meta={"csrf": False})
        form.validate()
        links = [entry["href"] for entry in pages.error_list(form)]
        page = "".join(str(field()) for field in form if field.name != "csrf_token")
    assert links == [
        *("#title", "#secret", "#reasons", "#summary", "#closing-day"),
        *("#lot", "#regime", "#lots", "#sure", "#annex"),
    ]
    assert [link for link in links if f'id="{link[1:]}"' not in page] == []


class Source(Form):
    name = StringField("Name", [InputRequired("Name the source of the money")])


class Stack(FlaskForm):
    sources = FieldList(FormField(Source), min_entries=2)


def test_an_error_in_a_row_links_to_its_row(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = Stack(formdata=MultiDict({"sources-0-name": "MoJ", "sources-1-name": ""}), meta={"csrf": False})
        form.validate()
        form.form_errors.append("The stack is £475.98 short of the lots")
        listed = pages.error_list(form)
    assert listed == [
        {"text": "The stack is £475.98 short of the lots"},
        {"text": "Name the source of the money", "href": "#sources-1-name"},
    ]


def test_a_choice_without_a_description_points_at_no_empty_hint(app: Flask) -> None:
    page = app.test_client().get("/sample").get_data(as_text=True)
    assert 'id="regime-hint"' not in page
    assert 'aria-describedby="lots-hint"' not in page
    assert 'id="title-hint"' in page


def test_a_link_cannot_be_smuggled_into_a_cell(app: Flask) -> None:
    source = '{% from "macros/tables.html" import money_table %}{{ money_table("A", [("B", "text")], [["<b>x</b>"]]) }}'
    with app.test_request_context():
        assert "&lt;b&gt;x&lt;/b&gt;" in app.jinja_env.from_string(source).render()
