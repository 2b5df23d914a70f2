"""Receipts hold as they were given; every change of any kind is found, by our check and by the file for strangers.

Reliability goal G9: 25 kinds of change, each with many seeds, all found; no honest receipt raises an alarm.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.sealing.receipts import (
    SEEDS,
    SIGNER,
    STRANGER,
    again,
    history,
    problems,
    verdict,
)
from workbench.chain import canonical
from workbench.sealing import receipt

# --- kinds of change ----------------------------------------------------------------------------------------


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
