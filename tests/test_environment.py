"""The script a newcomer types: what it says, what it installs, and where it must not install anything.

The machine around it is played by small scripts, first on the PATH, that write down how they were called.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEBIAN = "python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of stand-ins in a path with a blank in it, with a link to the script beside them."""
    folder = tmp_path / "a machine"
    folder.mkdir()
    (folder / "run").symlink_to(ROOT / "run")
    stand_in(folder, "apt-get", f'echo "apt-get $*" >> "{folder}/calls"')
    stand_in(folder, "sudo", "exit 1")
    return folder


def stand_in(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)


def run(machine: Path, *words: str, python: str = "no-such-python") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": f"{machine}:{os.environ['PATH']}", "PYTHON": python}
    command = ["bash", str(machine / "run"), *words]
    return subprocess.run(
        command,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def calls(machine: Path) -> str:
    return (machine / "calls").read_text("utf-8") if (machine / "calls").exists() else ""


def test_help_lists_every_word_from_anywhere_and_through_a_link(machine: Path) -> None:
    done = run(machine, "help")
    assert done.returncode == 0
    assert [word for word in ("demo", "test", "bench", "help") if f"./run {word}" not in done.stdout] == []


def test_no_word_at_all_gives_the_help(machine: Path) -> None:
    assert run(machine).stdout == run(machine, "help").stdout


def test_somebody_who_may_not_install_is_told_what_to_type(machine: Path) -> None:
    stand_in(machine, "id", "echo 1000")
    done = run(machine, "demo")
    assert (done.returncode, done.stdout, calls(machine)) == (1, "", "")
    assert f"apt-get update && apt-get install -y {DEBIAN}\n" in done.stderr


def test_root_gets_what_is_missing_and_is_told_so(machine: Path) -> None:
    stand_in(machine, "id", "echo 0")
    done = run(machine, "demo")
    assert f"Installing the Debian packages that are missing: {DEBIAN}\n" in done.stderr
    assert calls(machine) == f"apt-get update -qq\napt-get install -y -qq --no-install-recommends {DEBIAN}\n"


def test_an_old_python_is_refused_by_its_version(machine: Path) -> None:
    stand_in(machine, "old", '[ "$1" = --version ] && echo Python 3.9.2; case $2 in *version_info*) exit 1; esac')
    done = run(machine, "demo", python=str(machine / "old"))
    assert (done.returncode, calls(machine)) == (1, "")
    assert "Python 3.11 or newer is needed; Python 3.9.2 was found" in done.stderr


def test_continuous_integration_runs_the_very_command_a_newcomer_types() -> None:
    assert (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1] == "exec ./run test"


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_scripts_may_be_executed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
