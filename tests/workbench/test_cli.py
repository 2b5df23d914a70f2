"""The command line as a whole: its commands, exit statuses, unusable files, odd names, and how fast it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories
from tests.workbench.running import run, run_json, saved
from workbench.cli import COMMANDS

WORKBENCH = (sys.executable, "-m", "workbench.cli")


def call(*words: str | bytes, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    return subprocess.run([*WORKBENCH, *words], capture_output=True, timeout=120, check=False, **more)  # type: ignore[call-overload,no-any-return]


def test_help_names_every_command() -> None:
    said = run("--help").stdout
    assert [name for name in COMMANDS if name not in said] == []


@pytest.mark.parametrize("name", [*COMMANDS, "tender-file check", "tender-file schema"])
def test_every_command_has_help_and_json(name: str) -> None:
    said = run(*name.split(), "--help").stdout
    assert "--json" in said or name in ("tender-file", "key", "serve", "worker")  # groups, and what never ends


def test_an_unknown_command_is_bad_usage() -> None:
    assert run("evalute").exit_code == 2


@pytest.mark.parametrize(
    "words", [["check-split"], ["headroom"], ["tender-file", "check"], ["verify"], ["evaluate", "--no-pack"]]
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, words: list[str]) -> None:
    missing, folder = run(*words, tmp_path / "none.json"), run(*words, tmp_path)
    assert (missing.exit_code, folder.exit_code) == (1, 1)
    assert "there is no such file or folder" in missing.stderr
    assert "this is a folder: name a file" in folder.stderr


def test_a_refusal_in_json_has_its_findings(tmp_path: Path) -> None:
    data = run_json("evaluate", tmp_path / "none.json", "--no-pack", status=1)
    assert [it["code"] for it in data["findings"]] == ["file_unusable"]
    assert set(data["findings"][0]) == {"code", "place", "message", "severity", "figures"}


def test_a_file_without_permission_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    path = saved(tmp_path, factories.tender_file())
    monkeypatch.setattr(Path, "open", refuse)
    result = run("check-split", path)
    assert (result.exit_code, "permission is denied" in result.stderr) == (1, True)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{", b"[" * 100_000, b'{"format": "tender-file/2"}', b"[]", b"%PD"])
def test_garbage_is_refused_with_findings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(data)
    for words in (["check-split"], ["evaluate", "--no-pack"], ["verify"]):
        assert run_json(*words, path, status=1)["findings"] != []


def test_a_name_that_is_not_text_is_no_trouble(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9.json"
    missing = call("check-split", odd)
    assert (missing.returncode, b"Traceback" in missing.stderr) == (1, False)
    Path(os.fsdecode(odd)).write_bytes(saved(tmp_path, factories.tender_file()).read_bytes())
    assert json.loads(call("tender-file", "check", odd, "--json").stdout)["valid"] is True
    assert call("price-marks", "lowest_relative", b"\xe9=5").returncode == 2


def test_a_terminal_without_these_letters_still_gets_its_answer() -> None:
    done = call("price-marks", "lowest_relative", "A=£5", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, b"100.00" in done.stdout) == (0, True)


def test_a_reader_who_leaves_early_causes_no_traceback() -> None:
    script = f"{sys.executable} -m workbench.cli price-marks --list | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in done.stderr


def test_characters_that_steer_a_terminal_are_replaced(tmp_path: Path) -> None:
    path = saved(tmp_path, factories.tender_file())
    path.write_bytes(path.read_bytes().replace(b"Harbour Trust", b"Harbour\\u001b[31mTrust"))
    result = run("check-split", path)
    assert "\x1b" not in result.output


def test_a_quick_command_loads_no_slow_library() -> None:
    ask = (
        "import sys; from click.testing import CliRunner; from workbench.cli import cli; "
        "CliRunner().invoke(cli, ['price-marks', 'lowest_relative', 'A=1']); "
        "print(sorted({'weasyprint', 'scipy', 'numpy', 'altair', 'pikepdf', 'flask', 'xlsxwriter'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
