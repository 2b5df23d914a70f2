"""``docs/command-line.md`` tells the truth: its examples print what it shows, its JSON keys are those that come."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.workbench.running import run, run_json
from workbench.cli import COMMANDS, OPERATING

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs" / "command-line.md").read_text("utf-8")
EXAMPLES = re.findall(r"```console\n\$ workbench ([^\n]+)\n(.*?)```", TEXT, re.DOTALL)
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
KEYS = {name: re.search(r"^JSON keys: (.*?)\.\s", text, re.DOTALL | re.MULTILINE) for name, text in SECTIONS.items()}


def words(example: str, tmp_path: Path) -> list[str]:
    """Split a command as a shell does; what it writes goes to a folder of the test."""
    given = shlex.split(example)
    return [str(tmp_path / "out") if word == "out" else word for word in given]


def first_example(name: str) -> str:
    return next(example for example, _ in EXAMPLES if example.split()[0] == name)


def test_every_command_has_a_section_with_an_example_and_its_keys() -> None:
    explained = set(COMMANDS) - set(OPERATING)
    assert set(SECTIONS) == explained
    assert {example.split()[0] for example, _ in EXAMPLES} == explained
    assert [name for name, keys in KEYS.items() if keys is None] == []


@pytest.mark.parametrize(("example", "shown"), [it for it in EXAMPLES if not it[0].startswith("demo")])
def test_an_example_prints_what_the_page_shows(
    example: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``…`` stands for any lines; an example without output need only do its work."""
    monkeypatch.chdir(ROOT)
    result = run(*words(example, tmp_path))
    assert result.exit_code == (1 if "error:" in shown else 0), result.output
    said = (result.stdout + result.stderr).strip("\n")
    pattern = ".*".join(re.escape(part) for part in shown.strip("\n").split("…"))
    assert not shown or re.fullmatch(pattern, said, re.DOTALL), said


@pytest.mark.parametrize("name", [name for name in SECTIONS if name != "demo"])
def test_the_json_keys_are_those_on_the_page(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    keys = KEYS[name]
    assert keys is not None
    data = run_json(*words(first_example(name), tmp_path))
    assert list(data) == re.findall(r"`(\w+)`", keys[1])


@pytest.mark.slow
def test_the_demo_in_json_has_the_keys_on_the_page(tmp_path: Path) -> None:
    keys = KEYS["demo"]
    assert keys is not None
    assert list(run_json(*words(first_example("demo"), tmp_path))) == re.findall(r"`(\w+)`", keys[1])
