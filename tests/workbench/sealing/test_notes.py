"""Signed notes: the published example verifies, and no changed character does."""

from __future__ import annotations

import pytest

from workbench.sealing.notes import Checkpoint, NoteError, read_checkpoint, sign, signer, verified

PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\N{EM DASH} PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER = signer("tenders.example.org", "a secret text of this installation")
TEXT = str(Checkpoint("Wessex PCC/T-1/closing", 3, bytes(range(32)), ("deadline 2026-07-06T11:00:00Z",)))
NOTE = sign(TEXT, SIGNER)


def test_the_published_example_verifies() -> None:
    assert verified(PUBLISHED, PUBLISHED_KEY).startswith("If you think cryptography")


def test_a_note_of_ours_verifies_and_reads_as_a_checkpoint() -> None:
    found = read_checkpoint(verified(NOTE, SIGNER.public))
    assert found == Checkpoint("Wessex PCC/T-1/closing", 3, bytes(range(32)), ("deadline 2026-07-06T11:00:00Z",))


def test_every_changed_character_is_noticed() -> None:
    for at in range(len(NOTE)):
        changed = NOTE[:at] + chr(ord(NOTE[at]) ^ 1) + NOTE[at + 1 :]
        with pytest.raises(NoteError):
            verified(changed, SIGNER.public)


@pytest.mark.parametrize(
    "other",
    [("tenders.example.org", "another secret"), ("other.example.org", "a secret text of this installation")],
)
def test_another_key_or_name_does_not_verify_it(other: tuple[str, str]) -> None:
    with pytest.raises(NoteError):
        verified(NOTE, signer(*other).public)


@pytest.mark.parametrize("key", ["", "a+b", "tenders.example.org+00000000+AAAA", SIGNER.public + "="])
def test_what_is_no_key_is_told(key: str) -> None:
    with pytest.raises(NoteError):
        verified(NOTE, key)


@pytest.mark.parametrize(
    "text",
    ["", "origin\n", "origin\n-1\nAAAA\n", "origin\n01\nAAAA\n", "origin\n1\nAAAA", "\n1\nAA==\n"],
)
def test_what_is_no_checkpoint_is_told(text: str) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_a_note_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(NoteError, match="cannot name a signer"):
        signer(name, "secret")
