"""The self-check as anybody uses it: no account, nothing stored, the same result live and sent, every fix that fits."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exports.split_check import read
from lots.collaboration import CollaborationRules
from lots.money import Money
from lots.split.editing import blank_sheet, year_by_year
from lots.split.typed import TypedSheet
from scoring.tender_file import TenderFile
from tests.exports.pdf_text import words_of
from tests.exports.test_split_workbook import spoil, spoilt
from tests.lots.split.test_typed import TYPED
from tests.scoring.checks import ready
from tests.workbench import databases
from tests.workbench.conftest import running, submit
from tests.workbench.published import ADDRESS, AT, World, a_world, done, published, signed_off, without_memory
from workbench import db as database
from workbench.app import Workbench
from workbench.cli import cli
from workbench.forms.bids.split import fields_of
from workbench.queries import publishing as reads
from workbench.services import publishing

NOW = AT + timedelta(days=3)
RULES = CollaborationRules(
    lead_retention_maximum=Decimal(60), provider_maximum=Decimal(60), management_fee_maximum=Decimal(6),
    by_and_for_minimum=Decimal(10), no_top_slice=True, partners_confirmed=True,
)  # fmt: skip


def adult_file() -> TenderFile:
    """The file of tests with the adult lot of the strategy: £738,000 a year, and the rules above."""
    file = ready.file()
    adult, *others = file.tender.lots
    years = adult.years
    pounds = Money.pounds(738_000)
    lot = replace(
        adult, annual_budget=pounds, base_value=pounds * years, maximum_potential_spend=pounds * years * 2,
        collaboration=RULES,
    )  # fmt: skip
    return replace(file, tender=replace(file.tender, lots=(lot, *others)))


@pytest.fixture
def world(lite_app: Workbench) -> Iterator[World]:
    """The tender, published."""
    with lite_app.app_context(), time_machine.travel(NOW, tick=False):
        yield published(a_world(adult_file()))


@pytest.fixture
def reader(lite_app: Workbench) -> FlaskClient:
    """Somebody without an account."""
    return without_memory(lite_app.test_client())


def url(world: World, more: str = "") -> str:
    return f"/notices/{world.tender.id}/check/adult{more}"


def sheet(fee: str = "6", restore: str = "20", **changes: Any) -> TypedSheet:
    """The example: lead 52 per cent and a fee, partners 20, 12 and 10."""
    years = adult_file().tender.lots[0].years
    lead, first, *rest, _ = TYPED.organisations
    first = replace(first, figures=(restore,))
    usual: dict[str, Any] = {"years": years, "management_fee": (fee,), "organisations": (lead, first, *rest)}
    return replace(TYPED, **(usual | changes))


def send(reader: FlaskClient, world: World, typed: TypedSheet, do: str = "check", more: str = "") -> TestResponse:
    return reader.post(url(world, more), data={**fields_of(typed), "do": do})


def live(reader: FlaskClient, world: World, typed: TypedSheet) -> TestResponse:
    fields = {name: text for name, text in fields_of(typed).items() if text}
    return reader.post(url(world, "/live"), data=json.dumps(fields), content_type="application/json")


def said(answer: TestResponse) -> str:
    return " ".join(unescape(answer.text).split())


# --- the example ---------------------------------------------------------------------------------------------


def test_a_lot_is_chosen_with_its_numbers(world: World, reader: FlaskClient) -> None:
    text = said(reader.get(f"/notices/{world.tender.id}/check/"))
    assert "£738,000 a year" in text
    assert "the lead may keep at most 60%, its management fee included: that is £442,800 a year" in text


def test_a_page_that_was_just_opened_complains_of_nothing(world: World, reader: FlaskClient) -> None:
    opened = reader.get(url(world)).text
    laid_out, added = (send(reader, world, blank_sheet(7), do).text for do in ("percentages", "add"))
    assert [text.count("govuk-error-message") for text in (opened, laid_out, added)] == [0, 0, 0]
    assert "Type a price and who gets what. The result appears here." in unescape(opened)
    assert "Enter the price of a year." in send(reader, world, blank_sheet(7)).text


def test_the_page_says_the_rules_in_words_and_pounds(world: World, reader: FlaskClient) -> None:
    text = said(reader.get(url(world)))
    for words in ("At most £738,000 in any year", "At most £442,800 a year", "That comes later, in the bid"):
        assert words in text, words


def test_a_lead_with_58_per_cent_keeps_every_rule(world: World, reader: FlaskClient) -> None:
    text = said(send(reader, world, sheet()))
    for words in ("All 8 rules are kept", "58 % = £423,400", "60 % = £438,000", "£14,600 left", "£8,000 left"):
        assert words in text, words
    assert "To mend" not in text


def test_a_fee_of_9_per_cent_is_7300_pounds_over_twice(world: World, reader: FlaskClient) -> None:
    text = said(send(reader, world, sheet("9", "17")))
    for words in ("61 % = £445,300", "£7,300 (1.0 point) over", "£7,300 over", "Show me the smallest fix"):
        assert words in text, words


def test_the_smallest_fix_is_filled_in_and_said(world: World, reader: FlaskClient) -> None:
    text = said(send(reader, world, sheet("9", "17"), "fix lead_retention_exceeded o1"))
    for words in (
        "Move £7,300 in each year from the lead's delivery to any partner",
        "The lead’s own delivery: £379,600 → £372,300 in each year",
        'id="delivery-0" name="delivery-0" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" '
        'value="51"',
    ):
        assert words in text, words
    assert "£445,300" not in text


def test_all_fixes_are_filled_in_together(world: World, reader: FlaskClient) -> None:
    text = said(send(reader, world, sheet("9", "17"), "fix_all"))
    assert "All 8 rules are kept" in text
    assert "To mend" not in text


def test_a_price_over_the_budget_is_said_in_pounds(world: World, reader: FlaskClient) -> None:
    text = said(send(reader, world, sheet(prices=("738,001",))))
    assert "£1 over the annual budget" in text


def test_a_fix_for_what_is_kept_already_says_so(world: World, reader: FlaskClient) -> None:
    for do in ("fix lead_retention_exceeded o1", "fix", "fix nonsense", "fix_all"):
        assert "There is nothing to fill in" in said(send(reader, world, sheet(), do))


def test_where_no_partner_is_named_the_fix_adds_one_to_be_found(world: World, reader: FlaskClient) -> None:
    alone = replace(sheet(), delivery=("94",), organisations=TYPED.organisations[:1])
    text = said(send(reader, world, alone, "fix_all"))
    assert "All 8 rules are kept" in text
    assert "A partner still to be found" in text


# --- before anything is typed ------------------------------------------------------------------------------------


def test_an_empty_page_checked_live_says_what_to_type_and_names_no_error(world: World, reader: FlaskClient) -> None:
    piece = live(reader, world, blank_sheet(adult_file().tender.lots[0].years)).text
    assert "Type a price to see the result." in piece
    assert "Enter the price" not in piece


# --- the same, live and without a script -----------------------------------------------------------------------


@pytest.mark.parametrize("fee", ["6", "9", "x", ""])
def test_a_live_check_says_what_the_page_says(world: World, reader: FlaskClient, fee: str) -> None:
    piece = live(reader, world, sheet(fee)).text
    assert piece in send(reader, world, sheet(fee)).text
    assert 'id="result"' in piece


def test_rows_are_added_and_taken_out_without_a_script(world: World, reader: FlaskClient) -> None:
    more = send(reader, world, sheet(), "add").text
    assert 'id="organisations-4"' in more
    assert "Restore" not in send(reader, world, sheet(), "remove 1").text
    assert 'name="prices-1"' in send(reader, world, sheet(), "by_year").text
    assert 'value="379,600"' in send(reader, world, sheet(), "amounts").text


def test_a_button_that_would_lose_figures_says_so(world: World, reader: FlaskClient) -> None:
    years = year_by_year(sheet())
    answer = send(reader, world, replace(years, prices=("1", *years.prices[1:])), "same")
    assert answer.status_code == 422
    assert "The figures differ by year in: Price" in answer.text


def test_what_cannot_be_read_is_named_with_a_link_to_its_box(world: World, reader: FlaskClient) -> None:
    answer = send(reader, world, sheet("lots"))
    assert answer.status_code == 422
    assert 'href="#management_fee-0"' in answer.text
    assert 'value="lots"' in answer.text


# --- nothing is stored ------------------------------------------------------------------------------------------


def test_a_check_never_begins_to_write(world: World, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def begun() -> None:
        raise AssertionError("a check began to write")

    monkeypatch.setattr("workbench.web.writing.begin_writing", begun)
    for do in ("check", "add", "file", "link", "workbook", "fix_all"):
        assert send(reader, world, sheet("9", "17"), do).status_code == 200, do
    assert live(reader, world, sheet()).status_code == 200
    assert send(reader, world, sheet(), "file", "/open").status_code == 400  # fields of another form


def test_a_check_leaves_the_database_as_it_was(world: World, reader: FlaskClient) -> None:
    with database.db.engine.connect() as connection:
        tables = database.Base.metadata.tables
        count = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in tables}
        send(reader, world, sheet())
        live(reader, world, sheet())
        again = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in tables}
    assert again == count


def test_another_site_cannot_send_a_check(world: World, reader: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = reader.post(url(world), data=fields_of(sheet()), headers=headers)
    assert answer.status_code == 400
    answer = reader.post(url(world, "/live"), data="{}", content_type="application/json", headers=headers)
    assert answer.status_code == 400


def test_a_live_check_asks_for_the_header_of_our_script_and_opens_no_session(
    lite_app: Workbench, world: World, reader: FlaskClient
) -> None:
    lite_app.config["WTF_CSRF_ENABLED"] = True
    reader.set_cookie("session", "of somebody signed in")
    answer = reader.post(url(world, "/live"), json={"prices-0": "1"}, headers={"X-CSRFToken": ""})
    assert answer.status_code == 200
    assert answer.headers.getlist("Set-Cookie") == []


def test_a_token_is_asked_for_where_tokens_are_on(lite_app: Workbench, world: World, reader: FlaskClient) -> None:
    lite_app.config["WTF_CSRF_ENABLED"] = True
    assert send(reader, world, sheet()).status_code == 400
    assert live(reader, world, sheet()).status_code == 400


def test_fields_the_page_does_not_have_are_refused(world: World, reader: FlaskClient) -> None:
    answer = reader.post(url(world), data={**fields_of(sheet()), "stage": "published"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"a":1}', b'{"prices-0":null}', b"[" * 100_000, b'{"prices-0":"\\ud800"}',
             b'{"organisations-0-name":"\\u0000"}', b"\xff\xfe", b"{}" * 9]
)  # fmt: skip
def test_a_live_check_that_no_page_sent_is_refused(world: World, reader: FlaskClient, body: bytes) -> None:
    answer = reader.post(url(world, "/live"), data=body, content_type="application/json")
    assert answer.status_code == 400


def test_json_is_taken_by_nothing_that_writes(world: World, reader: FlaskClient) -> None:
    answer = reader.post(f"/notices/{world.tender.id}/ask", data="{}", content_type="application/json")
    assert answer.status_code == 415


# --- kept by whoever typed it -----------------------------------------------------------------------------------


def test_a_saved_file_brings_everything_back(world: World, reader: FlaskClient) -> None:
    saved = send(reader, world, sheet(), "file")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert read(saved.data).sheet == sheet()
    opened = submit(reader, url(world, "/open"), {"file": (io.BytesIO(saved.data), "check.json")})
    assert "All 8 rules are kept" in opened.text


def test_a_link_brings_everything_back(world: World, reader: FlaskClient) -> None:
    text = send(reader, world, sheet(), "link").text
    data = text.partition("#d=")[2].partition('"')[0]
    opened = submit(reader, url(world, "/open"), {"data": data})
    assert "All 8 rules are kept" in opened.text


def test_a_spreadsheet_taken_away_brings_everything_back(world: World, reader: FlaskClient) -> None:
    book = send(reader, world, sheet(), "workbook").data
    assert book == send(reader, world, sheet(), "workbook").data
    opened = submit(reader, url(world, "/open"), {"file": (io.BytesIO(book), "split.xlsx")})
    assert "All 8 rules are kept" in opened.text
    assert "Organisation 4" in opened.text


def test_an_empty_spreadsheet_can_be_taken(world: World, reader: FlaskClient) -> None:
    answer = reader.get(url(world, "/split.xlsx"))
    assert answer.data.startswith(b"PK")
    assert answer.data == reader.get(url(world, "/split.xlsx")).data


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken", b"{}"])
def test_a_file_that_is_no_check_is_refused_in_words(world: World, reader: FlaskClient, content: bytes) -> None:
    answer = submit(reader, url(world, "/open"), {"file": (io.BytesIO(content), "x.xlsx")})
    assert answer.status_code == 422
    assert 'class="tw-note"' in answer.text


# --- the certificate --------------------------------------------------------------------------------------------


def test_a_certificate_needs_every_name(world: World, reader: FlaskClient) -> None:
    answer = send(reader, world, sheet(), "check", "/certificate")
    assert answer.status_code == 422
    assert 'href="#organisations-3-name"' in answer.text


# --- wherever the tender stands ---------------------------------------------------------------------------------


def test_the_tender_s_page_leads_here(world: World, reader: FlaskClient) -> None:
    text = reader.get(f"/notices/{world.tender.id}/").text
    assert f'href="/notices/{world.tender.id}/check/"' in text


def test_a_cancelled_tender_can_still_be_worked_with_and_says_so(world: World, reader: FlaskClient) -> None:
    publishing.cancel(world.tender, reason="No grant.", address=ADDRESS, actor=world.actor("officer"), at=NOW)
    done(world)
    assert "This tender is cancelled, so no bid can be sent" in reader.get(url(world)).text
    assert "All 8 rules are kept" in send(reader, world, sheet()).text


def test_after_the_deadline_the_page_says_that_no_bid_can_be_sent(world: World, reader: FlaskClient) -> None:
    with time_machine.travel(NOW + timedelta(days=900), tick=False):
        assert "none can be sent any more" in reader.get(url(world)).text


def test_a_draft_and_a_lot_that_is_not_there_are_no_pages(lite_app: Workbench, reader: FlaskClient) -> None:
    with lite_app.app_context(), time_machine.travel(NOW, tick=False):
        world = signed_off(a_world(adult_file()))
        assert reader.get(url(world)).status_code == 404
        assert reader.get(f"/notices/{world.tender.id}/check/").status_code == 404
        assert reader.get("/notices/x/check/y").status_code == 404


def test_a_hostile_name_is_shown_as_text(world: World, reader: FlaskClient) -> None:
    rows = (replace(TYPED.organisations[0], name="<script>alert(1)</script>"), *sheet().organisations[1:])
    for answer in (send(reader, world, sheet(organisations=rows)), live(reader, world, sheet(organisations=rows))):
        assert "<script>alert" not in answer.text


@pytest.mark.slow
def test_spoilt_uploads_are_answered_and_never_fail(world: World, reader: FlaskClient) -> None:
    book, saved = (send(reader, world, sheet(), do).data for do in ("workbook", "file"))
    came = Counter[int]()
    for seed in range(600):
        chance = random.Random(seed)
        content = spoil(book, chance) if seed % 2 else spoilt(saved, chance)
        came[submit(reader, url(world, "/open"), {"file": (io.BytesIO(content), "x")}).status_code] += 1
    assert set(came) == {200, 422}


# --- the certificate, printed -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_printed_certificate_is_verified_by_the_command(world: World, reader: FlaskClient, tmp_path: Path) -> None:
    rows = [*sheet("9", "17").organisations]
    rows[3] = replace(rows[3], name="Rights Collective")
    printed = send(reader, world, sheet("9", "17", organisations=tuple(rows)), "check", "/certificate")
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(printed.data)
    verified = CliRunner().invoke(cli, ["verify", str(paper)])
    assert (verified.exit_code, "numbers recomputed" in verified.output) == (0, True), verified.output
    text = words_of(printed.data)
    publication = reads.publication_of(world.tender.id)
    assert publication is not None
    for words in ("Self-check: rules not met", "10:00 BST", "No bid was received", publication.sha256[:12]):
        assert words in text, words


@pytest.mark.slow
def test_certificates_are_printed_only_so_often(tmp_path: Path) -> None:
    config = databases.a_config(databases.usual_url(tmp_path), tmp_path, rate_limits=True)
    with running(config) as app, app.app_context(), time_machine.travel(NOW, tick=False):
        world, reader = published(a_world(adult_file())), without_memory(app.test_client())
        came = [send(reader, world, sheet(), "check", "/certificate").status_code for _ in range(7)]
    assert came == [422] * 6 + [429]
