"""``workbench verify`` knows the receipt of a bid, as a file and inside its PDF."""

from __future__ import annotations

from pathlib import Path

import pytest

from exports.reports.bid_receipt import bid_receipt
from tests.workbench.running import run, run_json
from tests.workbench.sealed import a_file
from tests.workbench.sealing.receipts import SIGNER, history
from workbench.printing import print_document
from workbench.sealing import receipt


def test_an_honest_receipt_matches_and_says_whose_key_signed_it(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt.write(history(0)[0][2]))
    result = run("verify", path)
    assert result.exit_code == 0
    assert f"version 3, signed with {SIGNER.public}" in result.output


def test_a_changed_receipt_differs_by_name(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt.write(history(0)[0][2]).replace(b'"rule_set":1', b'"rule_set":2'))
    data = run_json("verify", path, status=1)
    assert [it["code"] for it in data["findings"]] == ["facts_differ"]


def test_a_receipt_that_is_not_as_it_was_given_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt.write(history(0)[0][2]) + b"\n")
    assert "not written as it was given" in run("verify", path).output


@pytest.mark.slow
def test_the_receipt_inside_a_pdf_is_checked(tmp_path: Path) -> None:
    made = history(0)[0][1]
    path = tmp_path / "receipt.pdf"
    path.write_bytes(print_document(bid_receipt(a_file(), receipt.write(made))))
    assert run_json("verify", path)["match"] is True
