"""The opening record: who, when, with which keys, what was there, and every bid by name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exports.pdf import attached
from exports.reports.opening_record import (
    FILE_NAME,
    Closing,
    Holder,
    Kind,
    Line,
    Opener,
    OpeningMinutes,
    State,
    opening_minutes,
)
from lots.sealing import Custodian, Sealing
from tests import factories
from tests.exports.pdf_text import words_of
from workbench.printing import html_of, print_document

AT = datetime(2024, 9, 30, 8, 4, 5, tzinfo=UTC)
OPENERS = (
    Opener("Nia Rees", "Head of procurement", "SHA256:aa11", AT - timedelta(minutes=6)),
    Opener("Owen Blake", "Monitoring officer", "SHA256:bb22", AT),
)
HOLDERS = tuple(Holder(title, f"SHA256:{mark}") for title, mark in
                (("Head of procurement", "aa11"), ("Monitoring officer", "bb22"), ("Paper key", "cc33")))  # fmt: skip
CLOSING = Closing(factories.DEADLINE, factories.DEADLINE + timedelta(minutes=2), 5, "ab" * 32, 5)
SEALING = Sealing("custodians", tuple(Custodian(each.title, "age1") for each in HOLDERS))


def line(name: str, state: State = "opened", **changes: Any) -> Line:
    values: dict[str, Any] = {"lot": "adult", "tenderer": f"Tenderer {name}", "letter": "A",
                              "digests": (("bid", "12" * 32), ("price", "34" * 32)),
                              "received_at": factories.DEADLINE - timedelta(hours=2)}  # fmt: skip
    return Line(name, state, **{**values, **changes})


LINES = (
    line("b2", letter="B", version=3),
    line("b1"),
    line("b3", "failed", tenderer="", lot="", letter="", words="The envelope was copied from another bid"),
    line("b4", "withdrawn", tenderer="", lot="", letter="", words="Withdrawn"),
    line("b5", "lapsed", letter="", words="Sent under rules 1, never confirmed under rules 2"),
    line("l1", "late", letter="", received_at=factories.DEADLINE, words="Last byte at the deadline"),
)


def minutes(*lines: Line, kind: Kind = "bid", closing: Closing = CLOSING, **changes: Any) -> OpeningMinutes:
    rules = factories.tender_file(())
    rules = replace(rules, tender=replace(rules.tender, sealing=replace(SEALING, **changes)))
    return opening_minutes(rules, kind, OPENERS, HOLDERS, closing, lines)


def test_bids_stand_with_their_lot_in_order_of_their_letters_and_the_others_by_what_became_of_them() -> None:
    made = minutes(*LINES)
    assert [[it.bid for it in lot.lines] for lot in made.lots] == [["b1", "b2"], []]
    assert [[it.bid for it in each] for each in (made.failed, made.withdrawn, made.lapsed, made.late)] == [
        ["b3"], ["b4"], ["b5"], ["l1"],
    ]  # fmt: skip


def test_a_late_arrival_stands_with_the_title_of_its_lot() -> None:
    made = minutes(*LINES)
    assert [it.lot for it in made.late] == [made.lots[0].title]


def test_the_page_names_people_keys_fingerprints_and_what_failed() -> None:
    html = html_of(minutes(*LINES))
    for words in ("Nia Rees", "Owen Blake", "SHA256:bb22", "The envelope was copied from another bid",
                  "2 bids were opened", "1 bid could not be opened", "Late arrivals", "ab" * 32):  # fmt: skip
        assert words in html


def test_a_mismatch_with_the_closing_is_said_first_and_loudly() -> None:
    wrong = ("At closing there were 5 bids and now there are 4",)
    html = html_of(minutes(*LINES, closing=replace(CLOSING, found=4, wrong=wrong)))
    assert "The bids are not those that were there at closing." in html
    assert html.index(wrong[0]) < html.index("Who opened")


def test_an_opening_without_a_bid_says_so_and_is_still_a_record() -> None:
    html = html_of(minutes(closing=replace(CLOSING, size=0, found=0)))
    assert "No bid was opened." in html
    assert "None had been received when the tender was closed." in html


def test_the_data_inside_holds_every_bid_and_both_openers() -> None:
    made = minutes(*LINES)
    data = json.loads(made.attachments[0].data)
    assert [each["bid"] for each in data["bids"]] == ["b3", "b4", "b5", "l1", "b1", "b2"]
    assert [each["name"] for each in data["openers"]] == ["Nia Rees", "Owen Blake"]
    assert data["bids"][-1]["digests"] == {"bid": "12" * 32, "price": "34" * 32}


@pytest.mark.parametrize(("apart", "said"), [(True, True), (False, False)])
def test_prices_that_stay_shut_are_named_among_what_was_not_done(apart: bool, said: bool) -> None:
    assert ("No price was opened" in html_of(minutes(*LINES, price_apart=apart))) == said


def test_the_record_of_the_prices_is_another_document() -> None:
    one, two = minutes(*LINES), minutes(*LINES, kind="price", price_apart=True)
    assert (one.head.number, two.head.number) == (
        f"{one.head.tender_reference}/all/O01", f"{one.head.tender_reference}/all/O02",
    )  # fmt: skip
    assert "Late arrivals" not in html_of(two)


def test_custody_of_the_server_is_said_as_it_is() -> None:
    html = html_of(minutes(*LINES, custody="server", custodians=()))
    assert "say that the server holds the key" in html


def test_it_prints_and_the_pdf_holds_the_data() -> None:
    made = minutes(*LINES)
    pdf = print_document(made)
    assert attached(pdf, FILE_NAME) == made.attachments[0].data
    assert "Owen Blake" in words_of(pdf)
