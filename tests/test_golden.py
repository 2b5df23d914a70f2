"""What the demo's tenderers are sent stays word for word and byte for byte what somebody looked at."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.golden.documents import DIGESTS, HERE, printed, words


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return printed()


def test_the_kept_documents_are_the_ones_on_file(made: dict[str, bytes]) -> None:
    on_file = {path.with_suffix(".pdf").name for path in HERE.glob("*.txt")}
    assert on_file == set(made)


def test_every_word_is_as_it_was_looked_at(made: dict[str, bytes]) -> None:
    for name, pdf in made.items():
        assert words(pdf) == (HERE / name).with_suffix(".txt").read_text(encoding="utf-8"), name


def test_every_byte_is_as_it_was_looked_at(made: dict[str, bytes]) -> None:
    digests = {name: hashlib.sha256(pdf).hexdigest() for name, pdf in made.items()}
    assert digests == json.loads(DIGESTS.read_text(encoding="utf-8"))
