"""What a custodian takes away and brings back: every pair opens, one alone nothing, damage is named."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pyrage
import pytest

from workbench.sealing.key_files import KeyPair, new_key
from workbench.sealing.opening_files import (
    Layer,
    LayersFile,
    OpeningFile,
    OpeningFileError,
    Wraps,
    peel_file,
    read_layers,
    read_opening,
    write_layers,
    write_opening,
)

KEYS = tuple(new_key() for _ in range(4))
SECRETS = {"e1": new_key().secret, "e2": new_key().secret}


def encrypted(data: bytes, key: KeyPair) -> bytes:
    return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(key.recipient)]))


def wraps(secret: str) -> dict[str, str]:
    return {
        f"{a},{b}": base64.b64encode(encrypted(encrypted(secret.encode(), KEYS[b]), KEYS[a])).decode()
        for a, b in itertools.permutations(range(4), 2)
    }


def opening(**changes: Any) -> OpeningFile:
    values = {
        "tender": "t-1", "kind": "bid", "closing": "ab" * 32, "step": 1,
        "recipients": tuple(key.recipient for key in KEYS),
        "wraps": tuple(Wraps(name, wraps(secret)) for name, secret in SECRETS.items()),
    }  # fmt: skip
    return OpeningFile(**{**values, **changes})


def second(first: LayersFile, key: int) -> OpeningFile:
    """What the page of the opening makes of the first custodian's layers for the second one."""
    left = tuple(Wraps(each.envelope, {str(key): each.to[str(key)]}) for each in first.layers)
    return opening(step=2, wraps=left)


@pytest.mark.parametrize(("a", "b"), list(itertools.permutations(range(4), 2)))
def test_any_two_custodians_open_in_either_order(a: int, b: int) -> None:
    first = peel_file(opening(), KEYS[a].secret)
    last = peel_file(second(first, b), KEYS[b].secret)
    assert {each.envelope: each.secret for each in last.layers} == SECRETS


def test_one_layer_alone_holds_no_secret() -> None:
    first = peel_file(opening(), KEYS[0].secret)
    assert [each.secret for each in first.layers] == ["", ""]
    assert [sorted(each.to) for each in first.layers] == [["1", "2", "3"]] * 2
    assert not any(secret in write_layers(first).decode() for secret in SECRETS.values())


def test_the_first_custodian_cannot_go_on_alone() -> None:
    first = peel_file(opening(), KEYS[0].secret)
    again = peel_file(second(first, 1), KEYS[0].secret)
    assert (again.layers, again.failed) == ((), ("e1", "e2"))


def test_a_key_that_is_no_custodian_s_is_refused() -> None:
    with pytest.raises(OpeningFileError, match="none of the tender's custodians"):
        peel_file(opening(), new_key().secret)


def test_a_damaged_envelope_is_named_and_the_rest_go_on() -> None:
    good = wraps(SECRETS["e2"])
    broken = {name: text[:-8] + "AAAAAAA=" for name, text in wraps(SECRETS["e1"]).items()}
    found = peel_file(opening(wraps=(Wraps("e1", broken), Wraps("e2", good))), KEYS[2].secret)
    assert (found.failed, [each.envelope for each in found.layers]) == (("e1",), ["e2"])


def test_both_files_are_read_as_they_were_written() -> None:
    taken = opening()
    first = peel_file(taken, KEYS[1].secret)
    assert read_opening(write_opening(taken)) == taken
    assert read_layers(write_layers(first)) == first
    last = LayersFile("t-1", "price", "", 2, 3, (Layer("e1", secret="AGE-SECRET-KEY-1X"),), ("e2",))
    assert read_layers(write_layers(last)) == last


@pytest.mark.parametrize(
    "change",
    [
        {"format": "opening-file/2"}, {"step": 3}, {"step": True}, {"kind": "letter"}, {"wraps": {}}, {"wraps": ["e1"]},
        {"wraps": [{"envelope": "e1", "wraps": {"0,1": 5}}]}, {"recipients": [7]}, {"tender": None},
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_in_words(change: dict[str, Any]) -> None:
    data = json.loads(write_opening(opening()))
    with pytest.raises(OpeningFileError, match="take"):
        read_opening(json.dumps({**data, **change}).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"format": "opening-file/1"}', b"\xff"])
def test_what_is_no_opening_file_is_refused(data: bytes) -> None:
    with pytest.raises(OpeningFileError):
        read_opening(data)
