"""A tenderer's code: its slips are told; what is encrypted under it opens at its own place only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.sealing import drafts
from workbench.sealing.drafts import ALPHABET, CodeError, UnreadableDraft

CODE = drafts.new_code()
SEALED = drafts.encrypt(CODE, "draft-1", 3, b"secret words")


def test_a_code_has_130_random_bits_and_is_printed_in_groups() -> None:
    assert {len(drafts.new_code()) for _ in range(50)} == {28}
    assert drafts.grouped(CODE).split("-") == [CODE[at : at + 4] for at in range(0, 28, 4)]


def test_a_code_is_read_however_it_was_typed() -> None:
    typed = f" {drafts.grouped(CODE).lower().replace('0', 'o').replace('1', 'l')} "
    assert drafts.read_code(typed) == CODE


@given(st.integers(0, 27), st.sampled_from(ALPHABET), st.integers(0, 27), st.sampled_from(ALPHABET))
def test_one_or_two_mistyped_characters_are_told(one: int, first: str, two: int, second: str) -> None:
    typed = list(CODE)
    typed[one], typed[two] = first, second
    if "".join(typed) != CODE:
        with pytest.raises(CodeError, match="a slip in the code"):
            drafts.read_code("".join(typed))


@given(st.integers(0, 26), st.integers(0, 27))
def test_two_swapped_characters_are_told(one: int, two: int) -> None:
    typed = list(CODE)
    typed[one], typed[two] = typed[two], typed[one]
    if "".join(typed) != CODE:
        with pytest.raises(CodeError):
            drafts.read_code("".join(typed))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "has 0"), (CODE[:-1], "has 27"), ("U" + CODE[1:], "has no “U”")],
    ids=["nothing", "too short", "foreign letter"],
)
def test_what_is_no_code_is_told(typed: str, words: str) -> None:
    with pytest.raises(CodeError, match=words):
        drafts.read_code(typed)


def test_what_was_encrypted_comes_back_at_its_place() -> None:
    assert drafts.decrypt(CODE, "draft-1", 3, SEALED) == b"secret words"


@pytest.mark.parametrize(
    ("code", "row", "version", "purpose"),
    [(drafts.new_code(), "draft-1", 3, "draft"), (CODE, "draft-2", 3, "draft"), (CODE, "draft-1", 4, "draft"),
     (CODE, "draft-1", 3, "offer")],
    ids=["code", "row", "version", "purpose"],
)  # fmt: skip
def test_nothing_opens_under_another_code_row_version_or_purpose(
    code: str, row: str, version: int, purpose: str
) -> None:
    with pytest.raises(UnreadableDraft):
        drafts.decrypt(code, row, version, SEALED, purpose)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unseen(at: int, flip: int) -> None:
    changed = SEALED[:at] + bytes([SEALED[at] ^ flip]) + SEALED[at + 1 :]
    with pytest.raises(UnreadableDraft):
        drafts.decrypt(CODE, "draft-1", 3, changed)


def test_the_place_of_a_row_tells_nothing_of_the_code() -> None:
    assert drafts.lookup_of(CODE) != drafts.lookup_of(drafts.new_code())
    assert CODE not in drafts.lookup_of(CODE)


def test_short_drafts_look_alike() -> None:
    lengths = {len(drafts.encrypt(CODE, "draft-1", 1, bytes(size), floor=4096)) for size in (10, 700, 4000)}
    assert len(lengths) == 1
