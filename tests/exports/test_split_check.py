"""A self-check as a file and as a link: whole and strict, whatever somebody made of it on the way."""

from __future__ import annotations

import base64
import json
import random
import zlib
from dataclasses import replace

import pytest
from hypothesis import given

from exports.split_check import LARGEST_FILE, SplitCheck, SplitCheckError, link_of, of_link, read, write
from lots.split.sheet import SplitSheet
from lots.split.typed import TypedPayment, typed_of
from tests.lots.split.test_sheet import sheets
from tests.lots.split.test_typed import TYPED

CHECK = SplitCheck("b7d1", "adult", "0" * 64, replace(TYPED, payments=(TypedPayment("o2", "o1", ("1",)),)))


def test_a_file_and_a_link_hold_what_was_typed() -> None:
    assert read(write(CHECK)) == CHECK
    assert of_link(link_of(CHECK)) == CHECK


@given(sheets())
def test_any_sheet_survives(sheet: SplitSheet) -> None:
    check = replace(CHECK, sheet=typed_of(sheet))
    assert read(write(check)) == check


def test_a_check_that_is_too_long_for_a_link_has_none() -> None:
    rows = tuple(replace(TYPED.organisations[1], id=f"o{n}", name=str(random.Random(n).random())) for n in range(400))
    assert link_of(replace(CHECK, sheet=replace(TYPED, organisations=rows))) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"format": "split-check/2"}, {"extra": 1}, {"lot": 5}, {"sheet": None}, {"tender": None},
        {"sheet": {"years": "7"}}, {"sheet": {"years": 7, "prices": "1"}}, {"sheet": {"years": 7, "prices": [1]}},
        {"sheet": {"years": 7, "organisations": [{"vcse": "yes"}]}},
    ],
)  # fmt: skip
def test_a_file_that_says_anything_else_is_refused_in_words(change: dict[str, object]) -> None:
    with pytest.raises(SplitCheckError, match="saved check"):
        read(json.dumps({**json.loads(write(CHECK)), **change}).encode())


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[]", b"{", b'{"a":1,"a":2}', b"[" * 50_000, b"1" * (LARGEST_FILE + 1)]
)
def test_what_is_no_file_of_ours_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(SplitCheckError):
        read(data)


def test_a_link_that_was_cut_or_unfolds_into_too_much_is_refused() -> None:
    whole = link_of(CHECK)
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 3_000_000, 9)).decode()
    for text in (whole[:-3], whole[:40], whole[5:], "é", "!" * 40, bomb, whole + "AAAA", ""):
        with pytest.raises(SplitCheckError):
            of_link(text)
