"""A key as a file: plain or behind a passphrase, made once, and good for what was encrypted to it."""

from __future__ import annotations

import stat
from pathlib import Path

import pyrage
import pytest

from workbench.sealing import key_files as files


def no_passphrase() -> str:
    raise AssertionError("a plain key asks for no passphrase")


def test_a_plain_key_is_read_as_age_keygen_would_write_it() -> None:
    made = files.new_key()
    text = f"# created: 2026-01-01T00:00:00Z\n# public key: {made.recipient}\n{made.secret}\n"
    assert files.read_key(text.encode(), no_passphrase) == made
    assert files.read_key(files.written(made), no_passphrase) == made


def test_a_wrapped_key_opens_by_its_passphrase_only() -> None:
    made = files.new_key()
    data = files.written(made, "correct horse battery")
    assert made.secret.encode() not in data
    assert files.read_key(data, lambda: "correct horse battery") == made
    with pytest.raises(files.KeyFileError, match="passphrase does not open"):
        files.read_key(data, lambda: "correct horse")


@pytest.mark.parametrize("text", ["", "age1qqqq", "AGE-SECRET-KEY-1QQ", "x" * 20_000])
def test_a_file_without_a_key_is_refused(text: str) -> None:
    with pytest.raises(files.KeyFileError):
        files.read_key(text.encode(), no_passphrase)


def test_a_file_with_two_keys_is_refused() -> None:
    with pytest.raises(files.KeyFileError, match="several secret keys"):
        files.read_key(files.written(files.new_key()) + files.written(files.new_key()), no_passphrase)


def test_a_mistyped_secret_is_noticed() -> None:
    with pytest.raises(files.KeyFileError, match="wrong or missing"):
        files.key_of("AGE-SECRET-KEY-1" + "Q" * 58)


@pytest.mark.parametrize("armored", [True, False])
def test_a_challenge_is_answered_by_its_key_only(armored: bool) -> None:
    made = files.new_key()
    recipient = pyrage.x25519.Recipient.from_str(made.recipient)
    challenge = bytes(pyrage.encrypt(b"seven swans", [recipient], armored=armored))
    assert files.answer(made, challenge) == "seven swans"
    with pytest.raises(files.KeyFileError, match="not for this key"):
        files.answer(files.new_key(), challenge)


def test_a_kept_key_is_its_owner_s_alone_and_never_written_over(tmp_path: Path) -> None:
    files.keep(tmp_path / "k", b"first")
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        files.keep(tmp_path / "k", b"second")
    assert (tmp_path / "k").read_bytes() == b"first"


def test_a_key_in_a_log_shows_its_public_half_only() -> None:
    made = files.new_key()
    assert made.secret not in repr(made)
