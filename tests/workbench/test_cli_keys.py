"""``workbench key``: made, shown, proved and used without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest

from tests.workbench.running import run, run_json
from tests.workbench.sealing.test_opening_files import KEYS, SECRETS, opening, second
from workbench.commands import keys as commands
from workbench.sealing import key_files, opening_files


def kept(tmp_path: Path, number: int) -> str:
    path = tmp_path / f"{number}.key"
    key_files.keep(path, key_files.written(KEYS[number]))
    return str(path)


def test_a_new_key_is_written_and_its_public_half_printed(tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    told = run_json("key", "new", "--out", str(path))
    assert told["recipient"] in path.read_text()
    assert run_json("key", "public", str(path))["recipient"] == told["recipient"]


def test_the_secret_half_is_never_printed(tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    said = [run("key", "new", "--out", str(path)), run("key", "public", str(path))]
    secret = path.read_text().splitlines()[-1]
    assert secret.startswith("AGE-SECRET-KEY-1")
    assert [secret in each.output for each in said] == [False, False]


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    run("key", "new", "--out", str(path))
    before = path.read_bytes()
    assert run("key", "new", "--out", str(path)).exit_code == 1
    assert path.read_bytes() == before


def test_a_key_with_a_passphrase_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my.key"
    monkeypatch.setattr(commands.click, "prompt", lambda *_, **__: "four words and more")
    told = run_json("key", "new", "--out", str(path), "--passphrase")
    assert b"AGE-SECRET" not in path.read_bytes()
    assert run_json("key", "public", str(path))["recipient"] == told["recipient"]


def test_a_short_passphrase_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.click, "prompt", lambda *_, **__: "short")
    assert run("key", "new", "--out", str(tmp_path / "k"), "--passphrase").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_challenge_is_proved_by_its_text(tmp_path: Path) -> None:
    recipient = pyrage.x25519.Recipient.from_str(KEYS[0].recipient)
    (tmp_path / "c.age").write_bytes(pyrage.encrypt(b"seven-swans", [recipient], armored=True))
    assert run("key", "prove", kept(tmp_path, 0), str(tmp_path / "c.age")).output == "seven-swans\n"
    assert run("key", "prove", kept(tmp_path, 1), str(tmp_path / "c.age")).exit_code == 1


def test_two_custodians_peel_to_the_secrets(tmp_path: Path) -> None:
    file = tmp_path / "opening.json"
    file.write_bytes(opening_files.write_opening(opening()))
    told = run_json("key", "peel", kept(tmp_path, 1), str(file))
    assert (told["opened"], told["failed"], told["step"]) == (2, [], 1)
    first = opening_files.read_layers((tmp_path / "opening-layers.json").read_bytes())
    file.write_bytes(opening_files.write_opening(second(first, 3)))
    run("key", "peel", kept(tmp_path, 3), str(file), "--out", str(tmp_path / "last.json"))
    last = json.loads((tmp_path / "last.json").read_text())
    assert {each["envelope"]: each["secret"] for each in last["layers"]} == SECRETS
