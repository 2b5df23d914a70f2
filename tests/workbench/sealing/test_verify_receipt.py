"""The file for strangers: what it says in plain words of files, other receipts, later logs and the closing."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.sealing.receipts import (
    BID,
    HERE,
    SIGNER,
    STRANGER,
    VERIFIER,
    again,
    history,
    verdict,
)
from workbench import chain_export
from workbench.chain import canonical
from workbench.sealing import merkle, receipt
from workbench.sealing.notes import Checkpoint, sign
from workbench.sealing.receipt import Annex, ClosingProof, Receipt, closing_leaf

# --- what else the file for strangers checks ----------------------------------------------------------------


def saved(folder: Path, name: str, data: bytes) -> str:
    """Write a file and return its path."""
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_it_runs_alone_and_says_in_plain_words_what_holds(tmp_path: Path) -> None:
    alone = saved(tmp_path, "verify_receipt.py", HERE.read_bytes())
    path = saved(tmp_path, "receipt.json", receipt.write(history(0)[0][2]))
    ran = subprocess.run([sys.executable, "-I", "-S", alone, path], capture_output=True, text=True, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    first, second, third = ran.stdout.splitlines()
    assert first == f"holds: the receipt: bid {BID}, version 3, submitted, OPCC-1"
    assert second.startswith("holds: all of it was here at 2026-07-06T10:")
    assert third == f"holds: signed with {SIGNER.public}: compare this with the published key"


def test_it_imports_nothing_of_ours_and_stays_readable() -> None:
    text = HERE.read_text("utf-8")
    assert "workbench" not in text
    assert len(text.splitlines()) <= 300


def test_it_says_what_does_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(receipt.write(history(0)[0][2]))
    found["facts"]["last_byte_at"] = "2026-07-06T09:00:00.000000Z"
    assert verdict(tmp_path, canonical(found)) == 1
    assert capsys.readouterr().err == "DOES NOT HOLD: the receipt says something else than the event it rests on\n"


@pytest.mark.parametrize("data", [b"", b"\xff", b"no JSON"])
def test_what_cannot_be_read_has_a_status_of_its_own(tmp_path: Path, data: bytes) -> None:
    assert verdict(tmp_path, data) == 2


def test_files_are_known_by_their_digests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = history(0)[0][0]
    [envelope] = made.facts["envelopes"]
    assert envelope["kind"] == "bid"
    stray = saved(tmp_path, "stray.pdf", b"%PDF")
    assert verdict(tmp_path, receipt.write(made), "--file", stray) == 1
    assert "is no file that this receipt names" in capsys.readouterr().err
    digest = VERIFIER.sha(b"%PDF").hex()
    said = {**made.annex.said, "documents": [{"name": "Policy.pdf", "size": 4, "sha256": digest, "sealed_sha256": ""}]}  # type: ignore[union-attr]
    annex = Annex("00", said)
    found = json.loads(receipt.write(replace(made, annex=annex)))
    found["facts"]["annex_sha256"] = annex.digest
    again(found, SIGNER)
    assert verdict(tmp_path, canonical(found), "--file", stray) == 0
    assert "stray.pdf is the file “Policy.pdf”" in capsys.readouterr().out


def test_two_receipts_of_one_bid_must_share_their_past(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, rewritten = history(0)[0], history(1)[0]
    for one, two in ((0, 2), (2, 0), (1, 1)):
        other = saved(tmp_path, "other.json", receipt.write(made[two]))
        assert verdict(tmp_path, receipt.write(made[one]), "--other", other) == 0
    other = saved(tmp_path, "other.json", receipt.write(rewritten[2]))
    assert verdict(tmp_path, receipt.write(made[0]), "--other", other) == 1
    assert "different pasts: the log was rewritten" in capsys.readouterr().err


def test_a_log_that_was_exported_later_goes_on_from_the_receipt(tmp_path: Path) -> None:
    made, links = history(0, 5)
    for each in made:
        log = saved(tmp_path, "log.jsonl", chain_export.export(f"bid:{BID}", links))
        assert verdict(tmp_path, receipt.write(each), "--log", log) == 0


def test_a_log_that_was_cut_off_changed_or_rewritten_is_found(tmp_path: Path) -> None:
    made, links = history(0, 5)
    held, draw = receipt.write(made[3]), random.Random(5)
    for kept in range(4):  # cut off below what the receipt saw
        log = saved(tmp_path, "log.jsonl", chain_export.export(f"bid:{BID}", links[:kept]))
        assert verdict(tmp_path, held, "--log", log) == 1
    for seed in range(1, 30):  # a whole other history, chained without a fault
        log = saved(tmp_path, "log.jsonl", chain_export.export(f"bid:{BID}", history(seed, 5)[1]))
        assert verdict(tmp_path, held, "--log", log) == 1
    whole = chain_export.export(f"bid:{BID}", links)
    for _ in range(200):
        at = draw.randrange(len(whole))
        changed = whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(7)]) + whole[at + 1 :]
        assert verdict(tmp_path, held, "--log", saved(tmp_path, "log.jsonl", changed)) != 0, at


def a_closing(made: Receipt, others: int = 6) -> ClosingProof:
    """Close a tender with this bid and some others."""
    own = closing_leaf(BID, made.leaf)
    hashes = sorted([own, *(closing_leaf(f"other-{it}", f"{it:064x}") for it in range(others))])
    note = sign(str(Checkpoint("Wessex PCC/OPCC-1/closing", len(hashes), merkle.root(hashes))), SIGNER)
    index = hashes.index(own)
    path = tuple(step.hex() for step in merkle.inclusion(hashes, index))
    return ClosingProof(BID, made.leaf, index, len(hashes), path, note, SIGNER.public)


def test_the_closing_shows_that_a_bid_was_counted(tmp_path: Path) -> None:
    made = history(0)[0]
    for others in range(9):
        proof = a_closing(made[2], others)
        assert receipt.check_closing(proof, made[2], SIGNER.public) == ()
        closing = saved(tmp_path, "closing.json", receipt.write_closing(proof))
        assert verdict(tmp_path, receipt.write(made[2]), "--closing", closing) == 0
        assert verdict(tmp_path, receipt.write(made[1]), "--closing", closing) == 1  # replaced since


@pytest.mark.parametrize(
    "change",
    [{"bid": "other"}, {"leaf": "0" * 64}, {"index": 0}, {"size": 6}, {"path": ("0" * 64,)}, {"key": STRANGER.public}],
)
def test_a_closing_that_was_changed_shows_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    made = history(0)[0][2]
    proof = replace(a_closing(made), **change)
    if proof != a_closing(made):
        assert receipt.check_closing(proof, made, SIGNER.public)
        closing = saved(tmp_path, "closing.json", receipt.write_closing(proof))
        assert verdict(tmp_path, receipt.write(made), "--closing", closing) == 1
