"""Words for sentences: lists and counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lots.words import counted, listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A", "B", "C", "D"], "A, B, C and D"),
    ],
)
def test_a_list_has_commas_and_one_and_before_its_last_word(words: list[str], said: str) -> None:
    assert listed(words) == said
    assert listed(word for word in words) == said


def test_a_choice_is_listed_with_or() -> None:
    assert listed(("0", "1", "2.5"), "or") == "0, 1 or 2.5"


@given(st.lists(st.text(st.characters(categories=("Lu",)), min_size=1, max_size=3), min_size=1))
def test_every_word_is_there_once_and_in_its_order(words: list[str]) -> None:
    assert listed(words).replace(" and ", ", ").split(", ") == words


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [(0, "lot", "0 lots"), (1, "lot", "1 lot"), (2, "lot", "2 lots"), (1, "year", "1 year"), (-1, "year", "-1 years")],
)
def test_only_one_is_singular(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said
