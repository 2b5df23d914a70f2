"""The page of a receipt: what was received when, in words, on one page, with the receipt itself inside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exports.pdf import attachments_of
from exports.reports.bid_receipt import FILE_NAME, bid_receipt
from tests.exports.pdf_text import words_of
from tests.workbench.sealed import FOUR, a_file
from tests.workbench.sealing.receipts import history
from workbench.printing import html_of, print_document
from workbench.sealing import receipt
from workbench.sealing.receipt import Annex

KEYS = [{"title": each.title, "recipient": each.recipient} for each in FOUR.custodians]
ENVELOPES = [{"kind": "bid", "sha256": "a" * 64, "size": 6321}, {"kind": "price", "sha256": "b" * 64, "size": 4421}]


def data(files: int = 1, **changes: Any) -> bytes:
    """Write a receipt that says what a page must hold."""
    made = history(0)[0][1]
    assert made.annex is not None
    documents = [
        {"name": f"Policy {it}.pdf", "size": 1234, "sha256": "c" * 64, "sealed_sha256": ""} for it in range(files)
    ]
    annex = Annex(made.annex.salt, {**made.annex.said, "documents": documents})
    told = {**made.facts, "keys": KEYS, "envelopes": ENVELOPES, **changes}
    return receipt.write(replace(made, facts=told, annex=annex))


@pytest.mark.slow
def test_the_receipt_of_a_bid_with_many_files_fits_one_page_and_carries_itself() -> None:
    made = data(files=40)
    pdf = print_document(bid_receipt(a_file(), made))
    assert attachments_of(pdf)[FILE_NAME] == made
    text = words_of(pdf)
    assert "Page 1 of 1" in text
    for words in ("Your bid for Adult support arrived in time", "10:44:55.849574 UTC", "37 more files", "a" * 20):
        assert words in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": 1}, "arrived in time.</b>"),
        ({"version": 2}, "arrived in time and replaces what you sent before.</b>"),
        ({"custody": "server"}, "the server holds the key, and two people open it"),
        ({"mode": "browser"}, "It is sealed by your own device"),
        ({"act": "withdrawn", "envelopes": []}, "<b>Your bid is withdrawn.</b>"),
        ({"act": "late", "envelopes": [{**ENVELOPES[0], "kind": "late"}]}, "came too late, so it does not count"),
    ],
)
def test_the_page_says_what_became_of_the_bid(changes: dict[str, Any], words: str) -> None:
    assert words in html_of(bid_receipt(a_file(), data(**changes)))


def test_a_receipt_without_its_annex_names_no_lot_and_no_tenderer() -> None:
    made = replace(receipt.read(data()), annex=None)
    html = html_of(bid_receipt(a_file(), receipt.write(made)))
    assert "Your bid arrived in time" in html
    assert "Harbour" not in html
