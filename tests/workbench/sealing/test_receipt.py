"""Receipts hold as they were given; every change of any kind is found, by our check and by the file for strangers.

Reliability goal G9: 25 kinds of change, each with many seeds, all found; no honest receipt raises an alarm.
"""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from workbench import chain_export
from workbench.chain import canonical, head_of, leaf_of
from workbench.chain_export import Link
from workbench.sealing import merkle, receipt
from workbench.sealing.notes import Checkpoint, sign, signer
from workbench.sealing.receipt import Annex, ClosingProof, Receipt, ReceiptError, closing_leaf

HERE = Path(__file__).resolve().parents[3] / "workbench" / "static" / "verify_receipt.py"
SIGNER = signer("tenders.example.org", "a secret text of this installation")
STRANGER = signer("tenders.example.org", "a secret text of somebody else")
SEEDS = 60
BID = "5b0f6a52-6f0e-4c55-9c0e-0f8a9d1b2c3d"


def verifier() -> Any:
    """Load the file that is handed to strangers."""
    spec = importlib.util.spec_from_file_location("verify_receipt", HERE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = verifier()


def facts(draw: random.Random, version: int, annex: Annex) -> dict[str, Any]:
    """Make up what happened."""
    moment = f"2026-07-06T10:{draw.randrange(10, 59)}:{draw.randrange(10, 59)}.{draw.randrange(10**6):06d}Z"
    return {
        "authority": "Wessex PCC", "tender": "t-1", "reference": "OPCC-1", "title": "Care – “Hafan” £",
        "deadline": "2026-07-06T11:00:00.000000Z", "bid": BID, "version": version, "act": "submitted", "mode": "server",
        "rule_set": 1, "rules_sha256": "a" * 64, "first_byte_at": moment, "last_byte_at": moment,
        "committed_at": moment, "envelopes": [{"kind": "bid", "sha256": f"{draw.getrandbits(256):064x}", "size": 4321}],
        "annex_sha256": annex.digest, "custody": "custodians", "keys": [{"title": "Finance", "recipient": "age1q"}],
        "software": "workbench",
    }  # fmt: skip


def history(seed: int, acts: int = 3) -> tuple[list[Receipt], list[Link]]:
    """Make the receipts of a bid's acts, and its log."""
    draw = random.Random(seed)
    made: list[Receipt] = []
    links: list[Link] = []
    leaves: tuple[str, ...] = ()
    for version in range(1, acts + 1):
        documents = [{"name": "Policy.pdf", "size": 9, "sha256": "b" * 64, "sealed_sha256": "c" * 64}]
        annex = Annex(f"{draw.getrandbits(256):064x}", {"lot": "adult", "tenderer": "Harbour", "documents": documents})
        told = facts(draw, version, annex)
        event = {
            "format": "event/1", "chain": f"bid:{BID}", "seq": version, "at": told["committed_at"], "actor": None,
            "action": "bid_submitted", "subject": told["title"], "details": told,
        }  # fmt: skip
        canon, salt = canonical(event), draw.randbytes(16)
        leaf = leaf_of(salt, canon)
        leaves = (*leaves, leaf)
        head = head_of(links[-1].head if links else "", version, leaf)
        links.append(Link(version, canon, salt, leaf, head))
        made.append(replace(receipt.issue(told, canon.decode(), salt.hex(), leaves, SIGNER), annex=annex))
    return made, links


@lru_cache(maxsize=4)
def honest() -> dict[str, Any]:
    """Return the last receipt of an honest history as JSON."""
    return dict(json.loads(receipt.write(history(0)[0][2])))


def problems(data: bytes, key: str = SIGNER.public) -> list[str]:
    """Return what our own check finds."""
    try:
        return [it.code for it in receipt.check(receipt.read(data), key)]
    except ReceiptError:
        return ["unreadable"]


def verdict(folder: Path, data: bytes, *more: str) -> int:
    """Return the exit status of the file for strangers."""
    (folder / "receipt.json").write_bytes(data)
    return int(VERIFIER.main([str(folder / "receipt.json"), "--key", SIGNER.public, *more]))


# --- kinds of change ----------------------------------------------------------------------------------------


def again(found: dict[str, Any], by: Any = None) -> None:
    """Make everything that follows from the event fit it again; signed by ``by``, else with the old signature."""
    said = json.loads(found["event"]["canon"])
    said["details"] = found["facts"]
    found["event"]["canon"] = canonical(said).decode()
    leaf = leaf_of(bytes.fromhex(found["event"]["salt"]), found["event"]["canon"].encode())
    found["event"]["leaf"] = leaf
    found["log"]["leaves"][found["log"]["index"]] = leaf
    hashes = [bytes.fromhex(it) for it in found["log"]["leaves"]]
    found["log"]["path"] = [step.hex() for step in merkle.inclusion(hashes, found["log"]["index"])]
    if by is not None:
        found["checkpoint"] = sign(
            str(Checkpoint(receipt.bid_origin(found["facts"]), len(hashes), merkle.root(hashes))), by
        )
        found["key"] = by.public


def other_fact(found: dict[str, Any], draw: random.Random) -> None:
    """Change one fact."""
    name = draw.choice(sorted(found["facts"]))
    was = found["facts"][name]
    found["facts"][name] = was + 1 if isinstance(was, int) else [] if isinstance(was, list) else f"{was}1"


def fact_and_event(found: dict[str, Any], draw: random.Random) -> None:
    other_fact(found, draw)
    said = json.loads(found["event"]["canon"])
    said["details"] = found["facts"]
    found["event"]["canon"] = canonical(said).decode()


def fact_event_leaf_and_path(found: dict[str, Any], draw: random.Random) -> None:
    other_fact(found, draw)
    again(found)


def everything_signed_by_a_stranger(found: dict[str, Any], draw: random.Random) -> None:
    other_fact(found, draw)
    again(found, STRANGER)


def a_strangers_signature_under_our_key(found: dict[str, Any], draw: random.Random) -> None:
    everything_signed_by_a_stranger(found, draw)
    found["key"] = SIGNER.public


def other_salt(found: dict[str, Any], draw: random.Random) -> None:
    found["event"]["salt"] = draw.randbytes(16).hex()


def other_leaf(found: dict[str, Any], draw: random.Random) -> None:
    found["event"]["leaf"] = draw.randbytes(32).hex()


def other_leaf_in_the_log(found: dict[str, Any], draw: random.Random) -> None:
    found["log"]["leaves"][draw.randrange(3)] = draw.randbytes(32).hex()


def log_cut(found: dict[str, Any], draw: random.Random) -> None:
    del found["log"]["leaves"][draw.randrange(3)]


def log_longer(found: dict[str, Any], draw: random.Random) -> None:
    found["log"]["leaves"].insert(draw.randrange(4), draw.randbytes(32).hex())


def log_in_another_order(found: dict[str, Any], draw: random.Random) -> None:
    leaves = found["log"]["leaves"]
    one = draw.randrange(2)
    leaves[one], leaves[one + 1] = leaves[one + 1], leaves[one]


def other_place(found: dict[str, Any], draw: random.Random) -> None:
    found["log"]["index"] = draw.choice([-1, 0, 1, 3, 99, "2", None, True])


def other_number(found: dict[str, Any], draw: random.Random) -> None:
    found["event"]["seq"] = draw.choice([0, 1, 2, 4, "3", None])


def other_path(found: dict[str, Any], draw: random.Random) -> None:
    found["log"]["path"][0] = draw.randbytes(32).hex()


def path_shorter_or_longer(found: dict[str, Any], draw: random.Random) -> None:
    path = found["log"]["path"]
    found["log"]["path"] = draw.choice([[], [*path, path[0]], [path[0], path[0]]])


def other_action(found: dict[str, Any], draw: random.Random) -> None:
    said = json.loads(found["event"]["canon"])
    said[draw.choice(["action", "chain", "at"])] = "other"
    found["event"]["canon"] = canonical(said).decode()
    again(found, SIGNER)  # even if we had signed it


def checkpoint_of_another_time(found: dict[str, Any], draw: random.Random) -> None:
    found["checkpoint"] = history(0)[0][draw.randrange(2)].checkpoint


def checkpoint_changed(found: dict[str, Any], draw: random.Random) -> None:
    note, at = found["checkpoint"], draw.randrange(len(found["checkpoint"]))
    found["checkpoint"] = note[:at] + draw.choice("ABCxyz01 \n") + note[at + 1 :]


def event_of_another_bid(found: dict[str, Any], draw: random.Random) -> None:
    found["event"] = json.loads(receipt.write(history(draw.randrange(1, 99))[0][2]))["event"]


def other_key(found: dict[str, Any], draw: random.Random) -> None:
    found["key"] = STRANGER.public


def annex_says_otherwise(found: dict[str, Any], draw: random.Random) -> None:
    found["annex"]["said"][draw.choice(["lot", "tenderer", "more"])] = "other"


def annex_salted_otherwise(found: dict[str, Any], draw: random.Random) -> None:
    found["annex"]["salt"] = draw.randbytes(32).hex()


def part_missing(found: dict[str, Any], draw: random.Random) -> None:
    part = draw.choice([found, found["event"], found["log"], found["facts"], found["annex"]])
    del part[draw.choice([name for name in sorted(part) if name != "annex"])]


def part_of_another_kind(found: dict[str, Any], draw: random.Random) -> None:
    part = draw.choice([found, found["event"], found["log"], found["facts"], found["annex"]])
    name = draw.choice(sorted(part))
    part[name] = draw.choice([value for value in (None, 5, [], {}, [[]], "x", True) if value != part[name]])
    if name == "annex" and not part[name]:
        other_key(found, draw)  # a receipt without its annex is a receipt


def part_added(found: dict[str, Any], draw: random.Random) -> None:
    draw.choice([found, found["event"], found["log"], found["facts"], found["annex"]])["more"] = 1


KINDS: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    other_fact, fact_and_event, fact_event_leaf_and_path, everything_signed_by_a_stranger,
    a_strangers_signature_under_our_key, other_salt, other_leaf, other_leaf_in_the_log, log_cut, log_longer,
    log_in_another_order, other_place, other_number, other_path, path_shorter_or_longer, other_action,
    checkpoint_of_another_time, checkpoint_changed, event_of_another_bid, other_key, annex_says_otherwise,
    annex_salted_otherwise, part_missing, part_of_another_kind, part_added,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_change_is_found(tmp_path: Path, kind: Any) -> None:
    whole = receipt.write(history(0)[0][2])
    for seed in range(SEEDS):
        found = json.loads(whole)
        kind(found, random.Random(seed))
        changed = canonical(found)
        if changed != whole:
            assert problems(changed), seed
            assert verdict(tmp_path, changed) != 0, seed


def test_every_changed_removed_or_added_byte_is_found(tmp_path: Path) -> None:
    whole, draw = receipt.write(history(0)[0][2]), random.Random(3)
    for _ in range(4 * SEEDS):
        at = draw.randrange(len(whole))
        for changed in (
            whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :],
            whole[:at] + whole[at + 1 :],
            whole[:at] + draw.choice([b" ", b"\n", b"0", b"a", b'"']) + whole[at:],
            whole[:at],
        ):
            if changed != whole:
                assert problems(changed), at
                assert verdict(tmp_path, changed) != 0, at


def test_no_honest_receipt_raises_an_alarm(tmp_path: Path) -> None:
    for seed in range(100):
        for each in history(seed)[0]:
            data = receipt.write(each)
            assert (problems(data), receipt.read(data)) == ([], each)
            if seed < 15:
                assert verdict(tmp_path, data) == 0
            assert problems(receipt.write(replace(each, annex=None))) == []


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
